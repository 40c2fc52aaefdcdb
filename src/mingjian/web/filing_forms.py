"""What goes over the wire about filings and visits: forms as people fill them in, answers as pages show them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from mingjian.app import filing_sheets, filings, visits
from mingjian.governance.filing import DataSheet, Devices, Filing, FilingKind, FilingState, HandedIn
from mingjian.governance.systems import Party
from mingjian.governance.visit import ITEMS, ItemSeen, Seen, SiteVisit, cited
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook
from mingjian.web.clocks import ObligationOut, PastActOut
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.steps import StepOut


class DevicesForm(Form):
    """How many cameras of one type."""

    kind: Text
    count: int = Field(ge=1, le=100_000)
    remark: Text = ""


class FilingParty(Form):
    """A firm at work on the system."""

    role: Text
    name: Text
    credit_code: Text = ""
    contact: Text = ""


class SheetForm(Form):
    """The data sheet: what the law and the national filing site ask for."""

    unit_name: Text = ""
    unit_code: Text = ""
    unit_kind: Text = ""
    legal_representative: Text = ""
    safety_officer: Text = ""
    safety_telephone: Text = ""
    agent: Text = ""
    agent_telephone: Text = ""
    system_name: Text = ""
    built_by: Text = ""
    place_name: Text = ""
    category: Text = ""
    address: Text = ""
    coordinates: Text = ""
    delivered_on: Text = ""
    entrances: Text = ""
    storage_kind: Text = ""
    storage_capacity: Text = ""
    retention: Text = ""
    network: Text = ""
    monitoring_room: Text = ""
    duty: Text = ""
    accepted_on: Text = ""
    acceptance: Text = ""
    signs: Text = ""
    forbidden_places: Text = ""
    cameras: list[DevicesForm] = Field(default_factory=list, max_length=filing_sheets.KINDS_MOST)
    parties: list[FilingParty] = Field(default_factory=list, max_length=20)


class FilingForm(Form):
    """A filing to be handed in; `papers` names the attachment of each paper."""

    system: Text
    sheet: SheetForm
    papers: dict[Text, Text] = Field(default_factory=dict, max_length=filings.PAPERS_MOST)
    replaces: Text = ""
    change: Text = ""


class ReceiveForm(Form):
    """The day on which a kept filing came in."""

    received_on: Day


class ReturnForm(Form):
    """Why a filing is returned."""

    reason: Text


class NationalForm(Form):
    """The receipt that the national filing site gave."""

    number: Text
    scan: Text = ""


class OfficerForm(Form):
    """An officer with the number of the work ID shown."""

    name: Text
    work_id: Text = ""


class ItemForm(Form):
    """What was found about one item."""

    item: Text
    seen: Annotated[Seen, Field(strict=False)]
    note: Text = ""


class VisitForm(Form):
    """A visit, as written on the place. `key` is the draft's own name: sent twice, it is one visit."""

    key: Text
    on: Day
    officers: list[OfficerForm] = Field(max_length=visits.OFFICERS_MOST)
    present: Text = ""
    items: list[ItemForm] = Field(default_factory=list, max_length=len(ITEMS))
    guidance: Text
    conclusion: Text = ""
    photographs: list[Text] = Field(max_length=visits.PHOTOGRAPHS[1])


class PaperOut(BaseModel):
    """A paper as it was handed in."""

    paper: str
    attachment: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str


class RequiredOut(BaseModel):
    """A paper or fact that the law asks for."""

    row: str
    paper: str
    name: str
    name_en: str
    article: str
    instrument: str
    is_fact: bool
    """Stated on the data sheet, not by a file."""
    lacking: bool


class FilingLine(BaseModel):
    """A filing in a list."""

    id: str
    first: str
    number: str
    unit: str
    unit_name: str
    system: str
    system_name: str
    kind: FilingKind
    state: FilingState
    lacking: int
    submitted_ms: int
    received_on: date | None
    due_on: date | None
    in_time: bool | None
    replaces: str
    visit: ObligationOut | None = None


class VisitOut(BaseModel):
    """A site visit with its guidance."""

    id: str
    filing: str
    on: date
    officers: list[OfficerForm]
    present: str
    items: list[ItemOut]
    guidance: str
    conclusion: str
    photographs: list[str]
    recorded_ms: int


