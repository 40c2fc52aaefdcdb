"""The auditor's ledger and register: whose entries he reads, how he finds one, and how he proves it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from mingjian.adapters.database import reading, writing
from mingjian.app import cameras, views
from mingjian.audit import checkpoint
from mingjian.audit.ledger import HEADS, SYSTEM, LedgerEntry, decode_bundle
from mingjian.audit.merkle import leaf_hash, verify_inclusion
from mingjian.audit.note import VerifierKey
from mingjian.governance.authority import Act
from mingjian.kernel.clock import DAY_NS
from mingjian.kernel.errors import Refused
from mingjian.kernel.grant import MediaAct
from web_world import World

DAY_MS = DAY_NS // 1_000_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def watch(world: World, actor: Any, camera: Any) -> str:
    grant = views.open_view(
        world.store,
        actor=actor,
        clock=world.clock,
        law=world.services.law,
        random=world.services.random,
        act=MediaAct.LIVE,
        cameras=[camera],
    )
    return grant.id


def last(world: World, kind: str, subject: str = "") -> int:
    found = [entry["index"] for entry in world.entries(kind) if not subject or entry["subject"] == subject]
    return int(found[-1])


async def test_an_auditor_reads_the_own_unit_and_what_belongs_to_none(world: World) -> None:
    foreign = world.foreign_manager()
    camera = world.add_camera(foreign, "外单位大厅")
    theirs, ours = watch(world, foreign, camera), watch(world, world.manager, world.cameras[0])
    with pytest.raises(Refused):
        cameras.may(world.store, Act.LEDGER_READ, actor=foreign, clock=world.clock)
    world.clock.advance(views.DUTY_S)
    assert views.close_expired(world.store, clock=world.clock) == 2
    with writing(world.engine) as connection:
        world.ledger.append(connection, LedgerEntry(HEADS, world.clock.now(), SYSTEM, "local", facts={"root": "ab"}))
    stranger = await world.client().post("/api/session", json={"name": "nobody", "password": "x" * 12, "code": "0" * 6})
    assert stranger.status_code == 401
    auditor = await world.signed_in("auditor")
    listed = (await auditor.get("/api/ledger/entries", params={"limit": 500})).json()
    assert not any(found in json.dumps(listed) for found in (camera, theirs, foreign.person))
    closed = [entry for entry in listed if entry["kind"] == "viewing.closed"]
    assert [(entry["actor_id"], entry["subject"]) for entry in closed] == [("system", ours)]
    assert {HEADS, "act.refused", "person.seeded"} <= {entry["kind"] for entry in listed}
    found = (await auditor.get("/api/ledger/entries", params={"camera": camera})).json()
    assert found == []


async def test_another_units_leaf_cannot_be_had_by_its_proof_or_its_bundle(world: World) -> None:
    auditor = await world.signed_in("auditor")
    world.publish()
    size = checkpoint.parse((await auditor.get("/tlog/checkpoint")).content)[0].size
    bundle = await auditor.get(f"/tlog/tile/entries/000.p/{size}")
    assert len(decode_bundle(bundle.content)) == size
    world.add_camera(world.foreign_manager(), "外单位大厅")
    index = last(world, "camera.added")
    world.publish()
    size = index + 1
    assert (await auditor.get(f"/api/ledger/entries/{index}/proof")).status_code == 404
    assert (await auditor.get(f"/api/ledger/entries/{index - 1}/proof")).status_code == 200
    mixed = await auditor.get(f"/tlog/tile/entries/000.p/{size}")
    assert (mixed.status_code, mixed.json()["error"]["code"]) == (404, "ledger.no-tile")
    assert len((await auditor.get(f"/tlog/tile/0/000.p/{size}")).content) == size * 32


async def test_a_proof_leads_from_the_entry_to_the_signed_checkpoint(world: World) -> None:
    duty = await world.signed_in("duty")
    await duty.post("/api/views", json={"act": "live", "cameras": world.cameras})
    index = last(world, "viewing.opened")
    auditor = await world.signed_in("auditor")
    early = await auditor.get(f"/api/ledger/entries/{index}/proof")
    assert (early.status_code, early.json()["error"]["code"]) == (404, "ledger.not-published")
    world.publish()
    proof = (await auditor.get(f"/api/ledger/entries/{index}/proof")).json()
    assert proof["index"] == index
    leaf = base64.b64decode(proof["leaf"])
    entry = json.loads(leaf)
    assert (entry["kind"], entry["actor"]["id"]) == ("viewing.opened", world.accounts["duty"].person)
    anchors = (await world.client().get("/api/trust-anchors.json")).json()
    head, note = checkpoint.parse(proof["checkpoint"].encode())
    keys = [VerifierKey.parse(line) for line in anchors["log"]["keys"]]
    assert note.signed_by(keys[0])
    path = [bytes.fromhex(node) for node in proof["path"]]
    assert verify_inclusion(leaf_hash(leaf), index, head.size, path, head.root)
    assert not verify_inclusion(leaf_hash(leaf + b" "), index, head.size, path, head.root)


async def test_no_name_and_no_free_text_stands_in_what_is_published(world: World) -> None:
    officer = await world.signed_in("officer1")
    form = world.request_form()
    assert (await officer.post("/api/access-requests", json=form)).status_code == 201
    world.publish()
    auditor = await world.signed_in("auditor")
    size = checkpoint.parse((await auditor.get("/tlog/checkpoint")).content)[0].size
    published = (await auditor.get(f"/tlog/tile/entries/000.p/{size}")).content.decode(errors="replace")
    listed = (await auditor.get("/api/ledger/entries", params={"kind": "access.submitted"})).json()
    texts = [
        form["purpose"],
        form["destination"],
        form["legal_basis"],
        *(one["name"] for one in form["officers"]),
    ]
    assert [text for text in texts if text in published] == []
    assert [text for text in texts if text not in json.dumps(listed, ensure_ascii=False)] == []
    assert '"committed":{"actor.name":"' in published


@pytest.fixture
def monday(world: World) -> dict[str, Any]:
    """Viewings around one day: from before it into it, in it, after it, and of another camera and person."""
    hall, door = world.cameras
    grants = {"over midnight": watch(world, world.manager, hall)}
    world.clock.advance(3600)
    monday = world.clock.now() // 1_000_000
    world.clock.advance(3600)
    views.close_view(world.store, actor=world.manager, clock=world.clock, grant=grants["over midnight"])
    grants["morning"] = watch(world, world.manager, hall)
    views.register_snapshot(
        world.store, actor=world.manager, clock=world.clock, random=world.services.random,
        grant=grants["morning"], camera=hall, at=None, check=lambda: None,
    )  # fmt: skip
    grants["other camera"] = watch(world, world.manager, door)
    for _ in range(2):
        world.clock.advance(views.DUTY_S)
        views.close_expired(world.store, clock=world.clock)
    grants["after"] = watch(world, world.manager, hall)
    return {"from_ms": monday, "to_ms": monday + DAY_MS, "camera": hall, "grants": grants}


async def test_who_watched_this_camera_on_monday(world: World, monday: dict[str, Any]) -> None:
    day = {name: monday[name] for name in ("from_ms", "to_ms", "camera")}
    auditor = await world.signed_in("auditor")

    async def found(**wanted: Any) -> list[str]:
        answer = await auditor.get("/api/register", params=wanted)
        assert answer.status_code == 200, answer.text
        names = {entry["index"]: entry["kind"] for entry in answer.json()}
        grants = {last(world, "viewing.opened", grant): name for name, grant in monday["grants"].items()}
        return [grants.get(index, kind) for index, kind in names.items()]

    assert await found(**day) == ["snapshot", "morning", "over midnight"]
    assert await found(**day, kind="live") == ["morning", "over midnight"]
    assert await found(**day, person=world.manager.person) == ["snapshot", "morning", "over midnight"]
    assert await found(**day, person=world.accounts["duty"].person) == []
    assert await found(camera=monday["camera"], to_ms=monday["from_ms"]) == ["over midnight"]
    assert await found(camera=monday["camera"], from_ms=monday["to_ms"]) == ["after"]
    ledger = await auditor.get("/api/ledger/entries", params={**day, "person": world.manager.person})
    kinds = [entry["kind"] for entry in ledger.json()]
    assert kinds == ["snapshot.taken", "viewing.opened", "viewing.closed"]
    closed = await auditor.get("/api/ledger/entries", params={**day, "kind": "viewing.closed"})
    assert [entry["actor_id"] for entry in closed.json()] == ["system", world.manager.person]
    for wrong in ({"from_ms": -1}, {"to_ms": "monday"}, {"kind": "x" * 90}):
        assert (await auditor.get("/api/ledger/entries", params=wrong)).status_code == 422


@pytest.mark.parametrize(
    ("path", "wanted", "index"),
    [
        ("/api/register", "person", "ix_register_entries_person_id_at_ns"),
        ("/api/register", "kind", "ix_register_entries_unit_id_kind_at_ns"),
        ("/api/register", "camera", "ix_register_cameras_camera_id"),
        ("/api/ledger/entries", "person", "ix_ledger_entries_actor_idx"),
        ("/api/ledger/entries", "kind", "ix_ledger_entries_kind_idx"),
        ("/api/ledger/entries", "camera", "sqlite_autoindex_ledger_references_1"),
    ],
)
async def test_each_filter_has_its_index(world: World, path: str, wanted: str, index: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    auditor = await world.signed_in("auditor")
    event.listen(world.engine, "before_cursor_execute", note)
    values = {"person": world.manager.person, "kind": "live", "camera": world.cameras[0]}
    assert (await auditor.get(path, params={wanted: values[wanted], "from_ms": 0})).status_code == 200
    event.remove(world.engine, "before_cursor_execute", note)
    # a camera's entries are looked up by their numbers first, in a question of its own
    about = "FROM register_cameras" if "register_cameras" in index else "ORDER BY"
    listing = [one for one in asked if "LIMIT" in one[0] and about in one[0]]
    (query,) = [one for one in listing if "_entries." in one[0] or "register_cameras" in index]
    with reading(world.engine) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query[0]}", query[1]).all()
    assert index in " ".join(str(row) for row in plan), plan
