"""The construction plan as acts (articles 3, 6 and 9): organised, compiled, countersigned, adopted, published.

Each step is a row of `governance.planning.PLAN`. Publication makes every item somebody's obligation, with the plan's
own day where it sets one; a system in use that fulfils the item meets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mingjian.app import duties
from mingjian.app.offers import Offer, offered
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, PastAct
from mingjian.app.texts import line
from mingjian.app.works import past_day
from mingjian.governance.authority import Act, Facts
from mingjian.governance.organs import Organ, OrganKind, contains
from mingjian.governance.places import Datum
from mingjian.governance.planning import (
    MOST_DEPARTMENTS,
    MOST_ITEMS,
    OPEN,
    Countersign,
    Plan,
    PlanItem,
    PlanState,
    PlanStep,
    UrbanPlan,
    item_of,
    lacking,
    next_plan,
    objections,
    possible_plan,
    visible,
)
from mingjian.governance.reasons import Reason, reason
from mingjian.governance.systems import Builder, Life, VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rulebook import Rulebook

HISTORY_LIMIT = 200
"""Entries about one version: some dozens in practice."""
MOST_CAMERAS = 10_000
"""At one item: a larger figure is mistyped."""
TITLE_LONGEST, NUMBER_LONGEST, OPINION_LONGEST = 120, 80, 1_000
NOT_LISTED = "规划新版本不再列入"
WORKING = frozenset({Life.IN_USE, Life.FILED, Life.NOTICED})
"""States in which a system serves its place."""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What the government says when it organises a version."""

    title: str
    urban_plan: UrbanPlan
    departments: tuple[UnitId, ...]


