"""Main works, standards checklist, procurement and plan item of a system (articles 6, 10, 11 and 12)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import plans, procurement, works
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.procurement import MOST_CANDIDATES, Method, Object, Procurement
from mingjian.governance.systems import VideoSystem
from mingjian.governance.works import (
    MILESTONES,
    CheckResult,
    MainWorks,
    Milestone,
    Passed,
    Standard,
    StandardCheck,
    days_apart,
    not_together,
)
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/systems", tags=["works"])
Listing = Annotated[Actor, Depends(Policy(Act.WORKS_LIST))]
Recording = Annotated[Actor, Depends(Policy(Act.WORKS_RECORD))]
Name = Annotated[str, Field(max_length=64)]
Papers = Annotated[list[Name], Field(max_length=works.MOST_EVIDENCE)]


class MilestoneIn(Form):
    """A milestone of the main works: the day planned, the day passed."""

    milestone: Annotated[Milestone, Field(strict=False)]
    planned_on: Day | None = None
    passed_on: Day | None = None


class WorksForm(Form):
    """The main works of which the system is part."""

    name: Text
    number: Text = ""
    designed_as_one: bool = False
    note: Text = ""
    milestones: list[MilestoneIn] = Field(default_factory=list, max_length=2 * len(Milestone))


class MilestoneOut(BaseModel):
    """One milestone with its words."""

    milestone: Milestone
    label: str
    label_en: str
    planned_on: str | None
    passed_on: str | None


class WorksOut(BaseModel):
    """The main works, and whether the system keeps step with them (article 11)."""

    known: bool
    name: str
    number: str
    designed_as_one: bool
    note: str
    milestones: list[MilestoneOut]
    in_use_without_system_since: str | None
    days_apart: int | None
    """Days by which the system came into use after the works; negative: before."""


class CheckForm(Form):
    """The result of one standard."""

    code: Name
    result: Annotated[CheckResult, Field(strict=False)]
    on: Day
    note: Text = ""
    evidence: Papers = Field(default_factory=list)


class CheckOut(BaseModel):
    """A standard with its latest result."""

    code: str
    title: str
    title_en: str
    applies: str
    applies_en: str
    result: CheckResult
    on: str | None
    by: str
    note: str
    evidence: list[str]


class ProcurementForm(Form):
    """One purchase in the unit's own words."""

    object: Annotated[Object, Field(strict=False)]
    method: Annotated[Method, Field(strict=False)]
    candidates: list[Text] = Field(max_length=2 * MOST_CANDIDATES)
    chosen: Text
    reason: Text
    decided_on: Day
    contracts: Papers = Field(default_factory=list)


class ProcurementOut(BaseModel):
    """One purchase; the candidates stand in the unit's own order."""

    id: str
    object: Object
    method: Method
    candidates: list[str]
    chosen: str
    reason: str
    decided_on: str
    contracts: list[str]
    by: str
    created_ms: int


class PlanItemForm(Form):
    """The item of a published plan that the system fulfils."""

    item: Name


class PlannedOut(BaseModel):
    """Which item it fulfils."""

    system: str
    plan_item: str


@router.get("/{system}/works", operation_id="read_works")
def read_works(request: Request, system: str, actor: Listing) -> WorksOut:
    services = services_of(request)
    found, known = works.main_works(services.store, actor=actor, clock=services.clock, system=system)
    return _works(found, known)


@router.post("/{system}/works", operation_id="record_works")
def record_works(request: Request, system: str, form: WorksForm, actor: Recording) -> WorksOut:
    services = services_of(request)
    found, known = works.record_works(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        system=system,
        form=works.WorksForm(
            form.name,
            form.number,
            form.designed_as_one,
            form.note,
            tuple(Passed(one.milestone, one.planned_on, one.passed_on) for one in form.milestones),
        ),
    )
    return _works(found, known)


@router.get("/{system}/standards", operation_id="read_checklist")
def read_checklist(request: Request, system: str, actor: Listing) -> list[CheckOut]:
    services = services_of(request)
    found = works.checklist(services.store, actor=actor, clock=services.clock, system=system)
    return [_check(standard, check) for standard, check in found]


