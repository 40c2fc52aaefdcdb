"""Accounts of the unit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import people, posts
from mingjian.app.records import Actor, Person
from mingjian.governance.authority import Act, Role
from mingjian.governance.posts import Post
from mingjian.kernel.ids import PersonId
from mingjian.web.forms import Day, Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.history import HistoryOut, history_of

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


class PostOut(BaseModel):
    """A post of a person; days as YYYY-MM-DD. `head`: of the organ or unit (主要负责人)."""

    id: str
    person: str
    title: str
    head: bool
    roles: list[Role]
    decision: str
    begins_on: date
    ends_on: date | None
    running: bool


class PersonPageOut(BaseModel):
    """One person: account, posts with the latest first, and the acts about the person."""

    person: PersonOut
    posts: list[PostOut]
    history: list[HistoryOut]


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


class NewPost(Form):
    """A post that has begun, by a decision; `roles` come with it and go with it."""

    title: Text
    head: bool = False
    roles: list[RoleName] = Field([], max_length=len(Role))
    decision: Text
    begins_on: Day


class PostEnd(Form):
    """Its last day, and why it ends."""

    ends_on: Day
    why: Text


@router.get("", operation_id="list_people")
def list_people(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]) -> list[PersonOut]:
    services = services_of(request)
    return [person_out(person) for person in people.listed(services.store, actor=actor, clock=services.clock)]


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
    return enrolment_out(enrolment)


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
    return person_out(changed)


@router.post("/{person}/credentials", operation_id="reset_credentials")
def reset_credentials(
    request: Request, person: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_RESET))]
) -> EnrolmentOut:
    services = services_of(request)
    enrolment = people.reset_credentials(
        services.store, actor=actor, clock=services.clock, random=services.random, person=PersonId(person)
    )
    return enrolment_out(enrolment)


@router.get("/posts", operation_id="list_posts")
def list_posts(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]) -> list[PostOut]:
    """The posts that people of the own unit hold now."""
    services = services_of(request)
    return [post_out(post) for post in posts.running(services.store, actor=actor, clock=services.clock)]


@router.get("/{person}", operation_id="read_person")
def read_person(
    request: Request, person: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]
) -> PersonPageOut:
    services = services_of(request)
    page = posts.page(services.store, actor=actor, clock=services.clock, person=PersonId(person))
    return PersonPageOut(
        person=person_out(page.person),
        posts=[post_out(post) for post in page.posts],
        history=history_of(page.history),
    )


@router.post("/{person}/posts", operation_id="give_post", status_code=201)
def give_post(
    request: Request, person: str, form: NewPost, actor: Annotated[Actor, Depends(Policy(Act.POST_GIVE))]
) -> PostOut:
    services = services_of(request)
    given = posts.give(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        person=PersonId(person),
        title=form.title,
        head=form.head,
        roles=form.roles,
        decision=form.decision,
        begins_on=form.begins_on,
    )
    return post_out(given)


@router.post("/{person}/posts/{post}/end", operation_id="end_post")
def end_post(
    request: Request, person: str, post: str, form: PostEnd, actor: Annotated[Actor, Depends(Policy(Act.POST_END))]
) -> PostOut:
    services = services_of(request)
    ended = posts.end(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        person=PersonId(person),
        post=post,
        ends_on=form.ends_on,
        why=form.why,
    )
    return post_out(ended)


def post_out(post: Post) -> PostOut:
    """A post as answers hold it."""
    return PostOut(
        id=post.id,
        person=post.person,
        title=post.title,
        head=post.head,
        roles=list(post.roles),
        decision=post.decision,
        begins_on=post.begins_on,
        ends_on=post.ends_on,
        running=post.ended is None,
    )


def person_out(person: Person) -> PersonOut:
    """An account as answers hold it."""
    return PersonOut(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        roles=sorted(person.roles),
        disabled=person.disabled is not None,
        disabled_ms=milliseconds(person.disabled),
        enrolled=bool(person.password_hash),
    )


def enrolment_out(enrolment: people.Enrolment) -> EnrolmentOut:
    """A one-time code as the answer that shows it."""
    return EnrolmentOut(
        person=person_out(enrolment.person), code=enrolment.code, valid_until_ms=enrolment.until // 1_000_000
    )
