"""Putting cameras on record along the guided path: drafts, the signature, later changes.

Each answer is stored as it is given, so that a draft outlives the browser. What is refused by the law (articles 8 and
9) is refused at every one of them, not only at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mingjian.app import places
from mingjian.app.duties import open_duty
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Admission, Store
from mingjian.app.records import Actor, Camera
from mingjian.app.texts import line
from mingjian.governance import dossier, gb_code
from mingjian.governance.authority import Act
from mingjian.governance.mask import PrivacyMask, checked
from mingjian.governance.places import Capacity, Datum, Place
from mingjian.governance.reasons import reason
from mingjian.governance.siting import Siting, forbidden, responsibility
from mingjian.governance.siting_path import Lack, PathFacts, Row, first_lack, lacks
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing, Refused
from mingjian.kernel.ids import CameraId
from mingjian.law.rulebook import Rulebook

CHANGE_FILING = "filing.change"
"""The duty to file a change promptly."""
RANGE_M = (0.5, 20_000.0)
"""From a lift car to a high point over a town."""
ANGLE_DEG = (1.0, 360.0)
LOCATION_LONGEST = 100


@dataclass(frozen=True, slots=True)
class SitingForm:
    """What people say about where a camera stands; None leaves what is stored."""

    place: str | None = None
    system: str | None = None
    part: str | None = None
    location: str | None = None
    gb_code: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum | None = None
    floor: str | None = None
    x: float | None = None
    y: float | None = None
    direction_deg: float | None = None
    angle_deg: float | None = None
    range_m: float | None = None
    reaches: bool | None = None
    masks: tuple[PrivacyMask, ...] | None = None
    dossier: Mapping[str, str] | None = None
    existing: bool = field(default=False)
    """Only for what an import puts on record: it recorded before."""


POSITION = ("place", "system", "part", "location", "longitude", "latitude", "datum", "floor", "x", "y")
VIEW = ("direction_deg", "angle_deg", "range_m", "reaches", "masks")
"""Fields that are not changed without a recorded decision once the record is signed (article 16, item 3)."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A camera's record with what its path still needs."""

    siting: Siting
    facts: PathFacts
    place: Place
    system: VideoSystem
    point: dossier.PointClass
    steps: Sequence[tuple[Row, Lack | None]]


def read(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, camera: CameraId) -> OnRecord | None:
    """Where a camera of the actor's unit stands; None while it is not on record. Raises Missing for another unit's."""
    with asking(store, Act.CAMERA_LIST, actor=actor, clock=clock) as doing:
        found = doing.uow.sitings.one(own(doing, camera).id)
        return on_record(doing, law, found) if found is not None else None


def of_unit(store: Store, *, actor: Actor, clock: Clock) -> Mapping[CameraId, Siting]:
    """Where the cameras of the actor's unit stand."""
    with asking(store, Act.CAMERA_LIST, actor=actor, clock=clock) as doing:
        return {one.id: one for one in doing.uow.sitings.of_unit(doing.person.unit)}


@dataclass(frozen=True, slots=True)
class CodeFound:
    """A code of the place's county taken apart, and the one of its kind after the highest in use."""

    code: gb_code.GbCode
    taken: bool
    """Another camera has it."""
    free: str


def try_code(store: Store, *, actor: Actor, clock: Clock, camera: CameraId, code: str) -> CodeFound:
    """Whether the camera may have this code, before it is stored. Raises Invalid `gb_code` where none there may."""
    with asking(store, Act.CAMERA_SITE, actor=actor, clock=clock) as doing:
        found = own(doing, camera)
        doing.permit(found.unit)
        siting = sited(doing, camera)
        return _code(doing, code, siting, siting.territory)


def put(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, camera: CameraId, form: SitingForm) -> OnRecord:
    """Store what is said about a camera; the first time it begins its record. Raises Refused with articles 8, 9, 16."""
    with performing(store, Act.CAMERA_SITE, camera, actor=actor, clock=clock) as doing:
        found = own(doing, camera)
        doing.permit(found.unit)
        return on_record(doing, law, put_in(doing, law, found, form, existing=True))


