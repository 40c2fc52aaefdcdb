"""Kernel values: time, ids, periods and grants behave as their first lines promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs, from_datetime, iso, to_datetime, utc_day
from mingjian.kernel.ids import CameraId, camera_of, main_stream, sub_stream, uuid7
from mingjian.kernel.period import Period, holes, union

instants = st.integers(min_value=0, max_value=4_000_000_000 * SECOND_NS).map(UtcNs)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 200))
    return Period(UtcNs(start), UtcNs(start + draw(st.integers(0, 30))))


def test_an_instant_keeps_its_day_and_zone() -> None:
    moment = datetime(2026, 11, 24, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    instant = from_datetime(moment)
    assert iso(instant) == "2026-11-23T23:30:00.000000Z"
    assert utc_day(instant) == "20261123"


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001 - the very thing that is refused


@given(instants)
def test_datetime_round_trip_keeps_microseconds(instant: UtcNs) -> None:
    assert from_datetime(to_datetime(instant)) == instant // 1000 * 1000
    assert to_datetime(instant).tzinfo is UTC


@given(instants, st.binary(min_size=10, max_size=10))
def test_uuid7_is_a_version_7_uuid_that_carries_its_millisecond(now: UtcNs, random: bytes) -> None:
    made = UUID(uuid7(now, random))
    assert made.version == 7
    assert made.int >> 80 == now // 1_000_000


def test_uuid7_sorts_by_time() -> None:
    earlier, later = (uuid7(UtcNs(second * SECOND_NS), b"\xff" * 10) for second in (1, 2))
    assert earlier < later


def test_streams_name_their_camera() -> None:
    camera = CameraId("0197")
    assert camera_of(sub_stream(camera)) == camera_of(main_stream(camera)) == camera


def test_a_wall_step_leaves_monotonic_time_alone() -> None:
    clock = ManualClock()
    before = clock.monotonic_ns()
    clock.step_wall(-3600)
    assert clock.monotonic_ns() == before


@given(st.lists(periods()), periods())
def test_union_and_holes_together_cover_exactly_the_period(parts: list[Period], within: Period) -> None:
    covered = [common for part in union(parts) if (common := part.intersection(within))]
    missing = holes(within, parts)
    assert sum(part.duration_ns for part in covered + missing) == within.duration_ns
    assert not any(a.overlaps(b) for a in covered for b in missing)


def test_a_tolerated_hole_is_no_hole() -> None:
    within = Period(UtcNs(0), UtcNs(100))
    parts = [Period(UtcNs(0), UtcNs(50)), Period(UtcNs(53), UtcNs(100))]
    assert holes(within, parts) == [Period(UtcNs(50), UtcNs(53))]
    assert holes(within, parts, tolerate_ns=3) == []
