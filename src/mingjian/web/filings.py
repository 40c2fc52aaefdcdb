"""Filings and site visits: handed in by the unit, received, returned and visited by the county's organ of the place."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import filing_papers, filings, life_papers, visits
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.governance.filing import DataSheet, Devices, Filing, FilingKind, FilingState, HandedIn
from mingjian.governance.obligations import Obligation
from mingjian.governance.systems import Party
from mingjian.governance.visit import ITEMS, ItemSeen, Seen, SiteVisit, VisitOfficer, cited
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook
from mingjian.web.clocks import ObligationOut, PastActOut, obligation_out, past_act
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed
from mingjian.web.steps import StepOut, steps_of

router = APIRouter(prefix="/api/filings", tags=["filings"])
Listing = Annotated[Actor, Depends(Policy(Act.FILING_LIST))]
Submitting = Annotated[Actor, Depends(Policy(Act.FILING_SUBMIT))]


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
    cameras: list[DevicesForm] = Field(default_factory=list, max_length=filings.KINDS_MOST)
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


@router.get("", operation_id="list_filings")
def list_filings(request: Request, actor: Listing) -> list[FilingLine]:
    services = services_of(request)
    found = filings.listed(services.store, actor=actor, clock=services.clock)
    today = services.law.day(services.clock.now())
    return [filing_line(one, _visit(visit, services.law, today, actor)) for one, visit in found]


@router.get("/draft", operation_id="draft_filing")
def draft_filing(
    request: Request,
    actor: Submitting,
    system: Annotated[Text, Query()],
    replaces: Annotated[Text, Query()] = "",
    change: Annotated[Text, Query()] = "",
) -> DraftOut:
    """What a filing of the system would say now: taken from the record, from earlier filings, from kept papers."""
    services = services_of(request)
    draft = filings.draft(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        system=system,
        replaces=replaces,
        change=change,
    )
    there = {one.paper for one in draft.papers}
    return DraftOut(
        system=draft.system.id,
        system_name=draft.system.name,
        kind=draft.kind,
        organ_name=draft.organ_name,
        sheet=_sheet_out(draft.sheet),
        required=[_required(row, row.paper not in there and row.act == "filing") for row in draft.required],
        papers=[_paper(one) for one in draft.papers],
        due_on=draft.due_on,
        today=draft.today,
        replaces=draft.replaces,
        change=draft.change,
    )


@router.post("", operation_id="submit_filing", status_code=201)
def submit_filing(request: Request, form: FilingForm, actor: Submitting) -> FilingLine:
    """Hand in a filing. It is received as it is; the answer says how many papers and facts lack."""
    services = services_of(request)
    filed = filings.submit(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        system=form.system,
        sheet=_sheet(form.sheet),
        papers=form.papers,
        replaces=form.replaces,
        change=form.change,
    )
    return filing_line(filed)


@router.get("/{filing}", operation_id="read_filing")
def read_filing(request: Request, filing: str, actor: Listing) -> FilingOut:
    services = services_of(request)
    law = services.law
    seen = filings.view(services.store, actor=actor, clock=services.clock, law=law, filing=filing)
    found = seen.filing
    return FilingOut(
        **{
            **filing_line(found, _visit(seen.visit_due, law, seen.today, actor)).model_dump(),
            "organ_name": seen.organ_name,
            "today": seen.today,
            "sheet": _sheet_out(found.sheet),
            "papers": [_paper(one) for one in found.papers],
            "required": [_required(row, row.id in found.lacking) for row in seen.required],
            "return_reason": found.return_reason,
            "returned_on": found.returned_on,
            "change": found.change,
            "by_name": found.by_name,
            "national_number": found.national_number,
            "national_scan": found.national_scan,
            "steps": steps_of(seen.steps),
            "visits": [visit_out(one, law) for one in seen.visits],
            "items": [_item(ItemSeen(item.id, Seen.NOT_SEEN), law) for item in ITEMS],
            "officers_needed": visits.officers_needed(law),
            "history": [past_act(one) for one in seen.history],
        }
    )


@router.get(
    "/{filing}/receipt.pdf",
    operation_id="print_receipt",
    response_class=Response,
    responses=PRINTED,
)
def print_receipt(request: Request, filing: str, actor: Listing, language: Spoken = Language.ZH) -> Response:
    """The receipt, for keeping: number, day, papers with their hashes, what lacks and what follows."""
    services = services_of(request)
    paper = filing_papers.receipt_of(
        services.store, actor=actor, clock=services.clock, law=services.law, filing=filing, language=language
    )
    return printed(services, paper, f"receipt-{filing}")


@router.get(
    "/{filing}/form.pdf",
    operation_id="print_filing",
    response_class=Response,
    responses=PRINTED,
)
def print_filing(request: Request, filing: str, actor: Listing, language: Spoken = Language.ZH) -> Response:
    """The filing form as it was handed in, to be signed and sealed."""
    services = services_of(request)
    paper = filing_papers.form_of(
        services.store, actor=actor, clock=services.clock, law=services.law, filing=filing, language=language
    )
    return printed(services, paper, f"filing-{filing}")


@router.get(
    "/{filing}/visit.pdf",
    operation_id="print_visit",
    response_class=Response,
    responses=PRINTED,
)
def print_visit(
    request: Request, filing: str, actor: Listing, visit: Text = "", language: Spoken = Language.ZH
) -> Response:
    """The record of one visit with its photographs; of the latest unless `visit` names another."""
    services = services_of(request)
    paper, pictures = life_papers.visit_of(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        law=services.law,
        filing=filing,
        visit=visit,
        language=language,
    )
    return printed(services, paper, f"visit-{filing}", pictures)


@router.post("/{filing}/take-over", operation_id="take_over_filing")
def take_over_filing(
    request: Request, filing: str, form: ReceiveForm, actor: Annotated[Actor, Depends(Policy(Act.FILING_RECEIVE))]
) -> FilingLine:
    """Take over a filing that was kept while no organ was on record for its place."""
    services = services_of(request)
    return filing_line(
        filings.take_over(
            services.store,
            actor=actor,
            clock=services.clock,
            law=services.law,
            filing=filing,
            received_on=form.received_on,
        )
    )


@router.post("/{filing}/return", operation_id="return_filing")
def return_filing(
    request: Request, filing: str, form: ReturnForm, actor: Annotated[Actor, Depends(Policy(Act.FILING_RETURN))]
) -> FilingLine:
    """Return a filing with reasons; neither its timeliness nor the visit's clock moves."""
    services = services_of(request)
    return filing_line(
        filings.give_back(
            services.store, actor=actor, clock=services.clock, law=services.law, filing=filing, why=form.reason
        )
    )


