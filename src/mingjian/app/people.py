"""Accounts of a unit. The system administrator makes and disables them, never knows a password or a seed, and grants
nothing: roles are the security administrator's. A unit without one is served by that of the keeper of the installation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mingjian.app.credentials import fingerprint, one_time_code, sign_in_name
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork, Vault
from mingjian.app.records import Actor, ClosingCause, Person, Unit
from mingjian.app.texts import line
from mingjian.app.views import close_in
from mingjian.governance.authority import Act, Facts, Role, exclusive_roles
from mingjian.governance.organs import Relation
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, UnitId, uuid7

ENROLMENT_NS = DAY_NS
"""A one-time code is used the day it is handed over, or made again."""
NAME_LONGEST = 64
SPOT_NS = 3600 * SECOND_NS
"""An officer enrolled on the spot signs the same hour, at the counter where he stands."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person who may now set the own password, once, with `code` until `until`."""

    person: Person
    code: str
    until: UtcNs


def listed(store: Store, *, actor: Actor, clock: Clock, unit: UnitId | None = None) -> Sequence[Person]:
    """The accounts of the actor's unit, or of `unit` where the actor serves it. Raises Missing for any other."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        wanted = unit or doing.person.unit
        doing.permit(wanted, Facts(relations=served(doing, wanted)))
        return [one for one in doing.uow.people.of_unit(wanted) if not one.spot]


def add_person(
    store: Store,
    vault: Vault,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    name: str,
    display_name: str,
    roles: Iterable[Role] = (),
    work_id: str = "",
) -> Enrolment:
    """A new account in the actor's unit, without credentials until its person enrols, and without role.

    The one exception begins a unit: while it never had a security or an audit administrator, it names one each.
    """
    name = sign_in_name(name)
    with performing(store, Act.PEOPLE_ADD, name, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        asked = frozenset(roles)
        if asked:
            _begins(doing, asked)
        unit = Unit(doing.person.unit, doing.person.unit_name, doing.now)
        made = new_person(unit, name, display_name, asked, now=doing.now, random=random)
        enrolment = replace(made, person=replace(made.person, identity=identity_of(vault, work_id)))
        person = enrolment.person
        doing.uow.people.add(person)
        names = {"name": person.name, "display_name": person.display_name}
        doing.enter("person.added", person.id, {"roles": sorted(person.roles)}, personal=names)
    return enrolment


def _begins(doing: Performance, roles: frozenset[Role]) -> None:
    """Raises Refused unless `roles` is one administration that the unit never had."""
    held = {role for one in doing.uow.people.of_unit(doing.person.unit) for role in one.roles}
    if roles not in ({Role.SECURITY}, {Role.AUDITOR}) or roles & held:
        raise refusal(reason("roles.security"))


def new_person(
    unit: Unit, name: str, display_name: str, roles: Iterable[Role], *, now: UtcNs, random: Random
) -> Enrolment:
    """A person of `unit` who may enrol. Raises Invalid for a name, Refused for roles that exclude each other."""
    code = one_time_code(random)
    asked = frozenset(roles)
    person = Person(
        PersonId(uuid7(now, random(RANDOM_BYTES))),
        unit.id,
        unit.name,
        sign_in_name(name),
        line(display_name, "display_name", longest=NAME_LONGEST),
        compatible(asked) if asked else asked,
        now,
    )
    return waiting(person, code, now)


def identity_of(vault: Vault, work_id: str) -> str:
    """The keyed hash of a work-ID or identity number; empty for none. Spaces and case do not make two persons."""
    plain = "".join(work_id.split()).upper()
    return vault.tag(plain, context="identity") if plain else ""


def enrol_on_the_spot(
    doing: Performance,
    vault: Vault,
    *,
    random: Random,
    organ: UnitId,
    name: str,
    work_id: str,
    certificate: str,
    request: str = "",
) -> Enrolment:
    """An officer of `organ` without account, known by his work ID and a certificate (article 22), inside an act.

    He never signs in: within `SPOT_NS` he signs once beside the staff with the code that they hand him, his sign-in
    name being `person.name`, his password empty. One natural person stays one: the same work ID is the same person
    again. Raises Refused `people.known` for whoever has an account, Missing for an unknown organ or certificate.
    """
    identity = identity_of(vault, work_id)
    shown = line(name, "name", longest=NAME_LONGEST)
    line(work_id, "work_id", shortest=4, longest=NAME_LONGEST)
    unit = doing.uow.people.unit(organ)
    if unit is None:
        raise Missing("organ.unknown", "没有这个机关", text_en="There is no such organ", field="organ")
    known = doing.uow.people.of_identity(identity)
    if any(not one.spot or one.unit != organ for one in known):
        raise refusal(reason("people.known"))
    code, until = one_time_code(random), UtcNs(doing.now + SPOT_NS)
    fresh = PersonId(uuid7(doing.now, random(RANDOM_BYTES)))
    roles = frozenset({Role.OFFICER})
    bare = known[0] if known else Person(fresh, organ, unit.name, f"spot-{fresh[-12:]}", shown, roles, doing.now)
    person = replace(bare, identity=identity, spot=True, enrolment_hash=fingerprint(code), enrolment_until=until)
    if known:
        doing.uow.people.save(person)
    else:
        doing.uow.people.add(person)
    facts = {"organ": organ, "certificate": certificate, "request": request}
    doing.enter("officer.enrolled", person.id, facts, personal={"officer": shown, "work_id": work_id})
    return Enrolment(person, code, until)


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
    disabled: bool | None = None,
    display_name: str | None = None,
) -> Person:
    """Change state or name. Disabling ends the person's sessions and viewings at once."""
    with performing(store, Act.PEOPLE_CHANGE, person, actor=actor, clock=clock) as doing:
        before = of_unit(doing, person)
        doing.permit(before.unit, Facts(target=person))
        after = before
        if display_name is not None:
            after = replace(after, display_name=line(display_name, "display_name", longest=NAME_LONGEST))
        if disabled is not None and disabled != (before.disabled is not None):
            after = replace(after, disabled=doing.now if disabled else None)
        doing.uow.people.save(after)
        if after.disabled is not None:
            end_sessions(doing, person)
        doing.enter("person.changed", person, {"disabled": after.disabled is not None})
        return after


