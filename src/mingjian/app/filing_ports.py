"""What acts of filing, visit, change and removal need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mingjian.governance.change import SystemChange
from mingjian.governance.filing import Filing, FilingState
from mingjian.governance.organs import Scope
from mingjian.governance.removal import Removal, RemovalState
from mingjian.governance.visit import SiteVisit
from mingjian.kernel.ids import UnitId


class Filings(Protocol):
    """Filings; the newest first in every list."""

    def add(self, filing: Filing) -> None: ...

    def save(self, filing: Filing, *, expected: FilingState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, filing: str) -> Filing | None: ...

    def of_system(self, system: str) -> Sequence[Filing]: ...

    def of_unit(self, unit: UnitId, *, limit: int) -> Sequence[Filing]: ...

    def visible(self, scope: Scope, *, limit: int) -> Sequence[Filing]:
        """Those that the scope shows."""
        ...

    def next_serial(self, organ: UnitId, year: int) -> int:
        """One more than the highest serial of the organ's year; unique under the write lock."""
        ...


class Visits(Protocol):
    """Site visits, recorded once and never changed."""

    def add(self, visit: SiteVisit) -> None: ...

    def keyed(self, organ: UnitId, key: str) -> SiteVisit | None:
        """The visit that a draft of this organ became."""
        ...

    def of_system(self, system: str) -> Sequence[SiteVisit]: ...


class Changes(Protocol):
    """Recorded decisions to change a system."""

    def add(self, change: SystemChange) -> None: ...

    def save(self, change: SystemChange) -> None: ...

    def one(self, change: str) -> SystemChange | None: ...

    def of_system(self, system: str) -> Sequence[SystemChange]: ...


class Removals(Protocol):
    """Removals; the newest first in every list."""

    def add(self, removal: Removal) -> None: ...

    def save(self, removal: Removal, *, expected: RemovalState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, removal: str) -> Removal | None: ...

    def of_system(self, system: str) -> Sequence[Removal]: ...

    def visible(self, scope: Scope, *, limit: int) -> Sequence[Removal]:
        """Those that the scope shows."""
        ...

    def next_serial(self, organ: UnitId, year: int) -> int:
        """One more than the highest serial of the organ's year; unique under the write lock."""
        ...
