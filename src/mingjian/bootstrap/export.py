"""The export process: claims one queued package, builds it with its proofs, and closes its register entry."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from mingjian.adapters.evidence import PublishedProofs
from mingjian.adapters.tiles import FileTiles
from mingjian.app import exports
from mingjian.app.exports import ClaimedExport
from mingjian.app.ports import Store
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.published import package_path, trust_anchors
from mingjian.bootstrap.settings import Settings
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import main_stream
from mingjian.processing.package import NotYet, PackageBuild, PackageOutcome
from mingjian.processing.package_manifest import PackageRequest, StreamRequest

LOOK_AGAIN_S = 1.0
WAIT_S = 120.0
"""Heads enter the ledger every 10 s and are published within 1 s; longer means that something must be mended."""
REPORT_NS = SECOND_NS // 2
"""The bar on the screen moves at least once a second."""


@dataclass
class Reporting:
    """Progress into the database at most twice a second; learns there whether somebody cancelled."""

    store: Store
    job: str
    opened: Opened
    cancelled: bool = False
    _last_ns: int = 0
    _totals: tuple[int, int] = field(default=(0, 0))

    def progress(self, done: int, total: int) -> None:
        self._totals = (done, total)
        now = self.opened.clock.monotonic_ns()
        if now - self._last_ns >= REPORT_NS or done in (0, total):
            self._last_ns = now
            self.tell(waiting=False)

    def tell(self, *, waiting: bool) -> None:
        done, total = self._totals
        self.cancelled = not exports.report_progress(
            self.store, job=self.job, done_bytes=done, total_bytes=total, waiting_for_checkpoint=waiting
        )


def build(opened: Opened, claimed: ClaimedExport, stop: threading.Event) -> PackageOutcome | None:
    """The finished package, or None when the job was cancelled or the process is to stop (it then resumes later)."""
    report = Reporting(opened.store, claimed.job.id, opened)
    build = PackageBuild(
        request=_request(opened, claimed),
        streams=_streams(opened, claimed),
        footage=opened.reader(opened.volumes()),
        ledger=PublishedProofs(opened.engine, FileTiles(opened.places.ledger)),
        signers=opened.keys.signers,
        anchors=trust_anchors(opened),
        out=package_path(opened.places.exports, claimed.job.id),
        clock=opened.clock,
        tool="mingjian",
        progress=report.progress,
        cancelled=lambda: report.cancelled or stop.is_set(),
    )
    until_ns = opened.clock.monotonic_ns() + round(WAIT_S * SECOND_NS)
    while True:
        try:
            return build.run()
        except NotYet:
            report.tell(waiting=True)
            if report.cancelled or stop.wait(LOOK_AGAIN_S):
                return None
            if opened.clock.monotonic_ns() > until_ns:
                raise
        except MingjianError as error:
            if error.code == "package.cancelled":
                if report.cancelled:  # a mere stop leaves the unfinished package, to be resumed
                    build.discard()
                return None
            raise


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
    exports.finish(
        opened.store,
        clock=opened.clock,
        job=job,
        outcome=outcome.verdict,
        missing_s=round(sum(outcome.missing_s.values())),
        sha256=outcome.sha256,
        size_bytes=outcome.size_bytes,
        seconds={stream: round(asked - outcome.missing_s.get(stream, 0)) for stream, asked in outcome.asked_s.items()},
    )
    log.info("package built", job=job, verdict=outcome.verdict, bytes=outcome.size_bytes)


def _until_input_ends(stop: threading.Event) -> None:
    """The keeper holds our standard input; when it is gone, stop and leave the partial build for the next.

    Unbuffered: a thread inside a buffered read would abort the interpreter's own shutdown.
    """
    while os.read(sys.stdin.fileno(), 4096):
        continue
    stop.set()
