"""Places of article 7: the list, a place with what the law asks of it, key parts, guidance, systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, Field

from mingjian.app import key_parts, place_systems, places, reuse
from mingjian.app.records import Actor
from mingjian.governance.authority import Act, Allow, Facts, Subject, decide
from mingjian.governance.places import Capacity, Datum, FloorPlan, KeyPart, Place
from mingjian.governance.siting import Verdict
from mingjian.governance.systems import VideoSystem
from mingjian.law.rulebook import Rulebook
from mingjian.web.forms import Form, Text, milliseconds
from mingjian.web.guard import Policy, SignedIn, services_of
from mingjian.web.session import SectorOut, sectors_out

router = APIRouter(prefix="/api/places", tags=["places"])
Listing = Annotated[Actor, Depends(Policy(Act.PLACE_LIST))]
Day = Annotated[date, Field(strict=False)]
CapacityWord = Annotated[Capacity, Field(strict=False)]
DatumWord = Annotated[Datum, Field(strict=False)]
Number = Annotated[float, BeforeValidator(lambda value: float(value) if type(value) is int else value)]
"""JSON writes 117.0 as 117."""


class FloorPlanOut(BaseModel):
    """A drawing of one floor; `attachment` is its picture."""

    id: str
    name: str
    attachment: str
    width_px: int
    height_px: int


class PlaceOut(BaseModel):
    """A place as lists show it. `category` is its item of article 7, e.g. `7.2`."""

    id: str
    unit: str
    name: str
    kind: str
    kind_name: str
    kind_name_en: str
    category: str
    territory: str
    address: str
    longitude: float | None
    latitude: float | None
    datum: DatumWord
    sector: str
    anti_terror: bool
    telephone: str
    capacity: CapacityWord
    legal_basis: str
    floors: list[FloorPlanOut]
    closed_ms: int | None


class GuidanceOut(BaseModel):
    """What the competent police said."""

    by: str
    on: Day
    text: str


class KeyPartOut(BaseModel):
    """A part that the unit decided on."""

    id: str
    name: str
    part: str
    national_rule: str
    decision: str
    decided_by: str
    decided_on: Day
    guidance: list[GuidanceOut]
    withdrawn_ms: int | None


class NeededOut(BaseModel):
    """A part for which article 7 asks a system; without a working camera an unmet duty, for which no day is set."""

    part: str
    name: str
    name_en: str
    key: bool
    decided: bool
    cameras: int
    met: bool


class VerdictOut(BaseModel):
    """Who builds there, by which row of the law."""

    builder: str
    row: str
    article: str
    text: str
    text_en: str


def verdict_out(verdict: Verdict, cited: Callable[[str], str]) -> VerdictOut:
    """A verdict with its article as the texts in force have it."""
    return VerdictOut.model_validate(replace(verdict, article=cited(verdict.article)), from_attributes=True)


class PlaceSystemOut(BaseModel):
    """A system at the place."""

    id: str
    name: str
    builder: str
    state: str
    existing: bool
    cameras: int


class PlaceCameraOut(BaseModel):
    """A camera at the place, as far as governance sees it: no address, no picture."""

    id: str
    part: str
    location: str
    gb_code: str
    longitude: float | None
    latitude: float | None
    floor: str
    x: float | None
    y: float | None
    direction_deg: float | None
    angle_deg: float | None
    range_m: float | None
    signed: bool


class PlaceMay(BaseModel):
    """What the asker may do here; the server decides again at each act."""

    change: bool
    decide: bool
    guide: bool
    add_system: bool
    reach: bool


class PlacePageOut(PlaceOut):
    """A place with all that is on record about it."""

    unit_name: str
    own: bool
    verdict: VerdictOut
    parts: list[KeyPartOut]
    needed: list[NeededOut]
    systems: list[PlaceSystemOut]
    cameras: list[PlaceCameraOut]
    may: PlaceMay


class FloorPlanForm(Form):
    """A floor plan whose picture is attached to the place already."""

    id: Text
    name: Text
    attachment: Text
    width_px: int = Field(ge=1, le=20_000)
    height_px: int = Field(ge=1, le=20_000)


class PlaceFields(Form):
    """What is said about a place."""

    name: Text
    kind: Text
    territory: Text
    address: Text
    longitude: Number | None = None
    latitude: Number | None = None
    datum: DatumWord = Datum.CGCS2000
    sector: Text = ""
    anti_terror: bool = False
    telephone: Text = ""
    capacity: CapacityWord = Capacity.MANAGING
    legal_basis: Text = ""
    floors: Annotated[list[FloorPlanForm], Field(max_length=256)] = Field(default_factory=list)


class PartFields(Form):
    """The unit's decision about a key part."""

    name: Text
    part: Text
    national_rule: Text = ""
    decision: Text
    decided_by: Text
    decided_on: Day


