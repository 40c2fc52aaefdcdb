"""Why may this person see that: asked by those who answer for rights, answered in words, entered in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import under_world
from mingjian.governance.procedure import State
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, county=True)
    yield made
    made.close()


def question(world: World, account: str, **changes: object) -> dict[str, object]:
    of = {"person": world.accounts[account].person, "act": "view.live", "kind": "camera", "object": world.cameras[0]}
    return of | changes


async def test_A17_1_the_auditor_is_told_why_the_watch_sees_and_why_the_administrator_does_not(world: World) -> None:
    auditor = await world.signed_in("auditor")
    for person, verdict in (("duty", "yes"), ("admin", "no"), ("officer1", "no")):
        answer = await auditor.post("/api/rights/explanations", json=question(world, person))
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert told["verdict"] == verdict, told
        assert told["object"] == "大厅1"
    missing = [line for line in told["lines"] if line["standing"] == "missing"]
    assert missing[0]["article"] == "第十七条第一款"
    entries = world.entries("rights.explained")
    assert [entry["facts"]["verdict"] for entry in entries] == ["yes", "no", "no"]
    assert entries[0]["subject"] == world.accounts["duty"].person
    assert entries[0]["actor"]["id"] == world.accounts["auditor"].person


async def test_a_role_that_a_post_brought_is_told_with_it_and_is_not_there_before_it_began(world: World) -> None:
    security = await world.signed_in("security")
    officer = world.accounts["officer1"].person
    form = {"title": "视频值班", "roles": ["duty"], "decision": "示范任〔2026〕1号", "begins_on": "2026-01-01"}
    assert (await security.post(f"/api/people/{officer}/posts", json=form)).status_code == 201
    now = (await security.post("/api/rights/explanations", json=question(world, "officer1"))).json()
    assert now["verdict"] == "yes"
    assert any("示范任〔2026〕1号" in line["text"] for line in now["lines"])
    long_ago = question(world, "officer1", at_ms=1_700_000_000_000)
    assert (await security.post("/api/rights/explanations", json=long_ago)).json()["verdict"] == "no"


async def test_neither_people_nor_objects_of_another_unit_are_told_of(world: World) -> None:
    auditor = await world.signed_in("auditor")
    foreign = world.foreign_manager()
    camera = world.add_camera(foreign, "外单位大厅")
    place = world.add_place(foreign.unit, territory="110101", name="外单位场所").id
    for changes in (
        {"person": foreign.person}, {"object": camera}, {"object": "nothing"}, {"kind": "place", "object": place},
    ):  # fmt: skip
        answer = await auditor.post("/api/rights/explanations", json=question(world, "duty", **changes))
        assert answer.status_code == 404, answer.text
        assert "外单位" not in answer.text
    manager = await world.signed_in("manager")
    assert (await manager.post("/api/rights/explanations", json=question(world, "duty"))).status_code == 403
    assert len(world.entries("rights.explained")) == 0


async def test_what_can_be_asked_is_the_own_units(world: World) -> None:
    security = await world.signed_in("security")
    world.add_camera(world.foreign_manager(), "外单位大厅")
    told = (await security.get("/api/rights/choices")).json()
    assert [one["name"] for one in told["cameras"]] == ["大厅1", "大厅2"]
    assert {"view.live", "access.export"} <= set(told["acts"]["camera"])
    assert any(one["id"] == world.accounts["duty"].person for one in told["people"])


async def test_A5_both_directions_are_told_who_sees_a_camera_and_what_a_person_sees(world: World) -> None:
    auditor = await world.signed_in("auditor")
    request = under_world.direct_use(world)
    answer = await auditor.post("/api/rights/of-camera", json={"camera": world.cameras[0]})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    people = {one["id"]: {right["act"]: right for right in one["rights"]} for one in told["people"]}
    duty, admin = world.accounts["duty"].person, world.accounts["admin"].person
    assert people[duty]["view.live"]["verdict"] == "yes"
    assert people[duty]["view.playback"]["verdict"] == "if"
    assert admin not in people
    assert [(one["number"], one["kind"]) for one in told["approvals"]] == [(request.number, "direct-use")]
    seen = (await auditor.post("/api/rights/of-person", json={"person": duty})).json()
    (held,) = seen["people"]
    counts = {right["act"]: right["count"] for right in held["rights"]}
    assert counts["view.live"] == 2
    officer = (await auditor.post("/api/rights/of-person", json={"person": world.accounts["officer1"].person})).json()
    rights = {
        right["act"]: [one["name"] for one in right["cameras"]] for one in officer["people"] for right in one["rights"]
    }
    assert rights["view.under"] == ["大厅1"]
    assert "view.live" not in rights
    nobody = (await auditor.post("/api/rights/of-person", json={"person": admin})).json()
    assert nobody["people"] == []
    assert [entry["facts"]["kind"] for entry in world.entries("rights.listed")] == ["camera", *["person"] * 3]


async def test_A21_an_approval_that_was_withdrawn_gives_no_right_any_more(world: World) -> None:
    auditor, request = await world.signed_in("auditor"), under_world.direct_use(world)
    asked = question(world, "officer1", act="view.under")
    assert (await auditor.post("/api/rights/explanations", json=asked)).json()["verdict"] == "yes"
    under_world.change(world, request, state=State.WITHDRAWN)
    assert (await auditor.post("/api/rights/explanations", json=asked)).json()["verdict"] == "no"
    told = (await auditor.post("/api/rights/of-camera", json={"camera": world.cameras[0]})).json()
    assert told["approvals"] == []


async def test_rights_about_what_is_another_units_are_not_told(world: World) -> None:
    auditor, manager = await world.signed_in("auditor"), await world.signed_in("manager")
    foreign = world.foreign_manager()
    camera = world.add_camera(foreign, "外单位大厅")
    assert (await auditor.post("/api/rights/of-camera", json={"camera": camera})).status_code == 404
    assert (await auditor.post("/api/rights/of-person", json={"person": foreign.person})).status_code == 404
    assert (await manager.post("/api/rights/of-camera", json={"camera": world.cameras[0]})).status_code == 403
    assert world.entries("rights.listed") == []
