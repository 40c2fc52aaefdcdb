"""Organs on record: who keeps the tree, who sees whom, and how a new unit gets its first administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from web_world import World

PASSWORD = "晴天 骑车 去 上班 真好"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path, county=True)
    yield found
    found.close()


async def names(client: httpx.AsyncClient) -> set[str]:
    answer = await client.get("/api/organs")
    assert answer.status_code == 200, answer.text
    return {organ["name"] for organ in answer.json()["organs"]}


def facts(organ: dict[str, Any], **changes: Any) -> dict[str, Any]:
    known = ("name", "kind", "territory", "sector", "credit_code", "address", "contact")
    return {name: organ[name] for name in known} | changes


UNITS = {"示范旅馆", "示范中学", "示范小区物业"}


@pytest.mark.parametrize(
    ("account", "seen"),
    [
        ("admin", UNITS),
        ("registrar", UNITS),
        ("cityhead", UNITS),
        ("planner", UNITS),
        ("education", {"示范中学"}),
        ("oversight", set()),
        ("hotel", {"示范旅馆"}),
        ("school", {"示范中学"}),
    ],
)
async def test_A4_organs_are_public_and_units_are_seen_by_who_is_something_to_them(
    world: World, account: str, seen: set[str]
) -> None:
    client = await world.signed_in(account)
    found = await names(client)
    assert found & UNITS == seen
    assert {"示范省人民政府", "示范县教育局", "示范市国家安全局"} <= found
    for unit in UNITS:
        answer = await client.get(f"/api/organs/{world.organ(unit).id}")
        assert answer.status_code == (200 if unit in seen else 404), (unit, answer.text)


async def test_the_list_names_level_and_area_from_the_code(world: World) -> None:
    hotel = await world.signed_in("hotel")
    found = (await hotel.get("/api/organs")).json()
    shown = {organ["name"]: organ for organ in found["organs"]}
    assert (shown["示范旅馆"]["level"], shown["示范旅馆"]["area"]) == ("county", "示范省 示范市 示范县")
    assert shown["示范市公安局"]["level"] == "city"
    assert {"education", "health"} <= {sector["id"] for sector in found["sectors"]}


async def test_a_new_unit_gets_an_administrator_who_enrols_and_adds_its_people(world: World) -> None:
    admin = await world.signed_in("admin")
    answer = await admin.post("/api/organs", json=world.organ_form())
    assert answer.status_code == 201, answer.text
    organ, enrolment = answer.json()["organ"], answer.json()["enrolment"]
    assert organ["keeps"] is False
    (entry,) = world.entries("organ.added")
    assert entry["actor"]["id"] == world.accounts["admin"].person
    assert entry["facts"]["administrator"] == enrolment["person"]["id"]
    enrolled = await world.client().post(
        "/api/enrolment", json={"name": "nursery", "code": enrolment["code"], "password": PASSWORD}
    )
    assert enrolled.status_code == 200, enrolled.text
    path = f"/api/organs/{organ['id']}/administrator"
    again = await admin.post(path, json={"name": "second", "display_name": "另一人"})
    assert (again.status_code, again.json()["error"]["code"]) == (403, "organ.has-administrator")


async def test_an_administrator_who_did_not_enrol_in_time_gets_a_new_code(world: World) -> None:
    admin = await world.signed_in("admin")
    added = (await admin.post("/api/organs", json=world.organ_form())).json()
    path = f"/api/organs/{added['organ']['id']}/administrator"
    anew = await admin.post(path, json={"name": "nursery", "display_name": "幼儿园管理员"})
    assert anew.status_code == 201, anew.text
    assert anew.json()["person"]["id"] == added["enrolment"]["person"]["id"]
    assert anew.json()["code"] != added["enrolment"]["code"]
    form = {"name": "nursery", "password": PASSWORD}
    late = await world.client().post("/api/enrolment", json={**form, "code": added["enrolment"]["code"]})
    assert late.status_code == 403
    right = await world.client().post("/api/enrolment", json={**form, "code": anew.json()["code"]})
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"territory": "340021"}, "organ.territory", "territory"),
        ({"sector": "astrology"}, "organ.sector", "sector"),
        ({"credit_code": "91340421MA2ABCDE0X"}, "organ.credit-code", "credit_code"),
        ({"kind": "public_security", "sector": ""}, "organ.taken", "territory"),
        ({"name": " "}, "text.length", "name"),
        ({"administrator": {"name": "hotel", "display_name": "重名"}}, "people.name-taken", "name"),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_kept(
    world: World, changes: dict[str, Any], code: str, field: str
) -> None:
    admin = await world.signed_in("admin")
    before = await names(admin)
    answer = await admin.post("/api/organs", json=world.organ_form(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code), answer.text
    assert answer.json()["error"]["field"] == field
    assert await names(admin) == before


async def test_only_who_keeps_the_installation_adds_and_moves_organs(world: World) -> None:
    admin = await world.signed_in("admin")
    added = (await admin.post("/api/organs", json=world.organ_form())).json()
    other = await enrolled(world, added)
    for path, form in (
        ("/api/organs", world.organ_form(name="示范二园")),
        (f"/api/organs/{added['organ']['id']}/move", {"parent": None}),
        (f"/api/organs/{added['organ']['id']}/administrator", {"name": "x1", "display_name": "某人"}),
    ):
        answer = await other.post(path, json=form)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "organ.keeper"), path
    refused = world.entries("act.refused")
    assert [entry["facts"]["act"] for entry in refused] == ["organ.add", "organ.move", "organ.add"]


async def test_a_unit_says_itself_where_it_is_reached_but_not_what_it_is(world: World) -> None:
    admin = await world.signed_in("admin")
    added = (await admin.post("/api/organs", json=world.organ_form())).json()
    other = await enrolled(world, added)
    path = f"/api/organs/{added['organ']['id']}"
    said = facts(added["organ"], address="示范路 8 号", contact="0554-0000000", credit_code="91350100m000100y43")
    changed = await other.patch(path, json=said)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["address"], changed.json()["credit_code"]) == ("示范路 8 号", "91350100M000100Y43")
    refused = await other.patch(path, json=facts(changed.json(), sector="health"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "organ.keeper")
    foreign = await other.patch(f"/api/organs/{world.organ('示范旅馆').id}", json=said)
    assert foreign.status_code == 404
    page = (await other.get(path)).json()
    assert page["organ"]["sector"] == "education"
    assert [line["step"] for line in page["history"]][-2:] == ["organ.changed", "act.refused"]


async def test_an_organ_moves_only_where_its_area_and_kind_fit(world: World) -> None:
    admin = await world.signed_in("admin")
    health, city = world.organ("示范县卫生健康委员会"), world.organ("示范市人民政府")
    moved = await admin.post(f"/api/organs/{health.id}/move", json={"parent": city.id})
    assert (moved.status_code, moved.json()["parent"]) == (200, city.id)
    wrong = await admin.post(f"/api/organs/{city.id}/move", json={"parent": health.id})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "organ.cycle")
    far = facts((await admin.get(f"/api/organs/{city.id}")).json()["organ"], territory="340100")
    left = await admin.patch(f"/api/organs/{city.id}", json=far)
    assert left.status_code == 422, "what stands below it would be elsewhere"


async def enrolled(world: World, added: dict[str, Any]) -> httpx.AsyncClient:
    """A session of the first administrator of an organ that was just added."""
    name, code = added["enrolment"]["person"]["name"], added["enrolment"]["code"]
    form = {"name": name, "code": code, "password": PASSWORD}
    uri = (await world.client().post("/api/enrolment", json=form)).json()["totp_uri"]
    return await world.enrolled(name, PASSWORD, uri)