class ReasonForm(Form):
    """Why something is closed or withdrawn."""

    reason: Text


class GuidanceForm(Form):
    """What the police say about a determination."""

    text: Text


class SystemFields(Form):
    """A system to be planned."""

    name: Text
    purpose: Text = ""
    part: Text = ""
    existing: bool = False
    plan_item: Text = ""


class NearCameraOut(BaseModel):
    """An existing camera within reach of a government site."""

    camera: str
    name: str
    unit_name: str
    place: str
    place_name: str
    part: str
    metres: int
    longitude: float | None
    latitude: float | None
    direction_deg: float | None
    angle_deg: float | None
    range_m: float | None


@router.get("", operation_id="list_places")
def list_places(
    request: Request, actor: Listing, q: Annotated[Text, Query()] = "", kind: Annotated[Text, Query()] = ""
) -> list[PlaceOut]:
    """Those that the asker may see whose name or address holds `q`, of the kind or category `kind`."""
    services = services_of(request)
    found = places.listed(services.store, actor=actor, clock=services.clock)
    shown = [_shown(place, services.law) for place in found]
    wanted = q.strip().casefold()
    return [
        one
        for one in shown
        if (not wanted or wanted in f"{one.name} {one.address}".casefold()) and kind in ("", one.kind, one.category)
    ]


@router.post("", operation_id="add_place", status_code=201)
def add_place(request: Request, form: PlaceFields, actor: Annotated[Actor, Depends(Policy(Act.PLACE_ADD))]) -> PlaceOut:
    services = services_of(request)
    place = places.add_place(
        services.store, services.law, actor=actor, clock=services.clock, random=services.random, form=_form(form)
    )
    return _shown(place, services.law)


@router.get("/sectors", operation_id="list_sectors")
def list_sectors(actor: Annotated[Actor, Depends(SignedIn())]) -> list[SectorOut]:
    """The sectors that a place may belong to."""
    return sectors_out()


@router.get("/{place}", operation_id="read_place")
def read_place(request: Request, place: str, actor: Listing) -> PlacePageOut:
    services = services_of(request)
    found = places.page(services.store, services.law, actor=actor, clock=services.clock, place=place)
    asker = Subject(actor.person, actor.unit, actor.roles)
    facts = Facts(relations=found.relations)

    def may(act: Act) -> bool:
        return isinstance(decide(asker, act, found.place.unit, facts, services.clock.now()), Allow)

    counted = {one.id: sum(siting.system == one.id for siting in found.sitings) for one in found.systems}
    return PlacePageOut(
        **_shown(found.place, services.law).model_dump(),
        unit_name=found.unit.name if found.unit is not None else "",
        own=found.own,
        verdict=verdict_out(found.verdict, services.cited),
        parts=[_part(part) for part in found.parts],
        needed=[
            NeededOut(
                part=one.part,
                name=one.name,
                name_en=one.name_en,
                key=one.key,
                decided=one.decided,
                cameras=one.cameras,
                met=one.cameras > 0,
            )
            for one in found.needed
        ],
        systems=[_system(one, counted[one.id]) for one in found.systems],
        cameras=[
            PlaceCameraOut(
                id=one.id,
                part=one.part,
                location=one.location,
                gb_code=one.gb_code,
                longitude=one.longitude,
                latitude=one.latitude,
                floor=one.floor,
                x=one.x,
                y=one.y,
                direction_deg=one.direction_deg,
                angle_deg=one.angle_deg,
                range_m=one.range_m,
                signed=one.signed is not None,
            )
            for one in found.sitings
        ],
        may=PlaceMay(
            change=may(Act.PLACE_CHANGE),
            decide=may(Act.PART_DECIDE),
            guide=may(Act.PART_GUIDE),
            add_system=may(Act.SYSTEM_ADD),
            reach=may(Act.CAMERA_REACH),
        ),
    )


@router.put("/{place}", operation_id="change_place")
def change_place(
    request: Request, place: str, form: PlaceFields, actor: Annotated[Actor, Depends(Policy(Act.PLACE_CHANGE))]
) -> PlaceOut:
    services = services_of(request)
    changed = places.change_place(
        services.store, services.law, actor=actor, clock=services.clock, place=place, form=_form(form)
    )
    return _shown(changed, services.law)


