"""How much of what article 7 requires is there, and which existing cameras reach a new site (articles 6, 7 and 9).

Coverage = required parts with a working system / required parts. What is not known is a column of its own: it counts
as required and never as covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

REACH_M = 100
"""A camera nearer than this may already show a new site. Reading of article 9: the text names no distance, and asking
about one camera too many costs the planner one line; the decision on each is his."""
EARTH_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


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


def standing_of(*, in_use: bool, cameras: int, recording: Sequence[bool | None]) -> Covered:
    """How a part stands whose place has a system in use or not, with `cameras` on record at the part.

    `recording` says of each camera whether its footage reaches the disk; None where nothing is known. One that works
    is enough. A system in use whose cameras are not on record is not known to cover anything.
    """
    if not in_use:
        return Covered.UNCOVERED
    if any(state is True for state in recording):
        return Covered.COVERED
    if cameras == 0 or any(state is None for state in recording):
        return Covered.UNKNOWN
    return Covered.UNCOVERED


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


class Located(Protocol):
    """What has a position; read only."""

    @property
    def longitude(self) -> float | None: ...

    @property
    def latitude(self) -> float | None: ...


Thing = TypeVar("Thing", bound=Located)


def reach(site: Located, things: Iterable[Thing], within_m: float = REACH_M) -> list[tuple[Thing, float]]:
    """Those no further than `within_m` metres from `site`, the nearest first; what has no position is in no reach."""
    found = [(thing, gap) for thing in things if (gap := distance_m(site, thing)) is not None and gap <= within_m]
    return sorted(found, key=lambda pair: pair[1])


def distance_m(one: Located, other: Located) -> float | None:
    """Great-circle distance in metres (haversine); None where a position is missing. Both in the same datum."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    first, second = radians(one.latitude), radians(other.latitude)
    half = sin((second - first) / 2) ** 2
    half += cos(first) * cos(second) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


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
