"""Reuse before design, acceptance, and putting to use of systems that government builds (articles 9 and 13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import acceptances, life_papers, reuse
from mingjian.app.records import Actor
from mingjian.app.works import MOST_EVIDENCE
from mingjian.governance.acceptance import (
    MOST_MEMBERS,
    SHEET,
    Acceptance,
    Conclusion,
    Found,
    ItemResult,
    Member,
    SheetItem,
)
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.governance.systems import Builder, Life
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed

router = APIRouter(prefix="/api/systems", tags=["acceptance"])
Deciding = Annotated[Actor, Depends(Policy(Act.REUSE_DECIDE))]
Name = Annotated[str, Field(max_length=64)]
MOST_CHOICES = 500
"""Cameras within reach of one site: a square has some dozens."""


class FoundIn(Form):
    """What was found of one item of the sheet."""

    item: Name
    result: Annotated[ItemResult, Field(strict=False)]
    measured: Annotated[float, Field(ge=0, le=10**6)] | None = None
    note: Text = ""


class MemberIn(Form):
    """Who took part, and for whom."""

    organ: Text
    name: Text
    title: Text = ""


class AcceptanceForm(Form):
    """The sheet of one acceptance."""

    number: Text
    on: Day
    conclusion: Annotated[Conclusion, Field(strict=False)]
    items: list[FoundIn] = Field(max_length=2 * len(SHEET))
    members: list[MemberIn] = Field(max_length=MOST_MEMBERS)
    issues: Text = ""
    attachments: list[Name] = Field(default_factory=list, max_length=MOST_EVIDENCE)


class UseForm(Form):
    """The day on which it is put to use."""

    on: Day


class SheetItemOut(BaseModel):
    """An item of the sheet: its words, its article, and the figure it asks for."""

    id: str
    name: str
    name_en: str
    article: str
    always: bool
    measures: str


class FoundOut(BaseModel):
    """What was found of an item."""

    item: str
    result: ItemResult
    measured: float | None
    note: str


class MemberOut(BaseModel):
    """Who took part."""

    organ: str
    name: str
    title: str


class AcceptanceOut(BaseModel):
    """One acceptance on record."""

    id: str
    number: str
    on: str
    conclusion: Conclusion
    items: list[FoundOut]
    members: list[MemberOut]
    issues: str
    attachments: list[str]
    by: str
    created_ms: int


class AcceptancesOut(BaseModel):
    """A system's acceptances, oldest first, with the empty sheet and the storage that a pass needs."""

    builder: Builder
    state: Life
    sheet: list[SheetItemOut]
    storage_days: int
    acceptances: list[AcceptanceOut]


class UsedOut(BaseModel):
    """Where the system stands now."""

    id: str
    state: Life
    on: str


class ChoiceIn(Form):
    """A decision on one camera."""

    camera: Name
    reuse: bool
    reason: Text


class ReuseForm(Form):
    """Decisions on cameras in reach."""

    choices: list[ChoiceIn] = Field(max_length=MOST_CHOICES)


class InReachOut(BaseModel):
    """An existing camera in reach: where, whose, how far, and what was decided (`reuse` null: nothing yet)."""

    camera: str
    name: str
    unit_name: str
    place_name: str
    metres: int
    reuse: bool | None
    reason: str
    by: str


@router.get("/{system}/acceptance", operation_id="read_acceptances")
def read_acceptances(
    request: Request, system: str, actor: Annotated[Actor, Depends(Policy(Act.WORKS_LIST))]
) -> AcceptancesOut:
    services = services_of(request)
    found, done, floor = acceptances.listed(
        services.store, services.law, actor=actor, clock=services.clock, system=system
    )
    return AcceptancesOut(
        builder=found.builder,
        state=found.state,
        sheet=[_item(item, services.cited) for item in SHEET],
        storage_days=floor,
        acceptances=[_acceptance(one) for one in done],
    )


@router.get("/{system}/acceptance.pdf", operation_id="print_acceptance", response_class=Response, responses=PRINTED)
def print_acceptance(
    request: Request,
    system: str,
    actor: Annotated[Actor, Depends(Policy(Act.WORKS_LIST))],
    acceptance: Text = "",
    language: Spoken = Language.ZH,
) -> Response:
    """The sheet of one acceptance; of the latest unless `acceptance` names another."""
    services = services_of(request)
    paper = life_papers.acceptance_of(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        system=system,
        acceptance=acceptance,
        language=language,
    )
    return printed(services, paper, f"acceptance-{system}")


@router.post("/{system}/acceptance", operation_id="accept_system", status_code=201)
def accept_system(
    request: Request, system: str, form: AcceptanceForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_ACCEPT))]
) -> AcceptanceOut:
    """A pass opens the way into use; a failure reopens construction."""
    services = services_of(request)
    accepted = acceptances.accept(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        system=system,
        form=acceptances.AcceptanceForm(
            form.number,
            form.on,
            form.conclusion,
            tuple(Found(one.item, one.result, one.measured, one.note) for one in form.items),
            tuple(Member(one.organ, one.name, one.title) for one in form.members),
            form.issues,
            tuple(form.attachments),
        ),
    )
    return _acceptance(accepted)


@router.post("/{system}/use", operation_id="use_system")
def use_system(
    request: Request, system: str, form: UseForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_USE))]
) -> UsedOut:
    """Refused without a passed acceptance."""
    services = services_of(request)
    used = acceptances.use(services.store, services.law, actor=actor, clock=services.clock, system=system, on=form.on)
    return UsedOut(id=used.id, state=used.state, on=form.on.isoformat())


@router.get("/{system}/reuse", operation_id="read_reuse")
def read_reuse(request: Request, system: str, actor: Deciding) -> list[InReachOut]:
    """Existing cameras in reach of a government site, for its planner alone."""
    services = services_of(request)
    found = reuse.existing(services.store, services.law, actor=actor, clock=services.clock, system=system)
    return [
        InReachOut(
            camera=near.siting.id,
            name=near.name,
            unit_name=near.unit_name,
            place_name=near.place_name,
            metres=near.metres,
            reuse=decision.reuse if decision is not None else None,
            reason=decision.reason if decision is not None else "",
            by=decision.by if decision is not None else "",
        )
        for near, decision in found
    ]


@router.post("/{system}/reuse", operation_id="decide_reuse", status_code=201)
def decide_reuse(request: Request, system: str, form: ReuseForm, actor: Deciding) -> list[InReachOut]:
    services = services_of(request)
    reuse.decide(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        system=system,
        choices=[reuse.Choice(one.camera, one.reuse, one.reason) for one in form.choices],
    )
    return read_reuse(request, system, actor)


def _item(item: SheetItem, cited: Callable[[str], str]) -> SheetItemOut:
    return SheetItemOut(
        id=item.id,
        name=item.name,
        name_en=item.name_en,
        article=cited(item.matter),
        always=item.always,
        measures=item.measures,
    )


def _acceptance(one: Acceptance) -> AcceptanceOut:
    return AcceptanceOut(
        id=one.id,
        number=one.number,
        on=one.on.isoformat(),
        conclusion=one.conclusion,
        items=[FoundOut.model_validate(found, from_attributes=True) for found in one.items],
        members=[MemberOut.model_validate(member, from_attributes=True) for member in one.members],
        issues=one.issues,
        attachments=list(one.attachments),
        by=one.by,
        created_ms=milliseconds(one.created) or 0,
    )
