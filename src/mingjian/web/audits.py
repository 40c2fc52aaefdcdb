"""The auditor's page: the register counted, the saved questions, and all that the ledger says of one entry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app import audits, register_pages
from mingjian.app.performing import REFUSED
from mingjian.app.records import Actor, RegisterKind
from mingjian.governance.authority import Act
from mingjian.governance.oddities import QUESTIONS, Refusal
from mingjian.kernel.clock import UtcNs
from mingjian.web.forms import MS_NS, Index, Milliseconds, instant_or_none
from mingjian.web.guard import Policy, services_of
from mingjian.web.ledger import LedgerLineOut, allowed, line_out
from mingjian.web.register_query import Asked
from mingjian.web.services import LedgerLine, LedgerQuery, Services

router = APIRouter(prefix="/api/audit", tags=["audit"])
Auditing = Annotated[Actor, Depends(Policy(Act.LEDGER_READ))]
REFUSALS_MOST, PAGE = 2_000, 500
"""Refused acts that one question reads, and how many at once."""
CHAIN_MOST = 200
"""Ledger entries about one register entry; a request of a month of visits has fewer."""
_EPOCH = date(1970, 1, 1)


class CountOut(BaseModel):
    """Entries of one legal day, of one kind, by one organ's people; `organ` is empty for the unit's own."""

    day: str
    kind: RegisterKind
    organ: str
    entries: int


class CountedOrganOut(BaseModel):
    """An organ that was counted."""

    id: str
    name: str


class SummaryOut(BaseModel):
    """What was asked, counted. `entry` is the ledger's about this question."""

    entry: int
    from_ms: int
    to_ms: int
    counts: list[CountOut]
    organs: list[CountedOrganOut]


class QuestionOut(BaseModel):
    """A saved question with the figures that it goes by."""

    name: str
    figures: dict[str, int]


class OddityOut(BaseModel):
    """One finding. `entries` are indices of the register, or of the ledger where acts were refused."""

    person: str
    name: str
    at_ms: int
    entries: list[int]
    count: int
    request: str
    number: str


class AnswerOut(BaseModel):
    """What a saved question found. `cut`: there was more than one answer reads."""

    entry: int
    question: QuestionOut
    from_ms: int
    to_ms: int
    found: list[OddityOut]
    cut: bool


@router.post("/summaries", operation_id="summarise_register", status_code=201)
def summarise_register(request: Request, actor: Auditing, query: Asked) -> SummaryOut:
    """Counts what the same question lists, by legal day, kind and organ; enters that it was asked."""
    services = services_of(request)
    found = audits.summary(services.store, services.law, actor=actor, clock=services.clock, query=query)
    return SummaryOut(
        entry=found.entry,
        from_ms=found.period.start // MS_NS,
        to_ms=found.period.end // MS_NS,
        counts=[
            CountOut(day=_day(one.day), kind=one.kind, organ=one.organ or "", entries=one.entries)
            for one in found.counted
        ],
        organs=[
            CountedOrganOut(id=organ, name=name) for organ, name in sorted(found.organs.items(), key=lambda one: one[1])
        ],
    )


@router.get("/questions", operation_id="list_audit_questions")
def list_audit_questions(request: Request, actor: Auditing) -> list[QuestionOut]:
    allowed(request, actor)
    return [QuestionOut(name=one.name, figures=dict(one.figures)) for one in QUESTIONS]


@router.post("/questions/{question}", operation_id="ask_audit_question", status_code=201)
def ask_audit_question(
    request: Request,
    question: str,
    actor: Auditing,
    from_ms: Milliseconds | None = None,
    to_ms: Milliseconds | None = None,
) -> AnswerOut:
    """Asks one of the saved questions of a month at most; enters that it was asked."""
    services = allowed(request, actor)
    since, until = instant_or_none(from_ms), instant_or_none(to_ms)
    period = audits.asked_period(since, until, services.clock.now())
    answer = audits.question(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        name=question,
        since=since,
        until=until,
        refusals=_refusals(services, actor, period.start, period.end),
    )
    return AnswerOut(
        entry=answer.entry,
        question=QuestionOut(name=answer.question.name, figures=dict(answer.question.figures)),
        from_ms=answer.period.start // MS_NS,
        to_ms=answer.period.end // MS_NS,
        found=[
            OddityOut(
                person=one.person,
                name=answer.names.get(one.person, one.person),
                at_ms=one.at // MS_NS,
                entries=list(one.entries),
                count=one.count,
                request=one.request,
                number=one.number,
            )
            for one in answer.oddities
        ],
        cut=answer.cut,
    )


@router.get("/entries/{entry}/chain", operation_id="read_entry_chain")
def read_entry_chain(request: Request, entry: Index, actor: Auditing) -> list[LedgerLineOut]:
    """The ledger entries that the auditor may read about a register entry, its request and its visit, oldest first."""
    services = allowed(request, actor)
    found = register_pages.entry_page(services.store, actor=actor, clock=services.clock, index=entry).entry
    lines: dict[int, LedgerLine] = {}
    for subject in filter(None, (found.grant, found.execution, found.request)):
        query = LedgerQuery(limit=CHAIN_MOST, subjects=(subject,))
        lines |= {line.index: line for line in services.ledger.entries(actor.unit, query)}
    return [line_out(lines[index], services) for index in sorted(lines)[:CHAIN_MOST]]


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def _refusals(services: Services, actor: Actor, since: UtcNs, until: UtcNs) -> list[tuple[Refusal, str]]:
    found: list[LedgerLine] = []
    while len(found) < REFUSALS_MOST:
        before = found[-1].index if found else None
        query = LedgerQuery(before=before, limit=PAGE, kind=REFUSED, since=since, until=until)
        page = services.ledger.entries(actor.unit, query)
        found += page
        if len(page) < PAGE:
            break
    return [(Refusal(line.index, line.at, line.actor), line.actor_name or line.actor) for line in found]
