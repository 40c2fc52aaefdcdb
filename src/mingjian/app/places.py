"""Places of article 7, their key parts and the systems that stand there: who puts them on record, guides, sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mingjian.app.attachments import PICTURES
from mingjian.app.duties import drop_duty, meet_duty, open_duty
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.organ_tree import SECTORS
from mingjian.governance.organs import COUNTY_DIGITS, Organ, OrganKind, Relation, relations
from mingjian.governance.places import Capacity, Datum, FloorPlan, KeyPart, Place
from mingjian.governance.reasons import reason
from mingjian.governance.siting import Siting, Verdict, responsibility
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
    _floors(doing, "", form.floors)
    organ = organ_of(doing)
    responsible(law.place_kind(form.kind), "", organ.kind, form.capacity)
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
        _floors(doing, place, form.floors)
        responsible(law.place_kind(form.kind), "", organ_of(doing).kind, form.capacity)
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
        raise invalid(
            "kind", "没有这个场所种类", "There is no such kind of place", "从所列种类中选择", "Choose one of the list"
        )
    kind = law.place_kind(form.kind)
    low, high = TERRITORY_DIGITS
    if not (form.territory.isascii() and form.territory.isdigit() and low <= len(form.territory) <= high):
        raise invalid(
            "territory", f"行政区划代码为 {low} 至 {high} 位数字", f"The territory code has {low} to {high} digits"
        )
    if form.sector and form.sector not in SECTORS:
        raise invalid(
            "sector", "没有这个行业", "There is no such sector", "从行业清单中选择", "Choose one of the list of sectors"
        )
    coordinates(form.longitude, form.latitude)
    if len(form.floors) > FLOORS_MAX:
        raise invalid("floors", f"平面图最多 {FLOORS_MAX} 张", f"At most {FLOORS_MAX} floor plans")
    basis = line(form.legal_basis, "legal_basis", shortest=0, longest=200)
    if kind.id == "7.14.other" and not basis:
        raise invalid(
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
        "floors": tuple(replace(floor, name=line(floor.name, "floors", longest=64)) for floor in form.floors),
    }


def _floors(doing: Performance, place: str, floors: Sequence[FloorPlan]) -> None:
    """Each plan is a picture kept with this place, and none goes on which a camera stands. Raises Invalid `floors`."""
    if len({floor.id for floor in floors}) != len(floors):
        raise invalid("floors", "平面图编号重复", "Two floor plans have one id")
    for floor in floors:
        kept = doing.uow.attachments.one(floor.attachment)
        if kept is None or (kept.subject_kind, kept.subject) != ("place", place) or kept.media_type not in PICTURES:
            raise invalid(
                "floors",
                "平面图须是本场所名下的 JPEG 或者 PNG 图片",
                "A floor plan is a JPEG or PNG kept with this place",
                "先登记场所，再在场所页上传平面图",
                "Put the place on record first, then upload the plan on its page",
            )
    stands = {one.floor for one in doing.uow.sitings.of_place(place) if one.floor} if place else set()
    if missing := stands - {floor.id for floor in floors}:
        raise invalid(
            "floors",
            f"还有摄像机标在这 {len(missing)} 张平面图上，不能移除",
            f"Cameras stand on {len(missing)} plan(s) that would go",
            "先把这些摄像机标到别的平面图或者地图上",
            "Place those cameras on another plan or on the map first",
        )


def coordinates(longitude: float | None, latitude: float | None) -> None:
    """Both or neither, on the globe. Raises Invalid naming the field."""
    if (longitude is None) != (latitude is None):
        field = "latitude" if latitude is None else "longitude"
        raise invalid(field, "经度和纬度须同时填写", "Longitude and latitude come together")
    for field, value, (low, high) in (("longitude", longitude, LONGITUDE), ("latitude", latitude, LATITUDE)):
        if value is not None and not low <= value <= high:
            raise invalid(field, f"须在 {low:g} 至 {high:g} 度之间", f"Between {low:g} and {high:g} degrees")


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


def responsible(kind: PlaceKind, part: str, organ: OrganKind, capacity: Capacity) -> Verdict:
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
        "floors": [floor.attachment for floor in place.floors],
    }


def invalid(field: str, text: str, text_en: str, remedy: str = "改正后重试", remedy_en: str = "Correct it") -> Invalid:
    return Invalid(
        f"place.{field.replace('_', '-')}", text, text_en=text_en, remedy=remedy, remedy_en=remedy_en, field=field
    )
