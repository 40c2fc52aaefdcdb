"""A camera's timeline: every recorded second drawn, every missing one counted, fast enough for a month."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.display.timeline import DAY_S, GapList, TimelineDay, gap_list, timeline
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
            ((150, 60), *[(0, 0)] * 23),
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
    assert drawn == TimelineDay("20260102", (), (), DAY_S, ((3600, 3600),) * 24)


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


def test_of_what_was_not_due_nothing_is_missing_and_each_hour_says_how_much() -> None:
    day = Day("20260101", seconds(3500, 7200) & ~seconds(5000, 5050), (Gap(span(5000, 5050), "network"),))
    (drawn,) = timeline([day], span(0, DAY_S), 60_000, due=span(3500, 7200))
    assert drawn.gaps == ()
    assert drawn.missing_s == 50
    assert drawn.hours == ((100, 0), (3600, 50), *[(0, 0)] * 22)


def test_a_due_day_of_which_nothing_is_known_is_missing_whole() -> None:
    known = Day("20260101", seconds(0, DAY_S))
    period = Period(MIDNIGHT, UtcNs(MIDNIGHT + 4 * DAY_NS))
    due = Period(MIDNIGHT, UtcNs(MIDNIGHT + 2 * DAY_NS + 600 * SECOND_NS))
    drawn = list(timeline([known], period, 1000, due))
    assert [(day.day, day.missing_s) for day in drawn] == [("20260101", 0), ("20260102", DAY_S), ("20260103", 600)]
    nothing_due = Period(period.start, period.start)
    assert [day.missing_s for day in timeline([known], period, 1000, nothing_due)] == [0]


def test_a_hole_of_fifty_seconds_stands_in_the_list_with_cause_start_and_length() -> None:
    bits = seconds(0, 3600) & ~seconds(1000, 1050) & ~seconds(2000, 2003)
    day = Day("20260101", bits, (Gap(span(1000.2, 1050.3), "network"), Gap(span(2000, 2003), "overload")))
    found = gap_list([day], span(0, 3600), 10)
    assert found == GapList(
        ((MS + 2_000_000, MS + 2_003_000, "overload"), (MS + 1_000_200, MS + 1_050_300, "network")), 2, 53
    )
    assert gap_list([day], span(0, 3600), 1) == GapList(found.gaps[:1], 2, 53)


def test_a_gap_over_midnight_is_one_line_and_what_lies_outside_is_cut() -> None:
    over = Gap(span(DAY_S - 100, DAY_S + 50), "network")
    days = [
        Day("20260101", seconds(0, DAY_S - 100), (Gap(span(0, 30), "planned"), over)),
        Day("20260102", seconds(50, DAY_S), (over,)),
    ]
    found = gap_list(days, span(20, 2 * DAY_S), 10)
    edge = MS + DAY_S * 1000
    assert found.gaps == ((edge - 100_000, edge + 50_000, "network"), (MS + 20_000, MS + 30_000, "planned"))
    assert found.missing_s == 150


def test_what_no_entry_explains_yet_is_listed_as_unknown() -> None:
    first = Day("20260101", seconds(0, DAY_S - 600))  # the recorder died and has not come back
    found = gap_list([first], Period(MIDNIGHT, UtcNs(MIDNIGHT + DAY_NS + 300 * SECOND_NS)), 10)
    edge = MS + DAY_S * 1000
    assert found == GapList(((edge - 600_000, edge + 300_000, "unknown"),), 1, 900)
    rounded = Day("20260101", seconds(0, 100) | seconds(101, 200))
    assert gap_list([rounded], span(0, 200), 10) == GapList((), 0, 1)


def test_the_list_of_thirty_restless_days_is_bounded_and_its_sums_are_not() -> None:
    bits = int("1000" * (DAY_S // 4), 2)
    days = [Day(f"202601{number:02d}", bits) for number in range(1, 31)]
    found = gap_list(days, Period(MIDNIGHT, UtcNs(MIDNIGHT + 30 * DAY_NS)), 500)
    assert len(found.gaps) == 500
    assert found.count == 30 * DAY_S // 4
    assert found.missing_s == 30 * DAY_S * 3 // 4
    assert found.gaps[0][0] > found.gaps[-1][0] > MS + 29 * DAY_S * 1000
