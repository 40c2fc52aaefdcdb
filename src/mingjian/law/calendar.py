"""Which days people in China work. The State Council announces it year by year; an unknown year stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

import chinese_calendar

from mingjian.kernel.errors import Invalid

MOST_DAYS = 1_000
"""Of one list: a year has some thirty days of rest beside its weekends and half a dozen worked in their stead."""
_DAY = timedelta(days=1)


class Calendar(Protocol):
    """Working days and days of rest."""

    def working(self, day: date) -> bool | None:
        """Whether `day` is worked; None where the State Council has not announced that year yet."""
        ...


class _China:
    """The announced days from 2004 on, as the `chinesecalendar` library carries them."""

    def working(self, day: date) -> bool | None:
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return None


@dataclass(frozen=True, slots=True)
class Announced:
    """A calendar with years that were announced after it was made: each year of `rest` is then known whole.

    What `base` knows stays: nobody changes a year that has its official days.
    """

    base: Calendar
    rest: frozenset[date]
    worked: frozenset[date] = frozenset()

    def working(self, day: date) -> bool | None:
        known = self.base.working(day)
        if known is not None or all(day.year != one.year for one in self.rest):
            return known
        return day in self.worked or (day not in self.rest and day.weekday() < 5)


def parse_days(text: str, field: str) -> frozenset[date]:
    """`2027-01-01..2027-01-03, 2027-02-05`: days and spans of days. Raises Invalid naming `field`."""
    found: set[date] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, _, last = part.partition("..")
        try:
            day, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
            while day <= end and len(found) <= MOST_DAYS:
                found.add(day)
                day += _DAY
        except (ValueError, OverflowError) as error:
            raise _unreadable(field, part) from error
        if end < date.fromisoformat(first.strip()) or len(found) > MOST_DAYS:
            raise _unreadable(field, part)
    return frozenset(found)


def _unreadable(field: str, part: str) -> Invalid:
    return Invalid(
        "law.days-listed",
        f"{field} 中的“{part[:40]}”不是日期或者日期段",
        text_en=f"{part[:40]!r} in {field} is neither a day nor a span of days",
        remedy="按 2027-01-01..2027-01-03, 2027-02-05 的写法列出",
        remedy_en="List them like 2027-01-01..2027-01-03, 2027-02-05",
        field=field,
    )


@lru_cache
def china() -> Calendar:
    """The calendar of the People's Republic: weekends, statutory holidays and the days worked in their stead."""
    return _China()
