"""Removals: notice with its earliest lawful day, taking down, supervised disposal of the stored data (article 15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import life_papers, removals
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.governance.obligations import Obligation
from mingjian.governance.removal import DataFate, Disposal, Removal, RemovalState, Supervision
from mingjian.law.rulebook import Rulebook
from mingjian.web.clocks import ObligationOut, obligation_out
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed

router = APIRouter(prefix="/api/removals", tags=["removals"])
Noticing = Annotated[Actor, Depends(Policy(Act.REMOVAL_NOTICE))]
TakingDown = Annotated[Actor, Depends(Policy(Act.SYSTEM_TAKE_DOWN))]


class NoticeForm(Form):
    """A notice of removal."""

    system: Text
    ground: Text
    planned_on: Day
    data_plan: Text


class UnnoticedForm(Form):
    """A removal that happened without notice."""

    system: Text
    on: Day
    ground: Text
    data_plan: Text


class TakenDownForm(Form):
    """The day on which the system was taken down."""

    on: Day


class DisposalForm(Form):
    """How the police supervised what happened to the stored data."""

    on: Day
    form: Annotated[Supervision, Field(strict=False)]
    fate: Annotated[DataFate, Field(strict=False)]
    officers: list[Text] = Field(max_length=removals.OFFICERS_MOST)
    result: Text


class EarliestOut(BaseModel):
    """The first lawful day after a notice given today; None where no text in force asks for a notice."""

    today: date
    earliest_on: date | None


class DisposalOut(BaseModel):
    """The supervised disposal."""

    on: date
    form: Supervision
    fate: DataFate
    officers: list[str]
    result: str


class RemovalOut(BaseModel):
    """A removal as it stands."""

    id: str
    system: str
    system_name: str
    number: str
    state: RemovalState
    ground: str
    data_plan: str
    noticed_on: date | None
    planned_on: date | None
    earliest_on: date | None
    short: bool
    taken_down_on: date | None
    kept_until: date | None
    by_name: str
    recorded_ms: int
    disposal: DisposalOut | None
    supervision: ObligationOut | None


class RemovalLine(RemovalOut):
    """A removal in the inbox of its organ and in the list of its unit; days as of today's legal day."""

    unit_name: str
    days_left: int | None
    """Until the planned day while it waits, until its footage leaves its term once it is down; negative: over."""


@router.get("", operation_id="list_removals")
def list_removals(request: Request, actor: Annotated[Actor, Depends(Policy(Act.REMOVAL_LIST))]) -> list[RemovalLine]:
    services = services_of(request)
    today = services.law.day(services.clock.now())
    return [
        RemovalLine(
            **removal_out(one, _supervision(owed, services.law, today, actor)).model_dump(),
            unit_name=unit_name,
            days_left=(until - today).days if (until := _until(one)) is not None else None,
        )
        for one, owed, unit_name in removals.listed(services.store, actor=actor, clock=services.clock)
    ]


def _until(one: Removal) -> date | None:
    if one.state is RemovalState.NOTICED:
        return one.planned_on
    return one.kept_until if one.state is RemovalState.TAKEN_DOWN else None


@router.get("/earliest", operation_id="earliest_removal")
def earliest_removal(request: Request, actor: Noticing, system: Annotated[Text, Query()]) -> EarliestOut:
    """The first day on which taking the system down is lawful when notice is given today."""
    services = services_of(request)
    today, earliest = removals.earliest(
        services.store, actor=actor, clock=services.clock, law=services.law, system=system
    )
    return EarliestOut(today=today, earliest_on=earliest)


@router.post("", operation_id="give_removal_notice", status_code=201)
def give_removal_notice(request: Request, form: NoticeForm, actor: Noticing) -> RemovalOut:
    """Give notice. It is received and stamped whatever day it names; a short one is marked."""
    services = services_of(request)
    given = removals.notice(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        system=form.system,
        ground=form.ground,
        planned_on=form.planned_on,
        data_plan=form.data_plan,
    )
    return removal_out(given)


@router.post("/unnoticed", operation_id="record_unnoticed_removal", status_code=201)
def record_unnoticed_removal(request: Request, form: UnnoticedForm, actor: TakingDown) -> RemovalOut:
    """Record a removal that happened without notice; it is a finding."""
    services = services_of(request)
    recorded = removals.record_unnoticed(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        system=form.system,
        on=form.on,
        ground=form.ground,
        data_plan=form.data_plan,
    )
    return removal_out(recorded)


@router.get("/{removal}/notice.pdf", operation_id="print_removal", response_class=Response, responses=PRINTED)
def print_removal(
    request: Request,
    removal: str,
    actor: Annotated[Actor, Depends(Policy(Act.REMOVAL_LIST))],
    language: Spoken = Language.ZH,
) -> Response:
    """The removal notice, with receipt, taking down and supervision as far as they have come."""
    services = services_of(request)
    paper = life_papers.removal_of(
        services.store, actor=actor, clock=services.clock, law=services.law, removal=removal, language=language
    )
    return printed(services, paper, f"removal-{removal}")


@router.post("/{removal}/withdraw", operation_id="withdraw_removal")
def withdraw_removal(request: Request, removal: str, actor: Noticing) -> RemovalOut:
    """Take a notice back."""
    services = services_of(request)
    return removal_out(
        removals.withdraw(services.store, actor=actor, clock=services.clock, law=services.law, removal=removal)
    )


@router.post("/{removal}/take-down", operation_id="take_system_down")
def take_system_down(request: Request, removal: str, form: TakenDownForm, actor: TakingDown) -> RemovalOut:
    """Record that the system was taken down; its cameras retire and their footage stays for its term."""
    services = services_of(request)
    return removal_out(
        removals.take_down(
            services.store, actor=actor, clock=services.clock, law=services.law, removal=removal, on=form.on
        )
    )


@router.post("/{removal}/disposal", operation_id="supervise_disposal")
def supervise_disposal(
    request: Request, removal: str, form: DisposalForm, actor: Annotated[Actor, Depends(Policy(Act.REMOVAL_SUPERVISE))]
) -> RemovalOut:
    """Record the supervised disposal of the stored data. Deletes nothing."""
    services = services_of(request)
    disposed = removals.dispose(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        removal=removal,
        on=form.on,
        form=form.form,
        fate=form.fate,
        officers=form.officers,
        result=form.result,
    )
    return removal_out(disposed)


def removal_out(one: Removal, supervision: ObligationOut | None = None) -> RemovalOut:
    """A removal as screens show it."""
    return RemovalOut(
        id=one.id,
        system=one.system,
        system_name=one.system_name,
        number=one.number,
        state=one.state,
        ground=one.ground,
        data_plan=one.data_plan,
        noticed_on=one.noticed_on,
        planned_on=one.planned_on,
        earliest_on=one.earliest_on,
        short=one.short,
        taken_down_on=one.taken_down_on,
        kept_until=one.kept_until,
        by_name=one.by_name,
        recorded_ms=milliseconds(one.recorded) or 0,
        disposal=_disposal(one.disposal),
        supervision=supervision,
    )


def _disposal(one: Disposal | None) -> DisposalOut | None:
    if one is None:
        return None
    return DisposalOut(on=one.on, form=one.form, fate=one.fate, officers=list(one.officers), result=one.result)


def _supervision(one: Obligation | None, law: Rulebook, today: date, actor: Actor) -> ObligationOut | None:
    return obligation_out(one, law, today, actor) if one is not None else None
