"""The register of viewing, copying and retrieval (article 17, paragraph 2, item 2). Nothing here changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from mingjian.app import views
from mingjian.app.records import Actor, ClosingCause, RegisterEntry, RegisterKind
from mingjian.governance.authority import Act
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.register_query import Asked

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
    query: Asked,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[RegisterOut]:
    """The unit's entries, newest first."""
    services = services_of(request)
    found = views.register_entries(services.store, actor=actor, clock=services.clock, query=replace(query, limit=limit))
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
