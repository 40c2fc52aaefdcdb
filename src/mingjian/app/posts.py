"""Posts of people: given by a decision, begun and ended by day or by act; the roles that came with one go with it.

The process that answers people turns posts (`turn`) before it opens and every `TURN_S`, so nobody acts on a past post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mingjian.app.attachments import NAME_LONGEST, media_type_of, on_record
from mingjian.app.people import compatible, end_sessions, end_sessions_in, reached
from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork
from mingjian.app.records import Actor, PastAct, Person
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Facts, Role, exclusive_roles
from mingjian.governance.obligations import Attachment
from mingjian.governance.posts import Post, due, overlap, roles_without
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, uuid7
from mingjian.law.rulebook import Rulebook

TITLE_LONGEST, DECISION_LONGEST = 60, 200
TURN_S = 2.0
"""With the two seconds of the media path a picture ends within five of the day's end."""
HISTORY_LIMIT = 100
DECISION = "post"
"""What the file of a decision is about, in the attachments: `app.attachments` knows no such subject, so that it is
read through the person alone."""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person of the unit: account, posts, the acts about the person."""

    person: Person
    posts: Sequence[Post]
    decisions: Mapping[str, Attachment]
    """The file of the decision by which each post was given, where one is kept."""
    history: Sequence[PastAct]


def page(store: Store, *, actor: Actor, clock: Clock, person: PersonId) -> PersonPage:
    """One person of the actor's unit. Raises Missing for any other."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        found, near = reached(doing, person, Role.SECURITY)
        doing.permit(found.unit, Facts(relations=near))
        history = doing.uow.ledger.history(person, HISTORY_LIMIT)
        posts = doing.uow.people.posts_of(person)
        kept = {post.id: paper for post in posts if (paper := _decision(doing, post.id)) is not None}
        return PersonPage(found, posts, kept, history)


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
    ends_on: date | None = None,
) -> Post:
    """Give a post, with roles on top of those held from its first day on. Sessions end when the roles change.

    Raises Refused `post.head-taken` where another is the head on one of its days, and for roles that exclude each
    other; Invalid for an end before the beginning or today.
    """
    with performing(store, Act.POST_GIVE, person, actor=actor, clock=clock) as doing:
        holder, near = reached(doing, person, Role.SECURITY)
        doing.permit(holder.unit, Facts(target=person, relations=near))
        today = law.day(doing.now)
        if ends_on is not None and ends_on < max(begins_on, today):
            raise _out_of_order()
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
            ends_on,
            ahead=begins_on > today,
        )
        if head and any(overlap(post, one) for one in doing.uow.people.heads(holder.unit)):
            raise refusal(reason("post.head-taken"))
        roles_then = compatible(holder.roles | set(post.roles)) if post.roles else holder.roles
        doing.uow.people.add_post(post)
        if not post.ahead:
            _hold(doing, holder, roles_then)
        doing.enter("post.given", person, _told(post), personal={"title": post.title, "decision": post.decision})
        return post


def keep_decision(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    person: PersonId,
    post: str,
    name: str,
    content: bytes,
) -> Attachment:
    """Keep the file of the decision that gave a post, ended ones too. A later file counts, the earlier one stays.

    The bytes are durable before the row exists: a row never names a file that is not there.
    """
    name = line(name, "name", longest=NAME_LONGEST)
    media_type_of(content)
    with asking(store, Act.POST_GIVE, actor=actor, clock=clock, facts=Facts(target=person)) as doing:
        _reached(doing, person, post)
    sha256 = files.keep(content)
    with performing(store, Act.POST_GIVE, person, actor=actor, clock=clock) as doing:
        found = _reached(doing, person, post)
        kept = on_record(doing, random, found.unit, DECISION, post, DECISION, name, content, sha256)
        doing.enter("post.decision_kept", person, {"post": post, "attachment": kept.id, "sha256": sha256})
        return kept


