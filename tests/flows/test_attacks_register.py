"""No entry, no pixel: attacks on the register (E of the list), from the commit's side and from the picture's side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from held_store import HeldStore
from mingjian.app import views
from mingjian.bootstrap.web import media_services
from mingjian.governance.authority import RULES, Obligation
from mingjian.governance.purposes import DEFAULTS
from mingjian.web.api import create_app, openapi_document
from mingjian.web.guard import Policy, declared
from mingjian.web.media import media_router
from sited_camera import complete
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def held(world: World) -> HeldStore:
    """The whole application over a store with a gate."""
    store = HeldStore(world.store)
    media = media_router(media_services(replace(world.opened, store=store)))  # type: ignore[arg-type]  # a store by its promise
    world.app = create_app(replace(world.services, store=store), extra_routers=[media])
    return store


def playback(world: World, **changes: Any) -> dict[str, Any]:
    form = {"act": "playback", "cameras": world.cameras[:1], "ground": DEFAULTS[1], "purpose": "核实报案时间"}
    return {**form, "start_ms": world.ago_ms(600), "end_ms": world.ago_ms(300), **changes}


async def ways_to_a_picture(
    world: World, manager: httpx.AsyncClient
) -> dict[str, tuple[str, str, dict[str, Any] | None]]:
    """Every route that opens or shows a picture: the method, the address, the form."""
    view = (await manager.post("/api/views", json={"act": "live", "cameras": world.cameras})).json()
    camera = complete(world, world.actor("manager"), bitrate_bps=100_000)
    return {
        "open_view live": ("POST", "/api/views", {"act": "live", "cameras": world.cameras}),
        "open_view playback": ("POST", "/api/views", playback(world)),
        "take_snapshot": ("POST", f"/api/views/{view['grant']}/snapshots", {"camera": world.cameras[0]}),
        "show_reference_picture": ("GET", f"/api/cameras/{camera}/siting/picture", None),
        "take_reference_picture": ("POST", f"/api/cameras/{camera}/siting/picture", None),
    }


async def test_e1_no_byte_leaves_while_the_entry_waits_for_its_commit(world: World, held: HeldStore) -> None:
    manager = await world.signed_in("manager")
    for name, (method, path, form) in (await ways_to_a_picture(world, manager)).items():
        pictures, looks, marks = len(world.pictures.entries), len(world.looks.looked), len(world.looks.marks)
        registered = len((await manager.get("/api/register")).json())
        held.holding = True
        held.at_gate.clear()
        held.gate.clear()
        asked = asyncio.create_task(manager.request(method, path, json=form))
        await asyncio.to_thread(held.at_gate.wait, 30)
        assert not asked.done(), name
        assert (len(world.pictures.entries), len(world.looks.looked), len(world.looks.marks)) == (
            pictures, looks, marks,
        ), name  # fmt: skip
        held.holding = False
        held.gate.set()
        assert (await asked).status_code < 300, name
        assert len((await manager.get("/api/register")).json()) == registered + 1, name


async def test_e2_without_ledger_there_is_no_viewing_on_any_way(world: World, held: HeldStore) -> None:
    manager = await world.signed_in("manager")
    ways = await ways_to_a_picture(world, manager)
    pictures, looks, marks = len(world.pictures.entries), len(world.looks.looked), len(world.looks.marks)
    entries = len(world.entries())
    held.failing = True
    for name, (method, path, form) in ways.items():
        answer = await manager.request(method, path, json=form)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "database.unavailable"), name
        assert answer.headers["content-type"].startswith("application/json"), name
    assert (len(world.pictures.entries), len(world.looks.looked), len(world.looks.marks)) == (pictures, looks, marks)
    assert len(world.entries()) == entries


async def test_e1_a_grant_that_is_not_committed_opens_no_socket(world: World, held: HeldStore) -> None:
    """The id of a Grant is told with the answer; whoever guessed it earlier gets nothing with it."""
    manager = await world.signed_in("manager")
    held.holding = True
    asked = asyncio.create_task(manager.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]}))
    await asyncio.to_thread(held.at_gate.wait, 30)
    opening = {"op": "open", "grant": held.waiting[-1].grant, "camera": world.cameras[0], "mode": "live"}
    told = await world.socket(manager.cookies["mj_session"], opening)
    assert [(one["op"], one.get("cause")) for one in told] == [("state", "no-grant"), ("closed", None)]
    held.gate.set()
    assert (await asked).status_code == 201
    told = await world.socket(manager.cookies["mj_session"], opening)
    assert told[0]["op"] == "opened"


@pytest.mark.parametrize("words", ["", "   ", "看", "1111111111", "核" * 10_000])
async def test_e3_a_purpose_that_says_nothing_opens_nothing(world: World, words: str) -> None:
    manager = await world.signed_in("manager")
    assert (await manager.post("/api/views", json=playback(world, purpose=words))).status_code in (403, 422)
    assert world.entries("viewing.opened") == []


PICTURES = ("image/", "video/", "multipart/")
SHOWS_NO_FOOTAGE = {
    "read_map_tile": "a drawn map",
    "read_attachment": "papers and photographs that people uploaded; what a camera saw is refused there",
    "draw_sign": "a drawn sign",
    "read_post_decision": "a paper that people uploaded",
    "read_scan": "a work ID, a letter or an approval on paper that people uploaded",
    "read_private_scan": "a proof of identity or a signed sheet that people uploaded",
}
"""Routes that answer with pictures which no camera took, and why."""
UNDER_A_VIEWING = {"watch_draft", "redaction_picture", "private_viewing_still"}
"""Routes that show what an open viewing of one's own shows: they take its Grant, whose entry stands already."""


