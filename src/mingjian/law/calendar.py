"""Which days people in China work. The State Council announces it year by year; an unknown year stays unknown."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Protocol

import chinese_calendar


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


@lru_cache
def china() -> Calendar:
    """The calendar of the People's Republic: weekends, statutory holidays and the days worked in their stead."""
    return _China()