@router.post("/{system}/standards", operation_id="check_standard", status_code=201)
def check_standard(
    request: Request, system: str, form: CheckForm, actor: Annotated[Actor, Depends(Policy(Act.STANDARD_CHECK))]
) -> list[CheckOut]:
    services = services_of(request)
    works.check_standard(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        system=system,
        code=form.code,
        result=form.result,
        on=form.on,
        note=form.note,
        evidence=form.evidence,
    )
    return read_checklist(request, system, actor)


@router.get("/{system}/procurement", operation_id="list_procurements")
def list_procurements(
    request: Request, system: str, actor: Annotated[Actor, Depends(Policy(Act.PROCUREMENT_LIST))]
) -> list[ProcurementOut]:
    """The unit's own record; nobody else's."""
    services = services_of(request)
    found = procurement.procurements(services.store, actor=actor, clock=services.clock, system=system)
    return [_procurement(one) for one in found]


@router.post("/{system}/procurement", operation_id="record_procurement", status_code=201)
def record_procurement(
    request: Request,
    system: str,
    form: ProcurementForm,
    actor: Annotated[Actor, Depends(Policy(Act.PROCUREMENT_RECORD))],
) -> ProcurementOut:
    services = services_of(request)
    recorded = procurement.record_procurement(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        system=system,
        form=procurement.ProcurementForm(
            form.object,
            form.method,
            tuple(form.candidates),
            form.chosen,
            form.reason,
            form.decided_on,
            tuple(form.contracts),
        ),
    )
    return _procurement(recorded)


@router.post("/{system}/plan-item", operation_id="link_plan_item")
def link_plan_item(request: Request, system: str, form: PlanItemForm, actor: Recording) -> PlannedOut:
    """Say which item of a published plan the system fulfils."""
    services = services_of(request)
    linked = plans.link(services.store, actor=actor, clock=services.clock, system=system, item=form.item)
    return PlannedOut(system=linked.id, plan_item=linked.plan_item)


def _works(system: VideoSystem, works: MainWorks | None) -> WorksOut:
    passed = {one.milestone: one for one in works.milestones} if works is not None else {}
    since = not_together(works, system) if works is not None else None
    return WorksOut(
        known=works is not None,
        name=works.name if works is not None else "",
        number=works.number if works is not None else "",
        designed_as_one=works.designed_as_one if works is not None else False,
        note=works.note if works is not None else "",
        milestones=[_milestone(milestone, passed.get(milestone)) for milestone in Milestone],
        in_use_without_system_since=since.isoformat() if since is not None else None,
        days_apart=days_apart(works, system) if works is not None else None,
    )


def _milestone(milestone: Milestone, passed: Passed | None) -> MilestoneOut:
    label, label_en = MILESTONES[milestone]
    planned = passed.planned_on if passed is not None else None
    done = passed.passed_on if passed is not None else None
    return MilestoneOut(
        milestone=milestone,
        label=label,
        label_en=label_en,
        planned_on=planned.isoformat() if planned is not None else None,
        passed_on=done.isoformat() if done is not None else None,
    )


def _check(standard: Standard, check: StandardCheck | None) -> CheckOut:
    return CheckOut(
        code=standard.code,
        title=standard.title,
        title_en=standard.title_en,
        applies=standard.applies,
        applies_en=standard.applies_en,
        result=check.result if check is not None else CheckResult.NOT_CHECKED,
        on=check.on.isoformat() if check is not None else None,
        by=check.by if check is not None else "",
        note=check.note if check is not None else "",
        evidence=list(check.evidence) if check is not None else [],
    )


def _procurement(one: Procurement) -> ProcurementOut:
    return ProcurementOut(
        id=one.id,
        object=one.object,
        method=one.method,
        candidates=list(one.candidates),
        chosen=one.chosen,
        reason=one.reason,
        decided_on=one.decided_on.isoformat(),
        contracts=list(one.contracts),
        by=one.by,
        created_ms=milliseconds(one.created) or 0,
    )
