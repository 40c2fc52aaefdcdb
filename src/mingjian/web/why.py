"""Why may this person see that: the question, and what it can be about."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import why
from mingjian.app.records import Actor
from mingjian.governance.access import AccessKind
from mingjian.governance.authority import Act
from mingjian.governance.explain import Explanation, GroundStanding, Verdict
from mingjian.kernel.ids import CameraId, PersonId
from mingjian.web.forms import Form, Milliseconds, instant_or_none, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import Services

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


class CameraQuestion(Form):
    """Who may see what this camera of the own unit shows?"""

    camera: Identity


class PersonQuestion(Form):
    """What may this person of the own unit see?"""

    person: Identity


class RightOut(BaseModel):
    """An act that is allowed (`if`: once what is needed is brought), why, and about how many cameras."""

    act: Act
    verdict: Verdict
    lines: list[LineOut]
    count: int
    cameras: list[NamedOut]


class HoldingOut(BaseModel):
    """A person with the rights found."""

    id: str
    name: str
    rights: list[RightOut]


class RunningOut(BaseModel):
    """An approval in force."""

    id: str
    number: str
    organ: str
    kind: AccessKind
    officers: list[str]
    approver: str
    until_ms: int | None


class RightsOut(BaseModel):
    """The rights about one camera or of one person at `at_ms`; who is not named has none."""

    name: str
    at_ms: int
    people: list[HoldingOut]
    approvals: list[RunningOut]


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
        lines=_lines(answer.explained, services),
    )


@router.post("/of-camera", operation_id="list_rights_about_camera", status_code=201)
def list_rights_about_camera(request: Request, form: CameraQuestion, actor: Explaining) -> RightsOut:
    """Who may see what this camera shows; enters that it was asked."""
    services = services_of(request)
    seen = why.who_sees(
        services.store, actor=actor, clock=services.clock, law=services.law, camera=CameraId(form.camera)
    )
    return _rights(seen, services)


@router.post("/of-person", operation_id="list_rights_of_person", status_code=201)
def list_rights_of_person(request: Request, form: PersonQuestion, actor: Explaining) -> RightsOut:
    """What this person may see; enters that it was asked."""
    services = services_of(request)
    seen = why.what_sees(
        services.store, actor=actor, clock=services.clock, law=services.law, person=PersonId(form.person)
    )
    return _rights(seen, services)


def _rights(found: why.Rights, services: Services) -> RightsOut:
    return RightsOut(
        name=found.name,
        at_ms=found.at // 1_000_000,
        people=[
            HoldingOut(
                id=held.person.id,
                name=held.person.display_name,
                rights=[
                    RightOut(
                        act=right.act,
                        verdict=right.explained.verdict,
                        lines=_lines(right.explained, services),
                        count=len(right.cameras),
                        cameras=[NamedOut(id=one, name=name) for one, name in right.cameras[: why.LISTED_MOST]],
                    )
                    for right in held.rights
                ],
            )
            for held in found.held
        ],
        approvals=[
            RunningOut(
                id=one.id,
                number=one.number,
                organ=one.organ,
                kind=one.kind,
                officers=[officer.name for officer in one.officers],
                approver=one.approver_name,
                until_ms=milliseconds(one.approved_until),
            )
            for one in found.approvals[: why.LISTED_MOST]
        ],
    )


def _lines(explained: Explanation, services: Services) -> list[LineOut]:
    return [
        LineOut(
            about=line.about,
            standing=line.standing,
            text=line.text,
            text_en=line.text_en,
            article=services.cited(line.article),
            remedy=line.remedy,
            remedy_en=line.remedy_en,
        )
        for line in explained.lines
    ]