def put_in(doing: Performance, law: Rulebook, camera: Camera, form: SitingForm, *, existing: bool) -> Siting:
    """As `put`, inside a running act. `existing`: the camera may be recording already, and goes on."""
    before = doing.uow.sitings.one(camera.id)
    if before is None:
        place, system = _stands(doing, form)
        before = Siting(
            camera.id, camera.unit, place.id, system.id, place.territory, place.sector, doing.now, existing=existing
        )
        _lawful(doing, law, place, system, form.part or "")
        after = _with(doing, law, before, form, place)
        doing.uow.sitings.add(after)
    else:
        said = _said(form)
        changed = [name for name in (*POSITION, *VIEW) if name in said and said[name] != getattr(before, name)]
        if before.signed is not None and changed:
            raise refusal(reason("siting.signed"))
        place, system = _stands(
            doing, replace(form, place=form.place or before.place, system=form.system or before.system)
        )
        _lawful(doing, law, place, system, form.part if form.part is not None else before.part)
        if place.id != before.place:  # its plans are others, and a point on one of them says nothing here
            before = replace(before, floor="", x=None, y=None)
        moved = replace(before, place=place.id, system=system.id, territory=place.territory, sector=place.sector)
        after = _with(doing, law, moved, form, place)
        doing.uow.sitings.save(after)
    doing.enter("camera.sited", camera.id, _facts(after))
    return after


def sign(
    store: Store, law: Rulebook, admission: Admission, *, actor: Actor, clock: Clock, camera: CameraId
) -> OnRecord:
    """Complete the record (登记完成); recording begins. Raises Refused naming the first step that lacks something."""
    with performing(store, Act.CAMERA_SIGN, camera, actor=actor, clock=clock) as doing:
        found = own(doing, camera)
        doing.permit(found.unit)
        before = sited(doing, camera)
        now = on_record(doing, law, before)
        if (first := first_lack(now.facts)) is not None:
            row, lack = first
            raise Refused(
                "siting.unfinished",
                f"登记未完成，{row.name}：{lack.text}",
                text_en=f"The record is not complete. {row.name_en}: {lack.text_en}",
                remedy="完成这一步后再办理登记",
                remedy_en="Complete this step, then sign",
                field=str(row.step),
                article=row.matter,
            )
        others = [other for other in doing.uow.cameras.all_in_use() if other.id != camera]
        admission.admit(found.name, found.expected_bitrate_bps, others)
        after = replace(
            before,
            signed=before.signed or doing.now,
            signed_by=before.signed_by or doing.actor.display_name,
            responsible=now.facts.verdict.row,
        )
        doing.uow.sitings.save(after)
        index = doing.enter("camera.signed", camera, {**_facts(after), "row": after.responsible, "days": after.days})
        places.settle(doing, law, now.place, entry=index)
        return on_record(doing, law, after)


def move(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, camera: CameraId, decision: str, form: SitingForm
) -> OnRecord:
    """Change position, view or purpose of a signed camera by a recorded decision (article 16, item 3).

    The record is a draft again until it is signed anew: picture, private areas and proof were those of the old view.
    The change is to be filed promptly; the camera goes on recording, unless its view reached a private area or does.
    """
    decision = line(decision, "decision", shortest=4, longest=500)
    with performing(store, Act.CAMERA_MOVE, camera, actor=actor, clock=clock) as doing:
        found = own(doing, camera)
        doing.permit(found.unit)
        before = sited(doing, camera)
        draft = replace(
            before,
            signed=None,
            signed_by="",
            existing=_recorded(before),
            picture="",
            picture_entry=None,
            reaches=True if before.reaches else None,  # until somebody has seen that the new one does not (article 8)
            masks=(),
            proof=None,
        )
        doing.uow.sitings.save(draft)
        after = put_in(doing, law, found, form, existing=True)
        index = doing.enter(
            "camera.moved", camera, {**_facts(after), "before": _facts(before)}, personal={"decision": decision}
        )
        for place in {before.place, after.place}:
            places.settle(doing, law, _place(doing, place), entry=index)
        system = doing.uow.systems.one(after.system)
        if system is not None and system.state in ("in_use", "filed"):
            kind = law.place_kind(_place(doing, after.place).kind)
            open_duty(
                doing,
                law,
                duty=CHANGE_FILING,
                debtor=system.unit,
                owner=system.unit,
                subject_kind="system",
                subject=system.id,
                subject_name=system.name,
                trigger=law.day(doing.now),
                builder=system.builder.value,
                regime=kind.regime,
            )
        return on_record(doing, law, after)


