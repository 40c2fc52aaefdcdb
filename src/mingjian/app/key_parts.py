"""Key parts of a place (重要部位): the unit decides which they are, the police guide it (article 7, paragraph 2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import places
from mingjian.app.performing import Performance, performing
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.places import Guidance, KeyPart
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class PartForm:
    """The unit's decision about one key part (article 7, paragraph 2)."""

    name: str
    part: str
    national_rule: str
    decision: str
    decided_by: str
    decided_on: date


def decide_part(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, place: str, form: PartForm
) -> KeyPart:
    """Record which part is a key part (重要部位), by which national rule, who decided and when."""
    with performing(store, Act.PART_DECIDE, place, actor=actor, clock=clock) as doing:
        found = places.own(doing, place)
        kind = law.place_kind(found.kind)
        row = next((part for part in kind.parts if part.id == form.part), None)
        if row is None:
            raise places.invalid("part", f"{kind.name}没有这个部位", f"{kind.name_en} has no such part")
        if form.decided_on > law.day(doing.now):
            raise places.invalid("decided_on", "决定日期不能晚于今天", "The decision cannot lie in the future")
        part = KeyPart(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            place=place,
            unit=found.unit,
            name=line(form.name, "name", longest=64),
            part=form.part,
            national_rule=line(form.national_rule, "national_rule", shortest=4 if row.key else 0, longest=200),
            decision=line(form.decision, "decision", shortest=4, longest=500),
            decided_by=line(form.decided_by, "decided_by", longest=64),
            decided_on=form.decided_on,
            created=doing.now,
        )
        doing.uow.places.add_part(part)
        facts = {"place": place, "part": part.part, "name": part.name, "national_rule": part.national_rule}
        index = doing.enter(
            "part.decided", part.id, facts, personal={"decision": part.decision, "decided_by": part.decided_by}
        )
        places.settle(doing, law, found, entry=index)
        return part


def withdraw_part(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, part: str, why: str
) -> KeyPart:
    """Record that a part is a key part no longer, with the reason; what the place owes is reckoned anew."""
    why = line(why, "reason", shortest=4, longest=500)
    with performing(store, Act.PART_WITHDRAW, part, actor=actor, clock=clock) as doing:
        found = places.own(doing, place)
        before = _part(doing, place, part)
        after = replace(before, withdrawn=before.withdrawn or doing.now)
        doing.uow.places.save_part(after)
        index = doing.enter("part.withdrawn", part, {"place": place}, personal={"reason": why})
        places.settle(doing, law, found, entry=index)
        return after


def guide_part(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, part: str, text: str) -> KeyPart:
    """Record what the competent police said about the determination (article 7, paragraph 2)."""
    text = line(text, "text", shortest=4, longest=500)
    with performing(store, Act.PART_GUIDE, part, actor=actor, clock=clock) as doing:
        found = places.of(doing, place)
        doing.permit_near(found.unit, found.territory, found.sector)
        before = _part(doing, place, part)
        said = Guidance(doing.person.unit, doing.person.display_name, law.day(doing.now), text)
        after = replace(before, guidance=(*before.guidance, said))
        doing.uow.places.save_part(after)
        doing.enter("part.guided", part, {"place": place}, personal={"text": text})
        return after


def _part(doing: Performance, place: str, part: str) -> KeyPart:
    found = next((one for one in doing.uow.places.parts(place) if one.id == part), None)
    if found is None:
        raise Missing("part.unknown", "没有这个部位", text_en="There is no such part")
    return found
