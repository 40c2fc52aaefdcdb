"""The saved questions at their borders: what they find, and what they leave alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mingjian.governance.oddities import (
    HOUR_NS,
    MINUTE_NS,
    QUESTIONS,
    Look,
    Oddity,
    Refusal,
    Seen,
    Unreported,
    at_night,
    before_it_expires,
    many_cameras,
    refused_in_a_row,
    unreported,
)
from mingjian.kernel.clock import DAY_NS, UtcNs

NOW = UtcNs(100 * DAY_NS)
EAST = UtcNs(8 * HOUR_NS)
NIGHT = {"from_hour": 22, "to_hour": 6}


def seen(*, looks: Sequence[Look] = (), refusals: Sequence[Refusal] = (), awaited: Sequence[Unreported] = ()) -> Seen:
    return Seen(looks, refusals, awaited, NOW, 30, EAST)


def look(entry: int, at: int, **changes: object) -> Look:
    about = {"person": "a", "cameras": (f"camera-{entry}",), "live": False, "outside": False} | changes
    return Look(entry, UtcNs(at), **about)


def entries(found: list[Oddity]) -> list[tuple[int, ...]]:
    return [one.entries for one in found]


HOURS = [(22, True), (21.999, False), (0, True), (5.999, True), (6, False), (12, False)]


@pytest.mark.parametrize(("hour", "odd"), HOURS)
def test_the_night_is_that_of_the_legal_day_from_its_first_hour_to_before_its_last(hour: float, odd: bool) -> None:
    at = int(hour * HOUR_NS) - EAST + 3 * DAY_NS
    assert entries(list(at_night(seen(looks=[look(1, at)]), NIGHT))) == ([(1,)] if odd else [])


def test_the_watch_at_night_and_officers_under_an_approval_are_not_asked_about() -> None:
    at = 3 * DAY_NS - EAST
    looks = [look(1, at, live=True), look(2, at, outside=True), look(3, at)]
    assert entries(list(at_night(seen(looks=looks), NIGHT))) == [(3,)]


def test_a_night_within_one_day_is_understood_too() -> None:
    looks = [look(1, 3 * DAY_NS - EAST + hour * HOUR_NS) for hour in (0, 1, 2)]
    assert len(list(at_night(seen(looks=looks), {"from_hour": 0, "to_hour": 2}))) == 2


def test_cameras_are_many_only_when_different_by_one_person_and_within_the_time() -> None:
    figures = {"cameras": 3, "minutes": 60}
    near = [look(n, n * MINUTE_NS) for n in (0, 30, 59)]
    assert entries(list(many_cameras(seen(looks=near), figures))) == [(0, 30, 59)]
    assert next(iter(many_cameras(seen(looks=near), figures))).count == 3
    far = [look(n, n * MINUTE_NS) for n in (0, 30, 60)]
    assert not list(many_cameras(seen(looks=far), figures))
    same = [look(n, n * MINUTE_NS, cameras=("one", "two")) for n in (0, 1, 2)]
    assert not list(many_cameras(seen(looks=same), figures))
    two = [look(n, n * MINUTE_NS, person=f"p{n % 2}") for n in (0, 1, 2)]
    assert not list(many_cameras(seen(looks=two), figures))
    wall = look(7, 0, cameras=("one", "two", "three"))
    assert entries(list(many_cameras(seen(looks=[wall]), figures))) == [(7,)]


def test_a_long_stretch_is_told_once_and_two_apart_twice() -> None:
    figures = {"cameras": 3, "minutes": 60}
    long = [look(n, n * 20 * MINUTE_NS) for n in range(6)]
    later = [look(n, DAY_NS + n * MINUTE_NS) for n in (10, 11, 12)]
    assert entries(list(many_cameras(seen(looks=long + later), figures))) == [(0, 1, 2, 3, 4, 5), (10, 11, 12)]


def test_refusals_are_in_a_row_when_each_follows_the_one_before_within_the_minutes() -> None:
    figures = {"times": 3, "minutes": 10}

    def row(*minutes: int, person: str = "a") -> list[Refusal]:
        return [Refusal(minute, UtcNs(minute * MINUTE_NS), person) for minute in minutes]

    assert entries(list(refused_in_a_row(seen(refusals=row(0, 10, 20)), figures))) == [(0, 10, 20)]
    assert not list(refused_in_a_row(seen(refusals=row(0, 10, 21)), figures))
    assert not list(refused_in_a_row(seen(refusals=row(0, 1)), figures))
    assert not list(refused_in_a_row(seen(refusals=row(0, 1) + row(2, person="b")), figures))
    twice = [*row(0, 1, 2), *row(100, 101, 102, 103)]
    assert [one.count for one in refused_in_a_row(seen(refusals=twice), figures)] == [3, 4]


@pytest.mark.parametrize(("due", "late"), [(NOW + 1, None), (NOW, 0), (NOW - DAY_NS, 1), (NOW - 2 * DAY_NS - 5, 2)])
def test_a_report_is_asked_for_from_its_day_on(due: int, late: int | None) -> None:
    awaited = [Unreported("r", "某〔2026〕1号", "a", UtcNs(due))]
    found = list(unreported(seen(awaited=awaited), {"days": 0}))
    assert [(one.count, one.request) for one in found] == ([] if late is None else [(late, "r")])


@pytest.mark.parametrize(
    ("start_ago", "end_ago", "odd"),
    [
        (29 * DAY_NS, 28 * DAY_NS, True),
        (29 * DAY_NS - 1, 28 * DAY_NS, False),
        (31 * DAY_NS, 29 * DAY_NS, True),
        (31 * DAY_NS, 30 * DAY_NS, False),
    ],
)
def test_A17_2_3_footage_in_the_last_hours_of_its_days_is_told(start_ago: int, end_ago: int, odd: bool) -> None:
    footage = {"footage_start": UtcNs(NOW - start_ago), "footage_end": UtcNs(NOW - end_ago)}
    found = list(before_it_expires(seen(looks=[look(1, NOW, **footage)]), {"hours": 24}))
    assert entries(found) == ([(1,)] if odd else [])
    assert not list(before_it_expires(seen(looks=[look(1, NOW, **footage, outside=True), look(2, NOW)]), {"hours": 24}))


def test_each_question_has_a_name_of_its_own_and_answers_nothing_about_nothing() -> None:
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)
    assert all(not list(one.ask(seen(), one.figures)) for one in QUESTIONS)
