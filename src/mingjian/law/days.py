"""How legal days are counted (Civil Code arts 200 to 203).

The day of the event is not counted (201). A last day on a day of rest becomes the next working day where the row says
so (203). Counting back, the event's day is not counted either and nothing is shifted: earlier is always safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mingjian.kernel.errors import Invalid
from mingjian.law.calendar import Calendar
from mingjian.law.rows import DayUnit, Direction, Roll

LONGEST_REST_DAYS = 30
"""No announced holiday is longer than nine days; a calendar without any working day must not hang the count."""
MAX_DAYS = 3_660
"""Ten years: the longest term of any rule we know is five."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """The last day, what it was before it was shifted, and whether the calendar knew the days that mattered."""

    last: date
    unshifted: date
    calendar_known: bool


def count(event: date, days: int, *, direction: Direction, unit: DayUnit, roll: Roll, calendar: Calendar) -> Counted:
    """The last day of a term of `days` from `event`. Raises Invalid for a term or a date beyond all calendars.

    In a year that the calendar does not know nothing is shifted, and Monday to Friday count as worked: the earlier
    day is safe for who must act, and `calendar_known` tells whoever judges that it may yet become later.
    """
    if not 0 <= days <= MAX_DAYS:
        raise Invalid(
            "law.days",
            f"期限为 {days} 天，应在 0 至 {MAX_DAYS} 天之间",
            text_en=f"A term of {days} days; it must lie between 0 and {MAX_DAYS}",
            remedy="改正该规则行的 days",
            remedy_en="Correct `days` of the row",
            field="days",
        )
    try:
        if direction == "before":
            return _counted(event, days, -_DAY, unit, calendar)
        counted = _counted(event, days, _DAY, unit, calendar)
        return _rolled(counted, calendar) if roll == "next-working-day" else counted
    except OverflowError as error:
        raise Invalid(
            "law.date",
            f"从 {event} 起 {days} 天超出日历范围",
            text_en=f"{days} days from {event} lie beyond the calendar",
            remedy="核对日期的年份",
            remedy_en="Check the year of the date",
            field="date",
        ) from error


def _counted(event: date, days: int, step: timedelta, unit: DayUnit, calendar: Calendar) -> Counted:
    if unit == "calendar":
        last = event + step * days
        return Counted(last, last, calendar_known=True)
    known, day, left = True, event, days
    while left:
        day += step
        worked = calendar.working(day)
        known = known and worked is not None
        left -= worked if worked is not None else day.weekday() < 5
    return Counted(day, day, known)


def _rolled(counted: Counted, calendar: Calendar) -> Counted:
    day = counted.last
    for _ in range(LONGEST_REST_DAYS):
        worked = calendar.working(day)
        if worked is None:
            return Counted(counted.last, counted.unshifted, calendar_known=False)
        if worked:
            return Counted(day, counted.unshifted, counted.calendar_known)
        day += _DAY
    return Counted(counted.last, counted.unshifted, calendar_known=False)
