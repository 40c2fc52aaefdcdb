"""Who is connected now under an approval, for both sides; and the grounds of a unit's own playback."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import purposes, uses
from mingjian.app.records import Actor, ClosingCause
from mingjian.app.uses import Use
from mingjian.governance.authority import Act
from mingjian.governance.purposes import MOST
from mingjian.web.forms import MS_NS, Form, Index, Text, milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(tags=["uses"])


class TroubleOut(BaseModel):
    """What the unit reported about a use."""

    entry: int
    at_ms: int
    person: str
    text: str


class UseOut(BaseModel):
    """One view under an approval. `pictures` are those on screens at this moment; `seconds` reached the officers."""

    entry: int
    act: Literal["live", "playback"]
    officers: str
    organ: str
    number: str
    request: str
    cameras: list[str]
    purpose: str
    since_ms: int
    until_ms: int
    seconds: int
    pictures: int
    ours: bool
    closed_ms: int | None
    closing: ClosingCause | None
    troubles: list[TroubleOut]


class TroubleForm(Form):
    """What goes wrong with the use."""

    text: Text


class PurposesForm(Form):
    """The grounds on which the unit's own people may look back; `copies` are those that allow the unit a copy."""

    purposes: list[Text] = Field(min_length=1, max_length=MOST)
    copies: list[Text] = Field(default_factory=list, max_length=MOST)


class PurposesOut(BaseModel):
    """The grounds that count now, and those of them that allow a copy."""

    purposes: list[str]
    copies: list[str]


@router.get("/api/uses", operation_id="list_uses")
def list_uses(request: Request, actor: Annotated[Actor, Depends(Policy(Act.USE_LIST))]) -> list[UseOut]:
    """Those that go on now, and those that ended within a day."""
    services = services_of(request)
    found = uses.connected(services.store, actor=actor, clock=services.clock)
    return [_out(use, services.viewings.pictures(use.entry.grant)) for use in found]


@router.post("/api/uses/{use}/troubles", operation_id="report_trouble", status_code=201)
def report_trouble(
    request: Request, use: Index, form: TroubleForm, actor: Annotated[Actor, Depends(Policy(Act.USE_TROUBLE))]
) -> TroubleOut:
    services = services_of(request)
    told = uses.report_trouble(services.store, actor=actor, clock=services.clock, use=use, text=form.text)
    return TroubleOut(entry=told.entry, at_ms=told.at // MS_NS, person=told.person_name, text=told.text)


@router.get("/api/purposes", operation_id="list_purposes")
def list_purposes(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PURPOSE_LIST))]) -> PurposesOut:
    services = services_of(request)
    return _purposes(purposes.list_purposes(services.store, actor=actor, clock=services.clock))


@router.put("/api/purposes", operation_id="change_purposes")
def change_purposes(
    request: Request, form: PurposesForm, actor: Annotated[Actor, Depends(Policy(Act.PURPOSE_CHANGE))]
) -> PurposesOut:
    services = services_of(request)
    changed = purposes.change_purposes(
        services.store, actor=actor, clock=services.clock, purposes=form.purposes, copies=form.copies
    )
    return _purposes(changed)


def _purposes(grounds: purposes.Grounds) -> PurposesOut:
    return PurposesOut(purposes=list(grounds.purposes), copies=list(grounds.copies))


def _out(use: Use, pictures: int) -> UseOut:
    entry, closing = use.entry, use.entry.closing
    return UseOut(
        entry=entry.index,
        act="live" if entry.kind == "live" else "playback",
        officers=entry.person_name,
        organ=entry.unit_name,
        number=use.number,
        request=entry.request,
        cameras=list(entry.cameras),
        purpose=entry.purpose,
        since_ms=entry.at // MS_NS,
        until_ms=entry.valid.end // MS_NS,
        seconds=use.seconds,
        pictures=pictures,
        ours=use.ours,
        closed_ms=milliseconds(closing.at) if closing is not None else None,
        closing=closing.cause if closing is not None else None,
        troubles=[
            TroubleOut(entry=told.entry, at_ms=told.at // MS_NS, person=told.person_name, text=told.text)
            for told in use.troubles
        ],
    )
