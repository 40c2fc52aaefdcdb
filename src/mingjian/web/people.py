"""Accounts of the unit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import people, posts, provider_links, restoring
from mingjian.app.attachments import MEDIA_TYPES
from mingjian.app.provider_sign_in import configured
from mingjian.app.records import Actor, Person, ProviderLink, Recovery
from mingjian.governance.authority import Act, Role
from mingjian.governance.obligations import Attachment
from mingjian.governance.posts import Post
from mingjian.kernel.ids import PersonId, UnitId
from mingjian.web.attachments import BODY_BYTES, AttachmentOut, attachment_out, served
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
    ahead: bool
    decision_file: str
    """Name of the file that is kept of the decision; empty: none."""


class LinkOut(BaseModel):
    """Who a person is to the identity provider. `confirmed_ms`: when the person first came by it; null: not yet."""

    subject: str
    linked_ms: int
    confirmed_ms: int | None


class LinkForm(Form):
    """Who the person is to the identity provider: its `sub`, exactly."""

    subject: Text


class PersonPageOut(BaseModel):
    """One person: account, posts with the latest first, and the acts about the person."""

    person: PersonOut
    link: LinkOut | None
    posts: list[PostOut]
    history: list[HistoryOut]


class EnrolmentOut(BaseModel):
    """The one-time code to hand over in person; shown once."""

    person: PersonOut
    code: str
    valid_until_ms: int


class NewPerson(Form):
    """A new account; `work_id` tells two accounts of one natural person apart from two persons, and is kept as a hash.

    `roles`: only to name the first security or audit administrator of a unit that never had one.
    """

    name: Text
    display_name: Text
    work_id: Text = ""
    roles: list[RoleName] = Field([], max_length=1)


class PersonChange(Form):
    """What to change; left out stays."""

    display_name: Text | None = None
    disabled: bool | None = None


class RolesForm(Form):
    """All that the person is trusted with from now on."""

    roles: list[RoleName] = Field(max_length=len(Role))


class RecoveryForm(Form):
    """Why new credentials are needed."""

    why: Text


class RecoveryOut(BaseModel):
    """New credentials that wait for a second administrator."""

    id: str
    person: str
    person_name: str
    asker: str
    asker_name: str
    why: str
    asked_ms: int
    ends_ms: int


class NewPost(Form):
    """A post by a decision, entered ahead where it begins later; `roles` come with it and go with it."""

    title: Text
    head: bool = False
    roles: list[RoleName] = Field([], max_length=len(Role))
    decision: Text
    begins_on: Day
    ends_on: Day | None = None


class PostEnd(Form):
    """Its last day, and why it ends."""

    ends_on: Day
    why: Text


@router.get("", operation_id="list_people")
def list_people(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))],
    unit: Annotated[str, Query(max_length=36)] = "",
) -> list[PersonOut]:
    """The people of the own unit, or of one that it serves as keeper of the installation."""
    services = services_of(request)
    found = people.listed(services.store, actor=actor, clock=services.clock, unit=UnitId(unit) if unit else None)
    return [person_out(person) for person in found]


@router.post("", operation_id="add_person", status_code=201)
def add_person(
    request: Request, form: NewPerson, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_ADD))]
) -> EnrolmentOut:
    services = services_of(request)
    enrolment = people.add_person(
        services.store,
        services.identity.vault,
        actor=actor,
        clock=services.clock,
        random=services.random,
        name=form.name,
        display_name=form.display_name,
        roles=form.roles,
        work_id=form.work_id,
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
        disabled=form.disabled,
        display_name=form.display_name,
    )
    return person_out(changed)


@router.put("/{person}/roles", operation_id="grant_roles")
def grant_roles(
    request: Request, person: str, form: RolesForm, actor: Annotated[Actor, Depends(Policy(Act.ROLES_GRANT))]
) -> PersonOut:
    services = services_of(request)
    granted = people.grant_roles(
        services.store, actor=actor, clock=services.clock, person=PersonId(person), roles=form.roles
    )
    return person_out(granted)


@router.post("/{person}/credentials", operation_id="reset_credentials", status_code=201)
def reset_credentials(
    request: Request, person: str, form: RecoveryForm, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_RESET))]
) -> RecoveryOut:
    """Ask for new credentials; another administrator confirms."""
    services = services_of(request)
    asked = restoring.ask(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        person=PersonId(person),
        why=form.why,
    )
    return recovery_out(asked)


@router.get("/recoveries", operation_id="list_recoveries")
def list_recoveries(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]) -> list[RecoveryOut]:
    services = services_of(request)
    return [recovery_out(one) for one in restoring.waiting_for(services.store, actor=actor, clock=services.clock)]


@router.post("/recoveries/{recovery}/confirm", operation_id="confirm_recovery")
def confirm_recovery(
    request: Request, recovery: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_RESTORE))]
) -> EnrolmentOut:
    services = services_of(request)
    enrolment = restoring.confirm(
        services.store, actor=actor, clock=services.clock, random=services.random, recovery=recovery
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
    link = provider_links.of(services.store, actor=actor, clock=services.clock, person=PersonId(person))
    return PersonPageOut(
        person=person_out(page.person),
        link=link_out(link) if link is not None else None,
        posts=[post_out(post, page.decisions.get(post.id)) for post in page.posts],
        history=history_of(page.history),
    )


@router.put("/{person}/link", operation_id="link_person")
def link_person(
    request: Request, person: str, form: LinkForm, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LINK))]
) -> LinkOut:
    """From now on this subject of the identity provider is the person."""
    services = services_of(request)
    made = provider_links.link(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        person=PersonId(person),
        issuer=configured(services.provider).provider.issuer,
        subject=form.subject,
    )
    return link_out(made)


@router.post("/{person}/unlink", operation_id="unlink_person", status_code=204)
def unlink_person(request: Request, person: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LINK))]) -> None:
    """Sessions that came through the link end at once."""
    services = services_of(request)
    provider_links.unlink(services.store, actor=actor, clock=services.clock, person=PersonId(person))


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
        ends_on=form.ends_on,
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


@router.post(
    "/{person}/posts/{post}/decision", operation_id="keep_post_decision", status_code=201, max_body_size=BODY_BYTES
)
def keep_post_decision(
    request: Request,
    person: str,
    post: str,
    actor: Annotated[Actor, Depends(Policy(Act.POST_GIVE))],
    file: Annotated[UploadFile, File()],
) -> AttachmentOut:
    """Keep the file of the decision by which the post was given."""
    services = services_of(request)
    kept = posts.keep_decision(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        random=services.random,
        person=PersonId(person),
        post=post,
        name=file.filename or "decision",
        content=file.file.read(),
    )
    return attachment_out(kept)


@router.get(
    "/{person}/posts/{post}/decision",
    operation_id="read_post_decision",
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in MEDIA_TYPES}}},
)
def read_post_decision(
    request: Request, person: str, post: str, actor: Annotated[Actor, Depends(Policy(Act.PEOPLE_LIST))]
) -> Response:
    """The file as it was kept, checked against its SHA-256."""
    services = services_of(request)
    found = posts.decision(services.store, actor=actor, clock=services.clock, person=PersonId(person), post=post)
    return served(services, found)


def post_out(post: Post, paper: Attachment | None = None) -> PostOut:
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
        running=post.ended is None and not post.ahead,
        ahead=post.ended is None and post.ahead,
        decision_file=paper.name if paper is not None else "",
    )


def recovery_out(asked: Recovery) -> RecoveryOut:
    """A restoring as answers hold it."""
    return RecoveryOut(
        id=asked.id,
        person=asked.person,
        person_name=asked.person_name,
        asker=asked.asker,
        asker_name=asked.asker_name,
        why=asked.why,
        asked_ms=asked.asked // 1_000_000,
        ends_ms=asked.ends // 1_000_000,
    )


def link_out(link: ProviderLink) -> LinkOut:
    """A link as answers hold it."""
    return LinkOut(subject=link.subject, linked_ms=link.linked // 1_000_000, confirmed_ms=milliseconds(link.confirmed))


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
