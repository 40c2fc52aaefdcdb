"""Organs and units on record: the tree, kept by the administrator of the unit that keeps the installation."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mingjian.app.people import Enrolment, new_person, waiting
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork
from mingjian.app.records import Actor, PastAct, Unit
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Facts, Role
from mingjian.governance.organ_tree import area_name, disturbed, misplaced
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.posts import Post
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rulebook import Rulebook

ORGAN_NAME_LONGEST, TEXT_LONGEST = 100, 200
HISTORY_LIMIT = 50
"""Changes of one organ: a handful in practice."""
_FIELDS = {
    "organ.territory": "territory",
    "organ.sector": "sector",
    "organ.credit-code": "credit_code",
    "organ.parent": "parent",
    "organ.cycle": "parent",
    "organ.taken": "territory",
}
"""Where a form shows why a place in the tree is refused."""


@dataclass(frozen=True, slots=True)
class OrganForm:
    """What is put on record of an organ or a unit."""

    name: str
    kind: OrganKind
    territory: str
    parent: UnitId | None = None
    sector: str = ""
    credit_code: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class ShownOrgan:
    """An organ with its area in words, as the people's governments on record name it."""

    organ: Organ
    area: str


@dataclass(frozen=True, slots=True)
class OrganPage:
    """One organ: facts, what stands directly below it, who holds its posts, what was changed."""

    shown: ShownOrgan
    below: Sequence[Organ]
    posts: Sequence[tuple[Post, str]]
    """Running posts with the person's name; of another's unit only its heads."""
    history: Sequence[PastAct]


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[ShownOrgan]:
    """Every organ, and those units that the actor's own is something to (all for who keeps the installation)."""
    with asking(store, Act.ORGAN_LIST, actor=actor, clock=clock) as doing:
        every = doing.uow.organs.listed()
        visible = _visible(doing)
        governments = [organ for organ in every if organ.kind is OrganKind.GOVERNMENT]
        areas = {code: area_name(code, governments) for code in {organ.territory for organ in every}}
        return [ShownOrgan(organ, areas[organ.territory]) for organ in every if visible(organ)]


def of(store: Store, actor: Actor) -> Organ:
    """The organ or unit that `actor` belongs to."""
    with store.reading() as uow:
        found = uow.organs.one(actor.unit)
        assert found is not None, "a person without unit"
        return found


def page(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, organ: UnitId) -> OrganPage:
    """One organ. Raises Missing for a unit that the actor's own is nothing to."""
    with asking(store, Act.ORGAN_LIST, actor=actor, clock=clock) as doing:
        found, every, visible = _known(doing, organ), doing.uow.organs.listed(), _visible(doing)
        if not visible(found):
            raise _unknown()
        own = organ == doing.person.unit
        posts = doing.uow.people.posts_in(organ) if own else doing.uow.people.heads(organ, law.day(doing.now))
        return OrganPage(
            ShownOrgan(found, area_name(found.territory, every)),
            [one for one in every if one.parent == organ and visible(one)],
            [(post, _name_of(doing.uow, post)) for post in posts],
            doing.uow.ledger.history(organ, HISTORY_LIMIT) if own or doing.keeps() else (),
        )


def add(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    form: OrganForm,
    administrator: str,
    administrator_name: str,
) -> tuple[Organ, Enrolment]:
    """Put an organ or a unit on record with its first administrator, who enrols with the one-time code.

    Raises Invalid with the field whose value does not fit the tree, or whose sign-in name is taken.
    """
    with performing(store, Act.ORGAN_ADD, "", actor=actor, clock=clock) as doing:
        doing.permit(None, Facts(keeps=doing.keeps()))
        unit = Unit(UnitId(uuid7(doing.now, random(RANDOM_BYTES))), form.name, doing.now)
        organ = placed(_formed(unit.id, form), doing.uow.organs.listed())
        doing.uow.people.add_unit(unit)
        doing.uow.organs.save(organ)
        enrolment = _first_administrator(doing, organ, administrator, administrator_name, random)
        facts = {**_told(organ), "administrator": enrolment.person.id}
        doing.enter("organ.added", organ.id, facts, personal={"name": organ.name, **_names(enrolment)})
        return organ, enrolment


def change(store: Store, *, actor: Actor, clock: Clock, organ: UnitId, form: OrganForm) -> Organ:
    """Change what is on record. A unit's own administrator changes credit code, address and contact, nothing else."""
    with performing(store, Act.ORGAN_CHANGE, organ, actor=actor, clock=clock) as doing:
        keeps = doing.keeps()
        doing.permit(None if keeps else organ)
        before = _known(doing, organ)
        every = doing.uow.organs.listed()
        after = placed(replace(_formed(organ, form), parent=before.parent, keeps=before.keeps), every)
        if not keeps and _legal(after) != _legal(before):
            raise refusal(reason("organ.keeper"))
        doing.uow.organs.save(after)
        doing.enter("organ.changed", organ, _told(after), personal={"name": after.name})
        return after


