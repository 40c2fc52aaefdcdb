"""Viewing: entry before Grant, closed with the seconds delivered, also after a crash; no path around the register."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import views
from mingjian.app.identity import actor_of
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.snapshots import InstallationSnapshots
from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.period import Period
from mingjian.web.api import create_app
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def playback(world: World, **changes: Any) -> dict[str, Any]:
    form = {
        "act": "playback",
        "cameras": world.cameras[:1],
        "start_ms": world.ago_ms(600),
        "end_ms": world.ago_ms(300),
        "ground": DEFAULTS[1],
        "purpose": "核实报案时间",
    }
    return {**form, **changes}


def seconds(world: World, ago: int, length: float) -> Period:
    start = world.clock.now() - ago * SECOND_NS
    return Period(UtcNs(start), UtcNs(start + round(length * SECOND_NS)))


async def test_A17_2_2_the_entry_is_committed_before_the_grant_is_told(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})).json()
    (opened,) = world.entries("viewing.opened")
    assert opened["index"] == view["entry"] == view["watermark"]["entry"]
    assert opened["facts"]["cameras"] == world.cameras
    assert view["watermark"]["person"] == "值班员"
    assert view["valid_until_ms"] <= world.clock.now() // 1_000_000 + 12 * 3_600_000
    register = (await (await world.signed_in("auditor")).get("/api/register")).json()
    assert (register[0]["index"], register[0]["kind"], register[0]["closed"]) == (view["entry"], "live", False)


async def test_A17_2_2_a_viewing_closes_with_exactly_the_seconds_that_were_delivered(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world, cameras=world.cameras))).json()
    first, second = world.cameras
    for ago, length in ((600, 8), (592, 8.4), (500, 4), (602, 5)):  # watched again, and joined where they touch
        views.record_delivery(
            world.store, clock=world.clock, grant=view["grant"], camera=first, periods=[seconds(world, ago, length)]
        )
    assert (await duty.delete(f"/api/views/{view['grant']}")).status_code == 204
    (closed,) = world.entries("viewing.closed")
    assert closed["facts"]["opened"] == view["entry"]
    assert closed["facts"]["seconds"] == {first: 22, second: 0}
    assert len(closed["facts"]["segments_ms"][first]) == 2
    assert (await duty.delete(f"/api/views/{view['grant']}")).status_code == 204
    assert len(world.entries("viewing.closed")) == 1


async def test_a_closing_names_the_seconds_on_their_way_and_a_stranger_ends_no_picture(
    world: World,
) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})).json()
    grant, camera = view["grant"], world.cameras[0]

    async def picture() -> None:
        with world.services.viewings.showing(grant) as showing:
            await showing.ending.wait()
            period = [seconds(world, 8, 7)]
            views.record_delivery(world.store, clock=world.clock, grant=grant, camera=camera, periods=period)

    shown = asyncio.create_task(picture())
    await asyncio.sleep(0)  # it shows now
    assert (await manager.delete(f"/api/views/{grant}")).status_code == 403
    assert not shown.done()
    assert (await duty.delete(f"/api/views/{grant}")).status_code == 204
    assert shown.done()
    assert world.entries("viewing.closed")[0]["facts"]["seconds"] == {camera: 7, world.cameras[1]: 0}
    assert world.entries("viewing.supplemented") == []


async def test_what_a_crash_left_open_is_closed_as_interrupted_with_what_is_known(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    period = [seconds(world, 600, 12)]
    views.record_delivery(world.store, clock=world.clock, grant=view["grant"], camera=world.cameras[0], periods=period)
    assert views.close_interrupted(world.store, clock=world.clock) == 1
    assert views.close_interrupted(world.store, clock=world.clock) == 0
    (closed,) = world.entries("viewing.closed")
    assert closed["facts"]["cause"] == "interrupted"
    assert closed["facts"]["seconds"] == {world.cameras[0]: 12}
    assert closed["actor"]["id"] == "system"


async def test_a_late_delivery_is_a_supplement_and_an_unknown_one_an_error(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    await duty.delete(f"/api/views/{view['grant']}")
    late = {"clock": world.clock, "camera": world.cameras[0], "periods": [seconds(world, 600, 3)]}
    views.record_delivery(world.store, grant=view["grant"], **late)
    assert world.entries("viewing.supplemented")[0]["facts"]["seconds"] == 3
    with pytest.raises(Missing):
        views.record_delivery(world.store, grant="nothing", **late)


async def test_a_grant_lives_only_in_its_session_its_hours_and_its_right(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})).json()
    grant, token = view["grant"], duty.cookies["mj_session"]

    def standing(of: str) -> bool:
        actor = actor_of(world.store, of, clock=world.clock)
        found = views.live_grant(world.store, grant, actor=actor, clock=world.clock)
        assert found is None or found.permits(MediaAct.LIVE, world.cameras[0], world.clock.now())
        return found is not None

    assert standing(token)
    manager = await world.signed_in("manager")
    assert not standing(manager.cookies["mj_session"])
    assert not standing("")
    assert (await manager.delete(f"/api/views/{grant}")).status_code == 403
    admin = await world.signed_in("admin")
    await admin.patch(f"/api/people/{world.accounts['duty'].person}", json={"disabled": True})
    assert not standing(token)
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "revoked"


async def test_a_grant_runs_out_after_a_shift_and_its_entry_is_closed(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})).json()
    actor = actor_of(world.store, duty.cookies["mj_session"], clock=world.clock)
    for _ in range(views.DUTY_S // 600):
        assert views.close_expired(world.store, clock=world.clock) == 0
        assert views.live_grant(world.store, view["grant"], actor=actor, clock=world.clock) is not None
        world.clock.advance(600)
    assert views.live_grant(world.store, view["grant"], actor=actor, clock=world.clock) is None
    assert views.close_expired(world.store, clock=world.clock) == 1
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "expired"


async def test_a_viewing_whose_viewer_is_gone_is_closed_and_a_running_one_is_not(world: World) -> None:
    duty = await world.signed_in("duty")
    gone, running = [
        (await duty.post("/api/views", json=playback(world, cameras=[camera]))).json()["grant"]
        for camera in world.cameras
    ]
    actor = actor_of(world.store, duty.cookies["mj_session"], clock=world.clock)
    world.clock.advance(views.ABANDONED_S)
    assert views.live_grant(world.store, running, actor=actor, clock=world.clock) is not None
    world.clock.advance(1)
    assert views.close_expired(world.store, clock=world.clock) == 1
    (closed,) = world.entries("viewing.closed")
    assert (closed["subject"], closed["facts"]["cause"]) == (gone, "interrupted")


async def test_signing_out_closes_what_is_being_viewed(world: World) -> None:
    duty = await world.signed_in("duty")
    await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})
    await duty.delete("/api/session")
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "signed-out"


async def test_A17_2_2_playback_without_purpose_is_refused_with_its_article_and_entered(world: World) -> None:
    duty = await world.signed_in("duty")
    answer = await duty.post("/api/views", json=playback(world, purpose="   "))
    assert (answer.status_code, answer.json()["error"]["article"]) == (403, "第十七条第二款第二项")
    assert world.entries("act.refused")[-1]["facts"]["code"] == "view.purpose-missing"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "看"}, "purpose"),
        ({"purpose": "11111111"}, "purpose"),
        ({"purpose": "核" * 10_000}, "purpose"),
        ({"start_ms": None}, "start_ms"),
        ({"cameras": []}, "cameras"),
        ({"act": "copy"}, "act"),
        ({"end_ms": 1}, "end_ms"),
        ({"start_ms": 0}, "start_ms"),
    ],
)
async def test_a_view_that_cannot_be_read_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    duty = await world.signed_in("duty")
    answer = await duty.post("/api/views", json=playback(world, **changes))
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert world.entries("viewing.opened") == []


async def test_a_snapshot_is_entered_before_its_picture_is_made(world: World) -> None:
    duty = await world.signed_in("duty")
    live = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
    answer = await duty.post(f"/api/views/{live['grant']}/snapshots", json={"camera": world.cameras[0]})
    assert answer.headers["content-type"] == "image/jpeg"
    (taken,) = world.entries("snapshot.taken")
    assert world.pictures.entries == [taken["index"]]
    register = (await (await world.signed_in("auditor")).get("/api/register", params={"kind": "snapshot"})).json()
    assert register[0]["index"] == taken["index"]


async def test_a_snapshot_outside_the_view_is_refused_and_makes_no_picture(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    address = f"/api/views/{view['grant']}/snapshots"
    inside = await duty.post(address, json={"camera": world.cameras[0], "at_ms": view_start(world)})
    assert inside.status_code == 200
    made = len(world.pictures.entries)
    for form in (
        {"camera": world.cameras[0], "at_ms": world.ago_ms(10_000)},
        {"camera": world.cameras[0]},
        {"camera": world.cameras[1], "at_ms": view_start(world)},
    ):
        assert (await duty.post(address, json=form)).status_code in (403, 409)
    other = await world.signed_in("manager")
    theirs = await other.post(address, json={"camera": world.cameras[0], "at_ms": view_start(world)})
    assert theirs.status_code == 403
    assert len(world.pictures.entries) == made


async def test_a_snapshot_of_an_unrecorded_moment_is_no_viewing_and_says_what_when_and_what_next(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    before = world.entries()
    form = {"camera": world.cameras[0], "at_ms": view_start(world)}
    opened = open_installation(world.folder / "empty", load(world.folder / "empty", {}), keeps_catalogue=True)
    world.app = create_app(replace(world.services, snapshots=InstallationSnapshots(opened)))
    try:
        answer = await world.client(Cookie=f"mj_session={duty.cookies['mj_session']}").post(
            f"/api/views/{view['grant']}/snapshots", json=form
        )
    finally:
        opened.engine.dispose()
        opened.catalogue.close()
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (404, "snapshot.nothing", "at_ms")
    assert "2026-01-01 07:5" in error["text"]
    assert "2026-01-01 07:5" in error["text_en"]
    assert error["remedy"]
    assert error["remedy_en"]
    assert world.entries() == before
    register = (await (await world.signed_in("auditor")).get("/api/register", params={"kind": "snapshot"})).json()
    assert register == []


async def test_what_was_recorded_is_told_to_nobody_without_the_right_and_the_refusal_is_entered(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    world.pictures.recorded = False
    form = {"camera": world.cameras[0], "at_ms": view_start(world)}
    manager = await world.signed_in("manager")
    answer = await manager.post(f"/api/views/{view['grant']}/snapshots", json=form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "access.not-yours")
    assert world.entries("act.refused")[-1]["facts"]["code"] == "access.not-yours"
    assert len(world.entries("act.refused")) == 1
    assert world.pictures.checked == 0


async def test_footage_that_vanishes_after_the_entry_leaves_the_entry_with_zero(world: World) -> None:
    duty = await world.signed_in("duty")
    view = (await duty.post("/api/views", json=playback(world))).json()
    world.pictures.gone = True
    form = {"camera": world.cameras[0], "at_ms": view_start(world)}
    answer = await duty.post(f"/api/views/{view['grant']}/snapshots", json=form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "snapshot.nothing")
    (taken,), (failed,) = world.entries("snapshot.taken"), world.entries("snapshot.failed")
    assert world.pictures.entries == [taken["index"]]
    assert failed["facts"] == {"opened": taken["index"], "cause": "failed", "seconds": {world.cameras[0]: 0}}
    register = (await (await world.signed_in("auditor")).get("/api/register", params={"kind": "snapshot"})).json()
    assert [(row["index"], row["closing"], row["seconds"]) for row in register] == [(taken["index"], "failed", 0)]


def view_start(world: World) -> int:
    return world.ago_ms(500)


async def test_A17_2_2_the_register_can_be_searched_and_not_changed(world: World) -> None:
    duty = await world.signed_in("duty")
    for camera in world.cameras:
        await duty.post("/api/views", json={"act": "live", "cameras": [camera]})
    auditor = await world.signed_in("auditor")
    found = (await auditor.get("/api/register", params={"camera": world.cameras[1]})).json()
    assert [entry["cameras"] for entry in found] == [[world.cameras[1]]]
    older = (await auditor.get("/api/register", params={"before": found[0]["index"], "limit": 1})).json()
    assert [entry["cameras"] for entry in older] == [[world.cameras[0]]]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await auditor.request(method, "/api/register")).status_code == 405
        assert (await auditor.request(method, "/api/ledger/entries")).status_code == 405


async def test_A17_2_2_without_a_ledger_there_is_no_picture(world: World) -> None:
    duty = await world.signed_in("duty")
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_counter")
    answer = await duty.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})
    assert answer.status_code == 500
    assert "grant" not in answer.json()
    with world.store.reading() as uow:
        assert uow.register.open_viewings() == []
