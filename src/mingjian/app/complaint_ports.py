"""What acts about complaints need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mingjian.governance.complaints import Complaint, ComplaintState
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class Complaints(Protocol):
    """Complaints, newest first."""

    def add(self, complaint: Complaint) -> None: ...

    def save(self, complaint: Complaint, *, replies: int) -> None:
        """Store a reply. Raises Refused `procedure.step` unless it had this number of them before."""
        ...

    def one(self, complaint: str) -> Complaint | None: ...

    def numbered(self, number: str) -> Complaint | None: ...

    def of_unit(self, unit: UnitId, *, state: ComplaintState | None, limit: int) -> Sequence[Complaint]:
        """Those about what `unit` runs."""
        ...

    def within(self, territory: str, *, state: ComplaintState | None, limit: int) -> Sequence[Complaint]:
        """Those about places in the area of a code."""
        ...

    def with_contact(self, *, answered_until: UtcNs, limit: int) -> Sequence[Complaint]:
        """Answered ones that still hold a contact and whose last reply is not younger, at most `limit`."""
        ...

    def count_since(self, place: str, since: UtcNs) -> int:
        """How many came about a place from `since` on."""
        ...