@dataclass(frozen=True, slots=True)
class ItemForm:
    """One item as it is compiled; who builds follows from the kind."""

    name: str
    kind: str
    part: str = ""
    territory: str = ""
    """Empty: the plan's own."""
    id: str = ""
    place: str = ""
    unit: str = ""
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    cameras: int = 0
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One version as its page shows it: names of organs beside their ids, steps open to the reader."""

    plan: Plan
    organs: dict[str, str]
    fulfilled: frozenset[str]
    """Items whose obligation is met."""
    offers: tuple[Offer, ...]
    history: Sequence[PastAct]


def listed(store: Store, *, actor: Actor, clock: Clock) -> list[tuple[Plan, str]]:
    """The versions that the actor's organ may see, the newest first, with the government's name."""
    with asking(store, Act.PLAN_LIST, actor=actor, clock=clock) as doing:
        asker = _asker(doing)
        names = {organ.id: organ.name for organ in doing.uow.organs.listed()}
        return [(plan, names.get(plan.unit, "")) for plan in doing.uow.plans.listed() if visible(asker, plan)]


def page(store: Store, *, actor: Actor, clock: Clock, plan: str) -> PlanPage:
    """One version with its lawful steps for this person. Raises Missing for one that may not be seen."""
    with asking(store, Act.PLAN_LIST, actor=actor, clock=clock) as doing:
        found = _found(doing, plan)
        uow = doing.uow
        concerned = {found.unit, *found.departments, *(item.unit for item in found.items if item.unit)}
        names = {str(organ.id): organ.name for organ in uow.organs.listed() if organ.id in concerned}
        met = {item.id for item in found.items for duty in uow.obligations.of_subject(item.id) if duty.met_on}
        near = visible(_asker(doing), found)
        rows = [(str(row.step), row.act) for row in possible_plan(found.state) if row.act is not None] if near else []
        held = {str(row.step): why for row in possible_plan(found.state) if (why := lacking(found, row.step))}

        def permit(act: Act) -> object:
            return doing.permit(found.unit, Facts(relations=near), act=act)

        history = uow.ledger.history(plan, HISTORY_LIMIT) if near else ()
        return PlanPage(found, names, frozenset(met), offered(rows, permit, held=held), history)


def organise(store: Store, *, actor: Actor, clock: Clock, random: Random, form: PlanForm) -> Plan:
    """Open a version of the government's plan, with the published one's items. Refused while another is under way."""
    title = line(form.title, "title", shortest=2, longest=TITLE_LONGEST)
    urban_plan = _urban(form.urban_plan)
    with performing(store, Act.PLAN_ORGANISE, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        own = _asker(doing)
        if own.kind is not OrganKind.GOVERNMENT or not own.territory:
            raise refusal(reason("plan.organise"))
        departments = _departments(doing, own, form.departments)
        versions = doing.uow.plans.of_unit(own.id)
        if any(one.state in (PlanState.DRAFT, PlanState.CIRCULATED, PlanState.ADOPTED) for one in versions):
            raise refusal(reason("procedure.plan-under-way"))
        before = next((one for one in versions if one.state is PlanState.PUBLISHED), None)
        plan = Plan(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=own.id,
            territory=own.territory[:6],
            title=title,
            version=max((one.version for one in versions), default=0) + 1,
            urban_plan=urban_plan,
            departments=departments,
            created=doing.now,
            items=before.items if before is not None else (),
            supersedes=before.id if before is not None else "",
        )
        doing.uow.plans.add(plan)
        doing.enter("plan.organised", plan.id, {"version": plan.version, "departments": list(departments)})
        return plan


def compile_items(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, plan: str, items: Sequence[ItemForm]
) -> Plan:
    """Set the items of a draft: the whole list. Raises Invalid naming `items.N.field`; who builds is article 9's."""
    with _stepping(store, Act.PLAN_COMPILE, actor=actor, clock=clock, plan=plan) as (doing, found):
        if len(items) > MOST_ITEMS:
            raise _invalid("plan.too-many", "items", f"最多 {MOST_ITEMS} 项", f"At most {MOST_ITEMS} items")
        today = duties.today(law, doing.now)
        kept = {item.id for item in found.items}
        compiled = []
        for number, form in enumerate(items):
            named = form.id if form.id in kept else uuid7(doing.now, random(RANDOM_BYTES))
            compiled.append(_item(doing, law, found, form, named, f"items.{number}", today))
        if len({item.id for item in compiled}) != len(compiled):
            raise _invalid("plan.twice", "items", "同一项目出现两次", "An item comes twice")
        after = _stepped(doing, found, PlanStep.COMPILE, items=tuple(compiled))
        doing.enter("plan.compiled", plan, {"items": len(compiled)})
        return after


def circulate(store: Store, *, actor: Actor, clock: Clock, plan: str) -> Plan:
    """Send the draft to the departments. Refused while it has no item."""
    with _stepping(store, Act.PLAN_COMPILE, actor=actor, clock=clock, plan=plan) as (doing, found):
        after = _stepped(doing, found, PlanStep.CIRCULATE, countersigns=())
        doing.enter("plan.circulated", plan, {"items": len(found.items), "departments": list(found.departments)})
        return after


def countersign(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, plan: str, agreed: bool, opinion: str
) -> Plan:
    """A department's opinion; a second one of the same department replaces its first. An objection says why."""
    opinion = line(opinion, "opinion", shortest=0 if agreed else 4, longest=OPINION_LONGEST)
    with _stepping(store, Act.PLAN_COUNTERSIGN, actor=actor, clock=clock, plan=plan) as (doing, found):
        own = doing.person.unit
        today = duties.today(law, doing.now)
        signed = Countersign(own, doing.person.display_name, today, agreed, opinion)
        others = tuple(one for one in found.countersigns if one.organ != own)
        after = _stepped(doing, found, PlanStep.COUNTERSIGN, countersigns=(*others, signed))
        doing.enter("plan.countersigned", plan, {"agreed": agreed}, personal={"opinion": opinion})
        return after


def revise(store: Store, *, actor: Actor, clock: Clock, plan: str, why: str) -> Plan:
    """The compiling organ takes a circulated plan back; every opinion is then asked for again."""
    return _back(store, Act.PLAN_COMPILE, PlanStep.REVISE, "plan.revised", actor, clock, plan, why)


