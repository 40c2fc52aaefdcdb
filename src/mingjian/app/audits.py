"""The auditor's view of the register: how much was seen, and the questions that he asks again and again.

To look at who looked is an act like any other: each summary and each question leaves its entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mingjian.app.performing import Performance, performing
from mingjian.app.ports import Store
from mingjian.app.records import Actor, RegisterEntry, RegisterKind
from mingjian.app.register_pages import asked_facts
from mingjian.app.register_ports import Counted, RegisterQuery
from mingjian.governance.authority import Act
from mingjian.governance.oddities import QUESTIONS, Look, Oddity, Question, Refusal, Seen, Unreported
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import PersonId, UnitId
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook

USUAL_DAYS, MOST_DAYS = 30, 92
"""Without a period the last thirty days; a quarter of a year is what one answer counts within a second."""
QUESTION_DAYS = 31
LOOKS_MOST = 20_000
"""Looks that one question reads: a busy week of a unit with hundreds of cameras. An answer to more says it is cut."""
ODDITIES_MOST = 200
PAGE = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """What a question to the register found, counted; `entry` is the ledger's about the question."""

    entry: int
    period: Period
    counted: Sequence[Counted]
    organs: Mapping[UnitId, str]
    """The names of the organs counted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a saved question found in a period. `cut`: there was more than one answer reads."""

    entry: int
    question: Question
    period: Period
    oddities: Sequence[Oddity]
    names: Mapping[str, str]
    """Of the people found, as the register has them."""
    cut: bool


def summary(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, query: RegisterQuery) -> Summary:
    """Counts what began in the asked period, else in the last thirty days. Raises Invalid for more than a quarter."""
    with performing(store, Act.LEDGER_READ, actor.unit, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        period = _period(query.since, query.until, doing.now, MOST_DAYS)
        asked = replace(query, since=period.start, until=period.end, before=None)
        counted = doing.uow.register.counted(doing.person.unit, asked, law.ahead_of_utc())
        facts = {**asked_facts(asked), "entries": sum(one.entries for one in counted)}
        index = doing.enter("register.summarised", doing.person.unit, facts)
        organs = {one.organ for one in counted if one.organ is not None}
        found = {organ: doing.uow.people.unit(organ) for organ in organs}
        return Summary(
            index, period, counted, {organ: unit.name if unit is not None else organ for organ, unit in found.items()}
        )


def question(
    store: Store,
    law: Rulebook,
    *,
    actor: Actor,
    clock: Clock,
    name: str,
    since: UtcNs | None,
    until: UtcNs | None,
    refusals: Sequence[tuple[Refusal, str]],
) -> Answer:
    """Asks a saved question of a period of at most a month. `refusals` are the ledger's of that time, with the names.

    Raises Missing for a question that is not saved, Invalid for a longer period.
    """
    asked = next((one for one in QUESTIONS if one.name == name), None)
    if asked is None:
        raise Missing("audit.question", "没有这个问题", text_en="There is no such question")
    with performing(store, Act.LEDGER_READ, actor.unit, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        period = _period(since, until, doing.now, QUESTION_DAYS)
        entries, cut = _entries(doing, period)
        within = [(one, person) for one, person in refusals if period.start <= one.at < period.end]
        seen = Seen(
            [_look(entry) for entry in reversed(entries)],
            [one for one, _ in reversed(within)],
            _unreported(doing),
            doing.now,
            law.retention(law.day(doing.now)).floor_days,
            law.ahead_of_utc(),
        )
        found = sorted(asked.ask(seen, asked.figures), key=lambda one: one.at, reverse=True)
        index = doing.enter(
            "register.questioned",
            doing.person.unit,
            {"question": name, "since": int(period.start), "until": int(period.end), "found": len(found)},
        )
        names = {one.person: person for one, person in within}
        names |= {str(entry.person): entry.person_name for entry in entries}
        shown = found[:ODDITIES_MOST]
        names |= {one.person: _name(doing, one.person) for one in shown if one.person not in names}
        return Answer(index, asked, period, shown, names, cut or len(found) > len(shown))


def asked_period(since: UtcNs | None, until: UtcNs | None, now: UtcNs) -> Period:
    """The period of a saved question: a month at most, the last one where none is asked for. Raises Invalid."""
    return _period(since, until, now, QUESTION_DAYS)


def _period(since: UtcNs | None, until: UtcNs | None, now: UtcNs, most_days: int) -> Period:
    end = until if until is not None else UtcNs(now + 1)
    start = since if since is not None else UtcNs(max(0, end - USUAL_DAYS * DAY_NS))
    if not 0 < end - start <= most_days * DAY_NS:
        raise Invalid(
            "audit.period",
            f"时间段须在 {most_days} 天以内，且结束晚于开始",
            text_en=f"The period may be {most_days} days long at most, and must end after it begins",
            remedy="缩短时间段，分次查询",
            remedy_en="Ask for a shorter period, in parts",
            field="from_ms",
        )
    return Period(start, end)


def _entries(doing: Performance, period: Period) -> tuple[list[RegisterEntry], bool]:
    found: list[RegisterEntry] = []
    while len(found) < LOOKS_MOST:
        query = RegisterQuery(before=found[-1].index if found else None, limit=PAGE, until=period.end)
        page = doing.uow.register.listed(doing.person.unit, query)
        within = [entry for entry in page if entry.at >= period.start]
        found += within
        if len(page) < PAGE or len(within) < len(page):
            return found, False
    return found, True


def _look(entry: RegisterEntry) -> Look:
    footage = entry.footage
    return Look(
        entry.index,
        entry.at,
        entry.person,
        tuple(str(camera) for camera in entry.cameras),
        entry.kind is RegisterKind.LIVE,
        entry.organ is not None or entry.kind is RegisterKind.PRIVATE,
        footage.start if footage is not None else None,
        footage.end if footage is not None else None,
    )


def _unreported(doing: Performance) -> list[Unreported]:
    return [
        Unreported(one.id, one.number, one.requester, one.report_until)
        for one in doing.uow.requests.listed(doing.person.unit, None)
        if one.report_until is not None and one.reported is None
    ]


def _name(doing: Performance, person: str) -> str:
    found = doing.uow.people.one(PersonId(person))
    return found.display_name if found is not None else person
