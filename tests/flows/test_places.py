"""Places, key parts and systems through the API: who may put them on record, who guides, who sees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sited_camera import complete, hall
from web_world import World

HOTEL = {
    "name": "示范旅馆一店",
    "kind": "7.2.hotel",
    "territory": "340421103",
    "address": "示范路 1 号",
    "longitude": 116.7,
    "latitude": 32.7,
    "sector": "culture",
}
SQUARE = {**HOTEL, "name": "示范广场", "kind": "7.12.square", "sector": ""}
DECISION = {
    "name": "配电室",
    "part": "key_part",
    "national_rule": "GB 50348 的规定",
    "decision": "经研究确定为重要部位",
    "decided_by": "张三",
    "decided_on": "2017-01-05",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


async def placed(world: World, who: str, form: dict[str, Any]) -> str:
    client = await world.signed_in(who)
    answer = await client.post("/api/places", json=form)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_A7_a_place_shows_what_it_must_have_and_by_whom(world: World) -> None:
    place = await placed(world, "hotel", HOTEL)
    hotel = await world.signed_in("hotel")
    page = (await hotel.get(f"/api/places/{place}")).json()
    assert [(one["part"], one["met"]) for one in page["needed"]] == [
        ("lobby", False),
        ("passage", False),
        ("entrance", False),
    ]
    assert page["verdict"]["article"] == "第九条第二款"
    assert page["may"] == {"change": True, "decide": True, "guide": False, "add_system": True, "reach": False}
    with world.store.reading() as uow:
        owed = uow.obligations.open_of(place, "install")
    assert owed is not None
    assert (owed.row, owed.due_on) == ("A7.install", None)
    (entry,) = world.entries("place.added")
    assert (entry["actor"]["id"], entry["subject"]) == (world.accounts["hotel"].person, place)


async def test_A9_3_someone_without_responsibility_is_refused_with_the_reason(world: World) -> None:
    hotel = await world.signed_in("hotel")
    for form in (SQUARE, {**HOTEL, "capacity": "none"}):
        answer = await hotel.post("/api/places", json=form)
        assert answer.status_code == 403
        error = answer.json()["error"]
        assert (error["code"], error["article"]) == ("siting.not-responsible", "第九条第三款")
    assert [entry["facts"]["code"] for entry in world.entries("act.refused")] == ["siting.not-responsible"] * 2
    assert (await hotel.get("/api/places")).json() == []


async def test_A9_1_the_government_plans_a_system_at_its_own_part_of_anothers_place_and_nowhere_else(
    world: World,
) -> None:
    park = await placed(world, "estate", {**HOTEL, "name": "示范公园", "kind": "7.12.open_park", "sector": "housing"})
    hotel_place = await placed(world, "hotel", HOTEL)
    planner = await world.signed_in("planner")
    added = await planner.post(f"/api/places/{park}/systems", json={"name": "公园主通道视频系统"})
    assert (added.status_code, added.json()["builder"]) == (201, "government"), added.text
    refused = await planner.post(f"/api/places/{hotel_place}/systems", json={"name": "代建"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "siting.not-responsible")
    own = await placed(world, "planner", SQUARE)
    (system,) = world.entries("system.added")
    assert (system["facts"]["row"], system["facts"]["builder"]) == ("A9.1.build", "government")
    assert (await planner.post(f"/api/places/{own}/systems", json={"name": "广场系统"})).status_code == 201


async def test_A7_2_a_key_part_is_decided_by_the_unit_and_guided_by_the_competent_police(world: World) -> None:
    place = await placed(world, "school", {**HOTEL, "name": "示范中学", "kind": "7.11.school", "sector": "education"})
    school, police = await world.signed_in("school"), await world.signed_in("registrar")
    bare = await school.post(f"/api/places/{place}/parts", json={**DECISION, "national_rule": ""})
    assert (bare.status_code, bare.json()["error"]["field"]) == (422, "national_rule")
    late = await school.post(f"/api/places/{place}/parts", json={**DECISION, "decided_on": "2090-01-01"})
    assert late.json()["error"]["field"] == "decided_on"
    part = (await school.post(f"/api/places/{place}/parts", json=DECISION)).json()["id"]
    path = f"/api/places/{place}/parts/{part}"
    assert (await school.post(f"{path}/guidance", json={"text": "自己指导自己"})).json()["error"][
        "code"
    ] == "part.guide"
    guided = await police.post(f"{path}/guidance", json={"text": "应增加化学实验室"})
    assert [said["text"] for said in guided.json()["guidance"]] == ["应增加化学实验室"]
    assert (await police.post(f"/api/places/{place}/parts", json=DECISION)).json()["error"]["code"] == "part.decide"
    page = (await school.get(f"/api/places/{place}")).json()
    assert [(one["name"], one["key"], one["met"]) for one in page["needed"]] == [("配电室", True, False)]
    gone = await school.post(f"{path}/withdraw", json={"reason": "该部位已拆除"})
    assert gone.json()["withdrawn_ms"] is not None
    page = (await school.get(f"/api/places/{place}")).json()
    assert [(one["part"], one["decided"]) for one in page["needed"]] == [("key_part", False)]


async def test_A7_a_withdrawn_key_part_reckons_the_places_duty_anew(world: World) -> None:
    camera = complete(world, world.manager)
    place, system = hall(world, world.manager, kind="7.11.school", name="示范中学")
    manager = await world.signed_in("manager")

    async def decided(name: str) -> str:
        return str((await manager.post(f"/api/places/{place}/parts", json={**DECISION, "name": name})).json()["id"])

    async def withdrawn(part: str) -> None:
        gone = await manager.post(f"/api/places/{place}/parts/{part}/withdraw", json={"reason": "该部位已拆除"})
        assert gone.status_code == 200

    def owed() -> bool:
        with world.store.reading() as uow:
            return uow.obligations.open_of(place, "install") is not None

    first, second = await decided("配电室"), await decided("化学实验室")
    there = {"place": place, "system": system, "part": first}
    assert (await manager.patch(f"/api/cameras/{camera}/siting", json=there)).status_code == 200
    assert (await manager.post(f"/api/cameras/{camera}/siting/sign")).status_code == 200
    assert owed()  # the laboratory has no camera
    await withdrawn(second)
    assert not owed()
    await withdrawn(first)
    assert owed()  # the school has no key part any longer, and must decide on one


def png(width: int = 8, height: int = 8) -> tuple[str, bytes]:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(held, "PNG")
    return "一层.png", held.getvalue()


async def test_a_floor_plan_is_a_picture_of_this_place_and_stays_while_a_camera_stands_on_it(world: World) -> None:
    camera = complete(world, world.manager)
    manager = await world.signed_in("manager")
    place = (await manager.get(f"/api/cameras/{camera}/siting")).json()["place"]
    page = (await manager.get(f"/api/places/{place}")).json()
    form = {name: page[name] for name in ("name", "kind", "territory", "address", "capacity")}

    async def kept(name: str, content: bytes, kind: str = "place", subject: str = place) -> str:
        about = {"subject_kind": kind, "subject": subject, "kind": "floor_plan"}
        answer = await manager.post("/api/attachments", data=about, files={"file": (name, content)})
        return str(answer.json()["id"])

    def floor(attachment: str) -> dict[str, Any]:
        return {"id": "f1", "name": "一层", "attachment": attachment, "width_px": 8, "height_px": 8}

    strange = [
        await kept("图.pdf", b"%PDF-1.7"),
        await kept(*png(), kind="unit", subject=str(world.manager.unit)),
        "none",
    ]
    for attachment in strange:
        refused = await manager.put(f"/api/places/{place}", json={**form, "floors": [floor(attachment)]})
        assert (refused.status_code, refused.json()["error"]["field"]) == (422, "floors")
    right = await kept(*png())
    again = await manager.put(f"/api/places/{place}", json={**form, "floors": [floor(right), floor(right)]})
    assert again.json()["error"]["field"] == "floors"
    changed = await manager.put(f"/api/places/{place}", json={**form, "floors": [floor(right)]})
    assert [one["name"] for one in changed.json()["floors"]] == ["一层"]
    assert world.entries("place.changed")[-1]["facts"]["floors"] == [right]
    on_it = {"floor": "f1", "x": 0.25, "y": 0.75}
    put = await manager.patch(f"/api/cameras/{camera}/siting", json=on_it)
    assert {name: put.json()[name] for name in on_it} == on_it
    gone = await manager.put(f"/api/places/{place}", json={**form, "floors": []})
    assert (gone.status_code, gone.json()["error"]["field"]) == (422, "floors")
    other, system = hall(world, world.manager, name="别处")
    moved = await manager.patch(f"/api/cameras/{camera}/siting", json={"place": other, "system": system})
    assert [moved.json()[name] for name in on_it] == ["", None, None]
    assert (await manager.put(f"/api/places/{place}", json={**form, "floors": []})).status_code == 200


async def test_A4_each_sees_the_places_of_its_own_duty_and_no_other(world: World) -> None:
    hotel = await placed(world, "hotel", HOTEL)
    school = await placed(world, "school", {**HOTEL, "name": "示范中学", "kind": "7.11.school", "sector": "education"})
    seen = {
        "hotel": {hotel},
        "school": {school},
        "registrar": {hotel, school},
        "planner": {hotel, school},
        "education": {school},
        "estate": set(),
    }
    for name, expected in seen.items():
        client = await world.signed_in(name)
        assert {one["id"] for one in (await client.get("/api/places")).json()} == expected, name
        for place in (hotel, school):
            answer = await client.get(f"/api/places/{place}")
            assert answer.status_code == (200 if place in expected else 404), (name, place)


async def test_a_place_is_changed_closed_and_never_while_something_stands_there(world: World) -> None:
    place = await placed(world, "hotel", HOTEL)
    hotel = await world.signed_in("hotel")
    changed = await hotel.put(f"/api/places/{place}", json={**HOTEL, "name": "示范旅馆总店", "anti_terror": True})
    assert (changed.json()["name"], changed.json()["anti_terror"]) == ("示范旅馆总店", True)
    assert world.entries("place.changed")[-1]["facts"]["before"]["name"] == "示范旅馆一店"
    await hotel.post(f"/api/places/{place}/systems", json={"name": "旅馆系统"})
    refused = await hotel.post(f"/api/places/{place}/close", json={"reason": "停止营业"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "place.in-use")
    other = await placed(world, "hotel", {**HOTEL, "name": "二店"})
    assert (await hotel.post(f"/api/places/{other}/close", json={"reason": "停止营业"})).json()["closed_ms"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "7.99.moon"}, "kind"),
        ({"territory": "34"}, "territory"),
        ({"territory": "34042x"}, "territory"),
        ({"longitude": None}, "longitude"),
        ({"latitude": 91}, "latitude"),
        ({"name": ""}, "name"),
        ({"sector": "astrology"}, "sector"),
        ({"kind": "7.14.other"}, "legal_basis"),
        ({"unit": "x"}, "unit"),
    ],
)
async def test_an_unusable_place_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    hotel = await world.signed_in("hotel")
    answer = await hotel.post("/api/places", json={**HOTEL, **changes})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
