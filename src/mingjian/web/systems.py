"""Video systems on record: their life step by step, their papers and clocks; what is next comes from the table."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import systems
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.change import Changed, ChangedMatter, SystemChange
from mingjian.governance.systems import Builder, Life, Party, VideoSystem
from mingjian.web.attachments import AttachmentOut, attachment_out
from mingjian.web.clocks import LegalFindingOut, ObligationOut, PastActOut, finding_out, obligation_out, past_act
from mingjian.web.filing_forms import FilingLine, VisitOut, filing_line, visit_out
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.removals import RemovalOut, removal_out
from mingjian.web.steps import StepOut, steps_of

router = APIRouter(prefix="/api/systems", tags=["systems"])
Listing = Annotated[Actor, Depends(Policy(Act.SYSTEM_LIST))]


class PartyOut(BaseModel):
    """A firm at work on a system."""

    role: str
    name: str
    credit_code: str
    contact: str


class SystemLine(BaseModel):
    """A system in a list."""

    id: str
    name: str
    place: str
    builder: Builder
    state: Life
    territory: str
    sector: str
    existing: bool
    dates: dict[str, date]


class ChangedOut(BaseModel):
    """One matter before and after."""

    matter: ChangedMatter
    before: str
    after: str


class ChangeOut(BaseModel):
    """A recorded decision."""

    id: str
    changes: list[ChangedOut]
    why: str
    decided_by: str
    decided_on: date
    recorded_ms: int
    filing: str


class SystemOut(SystemLine):
    """A system's page."""

    unit: str
    unit_name: str
    place_name: str
    address: str
    reason: str
    purpose: str
    parties: list[PartyOut]
    regime: str
    today: date
    steps: list[StepOut]
    papers: list[AttachmentOut]
    obligations: list[ObligationOut]
    findings: list[LegalFindingOut]
    filings: list[FilingLine]
    visits: list[VisitOut]
    changes: list[ChangeOut]
    removals: list[RemovalOut]
    history: list[PastActOut]


class PartyForm(Form):
    """A firm at work on a system, chosen freely by the unit (article 12)."""

    role: Text
    name: Text
    credit_code: Text = ""
    contact: Text = ""


class StepForm(Form):
    """The day of a step, and who worked on it."""

    on: Day
    parties: list[PartyForm] = Field(default_factory=list, max_length=systems.PARTIES_MOST)


class DayForm(Form):
    """The day of a step."""

    on: Day


class ChangedForm(Form):
    """One matter before and after."""

    matter: Annotated[ChangedMatter, Field(strict=False)]
    before: Text = ""
    after: Text


class ChangeForm(Form):
    """A decision to change something."""

    changes: list[ChangedForm] = Field(max_length=systems.CHANGES_MOST)
    why: Text
    decided_by: Text
    decided_on: Day


@router.get("", operation_id="list_systems")
def list_systems(request: Request, actor: Listing) -> list[SystemLine]:
    services = services_of(request)
    return [_line(one) for one in systems.listed(services.store, actor=actor, clock=services.clock)]


@router.get("/{system}", operation_id="read_system")
def read_system(request: Request, system: str, actor: Listing) -> SystemOut:
    services = services_of(request)
    seen = systems.view(services.store, actor=actor, clock=services.clock, law=services.law, system=system)
    found, place = seen.system, seen.place
    return SystemOut(
        **_line(found).model_dump(),
        unit=found.unit,
        unit_name=seen.unit_name,
        place_name=place.name if place is not None else "",
        address=place.address if place is not None else "",
        reason=found.reason,
        purpose=found.purpose,
        parties=[PartyOut.model_validate(one, from_attributes=True) for one in found.parties],
        regime=seen.regime,
        today=seen.today,
        steps=steps_of(seen.steps, services.cited),
        papers=[attachment_out(one) for one in seen.papers],
        obligations=[obligation_out(one, services.law, seen.today, actor) for one in seen.obligations],
        findings=[finding_out(one, services.law) for one in seen.findings],
        filings=[filing_line(one) for one in seen.filings],
        visits=[visit_out(one, services.law) for one in seen.visits],
        changes=[_change(one) for one in seen.changes],
        removals=[removal_out(one) for one in seen.removals],
        history=[past_act(one) for one in seen.history],
    )


@router.post("/{system}/design", operation_id="design_system")
def design_system(
    request: Request, system: str, form: StepForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_DESIGN))]
) -> SystemLine:
    """Record that the design is made."""
    services = services_of(request)
    return _line(
        systems.design(
            services.store,
            actor=actor,
            clock=services.clock,
            law=services.law,
            system=system,
            on=form.on,
            parties=_parties(form),
        )
    )


@router.post("/{system}/build", operation_id="build_system")
def build_system(
    request: Request, system: str, form: StepForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_BUILD))]
) -> SystemLine:
    """Record that the system is built."""
    services = services_of(request)
    return _line(
        systems.build(
            services.store,
            actor=actor,
            clock=services.clock,
            law=services.law,
            system=system,
            on=form.on,
            parties=_parties(form),
        )
    )


@router.post("/{system}/deliver", operation_id="deliver_system")
def deliver_system(
    request: Request, system: str, form: DayForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_USE))]
) -> SystemLine:
    """Record the day of delivery for use; the clock of filing starts."""
    services = services_of(request)
    delivered = systems.deliver(
        services.store, actor=actor, clock=services.clock, law=services.law, system=system, on=form.on
    )
    return _line(delivered)


@router.post("/{system}/changes", operation_id="change_system", status_code=201)
def change_system(
    request: Request, system: str, form: ChangeForm, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_CHANGE))]
) -> ChangeOut:
    """Record a decision before something changes."""
    services = services_of(request)
    changed = systems.change(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        system=system,
        changes=[Changed(one.matter, one.before, one.after) for one in form.changes],
        why=form.why,
        decided_by=form.decided_by,
        decided_on=form.decided_on,
    )
    return _change(changed)


@router.post("/{system}/retire", operation_id="retire_system")
def retire_system(
    request: Request, system: str, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_RETIRE))]
) -> SystemLine:
    """Close the record after supervised disposal."""
    services = services_of(request)
    retired = systems.retire(services.store, actor=actor, clock=services.clock, law=services.law, system=system)
    return _line(retired)


def _line(one: VideoSystem) -> SystemLine:
    return SystemLine(
        id=one.id,
        name=one.name,
        place=one.place,
        builder=one.builder,
        state=one.state,
        territory=one.territory,
        sector=one.sector,
        existing=one.existing,
        dates=dict(one.dates),
    )


def _change(one: SystemChange) -> ChangeOut:
    return ChangeOut(
        id=one.id,
        changes=[ChangedOut(matter=part.matter, before=part.before, after=part.after) for part in one.changes],
        why=one.why,
        decided_by=one.decided_by,
        decided_on=one.decided_on,
        recorded_ms=milliseconds(one.recorded) or 0,
        filing=one.filing,
    )


def _parties(form: StepForm) -> list[Party]:
    return [Party(one.role, one.name, one.credit_code, one.contact) for one in form.parties]