def grant_roles(store: Store, *, actor: Actor, clock: Clock, person: PersonId, roles: Iterable[Role]) -> Person:
    """What a person is trusted with from now on; none is allowed. Sessions and viewings end when it changes.

    Raises Refused for roles that exclude each other, also those of another account of the same natural person.
    """
    with performing(store, Act.ROLES_GRANT, person, actor=actor, clock=clock) as doing:
        before, near = reached(doing, person, Role.SECURITY)
        doing.permit(before.unit, Facts(target=person, relations=near))
        asked = frozenset(roles)
        after = replace(before, roles=compatible(asked) if asked else asked)
        doing.uow.people.save(after)
        if after.roles != before.roles:
            end_sessions(doing, person)
        doing.enter("roles.granted", person, {"roles": sorted(after.roles), "before": sorted(before.roles)})
        return after


def end_sessions(doing: Performance, person: PersonId) -> None:
    """End a person's sessions and the viewings opened in them, inside the act."""
    end_sessions_in(doing.uow, person, doing.now, actor=doing.actor)


def end_sessions_in(uow: UnitOfWork, person: PersonId, now: UtcNs, *, actor: Actor | None) -> None:
    """The same in any transaction; without `actor` the system itself does it."""
    ended = uow.people.end_sessions_of(person)
    for viewing in uow.register.open_viewings(ended):
        close_in(uow, viewing, ClosingCause.REVOKED, now, actor=actor)


def of_unit(doing: Performance, person: PersonId) -> Person:
    """The person of the actor's unit. Raises Missing for any other."""
    found = doing.uow.people.one(person)
    if found is None or found.unit != doing.person.unit:
        raise Missing("person.unknown", "没有这个人员", text_en="There is no such person")
    return found


def served(
    doing: Performance, unit: UnitId, role: Role = Role.SECURITY, *, besides: PersonId | None = None
) -> frozenset[Relation]:
    """What the actor's unit is to the people of `unit`: its keeper, where nobody able but `besides` holds `role`."""
    asking = doing.uow.organs.one(doing.person.unit)
    if unit == doing.person.unit or asking is None or not asking.keeps:
        return frozenset()
    able = any(one.able and role in one.roles and one.id != besides for one in doing.uow.people.of_unit(unit))
    return frozenset() if able else frozenset({Relation.KEEPER})


def reached(doing: Performance, person: PersonId, role: Role) -> tuple[Person, frozenset[Relation]]:
    """A person of the actor's unit, or of one that the actor's serves in `role`. Raises Missing for any other."""
    found = doing.uow.people.one(person)
    near = served(doing, found.unit, role, besides=person) if found is not None else frozenset()
    if found is None or (found.unit != doing.person.unit and not near):
        raise Missing("person.unknown", "没有这个人员", text_en="There is no such person")
    return found, near


def compatible(roles: frozenset[Role]) -> frozenset[Role]:
    """`roles` that one person may hold together. Raises Refused."""
    if (why := exclusive_roles(roles)) is not None:
        raise refusal(why)
    return roles