def test_e4_every_route_that_answers_with_a_picture_owes_the_register_an_entry(world: World) -> None:
    """Thumbnails, previews, pop-ups, casts: whatever is added answers with a picture type, and is found here."""
    acts = {
        getattr(context, "operation_id", ""): policy.acts
        for context, (policy,) in declared(world.app)
        if isinstance(policy, Policy)
    }
    found = set()
    needed: dict[str, set[str]] = {}
    document = openapi_document()
    for path in document["paths"].values():
        for operation in path.values():
            types = operation["responses"].get("200", {}).get("content", {})
            if any(media_type.startswith(PICTURES) for media_type in types):
                found.add(operation["operationId"])
                form = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
                model = document["components"]["schemas"].get(form.get("$ref", "").rpartition("/")[2], {})
                needed[operation["operationId"]] = set(model.get("required", ()))
    assert found - set(SHOWS_NO_FOOTAGE) - UNDER_A_VIEWING == {
        "take_snapshot", "show_reference_picture", "take_redaction",
    }  # fmt: skip
    for name in UNDER_A_VIEWING:
        assert "grant" in needed[name], f"{name} takes it in its body: an address is logged and remembered"
    for name in found - set(SHOWS_NO_FOOTAGE) - UNDER_A_VIEWING:
        assert all(Obligation.REGISTER_ENTRY in RULES[act].obligations for act in acts[name]), name


async def test_e4_what_a_camera_saw_is_no_paper_that_opens_without_an_entry(world: World) -> None:
    manager = await world.signed_in("manager")
    camera = complete(world, world.actor("manager"), bitrate_bps=100_000)
    picture = (await manager.get(f"/api/cameras/{camera}/siting")).json()["picture"]
    answer = await manager.get(f"/api/attachments/{picture}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "view.unregistered")


async def test_b5_the_address_of_a_view_is_worth_nothing_to_another_account_or_session(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
    opening = {"op": "open", "grant": view["grant"], "camera": world.cameras[0], "mode": "live"}
    again = await world.signed_in("duty")
    for other in (manager, again):
        told = await world.socket(other.cookies["mj_session"], opening)
        assert told[0]["cause"] == "no-grant"
        path = f"/api/views/{view['grant']}/snapshots"
        assert (await other.post(path, json={"camera": world.cameras[0]})).status_code in (403, 409)
    assert world.pictures.entries == []
    taken = await duty.post(f"/api/views/{view['grant']}/snapshots", json={"camera": world.cameras[0]})
    assert taken.headers["cache-control"] == "no-store"
    await duty.delete("/api/session")
    assert (await world.socket(duty.cookies.get("mj_session", "gone"), opening))[0]["op"] == "closed"


def test_e5_a_crash_closes_what_was_open_with_the_seconds_that_are_known(world: World) -> None:
    actor = world.manager
    common = {"actor": actor, "clock": world.clock, "law": world.services.law, "random": world.services.random}
    grant = views.open_view(world.store, **common, act=views.MediaAct.LIVE, cameras=world.cameras[:1])
    now = world.clock.now()
    seen = [views.Period(now, views.UtcNs(now + 9 * views.SECOND_NS))]
    views.record_delivery(world.store, clock=world.clock, grant=grant.id, camera=world.cameras[0], periods=seen)
    assert views.close_interrupted(world.store, clock=world.clock) == 1
    facts = world.entries("viewing.closed")[-1]["facts"]
    assert (facts["cause"], facts["seconds"]) == ("interrupted", {world.cameras[0]: 9})
