"""The construction plan (articles 3, 6, 9): its life as one table of steps, who is what to it, what it lacks.

The people's government organises it, public security of that government compiles it, departments countersign, the
government adopts and publishes. Pages, buttons and the reachability test read `PLAN`; no act has a way of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.authority import Act
from mingjian.governance.organs import Organ, OrganKind, Relation, contains, significant
from mingjian.governance.places import Datum
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

MOST_ITEMS = 1_000
"""Points of one plan: a county names a few hundred places; what is larger is planned by its counties."""
MOST_DEPARTMENTS = 30
"""More than article 4, paragraph 2 names."""


class PlanState(StrEnum):
    """Where a version of the plan stands."""

    DRAFT = "draft"
    CIRCULATED = "circulated"
    ADOPTED = "adopted"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class PlanStep(StrEnum):
    """What may happen to it."""

    COMPILE = "compile"
    CIRCULATE = "circulate"
    COUNTERSIGN = "countersign"
    REVISE = "revise"
    RETURN = "return"
    ADOPT = "adopt"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    GIVE_UP = "give_up"


class PlanRow(NamedTuple):
    """One lawful step; without `act` it follows from another version's publication."""

    state: PlanState
    step: PlanStep
    next: PlanState
    act: Act | None


PLAN: tuple[PlanRow, ...] = (
    PlanRow(PlanState.DRAFT, PlanStep.COMPILE, PlanState.DRAFT, Act.PLAN_COMPILE),
    PlanRow(PlanState.DRAFT, PlanStep.CIRCULATE, PlanState.CIRCULATED, Act.PLAN_COMPILE),
    PlanRow(PlanState.DRAFT, PlanStep.GIVE_UP, PlanState.WITHDRAWN, Act.PLAN_ORGANISE),
    PlanRow(PlanState.CIRCULATED, PlanStep.COUNTERSIGN, PlanState.CIRCULATED, Act.PLAN_COUNTERSIGN),
    PlanRow(PlanState.CIRCULATED, PlanStep.REVISE, PlanState.DRAFT, Act.PLAN_COMPILE),
    PlanRow(PlanState.CIRCULATED, PlanStep.ADOPT, PlanState.ADOPTED, Act.PLAN_ADOPT),
    PlanRow(PlanState.CIRCULATED, PlanStep.RETURN, PlanState.DRAFT, Act.PLAN_ADOPT),
    PlanRow(PlanState.ADOPTED, PlanStep.PUBLISH, PlanState.PUBLISHED, Act.PLAN_PUBLISH),
    PlanRow(PlanState.PUBLISHED, PlanStep.SUPERSEDE, PlanState.SUPERSEDED, None),
)
"""Revised or returned, a plan is circulated again: an opinion is about what its department has read."""

OPEN = frozenset({PlanState.PUBLISHED, PlanState.SUPERSEDED})
"""A published plan may be read by everyone on the installation."""


@dataclass(frozen=True, slots=True)
class UrbanPlan:
    """The urban and rural plan of which the construction plan is part (article 3)."""

    name: str
    number: str
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One place or part to be equipped. Its `id` stays through the versions, so that a system can fulfil it."""

    id: str
    name: str
    kind: str
    """A PlaceKind row of the law."""
    part: str
    """A PlacePart id of the kind; empty: the place as a whole."""
    territory: str
    builder: str
    """`government` or `unit`, as article 9 gives it."""
    reason: str
    """The paragraph of article 9 that says so."""
    place: str = ""
    """The place on record, once there is one."""
    unit: UnitId | None = None
    """Who builds where it is not the government; None while no unit is on record."""
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    cameras: int = 0
    due_on: date | None = None
    """The day that the plan itself sets; the law sets none."""


@dataclass(frozen=True, slots=True)
class Countersign:
    """A department's opinion on what was circulated."""

    organ: UnitId
    by: str
    on: date
    agreed: bool
    opinion: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of the construction plan of one government."""

    id: str
    unit: UnitId
    """The people's government that organises it."""
    territory: str
    title: str
    version: int
    urban_plan: UrbanPlan
    departments: tuple[UnitId, ...]
    created: UtcNs
    state: PlanState = PlanState.DRAFT
    items: tuple[PlanItem, ...] = ()
    countersigns: tuple[Countersign, ...] = ()
    supersedes: str = ""
    """The published version that this one replaces."""
    note: str = ""
    """Why it was returned or revised, or how objections were settled."""
    adoption_number: str = ""
    adopted_on: date | None = None
    published_on: date | None = None


def next_plan(state: PlanState, step: PlanStep) -> PlanRow | None:
    """The row that allows `step` now; None when there is no such way."""
    return next((row for row in PLAN if row.state is state and row.step is step), None)


def possible_plan(state: PlanState) -> list[PlanRow]:
    """The steps from `state` that somebody takes, in the order of the table."""
    return [row for row in PLAN if row.state is state and row.act is not None]


def near(asking: Organ, plan: Plan) -> frozenset[Relation]:
    """What `asking` is to a plan; empty: a stranger.

    Public security of the same government compiles (article 6), that above it supervises; a department is concerned
    where the government named it.
    """
    found = {Relation.OWN} if asking.id == plan.unit else set()
    if asking.kind is OrganKind.PUBLIC_SECURITY and contains(asking.territory, plan.territory):
        same = significant(asking.territory) == significant(plan.territory)
        found.add(Relation.COMPETENT if same else Relation.SUPERIOR)
    elif asking.kind is OrganKind.GOVERNMENT and asking.id != plan.unit and contains(asking.territory, plan.territory):
        found.add(Relation.GOVERNMENT)
    if asking.id in plan.departments:
        found.add(Relation.SECTOR)
    return frozenset(found)


def visible(asking: Organ, plan: Plan) -> frozenset[Relation]:
    """What `asking` is to a version as far as it may be seen; empty: it does not exist for it, unless it is `OPEN`.

    A department sees what was circulated to it, not what is still being drafted.
    """
    found = near(asking, plan)
    drafted = plan.state in (PlanState.DRAFT, PlanState.WITHDRAWN)
    return found - {Relation.SECTOR} if drafted else found


def lacking(plan: Plan, step: PlanStep) -> Reason | None:
    """What the plan lacks for `step`, which its state allows; None when nothing."""
    if step is PlanStep.CIRCULATE and not plan.items:
        return reason("procedure.no-items")
    if step is PlanStep.ADOPT and unsigned(plan):
        return reason("procedure.not-countersigned")
    return None


def unsigned(plan: Plan) -> tuple[UnitId, ...]:
    """The departments whose opinion is still out."""
    signed = {opinion.organ for opinion in plan.countersigns}
    return tuple(organ for organ in plan.departments if organ not in signed)


def objections(plan: Plan) -> tuple[Countersign, ...]:
    """The opinions that do not agree; adoption then says how they were settled."""
    return tuple(opinion for opinion in plan.countersigns if not opinion.agreed)


def item_of(plans: Iterable[Plan], item: str) -> tuple[Plan, PlanItem] | None:
    """The published plan that has `item`, with the item."""
    published = (plan for plan in plans if plan.state is PlanState.PUBLISHED)
    return next(((plan, found) for plan in published for found in plan.items if found.id == item), None)
