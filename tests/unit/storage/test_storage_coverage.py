"""Seconds as bits: what is recorded shows, what is not does not, midnight is no border."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.period import Period
from mingjian.storage.coverage import (
    day_start,
    days_of,
    joined_runs,
    recorded_seconds,
    runs,
    with_recorded,
    without_recorded,
)

START = day_start("20260228")


def span(first: float, last: float) -> Period:
    return Period(UtcNs(START + round(first * SECOND_NS)), UtcNs(START + round(last * SECOND_NS)))


def test_abutting_fragments_leave_no_hole() -> None:
    bits = 0
    for number in range(50):
        bits = with_recorded(bits, START, span(number * 3.9, (number + 1) * 3.9))
    assert runs(bits, START) == [span(0, 195)]


def test_a_day_is_full_at_86400_and_its_neighbours_are_joined() -> None:
    whole = Period(UtcNs(START - DAY_NS), UtcNs(START + 2 * DAY_NS))
    days = list(days_of(whole))
    assert days == ["20260227", "20260228", "20260301"]
    rows = [(day, with_recorded(0, day_start(day), whole)) for day in days]
    assert [recorded_seconds(bits) for _, bits in rows] == [86_400] * 3
    assert joined_runs(rows, whole) == [whole]


def test_what_expired_is_cleared() -> None:
    bits = without_recorded(with_recorded(0, START, span(0, 100)), START, span(20, 30))
    assert runs(bits, START) == [span(0, 20), span(30, 100)]


@given(st.lists(st.tuples(st.integers(0, 86_399), st.integers(1, 4000)), max_size=20))
def test_bits_are_the_union_of_whole_seconds(pieces: list[tuple[int, int]]) -> None:
    bits, seconds = 0, set[int]()
    for first, length in pieces:
        bits = with_recorded(bits, START, span(first, first + length))
        seconds |= set(range(first, min(86_400, first + length)))
    assert recorded_seconds(bits) == len(seconds)
    assert sum(run.duration_ns for run in runs(bits, START)) == len(seconds) * SECOND_NS
