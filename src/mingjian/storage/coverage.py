"""Which seconds of a UTC day are recorded: one bit a second, and the gaps with their causes. Pure.

A bit stands for the whole second nearest to what was recorded (borders are rounded to the half second), so abutting
fragments leave no false hole; exact borders are in the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from mingjian.audit.chain import Gap, merge_gaps
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, from_datetime, utc_day
from mingjian.kernel.period import Period, union

DAY_SECONDS = 86_400
_RUN = re.compile("1+")


def day_start(day: str) -> UtcNs:
    """The first instant of a UTC day named `YYYYMMDD`."""
    return from_datetime(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC))


def days_of(period: Period) -> Iterator[str]:
    """The UTC days that `period` touches, in order."""
    at = period.start - period.start % DAY_NS
    while at < period.end:
        yield utc_day(UtcNs(at))
        at += DAY_NS


def with_recorded(bits: int, start: UtcNs, recorded: Period) -> int:
    """`bits` of the day that begins at `start`, with the seconds of `recorded` set."""
    half = SECOND_NS // 2
    first = max(0, (recorded.start - start + half) // SECOND_NS)
    last = min(DAY_SECONDS, (recorded.end - start + half) // SECOND_NS)
    return bits | ((1 << (last - first)) - 1) << first if last > first else bits


def without_recorded(bits: int, start: UtcNs, expired: Period) -> int:
    """`bits` with the seconds of `expired` cleared."""
    return bits & ~with_recorded(0, start, expired)


def runs(bits: int, start: UtcNs) -> list[Period]:
    """The recorded stretches of the day that begins at `start`."""
    text = f"{bits:b}"[::-1]
    return [
        Period(UtcNs(start + found.start() * SECOND_NS), UtcNs(start + found.end() * SECOND_NS))
        for found in _RUN.finditer(text)
    ]


def recorded_seconds(bits: int) -> int:
    """How many seconds are recorded."""
    return bits.bit_count()


def joined_runs(days: Iterable[tuple[str, int]], within: Period) -> list[Period]:
    """The recorded stretches of several days, joined over midnight and cut to `within`."""
    found = [run for day, bits in days for run in runs(bits, day_start(day))]
    return [cut for run in union(found) if (cut := run.intersection(within)) is not None]


def gaps_within(gaps: Sequence[Gap], within: Period) -> list[Gap]:
    """The gaps merged, cut to `within`."""
    return [
        Gap(cut, gap.cause, gap.evidence)
        for gap in merge_gaps(gaps)
        if (cut := gap.period.intersection(within)) is not None
    ]
