"""The map through the API: each sees the places of its own duty; another unit's cameras are numbers, not pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mingjian.app.cameras import retire_camera
from mingjian.app.seed import COUNTY
from mingjian.governance.places import Datum, Place
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Builder, VideoSystem
from mingjian.kernel.ids import CameraId
from web_world import World

NUMBER = "34042103001327000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


def sited(world: World, camera: CameraId, place: Place, *, signed: bool = True) -> None:
    now = world.clock.now()
    system = VideoSystem(camera.replace("-", ""), place.unit, place.id, "系统", Builder.UNIT, "A9.2", COUNTY, "", now)
    siting = Siting(
        camera, place.unit, place.id, system.id, COUNTY, "", now, gb_code=NUMBER if signed else "", longitude=116.7,
        latitude=32.7, datum=Datum.GCJ02, direction_deg=90.0, angle_deg=60.0, range_m=40.0,
        signed=now if signed else None,
    )  # fmt: skip
    with world.store.writing() as uow:
        uow.systems.add(system)
        uow.sitings.add(siting)


async def shown(world: World, who: str) -> dict[str, Any]:
    answer = await (await world.signed_in(who)).get("/api/map")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_own_unit_sees_its_cameras_with_names_and_states_and_how_many_have_no_place(world: World) -> None:
    place = world.add_place()
    sited(world, world.cameras[0], place)
    found = await shown(world, "manager")
    assert (found["places"]["id"], found["places"]["own"]) == ([place.id], [True])
    cameras = found["cameras"]
    assert (cameras["name"], cameras["state"], cameras["datum"]) == (["大厅1"], ["recording"], ["gcj02"])
    assert (cameras["longitude"], cameras["direction_deg"], cameras["range_m"]) == ([116.7], [90.0], [40.0])
    assert (found["unsited"], found["whole"]) == (1, True)


async def test_A4_another_organ_sees_the_number_of_a_camera_on_record_without_its_name_and_a_stranger_nothing(
    world: World,
) -> None:
    place = world.add_place()
    sited(world, world.cameras[0], place)
    sited(world, world.cameras[1], place, signed=False)
    assert [(await shown(world, who))["places"]["id"] for who in ("planner", "school")] == [[place.id], []]
    cameras = (await shown(world, "planner"))["cameras"]
    assert (cameras["id"], cameras["number"]) == ([world.cameras[0]], [NUMBER])
    assert (cameras["name"], cameras["state"], cameras["own"]) == ([""], ["on_record"], [False])
    assert sorted((await shown(world, "manager"))["cameras"]["state"]) == ["draft", "recording"]


async def test_what_is_closed_or_out_of_use_is_not_on_the_map(world: World) -> None:
    place = world.add_place()
    sited(world, world.cameras[0], place)
    retire_camera(
        world.store,
        world.services.law,
        actor=world.manager,
        clock=world.clock,
        random=world.services.random,
        camera=world.cameras[0],
        reason="设备已拆除",
    )
    with world.store.writing() as uow:
        uow.places.save(replace(place, closed=world.clock.now()))
    found = await shown(world, "manager")
    assert (found["places"]["id"], found["cameras"]["id"], found["unsited"]) == ([], [], 1)


async def test_the_operators_own_map_comes_from_this_server_to_people_alone(world: World) -> None:
    told = (await shown(world, "planner"))["basemap"]
    assert told == {"datum": "cgcs2000", "attribution": "审图号：示范", "min_zoom": 0, "max_zoom": 0}
    planner = await world.signed_in("planner")
    tile = await planner.get("/api/map/tiles/0/0/0")
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert "max-age" in tile.headers["cache-control"]
    assert (await planner.get("/api/map/tiles/1/0/0")).status_code == 404
    assert (await world.client().get("/api/map/tiles/0/0/0")).status_code == 401


async def test_A7_a_required_part_says_in_which_coordinates_its_place_stands(world: World) -> None:
    place = replace(world.add_place(), longitude=116.7, latitude=32.7, datum=Datum.GCJ02)
    with world.store.writing() as uow:
        uow.places.save(place)
    answer = await (await world.signed_in("registrar")).get("/api/coverage/parts")
    parts = [part for part in answer.json() if part["place"] == place.id]
    assert {(part["datum"], part["longitude"], part["standing"]) for part in parts} == {("gcj02", 116.7, "uncovered")}
