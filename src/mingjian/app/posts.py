"""Posts of people: given by a decision, ended by an act; the roles that came with a post go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app.people import compatible, end_sessions, reached
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, PastAct, Person
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Facts, Role
from mingjian.governance.posts import Post, roles_without
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, uuid7
from mingjian.law.rulebook import Rulebook

TITLE_LONGEST, DECISION_LONGEST = 60, 200
HISTORY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person of the unit: account, posts, the acts about the person."""

    person: Person
    posts: Sequence[Post]
    history: Sequence[PastAct]


def page(store: Store, *, actor: Actor, clock: Clock, person: PersonId) -> PersonPage:
    """One person of the actor's unit. Raises Missing for any other."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        found, near = reached(doing, person, Role.SECURITY)
        doing.permit(found.unit, Facts(relations=near))
        history = doing.uow.ledger.history(person, HISTORY_LIMIT)
        return PersonPage(found, doing.uow.people.posts_of(person), history)


def running(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Post]:
    """The posts that people of the actor's unit hold."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.people.posts_in(doing.person.unit)


def give(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    person: PersonId,
    title: str,
    head: bool,
    roles: Iterable[Role],
    decision: str,
    begins_on: date,
) -> Post:
    """Give a post that has begun, with roles on top of those held. Sessions end when the roles change.

    Raises Refused `post.head-taken` while another is the head, and for roles that exclude each other.
    """
    with performing(store, Act.POST_GIVE, person, actor=actor, clock=clock) as doing:
        holder, near = reached(doing, person, Role.SECURITY)
        doing.permit(holder.unit, Facts(target=person, relations=near))
        _not_later(begins_on, law.day(doing.now), "begins_on")
        post = Post(
            uuid7(doing.now, random(RANDOM_BYTES)),
            holder.unit,
            person,
            line(title, "title", longest=TITLE_LONGEST),
            head,
            tuple(sorted(set(roles))),
            line(decision, "decision", longest=DECISION_LONGEST),
            begins_on,
            doing.now,
        )
        if head and any(one.ended is None for one in doing.uow.people.heads(holder.unit, law.day(doing.now))):
            raise refusal(reason("post.head-taken"))
        doing.uow.people.add_post(post)
        _hold(doing, holder, compatible(holder.roles | set(post.roles)) if post.roles else holder.roles)
        doing.enter("post.given", person, _told(post), personal={"title": post.title, "decision": post.decision})
        return post


def end(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, person: PersonId, post: str, ends_on: date, why: str
) -> Post:
    """End a post: the roles that came with it go, unless another post brings them too; sessions end at once.

    A person whom no role is left keeps the account and may do nothing. Raises Refused `post.ended` the second time.
    """
    with performing(store, Act.POST_END, person, actor=actor, clock=clock) as doing:
        holder, near = reached(doing, person, Role.SECURITY)
        doing.permit(holder.unit, Facts(target=person, relations=near))
        before = doing.uow.people.post(post)
        if before is None or before.person != person:
            raise Missing("post.unknown", "没有这项任职", text_en="There is no such post")
        if before.ended is not None:
            raise refusal(reason("post.ended"))
        _not_later(ends_on, law.day(doing.now), "ends_on")
        if ends_on < before.begins_on:
            raise Invalid("post.order", "止日不得早于起日", text_en="It cannot end before it began", field="ends_on")
        reasons = line(why, "why", longest=DECISION_LONGEST)
        after = replace(before, ends_on=ends_on, ended=doing.now)
        doing.uow.people.save_post(after)
        _hold(doing, holder, roles_without(holder.roles, after, doing.uow.people.posts_of(person)))
        doing.enter("post.ended", person, _told(after), personal={"title": after.title, "why": reasons})
        return after


def _hold(doing: Performance, holder: Person, roles: frozenset[Role]) -> None:
    if roles != holder.roles:
        doing.uow.people.save(replace(holder, roles=roles))
        end_sessions(doing, holder.id)


def _told(post: Post) -> dict[str, object]:
    facts = {"post": post.id, "head": post.head, "roles": list(post.roles), "begins_on": post.begins_on.isoformat()}
    return facts if post.ends_on is None else {**facts, "ends_on": post.ends_on.isoformat()}


def _not_later(day: date, today: date, field: str) -> None:
    if day > today:
        raise Invalid(
            "post.future",
            "只登记已经开始或者结束的任职，日期不得晚于今天",
            text_en="A post is recorded when it has begun or ended, no later day than today",
            remedy="到期再办理",
            remedy_en="Do it on that day",
            field=field,
        )
