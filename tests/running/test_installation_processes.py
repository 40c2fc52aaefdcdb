"""Killing any one process stops no recording but its own, and its own is back within seconds, said as a gap."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from installation import Installation
from mingjian.audit.chain import EntryKind
from mingjian.cli.selftest_steps import total
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import RemoteError

LIVE_FRAMES = 60
RETURN_S = 10
"""A recorder's own cameras are recorded again within this."""
AFTER_NS = 3 * SECOND_NS


def test_killed_processes_come_back_one_by_one_and_no_camera_notices(installation: Installation) -> None:
    cameras = [camera["id"] for camera in installation.cameras()]
    since = {camera: installation.recorded_until(camera) for camera in cameras}
    for role in ("keeper", "previews", "scrub", "web"):
        installation.again(installation.kill(role), role)
    installation.assert_all_unbroken(cameras, since, installation.now())


def test_e5_viewings_left_open_by_a_killed_web_process_are_closed_with_the_seconds_seen(
    installation: Installation,
) -> None:
    camera = installation.cameras()[0]["id"]
    view, media = installation.watch("duty", camera, LIVE_FRAMES)
    began = installation.now()
    installation.wait("deliveries stored", 30, lambda: _consumed(media, began, installation))
    watched_s = (installation.now() - began) / SECOND_NS
    killed = installation.kill("web")
    media.close()
    installation.again(killed, "web")

    def entry() -> dict[str, Any] | None:
        entries = installation.user("auditor").call("GET", "/api/register", limit=50)
        return next((e for e in entries if e["index"] == view["entry"] and e["closed"]), None)

    closed = installation.wait("the closing entry", 30, entry)
    assert closed["closing"] == "interrupted"
    assert 2 <= total(closed["seconds_by_camera"]) <= watched_s + LIVE_FRAMES / 25 + 2


def _consumed(media: Any, began: int, installation: Installation) -> bool:
    """Go on receiving until deliveries must have been stored: at least every ten seconds."""
    return any(installation.now() - began > 11 * SECOND_NS for _ in media.messages())


def test_a_killed_recorder_is_back_and_the_other_one_notices_nothing(installation: Installation) -> None:
    by_recorder: dict[int, list[str]] = {0: [], 1: []}
    for found in installation.cameras():
        by_recorder[installation.recorder(found["id"])].append(found["id"])
    assert all(by_recorder.values()), "each recorder has cameras"
    theirs, others = by_recorder[0], by_recorder[1]
    since = {camera: installation.recorded_until(camera) for camera in others}
    asked_at = installation.now()
    before = {camera: installation.fragments(camera, asked_at) for camera in theirs}
    killed = installation.kill("recorder", "0")
    died = installation.now()
    installation.again(killed, "recorder", "0")

    for camera in theirs:
        gap = installation.gap(camera, died, "recorder-crash")
        assert gap.period.start <= died
        assert gap.period.end - died <= RETURN_S * SECOND_NS
        assert before[camera] <= installation.fragments(camera, installation.now()), "acknowledged is kept"
    until = installation.now()
    for camera in others:
        installation.assert_unbroken(camera, since[camera], until)
    assert "0 个问题" in installation.fsck()


def test_a_recorder_whose_socket_has_lost_its_name_is_reached_again(installation: Installation) -> None:
    """A predecessor that ends late takes the name with it."""
    camera = next(found["id"] for found in installation.cameras() if installation.recorder(found["id"]) == 0)
    since = installation.recorded_until(camera)
    socket = installation.root / "run" / "recorder-0.sock"
    socket.unlink()
    installation.wait("another socket", 20, socket.exists)
    _, media = installation.watch("duty", camera, LIVE_FRAMES)
    media.close()
    installation.assert_unbroken(camera, since, installation.now())


