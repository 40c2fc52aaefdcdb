"""The auditor's page: the register counted, saved questions, the ledger of one entry; each look is an entry itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.grant import MediaAct
from under_world import direct_use, holder, open_under
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


async def test_A17_2_2_the_auditor_counts_who_saw_what_and_that_he_did_is_an_entry(world: World) -> None:
    manager, officer, auditor = [await world.signed_in(name) for name in ("manager", "officer1", "auditor")]
    for camera in world.cameras:
        assert (await manager.post("/api/views", json={"act": "live", "cameras": [camera]})).status_code == 201
    request = direct_use(world)
    open_under(world, holder(world, officer), request, MediaAct.LIVE)
    answer = await auditor.post("/api/audit/summaries", params={"kind": "live"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    counts = {one["organ"]: one["entries"] for one in told["counts"]}
    assert counts == {"": 2, request.asker: 1}
    assert [one["id"] for one in told["organs"]] == [request.asker]
    seen = (await auditor.post("/api/audit/summaries", params={"camera": world.cameras[1]})).json()
    assert sum(one["entries"] for one in seen["counts"]) == 1
    asked = world.entries("register.summarised")
    assert [entry["facts"]["entries"] for entry in asked] == [3, 1]
    assert told["entry"] == asked[0]["index"]
    quarter = {"from_ms": world.ago_ms(93 * 86400)}
    assert (await auditor.post("/api/audit/summaries", params=quarter)).status_code == 422
    assert (await manager.post("/api/audit/summaries")).status_code == 403


async def test_a_saved_question_finds_refusals_in_a_row_and_is_entered(world: World) -> None:
    admin, auditor = await world.signed_in("admin"), await world.signed_in("auditor")
    for _ in range(5):
        refused = await admin.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})
        assert refused.status_code == 403
    names = [one["name"] for one in (await auditor.get("/api/audit/questions")).json()]
    assert "refused" in names
    (found,) = (await auditor.post("/api/audit/questions/refused")).json()["found"]
    assert (found["person"], found["count"], len(found["entries"])) == (world.accounts["admin"].person, 5, 5)
    assert found["name"] == world.actor("admin").display_name
    assert world.entries("register.questioned")[-1]["facts"]["found"] == 1
    assert (await auditor.post("/api/audit/questions/nothing")).status_code == 404


async def test_A17_2_3_a_look_just_before_the_days_of_law_end_is_found(world: World) -> None:
    manager, auditor = await world.signed_in("manager"), await world.signed_in("auditor")
    start = world.ago_ms(30 * 86400 - 3600)
    form = {"act": "playback", "cameras": world.cameras[:1], "ground": DEFAULTS[0], "purpose": "核实报案时间"}
    opened = await manager.post("/api/views", json={**form, "start_ms": start, "end_ms": start + 60_000})
    assert opened.status_code == 201, opened.text
    answer = (await auditor.post("/api/audit/questions/expiring")).json()
    assert [one["entries"] for one in answer["found"]] == [[opened.json()["entry"]]]
    assert not answer["cut"]


async def test_A18_the_ledger_of_an_entry_has_its_opening_its_end_and_its_request(world: World) -> None:
    officer, auditor = await world.signed_in("officer1"), await world.signed_in("auditor")
    request = direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    await officer.delete(f"/api/views/{grant.id}")
    chain = (await auditor.get(f"/api/audit/entries/{grant.entry}/chain")).json()
    kinds = {one["index"]: one["kind"] for one in chain}
    assert kinds[grant.entry] == "viewing.opened"
    assert "viewing.closed" in kinds.values()
    assert list(kinds) == sorted(kinds)
    manager = await world.signed_in("manager")
    assert (await manager.get(f"/api/audit/entries/{grant.entry}/chain")).status_code == 403
    assert (await auditor.get("/api/audit/entries/999999/chain")).status_code == 404


async def test_the_list_and_the_paper_take_the_same_question(world: World) -> None:
    officer, auditor = await world.signed_in("officer1"), await world.signed_in("auditor")
    request = direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    for question in ({"basis": "approval"}, {"case": request.number}, {"organ": request.asker}, {"side": "theirs"}):
        listed = (await auditor.get("/api/register", params=question)).json()
        assert [one["index"] for one in listed] == [grant.entry], question
        assert (await auditor.get("/api/register/paper", params={**question, "file": "xlsx"})).status_code == 200
    assert (await auditor.get("/api/register", params={"basis": "own"})).json() == []
    printed = world.entries("register.printed")
    assert [entry["facts"]["entries"] for entry in printed] == [1, 1, 1, 1]
    assert printed[0]["facts"]["outside"] is True
    assert printed[3]["facts"]["theirs"] is True
