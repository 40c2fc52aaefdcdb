"""Time as an argument.

Wall time is UTC nanoseconds (`UtcNs`); durations are plain integers whose names carry the unit. Only
`adapters.system_clock` reads the machine; everything else takes a `Clock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType, Protocol

UtcNs = NewType("UtcNs", int)
"""An instant: nanoseconds since 1970-01-01T00:00:00Z."""

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What may be asked of time. Wall time can step; monotonic time never goes back and drives every timer."""

    def now(self) -> UtcNs:
        """The wall clock, UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary start; never decreases."""
        ...


@dataclass
class ManualClock:
    """A clock that moves only when told: for tests and for deterministic simulation."""

    wall: UtcNs = UtcNs(1_767_225_600 * SECOND_NS)
    monotonic: int = 0

    def now(self) -> UtcNs:
        return self.wall

    def monotonic_ns(self) -> int:
        return self.monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self.wall = UtcNs(self.wall + round(seconds * SECOND_NS))
        self.monotonic += round(seconds * SECOND_NS)

    def step_wall(self, seconds: float) -> None:
        """Move the wall clock alone, as an administrator or a faulty NTP server would."""
        self.wall = UtcNs(self.wall + round(seconds * SECOND_NS))


def to_datetime(instant: UtcNs) -> datetime:
    """`instant` as aware UTC, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=instant // 1000)


def from_datetime(moment: datetime) -> UtcNs:
    """The instant of an aware datetime. Raises ValueError for a naive one: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without zone is not an instant")
    delta = moment - _EPOCH
    return UtcNs((delta.days * 86_400 + delta.seconds) * SECOND_NS + delta.microseconds * 1000)


def iso(instant: UtcNs) -> str:
    """`2026-11-23T14:05:09.123456Z`: fixed width, sorts as text."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc_day(instant: UtcNs) -> str:
    """The UTC calendar day of `instant`, as `YYYYMMDD`."""
    return to_datetime(instant).strftime("%Y%m%d")