def move(store: Store, *, actor: Actor, clock: Clock, organ: UnitId, parent: UnitId | None) -> Organ:
    """Put an organ under another one, or under none."""
    with performing(store, Act.ORGAN_MOVE, organ, actor=actor, clock=clock) as doing:
        doing.permit(None, Facts(keeps=doing.keeps()))
        every = doing.uow.organs.listed()
        after = placed(replace(_known(doing, organ), parent=parent), every)
        doing.uow.organs.save(after)
        doing.enter("organ.moved", organ, {"parent": parent or ""})
        return after


def appoint(
    store: Store, *, actor: Actor, clock: Clock, random: Random, organ: UnitId, name: str, display_name: str
) -> Enrolment:
    """An administrator for a unit whose own has not enrolled: a new person, or a new code for the one who waits.

    Raises Refused `organ.has-administrator` where one can sign in: from then on its people are its own affair.
    """
    with performing(store, Act.ORGAN_ADD, organ, actor=actor, clock=clock) as doing:
        doing.permit(None, Facts(keeps=doing.keeps()))
        enrolment = _first_administrator(doing, _known(doing, organ), name, display_name, random)
        doing.enter("organ.administrator", organ, {"person": enrolment.person.id}, personal=_names(enrolment))
        return enrolment


def placed(organ: Organ, others: Sequence[Organ]) -> Organ:
    """`organ` as it may stand in the tree. Raises Invalid with the field that does not fit."""
    why = misplaced(organ, others) or disturbed(organ, others)
    if why is not None:
        field = _FIELDS.get(why.code, "")
        raise Invalid(
            why.code,
            why.text,
            text_en=why.text_en,
            remedy=why.remedy,
            remedy_en=why.remedy_en,
            article=why.article,
            field=field,
        )
    return organ


def _first_administrator(doing: Performance, organ: Organ, name: str, display_name: str, random: Random) -> Enrolment:
    people = [one for one in doing.uow.people.of_unit(organ.id) if Role.ADMINISTRATOR in one.roles]
    if any(one.password_hash and one.disabled is None for one in people):
        raise refusal(reason("organ.has-administrator"))
    made = new_person(
        Unit(organ.id, organ.name, doing.now), name, display_name, {Role.ADMINISTRATOR}, now=doing.now, random=random
    )
    known = next((one for one in people if one.name == made.person.name and one.disabled is None), None)
    if known is None:
        doing.uow.people.add(made.person)
    else:
        made = waiting(known, made.code, doing.now)
        doing.uow.people.save(made.person)
    return made


def _names(enrolment: Enrolment) -> dict[str, str]:
    return {"administrator": enrolment.person.name, "administrator_name": enrolment.person.display_name}


def _formed(organ: UnitId, form: OrganForm) -> Organ:
    def text(value: str, field: str) -> str:
        return line(value, field, longest=TEXT_LONGEST, shortest=0)

    return Organ(
        organ,
        line(form.name, "name", longest=ORGAN_NAME_LONGEST),
        form.kind,
        form.territory.strip(),
        form.parent,
        form.sector,
        unicodedata.normalize("NFKC", form.credit_code).strip().upper(),
        text(form.address, "address"),
        text(form.contact, "contact"),
    )


def _legal(organ: Organ) -> Organ:
    """What follows from law and place, without what a unit says of itself."""
    return replace(organ, credit_code="", address="", contact="")


def _told(organ: Organ) -> dict[str, object]:
    facts = {"kind": organ.kind, "territory": organ.territory, "parent": organ.parent or "", "sector": organ.sector}
    return {**facts, "credit_code": organ.credit_code}


def _visible(doing: Performance) -> Callable[[Organ], bool]:
    """Organs are public; units are seen by themselves, by who is something to them, and by who keeps the tree."""
    administers = Role.ADMINISTRATOR in doing.person.roles and doing.keeps()
    scope = doing.scope()

    def visible(organ: Organ) -> bool:
        public = organ.kind is not OrganKind.UNIT
        return public or administers or scope.shows(organ.id, organ.territory, organ.sector)

    return visible


def _known(doing: Performance, organ: UnitId) -> Organ:
    found = doing.uow.organs.one(organ)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Missing:
    return Missing("organ.unknown", "没有这个机关或者单位", text_en="There is no such organ or unit")


def _name_of(uow: UnitOfWork, post: Post) -> str:
    person = uow.people.one(post.person)
    return person.display_name if person is not None else ""