class ItemOut(BaseModel):
    """An item with its row of the law and what was found."""

    item: str
    name: str
    name_en: str
    article: str
    row: str
    seen: Seen
    note: str


class FilingOut(FilingLine):
    """A filing's page."""

    organ_name: str
    today: date
    sheet: SheetForm
    papers: list[PaperOut]
    required: list[RequiredOut]
    return_reason: str
    returned_on: date | None
    change: str
    by_name: str
    national_number: str
    national_scan: str
    steps: list[StepOut]
    visits: list[VisitOut]
    items: list[ItemOut]
    """What a visit looks at."""
    officers_needed: int
    history: list[PastActOut]


class DraftOut(BaseModel):
    """The form, filled from the record."""

    system: str
    system_name: str
    kind: FilingKind
    organ_name: str
    sheet: SheetForm
    required: list[RequiredOut]
    papers: list[PaperOut]
    due_on: date | None
    today: date
    replaces: str
    change: str


def filing_line(one: Filing, visit: ObligationOut | None = None) -> FilingLine:
    """A filing as lists show it."""
    return FilingLine(
        id=one.id,
        first=one.first,
        number=one.number,
        unit=one.unit,
        unit_name=one.sheet.unit_name,
        system=one.system,
        system_name=one.system_name,
        kind=one.kind,
        state=one.state,
        lacking=len(one.lacking),
        submitted_ms=milliseconds(one.submitted) or 0,
        received_on=one.received_on,
        due_on=one.due_on,
        in_time=one.in_time,
        replaces=one.replaces,
        visit=visit,
    )


def visit_out(one: SiteVisit, law: Rulebook) -> VisitOut:
    """A visit as pages show it."""
    return VisitOut(
        id=one.id,
        filing=one.filing,
        on=one.on,
        officers=[OfficerForm(name=officer.name, work_id=officer.work_id) for officer in one.officers],
        present=one.present,
        items=[item_out(seen, law) for seen in one.items],
        guidance=one.guidance,
        conclusion=one.conclusion,
        photographs=list(one.photographs),
        recorded_ms=milliseconds(one.recorded) or 0,
    )


def item_out(seen: ItemSeen, law: Rulebook) -> ItemOut:
    """One matter of a visit, with the row that asks for it."""
    item = next(item for item in ITEMS if item.id == seen.item)
    row = cited(law, item)
    return ItemOut(
        item=item.id,
        name=item.name,
        name_en=item.name_en,
        article=row.article if row is not None else "",
        row=row.id if row is not None else "",
        seen=seen.seen,
        note=seen.note,
    )


def required(row: PaperKind, lacks: bool) -> RequiredOut:
    """A paper or fact that is asked for, and whether it lacks."""
    return RequiredOut(
        row=row.id,
        paper=row.paper,
        name=row.name,
        name_en=row.name_en,
        article=row.article,
        instrument=row.instrument,
        is_fact=row.act != "filing",
        lacking=lacks,
    )


def paper(one: HandedIn) -> PaperOut:
    """A paper as it was handed in."""
    return PaperOut.model_validate(one, from_attributes=True)


def sheet_of(form: SheetForm) -> DataSheet:
    """The sheet as the form says it."""
    texts = form.model_dump(exclude={"cameras", "parties"})
    return DataSheet(
        **texts,
        cameras=tuple(Devices(one.kind, one.count, one.remark) for one in form.cameras),
        parties=tuple(Party(one.role, one.name, one.credit_code, one.contact) for one in form.parties),
    )


def sheet_out(sheet: DataSheet) -> SheetForm:
    """The sheet as the form shows it."""
    return SheetForm.model_validate(
        {
            **{name: getattr(sheet, name) for name in SheetForm.model_fields if name not in ("cameras", "parties")},
            "cameras": [{"kind": one.kind, "count": one.count, "remark": one.remark} for one in sheet.cameras],
            "parties": [
                {"role": one.role, "name": one.name, "credit_code": one.credit_code, "contact": one.contact}
                for one in sheet.parties
            ],
        }
    )


FilingOut.model_rebuild()
