"""What acts on plans, works, procurement and acceptance need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from mingjian.governance.planning import Plan, PlanState
from mingjian.governance.procurement import DesignationReport, ReportState
from mingjian.governance.works import MainWorks
from mingjian.kernel.ids import PersonId, UnitId

Record = TypeVar("Record")


class Plans(Protocol):
    """Versions of construction plans."""

    def add(self, plan: Plan) -> None: ...

    def save(self, plan: Plan, *, expected: PlanState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, plan: str) -> Plan | None: ...

    def of_unit(self, unit: UnitId) -> Sequence[Plan]:
        """All versions of one government, the newest first."""
        ...

    def listed(self) -> Sequence[Plan]:
        """Every version on the installation, the newest first; the caller shows what may be seen."""
        ...


class Works(Protocol):
    """One record of main works a system."""

    def add(self, works: MainWorks) -> None: ...

    def save(self, works: MainWorks) -> None: ...

    def one(self, system: str) -> MainWorks | None: ...


class OfSystem(Protocol[Record]):
    """Records about a system that are added and never changed."""

    def add(self, record: Record) -> None: ...

    def of_system(self, system: str) -> Sequence[Record]:
        """All of a system, oldest first."""
        ...


class Designations(Protocol):
    """Confidential reports: of whom they are for and of who made them, and no other way."""

    def add(self, report: DesignationReport) -> None: ...

    def save(self, report: DesignationReport, *, expected: ReportState) -> None: ...

    def one(self, report: str) -> DesignationReport | None: ...

    def received(self, unit: UnitId) -> Sequence[DesignationReport]: ...

    def made_by(self, person: PersonId) -> Sequence[DesignationReport]: ...
