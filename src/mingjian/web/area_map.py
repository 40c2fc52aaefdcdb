"""The map: places and cameras as columns: thousands of objects with field names each would be a third longer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import area_map
from mingjian.app.area_map import Mark
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.places import Datum, Place
from mingjian.kernel.errors import Missing
from mingjian.law.rulebook import Rulebook
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import UNKNOWN, CameraState, Services

router = APIRouter(prefix="/api/map", tags=["map"])
DatumWord = Annotated[Datum, Field(strict=False)]
MOST_ZOOM = 22
"""What a basemap may hold at most; see `adapters.basemap_files`."""
MOST_TILE = (1 << MOST_ZOOM) - 1
TILE_KEPT = "private, max-age=86400"
"""A day: the operator's map changes by the month, and a browser that moves about asks for the same tiles."""
TILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in ("image/png", "image/jpeg", "image/webp")}}
}
TileNumber = Annotated[int, Path(ge=0, le=MOST_TILE)]


class MarkState(StrEnum):
    """What is told of a camera: how the own unit's does now, or that it is on record, or a draft of the record."""

    RECORDING = CameraState.RECORDING
    OFFLINE = CameraState.OFFLINE
    STARTING = CameraState.STARTING
    STOPPED = CameraState.STOPPED
    ON_RECORD = "on_record"
    DRAFT = "draft"


class PlaceColumns(BaseModel):
    """Places; entry n of every list is about the same one. `category` is an item of article 7, e.g. `7.2`."""

    id: list[str]
    name: list[str]
    kind_name: list[str]
    kind_name_en: list[str]
    category: list[str]
    address: list[str]
    longitude: list[float | None]
    latitude: list[float | None]
    datum: list[DatumWord]
    own: list[bool]
    floors: list[int]


class CameraColumns(BaseModel):
    """Cameras; entry n of every list is about the same one. Without name and live state where it is another unit's."""

    id: list[str]
    place: list[str]
    system: list[str]
    name: list[str]
    number: list[str]
    longitude: list[float | None]
    latitude: list[float | None]
    datum: list[DatumWord]
    direction_deg: list[float | None]
    angle_deg: list[float | None]
    range_m: list[float | None]
    state: list[MarkState]
    own: list[bool]


class BasemapOut(BaseModel):
    """The operator's own map below the marks: tiles of this server, drawn under what is on record in its datum."""

    datum: DatumWord
    attribution: str
    min_zoom: int
    max_zoom: int


class MapOut(BaseModel):
    """What the asker may see; positions are as put on record, in the datum named beside them.

    `unsited` cameras of the own unit have no place on record; `whole` is false where more exist than are listed.
    """

    places: PlaceColumns
    cameras: CameraColumns
    unsited: int
    whole: bool
    basemap: BasemapOut | None


@router.get("", operation_id="read_map")
def read_map(request: Request, actor: Annotated[Actor, Depends(Policy(Act.PLACE_LIST))]) -> MapOut:
    services = services_of(request)
    found = area_map.area(services.store, actor=actor, clock=services.clock)
    return MapOut(
        places=_places(found.places, services.law, actor),
        cameras=_cameras(found.cameras, services),
        unsited=found.unsited,
        whole=found.whole,
        basemap=_basemap(services),
    )


@router.get("/tiles/{zoom}/{column}/{row}", operation_id="read_map_tile", response_class=Response, responses=TILES)
def read_map_tile(
    request: Request,
    zoom: Annotated[int, Path(ge=0, le=MOST_ZOOM)],
    column: TileNumber,
    row: TileNumber,
    actor: Annotated[Actor, Depends(Policy(Act.PLACE_LIST))],
) -> Response:
    """A tile of the operator's own map; row 0 is the northernmost. Missing where there is none."""
    basemap = services_of(request).basemap
    found = basemap.tiles.tile(zoom, column, row) if basemap is not None else None
    if found is None:
        raise Missing("map.no-tile", "没有这块底图", text_en="There is no such tile")
    content, media_type = found
    return Response(content, media_type=media_type, headers={"Cache-Control": TILE_KEPT})


def _basemap(services: Services) -> BasemapOut | None:
    found = services.basemap
    if found is None:
        return None
    low, high = found.tiles.zooms
    return BasemapOut(datum=found.datum, attribution=found.attribution, min_zoom=low, max_zoom=high)


def _places(places: Sequence[Place], law: Rulebook, actor: Actor) -> PlaceColumns:
    kinds = {kind: law.place_kind(kind) for kind in {place.kind for place in places}}
    return PlaceColumns(
        id=[one.id for one in places],
        name=[one.name for one in places],
        kind_name=[kinds[one.kind].name for one in places],
        kind_name_en=[kinds[one.kind].name_en for one in places],
        category=[kinds[one.kind].category for one in places],
        address=[one.address for one in places],
        longitude=[one.longitude for one in places],
        latitude=[one.latitude for one in places],
        datum=[one.datum for one in places],
        own=[one.unit == actor.unit for one in places],
        floors=[len(one.floors) for one in places],
    )


def _cameras(marks: Sequence[Mark], services: Services) -> CameraColumns:
    states = services.recordings.status([one.siting.id for one in marks if one.own])

    def state(one: Mark) -> MarkState:
        if not one.own:
            return MarkState.ON_RECORD
        if one.siting.signed is None and not one.siting.existing:
            return MarkState.DRAFT
        return MarkState(states.get(one.siting.id, UNKNOWN).state)

    sitings = [one.siting for one in marks]
    return CameraColumns(
        id=[one.id for one in sitings],
        place=[one.place for one in sitings],
        system=[one.system for one in sitings],
        name=[one.name for one in marks],
        number=[one.gb_code for one in sitings],
        longitude=[one.longitude for one in sitings],
        latitude=[one.latitude for one in sitings],
        datum=[one.datum for one in sitings],
        direction_deg=[one.direction_deg for one in sitings],
        angle_deg=[one.angle_deg for one in sitings],
        range_m=[one.range_m for one in sitings],
        state=[state(one) for one in marks],
        own=[one.own for one in marks],
    )
