"""Opening and closing a viewing. The register entry is committed before the answer leaves."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from mingjian.app import views
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import CameraId
from mingjian.web.forms import Form, Milliseconds, Text, WithinPeriod, instant
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/views", tags=["views"])


class OpenViewForm(WithinPeriod):
    """What to view; playback needs a period, a ground of the unit's rules, and in free words what for."""

    act: Literal["live", "playback"]
    cameras: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=64)
    ground: Text = ""
    purpose: Text = ""


class WatermarkOut(BaseModel):
    """What every tile shows: who looks, from where, under which register entry."""

    person: str
    unit: str
    entry: int


class ViewOut(BaseModel):
    """A viewing that may begin: `grant` is the first message of the media WebSocket, never part of a URL."""

    grant: str
    entry: int
    valid_until_ms: int
    watermark: WatermarkOut
    cameras: list[str]
    marked: bool
    """Shown to people outside: made anew with its marks, kept by nobody."""


class SnapshotForm(Form):
    """Which picture; playback names the instant."""

    camera: Annotated[str, Field(max_length=64)]
    at_ms: Milliseconds | None = None


Viewing = Annotated[Actor, Depends(Policy(Act.VIEW_LIVE, Act.VIEW_PLAYBACK))]
"""One address opens both; which of the two acts is decided on, the form says."""


@router.post("", operation_id="open_view", status_code=201)
def open_view(request: Request, form: OpenViewForm, actor: Viewing) -> ViewOut:
    services = services_of(request)
    grant = views.open_view(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        act=MediaAct(form.act),
        cameras=[CameraId(camera) for camera in form.cameras],
        footage=form.footage(),
        ground=form.ground,
        purpose=form.purpose,
    )
    return view_out(grant)


def view_out(grant: Grant) -> ViewOut:
    """A viewing that may begin now."""
    return ViewOut(
        grant=grant.id,
        entry=grant.entry,
        valid_until_ms=grant.valid.end // 1_000_000,
        watermark=WatermarkOut(person=grant.person_name, unit=grant.unit_name, entry=grant.entry),
        cameras=sorted(grant.cameras),
        marked=grant.marked,
    )


@router.delete("/{grant}", operation_id="close_view", status_code=204)
async def close_view(request: Request, grant: str, actor: Annotated[Actor, Depends(Policy(Act.VIEW_CLOSE))]) -> None:
    """Closes after its pictures have ended and what they showed is stored, so that the entry names every second."""
    services = services_of(request)
    store, clock = services.store, services.clock
    await run_in_threadpool(views.may_close, store, actor=actor, clock=clock, grant=grant)
    await services.viewings.settle(grant)
    await run_in_threadpool(views.close_view, store, actor=actor, clock=clock, grant=grant)


@router.post(
    "/{grant}/snapshots",
    operation_id="take_snapshot",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def take_snapshot(
    request: Request, grant: str, form: SnapshotForm, actor: Annotated[Actor, Depends(Policy(Act.VIEW_SNAPSHOT))]
) -> Response:
    services = services_of(request)
    at = instant(form.at_ms) if form.at_ms is not None else None
    camera, pictures = CameraId(form.camera), services.snapshots
    opened, entry = views.register_snapshot(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        grant=grant,
        camera=camera,
        at=at,
        check=lambda: pictures.check(camera, at),
    )
    try:
        picture = pictures.jpeg(opened, camera, at, entry=entry)
    except Exception:
        views.close_empty_snapshot(services.store, clock=services.clock, grant=opened, camera=camera, entry_index=entry)
        raise
    name = f"mingjian-{entry}.jpg"
    return Response(picture, media_type="image/jpeg", headers={"Content-Disposition": f'attachment; filename="{name}"'})
