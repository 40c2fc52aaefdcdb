"""How much of what article 7 requires is there, and which existing cameras serve a new site (articles 6, 7 and 9).

Coverage = required parts with a working system / required parts. What is not known is a column of its own: it counts
as required and never as covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingjian.governance.places import Datum
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class Covered(StrEnum):
    """How a required part stands."""

    COVERED = "covered"
    UNCOVERED = "uncovered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RequiredPart:
    """One part that must have a system, and whether it has."""

    kind: str
    """PlaceKind row."""
    part: str
    territory: str
    place: str
    """Empty for an item of the plan whose place is not on record yet."""
    name: str
    standing: Covered
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    """Which coordinates these are; none is converted."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Coverage of one kind or area."""

    key: str
    required: int
    covered: int
    unknown: int

    @property
    def uncovered(self) -> int:
        return self.required - self.covered - self.unknown

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where nothing is required: no part of nothing is covered."""
        return self.covered / self.required if self.required else None


def standing_of(*, in_use: bool, recording: Sequence[bool | None]) -> Covered:
    """How a part stands whose place has a system in use or not, and whose cameras on record are `recording`.

    True: its footage reaches the disk; None: nothing is known. One that works is enough. A system in use of which no
    camera is on record at the part is not known to cover it.
    """
    if not in_use:
        return Covered.UNCOVERED
    if any(state is True for state in recording):
        return Covered.COVERED
    return Covered.UNKNOWN if not recording or any(state is None for state in recording) else Covered.UNCOVERED


def tallied(parts: Iterable[RequiredPart], by: str) -> list[Tally]:
    """Coverage by `kind` or `territory` (of a county), in the order of the key."""
    counts: dict[str, list[int]] = {}
    for part in parts:
        key = part.kind if by == "kind" else part.territory[:6]
        row = counts.setdefault(key, [0, 0, 0])
        row[0] += 1
        row[1] += part.standing is Covered.COVERED
        row[2] += part.standing is Covered.UNKNOWN
    return [Tally(key, *row) for key, row in sorted(counts.items())]


def whole(parts: Sequence[RequiredPart]) -> Tally:
    """Coverage of all of them."""
    return Tally(
        "",
        len(parts),
        sum(part.standing is Covered.COVERED for part in parts),
        sum(part.standing is Covered.UNKNOWN for part in parts),
    )


@dataclass(frozen=True, slots=True)
class ReuseDecision:
    """Whether an existing camera serves a government site (article 9, paragraph 1), and why."""

    id: str
    unit: UnitId
    system: str
    camera: str
    reuse: bool
    reason: str
    by: str
    created: UtcNs


def undecided(existing: Iterable[str], decisions: Iterable[ReuseDecision]) -> list[str]:
    """The existing cameras on which nobody has decided yet: design waits for them."""
    decided = {decision.camera for decision in decisions}
    return [camera for camera in existing if camera not in decided]