@router.post("/{place}/close", operation_id="close_place")
def close_place(
    request: Request, place: str, form: ReasonForm, actor: Annotated[Actor, Depends(Policy(Act.PLACE_CLOSE))]
) -> PlaceOut:
    services = services_of(request)
    closed = places.close_place(services.store, actor=actor, clock=services.clock, place=place, why=form.reason)
    return _shown(closed, services.law)


@router.post("/{place}/parts", operation_id="decide_part", status_code=201)
def decide_part(
    request: Request, place: str, form: PartFields, actor: Annotated[Actor, Depends(Policy(Act.PART_DECIDE))]
) -> KeyPartOut:
    services = services_of(request)
    part = key_parts.decide_part(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        place=place,
        form=key_parts.PartForm(**form.model_dump()),
    )
    return _part(part)


@router.post("/{place}/parts/{part}/withdraw", operation_id="withdraw_part")
def withdraw_part(
    request: Request,
    place: str,
    part: str,
    form: ReasonForm,
    actor: Annotated[Actor, Depends(Policy(Act.PART_WITHDRAW))],
) -> KeyPartOut:
    services = services_of(request)
    found = key_parts.withdraw_part(
        services.store, services.law, actor=actor, clock=services.clock, place=place, part=part, why=form.reason
    )
    return _part(found)


@router.post("/{place}/parts/{part}/guidance", operation_id="guide_part")
def guide_part(
    request: Request,
    place: str,
    part: str,
    form: GuidanceForm,
    actor: Annotated[Actor, Depends(Policy(Act.PART_GUIDE))],
) -> KeyPartOut:
    services = services_of(request)
    found = key_parts.guide_part(
        services.store, services.law, actor=actor, clock=services.clock, place=place, part=part, text=form.text
    )
    return _part(found)


@router.post("/{place}/systems", operation_id="add_system", status_code=201)
def add_system(
    request: Request, place: str, form: SystemFields, actor: Annotated[Actor, Depends(Policy(Act.SYSTEM_ADD))]
) -> PlaceSystemOut:
    services = services_of(request)
    system = place_systems.add_system(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        place=place,
        form=place_systems.SystemForm(**form.model_dump()),
    )
    return _system(system, 0)


@router.get("/{place}/existing-cameras", operation_id="existing_cameras")
def existing_cameras(
    request: Request, place: str, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_REACH))]
) -> list[NearCameraOut]:
    """Cameras that stand already within reach of a government site, nearest first: for the decision on reuse."""
    services = services_of(request)
    found = reuse.existing_near(services.store, services.law, actor=actor, clock=services.clock, place=place)
    return [
        NearCameraOut(
            camera=one.siting.id,
            name=one.name,
            unit_name=one.unit_name,
            place=one.siting.place,
            place_name=one.place_name,
            part=one.siting.part,
            metres=one.metres,
            longitude=one.siting.longitude,
            latitude=one.siting.latitude,
            direction_deg=one.siting.direction_deg,
            angle_deg=one.siting.angle_deg,
            range_m=one.siting.range_m,
        )
        for one in found
    ]


def _form(form: PlaceFields) -> places.PlaceForm:
    floors = tuple(FloorPlan(**floor.model_dump()) for floor in form.floors)
    return places.PlaceForm(**{**form.model_dump(), "floors": floors})


def _shown(place: Place, law: Rulebook) -> PlaceOut:
    kind = law.place_kind(place.kind)
    return PlaceOut(
        id=place.id,
        unit=place.unit,
        name=place.name,
        kind=place.kind,
        kind_name=kind.name,
        kind_name_en=kind.name_en,
        category=kind.category,
        territory=place.territory,
        address=place.address,
        longitude=place.longitude,
        latitude=place.latitude,
        datum=place.datum,
        sector=place.sector,
        anti_terror=place.anti_terror,
        telephone=place.telephone,
        capacity=place.capacity,
        legal_basis=place.legal_basis,
        floors=[FloorPlanOut.model_validate(floor, from_attributes=True) for floor in place.floors],
        closed_ms=milliseconds(place.closed),
    )


def _part(part: KeyPart) -> KeyPartOut:
    return KeyPartOut(
        id=part.id,
        name=part.name,
        part=part.part,
        national_rule=part.national_rule,
        decision=part.decision,
        decided_by=part.decided_by,
        decided_on=part.decided_on,
        guidance=[GuidanceOut(by=said.by, on=said.on, text=said.text) for said in part.guidance],
        withdrawn_ms=milliseconds(part.withdrawn),
    )


def _system(system: VideoSystem, cameras: int) -> PlaceSystemOut:
    return PlaceSystemOut(
        id=system.id,
        name=system.name,
        builder=system.builder,
        state=system.state,
        existing=system.existing,
        cameras=cameras,
    )