def seen_anew(doing: Performance, law: Rulebook, camera: Camera) -> None:
    """The stream of a camera on record comes from another address: what was seen on the old one proves nothing now.

    Reference picture, proof of masks and stream test are void, and the record is a draft until it is signed anew. A
    camera that was recording goes on, unless its view reaches a private area: that one is held until it is proven.
    """
    before = doing.uow.sitings.one(camera.id)
    if before is None:
        return
    after = replace(
        before,
        signed=None,
        signed_by="",
        existing=_recorded(before),
        picture="",
        picture_entry=None,
        proof=None,
        stream=None,
        days=None,
    )
    if after == before:
        return
    doing.uow.sitings.save(after)
    void = {"cameras": [camera.id], "signed": before.signed is not None, "picture": before.picture}
    index = doing.enter("camera.unproven", camera.id, void)
    places.settle(doing, law, _place(doing, before.place), entry=index)


def _recorded(siting: Siting) -> bool:
    """Whether it may have recorded so far: a camera that was held for its signature is not let go by a change."""
    return siting.existing or siting.signed is not None


def lawful_spot(doing: Performance, law: Rulebook, location: str, field_name: str) -> None:
    """Raises Refused with article 8 where no camera may be. Every way in asks this one."""
    if (why := forbidden(location, law.forbidden(law.day(doing.now)))) is not None:
        refused = refusal(why)
        refused.field = field_name
        raise refused


def on_record(doing: Performance, law: Rulebook, siting: Siting) -> OnRecord:
    """A record with what it still needs, as of now."""
    place = _place(doing, siting.place)
    system = doing.uow.systems.one(siting.system)
    if system is None:
        raise Missing("system.unknown", "没有这个系统", text_en="There is no such system")
    kind = law.place_kind(place.kind)
    organ = places.organ_of(doing)
    capacity = place.capacity if place.unit == siting.unit else Capacity.NONE
    verdict = responsibility(kind, _row_part(doing, siting), organ.kind, capacity)
    today = law.day(doing.now)
    floor = law.retention(
        today, builder=verdict.builder.value, regime=kind.regime, anti_terror=place.anti_terror
    ).floor_days
    point = dossier.point_class(verdict.builder, kind.regime)
    facts = PathFacts(
        siting,
        place,
        verdict,
        forbidden(siting.location, law.forbidden(today)),
        floor,
        dossier.missing(siting.dossier, point),
    )
    return OnRecord(siting, facts, place, system, point, lacks(facts))


def _row_part(doing: Performance, siting: Siting) -> str:
    """The PlacePart that a siting's part is: itself, or what the unit's key part is one of."""
    own = next((one for one in doing.uow.places.parts(siting.place) if one.id == siting.part), None)
    return own.part if own is not None else siting.part


def _with(doing: Performance, law: Rulebook, before: Siting, form: SitingForm, place: Place) -> Siting:
    said = _said(form)
    if (location := said.get("location")) is not None:
        said["location"] = line(location, "location", shortest=0, longest=LOCATION_LONGEST)
        lawful_spot(doing, law, said["location"], "location")
    if part := said.get("part"):
        known = {row.id for row in law.place_kind(place.kind).parts if not row.key}
        known |= {one.id for one in doing.uow.places.parts(place.id) if one.withdrawn is None}
        if part not in known:
            raise _invalid(
                "part",
                "场所没有这个部位；重要部位先由单位确定",
                "The place has no such part; decide on key parts first",
            )
        lawful_spot(doing, law, part, "part")
    if code := said.get("gb_code"):
        tried = _code(doing, code, before, place.territory)
        if tried.taken:
            raise _invalid(
                "gb_code",
                f"该编码已用于另一台摄像机；下一个未用的是 {tried.free}",
                f"Another camera has this code; the next free one is {tried.free}",
            )
    _position(said, before, place)
    if "masks" in said:
        said["masks"] = checked(said["masks"])
    if "dossier" in said:
        kept = {**before.dossier, **dict.fromkeys((k for k, v in said["dossier"].items() if not v.strip()), "")}
        said["dossier"] = {k: v for k, v in {**kept, **dossier.checked(said["dossier"])}.items() if v}
    after = replace(before, **said)
    seen_anew = any(getattr(after, name) != getattr(before, name) for name in ("reaches", "masks"))
    return replace(after, proof=None) if seen_anew else after