def send_back(store: Store, *, actor: Actor, clock: Clock, plan: str, why: str) -> Plan:
    """The government returns a circulated plan for revision."""
    return _back(store, Act.PLAN_ADOPT, PlanStep.RETURN, "plan.returned", actor, clock, plan, why)


def give_up(store: Store, *, actor: Actor, clock: Clock, plan: str, why: str) -> Plan:
    """The government gives a draft up."""
    return _back(store, Act.PLAN_ORGANISE, PlanStep.GIVE_UP, "plan.given-up", actor, clock, plan, why)


def adopt(
    store: Store,
    law: Rulebook,
    *,
    actor: Actor,
    clock: Clock,
    plan: str,
    number: str,
    on: date,
    settled: str,
    urban_plan: UrbanPlan | None = None,
) -> Plan:
    """The government adopts the plan by a numbered decision, once every department has given its opinion.

    Where one objected, `settled` says how that was settled. `urban_plan` completes the link of article 3.
    """
    number = line(number, "number", shortest=2, longest=NUMBER_LONGEST)
    settled = line(settled, "settled", shortest=0, longest=OPINION_LONGEST)
    linked = _urban(urban_plan) if urban_plan is not None else None
    with _stepping(store, Act.PLAN_ADOPT, actor=actor, clock=clock, plan=plan) as (doing, found):
        past_day(law, doing, on, "on")
        if objections(found) and not settled:
            raise refusal(reason("procedure.objection"))
        facts = {"number": number, "on": on.isoformat(), "objections": len(objections(found))}
        after = _stepped(
            doing,
            found,
            PlanStep.ADOPT,
            adoption_number=number,
            adopted_on=on,
            note=settled,
            urban_plan=linked or found.urban_plan,
        )
        doing.enter("plan.adopted", plan, facts, personal={"settled": settled})
        return after


def publish(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, plan: str, urban_plan: UrbanPlan | None
) -> Plan:
    """Publish an adopted plan: it replaces the version before, and its items become obligations.

    Refused without the urban and rural plan of which it is part (article 3); `urban_plan` names it where it is new.
    """
    linked = _urban(urban_plan) if urban_plan is not None else None
    with _stepping(store, Act.PLAN_PUBLISH, actor=actor, clock=clock, plan=plan) as (doing, found):
        linked = linked or found.urban_plan
        if not linked.name or not linked.number:
            raise refusal(reason("procedure.urban-plan"))
        today = duties.today(law, doing.now)
        after = _stepped(doing, found, PlanStep.PUBLISH, published_on=today, urban_plan=linked)
        before = doing.uow.plans.one(found.supersedes) if found.supersedes else None
        if before is not None:
            _stepped(doing, before, PlanStep.SUPERSEDE)
            kept = {item.id for item in found.items}
            for gone in (item for item in before.items if item.id not in kept):
                duties.drop_duty(doing, gone.id, _duty(gone), NOT_LISTED)
        index = doing.enter("plan.published", plan, {"version": found.version, "items": len(found.items)})
        for item in found.items:
            _owed(doing, law, after, item, today, index)
        return after


def fulfil(doing: Performance, system: VideoSystem, *, on: date, entry: int) -> None:
    """A system came into use on the day `on`: the plan item that it fulfils is met. Nothing where it fulfils none."""
    if system.plan_item:
        duties.meet_duty(doing, system.plan_item, f"build.{system.builder}", on=on, entry=entry)


def linked_item(doing: Performance, system: VideoSystem) -> tuple[Plan, PlanItem] | None:
    """The item of a published plan that a system fulfils."""
    return item_of(doing.uow.plans.listed(), system.plan_item) if system.plan_item else None


