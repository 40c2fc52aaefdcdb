"""Half-open periods of wall time, and the arithmetic that coverage, grants and registers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.clock import SECOND_NS, UtcNs


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`[start, end)` in UTC nanoseconds; never negative, may be empty."""

    start: UtcNs
    end: UtcNs

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def duration_ns(self) -> int:
        return self.end - self.start

    @property
    def seconds(self) -> float:
        return self.duration_ns / SECOND_NS

    def contains(self, instant: UtcNs) -> bool:
        return self.start <= instant < self.end

    def covers(self, other: Period) -> bool:
        """Whether `other` lies wholly inside this period."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Period) -> Period | None:
        """The common part, or None where there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def union(periods: Iterable[Period], *, join_within_ns: int = 0) -> list[Period]:
    """The periods merged and sorted; neighbours no further apart than `join_within_ns` become one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end + join_within_ns:
            if period.end > merged[-1].end:
                merged[-1] = Period(merged[-1].start, period.end)
        else:
            merged.append(period)
    return merged


def holes(within: Period, periods: Iterable[Period], *, tolerate_ns: int = 0) -> list[Period]:
    """The parts of `within` that no period covers, leaving out holes of at most `tolerate_ns`."""
    found: list[Period] = []
    at = within.start
    for period in union(periods):
        if period.end <= at:
            continue
        if period.start >= within.end:
            break
        if period.start - at > tolerate_ns:
            found.append(Period(at, period.start))
        at = max(at, period.end)
    if within.end - at > tolerate_ns:
        found.append(Period(at, within.end))
    return found