def decision(store: Store, *, actor: Actor, clock: Clock, person: PersonId, post: str) -> Attachment:
    """The file of a post's decision, for whoever may list the people of the unit. Raises Missing where none is kept."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        holder, near = reached(doing, person, Role.SECURITY)
        doing.permit(holder.unit, Facts(relations=near))
        found = doing.uow.people.post(post)
        kept = _decision(doing, post) if found is not None and found.person == person else None
        if kept is None:
            raise Missing("post.no-decision", "没有保存任职文件", text_en="No file of the decision is kept")
        return kept


def _reached(doing: Performance, person: PersonId, post: str) -> Post:
    holder, near = reached(doing, person, Role.SECURITY)
    doing.permit(holder.unit, Facts(target=person, relations=near))
    found = doing.uow.people.post(post)
    if found is None or found.person != person:
        raise _unknown()
    return found


def _decision(doing: Performance, post: str) -> Attachment | None:
    kept = [one for one in doing.uow.attachments.of_subject(post) if one.subject_kind == DECISION]
    return max(kept, key=lambda one: (one.at, one.id), default=None)


def _unknown() -> Missing:
    return Missing("post.unknown", "没有这项任职", text_en="There is no such post")


def end(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, person: PersonId, post: str, ends_on: date, why: str
) -> Post:
    """End a post today or earlier: the roles that came with it go, unless another post brings them too; sessions end
    at once. With a later day it ends by itself after that day. One that has not begun is taken back.

    A person whom no role is left keeps the account and may do nothing. Raises Refused `post.ended` the second time.
    """
    with performing(store, Act.POST_END, person, actor=actor, clock=clock) as doing:
        holder, near = reached(doing, person, Role.SECURITY)
        doing.permit(holder.unit, Facts(target=person, relations=near))
        before = doing.uow.people.post(post)
        if before is None or before.person != person:
            raise _unknown()
        if before.ended is not None:
            raise refusal(reason("post.ended"))
        if ends_on < before.begins_on and not before.ahead:
            raise _out_of_order()
        reasons = line(why, "why", longest=DECISION_LONGEST)
        now_over = before.ahead or ends_on <= law.day(doing.now)
        last = before.begins_on - timedelta(days=1) if before.ahead else ends_on  # one taken back is held on no day
        after = replace(before, ends_on=last, ended=doing.now if now_over else None)
        doing.uow.people.save_post(after)
        if now_over and not before.ahead:
            _hold(doing, holder, roles_without(holder.roles, after, doing.uow.people.posts_of(person)))
        doing.enter("post.ended", person, _told(after), personal={"title": after.title, "why": reasons})
        return after


def turn(store: Store, *, clock: Clock, law: Rulebook) -> int:
    """Begin the posts whose first day has come and end those whose last day is over, each with its entry. How many.

    Days are those of the instrument's zone. A post whose roles no longer go together with those held ends unbegun.
    """
    now = clock.now()
    today = law.day(now)
    with store.reading() as uow:
        if not uow.people.posts_due(today):
            return 0
    with store.writing() as uow:
        waiting = [post for post in uow.people.posts_due(today) if due(post, today)]
        for post in waiting:
            _turn(uow, post, today, now)
    return len(waiting)


def _turn(uow: UnitOfWork, post: Post, today: date, now: UtcNs) -> None:
    holder = uow.people.one(post.person)
    assert holder is not None
    over = post.ends_on is not None and post.ends_on < today
    barred = post.ahead and exclusive_roles(holder.roles | set(post.roles)) is not None and bool(post.roles)
    after = replace(post, ahead=False, ended=now if over or barred else None)
    uow.people.save_post(after)
    if post.ahead:
        roles = holder.roles if over or barred else holder.roles | set(post.roles)
    else:
        roles = roles_without(holder.roles, after, uow.people.posts_of(holder.id))
    if roles != holder.roles:
        uow.people.save(replace(holder, roles=roles))
        end_sessions_in(uow, holder.id, now, actor=None)
    kind = "post.barred" if barred else "post.ended" if over else "post.begun"
    uow.ledger.append(entry(kind, now, holder.id, _told(after), unit=post.unit, personal={"title": post.title}))


def _hold(doing: Performance, holder: Person, roles: frozenset[Role]) -> None:
    if roles != holder.roles:
        doing.uow.people.save(replace(holder, roles=roles))
        end_sessions(doing, holder.id)


def _told(post: Post) -> dict[str, object]:
    facts = {"post": post.id, "head": post.head, "roles": list(post.roles), "begins_on": post.begins_on.isoformat()}
    return facts if post.ends_on is None else {**facts, "ends_on": post.ends_on.isoformat()}


def _out_of_order() -> Invalid:
    return Invalid(
        "post.order",
        "止日不得早于起日，登记时也不得早于今天",
        text_en="A post does not end before it begins, and is not given when it is over",
        remedy="核对任职文件上的日期",
        remedy_en="Check the days in the decision",
        field="ends_on",
    )
