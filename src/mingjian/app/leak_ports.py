"""What acts about leaks and publication need of the store. Lists are newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mingjian.governance.leaks import LeakTrace
from mingjian.governance.redaction import Redaction, RedactionState
from mingjian.kernel.ids import UnitId


class LeakTraces(Protocol):
    """Files that were read. Rows are added, never changed."""

    def add(self, trace: LeakTrace) -> None: ...

    def one(self, trace: str, unit: UnitId) -> LeakTrace | None: ...

    def listed(self, unit: UnitId, limit: int) -> Sequence[LeakTrace]: ...


class Redactions(Protocol):
    """Redacted copies for publication."""

    def add(self, redaction: Redaction) -> None: ...

    def save(self, redaction: Redaction, *, expected: RedactionState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, redaction: str, unit: UnitId) -> Redaction | None: ...

    def listed(self, unit: UnitId, limit: int) -> Sequence[Redaction]: ...
