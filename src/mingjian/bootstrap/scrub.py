"""The scrub process: everything recorded is read again inside its floor, packages every week, below all other work.

A process of its own: a disk that hangs under a read holds up nothing else, and the thread that reads runs only when
nobody else wants to. What it finds is marked in the catalogue and entered in the ledger at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog

from mingjian.adapters.cold_files import ColdFiles, damaged_pages, humble
from mingjian.adapters.ledger_audit import audit
from mingjian.adapters.tiles import FileTiles
from mingjian.app import scrubbing
from mingjian.audit.note import VerifierKey
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.published import package_path
from mingjian.bootstrap.recorder import run_process
from mingjian.bootstrap.scrub_state import MOST_STANDING, ScrubState, Standing, load
from mingjian.bootstrap.settings import Settings
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.period import Period
from mingjian.storage.ports import CatalogueAway
from mingjian.storage.scrub import (
    PIECE_BYTES,
    Fault,
    Found,
    Progress,
    Readable,
    check_chain,
    in_order,
    read_container,
)
from mingjian.storage.scrub_pace import (
    Pass,
    Pressure,
    next_begins,
    next_share,
    pause_s,
    wanted_bytes_per_s,
    worst,
)
from mingjian.storage.volume import Volume, still_there
from mingjian.transport.relay import RelayClient

KEPT_EVERY_NS = 10 * SECOND_NS
"""What a restart may cost; a container that was being read is read again."""
LOOK_S = 5.0
"""Between two looks for something to do, and at how recording does."""
MEASURED_EVERY_NS = 600 * SECOND_NS
"""How old the sum of what is held may be: it decides on a pace of days."""
PACKAGES, LEDGER, DATABASE = "packages", "ledger", "database"
CHECK_EVERY_NS = {PACKAGES: 6 * DAY_NS, LEDGER: DAY_NS, DATABASE: DAY_NS}
"""Held evidence is read every seven days; the seventh is for a machine that was off."""
CHECKED_BYTES_PER_S = 50 << 20
ALL_TIME = Period(UtcNs(0), UtcNs(1 << 62))


@dataclass
class Scrubber:
    """`steps` does the work a piece at a time and says how long to wait after each; `told` enters what they found.

    `lag_s` is the age of the oldest footage that a recorder has not acknowledged yet.
    """

    opened: Opened
    lag_s: Callable[[], float] = lambda: 0.0
    files: Readable = field(default_factory=ColdFiles)
    state: ScrubState = field(init=False)
    share: float = 1.0
    _held: dict[str, int] = field(default_factory=dict)
    _floors: dict[str, int] = field(default_factory=dict)
    _measured: int = 0
    _kept: int = 0

    def __post_init__(self) -> None:
        self.state = load(self.opened.places)
        self._log = structlog.get_logger("scrub")

    def steps(self) -> Iterator[tuple[float, tuple[Found, ...]]]:
        """Everything that is due now, then the end. Each item: seconds to wait, and what was just found."""
        volumes = self.opened.find_volumes().volumes
        self._floors = {volume.id: volume.identity.floor_s for volume in volumes}
        self._measure()
        yield from self._other_checks()
        for volume in volumes:
            try:
                yield from self._volume(volume, volumes)
            except (OSError, CatalogueAway) as error:  # the volume went away, or its list is not to be had: later
                self._log.warning("scrub of a volume stopped", volume=volume.id, why=str(error))
        self.keep()

    def told(self, found: tuple[Found, ...]) -> None:
        """Mark and enter what was found. What stands already is not entered again."""
        by_place: dict[str, list[Found]] = {}
        for one in found:
            if one.fault in (Fault.DIFFERS, Fault.MISSING) and one.text != "file":
                with suppress(CatalogueAway):  # a reader checks the hash all the same
                    self.opened.catalogue.mark_corrupt(one.volume, one.path, one.offset, self.opened.clock.now())
            by_place.setdefault(_key(one), []).append(one)
        for key, ones in by_place.items():
            first, now = ones[0], self.opened.clock.now()
            known = self.state.standing.get(key)
            if known is None and len(self.state.standing) < MOST_STANDING:
                self._log.error("scrub found", fault=first.fault, volume=first.volume, path=first.path, count=len(ones))
                scrubbing.found(
                    self.opened.store,
                    clock=self.opened.clock,
                    fault=first.fault,
                    volume=first.volume,
                    path=first.path,
                    offsets=[one.offset for one in ones],
                    text=first.text,
                )
            since = known.since if known is not None else now
            self.state.standing[key] = Standing(first.fault, first.volume, first.path, len(ones), since)
        if found:
            self.keep()

    def keep(self) -> None:
        """Remember the place. A full system disk is no reason to stop; the place is then that of before."""
        now = self.opened.clock.now()
        passes = {
            volume: (at, self._floors[volume], self._held.get(volume, 0))
            for volume, at in self.state.passes.items()
            if volume in self._floors
        }
        try:
            self.state.keep(self.opened.places, now, worst(passes, now))
            self._kept = now
        except OSError as error:
            self._log.error("place not kept", why=str(error))

    def _measure(self) -> None:
        now = self.opened.clock.now()
        if self._held and 0 <= now - self._measured < MEASURED_EVERY_NS:
            return
        held: dict[str, int] = {}
        with suppress(CatalogueAway):
            for stream in self.opened.catalogue.streams():
                for row in self.opened.catalogue.containers(stream, ALL_TIME):
                    held[row.volume] = held.get(row.volume, 0) + row.size_bytes
        self._held, self._measured = held, now

    def _volume(self, volume: Volume, volumes: list[Volume]) -> Iterator[tuple[float, tuple[Found, ...]]]:
        now, floor_s = self.opened.clock.now(), volume.identity.floor_s
        at = self.state.passes.get(volume.id, Pass(now))
        if at.ended is not None or now < at.begun:  # a clock set back begins anew rather than never
            if at.begun <= now < next_begins(at, floor_s):
                return
            at = Pass(now)
        self.state.passes[volume.id] = at
        for file in in_order(self.opened.disk, volume, at.cursor):
            containers, wrong, size = check_chain(self.files, file, self.opened.catalogue)
            self._again(volume, file.path, wrong)
            yield self._paced(volume, Progress(size, tuple(wrong)), 0.0)
            for container in sorted(containers, key=lambda one: one.place):
                if container.place <= at.cursor:
                    continue
                found: list[Found] = []
                pieces = read_container(self.files, container, self.opened.catalogue, self.opened.disk, volumes)
                began = self.opened.clock.monotonic_ns()
                for piece in pieces:
                    took_s = (self.opened.clock.monotonic_ns() - began) / SECOND_NS
                    found += piece.found
                    at = replace(at, done_bytes=at.done_bytes + piece.read_bytes)
                    self.state.passes[volume.id] = at
                    yield self._paced(volume, Progress(piece.read_bytes), took_s)
                    began = self.opened.clock.monotonic_ns()
                if not still_there(self.opened.disk, volume):
                    return  # what "is missing" then is the volume, and no footage
                self._again(volume, container.path, found)
                at = replace(at, cursor=container.place)
                self.state.passes[volume.id] = at
                if found:
                    yield 0.0, tuple(found)
                if self.opened.clock.now() - self._kept > KEPT_EVERY_NS:
                    self.keep()
        self.state.passes[volume.id] = replace(at, cursor=(), ended=self.opened.clock.now())

    def _again(self, volume: Volume, path: str, found: list[Found]) -> None:
        """The file has just been read: what stood about it and is no more so is well again, or expired."""
        wrong = {_key(one) for one in found}
        for key in [
            key
            for key, one in self.state.standing.items()
            if (one.volume, one.path) == (volume.id, path) and key not in wrong
        ]:
            del self.state.standing[key]

    def _paced(self, volume: Volume, piece: Progress, took_s: float) -> tuple[float, tuple[Found, ...]]:
        at, now = self.state.passes[volume.id], self.opened.clock.now()
        per_mib = took_s / (piece.read_bytes / (1 << 20)) if piece.read_bytes >= 1 << 20 else 0.0
        felt = Pressure(self.lag_s(), per_mib)
        self.share = next_share(self.share, felt)
        pace = wanted_bytes_per_s(at, volume.identity.floor_s, self._held.get(volume.id, 0), now)
        return pause_s(piece.read_bytes, took_s, pace, self.share, felt), piece.found

    def _other_checks(self) -> Iterator[tuple[float, tuple[Found, ...]]]:
        for name, check in ((PACKAGES, self._packages), (LEDGER, self._ledger), (DATABASE, self._database)):
            now = self.opened.clock.now()
            last = self.state.checked.get(name)
            if last is not None and 0 <= now - last < CHECK_EVERY_NS[name]:
                continue
            try:
                found: list[Found] = []
                for pause, wrong in check():
                    found += wrong
                    yield pause, ()
            except (MingjianError, OSError) as error:  # cannot be read now: told by its own part, looked at again
                self._log.warning("check not done", check=name, why=str(error))
                continue
            for key in [key for key, one in self.state.standing.items() if one.fault == _FAULTS[name]]:
                if key not in {_key(one) for one in found}:
                    del self.state.standing[key]
            self.state.checked[name] = now
            yield 0.0, tuple(found)

    def _packages(self) -> Iterator[tuple[float, tuple[Found, ...]]]:
        """Held evidence against the SHA-256 that was registered when it was built."""
        for job in scrubbing.packages_kept(self.opened.store):
            path, hashed, at = package_path(self.opened.places.exports, job.id), hashlib.sha256(), 0
            try:
                while data := self.files.read(str(path), at, PIECE_BYTES):
                    hashed.update(data)
                    at += len(data)
                    yield len(data) / CHECKED_BYTES_PER_S, ()
            except FileNotFoundError:
                yield 0.0, (Found(Fault.PACKAGE, "", path.name, 0, "gone"),)
            except OSError as error:
                yield 0.0, (Found(Fault.PACKAGE, "", path.name, at, f"errno {error.errno}"),)
            else:
                if hashed.hexdigest() != job.sha256:
                    yield 0.0, (Found(Fault.PACKAGE, "", path.name),)

    def _ledger(self) -> Iterator[tuple[float, tuple[Found, ...]]]:
        tiles = FileTiles(self.opened.places.ledger)
        if tiles.checkpoint() is None:
            return
        report = audit(tiles, log=[VerifierKey.of(signer) for signer in self.opened.keys.signers])
        yield 0.0, tuple(Found(Fault.LEDGER, "", problem.file, 0, problem.text) for problem in report.problems)

    def _database(self) -> Iterator[tuple[float, tuple[Found, ...]]]:
        if self.opened.engine.dialect.name == "sqlite":
            for path in (self.opened.places.database, self.opened.places.catalogue):
                found = damaged_pages(path)
                yield 0.0, tuple(Found(Fault.DATABASE, "", path.name, 0, text) for text in found[:1])


_FAULTS = {PACKAGES: Fault.PACKAGE, LEDGER: Fault.LEDGER, DATABASE: Fault.DATABASE}


def _key(one: Found) -> str:
    return f"{one.volume}:{one.path}:{one.fault}"


def commit_lag_s(streams: dict[str, Any], now: UtcNs) -> float:
    """How old the oldest footage is that a recorder took and has not acknowledged; 0 where nothing is recorded."""
    lags = [
        (now - found["recorded_until"]) / SECOND_NS
        for found in streams.values()
        if found.get("recording") and found.get("recorded_until") and found.get("state") == "online"
    ]
    return max(lags, default=0.0)


async def _run(opened: Opened) -> None:
    stopping = asyncio.Event()
    ends = asyncio.create_task(until_input_ends(stopping))
    lags: dict[int, float] = {}

    async def listen() -> None:
        while True:
            for number in range(opened.settings.recorders):
                try:
                    said = await RelayClient.status(opened.places.socket(number))
                    lags[number] = commit_lag_s(said, opened.clock.now())
                except MingjianError:
                    lags.pop(number, None)
            await asyncio.sleep(LOOK_S)

    listening = asyncio.create_task(listen())
    scrubber = Scrubber(opened, lambda: max(lags.values(), default=0.0))
    working = asyncio.create_task(_work(scrubber))
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait([working, listening, stopped], return_when=asyncio.FIRST_COMPLETED)
    scrubber.keep()
    for task in (ends, listening, working, stopped):
        task.cancel()
    for task in (working, listening):
        with suppress(asyncio.CancelledError):
            await task


async def _work(scrubber: Scrubber) -> None:
    """Read on the humble thread; what is found is entered from this one, for a lock must not wait for idleness."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "scrub", initializer=humble) as reading:
        while True:
            try:
                steps = scrubber.steps()
                while (step := await loop.run_in_executor(reading, next, steps, None)) is not None:
                    pause, found = step
                    await asyncio.to_thread(scrubber.told, found)
                    await asyncio.sleep(pause)
            except (MingjianError, OSError) as error:  # database or disk away: the place is kept, later again
                structlog.get_logger("scrub").error("scrub interrupted", why=str(error))
            await asyncio.sleep(LOOK_S)


def run_scrub_process(data: Path, settings: Settings) -> None:
    """The process `mingjian internal scrub`."""
    run_process(_run(open_installation(data, settings)))
