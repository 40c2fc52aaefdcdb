"""A camera's timeline: every recorded second drawn, every missing one counted, fast enough for a month."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.display.timeline import DAY_S, TimelineDay, timeline
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.period import Period

MIDNIGHT = UtcNs(1_767_225_600 * SECOND_NS)  # 2026-01-01
MS = MIDNIGHT // 1_000_000


@dataclass(frozen=True)
class Gap:
    period: Period
    cause: str


@dataclass(frozen=True)
class Day:
    day: str
    bits: int
    gaps: tuple[Gap, ...] = ()


def seconds(start: int, end: int) -> int:
    return (1 << (end - start)) - 1 << start


def span(start: float, end: float) -> Period:
    return Period(UtcNs(MIDNIGHT + round(start * SECOND_NS)), UtcNs(MIDNIGHT + round(end * SECOND_NS)))


def test_runs_and_gaps_are_clipped_to_what_was_asked() -> None:
    day = Day("20260101", seconds(0, 100) | seconds(160, 300), (Gap(span(100, 160), "network"),))
    assert list(timeline([day], span(50, 200), 1000)) == [
        TimelineDay(
            "20260101",
            ((MS + 50_000, MS + 100_000), (MS + 160_000, MS + 200_000)),
            ((MS + 100_000, MS + 160_000, "network"),),
            60,
        )
    ]


def test_what_is_finer_than_the_resolution_is_joined_but_still_counted() -> None:
    day = Day("20260101", seconds(0, 100) | seconds(105, 300), (Gap(span(100, 105), "network"),))
    (drawn,) = timeline([day], span(0, 300), 60_000)
    assert drawn.runs == ((MS, MS + 300_000),)
    assert drawn.gaps == ()
    assert drawn.missing_s == 5


def test_an_empty_day_has_no_run_and_all_its_seconds_missing() -> None:
    (drawn,) = timeline([Day("20260102", 0)], Period(MIDNIGHT, UtcNs(MIDNIGHT + 3 * DAY_NS)), 1000)
    assert drawn == TimelineDay("20260102", (), (), DAY_S)


def test_neighbouring_gaps_of_one_cause_are_one_rectangle() -> None:
    gaps = (Gap(span(10, 20), "network"), Gap(span(20, 30), "network"), Gap(span(30, 40), "disk-full"))
    (drawn,) = timeline([Day("20260101", 0, gaps)], span(0, 60), 1000)
    assert drawn.gaps == ((MS + 10_000, MS + 30_000, "network"), (MS + 30_000, MS + 40_000, "disk-full"))


def test_thirty_restless_days_are_drawn_within_the_rectangles_of_a_screen() -> None:
    bits = int("10" * (DAY_S // 2), 2)
    days = [Day(f"202601{number:02d}", bits) for number in range(1, 31)]
    drawn = list(timeline(days, Period(MIDNIGHT, UtcNs(MIDNIGHT + 30 * DAY_NS)), 1000))
    assert len(drawn) == 30
    assert all(len(day.runs) <= 2000 and day.missing_s == DAY_S // 2 for day in drawn)
