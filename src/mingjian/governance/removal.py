"""Removal of a system (拆除): notice, taking down, supervised disposal of stored data (article 15).

Nothing here waits for the police: a notice is received as it comes, a short one is marked, a removal without notice is
recorded as what it is. The verdict on a day is a pure function of the notice and the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId

NOTICE_DUTY = "removal.notice"
SUPERVISION_DUTY = "removal.supervision"


class RemovalState(StrEnum):
    """Where a removal stands."""

    NOTICED = "noticed"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"
    DISPOSED = "disposed"


class Supervision(StrEnum):
    """The suitable form (适当形式) that the police chose."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    WRITTEN = "written"


class DataFate(StrEnum):
    """What happened to the stored data; each keeps what is inside its term."""

    KEPT_BY_UNIT = "kept_by_unit"
    """Stays with the unit on its own disks until its term ends."""
    MOVED = "moved"
    """Moved whole to another system of the unit."""
    HANDED_OVER = "handed_over"
    """A copy of what a case needs was handed over by a lawful release; the rest stays for its term."""


@dataclass(frozen=True, slots=True)
class Disposal:
    """The supervised disposal of the stored data."""

    on: date
    form: Supervision
    fate: DataFate
    officers: tuple[str, ...]
    result: str
    organ: UnitId
    by: PersonId


@dataclass(frozen=True, slots=True)
class Removal:
    """One removal from notice to disposal. Without notice, `noticed_on` is None."""

    id: str
    unit: UnitId
    system: str
    system_name: str
    territory: str
    sector: str
    state: RemovalState
    ground: str
    """The objective conditions that changed."""
    data_plan: str
    recorded: UtcNs
    by: PersonId
    by_name: str
    organ: UnitId | None = None
    number: str = ""
    year: int = 0
    serial: int = 0
    noticed_on: date | None = None
    planned_on: date | None = None
    earliest_on: date | None = None
    """The first day on which taking down is lawful after this notice; None where no instrument in force sets one."""
    taken_down_on: date | None = None
    kept_until: date | None = None
    """Until this day the last footage is inside its term."""
    disposal: Disposal | None = None

    @property
    def short(self) -> bool:
        """Whether the notice gives fewer days than the law asks for."""
        return self.planned_on is not None and self.earliest_on is not None and self.planned_on < self.earliest_on


class Unlawful(StrEnum):
    """What is wrong with a removal; each is the code of a finding."""

    SHORT_NOTICE = "removal.short-notice"
    EARLY = "removal.early"
    """Taken down before the earliest lawful day."""
    BEFORE_PLANNED = "removal.before-planned"
    """Taken down in time, but before the day that the notice named."""
    NO_NOTICE = "removal.no-notice"
    """No notice at all: a lead to article 24, item 3."""


def on_taking_down(removal: Removal, day: date) -> frozenset[Unlawful]:
    """What taking down on `day` is found to be; a short notice whose term was kept after all is not among it."""
    if removal.noticed_on is None:
        return frozenset({Unlawful.NO_NOTICE})
    if removal.earliest_on is not None and day < removal.earliest_on:
        return frozenset({Unlawful.EARLY})
    if removal.planned_on is not None and day < removal.planned_on:
        return frozenset({Unlawful.BEFORE_PLANNED})
    return frozenset()


def notice_number(year: int, serial: int) -> str:
    """As it stands on the stamped notice; serials are the receiving organ's."""
    return f"拆通收〔{year}〕{serial:04d}号"
