"""Records of cameras: admission with its arithmetic, no credential in any answer, entry or row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import cameras
from mingjian.kernel.clock import UtcNs
from mingjian.transport.certificates import CertificateRefused, PeerCertificate
from web_world import World

SECRET = "Kamera-Passwort-77"
PIN = "ab" * 32
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
        ({"url": "rtsps://192.0.2.7/x", "transport": "udp"}, "transport"),
        ({"sub_url": "rtsps://192.0.2.7/x", "transport": "udp"}, "transport"),
        ({"tls_sha256": PIN}, "tls_sha256"),
        ({"url": "rtsps://192.0.2.7/x", "tls_sha256": "12ab"}, "tls_sha256"),
        ({"redirect_hosts": ["rtsp://192.0.2.9/"]}, "redirect_hosts"),
        ({"redirect_hosts": [f"h{number}" for number in range(9)]}, "redirect_hosts"),
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


async def test_the_trusted_certificate_and_further_hosts_are_on_record_in_the_ledger_and_at_the_recorder(
    world: World,
) -> None:
    manager = await world.signed_in("manager")
    form = {
        **FORM,
        "url": "rtsps://192.0.2.7/x",
        "sub_url": "rtsp://192.0.2.7/y",
        "tls_sha256": ":".join(["AB"] * 32),
        "redirect_hosts": ["NVR-2.example", "192.0.2.8", "192.0.2.7"],
    }
    added = await manager.post("/api/cameras", json=form)
    assert added.status_code == 201, added.text
    camera = added.json()["id"]
    assert added.json()["tls_sha256"] == PIN
    assert added.json()["redirect_hosts"] == ["192.0.2.8", "nvr-2.example"], "its own host needs no naming"
    entry = world.entries("camera.added")[-1]["facts"]
    assert (entry["tls_sha256"], entry["hosts"]) == (PIN, ["192.0.2.7", "192.0.2.8", "nvr-2.example"])
    (connection,) = [c for c in cameras.connections(world.store, world.vault) if c.id == camera]
    assert (connection.tls_sha256, sorted(connection.hosts)) == (PIN, entry["hosts"])

    renamed = await manager.patch(f"/api/cameras/{camera}", json={"name": "正门"})
    assert (renamed.json()["tls_sha256"], renamed.json()["redirect_hosts"]) == (PIN, ["192.0.2.8", "nvr-2.example"])
    other = await manager.patch(f"/api/cameras/{camera}", json={"tls_sha256": "cd" * 32, "redirect_hosts": []})
    assert (other.json()["tls_sha256"], other.json()["redirect_hosts"]) == ("cd" * 32, [])
    changed = world.entries("camera.changed")[-1]["facts"]
    assert (changed["tls_sha256"], changed["before"]["tls_sha256"]) == ("cd" * 32, PIN)


async def test_a_stream_test_tries_what_the_form_says_and_is_entered(world: World) -> None:
    manager = await world.signed_in("manager")
    form = {"url": "rtsps://192.0.2.7:1322/x", "user": "viewer", "password": SECRET, "tls_sha256": PIN}
    tested = await manager.post("/api/cameras/probe", json={**form, "redirect_hosts": ["h2"], "audio_basis": "第 1 条"})
    assert tested.status_code == 200, tested.text
    (address,) = world.probe.tried
    assert (address.password.reveal(), address.tls_sha256, address.audio) == (SECRET, PIN, True)
    assert address.allowed_hosts == {"h2"}
    (entry,) = world.entries("camera.probed")
    assert entry["actor"]["id"] == world.accounts["manager"].person
    assert entry["facts"] == {
        "hosts": ["192.0.2.7", "h2"],
        "port": 1322,
        "transport": "tcp",
        "engine": "native",
        "tls_sha256": PIN,
    }
    assert SECRET not in str(world.entries())


async def test_the_certificate_that_nobody_vouches_for_comes_with_the_refusal(world: World) -> None:
    manager = await world.signed_in("manager")
    shown = PeerCertificate("CN=cam", "CN=maker", UtcNs(1_000_000_000), None, PIN)
    world.probe.failure = CertificateRefused("net.tls-untrusted", "…", shown, text_en="Nobody vouches for it")
    answer = await manager.post("/api/cameras/probe", json={"url": "rtsps://192.0.2.7/x"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (502, "tls_sha256")
    assert answer.json()["error"]["certificate"] == {
        "subject": "CN=cam",
        "issuer": "CN=maker",
        "not_before_ms": 1000,
        "not_after_ms": None,
        "sha256": PIN,
    }


async def test_a_stored_camera_is_tested_with_its_stored_password(world: World) -> None:
    manager = await world.signed_in("manager")
    camera = world.cameras[0]
    tested = await manager.post(f"/api/cameras/{camera}/probe", json={"url": "rtsp://192.0.2.10/other"})
    assert tested.status_code == 200, tested.text
    (address,) = world.probe.tried
    assert (address.url, address.user, address.password.reveal()) == (
        "rtsp://192.0.2.10/other",
        "viewer",
        "camera-secret",
    )
    (entry,) = world.entries("camera.probed")
    assert (entry["subject"], entry["facts"]["stored_password"]) == (camera, True)
    assert "camera-secret" not in tested.text + str(world.entries())

    await manager.post(f"/api/cameras/{camera}/probe", json={"password": "typed"})
    assert world.probe.tried[-1].password.reveal() == "typed"
    assert world.entries("camera.probed")[-1]["facts"]["stored_password"] is False


@pytest.mark.parametrize("changes", [{"url": "rtsp://192.0.2.66/x"}, {"redirect_hosts": ["192.0.2.66"]}])
async def test_a_stored_password_is_sent_only_where_the_record_says(world: World, changes: dict[str, Any]) -> None:
    manager = await world.signed_in("manager")
    path = f"/api/cameras/{world.cameras[0]}/probe"
    answer = await manager.post(path, json=changes)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "password")
    assert "192.0.2.66" in answer.json()["error"]["text"]
    assert world.probe.tried == []
    typed = await manager.post(path, json={**changes, "password": "typed"})
    assert typed.status_code == 200, typed.text


async def test_duty_staff_test_no_camera(world: World) -> None:
    duty = await world.signed_in("duty")
    for path in ("/api/cameras/probe", f"/api/cameras/{world.cameras[0]}/probe"):
        answer = await duty.post(path, json={"url": "rtsp://192.0.2.10/x"})
        assert answer.status_code == 403
    assert [entry["facts"]["act"] for entry in world.entries("act.refused")] == ["camera.probe"] * 2
    assert world.probe.tried == []
