"""Filings and site visits: handed in by the unit, received, returned and visited by the county's organ of the place."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from mingjian.app import filing_papers, filings, life_papers, visits
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.governance.obligations import Obligation
from mingjian.governance.visit import ITEMS, ItemSeen, Seen, VisitOfficer
from mingjian.law.rulebook import Rulebook
from mingjian.web.clocks import ObligationOut, obligation_out, past_act
from mingjian.web.filing_forms import (
    DraftOut,
    FilingForm,
    FilingLine,
    FilingOut,
    NationalForm,
    ReceiveForm,
    ReturnForm,
    VisitForm,
    VisitOut,
    filing_line,
    item_out,
    paper,
    required,
    sheet_of,
    sheet_out,
    visit_out,
)
from mingjian.web.forms import Text
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed
from mingjian.web.steps import steps_of

router = APIRouter(prefix="/api/filings", tags=["filings"])
Listing = Annotated[Actor, Depends(Policy(Act.FILING_LIST))]
Submitting = Annotated[Actor, Depends(Policy(Act.FILING_SUBMIT))]


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
        sheet=sheet_out(draft.sheet),
        required=[required(row, row.paper not in there and row.act == "filing") for row in draft.required],
        papers=[paper(one) for one in draft.papers],
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
        sheet=sheet_of(form.sheet),
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
            "sheet": sheet_out(found.sheet),
            "papers": [paper(one) for one in found.papers],
            "required": [required(row, row.id in found.lacking) for row in seen.required],
            "return_reason": found.return_reason,
            "returned_on": found.returned_on,
            "change": found.change,
            "by_name": found.by_name,
            "national_number": found.national_number,
            "national_scan": found.national_scan,
            "steps": steps_of(seen.steps, services.cited),
            "visits": [visit_out(one, law) for one in seen.visits],
            "items": [item_out(ItemSeen(item.id, Seen.NOT_SEEN), law) for item in ITEMS],
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


def _visit(one: Obligation | None, law: Rulebook, today: date, actor: Actor) -> ObligationOut | None:
    return obligation_out(one, law, today, actor) if one is not None else None
