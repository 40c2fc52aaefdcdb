"""The register of viewing, copying and retrieval (article 17, paragraph 2, item 2). Nothing here changes it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from mingjian.app import views
from mingjian.app.ports import RegisterQuery
from mingjian.app.records import Actor, ClosingCause, RegisterEntry, RegisterKind
from mingjian.governance.authority import Act
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.web.forms import Index, Milliseconds, instant_or_none, milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/register", tags=["register"])


class RegisterOut(BaseModel):
    """One entry: who, when, why, whither, which cameras, and how many seconds were delivered."""

    index: int
    at_ms: int
    kind: RegisterKind
    person: str
    person_id: str
    unit: str
    purpose: str | None
    destination: str | None
    cameras: list[str]
    periods: list[tuple[int, int]]
    request: str | None
    closed: bool
    closed_ms: int | None
    closing: ClosingCause | None
    seconds: int | None
    seconds_by_camera: dict[str, int]


@router.get("", operation_id="list_register")
def list_register(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.REGISTER_READ))],
    before: Index | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    camera: Annotated[str | None, Field(max_length=64)] = None,
    person: Annotated[str | None, Field(max_length=64)] = None,
    kind: RegisterKind | None = None,
    organ: Annotated[str | None, Field(max_length=64)] = None,
    access_request: Annotated[str | None, Field(max_length=64)] = None,
    from_ms: Milliseconds | None = None,
    to_ms: Milliseconds | None = None,
) -> list[RegisterOut]:
    """The unit's entries; with a period, every viewing that was going on in `[from_ms, to_ms)`."""
    services = services_of(request)
    query = RegisterQuery(
        before=before,
        limit=limit,
        camera=CameraId(camera) if camera else None,
        person=PersonId(person) if person else None,
        kind=kind,
        organ=UnitId(organ) if organ else None,
        request=access_request or None,
        since=instant_or_none(from_ms),
        until=instant_or_none(to_ms),
    )
    found = views.register_entries(services.store, actor=actor, clock=services.clock, query=query)
    return [_out(entry) for entry in found]


def _out(entry: RegisterEntry) -> RegisterOut:
    closing, footage = entry.closing, entry.footage
    return RegisterOut(
        index=entry.index,
        at_ms=entry.at // 1_000_000,
        kind=entry.kind,
        person=entry.person_name,
        person_id=entry.person,
        unit=entry.unit_name,
        purpose=entry.purpose or None,
        destination=entry.destination or None,
        cameras=list(entry.cameras),
        periods=[(footage.start // 1_000_000, footage.end // 1_000_000)] if footage is not None else [],
        request=entry.request or None,
        closed=closing is not None,
        closed_ms=milliseconds(closing.at) if closing is not None else None,
        closing=closing.cause if closing is not None else None,
        seconds=sum(closing.seconds.values()) if closing is not None else None,
        seconds_by_camera=dict(closing.seconds) if closing is not None else {},
    )
