"""The export process: claims one queued package, builds it with its proofs, and closes its register entry."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from mingjian.adapters.evidence import PublishedProofs
from mingjian.adapters.forensic_keys import forensic_key
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.time_stamps import HttpTimeStamps, certificates_in
from mingjian.app import exports
from mingjian.app.exports import ClaimedExport
from mingjian.app.ports import Store
from mingjian.bootstrap.ledger_keys import witnesses_asked
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.published import package_path, trust_anchors
from mingjian.bootstrap.reports import read_catalogue
from mingjian.bootstrap.settings import Settings
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import main_stream
from mingjian.kernel.period import Period
from mingjian.processing.package import LedgerProofs, NotYet, PackageBuild, PackageOutcome
from mingjian.processing.package_copy import ProcessCopies
from mingjian.processing.package_manifest import PackageRequest, StreamRequest
from mingjian.processing.package_progress import Progress
from mingjian.storage.coverage import days_of
from mingjian.storage.layout import chain_day
from mingjian.storage.volume import Volume

LOOK_AGAIN_S = 1.0
AROUND_NS = 60 * SECOND_NS
"""Chain entries needed beside the footage: the one before it, and up to the next head in the ledger."""
WAIT_S = 120.0
"""Heads enter the ledger every 10 s and are published within 1 s; longer means that something must be mended."""
WITNESS_WAIT_S = 75.0
"""For a cosigned checkpoint over its entries: a silent witness is asked again each 30 s. Then the package says that it
has none: a witness that is down must not hold up a lawful request."""
REPORT_NS = SECOND_NS // 2
"""The bar on the screen moves at least once a second."""


@dataclass
class Reporting:
    """Progress into the database at most twice a second; learns there whether somebody cancelled."""

    store: Store
    job: str
    clock: Clock
    cancelled: bool = False
    _last_ns: int | None = None

    def progress(self, now: Progress) -> None:
        at_ns = self.clock.monotonic_ns()
        if self._last_ns is None or at_ns - self._last_ns >= REPORT_NS or now.share >= 1:
            self._last_ns = at_ns
            self._tell(now, waiting=False)

    def waiting(self) -> None:
        self._tell(Progress(0, 0, 0, 0), waiting=True)

    def _tell(self, now: Progress, *, waiting: bool) -> None:
        self.cancelled = not exports.report_progress(
            self.store,
            job=self.job,
            done_bytes=round(now.share * now.size_bytes),
            total_bytes=now.size_bytes,
            began=UtcNs(self.clock.now() - now.spent_ns),
            waiting_for_checkpoint=waiting,
        )


def build(opened: Opened, claimed: ClaimedExport, stop: threading.Event) -> PackageOutcome | None:
    """The finished package, or None when the job was cancelled or the process is to stop (it then resumes later)."""
    report = Reporting(opened.store, claimed.job.id, opened.clock)
    while read_catalogue(opened.places).rebuilding:  # what is not read from the chains yet would count as missing
        report.waiting()
        if report.cancelled or stop.wait(LOOK_AGAIN_S):
            return None
    proofs = partial(PublishedProofs, opened.engine, FileTiles(opened.places.ledger))
    build = PackageBuild(
        request=_request(opened, claimed),
        streams=_streams(opened, claimed),
        footage=opened.reader(readable(opened, claimed)),
        ledger=proofs(witnesses=witnesses_asked(opened.settings)),
        signers=opened.keys.signers,
        anchors=trust_anchors(opened),
        out=package_path(opened.places.exports, claimed.job.id),
        clock=opened.clock,
        tool="mingjian",
        registered=claimed.registered,
        copies=ProcessCopies() if opened.settings.copies_up_to_mib else None,
        hidden_key=forensic_key(opened.vault, opened.settings.forensic_key),
        copies_up_to_bytes=opened.settings.copies_up_to_mib << 20,
        timestamps=configured_time_stamps(opened.settings, opened.clock),
        progress=report.progress,
        cancelled=lambda: report.cancelled or stop.is_set(),
    )
    return run_until_built(build, proofs(witnesses=0), report, clock=opened.clock, pause=stop.wait)


class Teller(Protocol):
    """Who is told of the waiting, and knows whether somebody cancelled."""

    cancelled: bool

    def waiting(self) -> None: ...


def run_until_built(
    build: PackageBuild, unwitnessed: LedgerProofs, report: Teller, *, clock: Clock, pause: Callable[[float], bool]
) -> PackageOutcome | None:
    """Build as soon as the ledger proves what it must; after `WITNESS_WAIT_S` under `unwitnessed` proofs.

    None when it was cancelled or `pause` says stop. Raises NotYet after `WAIT_S`, and what `build` raises.
    """
    began_ns = clock.monotonic_ns()
    while True:
        try:
            return build.run()
        except NotYet:
            report.waiting()
            if report.cancelled or pause(LOOK_AGAIN_S):
                return None
            waited_s = (clock.monotonic_ns() - began_ns) / SECOND_NS
            if waited_s > WAIT_S:
                raise
            if waited_s > WITNESS_WAIT_S:
                build.ledger, build.unwitnessed = unwitnessed, True
        except MingjianError as error:
            if error.code == "package.cancelled":
                if report.cancelled:  # a mere stop leaves the unfinished package, to be resumed
                    build.discard()
                return None
            raise


def configured_time_stamps(settings: Settings, clock: Clock) -> HttpTimeStamps | None:
    """The authority of the settings, or none: then packages bear no time stamp, and say so."""
    if not (settings.timestamp_url and settings.timestamp_certificates):
        return None
    return HttpTimeStamps(settings.timestamp_url, certificates_in(settings.timestamp_certificates), clock)


def readable(opened: Opened, claimed: ClaimedExport) -> list[Volume]:
    """The volumes that are there. Raises what is wrong with another one that holds part of what was asked for."""
    found = opened.find_volumes()
    footage = claimed.grant.footage
    assert footage is not None, "a copy's Grant names its seconds"
    days = set(days_of(Period(UtcNs(footage.start - AROUND_NS), UtcNs(footage.end + AROUND_NS))))
    away = {one.id: one.error for one in found.unusable}
    for camera in sorted(claimed.grant.cameras):
        for tail in opened.catalogue.tails(main_stream(camera)):
            if tail.volume in away and chain_day(tail.path) in days:
                raise away[tail.volume]
    return found.or_refuse()


def _request(opened: Opened, claimed: ClaimedExport) -> PackageRequest:
    request = claimed.request
    return PackageRequest(
        id=request.id,
        number=request.number,
        register=claimed.grant.entry,
        purpose=request.purpose,
        destination=request.destination,
        legal_basis=request.legal_basis,
        organ=request.organ,
        requester=request.requester_name,
        approver=request.approver_name,
        officers=claimed.officers,
    )


def _streams(opened: Opened, claimed: ClaimedExport) -> list[StreamRequest]:
    """What the Grant opens, camera by camera; nothing is read beyond it."""
    footage = claimed.grant.footage
    assert footage is not None, "a copy's Grant names its seconds"
    with opened.store.reading() as uow:
        cameras = {camera.id: camera for camera in uow.cameras.of_unit(claimed.grant.unit)}
    return [
        StreamRequest(
            main_stream(camera),
            cameras[camera].name if camera in cameras else camera,
            cameras[camera].place if camera in cameras else "",
            footage,
        )
        for camera in sorted(claimed.grant.cameras)
    ]


def run_export(data: Path, settings: Settings) -> None:
    """The process `mingjian internal export`: one package, then it ends. Interrupted, it is resumed by the next."""
    opened = open_installation(data, settings)
    log = structlog.get_logger("export")
    claimed = exports.claim_next(opened.store, clock=opened.clock)
    if claimed is None:
        return
    stop = threading.Event()
    threading.Thread(target=_until_input_ends, args=(stop,), daemon=True).start()
    job = claimed.job.id
    try:
        outcome = build(opened, claimed, stop)
    except (MingjianError, OSError) as error:
        code = error.code if isinstance(error, MingjianError) else "export.disk"
        log.exception("package not built", job=job, code=code)
        exports.fail(opened.store, clock=opened.clock, job=job, code=code)
        return
    if outcome is None:
        log.info("package not finished", job=job)
        return
    seconds = {stream: round(asked - outcome.missing_s.get(stream, 0)) for stream, asked in outcome.asked_s.items()}
    delivered = exports.finish(
        opened.store,
        clock=opened.clock,
        job=job,
        outcome=outcome.verdict,
        missing_s=round(sum(outcome.missing_s.values())),
        sha256=outcome.sha256,
        size_bytes=outcome.size_bytes,
        witnesses=outcome.witnesses,
        timestamp=outcome.timestamp,
        seconds=seconds,
    )
    if not delivered:  # cancelled in its last moments: no copy stays that the register does not know as delivered
        outcome.path.unlink(missing_ok=True)
        log.info("package cancelled", job=job)
        return
    log.info("package built", job=job, verdict=outcome.verdict, bytes=outcome.size_bytes)


def _until_input_ends(stop: threading.Event) -> None:
    """The keeper holds our standard input; when it is gone, stop and leave the partial build for the next.

    Unbuffered: a thread inside a buffered read would abort the interpreter's own shutdown.
    """
    while os.read(sys.stdin.fileno(), 4096):
        continue
    stop.set()
