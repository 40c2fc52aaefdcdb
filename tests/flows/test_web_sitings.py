"""Putting a camera on record: refused where none may be, held until proven and signed, changed by a decision alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import cameras
from mingjian.app.records import Actor
from mingjian.governance.systems import Life
from mingjian.kernel.ids import CameraId
from sited_camera import STANDS, complete, hall
from web_world import World

MASK = {"corners": [[0.1, 0.2], [0.3, 0.2], [0.3, 0.6], [0.1, 0.6]], "name": "试衣间门口"}
NEW = {"name": "大厅东", "url": "rtsp://192.0.2.20/main"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


def hotel_of(world: World) -> Actor:
    with world.store.reading() as uow:
        person = uow.people.named("hotel")
    assert person is not None
    return Actor(person.id, person.name, person.display_name, person.unit, person.unit_name, person.roles, "session")


def recorded(world: World) -> set[str]:
    return {connection.id for connection in cameras.connections(world.store, world.vault)}


def lacking(siting: dict[str, Any]) -> list[str]:
    return [step["step"] for step in siting["steps"] if not step["done"]]


async def test_A8_a_camera_in_a_fitting_room_is_refused_by_every_way_of_the_api(world: World) -> None:
    place, system = hall(world, hotel_of(world))
    hotel = await world.signed_in("hotel")
    before = len(world.entries("camera.added"))
    siting = {"place": place, "system": system, "location": "二楼试衣间内"}
    ways = [
        await hotel.post("/api/cameras", json={**NEW, "siting": siting}),
        await hotel.post("/api/cameras", json={**NEW, "siting": {**siting, "location": "fitting_room"}}),
        await hotel.post("/api/cameras", json={**NEW, "place": "试衣间"}),
    ]
    camera = (await hotel.post("/api/cameras", json=NEW)).json()["id"]
    ways.append(await hotel.patch(f"/api/cameras/{camera}/siting", json=siting))
    ways.append(await hotel.patch(f"/api/cameras/{camera}", json={"place": "试衣间"}))
    for answer in ways:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["article"]) == (403, "siting.forbidden", "第八条第二项")
        assert error["field"] in ("location", "place")
    assert len(world.entries("camera.added")) == before + 1, "nothing was put on record"
    refused = [entry["facts"] for entry in world.entries("act.refused")]
    assert [facts["code"] for facts in refused] == ["siting.forbidden"] * 5


async def test_a_camera_is_put_on_record_step_by_step_and_records_from_its_signature_on(world: World) -> None:
    place, system = hall(world, hotel_of(world))
    hotel = await world.signed_in("hotel")
    added = await hotel.post("/api/cameras", json={**NEW, "siting": {"place": place, "system": system}})
    camera = added.json()["id"]
    assert (added.json()["record"], added.json()["held"]) == ("draft", True)
    assert camera not in recorded(world)
    path = f"/api/cameras/{camera}/siting"
    draft = (await hotel.get(path)).json()
    assert lacking(draft) == [
        "place", "forbidden", "position", "picture", "view", "stream", "storage", "dossier",
    ]  # fmt: skip
    early = await hotel.post(f"{path}/sign")
    assert (early.status_code, early.json()["error"]["field"]) == (403, "place")

    said = await hotel.patch(path, json={"part": "lobby", "location": "lobby"})
    assert "place" not in lacking(said.json())
    await hotel.patch(path, json={k: STANDS[k] for k in ("longitude", "latitude", "direction_deg", "angle_deg")})
    assert "position" in lacking((await hotel.patch(path, json={"reaches": False})).json())
    await hotel.patch(path, json={"range_m": 25})
    pictured = (await hotel.post(f"{path}/picture")).json()
    assert pictured["picture"]
    assert (await hotel.post(f"/api/cameras/{camera}/probe", json={})).status_code == 200
    tested = (await hotel.get(path)).json()
    assert (tested["stream"]["codec"], tested["days"]) == ("H.264", 31)
    assert lacking(tested) == ["dossier"]
    done = await hotel.patch(path, json={"gb_code": STANDS["gb_code"], "dossier": STANDS["dossier"]})
    assert lacking(done.json()) == [], done.json()["lacking"]
    assert done.json()["dossier"]["camera_type"] == "bullet"
    signed = (await hotel.post(f"{path}/sign")).json()
    assert signed["signed_ms"] is not None
    assert signed["verdict"]["article"] == "第九条第二款"
    assert camera in recorded(world)
    (entry,) = world.entries("camera.signed")
    assert (entry["facts"]["row"], entry["actor"]["id"]) == ("A9.2.build", world.accounts["hotel"].person)
    page = (await hotel.get(f"/api/places/{place}")).json()
    assert {one["part"]: one["met"] for one in page["needed"]} == {"lobby": True, "passage": False, "entrance": False}


async def test_A14_the_reference_picture_is_a_view_in_the_register_and_its_own_units_alone(world: World) -> None:
    actor = hotel_of(world)
    camera = complete(world, actor)
    hotel = await world.signed_in("hotel")
    (entry,) = [found for found in world.entries("camera.looked") if found["facts"]["cameras"] == [camera]]
    register = (await hotel.get("/api/register")).json()
    assert [(one["kind"], one["cameras"], one["index"]) for one in register] == [("snapshot", [camera], entry["index"])]
    picture = (await hotel.get(f"/api/cameras/{camera}/siting")).json()["picture"]
    as_paper = await hotel.get(f"/api/attachments/{picture}")
    assert (as_paper.status_code, as_paper.json()["error"]["code"]) == (403, "view.unregistered")
    shown = await hotel.get(f"/api/cameras/{camera}/siting/picture")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    again = world.entries("camera.looked")[-1]
    assert [mark.entry for mark in world.looks.marks] == [again["index"]]
    newest = (await hotel.get("/api/register")).json()[0]
    assert (newest["index"], newest["kind"], newest["purpose"]) == (again["index"], "snapshot", "查看基准画面")
    police = await world.signed_in("registrar")
    assert (await police.get(f"/api/attachments/{picture}")).status_code == 404
    assert (await police.post(f"/api/cameras/{camera}/siting/picture")).status_code == 404
    assert (await police.get(f"/api/cameras/{camera}/siting/picture")).status_code in (403, 404)
    assert len(world.looks.marks) == 1


async def test_A8_a_view_that_reaches_a_private_area_records_only_once_its_mask_is_proven_on_the_stream(
    world: World,
) -> None:
    camera = complete(world, hotel_of(world), reaches=True)
    hotel = await world.signed_in("hotel")
    path = f"/api/cameras/{camera}/siting"
    assert lacking((await hotel.get(path)).json()) == ["view"]
    await hotel.patch(path, json={"masks": [MASK]})
    refused = await hotel.post(f"{path}/sign")
    assert (refused.json()["error"]["field"], refused.json()["error"]["article"]) == ("view", "第八条")
    world.looks.visible = True
    seen = (await hotel.post(f"{path}/proof")).json()
    assert (seen["proof"]["proven"], seen["proof"]["code"]) == (False, "visible")
    assert (await hotel.post(f"{path}/sign")).status_code == 403
    assert camera not in recorded(world)
    world.looks.visible = False
    proven = (await hotel.post(f"{path}/proof")).json()
    assert (proven["proof"]["proven"], len(proven["proof"]["pictures_ms"])) == (True, 5)
    judged = world.entries("camera.mask_judged")
    assert [one["facts"]["code"] for one in judged] == ["visible", "masked"]
    assert judged[-1]["facts"]["pictures_ms"] == proven["proof"]["pictures_ms"]
    assert (await hotel.post(f"{path}/sign")).status_code == 200
    assert camera in recorded(world)


async def test_A8_a_mask_that_is_drawn_anew_has_to_be_proven_anew(world: World) -> None:
    camera = complete(world, hotel_of(world), reaches=True)
    hotel = await world.signed_in("hotel")
    path = f"/api/cameras/{camera}/siting"
    await hotel.patch(path, json={"masks": [MASK]})
    assert (await hotel.post(f"{path}/proof")).json()["proof"]["proven"]
    moved = {**MASK, "corners": [[0.5, 0.2], [0.7, 0.2], [0.7, 0.6]]}
    assert (await hotel.patch(path, json={"masks": [moved]})).json()["proof"] is None
    assert lacking((await hotel.get(path)).json()) == ["view"]


async def test_A9_3_a_unit_puts_no_camera_on_record_at_a_part_that_government_builds(world: World) -> None:
    place, system = hall(world, hotel_of(world), "7.12.open_park", "示范公园")
    hotel = await world.signed_in("hotel")
    siting = {"place": place, "system": system, "part": "main_passage", "location": "passage"}
    refused = await hotel.post("/api/cameras", json={**NEW, "siting": siting})
    assert refused.json()["error"]["article"] == "第九条第三款"
    assert world.entries("camera.sited") == []


async def test_A16_3_a_signed_camera_is_moved_by_a_recorded_decision_and_seen_anew(world: World) -> None:
    camera = complete(world, hotel_of(world))
    hotel = await world.signed_in("hotel")
    path = f"/api/cameras/{camera}/siting"
    system = (await hotel.post(f"{path}/sign")).json()["system"]
    with world.store.writing() as uow:
        stored = uow.systems.one(system)
        assert stored is not None
        uow.systems.save(replace(stored, state=Life.FILED), expected=stored.state)
    silent = await hotel.patch(path, json={"direction_deg": 180})
    assert (silent.status_code, silent.json()["error"]["code"]) == (409, "siting.signed")
    assert silent.json()["error"]["article"] == "第十六条第三项"
    assert (await hotel.patch(path, json={"dossier": {"firmware": "2.0"}})).json()["dossier"]["firmware"] == "2.0"
    moved = await hotel.post(f"{path}/move", json={"decision": "改为朝向西门", "direction_deg": 180})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["signed_ms"], moved.json()["direction_deg"]) == (None, 180)
    assert lacking(moved.json()) == ["picture", "view"]
    assert camera in recorded(world), "it goes on recording"
    with world.store.reading() as uow:
        assert uow.obligations.open_of(system, "filing.change") is not None


async def test_a_code_belongs_to_one_camera_of_the_places_county(world: World) -> None:
    actor = hotel_of(world)
    first, second = complete(world, actor), complete(world, actor, code="34042103471327000002")
    hotel = await world.signed_in("hotel")
    for code in (STANDS["gb_code"], "34042203471327000003", "1234", "34042103472007000001"):
        answer = await hotel.patch(f"/api/cameras/{second}/siting", json={"gb_code": code})
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "gb_code"), code
    path = f"/api/cameras/{second}/siting/code"
    strange = await hotel.get(path, params={"code": "34042203471327000003"})
    assert (strange.status_code, strange.json()["error"]["field"]) == (422, "gb_code")
    taken = (await hotel.get(path, params={"code": STANDS["gb_code"]})).json()
    assert (taken["taken"], taken["free"]) == (True, "34042103471327000003")
    good = (await hotel.get(path, params={"code": "34042103471327000009"})).json()
    assert (good["taken"], good["industry"], good["type"], good["serial"]) == (False, "47", "132", "000009")
    assert first != second


async def test_a_camera_on_no_record_records_and_says_so(world: World) -> None:
    manager = await world.signed_in("manager")
    listed = (await manager.get("/api/cameras")).json()
    assert {one["record"] for one in listed} == {"none"}
    assert {one["id"] for one in listed} <= recorded(world)
    assert (await manager.get(f"/api/cameras/{world.cameras[0]}/siting")).json() is None
    place, system = hall(world, world.manager, "7.14.service_hall", "政务大厅")
    sited = await manager.patch(f"/api/cameras/{world.cameras[0]}/siting", json={"place": place, "system": system})
    assert (sited.json()["existing"], sited.json()["held"]) == (True, False)
    assert world.cameras[0] in recorded(world)
    reaching = await manager.patch(f"/api/cameras/{world.cameras[0]}/siting", json={"reaches": True})
    assert reaching.json()["held"]
    assert world.cameras[0] not in recorded(world), "no more is recorded of a private area"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"part": "moon"}, "part"),
        ({"longitude": 200, "latitude": 32}, "longitude"),
        ({"direction_deg": 400}, "direction_deg"),
        ({"range_m": 0}, "range_m"),
        ({"floor": "x"}, "floor"),
        ({"masks": [{"corners": [[0, 0], [1, 1]]}]}, "masks"),
        ({"masks": [{"corners": [[0, 0], [2, 0], [1, 1]]}]}, "masks"),
        ({"dossier": {"camera_type": "炮"}}, "dossier.camera_type"),
        ({"dossier": {"password": "x"}}, "dossier.password"),
        ({"system": "x"}, "system"),
    ],
)
async def test_an_unusable_answer_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    camera = complete(world, hotel_of(world))
    hotel = await world.signed_in("hotel")
    answer = await hotel.patch(f"/api/cameras/{camera}/siting", json=changes)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field), answer.text


async def test_A8_behind_another_address_nothing_is_proven_and_a_private_view_is_held(world: World) -> None:
    camera = complete(world, hotel_of(world), reaches=True)
    hotel = await world.signed_in("hotel")
    path = f"/api/cameras/{camera}/siting"
    await hotel.patch(path, json={"masks": [MASK]})
    await hotel.post(f"{path}/proof")
    signed = (await hotel.post(f"{path}/sign")).json()
    assert (await hotel.patch(f"/api/cameras/{camera}", json={"name": "大厅西"})).status_code == 200
    assert (await hotel.get(path)).json()["signed_ms"] == signed["signed_ms"], "its name says nothing of its view"
    assert camera in recorded(world)
    assert (await hotel.patch(f"/api/cameras/{camera}", json={"url": "rtsp://192.0.2.21/main"})).status_code == 200
    found = (await hotel.get(path)).json()
    assert (found["signed_ms"], found["picture"], found["proof"], found["held"]) == (None, "", None, True)
    assert lacking(found) == ["picture", "view", "stream", "storage"]
    assert [mask["name"] for mask in found["masks"]] == ["试衣间门口"], "drawn once, to be proven anew"
    assert camera not in recorded(world)
    (entry,) = world.entries("camera.unproven")
    assert entry["facts"] == {"cameras": [camera], "signed": True, "picture": signed["picture"]}


async def test_a_signed_camera_goes_on_recording_behind_another_address_and_a_held_one_stays_held(
    world: World,
) -> None:
    camera, draft = complete(world, hotel_of(world)), complete(world, hotel_of(world))
    hotel = await world.signed_in("hotel")
    await hotel.post(f"/api/cameras/{camera}/siting/sign")
    for one in (camera, draft):
        await hotel.patch(f"/api/cameras/{one}", json={"url": "rtsp://192.0.2.21/main"})
    assert recorded(world) & {camera, draft} == {camera}


async def test_A8_a_move_lets_no_held_camera_go(world: World) -> None:
    draft = complete(world, hotel_of(world))
    reaching = complete(world, hotel_of(world), reaches=True, existing=True)
    hotel = await world.signed_in("hotel")
    for one in (draft, reaching):
        moved = await hotel.post(
            f"/api/cameras/{one}/siting/move", json={"decision": "改为朝向西门", "direction_deg": 180}
        )
        assert moved.json()["held"], moved.text
    assert recorded(world) & {draft, reaching} == set()


async def test_A7_a_part_whose_last_camera_is_retired_is_owed_again(world: World) -> None:
    actor = hotel_of(world)
    lobby = complete(world, actor)
    hotel = await world.signed_in("hotel")
    signed = (await hotel.post(f"/api/cameras/{lobby}/siting/sign")).json()
    place = signed["place"]
    with world.store.writing() as uow:
        sited = uow.sitings.one(lobby)
        owed = uow.obligations.open_of(place, "install")
        assert sited is not None and owed is not None
        for part in ("entrance", "passage"):
            other = uow.cameras.one(lobby, actor.unit)
            assert other is not None
            other = replace(other, id=CameraId(f"camera-{part}"), name=part)
            uow.cameras.add(other)
            uow.sitings.add(replace(sited, id=other.id, part=part, gb_code=""))
        uow.obligations.save(replace(owed, met_on=owed.trigger_on, met_entry=1))
    assert (await hotel.post(f"/api/cameras/{lobby}/retire", json={"reason": "设备更换"})).status_code == 204
    with world.store.reading() as uow:
        again = uow.obligations.open_of(place, "install")
        assert again is not None and again.id != owed.id
