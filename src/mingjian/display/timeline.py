"""Thirty days of a camera as a few rectangles: what is recorded, what is missing and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mingjian.display.ports import DayCoverage, DayGap
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period

DAY_S = 86_400
HOUR_S = 3600
_HOUR_BITS = (1 << HOUR_S) - 1
_MS_NS = 1_000_000
RECTANGLES_MAX = 2_000
"""Runs or gaps of one day that a screen is given: a 4K screen has 3840 columns for the whole line."""
LISTED_MS = 1_000
"""The shortest gap of a list: coverage itself is kept to the second."""
UNEXPLAINED_S = 2
"""Borders of fragments and gaps are rounded to the second, each by one at most; a longer hole has no entry yet."""

Gap = tuple[int, int, str]
Seconds = np.ndarray[tuple[int], np.dtype[np.int8]]


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One UTC day inside the asked period. `missing_s` counts every due second, also those too short to be drawn."""

    day: str
    runs: tuple[tuple[int, int], ...]
    """`(start_ms, end_ms)` UTC."""
    gaps: tuple[Gap, ...]
    """`(start_ms, end_ms, cause)`; neighbours of one cause are joined."""
    missing_s: int
    hours: tuple[tuple[int, int], ...]
    """For each of the 24 UTC hours the seconds that were due and those of them that are missing."""


@dataclass(frozen=True, slots=True)
class GapList:
    """Gaps to the second, newest first. `count` and `missing_s` are of all, also of those beyond the list's bound."""

    gaps: tuple[Gap, ...]
    count: int
    missing_s: int


def timeline(
    days: Iterable[DayCoverage], period: Period, resolution_ms: int, due: Period | None = None
) -> Iterator[TimelineDay]:
    """Runs and gaps of each day, clipped to `period`, nothing drawn finer than `resolution_ms`.

    Two runs closer than the resolution become one; a gap that short is not drawn but still counted. A stretch
    finer than the resolution in which nothing lasts that long is drawn as one run: something is there. Missing are
    the unrecorded seconds of `due` (else of `period`); where it is given, a due day without coverage is there too.
    """
    owed = period if due is None else due.intersection(period)
    for day in days if due is None else _every_day(days, owed):
        within = _whole(day.day).intersection(period)
        if within is not None:
            yield _day(day, within, within.intersection(owed) if owed else None, max(resolution_ms, 1000))


def gap_list(days: Iterable[DayCoverage], due: Period, most: int) -> GapList:
    """What of `due` is not recorded, as a table of at most `most` lines.

    A gap over midnight is one line. Seconds that neither a fragment nor a gap accounts for (a recorder that is dead
    has not written its gap yet) stand there as unknown.
    """
    found: set[Gap] = set()
    missing_s = 0
    for day in _every_day(days, due):
        whole = _whole(day.day)
        within = whole.intersection(due)
        if within is None:
            continue
        first, last = _bounds(within, whole.start)
        absent = _seconds(day.bits)[first:last] == 0
        missing_s += int(absent.sum())
        for gap in day.gaps:
            if (part := gap.period.intersection(due)) is not None:
                found.add(_in_ms(part, gap.cause))
                if (here := gap.period.intersection(within)) is not None:
                    begin, end = _bounds(here, whole.start)
                    absent[begin - first : end - first] = False
        starts, ends = _stretches(absent.view(np.int8))
        long = ends - starts >= UNEXPLAINED_S
        base_ms = whole.start // _MS_NS + first * 1000
        for begin, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
            found.add((base_ms + begin * 1000, base_ms + end * 1000, str(GapCause.UNKNOWN)))
    listed = [gap for gap in _joined(sorted(found), 1) if gap[1] - gap[0] >= LISTED_MS]
    return GapList(tuple(listed[: -most - 1 : -1]), len(listed), missing_s)


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """A day of which the catalogue has no row: nothing was recorded. A gap of years has rows on some days only."""

    day: str
    bits: int = 0
    gaps: Sequence[DayGap] = ()


