"""The export centre: progress, cancelling, and what became of the sealed package. How it is handed over: `sealings`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app import exports
from mingjian.app.records import Actor, ExportJob, JobState
from mingjian.app.sealing_ports import COUNTER, Sealing
from mingjian.governance.authority import Act
from mingjian.kernel.clock import UtcNs
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/exports", tags=["exports"])
Listing = Annotated[Actor, Depends(Policy(Act.EXPORT_LIST))]


class ShareOut(BaseModel):
    """One officer's half of the key: whose it is and what became of it, never the half itself."""

    letter: str
    officer: str
    given_ms: int | None
    at_counter: bool
    mine: bool


class DownloadOut(BaseModel):
    """One fetching of the sealed package."""

    id: str
    person: str
    at_counter: bool
    opened_ms: int
    ends_ms: int
    delivered_bytes: int
    finished_ms: int | None
    mine: bool


class SealingOut(BaseModel):
    """A package sealed for two officers, and who took what of it."""

    id: str
    made_ms: int
    ends_ms: int
    over: bool
    size_bytes: int
    sha256: str
    shares: list[ShareOut]
    downloads: list[DownloadOut]


class ExportOut(BaseModel):
    """One package being made, or made."""

    id: str
    request: str
    state: JobState
    done_bytes: int
    total_bytes: int
    eta_s: int | None
    outcome: str | None
    missing_s: int | None
    sha256: str | None
    error: str | None
    created_ms: int
    ended_ms: int | None
    sealing: SealingOut | None
    """Of the last sealing; lists leave it out."""
    sealing_share: float | None
    """How far the sealing under way is; None where none is."""
    sealing_problem: str
    """The code of why the last one came to nothing since this process began, or empty."""


@router.get("", operation_id="list_exports")
def list_exports(request: Request, actor: Listing) -> list[ExportOut]:
    services = services_of(request)
    now = services.clock.now()
    return [export_out(job, now) for job in exports.listed(services.store, actor=actor, clock=services.clock)]


@router.get("/{job}", operation_id="read_export")
def read_export(request: Request, job: str, actor: Listing) -> ExportOut:
    services = services_of(request)
    making = services.sealing.state(job)  # before what it made is read: a sealing that just ended is then seen
    found, sealing = exports.one(services.store, actor=actor, clock=services.clock, job=job)
    return export_out(found, services.clock.now(), sealing, actor, making)


@router.post("/{job}/cancel", operation_id="cancel_export")
def cancel_export(request: Request, job: str, actor: Annotated[Actor, Depends(Policy(Act.EXPORT_CANCEL))]) -> ExportOut:
    services = services_of(request)
    cancelled = exports.cancel(services.store, actor=actor, clock=services.clock, job=job)
    return export_out(cancelled, services.clock.now())


def sealing_out(sealing: Sealing, now: UtcNs, actor: Actor) -> SealingOut:
    """A sealing as screens show it to `actor`."""
    return SealingOut(
        id=sealing.id,
        made_ms=sealing.made // 1_000_000,
        ends_ms=sealing.ends // 1_000_000,
        over=sealing.ended is not None or now >= sealing.ends,
        size_bytes=sealing.size_bytes,
        sha256=sealing.sha256,
        shares=[
            ShareOut(
                letter=share.letter,
                officer=share.officer_name,
                given_ms=milliseconds(share.given),
                at_counter=share.at_counter,
                mine=share.officer == actor.person,
            )
            for share in sealing.shares
        ],
        downloads=[
            DownloadOut(
                id=one.id,
                person=one.person_name,
                at_counter=one.slot == COUNTER,
                opened_ms=one.opened // 1_000_000,
                ends_ms=one.ends // 1_000_000,
                delivered_bytes=one.delivered_bytes,
                finished_ms=milliseconds(one.finished),
                mine=one.person == actor.person,
            )
            for one in sealing.downloads
        ],
    )


def export_out(
    job: ExportJob,
    now: UtcNs,
    sealing: Sealing | None = None,
    actor: Actor | None = None,
    making: tuple[float | None, str] = (None, ""),
) -> ExportOut:
    """An export as screens show it; with its sealing as `actor` sees it, and what is told of one under way."""
    return ExportOut(
        id=job.id,
        request=job.request,
        state=job.state,
        done_bytes=job.done_bytes,
        total_bytes=job.total_bytes,
        eta_s=exports.eta_s(job, now),
        outcome=job.outcome or None,
        missing_s=job.missing_s if job.outcome else None,
        sha256=job.sha256 or None,
        error=job.error or None,
        created_ms=job.created // 1_000_000,
        ended_ms=milliseconds(job.ended),
        sealing=sealing_out(sealing, now, actor) if sealing is not None and actor is not None else None,
        sealing_share=making[0],
        sealing_problem=making[1],
    )
