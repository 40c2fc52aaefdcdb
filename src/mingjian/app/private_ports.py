"""What acts about private persons' viewing need of the store. Lists are newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mingjian.governance.private_viewing import PrivateState, PrivateViewing
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class PrivateViewings(Protocol):
    """Applications of private persons, each of the unit at whose counter it was taken down."""

    def add(self, viewing: PrivateViewing) -> None: ...

    def next_serial(self, unit: UnitId, year: int) -> int:
        """One more than the highest of the unit's year; unique under the write lock."""
        ...

    def save(self, viewing: PrivateViewing, *, expected: PrivateState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, viewing: str, unit: UnitId) -> PrivateViewing | None: ...

    def behind(self, viewing: str) -> PrivateViewing | None:
        """Whoever's it is: for what goes on under it, never for a person who asks."""
        ...

    def listed(self, unit: UnitId, limit: int) -> Sequence[PrivateViewing]: ...

    def lapsed(self, now: UtcNs) -> Sequence[PrivateViewing]:
        """Those whose consent ended before `now` without an entry that says so."""
        ...

    def over(self, before: UtcNs) -> Sequence[PrivateViewing]:
        """Those completed until `before` whose sheet is not destroyed yet."""
        ...

    def holding(self, since: UtcNs) -> Sequence[PrivateViewing]:
        """Those asked after `since` whose seconds are still wanted: pending, or consented to."""
        ...
