"""The export centre: progress, cancelling, and the package itself inside the ceremony window only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel

from mingjian.app import executions, exports
from mingjian.app.records import Actor, ExportJob, JobState
from mingjian.governance.authority import Act
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/exports", tags=["exports"])
Listing = Annotated[Actor, Depends(Policy(Act.EXPORT_LIST))]


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


@router.get("", operation_id="list_exports")
def list_exports(request: Request, actor: Listing) -> list[ExportOut]:
    services = services_of(request)
    now = services.clock.now()
    return [export_out(job, now) for job in exports.listed(services.store, actor=actor, clock=services.clock)]


@router.get("/{job}", operation_id="read_export")
def read_export(request: Request, job: str, actor: Listing) -> ExportOut:
    services = services_of(request)
    found = exports.one(services.store, actor=actor, clock=services.clock, job=job)
    return export_out(found, services.clock.now())


@router.post("/{job}/cancel", operation_id="cancel_export")
def cancel_export(request: Request, job: str, actor: Annotated[Actor, Depends(Policy(Act.EXPORT_CANCEL))]) -> ExportOut:
    services = services_of(request)
    cancelled = exports.cancel(services.store, actor=actor, clock=services.clock, job=job)
    return export_out(cancelled, services.clock.now())


@router.get(
    "/{job}/package",
    operation_id="download_package",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def download_package(
    request: Request, job: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_HAND_OVER))]
) -> FileResponse:
    """The zip, whole or by Range. Each call is entered in the ledger before the first byte."""
    services = services_of(request)
    wanted = exports.for_hand_over(services.store, actor=actor, clock=services.clock, job=job)
    handed = executions.hand_over(
        services.store, actor=actor, clock=services.clock, law=services.law, request=wanted.request
    )
    path = services.packages.path(handed.id)
    if path is None:
        raise LocalError(
            "export.package-missing",
            "证据包文件不在磁盘上",
            text_en="The package is not on the disk",
            remedy="取消后重新制作",
            remedy_en="Build it again",
        )
    return FileResponse(path, media_type="application/zip", filename=f"mingjian-{handed.id}.zip")


def export_out(job: ExportJob, now: UtcNs) -> ExportOut:
    """An export as screens show it."""
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
    )