def link(store: Store, *, actor: Actor, clock: Clock, system: str, item: str) -> VideoSystem:
    """Say which item of a published plan a government's system fulfils: of the same kind, builder and government."""
    with performing(store, Act.WORKS_RECORD, system, actor=actor, clock=clock) as doing:
        found = doing.uow.systems.one(system)
        if found is None:
            raise refusal(reason("authority.unknown-object"))
        doing.permit(found.unit)
        place = doing.uow.places.one(found.place)
        named = item_of(doing.uow.plans.listed(), item)
        if named is None or place is None or named[1].kind != place.kind or named[1].builder != found.builder:
            raise _invalid(
                "plan.item",
                "item",
                "已公布的规划中没有与该场所种类、建设主体一致的这一项",
                "No published plan has such an item of the place's kind and builder",
            )
        if found.builder is Builder.GOVERNMENT and named[0].unit != found.unit:
            raise refusal(reason("authority.unknown-object"))
        after = replace(found, plan_item=item)
        doing.uow.systems.save(after, expected=found.state)
        doing.enter("system.planned", system, {"plan": named[0].id, "item": item})
        return after


def _owed(doing: Performance, law: Rulebook, plan: Plan, item: PlanItem, today: date, index: int) -> None:
    debtor = plan.unit if item.builder == Builder.GOVERNMENT else item.unit
    if debtor is None:
        return  # nobody on record owes it yet; the page says so
    kind = law.place_kind(item.kind)
    duty = duties.open_duty(
        doing,
        law,
        duty=_duty(item),
        debtor=debtor,
        owner=plan.unit,
        subject_kind="plan_item",
        subject=item.id,
        subject_name=item.name,
        trigger=today,
        builder="government" if item.builder == Builder.GOVERNMENT else "unit",
        regime=kind.regime,
        territory=item.territory,
    )
    if duty is None:
        return
    if duty.due_on != item.due_on:
        doing.uow.obligations.save(replace(duty, due_on=item.due_on))
    working = [s for s in doing.uow.systems.within(item.territory) if s.plan_item == item.id and s.state in WORKING]
    for system in working[:1]:
        fulfil(doing, system, on=today, entry=index)


def _duty(item: PlanItem) -> str:
    return f"build.{item.builder}"


def _item(
    doing: Performance, law: Rulebook, plan: Plan, form: ItemForm, identity: str, at: str, today: date
) -> PlanItem:
    kind = next((row for row in law.place_kinds(today) if row.id == form.kind), None)
    if kind is None:
        raise _invalid("plan.kind", f"{at}.kind", "没有这种场所", "There is no such kind of place")
    if form.part and form.part not in {part.id for part in kind.parts}:
        raise _invalid("plan.part", f"{at}.part", "该种场所没有这个部位", "This kind of place has no such part")
    territory = form.territory or plan.territory
    place = doing.uow.places.one(form.place) if form.place else None
    if form.place and (place is None or place.kind != kind.id):
        raise _invalid("plan.place", f"{at}.place", "没有这个场所，或者种类不同", "No such place, or of another kind")
    if place is not None:
        territory = place.territory
    if not territory.isdigit() or not contains(plan.territory, territory):
        raise _invalid("plan.territory", f"{at}.territory", "不在规划的区域内", "Outside the area of the plan")
    builder = Builder(kind.builder_of(form.part))
    row = next(row for row in law.duties(today, builder=kind.builder_of(form.part)) if row.duty == f"build.{builder}")
    unit = place.unit if place is not None else UnitId(form.unit) if form.unit else None
    if unit is not None and doing.uow.organs.one(unit) is None:
        raise _invalid("plan.unit", f"{at}.unit", "没有这个单位", "There is no such unit")
    if (form.longitude is None) != (form.latitude is None):
        raise _invalid("plan.position", f"{at}.latitude", "经度、纬度须同时填写", "Longitude and latitude go together")
    if not (abs(form.longitude or 0) <= 180 and abs(form.latitude or 0) <= 90):
        raise _invalid("plan.position", f"{at}.latitude", "经纬度超出范围", "The position is out of range")
    if not 0 <= form.cameras <= MOST_CAMERAS:
        raise _invalid("plan.cameras", f"{at}.cameras", f"0 至 {MOST_CAMERAS} 台", f"0 to {MOST_CAMERAS} cameras")
    return PlanItem(
        id=identity,
        name=line(form.name, f"{at}.name", longest=TITLE_LONGEST),
        kind=kind.id,
        part=form.part,
        territory=territory,
        builder=builder,
        reason=row.id,
        place=place.id if place is not None else "",
        unit=unit if builder is Builder.UNIT else None,
        longitude=form.longitude if form.longitude is not None or place is None else place.longitude,
        latitude=form.latitude if form.latitude is not None or place is None else place.latitude,
        datum=form.datum,
        cameras=form.cameras,
        due_on=form.due_on,
    )


