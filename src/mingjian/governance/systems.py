"""The life of a video system as one table of steps (articles 6, 9, 11, 13, 15, 16 and 799 article 14).

Pages, buttons, diagrams and reachability tests read `LIFE`; no act has a way of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.authority import Act
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class Builder(StrEnum):
    """Who builds by article 9: the people's government (paragraph 1) or the unit (paragraph 2)."""

    GOVERNMENT = "government"
    UNIT = "unit"


class Life(StrEnum):
    """Where a system stands."""

    PLANNED = "planned"
    DESIGNED = "designed"
    BUILT = "built"
    ACCEPTED = "accepted"
    IN_USE = "in_use"
    FILED = "filed"
    NOTICED = "noticed"
    TAKEN_DOWN = "taken_down"
    DISPOSED = "disposed"
    RETIRED = "retired"


class LifeStep(StrEnum):
    """What may happen to a system."""

    DESIGN = "design"
    BUILD = "build"
    ACCEPT = "accept"
    FAIL = "fail"
    USE = "use"
    DELIVER = "deliver"
    FILE = "file"
    CHANGE = "change"
    NOTICE = "notice"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take_down"
    REMOVED = "removed"
    """Taken down without notice: a fact that is put on record, and a finding."""
    DISPOSE = "dispose"
    RETIRE = "retire"


class Row(NamedTuple):
    """One lawful step. None in `builder` or `filed`: for both."""

    state: Life
    step: LifeStep
    next: Life
    act: Act
    builder: Builder | None = None
    filed: bool | None = None


LIFE: tuple[Row, ...] = (
    Row(Life.PLANNED, LifeStep.DESIGN, Life.DESIGNED, Act.SYSTEM_DESIGN),
    Row(Life.DESIGNED, LifeStep.BUILD, Life.BUILT, Act.SYSTEM_BUILD),
    Row(Life.BUILT, LifeStep.ACCEPT, Life.ACCEPTED, Act.SYSTEM_ACCEPT, Builder.GOVERNMENT),
    Row(Life.BUILT, LifeStep.FAIL, Life.DESIGNED, Act.SYSTEM_ACCEPT, Builder.GOVERNMENT),
    Row(Life.ACCEPTED, LifeStep.USE, Life.IN_USE, Act.SYSTEM_USE, Builder.GOVERNMENT),
    Row(Life.BUILT, LifeStep.DELIVER, Life.IN_USE, Act.SYSTEM_USE, Builder.UNIT),
    Row(Life.IN_USE, LifeStep.FILE, Life.FILED, Act.FILING_SUBMIT),
    Row(Life.FILED, LifeStep.FILE, Life.FILED, Act.FILING_SUBMIT),
    Row(Life.IN_USE, LifeStep.CHANGE, Life.IN_USE, Act.SYSTEM_CHANGE),
    Row(Life.FILED, LifeStep.CHANGE, Life.FILED, Act.SYSTEM_CHANGE),
    Row(Life.IN_USE, LifeStep.NOTICE, Life.NOTICED, Act.REMOVAL_NOTICE),
    Row(Life.FILED, LifeStep.NOTICE, Life.NOTICED, Act.REMOVAL_NOTICE),
    Row(Life.NOTICED, LifeStep.TAKE_DOWN, Life.TAKEN_DOWN, Act.SYSTEM_TAKE_DOWN),
    Row(Life.NOTICED, LifeStep.WITHDRAW, Life.FILED, Act.REMOVAL_NOTICE, filed=True),
    Row(Life.NOTICED, LifeStep.WITHDRAW, Life.IN_USE, Act.REMOVAL_NOTICE, filed=False),
    Row(Life.IN_USE, LifeStep.REMOVED, Life.TAKEN_DOWN, Act.SYSTEM_TAKE_DOWN),
    Row(Life.FILED, LifeStep.REMOVED, Life.TAKEN_DOWN, Act.SYSTEM_TAKE_DOWN),
    Row(Life.TAKEN_DOWN, LifeStep.DISPOSE, Life.DISPOSED, Act.REMOVAL_SUPERVISE),
    Row(Life.DISPOSED, LifeStep.RETIRE, Life.RETIRED, Act.SYSTEM_RETIRE),
)
"""A government system cannot be in use without a passed acceptance (A13.1): no row leads there. Taking down waits for
nobody (A15): the police supervise the disposal, and their not coming shows on their own clock."""


@dataclass(frozen=True, slots=True)
class Party:
    """A firm at work on a system: chosen freely by the unit (article 12)."""

    role: str
    """`commissioning`, `design`, `construction`, `supervision`, `testing`, `maintenance`."""
    name: str
    credit_code: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class VideoSystem:
    """A public security video system (公共安全视频图像信息系统) at one place."""

    id: str
    unit: UnitId
    place: str
    name: str
    builder: Builder
    reason: str
    """The row of the law by which this builder is responsible, e.g. `A9.1`."""
    territory: str
    """Of its place: competence follows it."""
    sector: str
    created: UtcNs
    state: Life = Life.PLANNED
    dates: Mapping[str, date] = field(default_factory=dict)
    """The day of each step taken, by `LifeStep` (the last one of a repeated step), in the instrument's zone."""
    parties: tuple[Party, ...] = ()
    purpose: str = ""
    plan_item: str = ""
    """The item of the construction plan it fulfils (article 6)."""
    existing: bool = False
    """Built before the regulation came into force (article 13, paragraph 3)."""


def next_life(state: Life, step: LifeStep, *, builder: Builder, filed: bool) -> Row | None:
    """The row that allows `step` now; None when the law knows no such way."""
    return next((row for row in possible(state, builder=builder, filed=filed) if row.step is step), None)


def possible(state: Life, *, builder: Builder, filed: bool) -> list[Row]:
    """The lawful steps from `state`, in the order of the table."""
    return [row for row in LIFE if row.state is state and row.builder in (None, builder) and row.filed in (None, filed)]
