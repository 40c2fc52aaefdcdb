"""Accounts of a unit. An administrator adds and disables people but never knows a password or a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mingjian.app.credentials import fingerprint, one_time_code, sign_in_name
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, ClosingCause, Person, Unit
from mingjian.app.texts import line
from mingjian.app.views import close_in
from mingjian.governance.authority import Act, Facts, Role, exclusive_roles
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, uuid7

ENROLMENT_NS = DAY_NS
"""A one-time code is used the day it is handed over, or made again."""
NAME_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person who may now set the own password, once, with `code` until `until`."""

    person: Person
    code: str
    until: UtcNs


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Person]:
    """The accounts of the actor's unit."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.people.of_unit(doing.person.unit)


def add_person(
    store: Store, *, actor: Actor, clock: Clock, random: Random, name: str, display_name: str, roles: Iterable[Role]
) -> Enrolment:
    """A new account in the actor's unit, without credentials until its person enrols."""
    name = sign_in_name(name)
    with performing(store, Act.PEOPLE_ADD, name, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        unit = Unit(doing.person.unit, doing.person.unit_name, doing.now)
        enrolment = new_person(unit, name, display_name, roles, now=doing.now, random=random)
        person = enrolment.person
        doing.uow.people.add(person)
        names = {"name": person.name, "display_name": person.display_name}
        doing.enter("person.added", person.id, {"roles": sorted(person.roles)}, personal=names)
    return enrolment


def new_person(
    unit: Unit, name: str, display_name: str, roles: Iterable[Role], *, now: UtcNs, random: Random
) -> Enrolment:
    """A person of `unit` who may enrol. Raises Invalid for a name, Refused for roles that exclude each other."""
    code = one_time_code(random)
    person = Person(
        PersonId(uuid7(now, random(RANDOM_BYTES))),
        unit.id,
        unit.name,
        sign_in_name(name),
        line(display_name, "display_name", longest=NAME_LONGEST),
        compatible(frozenset(roles)),
        now,
    )
    return waiting(person, code, now)


def waiting(person: Person, code: str, now: UtcNs) -> Enrolment:
    """A person without credentials who sets the own ones with `code` until the day is over."""
    until = UtcNs(now + ENROLMENT_NS)
    bare = replace(person, password_hash="", totp_sealed=b"", enrolment_hash=fingerprint(code), enrolment_until=until)
    return Enrolment(bare, code, until)


def change_person(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    person: PersonId,
    roles: Iterable[Role] | None = None,
    disabled: bool | None = None,
    display_name: str | None = None,
) -> Person:
    """Change roles, state or name. Disabling or changing roles ends the person's sessions and viewings at once."""
    with performing(store, Act.PEOPLE_CHANGE, person, actor=actor, clock=clock) as doing:
        before = of_unit(doing, person)
        doing.permit(before.unit, Facts(target=person))
        after = before
        if roles is not None:
            after = replace(after, roles=compatible(frozenset(roles)))
        if display_name is not None:
            after = replace(after, display_name=line(display_name, "display_name", longest=NAME_LONGEST))
        if disabled is not None and disabled != (before.disabled is not None):
            after = replace(after, disabled=doing.now if disabled else None)
        doing.uow.people.save(after)
        if after.roles != before.roles or after.disabled is not None:
            end_sessions(doing, person)
        doing.enter("person.changed", person, {"roles": sorted(after.roles), "disabled": after.disabled is not None})
        return after


def reset_credentials(store: Store, *, actor: Actor, clock: Clock, random: Random, person: PersonId) -> Enrolment:
    """Take password and seed away and let the person enrol again; sessions end at once."""
    code = one_time_code(random)
    with performing(store, Act.PEOPLE_RESET, person, actor=actor, clock=clock) as doing:
        before = of_unit(doing, person)
        doing.permit(before.unit, Facts(target=person))
        enrolment = waiting(before, code, doing.now)
        doing.uow.people.save(enrolment.person)
        end_sessions(doing, person)
        doing.enter("credentials.reset", person, {"until_ms": enrolment.until // 1_000_000})
        return enrolment


def end_sessions(doing: Performance, person: PersonId) -> None:
    """End a person's sessions and the viewings opened in them, inside the act."""
    ended = doing.uow.people.end_sessions_of(person)
    for viewing in doing.uow.register.open_viewings(ended):
        close_in(doing.uow, viewing, ClosingCause.REVOKED, doing.now, actor=doing.actor)


def of_unit(doing: Performance, person: PersonId) -> Person:
    """The person of the actor's unit. Raises Missing for any other."""
    found = doing.uow.people.one(person)
    if found is None or found.unit != doing.person.unit:
        raise Missing("person.unknown", "没有这个人员", text_en="There is no such person")
    return found


def compatible(roles: frozenset[Role]) -> frozenset[Role]:
    """`roles` that one person may hold together. Raises Refused."""
    if (why := exclusive_roles(roles)) is not None:
        raise refusal(why)
    return roles
