"""Obligations with their clocks: what somebody owes by a row of the law, since when, until which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class Standing(StrEnum):
    """How an obligation stands (义务的状态)."""

    MET = "met"
    DUE = "due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    BREACHED = "breached"
    """Met, but after its last day."""
    NOT_MEASURED = "not_measured"
    """Without a day in the law, or not yet triggered: nobody is late."""
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty of one debtor about one object. `trigger_on` and `row` let a new version of the law reckon again."""

    id: str
    duty: str
    """The duty's key in the law, e.g. `filing`, `site_visit`."""
    row: str
    """The row whose day is the earliest, e.g. `A13.2.file`."""
    instrument: str
    unit: UnitId
    """Who owes it: a unit or an organ."""
    owner: UnitId
    """Whose object it concerns."""
    subject_kind: str
    """`system`, `place`, `filing`, `removal`, `plan_item`, …"""
    subject: str
    subject_name: str
    trigger_on: date
    due_on: date | None
    """Its last day; None where the law sets none."""
    opened: UtcNs
    calendar_known: bool = True
    """False: the holidays of the due year are not published yet, the day may move back."""
    met_on: date | None = None
    met_entry: int | None = None
    """Ledger index of the act that met it."""
    dropped: str = ""
    """Why it does not apply any more."""
    builder: str = "unit"
    """With `regime`, what the law is asked for when the day is reckoned again."""
    regime: str = "art7"
    territory: str = ""
    """Where it is owed, by the place: what organs of an area count by."""
    sector: str = ""


def standing(obligation: Obligation, today: date, *, soon_days: int) -> Standing:
    """How it stands on `today`, its last day included. `soon_days` comes from the instrument."""
    if obligation.dropped:
        return Standing.NOT_APPLICABLE
    if obligation.due_on is None:
        return Standing.MET if obligation.met_on is not None else Standing.NOT_MEASURED
    if obligation.met_on is not None:
        return Standing.MET if obligation.met_on <= obligation.due_on else Standing.BREACHED
    left = (obligation.due_on - today).days
    return Standing.OVERDUE if left < 0 else Standing.DUE_SOON if left <= soon_days else Standing.DUE


class FindingState(StrEnum):
    """Where a finding stands; supervision takes it further."""

    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class LegalFinding:
    """Something that does not accord with the law (检查发现): a fact with its row, no verdict about anyone."""

    id: str
    code: str
    """What was found, e.g. `removal.short-notice`."""
    row: str
    unit: UnitId
    """Whom it concerns."""
    owner: UnitId
    territory: str
    subject_kind: str
    subject: str
    subject_name: str
    text: str
    text_en: str
    found: UtcNs
    state: FindingState = FindingState.OPEN
    settled: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """An immutable file in the installation's keeping: `sha256` names its content, the row never changes."""

    id: str
    unit: UnitId
    subject_kind: str
    subject: str
    kind: str
    """A PaperKind id, or `photograph`, `reference_picture`, `floor_plan`, `sign`…"""
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    at: UtcNs