def _code(doing: Performance, code: str, siting: Siting, territory: str) -> CodeFound:
    parts = gb_code.checked(code, territory=territory)
    holder = doing.uow.sitings.coded(code)
    free = gb_code.next_free(parts, doing.uow.sitings.last_coded(parts.kind))
    return CodeFound(parts, holder is not None and holder.id != siting.id, free)


def _position(said: dict[str, Any], before: Siting, place: Place) -> None:
    places.coordinates(said.get("longitude", before.longitude), said.get("latitude", before.latitude))
    if said.get("floor") and said["floor"] not in {floor.id for floor in place.floors}:
        raise _invalid("floor", "场所没有这张平面图", "The place has no such floor plan")
    bounds = {
        "x": (0.0, 1.0),
        "y": (0.0, 1.0),
        "direction_deg": (0.0, 360.0),
        "angle_deg": ANGLE_DEG,
        "range_m": RANGE_M,
    }
    for name, (low, high) in bounds.items():
        if name in said and not low <= said[name] <= high:
            raise _invalid(name, f"须在 {low:g} 至 {high:g} 之间", f"Between {low:g} and {high:g}")


def _said(form: SitingForm) -> dict[str, Any]:
    names = (*POSITION, *VIEW, "gb_code", "dossier")
    return {name: value for name in names if (value := getattr(form, name)) is not None}


def _stands(doing: Performance, form: SitingForm) -> tuple[Place, VideoSystem]:
    place = _place(doing, form.place or "")
    doing.permit_near(place.unit, place.territory, place.sector, act=Act.PLACE_LIST)
    if place.closed is not None:
        raise _invalid("place", "场所已注销", "The place is closed")
    system = doing.uow.systems.one(form.system or "")
    if system is None or system.place != place.id or system.unit != doing.person.unit:
        raise _invalid("system", "选择本单位在该场所的系统", "Choose a system of your unit at this place")
    return place, system


def _lawful(doing: Performance, law: Rulebook, place: Place, system: VideoSystem, part: str) -> None:
    own = next((one for one in doing.uow.places.parts(place.id) if one.id == part), None)
    capacity = place.capacity if place.unit == system.unit else Capacity.NONE
    kind = law.place_kind(place.kind)
    verdict = responsibility(kind, own.part if own is not None else part, places.organ_of(doing).kind, capacity)
    if part and verdict.refused is not None:
        raise refusal(verdict.refused)


def _place(doing: Performance, place: str) -> Place:
    found = doing.uow.places.one(place)
    if found is None:
        raise _invalid("place", "选择场所", "Choose the place")
    return found


def own(doing: Performance, camera: CameraId) -> Camera:
    """A camera of the actor's unit. Raises Missing."""
    found = doing.uow.cameras.one(camera, doing.person.unit)
    if found is None:
        raise Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera")
    return found


def sited(doing: Performance, camera: CameraId) -> Siting:
    """What is on record of a camera. Raises Missing with the remedy while there is nothing."""
    found = doing.uow.sitings.one(camera)
    if found is None:
        raise Missing(
            "siting.unknown",
            "这台摄像机还没有登记场所",
            text_en="This camera is not on record at a place yet",
            remedy="先选择场所和系统",
            remedy_en="Choose its place and system first",
        )
    return found


def _facts(siting: Siting) -> dict[str, object]:
    """As entries hold it: decimals are text there."""
    view = (siting.direction_deg, siting.angle_deg, siting.range_m)
    plan = (siting.x, siting.y)
    return {
        "cameras": [siting.id],
        "place": siting.place,
        "system": siting.system,
        "part": siting.part,
        "location": siting.location,
        "gb_code": siting.gb_code,
        "position": places.position_text(siting.longitude, siting.latitude, siting.datum),
        "plan": " ".join([siting.floor, *(f"{value:.4f}" for value in plan if value is not None)]).strip(),
        "view": " ".join(f"{value:g}" for value in view if value is not None),
        "reaches": siting.reaches,
        "masks": len(siting.masks),
        "existing": siting.existing,
    }


def _invalid(field_name: str, text: str, text_en: str) -> Invalid:
    return Invalid(
        f"siting.{field_name.replace('_', '-')}",
        text,
        text_en=text_en,
        remedy="改正后重试",
        remedy_en="Correct it and try again",
        field=field_name,
    )
