"""Acceptance and putting to use of a system that government builds (article 13, paragraph 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mingjian.app import systems
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.app.works import papers_of, system_of
from mingjian.governance.acceptance import MOST_MEMBERS, Acceptance, Conclusion, Found, Member, failing, judged
from mingjian.governance.authority import Act
from mingjian.governance.reasons import reason
from mingjian.governance.systems import Builder, Life, LifeStep, VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

UNACCEPTED = frozenset({Life.PLANNED, Life.DESIGNED, Life.BUILT})


@dataclass(frozen=True, slots=True)
class AcceptanceForm:
    """The sheet as the organiser fills it in."""

    number: str
    on: date
    conclusion: Conclusion
    items: tuple[Found, ...]
    members: tuple[Member, ...]
    issues: str = ""
    attachments: tuple[str, ...] = ()


def listed(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, system: str
) -> tuple[VideoSystem, Sequence[Acceptance], int]:
    """A system, its acceptances from the first on, and the days of storage that a pass needs."""
    with asking(store, Act.WORKS_LIST, actor=actor, clock=clock) as doing:
        found = system_of(doing, system)
        floor = _floor(doing, law, found, law.day(doing.now))
        return found, doing.uow.acceptances.of_system(system), floor


def accept(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, system: str, form: AcceptanceForm
) -> Acceptance:
    """Record an acceptance: a pass opens the way into use, a failure reopens construction.

    Organised by the city or county government of the place. Raises Invalid naming the field that does not bear the
    conclusion.
    """
    passed = form.conclusion is Conclusion.PASSED
    issues = line(form.issues, "issues", shortest=0 if passed else 4, longest=2_000)
    number = line(form.number, "number", shortest=2, longest=80)
    members = tuple(_member(one) for one in form.members[:MOST_MEMBERS])
    items = tuple(
        Found(one.item, one.result, one.measured, line(one.note, "items", shortest=0, longest=500))
        for one in form.items
    )
    with performing(store, Act.SYSTEM_ACCEPT, system, actor=actor, clock=clock) as doing:
        found = systems.reached(doing, system)
        if found.builder is not Builder.GOVERNMENT:
            raise refusal(reason("procedure.government-only"))
        found, row = systems.stepping(doing, system, LifeStep.ACCEPT if passed else LifeStep.FAIL)
        wrong = judged(form.conclusion, items, members, floor_days=_floor(doing, law, found, form.on))
        if wrong is not None:
            field, why = wrong
            raise Invalid(
                why.code, why.text, text_en=why.text_en, remedy=why.remedy, remedy_en=why.remedy_en, field=field,
                article=why.article,
            )  # fmt: skip
        acceptance = Acceptance(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=found.unit,
            system=system,
            organiser=doing.person.unit,
            number=number,
            on=form.on,
            conclusion=form.conclusion,
            items=items,
            members=members,
            issues=issues,
            attachments=papers_of(doing, system, form.attachments, "attachments"),
            by=doing.person.display_name,
            created=doing.now,
        )
        doing.uow.acceptances.add(acceptance)
        about: dict[str, object] = {"acceptance": acceptance.id, "number": number, "failed": failing(items)}
        systems.advanced(doing, law, found, row, form.on, about=about)
        return acceptance


def use(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, system: str, on: date) -> VideoSystem:
    """Put an accepted government system to use. Raises Refused `procedure.not-accepted` without a passed acceptance.

    The clock of filing starts where an instrument knows it for government systems (decree 799, article 14).
    """
    with performing(store, Act.SYSTEM_USE, system, actor=actor, clock=clock) as doing:
        found = systems.reached(doing, system)
        if found.builder is not Builder.GOVERNMENT:
            raise refusal(reason("procedure.government-only"))
        if found.state in UNACCEPTED:
            raise refusal(reason("procedure.not-accepted"))
        found, row = systems.stepping(doing, system, LifeStep.USE)
        used = systems.advanced(doing, law, found, row, on)
        systems.open_filing_duties(doing, law, used, on)
        return used


def _floor(doing: Performance, law: Rulebook, system: VideoSystem, on: date) -> int:
    place = doing.uow.places.one(system.place)
    anti_terror = place.anti_terror if place is not None else False
    regime = systems.regime_of(doing, law, system)
    return law.retention(on, builder="government", regime=regime, anti_terror=anti_terror).floor_days


def _member(one: Member) -> Member:
    return Member(
        line(one.organ, "members", longest=100),
        line(one.name, "members", longest=64),
        line(one.title, "members", shortest=0, longest=64),
    )