def _every_day(days: Iterable[DayCoverage], owed: Period | None) -> Iterator[DayCoverage]:
    """The known days and those of `owed` between them, in order."""
    known: dict[str, DayCoverage] = {day.day: day for day in days}
    at = owed.start - owed.start % DAY_NS if owed else 0
    before = [known[name] for name in sorted(known) if owed and name < utc_day(UtcNs(at))]
    gaps = before[-1].gaps if before else ()
    while owed and at < owed.end:
        name = utc_day(UtcNs(at))
        gaps = known[name].gaps if name in known else [gap for gap in gaps if gap.period.end > at]
        known.setdefault(name, _Unwritten(name, gaps=gaps))
        at += DAY_NS
    return (known[name] for name in sorted(known))


def _day(day: DayCoverage, within: Period, owed: Period | None, resolution_ms: int) -> TimelineDay:
    midnight = _whole(day.day).start
    first, last = _bounds(within, midnight)
    whole = _seconds(day.bits)
    starts, ends = _stretches(whole[first:last])
    base_ms = midnight // _MS_NS + first * 1000
    runs = _reduced(starts * 1000 + base_ms, ends * 1000 + base_ms, resolution_ms)
    hours = _hours(day.bits, _bounds(owed, midnight) if owed else (0, 0))
    return TimelineDay(day.day, runs, _gaps(day, within, resolution_ms), sum(missing for _, missing in hours), hours)


def _hours(bits: int, owed: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    due = (1 << max(0, owed[1] - owed[0])) - 1 << owed[0]
    missing = due & ~bits
    return tuple(
        ((due >> at & _HOUR_BITS).bit_count(), (missing >> at & _HOUR_BITS).bit_count())
        for at in range(0, DAY_S, HOUR_S)
    )


def _bounds(within: Period, midnight: UtcNs) -> tuple[int, int]:
    """First and last second of the day; a second begun is a second asked for."""
    return (within.start - midnight) // SECOND_NS, -((midnight - within.end) // SECOND_NS)


def _seconds(bits: int) -> Seconds:
    packed = np.frombuffer(bits.to_bytes(DAY_S // 8, "little"), dtype=np.uint8)
    return np.unpackbits(packed, bitorder="little").view(np.int8)


def _stretches(
    ones: Seconds,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Where each stretch of ones starts and ends."""
    padded = np.zeros(len(ones) + 2, dtype=np.int8)
    padded[1:-1] = ones
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[0::2], edges[1::2]


def _reduced(
    starts: np.ndarray[tuple[int], np.dtype[np.int64]],
    ends: np.ndarray[tuple[int], np.dtype[np.int64]],
    resolution_ms: int,
) -> tuple[tuple[int, int], ...]:
    if not len(starts):
        return ()
    apart = starts[1:] - ends[:-1] >= resolution_ms
    left = starts[np.concatenate(([True], apart))]
    right = ends[np.concatenate((apart, [True]))]
    if len(left) > RECTANGLES_MAX:
        return _reduced(starts, ends, resolution_ms * 2)
    return tuple(zip(left.tolist(), right.tolist(), strict=True))


def _gaps(day: DayCoverage, within: Period, resolution_ms: int) -> tuple[Gap, ...]:
    parts = ((gap.period.intersection(within), gap.cause) for gap in day.gaps)
    found = _joined([_in_ms(part, cause) for part, cause in parts if part is not None], resolution_ms)
    drawn = [gap for gap in found if gap[1] - gap[0] >= resolution_ms]
    drawn.sort(key=lambda gap: gap[0] - gap[1])
    return tuple(sorted(drawn[:RECTANGLES_MAX]))


def _joined(gaps: Iterable[Gap], within_ms: int) -> list[Gap]:
    """Neighbours of one cause that are closer than `within_ms` as one."""
    found: list[Gap] = []
    for start, end, cause in gaps:
        if found and found[-1][2] == cause and start - found[-1][1] < within_ms:
            found[-1] = (found[-1][0], max(end, found[-1][1]), cause)
        else:
            found.append((start, end, cause))
    return found


def _in_ms(period: Period, cause: str) -> Gap:
    return period.start // _MS_NS, -(-period.end // _MS_NS), cause


def _whole(day: str) -> Period:
    """The UTC day named `YYYYMMDD`."""
    midnight = int(np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}", "ns").astype(np.int64))
    return Period(UtcNs(midnight), UtcNs(midnight + DAY_NS))
