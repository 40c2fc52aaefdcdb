"""`app.planning_ports` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.planning import (
    acceptances,
    designation_reports,
    main_works,
    plans,
    procurements,
    reuse_decisions,
    standard_checks,
)
from mingjian.governance.acceptance import Acceptance
from mingjian.governance.coverage import ReuseDecision
from mingjian.governance.planning import Plan, PlanState
from mingjian.governance.procurement import DesignationReport, Procurement, ReportState
from mingjian.governance.works import MainWorks, StandardCheck
from mingjian.kernel.ids import PersonId, UnitId

MOST_LISTED = 1_000
"""Versions of plans, or reports of one organ: more than many years bring."""

_PLANS = Shape(plans, Plan)
_WORKS = Shape(main_works, MainWorks)
_REPORTS = Shape(designation_reports, DesignationReport)
CHECKS = Shape(standard_checks, StandardCheck)
PROCUREMENTS = Shape(procurements, Procurement)
ACCEPTANCES = Shape(acceptances, Acceptance)
REUSE = Shape(reuse_decisions, ReuseDecision)

T = TypeVar("T")


class SqlPlans:
    """Versions of plans of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _PLANS)
        self.add = self._rows.add

    def save(self, plan: Plan, *, expected: PlanState) -> None:
        self._rows.save(plan, plans.c.state == expected)

    def one(self, plan: str) -> Plan | None:
        return self._rows.one(plans.c.id == plan)

    def of_unit(self, unit: UnitId) -> Sequence[Plan]:
        return self._newest(plans.c.unit_id == unit)

    def listed(self) -> Sequence[Plan]:
        return self._newest()

    def _newest(self, *which: ColumnElement[bool]) -> Sequence[Plan]:
        newest = select(plans).where(*which).order_by(plans.c.created_ns.desc(), plans.c.id.desc())
        return self._rows.found(newest.limit(MOST_LISTED))


class SqlWorks:
    """Main works of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _WORKS)
        self.add, self.save = self._rows.add, self._rows.save

    def one(self, system: str) -> MainWorks | None:
        return self._rows.one(main_works.c.id == system)


class SqlOfSystem(Generic[T]):
    """Records of one shape about systems, in one transaction."""

    def __init__(self, connection: Connection, shape: Shape[T]) -> None:
        self._table = shape.table
        self._rows = Rows(connection, shape)
        self.add = self._rows.add

    def of_system(self, system: str) -> Sequence[T]:
        columns = self._table.c
        found = select(self._table).where(columns.system_id == system)
        return self._rows.found(found.order_by(columns.created_ns, columns.id))


class SqlDesignations:
    """Confidential reports of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _REPORTS)
        self.add = self._rows.add

    def save(self, report: DesignationReport, *, expected: ReportState) -> None:
        self._rows.save(report, designation_reports.c.state == expected)

    def one(self, report: str) -> DesignationReport | None:
        return self._rows.one(designation_reports.c.id == report)

    def received(self, unit: UnitId) -> Sequence[DesignationReport]:
        return self._newest(designation_reports.c.unit_id == unit)

    def made_by(self, person: PersonId) -> Sequence[DesignationReport]:
        return self._newest(designation_reports.c.reporter_id == person)

    def _newest(self, which: ColumnElement[bool]) -> Sequence[DesignationReport]:
        columns = designation_reports.c
        found = select(designation_reports).where(which).order_by(columns.created_ns.desc(), columns.id.desc())
        return self._rows.found(found.limit(MOST_LISTED))
