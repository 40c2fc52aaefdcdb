"""The workbench and the clocks behind it. Days are legal days of the instrument's zone, reckoned by the server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from mingjian.app import workbench
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.obligations import Obligation
from mingjian.web.clocks import ClockStanding
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import Services

router = APIRouter(prefix="/api", tags=["workbench"])
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


class WorkItemOut(BaseModel):
    """One piece of work. `days` are those left until `due_on`, negative when it is over."""

    kind: str
    subject_kind: str
    subject: str
    subject_name: str
    label: str
    label_en: str
    article: str
    instrument: str
    """Of the article; empty: the local one."""
    standing: ClockStanding
    due_on: date | None
    days: int | None
    calendar_known: bool
    since_ms: int | None
    done_on: date | None


class DebtorOut(BaseModel):
    """A unit that is late in the organ's area."""

    unit: str
    name: str
    duties: int
    earliest: date


class AreaOut(BaseModel):
    """Who is late in the organ's area; `first` names the earliest ones."""

    territory: str
    sector: str
    units: int
    duties: int
    first: list[DebtorOut]


class WorkbenchOut(BaseModel):
    """What is to be done, is done, was begun; `open`, `overdue` and `soon` count the unit's duties, all of them."""

    day: date
    soon_days: int
    todo: list[WorkItemOut]
    done: list[WorkItemOut]
    started: list[WorkItemOut]
    open: int
    overdue: int
    soon: int
    area: AreaOut | None


class DutyLineOut(WorkItemOut):
    """A duty in a list that may hold those of several units."""

    id: str
    unit: str
    owner: str


class DutiesOut(BaseModel):
    """A page of open duties on the legal day `day`."""

    day: date
    duties: list[DutyLineOut]


@router.get("/workbench", operation_id="read_workbench")
def read_workbench(request: Request, actor: Annotated[Actor, Depends(Policy(Act.WORKBENCH_SEE))]) -> WorkbenchOut:
    """The own work; each list is bounded, the counts are of all."""
    services = services_of(request)
    found = workbench.bench(services.store, actor=actor, clock=services.clock, law=services.law)
    return WorkbenchOut(
        day=found.day,
        soon_days=found.soon_days,
        todo=[WorkItemOut(**_item(item, services)) for item in found.todo],
        done=[WorkItemOut(**_item(item, services)) for item in found.done],
        started=[WorkItemOut(**_item(item, services)) for item in found.started],
        open=found.open,
        overdue=found.overdue,
        soon=found.soon,
        area=_area(found.area) if found.area is not None else None,
    )


@router.get("/duties", operation_id="list_duties")
def list_duties(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.DUTY_LIST))],
    limit: Limit = 100,
    offset: Offset = 0,
) -> DutiesOut:
    """The unit's open duties, the earliest day first."""
    services = services_of(request)
    day, found = workbench.owed(
        services.store, actor=actor, clock=services.clock, law=services.law, limit=limit, offset=offset
    )
    return _duties(day, found, services)


@router.get("/duties/late-around", operation_id="list_late_around")
def list_late_around(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.DUTY_WATCH))],
    limit: Limit = 100,
    offset: Offset = 0,
) -> DutiesOut:
    """What is overdue in the territory or sector of the organ, whoever owes it."""
    services = services_of(request)
    day, found = workbench.late_around(
        services.store, actor=actor, clock=services.clock, law=services.law, limit=limit, offset=offset
    )
    return _duties(day, found, services)


def _duties(day: date, found: Sequence[tuple[Obligation, workbench.Item]], services: Services) -> DutiesOut:
    lines = [DutyLineOut(**_item(item, services), id=one.id, unit=one.unit, owner=one.owner) for one, item in found]
    return DutiesOut(day=day, duties=lines)


def _item(item: workbench.Item, services: Services) -> dict[str, Any]:
    shown = {name: getattr(item, name) for name in WorkItemOut.model_fields if name != "since_ms"}
    return {**shown, "article": services.cited(item.article), "since_ms": milliseconds(item.since)}


def _area(area: workbench.AreaCount) -> AreaOut:
    return AreaOut(
        territory=area.scope.territory,
        sector=area.scope.sector,
        units=area.units,
        duties=area.duties,
        first=[
            DebtorOut(unit=debtor.unit, name=name, duties=debtor.duties, earliest=debtor.earliest)
            for debtor, name in area.first
        ],
    )
