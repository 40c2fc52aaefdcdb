"""Records of cameras: admission with its arithmetic, no credential in any answer, entry or row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import cameras
from web_world import World

SECRET = "Kamera-Passwort-77"
FORM = {"name": "门口", "url": "rtsp://192.0.2.7/x", "user": "viewer", "password": SECRET}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def test_a_camera_is_put_on_record_and_its_password_is_shown_nowhere(world: World) -> None:
    manager = await world.signed_in("manager")
    added = await manager.post("/api/cameras", json=FORM)
    assert added.status_code == 201, added.text
    camera = added.json()["id"]
    answers = [
        added.text,
        (await manager.get(f"/api/cameras/{camera}")).text,
        (await manager.get("/api/cameras")).text,
        (await manager.patch(f"/api/cameras/{camera}", json={"name": "正门"})).text,
        str(world.entries()),
    ]
    assert not any(SECRET in answer for answer in answers)
    stored = b"".join(path.read_bytes() for path in world.opened.places.database.parent.glob("mingjian.sqlite*"))
    assert SECRET.encode() not in stored
    (connection,) = [c for c in cameras.connections(world.store, world.vault) if c.id == camera]
    assert (connection.password, connection.name) == (SECRET, "正门")
    assert SECRET not in repr(connection)
    assert not connection.audio


async def test_a_camera_that_the_disks_do_not_hold_is_refused_with_the_arithmetic(world: World) -> None:
    manager = await world.signed_in("manager")
    answer = await manager.post("/api/cameras", json={**FORM, "expected_bitrate_bps": 99_000_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "capacity.does-not-fit")
    assert "107000000" in answer.json()["error"]["text"]
    assert world.entries("act.refused")[-1]["facts"]["code"] == "capacity.does-not-fit"
    assert len((await manager.get("/api/cameras")).json()) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "rtsp://viewer:secret@192.0.2.7/x"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "rtsp://2130706433/x"}, "url"),
        ({"sub_url": "http://192.0.2.7/x"}, "sub_url"),
        ({"transport": "smoke"}, "transport"),
        ({"engine": "exec:sh"}, "engine"),
        ({"name": ""}, "name"),
        ({"expected_bitrate_bps": 4}, "expected_bitrate_bps"),
        ({"unit_id": "x"}, "unit_id"),
    ],
)
async def test_an_unusable_record_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    manager = await world.signed_in("manager")
    answer = await manager.post("/api/cameras", json={**FORM, **changes})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert "secret" not in answer.text


async def test_a_probe_measures_and_a_camera_is_retired_with_a_reason(world: World) -> None:
    manager = await world.signed_in("manager")
    found = await manager.post("/api/cameras/probe", json={"url": "rtsp://192.0.2.7/x", "password": SECRET})
    assert found.json()["codec"] == "H.264"
    gone = world.cameras[0]
    assert (await manager.post(f"/api/cameras/{gone}/retire", json={"reason": "设备更换"})).status_code == 204
    assert [camera["id"] for camera in (await manager.get("/api/cameras")).json()] == [world.cameras[1]]
    assert (await manager.get(f"/api/cameras/{gone}")).status_code == 200  # its footage still has its term


async def test_a_change_keeps_the_password_and_is_entered_with_before_and_after(world: World) -> None:
    manager = await world.signed_in("manager")
    camera = world.cameras[0]
    await manager.patch(f"/api/cameras/{camera}", json={"url": "rtsp://192.0.2.99/main"})
    (connection,) = [c for c in cameras.connections(world.store, world.vault) if c.id == camera]
    assert connection.password == "camera-secret"
    changed = world.entries("camera.changed")[-1]["facts"]
    assert changed["hosts"] == ["192.0.2.99"]
    assert changed["before"]["hosts"] == ["192.0.2.10"]
    assert changed["password_changed"] is False
