"""Filings (备案) with the county's public security organ: article 13 paragraphs 2 and 3, and 799 article 14.

A filing is received as it comes. What lacks is said and may be asked for again; the day of the first receipt alone
decides whether it was in time, whatever is returned afterwards (reading of rows A13.2.file and A13.2.visit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.authority import Act
from mingjian.governance.systems import Party
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId
from mingjian.law.rows import Builder, PaperKind, Regime
from mingjian.law.rulebook import Rulebook


class FilingKind(StrEnum):
    """What is filed."""

    INITIAL = "initial"
    EXISTING = "existing"
    """Of a system that stood before the text was in force (article 13, paragraph 3)."""
    CHANGE = "change"
    """Of what changed in a filed system (799 article 14)."""


DUTIES = {
    FilingKind.INITIAL: "filing",
    FilingKind.EXISTING: "filing.legacy",
    FilingKind.CHANGE: "filing.change",
}
"""The duty of the law that each kind meets."""
VISIT_DUTY = "filing.visit"


class FilingState(StrEnum):
    """Where a filing stands."""

    HELD = "held"
    """No competent organ is on record here: kept, but received by nobody yet."""
    RECEIVED = "received"
    RETURNED = "returned"
    REPLACED = "replaced"
    """Handed in again: the next one refers to it."""
    VISITED = "visited"


class FilingStep(StrEnum):
    """What may happen to a filing."""

    RECEIVE = "receive"
    RETURN = "send_back"
    RESUBMIT = "resubmit"
    VISIT = "visit"


class Row(NamedTuple):
    """One lawful step of a filing."""

    state: FilingState
    step: FilingStep
    next: FilingState
    act: Act


FILING: tuple[Row, ...] = (
    Row(FilingState.HELD, FilingStep.RECEIVE, FilingState.RECEIVED, Act.FILING_RECEIVE),
    Row(FilingState.RECEIVED, FilingStep.VISIT, FilingState.VISITED, Act.VISIT_RECORD),
    Row(FilingState.RECEIVED, FilingStep.RETURN, FilingState.RETURNED, Act.FILING_RETURN),
    Row(FilingState.RECEIVED, FilingStep.RESUBMIT, FilingState.REPLACED, Act.FILING_SUBMIT),
    Row(FilingState.RETURNED, FilingStep.RESUBMIT, FilingState.REPLACED, Act.FILING_SUBMIT),
    Row(FilingState.RETURNED, FilingStep.VISIT, FilingState.VISITED, Act.VISIT_RECORD),
    Row(FilingState.VISITED, FilingStep.RETURN, FilingState.RETURNED, Act.FILING_RETURN),
    Row(FilingState.VISITED, FilingStep.VISIT, FilingState.VISITED, Act.VISIT_RECORD),
)
"""A return stops nothing: the visit stays due, and possible, from the first receipt on."""


def next_filing(state: FilingState, step: FilingStep) -> Row | None:
    """The row that allows `step` now, or None."""
    return next((row for row in FILING if row.state is state and row.step is step), None)


def act_of(step: FilingStep) -> Act:
    """The act that a step is."""
    return next(row.act for row in FILING if row.step is step)


@dataclass(frozen=True, slots=True)
class Devices:
    """How many cameras of one type."""

    kind: str
    count: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class DataSheet:
    """What the filing says: the fields of the basic-facts form and of the national filing site, as texts.

    Its names are those of `forms.FilingSheet`, on which it is printed. Taken when it is handed in, never changed.
    """

    unit_name: str = ""
    unit_code: str = ""
    unit_kind: str = ""
    legal_representative: str = ""
    safety_officer: str = ""
    safety_telephone: str = ""
    agent: str = ""
    agent_telephone: str = ""
    system_name: str = ""
    built_by: str = ""
    place_name: str = ""
    category: str = ""
    address: str = ""
    coordinates: str = ""
    delivered_on: str = ""
    entrances: str = ""
    storage_kind: str = ""
    storage_capacity: str = ""
    retention: str = ""
    network: str = ""
    monitoring_room: str = ""
    duty: str = ""
    accepted_on: str = ""
    acceptance: str = ""
    signs: str = ""
    forbidden_places: str = ""
    cameras: tuple[Devices, ...] = ()
    parties: tuple[Party, ...] = ()


FACT_FIELDS = {
    "unit_facts": ("unit_name", "unit_code"),
    "location": ("address",),
    "devices": ("cameras",),
    "storage_term": ("retention",),
}
"""Which fields of the sheet state a fact that the law asks for (799 article 14)."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One paper of a filing as it was when handed in; the file behind it never changes."""

    paper: str
    """A PaperKind's `paper`, e.g. `design`."""
    attachment: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing. `first` is the one whose receipt decides: itself, or the one that a resubmission goes back to."""

    id: str
    first: str
    unit: UnitId
    system: str
    system_name: str
    territory: str
    sector: str
    kind: FilingKind
    state: FilingState
    sheet: DataSheet
    papers: tuple[HandedIn, ...]
    lacking: tuple[str, ...]
    """The papers and facts, by PaperKind row, that the law asks for and that were not there."""
    submitted: UtcNs
    by: PersonId
    by_name: str
    organ: UnitId | None = None
    """The county organ that received it; None while no organ is on record for the place."""
    number: str = ""
    """Of the receipt: organ, year, serial."""
    year: int = 0
    serial: int = 0
    received_on: date | None = None
    due_on: date | None = None
    """The last day of the unit's own term; None where the law sets none."""
    replaces: str = ""
    returned_on: date | None = None
    return_reason: str = ""
    change: str = ""
    """The recorded decision whose change this filing tells of."""
    national_number: str = ""
    """Of the receipt that the national filing site gave."""
    national_scan: str = ""

    @property
    def in_time(self) -> bool | None:
        """Whether it came within the term; None where there is none, or it was not received yet."""
        if self.due_on is None or self.received_on is None:
            return None
        return self.received_on <= self.due_on


def required(law: Rulebook, on: date, kind: FilingKind, *, builder: Builder, regime: Regime) -> tuple[PaperKind, ...]:
    """The papers and facts that a filing of `kind` must bring: those of the instruments that ask for the filing."""
    asking = {row.instrument for row in law.duties(on, builder=builder, regime=regime) if row.duty == DUTIES[kind]}
    papers = () if kind is FilingKind.CHANGE else law.papers("filing", on)
    return tuple(row for row in (*papers, *law.papers("filing.facts", on)) if row.instrument in asking)


def lacking(rows: Sequence[PaperKind], papers: Sequence[HandedIn], sheet: DataSheet) -> tuple[str, ...]:
    """Those of `rows` that are not there."""
    there = {one.paper for one in papers}
    there |= {fact for fact, names in FACT_FIELDS.items() if all(getattr(sheet, name) for name in names)}
    return tuple(row.id for row in rows if row.paper not in there)


def receipt_number(year: int, serial: int) -> str:
    """As it stands on the receipt; the organ stands beside it, and serials are its own."""
    return f"备收〔{year}〕{serial:04d}号"