def test_without_its_supervisor_the_installation_ends_cleanly_and_a_new_one_goes_on_even_without_database(
    installation: Installation,
) -> None:
    cameras = [camera["id"] for camera in installation.cameras()]
    epochs = {camera: installation.entries(camera)[-1].epoch for camera in cameras}
    assert installation.supervisor is not None
    died = installation.now()
    os.kill(installation.supervisor.pid, signal.SIGKILL)
    installation.supervisor.wait()
    installation.wait("children gone", 20, lambda: not installation.pids())
    for camera in cameras:
        last = installation.entries(camera)[-1]
        assert (last.kind, last.epoch) == (EntryKind.CLOSE, epochs[camera]), "closed cleanly"
        assert last.t1 >= died, "what arrived until the end is on disk"

    with database_away(installation):
        for name in ("mingjian.sqlite", "catalogue.sqlite"):
            (installation.root / "db").mkdir(exist_ok=True)
            (installation.root / "db" / name).write_bytes(b"no database at all" * 500)
        installation.serve()
        for camera in cameras:
            gap = installation.gap(camera, died, "recorder-stopped")
            assert gap.period.start >= died
            entries = installation.entries(camera)
            closed = next(e for e in entries if e.kind is EntryKind.CLOSE and e.epoch == epochs[camera])
            (opened,) = [e for e in entries if e.kind is EntryKind.OPEN and e.epoch > epochs[camera]]
            assert (opened.integer("clean"), opened.prev) == (1, closed.hash), "the chain goes on"
        assert installation.pids("web") == [], "nothing is shown without a register"
    assert "0 个问题" in installation.fsck()
    since = {camera: installation.recorded_until(camera) for camera in cameras}
    installation.again([0], "web")
    assert {camera["id"] for camera in installation.cameras()} == set(cameras)
    installation.assert_all_unbroken(cameras, since, installation.now())


def test_recorders_need_no_database(installation: Installation) -> None:
    cameras = [camera["id"] for camera in installation.cameras()]
    since = {camera: installation.recorded_until(camera) for camera in cameras}
    with database_away(installation):
        web = installation.kill("web")
        until = installation.now() + AFTER_NS
        for camera in cameras:
            installation.assert_unbroken(camera, since[camera], until)

        died = installation.now()
        installation.again(installation.kill("recorder", "1"), "recorder", "1")
        for camera in [camera for camera in cameras if installation.recorder(camera) == 1]:
            gap = installation.gap(camera, died, "recorder-crash")
            assert gap.period.end - died <= RETURN_S * SECOND_NS
        with pytest.raises(RemoteError):
            installation.user("manager").call("GET", "/api/cameras")
    installation.again(web, "web")
    assert {camera["id"] for camera in installation.cameras()} == set(cameras)


def test_a_damaged_catalogue_is_made_anew_while_the_system_goes_on(installation: Installation) -> None:
    cameras = [camera["id"] for camera in installation.cameras()]
    since = {camera: installation.recorded_until(camera) for camera in cameras}
    catalogue = installation.root / "db" / "catalogue.sqlite"

    def recorded_ms() -> int:
        asked = {"from_ms": since[cameras[0]] // 1_000_000 - 600_000, "to_ms": installation.now() // 1_000_000}
        found = installation.user("manager").call("GET", f"/api/cameras/{cameras[0]}/timeline", **asked)
        return sum(end - start for day in found["days"] for start, end in day["runs"])

    before = installation.wait("the timeline", 20, recorded_ms)
    killed = installation.kill("keeper")
    for name in (catalogue.name, f"{catalogue.name}-wal"):
        (catalogue.parent / name).write_bytes(b"no database at all" * 5000)
    assert {camera["id"] for camera in installation.cameras()} == set(cameras), "while nobody mends it"
    installation.again(killed, "keeper")
    pattern = "catalogue.sqlite.damaged-????????T??????.??????Z"
    (kept,) = installation.wait("the damaged file set aside", 40, lambda: list(catalogue.parent.glob(pattern)))
    installation.wait("the timeline again", 40, lambda: recorded_ms() >= before)
    assert kept.read_bytes().startswith(b"no database at all")

    def told() -> bool:
        found = installation.user("manager").call("GET", "/api/storage")["problems"]
        return [(problem["code"], problem["subject"]) for problem in found] == [("catalogue.set-aside", kept.name)]

    installation.wait("no more than that it was", 20, told)
    assert kept.name in (installation.root / "logs" / "keeper.log").read_text(encoding="utf-8")
    for file in catalogue.parent.glob("*.damaged-*"):
        file.unlink()
    installation.assert_all_unbroken(cameras, since, installation.now())


@contextlib.contextmanager
def database_away(installation: Installation) -> Iterator[None]:
    """The databases are elsewhere inside the block; what was made in their place is thrown away at its end."""
    database = installation.root / "db"
    away = database.with_name("db-away")
    database.rename(away)
    try:
        yield
    finally:
        if database.exists():
            shutil.rmtree(database)
        away.rename(database)
