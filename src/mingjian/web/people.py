"""Accounts of the unit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import people
from mingjian.app.records import Actor, Person
from mingjian.governance.authority import Act, Role
from mingjian.kernel.ids import PersonId
from mingjian.web.forms import Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/people", tags=["people"])
RoleName = Annotated[Role, Field(strict=False)]


class PersonOut(BaseModel):
    """An account; `enrolled` tells whether its person has set the own password."""

    id: str
    name: str
    display_name: str
    roles: list[Role]
    disabled: bool
    disabled_ms: int | None
    enrolled: bool


class EnrolmentOut(BaseModel):
    """The one-time code to hand over in person; shown once."""

    person: PersonOut
    code: str
    valid_until_ms: int


class NewPerson(Form):
    """A new account."""

    name: Text
    display_name: Text
    roles: list[RoleName] = Field(max_length=len(Role))


class PersonChange(Form):
    """What to change; left out stays."""

    display_name: Text | None = None
    roles: list[RoleName] | None = Field(None, max_length=len(Role))
    disabled: bool | None = None


@router.get("", operation_id="list_people")
def list_people(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]) -> list[PersonOut]:
    services = services_of(request)
    return [_out(person) for person in people.listed(services.store, actor=actor, clock=services.clock)]


@router.post("", operation_id="add_person", status_code=201)
def add_person(
    request: Request, form: NewPerson, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_ADD))]
) -> EnrolmentOut:
    services = services_of(request)
    enrolment = people.add_person(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        name=form.name,
        display_name=form.display_name,
        roles=form.roles,
    )
    return _enrolment(enrolment)


@router.patch("/{person}", operation_id="change_person")
def change_person(
    request: Request, person: str, form: PersonChange, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_CHANGE))]
) -> PersonOut:
    services = services_of(request)
    changed = people.change_person(
        services.store,
        actor=actor,
        clock=services.clock,
        person=PersonId(person),
        roles=form.roles,
        disabled=form.disabled,
        display_name=form.display_name,
    )
    return _out(changed)


@router.post("/{person}/credentials", operation_id="reset_credentials")
def reset_credentials(
    request: Request, person: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_RESET))]
) -> EnrolmentOut:
    services = services_of(request)
    enrolment = people.reset_credentials(
        services.store, actor=actor, clock=services.clock, random=services.random, person=PersonId(person)
    )
    return _enrolment(enrolment)


def _out(person: Person) -> PersonOut:
    return PersonOut(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        roles=sorted(person.roles),
        disabled=person.disabled is not None,
        disabled_ms=milliseconds(person.disabled),
        enrolled=bool(person.password_hash),
    )


def _enrolment(enrolment: people.Enrolment) -> EnrolmentOut:
    return EnrolmentOut(person=_out(enrolment.person), code=enrolment.code, valid_until_ms=enrolment.until // 1_000_000)
