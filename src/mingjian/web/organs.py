"""Organs and units on record: the tree, and their first administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import organs
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.organ_tree import Level, level
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.ids import UnitId
from mingjian.web.forms import Form, Text
from mingjian.web.guard import Policy, services_of
from mingjian.web.history import HistoryOut, history_of
from mingjian.web.people import EnrolmentOut, PostOut, enrolment_out, post_out
from mingjian.web.session import SectorOut, sectors_out

router = APIRouter(prefix="/api/organs", tags=["organs"])
Listing = Annotated[Actor, Depends(Policy(Act.ORGAN_LIST))]
Adding = Annotated[Actor, Depends(Policy(Act.ORGAN_ADD))]
Kind = Annotated[OrganKind, Field(strict=False)]


class OrganRecord(BaseModel):
    """An organ or a unit. `area` is its territory in words, as far as governments on record name it."""

    id: str
    name: str
    kind: OrganKind
    territory: str
    level: Level | None
    area: str
    parent: str | None
    sector: str
    credit_code: str
    address: str
    contact: str
    keeps: bool


class OrganList(BaseModel):
    """Organs and the units that the reader may see; the sectors to choose from."""

    organs: list[OrganRecord]
    sectors: list[SectorOut]


class HeldPost(PostOut):
    """A post with the name of who holds it."""

    person_name: str


class OrganPageOut(BaseModel):
    """One organ: of the own unit all posts, of another its heads."""

    organ: OrganRecord
    below: list[OrganRecord]
    posts: list[HeldPost]
    history: list[HistoryOut]


class OrganFacts(Form):
    """What is on record of an organ."""

    name: Text
    kind: Kind
    territory: Annotated[str, Field(max_length=12)] = ""
    sector: Annotated[str, Field(max_length=32)] = ""
    credit_code: Annotated[str, Field(max_length=40)] = ""
    address: Text = ""
    contact: Text = ""


class NewAdministrator(Form):
    """The first administrator of a unit, who enrols with the one-time code."""

    name: Text
    display_name: Text


class NewOrgan(OrganFacts):
    """A further organ or unit."""

    parent: str | None = None
    administrator: NewAdministrator


class AddedOrgan(BaseModel):
    """The organ, and its administrator's one-time code; shown once."""

    organ: OrganRecord
    enrolment: EnrolmentOut


class Move(Form):
    """The organ above; none: it stands on its own."""

    parent: str | None


@router.get("", operation_id="list_organs")
def list_organs(request: Request, actor: Listing) -> OrganList:
    services = services_of(request)
    found = organs.listed(services.store, actor=actor, clock=services.clock)
    return OrganList(
        organs=[_out(one.organ, one.area) for one in found],
        sectors=sectors_out(),
    )


@router.post("", operation_id="add_organ", status_code=201)
def add_organ(request: Request, form: NewOrgan, actor: Adding) -> AddedOrgan:
    services = services_of(request)
    organ, enrolment = organs.add(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        form=_form(form, UnitId(form.parent) if form.parent is not None else None),
        administrator=form.administrator.name,
        administrator_name=form.administrator.display_name,
    )
    return AddedOrgan(organ=_out(organ), enrolment=enrolment_out(enrolment))


@router.get("/{organ}", operation_id="read_organ")
def read_organ(request: Request, organ: str, actor: Listing) -> OrganPageOut:
    services = services_of(request)
    page = organs.page(services.store, actor=actor, clock=services.clock, law=services.law, organ=UnitId(organ))
    return OrganPageOut(
        organ=_out(page.shown.organ, page.shown.area),
        below=[_out(one) for one in page.below],
        posts=[HeldPost(**post_out(post).model_dump(), person_name=name) for post, name in page.posts],
        history=history_of(page.history),
    )


@router.patch("/{organ}", operation_id="change_organ")
def change_organ(
    request: Request, organ: str, form: OrganFacts, actor: Annotated[Actor, Depends(Policy(Act.ORGAN_CHANGE))]
) -> OrganRecord:
    """All facts anew; a unit's own administrator may change credit code, address and contact."""
    services = services_of(request)
    changed = organs.change(
        services.store, actor=actor, clock=services.clock, organ=UnitId(organ), form=_form(form, None)
    )
    return _out(changed)


@router.post("/{organ}/move", operation_id="move_organ")
def move_organ(
    request: Request, organ: str, form: Move, actor: Annotated[Actor, Depends(Policy(Act.ORGAN_MOVE))]
) -> OrganRecord:
    services = services_of(request)
    parent = UnitId(form.parent) if form.parent is not None else None
    moved = organs.move(services.store, actor=actor, clock=services.clock, organ=UnitId(organ), parent=parent)
    return _out(moved)


@router.post("/{organ}/administrator", operation_id="appoint_administrator", status_code=201)
def appoint_administrator(request: Request, organ: str, form: NewAdministrator, actor: Adding) -> EnrolmentOut:
    """For a unit whose administrator has not enrolled in time, or has left."""
    services = services_of(request)
    enrolment = organs.appoint(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        organ=UnitId(organ),
        name=form.name,
        display_name=form.display_name,
    )
    return enrolment_out(enrolment)


def _form(form: OrganFacts, parent: UnitId | None) -> organs.OrganForm:
    return organs.OrganForm(
        name=form.name,
        kind=form.kind,
        territory=form.territory,
        parent=parent,
        sector=form.sector,
        credit_code=form.credit_code,
        address=form.address,
        contact=form.contact,
    )


def _out(organ: Organ, area: str = "") -> OrganRecord:
    return OrganRecord(
        id=organ.id,
        name=organ.name,
        kind=organ.kind,
        territory=organ.territory,
        level=level(organ.territory),
        area=area,
        parent=organ.parent,
        sector=organ.sector,
        credit_code=organ.credit_code,
        address=organ.address,
        contact=organ.contact,
        keeps=organ.keeps,
    )
