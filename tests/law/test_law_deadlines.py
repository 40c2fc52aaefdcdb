"""Days of the law at their boundaries, each named by its article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_world import ANHUI, BOTH, NATIONAL, Unannounced

from mingjian.bootstrap.law import packaged, rulebook
from mingjian.kernel.errors import Invalid
from mingjian.law.calendar import Announced, parse_days
from mingjian.law.rulebook import Deadline, Rulebook

DAYS = st.dates(date(2017, 1, 1), date(2040, 12, 31))


def last(found: Deadline | None) -> date:
    assert found is not None
    return found.last_day


def test_A13_2_day_30_is_the_last_in_time() -> None:
    """Delivered on 2 March 2026, a Monday: day 29 and 30 are in time, day 31 is not."""
    delivered = date(2026, 3, 2)
    found = ANHUI.deadline("filing", delivered)
    assert found is not None
    assert (found.row.id, found.row.article, found.calendar_known) == ("A13.2.file", "第十三条第二款", True)
    assert [delivered + timedelta(days) <= found.last_day for days in (29, 30, 31)] == [True, True, False]


def test_A13_2_the_day_of_delivery_is_not_counted_in_a_leap_year() -> None:
    assert last(ANHUI.deadline("filing", date(2024, 2, 1))) == date(2024, 3, 4)  # 2 March is a Saturday
    assert last(ANHUI.deadline("filing", date(2023, 1, 30))) == date(2023, 3, 1)
    assert last(ANHUI.deadline("filing", date(2024, 1, 30))) == date(2024, 2, 29)


def test_A13_2_a_last_day_in_the_national_holiday_of_2026_moves_behind_it() -> None:
    """Days 1 to 7 October are off; 10 October, a Saturday, is worked."""
    found = ANHUI.deadline("filing", date(2026, 9, 3))
    assert found is not None
    assert (found.unshifted_day, found.last_day) == (date(2026, 10, 3), date(2026, 10, 8))
    assert last(ANHUI.deadline("filing", date(2026, 9, 10))) == date(2026, 10, 10)


def test_A13_2_a_last_day_in_the_spring_festival_of_2026_moves_behind_it() -> None:
    found = ANHUI.deadline("filing", date(2026, 1, 18))
    assert found is not None
    assert (found.unshifted_day, found.last_day) == (date(2026, 2, 17), date(2026, 2, 24))


def test_A13_2_the_visit_runs_from_receipt() -> None:
    found = BOTH.deadline("filing.visit", date(2026, 3, 10))
    assert found is not None
    assert (found.row.id, found.row.debtor, found.last_day) == ("A13.2.visit", "police", date(2026, 4, 9))


def test_A13_1_a_government_system_has_no_filing_of_A13_2() -> None:
    assert ANHUI.deadline("filing", date(2026, 3, 2), builder="government") is None


def test_N14_a_government_system_files_from_use() -> None:
    found = BOTH.deadline("filing", date(2026, 3, 2), builder="government")
    assert found is not None
    assert [one.row.id for one in found.all] == ["N14.file"]


def test_A28_the_instrument_in_force_on_the_date_of_the_fact() -> None:
    """31 March 2025 knows the province alone, 1 April 2025 both."""
    before = BOTH.deadline("filing", date(2025, 3, 31))
    after = BOTH.deadline("filing", date(2025, 4, 1))
    assert before is not None and after is not None
    assert [one.row.id for one in before.all] == ["A13.2.file"]
    assert [one.row.id for one in after.all] == ["A13.2.file", "N14.file"]
    assert [book.id for book in BOTH.in_force(date(2016, 12, 31))] == []
    assert BOTH.deadline("filing", date(2016, 12, 31)) is None


def test_A13_3_what_stood_before_files_within_60_days_of_the_first_day() -> None:
    assert last(ANHUI.deadline("filing.legacy", date(2016, 12, 31))) == date(2017, 3, 2)
    assert ANHUI.deadline("filing.legacy", date(2017, 1, 1)) is None


def test_N14_what_was_in_use_before_files_within_90_days() -> None:
    assert last(NATIONAL.deadline("filing.legacy", date(2025, 3, 31))) == date(2025, 6, 30)
    assert last(BOTH.deadline("filing.legacy", date(2010, 5, 1))) == date(2017, 3, 2)


def test_A15_the_last_day_of_notice_is_ten_days_ahead_across_the_year_without_a_shift() -> None:
    found = ANHUI.deadline("removal.notice", date(2026, 1, 5))
    assert found is not None
    assert (found.last_day, found.row.direction) == (date(2025, 12, 26), "before")
    assert last(ANHUI.deadline("removal.notice", date(2026, 2, 27))) == date(2026, 2, 17)  # inside the holiday: stays


def test_A15_a_notice_opens_its_tenth_day() -> None:
    found = ANHUI.earliest_day("removal.notice", date(2025, 12, 26))
    assert found is not None
    assert (found.last_day, found.row.id) == (date(2026, 1, 5), "A15.notice")
    assert ANHUI.earliest_day("filing", date(2026, 1, 1)) is None


def test_N9_the_exemption_is_not_undone_by_the_stricter_province() -> None:
    day = date(2026, 3, 2)
    assert NATIONAL.deadline("filing", day, regime="art9") is None
    assert BOTH.deadline("filing", day, regime="art9") is None
    storage = BOTH.retention(day, regime="art9")
    assert (storage.floor_days, storage.kept_days) == (0, 30)
    assert storage.exempt is not None
    found = BOTH.exempt("filing", day, "art9")
    assert found is not None
    assert found.article == "第九条第二款"


def test_N9_the_exemption_binds_neither_the_province_alone_nor_the_time_before_it() -> None:
    day = date(2026, 3, 2)
    assert last(ANHUI.deadline("filing", day, regime="art9")) == date(2026, 4, 1)
    assert BOTH.deadline("filing", date(2025, 3, 3), regime="art9") is not None


def test_a_year_that_is_not_announced_moves_nothing_and_says_so() -> None:
    book = Rulebook((packaged("anhui-2017"),), Unannounced())
    found = book.deadline("filing", date(2026, 1, 18))
    assert found is not None
    assert (found.last_day, found.calendar_known) == (date(2026, 2, 17), False)


def test_A13_2_an_announced_year_moves_its_last_days_again() -> None:
    """Delivered on 2 December 2026 the last day is 1 January 2027, which this version's calendar does not know."""
    delivered = date(2026, 12, 2)
    unknown = ANHUI.deadline("filing", delivered)
    known = rulebook(rest_days="2027-01-01..2027-01-03", work_days="2027-01-09").deadline("filing", delivered)
    assert unknown is not None and known is not None
    assert (unknown.last_day, unknown.calendar_known) == (date(2027, 1, 1), False)
    assert (known.last_day, known.calendar_known) == (date(2027, 1, 4), True)
    calendar = Announced(Unannounced(), parse_days("2027-01-01", ""), parse_days("2027-01-09", ""))
    assert [calendar.working(date(2027, 1, day)) for day in (1, 4, 9, 10)] == [False, True, True, False]
    assert calendar.working(date(2028, 1, 3)) is None


