"""Clocks, findings and histories as the pages of entities show them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, WithJsonSchema

from mingjian.app.duties import standing_of
from mingjian.app.records import Actor, PastAct
from mingjian.governance.obligations import LegalFinding, Obligation, Standing
from mingjian.law.rulebook import Rulebook
from mingjian.web.forms import milliseconds

ClockStanding = Annotated[str, WithJsonSchema({"type": "string", "enum": [one.value for one in Standing]})]
"""Described in place: the part of a machine that stands well or ill has a standing of its own."""


class ObligationOut(BaseModel):
    """A clock with how it stands today."""

    id: str
    duty: str
    row: str
    instrument: str
    article: str
    name: str
    name_en: str
    mine: bool
    """Whether the asker's own unit owes it."""
    trigger_on: date
    due_on: date | None
    met_on: date | None
    dropped: str
    standing: ClockStanding
    days_left: int | None
    calendar_known: bool


class LegalFindingOut(BaseModel):
    """What was found not to accord with the law."""

    id: str
    code: str
    row: str
    article: str
    instrument: str
    text: str
    text_en: str
    found_ms: int
    state: str


class PastActOut(BaseModel):
    """One line of a history."""

    index: int
    at_ms: int
    kind: str
    actor: str
    facts: dict[str, object]


def obligation_out(one: Obligation, law: Rulebook, today: date, actor: Actor) -> ObligationOut:
    """A clock as screens show it; the words are those of its row."""
    row = law.row(one.row)
    return ObligationOut(
        id=one.id,
        duty=one.duty,
        row=one.row,
        instrument=one.instrument,
        article=row.article,
        name=getattr(row, "name", one.duty),
        name_en=getattr(row, "name_en", one.duty),
        mine=one.unit == actor.unit,
        trigger_on=one.trigger_on,
        due_on=one.due_on,
        met_on=one.met_on,
        dropped=one.dropped,
        standing=standing_of(law, one, today),
        days_left=(one.due_on - today).days if one.due_on is not None and one.met_on is None else None,
        calendar_known=one.calendar_known,
    )


def finding_out(one: LegalFinding, law: Rulebook) -> LegalFindingOut:
    """A finding as screens show it."""
    return LegalFindingOut(
        id=one.id,
        code=one.code,
        row=one.row,
        article=law.row(one.row).article,
        instrument=law.row(one.row).instrument,
        text=one.text,
        text_en=one.text_en,
        found_ms=milliseconds(one.found) or 0,
        state=one.state,
    )


def past_act(one: PastAct) -> PastActOut:
    """A line of a history."""
    return PastActOut(
        index=one.index, at_ms=milliseconds(one.at) or 0, kind=one.kind, actor=one.person_name, facts=dict(one.facts)
    )
