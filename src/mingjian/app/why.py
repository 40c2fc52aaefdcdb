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
from mingjian.governance.explain import Approval, Asked, Explanation, Verdict, explain
from mingjian.governance.organs import Relation, relations
from mingjian.governance.posts import Post, in_office
from mingjian.governance.procedure import ENDED
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
    camera: CameraId | None = None


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
        explained = _Person(doing, law, asked, when, requests).explained(act, found)
        told = {"act": str(act), "kind": kind, "object": thing, "at_ms": when // 1_000_000}
        doing.enter("rights.explained", person, {**told, "verdict": str(explained.verdict)})
        return Answer(asked, act, found.name, when, explained)


class _Person:
    """One person at one instant, about whom several questions are asked."""

    def __init__(
        self, doing: Performance, law: Rulebook, asked: Person, when: UtcNs, requests: Sequence[AccessRequest]
    ) -> None:
        self._law, self._when, self._requests = law, when, requests
        self._posts = doing.uow.people.posts_of(asked.id)
        organ = doing.uow.organs.one(asked.unit)
        self._keeps = organ is not None and organ.keeps
        self._subject = Subject(
            asked.id,
            asked.unit,
            _roles(asked.roles, self._posts, law, when),
            asked.disabled is None or when < asked.disabled,
        )

    def explained(self, act: Act, thing: _Thing) -> Explanation:
        law, when = self._law, self._when
        approvals = [_approval(one, law) for one in self._requests if thing.camera in one.cameras]
        facts = Facts(
            approved_until=max((one.until for one in approvals if one.until is not None), default=None),
            relations=thing.relations,
            keeps=self._keeps,
        )
        return explain(
            Asked(self._subject, act, thing.owner, thing.owner_name, facts, when, law.day(when), self._posts, approvals)
        )


SEEING = (Act.VIEW_LIVE, Act.VIEW_PLAYBACK, Act.VIEW_SNAPSHOT, Act.VIEW_UNDER, Act.ACCESS_EXPORT)
"""What lets anybody see or take what a camera shows."""
LISTED_MOST = 500
"""People, cameras and approvals in one answer."""


@dataclass(frozen=True, slots=True)
class Right:
    """One act that a person may do, or may once what is needed is brought: why, and about which cameras."""

    act: Act
    explained: Explanation
    cameras: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """One person with the rights found, never empty."""

    person: Person
    rights: Sequence[Right]


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights about one camera or of one person; `approvals` are those in force that concern it, of any side."""

    name: str
    at: UtcNs
    held: Sequence[Holding]
    approvals: Sequence[AccessRequest]


def who_sees(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, camera: CameraId) -> Rights:
    """Everybody of the unit who may see or take what one of its cameras shows, and the approvals of outsiders.

    Raises Missing for a camera of another unit.
    """
    with performing(store, Act.RIGHTS_EXPLAIN, camera, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        uow, unit = doing.uow, doing.person.unit
        found = uow.cameras.one(camera, unit)
        if found is None:
            raise Missing("authority.unknown-object", "没有这个对象", text_en="There is no such object", field="camera")
        thing = _Thing(unit, doing.person.unit_name, found.name, frozenset({Relation.OWN}), camera)
        requests = _requests(uow, doing.person)
        held = [
            Holding(person, rights)
            for person in uow.people.of_unit(unit)[:LISTED_MOST]
            if (rights := _rights(_Person(doing, law, person, doing.now, requests), [thing]))
        ]
        approvals = [one for one in requests if camera in one.cameras and _runs(one, doing.now)]
        doing.enter("rights.listed", camera, {"kind": "camera", "found": len(held), "approvals": len(approvals)})
        return Rights(found.name, doing.now, held, approvals)


def what_sees(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, person: PersonId) -> Rights:
    """What one person of the unit may see or take: of its own cameras, and of others' under an approval.

    Raises Missing for a person of another unit.
    """
    with performing(store, Act.RIGHTS_EXPLAIN, person, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        uow, unit = doing.uow, doing.person.unit
        asked = uow.people.one(person)
        if asked is None or asked.unit != unit:
            raise Missing("people.unknown", "没有这个人员", text_en="There is no such person", field="person")
        requests = _requests(uow, asked)
        running = [one for one in requests if one.asker == unit and _runs(one, doing.now)]
        own = {one.id: _Thing(unit, asked.unit_name, one.name, frozenset({Relation.OWN}), one.id)
               for one in uow.cameras.of_unit(unit)}  # fmt: skip
        under = {
            camera: _under(doing, one, camera)
            for one in running for camera in one.cameras if camera not in own
        }  # fmt: skip
        rights = _rights(_Person(doing, law, asked, doing.now, requests), [*own.values(), *under.values()])
        doing.enter("rights.listed", person, {"kind": "person", "found": sum(len(one.cameras) for one in rights)})
        return Rights(asked.display_name, doing.now, [Holding(asked, rights)] if rights else [], running)


def _rights(person: _Person, things: Sequence[_Thing]) -> list[Right]:
    found = []
    for act in SEEING:
        told = [(thing, person.explained(act, thing)) for thing in things]
        allowed = [(thing, explained) for thing, explained in told if explained.verdict is not Verdict.NO]
        if allowed:
            found.append(Right(act, allowed[0][1], [(str(thing.camera), thing.name) for thing, _ in allowed]))
    return found


def _runs(request: AccessRequest, now: UtcNs) -> bool:
    return request.state not in ENDED and request.approved_until is not None and now < request.approved_until


def _approval(request: AccessRequest, law: Rulebook) -> Approval:
    """What of a request counts: one that was withdrawn or has ended approves nothing any more."""
    until = request.approved_until if request.state not in ENDED else None
    return Approval(request.number, until, law.day(until).isoformat() if until is not None else "")


def _under(doing: Performance, request: AccessRequest, camera: CameraId) -> _Thing:
    there = doing.uow.cameras.one(camera, request.unit)
    return _Thing(request.unit, _HIDDEN[0], there.name if there is not None else camera, frozenset(), camera)


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
            return _Thing(own, own_name, camera.name, frozenset({Relation.OWN}), camera.id)
        under = next((one for one in requests if CameraId(thing) in one.cameras), None)
        if under is not None:
            return _under(doing, under, CameraId(thing))
    else:
        place, organ = doing.uow.places.one(thing), doing.uow.organs.one(own)
        near = relations(organ, place.unit, place.territory) if place is not None and organ is not None else frozenset()
        if place is not None and near:
            owner = doing.uow.people.unit(place.unit)
            return _Thing(place.unit, owner.name if owner is not None else "", place.name, near)
    raise Missing("authority.unknown-object", "没有这个对象", text_en="There is no such object", field="object")