def _departments(doing: Performance, own: Organ, named: Sequence[UnitId]) -> tuple[UnitId, ...]:
    chosen = tuple(dict.fromkeys(named))
    if not 1 <= len(chosen) <= MOST_DEPARTMENTS:
        raise _invalid(
            "plan.departments",
            "departments",
            f"须有 1 至 {MOST_DEPARTMENTS} 个相关部门参加",
            f"1 to {MOST_DEPARTMENTS} departments take part",
        )
    for department in chosen:
        organ = doing.uow.organs.one(department)
        if organ is None or organ.kind is not OrganKind.DEPARTMENT or not contains(own.territory, organ.territory):
            raise _invalid(
                "plan.departments",
                "departments",
                "参加会签的须是本区域的行政管理部门",
                "Only administrative departments of this area countersign",
            )
    return chosen


def _urban(plan: UrbanPlan) -> UrbanPlan:
    return UrbanPlan(
        line(plan.name, "urban_plan.name", shortest=0, longest=TITLE_LONGEST),
        line(plan.number, "urban_plan.number", shortest=0, longest=NUMBER_LONGEST),
        plan.attachment,
    )


def _asker(doing: Performance) -> Organ:
    own = doing.uow.organs.one(doing.person.unit)
    if own is None:
        raise refusal(reason("authority.unknown-object"))
    return own


def _found(doing: Performance, plan: str) -> Plan:
    """A version that the actor's organ may see. Raises Missing for any other."""
    found = doing.uow.plans.one(plan)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    if found.state not in OPEN:
        doing.permit(found.unit, Facts(relations=visible(_asker(doing), found)))
    return found


@contextmanager
def _stepping(store: Store, act: Act, *, actor: Actor, clock: Clock, plan: str) -> Iterator[tuple[Performance, Plan]]:
    """One act on a version: right is asked before state."""
    with performing(store, act, plan, actor=actor, clock=clock) as doing:
        found = doing.uow.plans.one(plan)
        if found is None:
            raise refusal(reason("authority.unknown-object"))
        doing.permit(found.unit, Facts(relations=visible(_asker(doing), found)))
        yield doing, found


def _stepped(doing: Performance, plan: Plan, step: PlanStep, **changes: Any) -> Plan:
    row = next_plan(plan.state, step)
    why: Reason | None = reason("procedure.step") if row is None else lacking(plan, step)
    if row is None or why is not None:
        raise refusal(why or reason("procedure.step"))
    after = replace(plan, state=row.next, **changes)
    doing.uow.plans.save(after, expected=plan.state)
    return after


def _back(store: Store, act: Act, step: PlanStep, kind: str, actor: Actor, clock: Clock, plan: str, why: str) -> Plan:
    why = line(why, "why", shortest=4, longest=OPINION_LONGEST)
    with _stepping(store, act, actor=actor, clock=clock, plan=plan) as (doing, found):
        after = _stepped(doing, found, step, countersigns=(), note=why)
        doing.enter(kind, plan, personal={"why": why})
        return after


def _invalid(code: str, field: str, text: str, text_en: str) -> Invalid:
    return Invalid(code, text, text_en=text_en, remedy="改正后重试", remedy_en="Correct it and try again", field=field)
