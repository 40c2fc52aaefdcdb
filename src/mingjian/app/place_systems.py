"""Systems that are begun at a place: who builds there (article 9), and what one that stood before the law owes."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.app import places
from mingjian.app.duties import open_duty
from mingjian.app.performing import Performance, performing
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.filing import DUTIES, FilingKind
from mingjian.governance.places import Capacity, Place
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

LEGACY = DUTIES[FilingKind.EXISTING]


@dataclass(frozen=True, slots=True)
class SystemForm:
    """A system to be planned at a place."""

    name: str
    purpose: str
    part: str = ""
    """For a place of which the government builds single parts: the part that it is for."""
    existing: bool = False
    plan_item: str = ""


def add_system(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, place: str, form: SystemForm
) -> VideoSystem:
    """Begin the record of a system at a place. Raises Refused with article 9 for whoever does not build there."""
    with performing(store, Act.SYSTEM_ADD, place, actor=actor, clock=clock) as doing:
        found = places.of(doing, place)
        doing.permit_near(found.unit, found.territory, found.sector)
        system = new_system(doing, law, random, found, form)
        enter_system(doing, law, system)
        return system


def new_system(doing: Performance, law: Rulebook, random: Random, place: Place, form: SystemForm) -> VideoSystem:
    """A checked system of the actor's unit at `place`, not stored yet."""
    if place.closed is not None:
        raise places.invalid("place", "场所已注销", "The place is closed")
    kind = law.place_kind(place.kind)
    organ = places.organ_of(doing)
    part = form.part
    if not part and place.unit != organ.id:  # the government at another's place: only where the law gives it a part
        part = next((one.id for one in kind.parts if one.builder == "government"), "")
    capacity = place.capacity if place.unit == organ.id else Capacity.NONE
    verdict = places.responsible(kind, part, organ.kind, capacity)
    return VideoSystem(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        unit=organ.id,
        place=place.id,
        name=line(form.name, "name", longest=64),
        builder=verdict.builder,
        reason=verdict.row,
        territory=place.territory,
        sector=place.sector,
        created=doing.now,
        purpose=line(form.purpose, "purpose", shortest=0, longest=500),
        plan_item=form.plan_item,
        existing=form.existing,
    )


def enter_system(doing: Performance, law: Rulebook, system: VideoSystem) -> None:
    """Store a new system with its entry; one that stood before the law is to be filed from now on."""
    doing.uow.systems.add(system)
    facts = {
        "place": system.place,
        "name": system.name,
        "builder": system.builder,
        "row": system.reason,
        "existing": system.existing,
    }
    doing.enter("system.added", system.id, facts)
    if system.existing:
        _owe_legacy(doing, law, system)


def _owe_legacy(doing: Performance, law: Rulebook, system: VideoSystem) -> None:
    """A system that stood before the law owes a filing within the term that each text sets for such (A13.3)."""
    day = law.day_before(LEGACY)
    if day is None:
        return
    open_duty(
        doing,
        law,
        duty=LEGACY,
        debtor=system.unit,
        owner=system.unit,
        subject_kind="system",
        subject=system.id,
        subject_name=system.name,
        trigger=day,
        builder=system.builder.value,
        regime=law.place_kind(places.of(doing, system.place).kind).regime,
    )
