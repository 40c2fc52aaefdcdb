"""Thirty days of a camera as a few rectangles: what is recorded, what is missing and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mingjian.display.ports import DayCoverage
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.period import Period

DAY_S = 86_400
_MS_NS = 1_000_000
RECTANGLES_MAX = 2_000
"""Runs or gaps of one day that a screen is given: a 4K screen has 3840 columns for the whole line."""


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One UTC day inside the asked period. `missing_s` counts every second, also those too short to be drawn."""

    day: str
    runs: tuple[tuple[int, int], ...]
    """`(start_ms, end_ms)` UTC."""
    gaps: tuple[tuple[int, int, str], ...]
    """`(start_ms, end_ms, cause)`; neighbours of one cause are joined."""
    missing_s: int


def timeline(days: Iterable[DayCoverage], period: Period, resolution_ms: int) -> Iterator[TimelineDay]:
    """Runs and gaps of each day, clipped to `period`, nothing drawn finer than `resolution_ms`.

    Two runs closer than the resolution become one; a gap that short is not drawn but still counted. A stretch
    finer than the resolution in which nothing lasts that long is drawn as one run: something is there.
    """
    for day in days:
        midnight = _midnight(day.day)
        within = Period(midnight, UtcNs(midnight + DAY_NS)).intersection(period)
        if within is not None:
            yield _day(day, midnight, within, max(resolution_ms, 1000))


def _day(day: DayCoverage, midnight: UtcNs, within: Period, resolution_ms: int) -> TimelineDay:
    first = (within.start - midnight) // SECOND_NS
    last = -((midnight - within.end) // SECOND_NS)  # a second begun is a second asked for
    recorded = _seconds(day.bits)[first:last]
    edges = np.flatnonzero(np.diff(recorded, prepend=np.int8(0), append=np.int8(0)))
    starts, ends = edges[0::2], edges[1::2]
    base_ms = midnight // _MS_NS + first * 1000
    runs = _reduced(starts * 1000 + base_ms, ends * 1000 + base_ms, resolution_ms)
    gaps = _gaps(day, within, resolution_ms)
    missing = int(len(recorded) - int(recorded.sum()))
    return TimelineDay(day.day, runs, gaps, missing)


def _seconds(bits: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    packed = np.frombuffer(bits.to_bytes(DAY_S // 8, "little"), dtype=np.uint8)
    return np.unpackbits(packed, bitorder="little").view(np.int8)


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


def _gaps(day: DayCoverage, within: Period, resolution_ms: int) -> tuple[tuple[int, int, str], ...]:
    found: list[tuple[int, int, str]] = []
    for gap in day.gaps:
        part = gap.period.intersection(within)
        if part is None:
            continue
        start, end = part.start // _MS_NS, -(-part.end // _MS_NS)
        if found and found[-1][2] == gap.cause and start - found[-1][1] < resolution_ms:
            found[-1] = (found[-1][0], max(end, found[-1][1]), gap.cause)
        else:
            found.append((start, end, gap.cause))
    drawn = [gap for gap in found if gap[1] - gap[0] >= resolution_ms]
    drawn.sort(key=lambda gap: gap[0] - gap[1])
    return tuple(sorted(drawn[:RECTANGLES_MAX]))


def _midnight(day: str) -> UtcNs:
    """The first instant of `YYYYMMDD`, UTC."""
    return UtcNs(int(np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}", "ns").astype(np.int64)))
