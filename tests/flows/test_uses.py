"""Who is connected now, seen from both sides; and the grounds that the unit's rules name for its own playback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.app import views
from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.period import Period
from under_world import direct_use, holder, open_under
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def test_A20_unit_and_organ_see_who_is_connected_and_the_unit_reports_trouble_but_cuts_nothing(
    world: World,
) -> None:
    officer, staff = await world.signed_in("officer1"), await world.signed_in("manager")
    request = direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    now = world.clock.now()
    seen = [Period(now, UtcNs(now + 7 * SECOND_NS))]
    views.record_delivery(world.store, clock=world.clock, grant=grant.id, camera=request.cameras[0], periods=seen)
    for client in (staff, officer):
        with world.services.viewings.showing(grant.id):
            (use,) = (await client.get("/api/uses")).json()
        assert (use["entry"], use["number"], use["organ"]) == (grant.entry, request.number, request.organ)
        assert (use["seconds"], use["pictures"], use["closed_ms"]) == (7, 1, None)
        assert grant.id not in str(use), "the number of an entry opens nothing, a Grant is its holder's"
    assert (await staff.delete(f"/api/views/{grant.id}")).status_code == 403
    told = await staff.post(f"/api/uses/{grant.entry}/troubles", json={"text": "画面卡顿，请检查线路"})
    assert told.status_code == 201
    (use,) = (await officer.get("/api/uses")).json()
    assert [trouble["text"] for trouble in use["troubles"]] == ["画面卡顿，请检查线路"]
    assert views.live_grant(world.store, grant.id, actor=holder(world, officer), clock=world.clock) is not None
    await officer.delete(f"/api/views/{grant.id}")
    (use,) = (await staff.get("/api/uses")).json()
    assert (use["closing"], use["seconds"], use["pictures"]) == ("closed", 7, 0)
    late = await staff.post(f"/api/uses/{grant.entry}/troubles", json={"text": "画面卡顿，请检查线路"})
    assert late.json()["error"]["code"] == "use.ended"
    unknown = await staff.post("/api/uses/0/troubles", json={"text": "画面卡顿，请检查线路"})
    assert unknown.status_code == 404
    world.clock.advance(25 * 3600)
    assert (await (await world.signed_in("manager")).get("/api/uses")).json() == []


async def test_A17_2_2_playback_names_a_ground_of_the_units_rules_and_the_management_writes_them(world: World) -> None:
    manager, duty = await world.signed_in("manager"), await world.signed_in("duty")
    form = {
        "act": "playback",
        "cameras": world.cameras[:1],
        "start_ms": world.ago_ms(600),
        "end_ms": world.ago_ms(300),
        "purpose": "旅客寻找遗失的行李",
    }
    assert (await duty.get("/api/purposes")).json()["purposes"] == list(DEFAULTS)
    for ground in ("", "好奇"):
        refused = await duty.post("/api/views", json={**form, "ground": ground})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "view.ground")
    assert world.entries("viewing.opened") == []
    assert (await duty.put("/api/purposes", json={"purposes": ["好奇"]})).status_code == 403
    changed = await manager.put("/api/purposes", json={"purposes": ["失物查找", DEFAULTS[0], "失物查找"]})
    assert changed.json()["purposes"] == ["失物查找", DEFAULTS[0]]
    (entry,) = world.entries("purposes.changed")
    told = {"before": list(DEFAULTS), "after": ["失物查找", DEFAULTS[0]], "copies_before": [], "copies_after": []}
    assert entry["facts"] == told
    assert (await duty.post("/api/views", json={**form, "ground": "失物查找"})).status_code == 201
    (listed,) = (await manager.get("/api/register")).json()
    assert listed["purpose"] == "失物查找：旅客寻找遗失的行李"
    gone = await duty.post("/api/views", json={**form, "ground": DEFAULTS[1]})
    assert gone.json()["error"]["code"] == "view.ground"
