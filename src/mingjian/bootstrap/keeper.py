"""The keeper process: chains into the catalogue, heads into the ledger, the ledger into the open, exports to work.

Each duty is a loop of its own on a thread; one that fails is recorded and tried again, and never stops another.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import structlog

from mingjian.adapters import database
from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.adapters.clock_file import boot_id
from mingjian.adapters.head_files import remembered
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.sealer import FolderSealer
from mingjian.adapters.tiles import FileTiles
from mingjian.app import (
    access,
    complaints,
    duties,
    duty_sweep,
    exports,
    journal,
    private_sheets,
    private_viewings,
    sealings,
    views,
)
from mingjian.app.records import JobState
from mingjian.bootstrap.clock_watch import ClockWatch, settle
from mingjian.bootstrap.head_entries import enter_heads
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.ledger_keys import configured_witnesses
from mingjian.bootstrap.opened import Opened, open_installation, open_journal
from mingjian.bootstrap.reports import KeeperReport
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.tailing import Tailing
from mingjian.governance.health import Part
from mingjian.kernel.errors import LocalError

TAIL_S = 1.0
PUBLISH_S = 1.0
HEADS_S = 10.0
"""What a cut-off chain tail may hide: this plus one witness interval."""
HOUSE_S = 60.0
CLOCK_S = 5.0
"""A confirmation lifts the freeze within this, and a jump is entered within this."""
EXPORT_LOOK_S = 1.0
FAILURE_PAUSE_S = 5.0
"""After a failure a duty waits this long: an unreachable disk must not fill the log."""


class Keeper:
    """One per installation; a second one on the same data would contradict itself and is refused by the ledger."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._log = structlog.get_logger("keeper")
        self._swept: date | None = None
        self._journal = open_journal(opened)
        self._tailing = Tailing(opened)
        self._watch = ClockWatch(opened.places.run, opened.disk, opened.clock, boot_id(), secrets.token_bytes)
        self._export: asyncio.subprocess.Process | None = None
        self._report = KeeperReport(opened.places, opened.clock.now(), self._tailing.standing)
        self._sealer = FolderSealer(opened.places.exports)
        self._publisher = LedgerPublisher(
            opened.engine,
            opened.ledger,
            FileTiles(opened.places.ledger),
            origin=opened.keys.origin,
            signers=opened.keys.signers,
            witnesses=configured_witnesses(opened.settings, opened.clock),
            clock=opened.clock,
        )

    async def run(self) -> None:
        """Until the supervisor is gone or asks to stop."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        released = await asyncio.to_thread(exports.release_unfinished, self._opened.store)
        self._log.info("keeper started", exports_resumed=released)
        loops: list[tuple[str, float, Callable[[], None]]] = [
            (Part.CATALOGUE, TAIL_S, self._tailing.once),
            (Part.LEDGER, PUBLISH_S, self._publish),
            (Part.HEADS, HEADS_S, self._append_heads),
            (Part.HOUSE, HOUSE_S, self._house),
            (Part.CLOCK, CLOCK_S, self._look_at_clock),
        ]
        tasks = [asyncio.create_task(self._every(*duty)) for duty in loops]
        tasks += [asyncio.create_task(self._exports()), asyncio.create_task(until_input_ends(stopping))]
        await stopping.wait()
        for task in tasks:
            task.cancel()
        if self._export is not None and self._export.returncode is None:
            self._export.terminate()
            await self._export.wait()

    async def _every(self, name: str, seconds: float, duty: Callable[[], None]) -> None:
        while True:
            try:
                await asyncio.to_thread(duty)
                self._tell(name)
            except Exception as failure:  # noqa: BLE001 - a duty's supervisor: recorded, shown, tried again
                self._log.exception("duty failed", duty=name)
                self._tell(name, failure)
                await asyncio.sleep(FAILURE_PAUSE_S)
            await asyncio.sleep(seconds)

    def _tell(self, name: str, failure: Exception | None = None) -> None:
        """Say how the duty went, so that a failing or a silent one is seen."""
        now = self._opened.clock.now()
        try:
            if failure is None:
                self._report.done(name, now)
            else:
                self._report.failed(name, now, failure)
        except OSError as error:  # a full disk: the silence is told, the duty goes on
            self._log.error("report unwritable", why=str(error))

    def _append_heads(self) -> None:
        opened = self._opened
        heads = remembered(opened.places.run)
        enter_heads(opened.engine, opened.ledger, heads, at=opened.clock.now(), node=opened.keys.origin)

    def _publish(self) -> None:
        published = self._publisher.publish_once()
        self._report.published(published.size, published.root, published.witnesses)

    def _house(self) -> None:
        entered = journal.drain(self._opened.store, self._journal, clock=self._opened.clock)
        if entered:
            self._log.info("journal entered", lines=entered)
        access.expire_approvals(self._opened.store, clock=self._opened.clock)
        private_viewings.expire_consents(self._opened.store, clock=self._opened.clock)
        sealings.sweep(self._opened.store, clock=self._opened.clock, sealer=self._sealer)
        views.close_expired(self._opened.store, clock=self._opened.clock)
        with database.writing(self._opened.engine) as connection:
            self._opened.ledger.thin(connection, now=self._opened.clock.now())
        self._sweep_duties()

    def _sweep_duties(self) -> None:
        """Once a legal day, and at each start: a new version of the law comes with a restart."""
        law, clock = self._opened.settings.law(), self._opened.clock
        day = duties.today(law, clock.now())
        if day != self._swept:
            days = self._opened.settings.complaint_contact_days
            files = DiskAttachments(self._opened.places.attachments)
            private_sheets.destroy_due(self._opened.store, files, clock=clock, law=law)
            gone = complaints.forget_contacts(self._opened.store, clock=clock, days=days)
            self._log.info("contacts of complaints deleted", count=gone)
            swept = duty_sweep.sweep(self._opened.store, clock=clock, law=law)
            self._log.info("duties swept", reckoned=swept.reckoned, found=swept.found)
            self._swept = day

    def _look_at_clock(self) -> None:
        """Enter what the clock did, and let expiry go on once two persons have confirmed it."""
        settle(self._watch, self._opened.store, self._opened.find_volumes().volumes)

    async def _exports(self) -> None:
        """One export process at a time: building packages takes at most one core from recording."""
        while True:
            await asyncio.sleep(EXPORT_LOOK_S)
            try:
                if await asyncio.to_thread(self._queued):
                    self._export = await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "mingjian", "internal", "export",
                        "--data", str(self._opened.places.root), stdin=asyncio.subprocess.PIPE,
                    )  # fmt: skip
                    code = await self._export.wait()
                    if code != 0:
                        await asyncio.to_thread(exports.release_unfinished, self._opened.store)
                        raise _export_failed(code)
                self._tell(Part.EXPORTS)
            except Exception as failure:  # noqa: BLE001 - a duty's supervisor: recorded, shown, tried again
                self._log.exception("exports unavailable")
                self._tell(Part.EXPORTS, failure)
                await asyncio.sleep(FAILURE_PAUSE_S)

    def _queued(self) -> bool:
        with self._opened.store.reading() as uow:
            return any(job.state is JobState.QUEUED for job in uow.exports.running())


def _export_failed(code: int) -> LocalError:
    return LocalError(
        "export.process",
        f"制作证据包的进程异常结束（{code}）",
        text_en=f"the process that builds packages ended with {code}",
        remedy="它会再试；重复出现时查看 logs/",
        remedy_en="it is tried again; if it goes on, look into logs/",
    )


def run_keeper(data: Path, settings: Settings) -> None:
    """The process `mingjian internal keeper`."""
    asyncio.run(Keeper(open_installation(data, settings, keeps_catalogue=True)).run())