@router.post("/{filing}/national-receipt", operation_id="keep_national_receipt")
def keep_national_receipt(request: Request, filing: str, form: NationalForm, actor: Submitting) -> FilingLine:
    """Keep the receipt that the national filing site gave."""
    services = services_of(request)
    kept = filings.keep_national_receipt(
        services.store, actor=actor, clock=services.clock, filing=filing, number=form.number, scan=form.scan
    )
    return filing_line(kept)


@router.post("/{filing}/visits", operation_id="record_visit", status_code=201)
def record_visit(
    request: Request, filing: str, form: VisitForm, actor: Annotated[Actor, Depends(Policy(Act.VISIT_RECORD))]
) -> VisitOut:
    """Record a site visit. The same draft sent again is the same visit."""
    services = services_of(request)
    recorded = visits.record(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        filing=filing,
        form=visits.VisitForm(
            key=form.key,
            on=form.on,
            officers=tuple(VisitOfficer(one.name, one.work_id) for one in form.officers),
            present=form.present,
            items=tuple(ItemSeen(one.item, one.seen, one.note) for one in form.items),
            guidance=form.guidance,
            conclusion=form.conclusion,
            photographs=tuple(form.photographs),
        ),
    )
    return visit_out(recorded, services.law)


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
        items=[_item(seen, law) for seen in one.items],
        guidance=one.guidance,
        conclusion=one.conclusion,
        photographs=list(one.photographs),
        recorded_ms=milliseconds(one.recorded) or 0,
    )


def _item(seen: ItemSeen, law: Rulebook) -> ItemOut:
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


def _visit(one: Obligation | None, law: Rulebook, today: date, actor: Actor) -> ObligationOut | None:
    return obligation_out(one, law, today, actor) if one is not None else None


def _required(row: PaperKind, lacks: bool) -> RequiredOut:
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


def _paper(one: HandedIn) -> PaperOut:
    return PaperOut.model_validate(one, from_attributes=True)


def _sheet(form: SheetForm) -> DataSheet:
    texts = form.model_dump(exclude={"cameras", "parties"})
    return DataSheet(
        **texts,
        cameras=tuple(Devices(one.kind, one.count, one.remark) for one in form.cameras),
        parties=tuple(Party(one.role, one.name, one.credit_code, one.contact) for one in form.parties),
    )


def _sheet_out(sheet: DataSheet) -> SheetForm:
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
