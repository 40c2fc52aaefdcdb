"""Free choice of products and contractors, and the confidential report of designation (article 12; article 27).

The record is the unit's own. No field of it can be written by an official, nothing ranks a vendor, and the report goes
past the organ that it accuses: to the organ above it, or to the supervisory organ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.organs import Organ, OrganKind, contains, significant
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId

SUPERVISION = "supervision"
"""The sector of the supervisory organ (监察机关)."""
MOST_CANDIDATES = 50
"""More firms than answer to one procurement of such a system."""


class Method(StrEnum):
    """How the unit bought."""

    OPEN_TENDER = "open_tender"
    INVITED_TENDER = "invited_tender"
    NEGOTIATION = "negotiation"
    INQUIRY = "inquiry"
    SINGLE_SOURCE = "single_source"
    DIRECT = "direct"


class Object(StrEnum):
    """What was bought: article 12 names products and three kinds of firms."""

    PRODUCTS = "products"
    DESIGN = "design"
    CONSTRUCTION = "construction"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Procurement:
    """What the unit bought, from whom and why, in the unit's own words."""

    id: str
    unit: UnitId
    system: str
    object: Object
    method: Method
    candidates: tuple[str, ...]
    """As the unit wrote them, in its order."""
    chosen: str
    reason: str
    decided_on: date
    contracts: tuple[str, ...]
    """Attachments."""
    by: str
    created: UtcNs


class ReportState(StrEnum):
    """Where a report stands (article 27: order to correct, sanction, transfer)."""

    RECEIVED = "received"
    CORRECTION_ORDERED = "correction_ordered"
    SANCTIONED = "sanctioned"
    TRANSFERRED = "transferred"
    CLOSED = "closed"


class ReportStep(StrEnum):
    """What the receiving organ does with it."""

    ORDER = "order"
    SANCTION = "sanction"
    TRANSFER = "transfer"
    CLOSE = "close"


class ReportRow(NamedTuple):
    """One lawful step of the receiving organ."""

    state: ReportState
    step: ReportStep
    next: ReportState


REPORT: tuple[ReportRow, ...] = (
    ReportRow(ReportState.RECEIVED, ReportStep.ORDER, ReportState.CORRECTION_ORDERED),
    ReportRow(ReportState.RECEIVED, ReportStep.SANCTION, ReportState.SANCTIONED),
    ReportRow(ReportState.RECEIVED, ReportStep.TRANSFER, ReportState.TRANSFERRED),
    ReportRow(ReportState.RECEIVED, ReportStep.CLOSE, ReportState.CLOSED),
    ReportRow(ReportState.CORRECTION_ORDERED, ReportStep.SANCTION, ReportState.SANCTIONED),
    ReportRow(ReportState.CORRECTION_ORDERED, ReportStep.TRANSFER, ReportState.TRANSFERRED),
    ReportRow(ReportState.CORRECTION_ORDERED, ReportStep.CLOSE, ReportState.CLOSED),
    ReportRow(ReportState.SANCTIONED, ReportStep.TRANSFER, ReportState.TRANSFERRED),
    ReportRow(ReportState.SANCTIONED, ReportStep.CLOSE, ReportState.CLOSED),
    ReportRow(ReportState.TRANSFERRED, ReportStep.CLOSE, ReportState.CLOSED),
)
"""An event is a lead, no guilt: it may be closed at once with its reason."""


@dataclass(frozen=True, slots=True)
class Handled:
    """One step taken; `told` is what the reporter may read."""

    step: ReportStep
    by: str
    on: date
    told: str


@dataclass(frozen=True, slots=True)
class DesignationReport:
    """A confidential report that an organ or its staff designated a product or a firm."""

    id: str
    number: str
    """Drawn, not counted: from one number nobody learns how many there are."""
    unit: UnitId
    """The receiving organ: the only one, beside the reporter, for whom it exists."""
    reporter: PersonId
    accused: UnitId
    happened_on: date
    text: str
    created: UtcNs
    state: ReportState = ReportState.RECEIVED
    steps: tuple[Handled, ...] = ()


class Way(StrEnum):
    """To whom a report goes."""

    SUPERIOR = "superior"
    SUPERVISION = "supervision"


def next_report(state: ReportState, step: ReportStep) -> ReportRow | None:
    """The row that allows `step` now; None when there is no such way."""
    return next((row for row in REPORT if row.state is state and row.step is step), None)


def possible_report(state: ReportState) -> list[ReportRow]:
    """The steps from `state`."""
    return [row for row in REPORT if row.state is state]


def recipient(accused: Organ, way: Way, organs: Iterable[Organ]) -> Organ | None:
    """Who receives a report about `accused`: never itself, nor an organ below it. None where none is on record.

    The organ above is the one that the tree names, else public security of the smallest larger area; the supervisory
    organ is the nearest whose area holds the accused's.
    """
    known = {organ.id: organ for organ in organs}
    fit = [organ for organ in known.values() if not _below(organ, accused, known)]
    if way is Way.SUPERIOR:
        named = known.get(accused.parent) if accused.parent is not None else None
        if named is not None and named.kind is not OrganKind.UNIT and named in fit:
            return named
        fit = [organ for organ in fit if organ.kind is OrganKind.PUBLIC_SECURITY and _wider(organ, accused)]
    else:
        fit = [organ for organ in fit if organ.kind is OrganKind.DEPARTMENT and organ.sector == SUPERVISION]
        fit = [organ for organ in fit if contains(organ.territory, accused.territory)]
    return max(fit, key=lambda organ: (len(significant(organ.territory)), organ.id), default=None)


def _wider(organ: Organ, accused: Organ) -> bool:
    holds = contains(organ.territory, accused.territory)
    return holds and significant(organ.territory) != significant(accused.territory)


def _below(organ: Organ, accused: Organ, known: dict[UnitId, Organ]) -> bool:
    """Whether `organ` is the accused or stands under it; a ring in the tree ends the walk."""
    seen: set[UnitId] = set()
    at: Organ | None = organ
    while at is not None and at.id not in seen:
        if at.id == accused.id:
            return True
        seen.add(at.id)
        at = known.get(at.parent) if at.parent is not None else None
    return False
