"""Why may this person see that: the question, and what it can be about."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import why
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.explain import GroundStanding, Verdict
from mingjian.kernel.ids import PersonId
from mingjian.web.forms import Form, Milliseconds, instant_or_none
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/rights", tags=["rights"])
Explaining = Annotated[Actor, Depends(Policy(Act.RIGHTS_EXPLAIN))]
Kind = Literal["camera", "place", "unit"]
Identity = Annotated[str, Field(max_length=64)]


class NamedOut(BaseModel):
    """Something to choose."""

    id: str
    name: str


class ChoicesOut(BaseModel):
    """People, cameras and places of the own unit, and which acts can be asked about each kind of object."""

    people: list[NamedOut]
    cameras: list[NamedOut]
    places: list[NamedOut]
    acts: dict[Kind, list[Act]]


class Question(Form):
    """May `person` do `act` on `object` at `at_ms`, else now? Of the own unit `object` stays empty."""

    person: Identity
    act: Annotated[Act, Field(strict=False)]
    kind: Kind
    object: Identity = ""
    at_ms: Milliseconds | None = None


class LineOut(BaseModel):
    """One ground of the answer."""

    about: str
    standing: GroundStanding
    text: str
    text_en: str
    article: str
    remedy: str
    remedy_en: str


class ExplanationOut(BaseModel):
    """The answer: `yes`, `if` what is needed is brought when the act is done, or `no`."""

    verdict: Verdict
    person: str
    act: Act
    object: str
    at_ms: int
    lines: list[LineOut]


@router.get("/choices", operation_id="list_rights_choices")
def list_rights_choices(request: Request, actor: Explaining) -> ChoicesOut:
    services = services_of(request)
    found = why.choices(services.store, actor=actor, clock=services.clock)
    return ChoicesOut(
        people=[NamedOut(id=one, name=name) for one, name in found.people],
        cameras=[NamedOut(id=one, name=name) for one, name in found.cameras],
        places=[NamedOut(id=one, name=name) for one, name in found.places],
        acts={
            "camera": list(why.ASKABLE["camera"]),
            "place": list(why.ASKABLE["place"]),
            "unit": list(why.ASKABLE["unit"]),
        },
    )


@router.post("/explanations", operation_id="explain_right", status_code=201)
def explain_right(request: Request, form: Question, actor: Explaining) -> ExplanationOut:
    """Enters the question in the ledger and answers it in words."""
    services = services_of(request)
    answer = why.why(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        person=PersonId(form.person),
        act=form.act,
        kind=form.kind,
        thing=form.object,
        at=instant_or_none(form.at_ms),
    )
    return ExplanationOut(
        verdict=answer.explained.verdict,
        person=answer.person.display_name,
        act=answer.act,
        object=answer.object_name,
        at_ms=answer.at // 1_000_000,
        lines=[
            LineOut(
                about=line.about,
                standing=line.standing,
                text=line.text,
                text_en=line.text_en,
                article=line.article,
                remedy=line.remedy,
                remedy_en=line.remedy_en,
            )
            for line in answer.explained.lines
        ],
    )
