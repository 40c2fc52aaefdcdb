"""A way back for who lost the own credentials: one administrator asks, one of another kind confirms, both entered.

So no administrator alone becomes another person, and of the three (system, security, audit) any one is restored by
the other two. Where a unit has not both, those of the unit that keeps the installation serve it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mingjian.app.credentials import one_time_code
from mingjian.app.people import Enrolment, end_sessions, reached, served, waiting
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, Person, Recovery
from mingjian.app.texts import line
from mingjian.governance.authority import ADMINISTRATIONS, Act, Facts, Role
from mingjian.governance.organs import Relation
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, uuid7

WAITS_NS = DAY_NS
"""Confirmed within a day, or asked for anew."""
WHY_LONGEST = 200


def ask(store: Store, *, actor: Actor, clock: Clock, random: Random, person: PersonId, why: str) -> Recovery:
    """Ask for new credentials. Nothing changes until another administrator confirms."""
    with performing(store, Act.PEOPLE_RESET, person, actor=actor, clock=clock) as doing:
        found, near = _reached(doing, person)
        doing.permit(found.unit, Facts(target=person, relations=near))
        asked = Recovery(
            uuid7(doing.now, random(RANDOM_BYTES)),
            found.unit,
            person,
            found.display_name,
            doing.person.id,
            doing.person.display_name,
            tuple(sorted(doing.person.roles)),
            line(why, "why", longest=WHY_LONGEST),
            doing.now,
            UtcNs(doing.now + WAITS_NS),
        )
        doing.uow.people.add_recovery(asked)
        doing.enter("credentials.asked", person, {"recovery": asked.id}, personal={"why": asked.why})
        return asked


def waiting_for(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Recovery]:
    """Those that wait, of the actor's unit and of the units that it serves."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        every = doing.uow.people.recoveries(doing.now)
        return [one for one in every if one.unit == doing.person.unit or _near(doing, one)]


def confirm(store: Store, *, actor: Actor, clock: Clock, random: Random, recovery: str) -> Enrolment:
    """Take password, seed, keys and link to the provider away and let the person enrol again; sessions end at once.

    Raises Refused `people.two-administrators` for who asked, for one of the same kind, and for an auditor where the
    security administrator is there to confirm.
    """
    code = one_time_code(random)
    with performing(store, Act.PEOPLE_RESTORE, recovery, actor=actor, clock=clock) as doing:
        asked = doing.uow.people.recovery(recovery)
        if asked is None or asked.confirmed is not None or asked.ends <= doing.now:
            raise unknown()
        near = _near(doing, asked)
        if asked.unit != doing.person.unit and not near:
            raise unknown()
        found = doing.uow.people.one(asked.person)
        assert found is not None
        doing.permit(asked.unit, Facts(owner=asked.asker, target=found.id, relations=near))
        if set(asked.asker_roles) & doing.person.roles or not _watches(doing.person, found):
            raise refusal(reason("people.two-administrators"))
        enrolment = waiting(found, code, doing.now)
        doing.uow.people.save(enrolment.person)
        doing.uow.people.save_recovery(replace(asked, confirmer=doing.person.id, confirmed=doing.now))
        for key in doing.uow.people.keys_of(found.id):
            doing.uow.people.remove_key(key.id)
        if (link := doing.uow.people.link_of(found.id)) is not None:
            doing.uow.people.remove_link(link.id)
        end_sessions(doing, found.id)
        facts = {"recovery": recovery, "asker": asked.asker, "until_ms": enrolment.until // 1_000_000}
        doing.enter("credentials.reset", found.id, facts)
        return enrolment


def unknown() -> Missing:
    """What a recovery answers that does not wait, or not for the asker."""
    return Missing("recovery.unknown", "没有待确认的恢复申请", text_en="No such restoring waits")


def _watches(confirmer: Person, found: Person) -> bool:
    """An auditor confirms for the two administrators whom he watches; for others the security administrator does."""
    return Role.SECURITY in confirmer.roles or bool(found.roles & {Role.ADMINISTRATOR, Role.SECURITY})


def _reached(doing: Performance, person: PersonId) -> tuple[Person, frozenset[Relation]]:
    return reached(doing, person, _kind(doing))


def _near(doing: Performance, asked: Recovery) -> frozenset[Relation]:
    return served(doing, asked.unit, _kind(doing), besides=asked.person)


def _kind(doing: Performance) -> Role:
    """In which of the three offices the actor acts; anyone else is refused by the table later."""
    return next(iter(ADMINISTRATIONS & doing.person.roles), Role.SECURITY)
