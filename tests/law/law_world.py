"""The packaged books, whole and one by one, and a calendar that knows nothing."""

from __future__ import annotations

from datetime import date

from mingjian.bootstrap.law import packaged, rulebook
from mingjian.law.calendar import china
from mingjian.law.rulebook import Rulebook

BOTH = rulebook()
ANHUI = Rulebook((packaged("anhui-2017"),), china())
NATIONAL = Rulebook((packaged("cn-799-2025"),), china())


class Unannounced:
    """A calendar before the State Council has said anything."""

    def working(self, day: date) -> bool | None:
        return None