@pytest.mark.parametrize(
    "text", ["2027", "2027-01-03..2027-01-01", "2027-02-30", "x, 2027-01-01", "2027-01-01..2040-01-01"]
)
def test_a_list_of_days_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_days(text, "rest_days")
    assert refused.value.field == "rest_days"


@pytest.mark.parametrize("regime", ["art7", "art9", "non-public"])
@given(day=DAYS)
def test_no_deadline_lies_before_its_trigger_and_no_notice_after_its_event(regime: str, day: date) -> None:
    for duty in {row.duty for row in BOTH.rows() if row.duty}:
        for builder in ("government", "unit"):
            found = BOTH.deadline(duty, day, builder=builder, regime=regime)  # type: ignore[arg-type]  # words of the test
            if found is None:
                continue
            for one in (found, *found.all):
                if one.row.direction == "before":
                    assert one.last_day < one.trigger
                else:
                    assert one.last_day > one.trigger
                    assert one.last_day >= one.unshifted_day
            assert found.last_day == min(one.last_day for one in found.all)


@given(day=st.dates(date(2017, 2, 1), date(2040, 12, 31)))
def test_A15_a_notice_on_its_last_day_opens_the_event_and_none_later(day: date) -> None:
    ahead = last(BOTH.deadline("removal.notice", day))
    assert last(BOTH.earliest_day("removal.notice", ahead)) == day
    assert last(BOTH.earliest_day("removal.notice", ahead + timedelta(days=1))) > day
