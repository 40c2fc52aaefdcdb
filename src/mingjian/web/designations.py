"""Confidential reports of designation: anybody makes them; the reporter and the receiving organ alone see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import procurement
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.organs import OrganKind
from mingjian.governance.procurement import ReportState, ReportStep, Way
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.steps import StepOut, steps_of

router = APIRouter(prefix="/api/designation-reports", tags=["designations"])
Listing = Annotated[Actor, Depends(Policy(Act.DESIGNATION_LIST))]
Name = Annotated[str, Field(max_length=64)]


class NewReport(Form):
    """That an organ or its staff designated a product or a firm."""

    accused: Name
    way: Annotated[Way, Field(strict=False)]
    happened_on: Day
    text: Text


class HandlingForm(Form):
    """A step of the receiving organ; the reporter reads `told`."""

    step: Annotated[ReportStep, Field(strict=False)]
    told: Text


class HandledOut(BaseModel):
    """One step taken, as the reporter may read it."""

    step: ReportStep
    on: str
    told: str


class ReportOut(BaseModel):
    """One report. `number` is the acknowledgment; `steps` are the receiving organ's alone."""

    id: str
    number: str
    accused: str
    recipient: str
    happened_on: str
    text: str
    state: ReportState
    created_ms: int
    own: bool
    handled: list[HandledOut]
    steps: list[StepOut]


class AccusableOut(BaseModel):
    """An organ that article 12 binds."""

    id: str
    name: str
    kind: OrganKind


@router.get("", operation_id="list_designation_reports")
def list_designation_reports(request: Request, actor: Listing) -> list[ReportOut]:
    services = services_of(request)
    found = procurement.reports(services.store, actor=actor, clock=services.clock)
    return [_out(one, services.cited) for one in found]


@router.get("/organs", operation_id="list_accusable_organs")
def list_accusable_organs(request: Request, actor: Listing) -> list[AccusableOut]:
    services = services_of(request)
    found = procurement.accusable(services.store, actor=actor, clock=services.clock)
    return [AccusableOut(id=organ.id, name=organ.name, kind=organ.kind) for organ in found]


@router.post("", operation_id="report_designation", status_code=201)
def report_designation(
    request: Request, form: NewReport, actor: Annotated[Actor, Depends(Policy(Act.DESIGNATION_REPORT))]
) -> ReportOut:
    services = services_of(request)
    return _out(
        procurement.report_designation(
            services.store,
            services.law,
            actor=actor,
            clock=services.clock,
            random=services.random,
            accused=form.accused,
            way=form.way,
            happened_on=form.happened_on,
            text=form.text,
        ),
        services.cited,
    )


@router.get("/{report}", operation_id="read_designation_report")
def read_designation_report(request: Request, report: str, actor: Listing) -> ReportOut:
    services = services_of(request)
    found = procurement.report(services.store, actor=actor, clock=services.clock, report=report)
    return _out(found, services.cited)


@router.post("/{report}/steps", operation_id="handle_designation_report")
def handle_designation_report(
    request: Request,
    report: str,
    form: HandlingForm,
    actor: Annotated[Actor, Depends(Policy(Act.DESIGNATION_HANDLE))],
) -> ReportOut:
    services = services_of(request)
    handled = procurement.handle(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        report=report,
        step=form.step,
        told=form.told,
    )
    return _out(handled, services.cited)


def _out(view: procurement.ReportView, cited: Callable[[str], str]) -> ReportOut:
    report = view.report
    return ReportOut(
        id=report.id,
        number=report.number,
        accused=view.accused,
        recipient=view.recipient,
        happened_on=report.happened_on.isoformat(),
        text=report.text,
        state=report.state,
        created_ms=milliseconds(report.created) or 0,
        own=view.own,
        handled=[HandledOut(step=one.step, on=one.on.isoformat(), told=one.told) for one in report.steps],
        steps=steps_of(view.offers, cited),
    )
