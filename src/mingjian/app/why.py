"""Why may this person see that: the rights of one person about one object, told to those who answer for rights.

Asked by the security administrator and the auditor of the person's own unit. Each question is an entry: who looks up
what others may do leaves a trace as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.performing import Performance, asking, performing
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import AccessRequest, Actor, Person
from mingjian.governance.authority import Act, Facts, Role, Subject
from mingjian.governance.explain import Approval, Asked, Explanation, explain
from mingjian.governance.organs import Relation, relations
from mingjian.governance.posts import Post, in_office
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.law.rulebook import Rulebook

ASKABLE: dict[str, tuple[Act, ...]] = {
    "camera": (
        Act.VIEW_LIVE, Act.VIEW_PLAYBACK, Act.VIEW_SNAPSHOT, Act.VIEW_UNDER, Act.ACCESS_EXPORT, Act.CAMERA_TIMELINE,
        Act.CAMERA_LIST, Act.CAMERA_CHANGE, Act.CAMERA_MOVE,
    ),
    "place": (Act.PLACE_LIST, Act.PLACE_CHANGE, Act.SYSTEM_LIST, Act.FILING_LIST, Act.COVERAGE_SEE, Act.DUTY_WATCH),
    "unit": (
        Act.ACCESS_SUBMIT, Act.ACCESS_APPROVE, Act.REGISTER_READ, Act.LEDGER_READ, Act.PEOPLE_CHANGE, Act.POST_GIVE,
    ),
}  # fmt: skip
"""About what which acts can be asked; the unit is the person's own."""
_HIDDEN = ("另一单位", "another unit")


@dataclass(frozen=True, slots=True)
class Answer:
    """The explanation, whom and what it is about, and when."""

    person: Person
    act: Act
    object_name: str
    at: UtcNs
    explained: Explanation


@dataclass(frozen=True, slots=True)
class _Thing:
    owner: UnitId
    owner_name: str
    name: str
    relations: frozenset[Relation]


def why(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    person: PersonId,
    act: Act,
    kind: str,
    thing: str,
    at: UtcNs | None = None,
) -> Answer:
    """Whether and why `person` may do `act` on camera or place `thing` (or in the own unit) at `at`, else now.

    Raises Missing for a person of another unit, and for an object that neither unit nor person has anything to do with.
    Roles that no post brought are taken as they stand now; posts and approvals as they stood at `at`.
    """
    with performing(store, Act.RIGHTS_EXPLAIN, person, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        asked = doing.uow.people.one(person)
        if asked is None or asked.unit != doing.person.unit:
            raise Missing("people.unknown", "没有这个人员", text_en="There is no such person", field="person")
        when = at if at is not None else doing.now
        requests = _requests(doing.uow, asked) if kind == "camera" else []
        found = _thing(doing, asked, kind, thing, requests)
        posts = doing.uow.people.posts_of(person)
        subject = Subject(
            person,
            asked.unit,
            _roles(asked.roles, posts, law, when),
            asked.disabled is None or when < asked.disabled,
        )
        approvals = [
            Approval(
                one.number, one.approved_until, law.day(one.approved_until).isoformat() if one.approved_until else ""
            )
            for one in requests
            if CameraId(thing) in one.cameras
        ]
        organ = doing.uow.organs.one(asked.unit)
        facts = Facts(
            approved_until=max((one.until for one in approvals if one.until is not None), default=None),
            relations=found.relations,
            keeps=organ is not None and organ.keeps,
        )
        explained = explain(
            Asked(subject, act, found.owner, found.owner_name, facts, when, law.day(when), posts, approvals)
        )
        told = {"act": str(act), "kind": kind, "object": thing, "at_ms": when // 1_000_000}
        doing.enter("rights.explained", person, {**told, "verdict": str(explained.verdict)})
        return Answer(asked, act, found.name, when, explained)


@dataclass(frozen=True, slots=True)
class Choices:
    """About whom and what a question can be asked: people, cameras and places, each by id and name."""

    people: Sequence[tuple[str, str]]
    cameras: Sequence[tuple[str, str]]
    places: Sequence[tuple[str, str]]


def choices(store: Store, *, actor: Actor, clock: Clock) -> Choices:
    """What the asker's unit has to ask about. No entry: names of the own unit tell nothing of anybody's rights."""
    with asking(store, Act.RIGHTS_EXPLAIN, actor=actor, clock=clock) as doing:
        uow, unit = doing.uow, doing.person.unit
        cameras = {str(one.id): one.name for one in uow.cameras.of_unit(unit)}
        return Choices(
            [(one.id, f"{one.display_name}（{one.name}）") for one in uow.people.of_unit(unit)],
            sorted(cameras.items(), key=lambda one: one[1]),
            [(one.id, one.name) for one in uow.places.of_unit(unit)],
        )


def _roles(held: frozenset[Role], posts: Sequence[Post], law: Rulebook, when: UtcNs) -> frozenset[Role]:
    """The roles at an instant: those that no post brought, and those of the posts that were running."""
    brought = frozenset(role for post in posts for role in post.roles)
    day = law.day(when)
    return (held - brought) | frozenset(role for post in posts if in_office(post, day) for role in post.roles)


def _requests(uow: UnitOfWork, asked: Person) -> list[AccessRequest]:
    return list(uow.requests.listed(asked.unit, None))


def _thing(doing: Performance, asked: Person, kind: str, thing: str, requests: list[AccessRequest]) -> _Thing:
    own, own_name = asked.unit, asked.unit_name
    if kind == "unit":
        return _Thing(own, own_name, own_name, frozenset({Relation.OWN}))
    if kind == "camera":
        camera = doing.uow.cameras.one(CameraId(thing), own)
        if camera is not None:
            return _Thing(own, own_name, camera.name, frozenset({Relation.OWN}))
        under = next((one for one in requests if CameraId(thing) in one.cameras), None)
        if under is not None:
            there = doing.uow.cameras.one(CameraId(thing), under.unit)
            return _Thing(under.unit, _HIDDEN[0], there.name if there is not None else thing, frozenset())
    else:
        place, organ = doing.uow.places.one(thing), doing.uow.organs.one(own)
        near = relations(organ, place.unit, place.territory) if place is not None and organ is not None else frozenset()
        if place is not None and near:
            owner = doing.uow.people.unit(place.unit)
            return _Thing(place.unit, owner.name if owner is not None else "", place.name, near)
    raise Missing("authority.unknown-object", "没有这个对象", text_en="There is no such object", field="object")
