"""Places of article 7, their key parts and the systems that stand there: who puts them on record, guides, sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mingjian.app.duties import drop_duty, meet_duty, open_duty
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.filing import DUTIES, FilingKind
from mingjian.governance.organ_tree import SECTORS
from mingjian.governance.organs import CITY_DIGITS, COUNTY_DIGITS, Organ, OrganKind, Relation, relations
from mingjian.governance.places import Capacity, Datum, FloorPlan, Guidance, KeyPart, Place
from mingjian.governance.reasons import reason
from mingjian.governance.siting import Siting, Verdict, metres_between, responsibility
from mingjian.governance.siting_path import PartStanding, parts_needed
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rows import PlaceKind
from mingjian.law.rulebook import Rulebook

TERRITORY_DIGITS = (COUNTY_DIGITS, 12)
"""A county, or a town or village in it (GB/T 2260, GB/T 10114)."""
FLOORS_MAX = 64
"""More than any building of a county has."""
LATITUDE, LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
LEGACY = DUTIES[FilingKind.EXISTING]
INSTALL = "install"
"""The duty that a place of article 7 has a system at all its required parts."""


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """What people say about a place."""

    name: str
    kind: str
    territory: str
    address: str
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    sector: str = ""
    anti_terror: bool = False
    telephone: str = ""
    capacity: Capacity = Capacity.MANAGING
    legal_basis: str = ""
    floors: tuple[FloorPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class PartForm:
    """The unit's decision about one key part (article 7, paragraph 2)."""

    name: str
    part: str
    national_rule: str
    decision: str
    decided_by: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class SystemForm:
    """A system to be planned at a place."""

    name: str
    purpose: str
    part: str = ""
    """For a place of which the government builds single parts: the part that it is for."""
    existing: bool = False
    plan_item: str = ""


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A place with all that is on record about it, as far as the asker may see."""

    place: Place
    kind: PlaceKind
    verdict: Verdict
    unit: Organ | None
    own: bool
    relations: frozenset[Relation]
    parts: Sequence[KeyPart]
    systems: Sequence[VideoSystem]
    sitings: Sequence[Siting]
    needed: Sequence[PartStanding] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class NearCamera:
    """An existing camera near a place: what a planner must know to reuse it, and no more."""

    siting: Siting
    name: str
    unit_name: str
    place_name: str
    metres: int


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Place]:
    """The places that the actor may see: the unit's own, and those of its area or sector for organs."""
    with asking(store, Act.PLACE_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.places.visible(doing.scope())


def page(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str) -> PlacePage:
    """One place. Raises Missing for one of a unit to which the asker's own is nothing."""
    with asking(store, Act.PLACE_LIST, actor=actor, clock=clock) as doing:
        found = of(doing, place)
        doing.permit_near(found.unit, found.territory, found.sector)
        return _page(doing, law, found)


def add_place(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, form: PlaceForm) -> Place:
    """Put a place on record. Raises Refused with article 9 where the asker does not build there."""
    with performing(store, Act.PLACE_ADD, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        place = new_place(doing, law, random, form)
        enter_place(doing, law, place)
        return place


def new_place(doing: Performance, law: Rulebook, random: Random, form: PlaceForm) -> Place:
    """A checked place of the actor's unit, not stored yet: what the form and each line of a sheet become."""
    fields = checked(doing, law, form)
    organ = organ_of(doing)
    _responsible(law.place_kind(form.kind), "", organ.kind, form.capacity)
    return Place(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        unit=doing.person.unit,
        created=doing.now,
        **{**fields, "sector": form.sector or organ.sector},
    )


def enter_place(doing: Performance, law: Rulebook, place: Place) -> None:
    """Store a new place with its entry; that it has to have a system is owed from now on (article 7: without a day)."""
    doing.uow.places.add(place)
    doing.enter("place.added", place.id, _facts(place))
    _owe(doing, law, place)


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
        regime=law.place_kind(of(doing, system.place).kind).regime,
    )


def settle(doing: Performance, law: Rulebook, place: Place, *, entry: int) -> None:
    """After a change of what stands at `place`: its duty of article 7 is met once every required part has a camera."""
    if all(one.cameras for one in standing_of(doing, law, place)):
        meet_duty(doing, place.id, INSTALL, on=law.day(doing.now), entry=entry)
    elif place.closed is None:
        _owe(doing, law, place)


def _owe(doing: Performance, law: Rulebook, place: Place) -> None:
    kind = law.place_kind(place.kind)
    open_duty(
        doing,
        law,
        duty=INSTALL,
        debtor=place.unit,
        owner=place.unit,
        subject_kind="place",
        subject=place.id,
        subject_name=place.name,
        trigger=law.day(doing.now),
        builder=kind.builder,
        regime=kind.regime,
    )


def change_place(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, form: PlaceForm) -> Place:
    """Change what is on record about a place; its unit stays."""
    with performing(store, Act.PLACE_CHANGE, place, actor=actor, clock=clock) as doing:
        before = own(doing, place)
        fields = checked(doing, law, form)
        _responsible(law.place_kind(form.kind), "", organ_of(doing).kind, form.capacity)
        after = replace(before, **{**fields, "sector": form.sector or before.sector})
        doing.uow.places.save(after)
        doing.enter("place.changed", place, {**_facts(after), "before": _facts(before)})
        return after


def close_place(store: Store, *, actor: Actor, clock: Clock, place: str, why: str) -> Place:
    """Take a place off the record once nothing stands there. Raises Refused `place.in-use` before."""
    why = line(why, "reason", shortest=4, longest=500)
    with performing(store, Act.PLACE_CLOSE, place, actor=actor, clock=clock) as doing:
        before = own(doing, place)
        standing = [one for one in doing.uow.systems.of_place(place) if one.state != "retired"]
        in_use = {camera.id for camera in doing.uow.cameras.of_unit(before.unit)}
        if standing or any(one.id in in_use for one in doing.uow.sitings.of_place(place)):
            raise refusal(reason("place.in-use"))
        after = replace(before, closed=before.closed or doing.now)
        doing.uow.places.save(after)
        doing.enter("place.closed", place, personal={"reason": why})
        drop_duty(doing, place, INSTALL, "场所已注销")
        return after


def decide_part(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, place: str, form: PartForm
) -> KeyPart:
    """Record which part is a key part (重要部位), by which national rule, who decided and when."""
    with performing(store, Act.PART_DECIDE, place, actor=actor, clock=clock) as doing:
        found = own(doing, place)
        kind = law.place_kind(found.kind)
        row = next((part for part in kind.parts if part.id == form.part), None)
        if row is None:
            raise _invalid("part", f"{kind.name}没有这个部位", f"{kind.name_en} has no such part")
        if form.decided_on > law.day(doing.now):
            raise _invalid("decided_on", "决定日期不能晚于今天", "The decision cannot lie in the future")
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
        settle(doing, law, found, entry=index)
        return part


def withdraw_part(store: Store, *, actor: Actor, clock: Clock, place: str, part: str, why: str) -> KeyPart:
    """Record that a part is a key part no longer, with the reason."""
    why = line(why, "reason", shortest=4, longest=500)
    with performing(store, Act.PART_WITHDRAW, part, actor=actor, clock=clock) as doing:
        own(doing, place)
        before = _part(doing, place, part)
        after = replace(before, withdrawn=before.withdrawn or doing.now)
        doing.uow.places.save_part(after)
        doing.enter("part.withdrawn", part, {"place": place}, personal={"reason": why})
        return after


def guide_part(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, part: str, text: str) -> KeyPart:
    """Record what the competent police said about the determination (article 7, paragraph 2)."""
    text = line(text, "text", shortest=4, longest=500)
    with performing(store, Act.PART_GUIDE, part, actor=actor, clock=clock) as doing:
        found = of(doing, place)
        doing.permit_near(found.unit, found.territory, found.sector)
        before = _part(doing, place, part)
        said = Guidance(doing.person.unit, doing.person.display_name, law.day(doing.now), text)
        after = replace(before, guidance=(*before.guidance, said))
        doing.uow.places.save_part(after)
        doing.enter("part.guided", part, {"place": place}, personal={"text": text})
        return after


def add_system(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, place: str, form: SystemForm
) -> VideoSystem:
    """Begin the record of a system at a place. Raises Refused with article 9 for whoever does not build there."""
    with performing(store, Act.SYSTEM_ADD, place, actor=actor, clock=clock) as doing:
        found = of(doing, place)
        doing.permit_near(found.unit, found.territory, found.sector)
        system = new_system(doing, law, random, found, form)
        enter_system(doing, law, system)
        return system


def new_system(doing: Performance, law: Rulebook, random: Random, place: Place, form: SystemForm) -> VideoSystem:
    """A checked system of the actor's unit at `place`, not stored yet."""
    if place.closed is not None:
        raise _invalid("place", "场所已注销", "The place is closed")
    kind = law.place_kind(place.kind)
    organ = organ_of(doing)
    part = form.part
    if not part and place.unit != organ.id:  # the government at another's place: only where the law gives it a part
        part = next((one.id for one in kind.parts if one.builder == "government"), "")
    capacity = place.capacity if place.unit == organ.id else Capacity.NONE
    verdict = _responsible(kind, part, organ.kind, capacity)
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


def existing_near(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str) -> Sequence[NearCamera]:
    """Cameras of anyone that already stand within reach of a government site, nearest first (article 9, paragraph 1).

    For the planner of the site alone, and only what he needs to decide on reuse: where, whose, how far; no video.
    """
    with asking(store, Act.CAMERA_REACH, actor=actor, clock=clock) as doing:
        site = of(doing, place)
        doing.permit(site.unit)
        return cameras_near(doing, law, site)


def cameras_near(doing: Performance, law: Rulebook, site: Place) -> list[NearCamera]:
    """Cameras within reach of `site`, nearest first; the caller has decided that the asker may see them."""
    if site.longitude is None or site.latitude is None:
        raise _invalid("longitude", "场所没有坐标，无法查找附近的摄像机", "The place has no coordinates to look around")
    reach = law.setting("reuse_reach_m")
    uow = doing.uow
    found = []
    # around the site, whoever asks: what stands across the county's border is in reach as well
    for siting in uow.sitings.within(site.territory[:CITY_DIGITS]):
        if siting.longitude is None or siting.latitude is None or siting.place == site.id:
            continue
        if siting.datum is not site.datum:  # GCJ-02 lies hundreds of metres off; no distance is better than a wrong one
            continue
        metres = metres_between(site.longitude, site.latitude, siting.longitude, siting.latitude)
        camera = uow.cameras.one(siting.id, siting.unit)
        if metres <= reach and camera is not None and camera.retired is None:
            owner, where = uow.organs.one(siting.unit), uow.places.one(siting.place)
            found.append(
                NearCamera(
                    siting,
                    camera.name,
                    owner.name if owner is not None else "",
                    where.name if where is not None else "",
                    round(metres),
                )
            )
    return sorted(found, key=lambda one: (one.metres, one.siting.id))


def standing_of(doing: Performance, law: Rulebook, place: Place) -> list[PartStanding]:
    """The required parts of a place and whether each has a camera that works."""
    kind = law.place_kind(place.kind)
    sitings = list(doing.uow.sitings.of_place(place.id))
    working = {camera.id for unit in {one.unit for one in sitings} for camera in doing.uow.cameras.of_unit(unit)}
    rows = tuple((part.id, part.name, part.name_en, part.key) for part in kind.parts)
    return parts_needed(rows, list(doing.uow.places.parts(place.id)), sitings, {str(one) for one in working})


def checked(doing: Performance, law: Rulebook, form: PlaceForm) -> dict[str, Any]:
    """The fields of a place as they are kept. Raises Invalid naming the field."""
    if form.kind not in {kind.id for kind in law.place_kinds(law.day(doing.now))}:
        raise _invalid(
            "kind", "没有这个场所种类", "There is no such kind of place", "按第七条所列选择", "Choose one of article 7"
        )
    kind = law.place_kind(form.kind)
    low, high = TERRITORY_DIGITS
    if not (form.territory.isascii() and form.territory.isdigit() and low <= len(form.territory) <= high):
        raise _invalid(
            "territory", f"行政区划代码为 {low} 至 {high} 位数字", f"The territory code has {low} to {high} digits"
        )
    if form.sector and form.sector not in SECTORS:
        raise _invalid(
            "sector", "没有这个行业", "There is no such sector", "从行业清单中选择", "Choose one of the list of sectors"
        )
    coordinates(form.longitude, form.latitude)
    if len(form.floors) > FLOORS_MAX:
        raise _invalid("floors", f"平面图最多 {FLOORS_MAX} 张", f"At most {FLOORS_MAX} floor plans")
    basis = line(form.legal_basis, "legal_basis", shortest=0, longest=200)
    if kind.id == "7.14.other" and not basis:
        raise _invalid(
            "legal_basis",
            "须写明规定该场所的法律、法规或者规章",
            "Name the law, regulation or rule that makes it such a place",
            "填写名称和条款",
            "Give its title and article",
        )
    return {
        "name": line(form.name, "name", longest=64),
        "kind": form.kind,
        "territory": form.territory,
        "address": line(form.address, "address", longest=200),
        "longitude": form.longitude,
        "latitude": form.latitude,
        "datum": form.datum,
        "anti_terror": form.anti_terror,
        "telephone": line(form.telephone, "telephone", shortest=0, longest=40),
        "capacity": form.capacity,
        "legal_basis": basis,
        "floors": form.floors,
    }


def coordinates(longitude: float | None, latitude: float | None) -> None:
    """Both or neither, on the globe. Raises Invalid naming the field."""
    if (longitude is None) != (latitude is None):
        field = "latitude" if latitude is None else "longitude"
        raise _invalid(field, "经度和纬度须同时填写", "Longitude and latitude come together")
    for field, value, (low, high) in (("longitude", longitude, LONGITUDE), ("latitude", latitude, LATITUDE)):
        if value is not None and not low <= value <= high:
            raise _invalid(field, f"须在 {low:g} 至 {high:g} 度之间", f"Between {low:g} and {high:g} degrees")


def position_text(longitude: float | None, latitude: float | None, datum: Datum) -> str:
    """A position as entries hold it: decimals are text there. Empty where there is none."""
    return f"{longitude:.7f} {latitude:.7f} {datum}" if longitude is not None and latitude is not None else ""


def of(doing: Performance, place: str) -> Place:
    """The place, of whatever unit: permission is asked after. Raises Missing."""
    found = doing.uow.places.one(place)
    if found is None:
        raise Missing("place.unknown", "没有这个场所", text_en="There is no such place")
    return found


def own(doing: Performance, place: str) -> Place:
    """A place on which the act is permitted. Raises Missing for one of a unit to which the asker's is nothing."""
    found = of(doing, place)
    doing.permit_near(found.unit, found.territory, found.sector)
    return found


def organ_of(doing: Performance) -> Organ:
    """The actor's own unit as the law sees it."""
    found = doing.uow.organs.one(doing.person.unit)
    if found is None:
        raise Missing("organ.unknown", "没有这个单位", text_en="There is no such unit")
    return found


def unit_name(doing: Performance, unit: UnitId) -> str:
    """The name of a unit, or nothing."""
    found = doing.uow.organs.one(unit)
    return found.name if found is not None else ""


def _page(doing: Performance, law: Rulebook, place: Place) -> PlacePage:
    uow = doing.uow
    organ, owner = organ_of(doing), uow.organs.one(place.unit)
    kind = law.place_kind(place.kind)
    near = relations(organ, place.unit, place.territory, place.sector)
    systems = [one for one in uow.systems.of_place(place.id) if one.unit == organ.id or near]
    return PlacePage(
        place=place,
        kind=kind,
        verdict=responsibility(kind, "", owner.kind if owner is not None else OrganKind.UNIT, place.capacity),
        unit=owner,
        own=place.unit == organ.id,
        relations=near,
        parts=uow.places.parts(place.id),
        systems=systems,
        sitings=uow.sitings.of_place(place.id),
        needed=standing_of(doing, law, place),
    )


def _part(doing: Performance, place: str, part: str) -> KeyPart:
    found = next((one for one in doing.uow.places.parts(place) if one.id == part), None)
    if found is None:
        raise Missing("part.unknown", "没有这个部位", text_en="There is no such part")
    return found


def _responsible(kind: PlaceKind, part: str, organ: OrganKind, capacity: Capacity) -> Verdict:
    verdict = responsibility(kind, part, organ, capacity)
    if verdict.refused is not None:
        raise refusal(verdict.refused)
    return verdict


def _facts(place: Place) -> dict[str, object]:
    return {
        "name": place.name,
        "kind": place.kind,
        "territory": place.territory,
        "address": place.address,
        "position": position_text(place.longitude, place.latitude, place.datum),
        "sector": place.sector,
        "anti_terror": place.anti_terror,
        "capacity": place.capacity,
    }


def _invalid(field: str, text: str, text_en: str, remedy: str = "改正后重试", remedy_en: str = "Correct it") -> Invalid:
    return Invalid(
        f"place.{field.replace('_', '-')}", text, text_en=text_en, remedy=remedy, remedy_en=remedy_en, field=field
    )
