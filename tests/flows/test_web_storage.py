"""What the storage page is told: the arithmetic, every finding with its words, and gaps to the second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mingjian.audit.chain import Gap
from mingjian.bootstrap.health import recorder_said
from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.reports import KeeperReport, write_previews
from mingjian.bootstrap.volumes import create_volume
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.errors import LocalError, Overloaded
from mingjian.kernel.ids import CameraId, main_stream
from mingjian.kernel.period import Period
from mingjian.processing.preview_budget import PreviewStatistics
from mingjian.processing.transcode import Transcoders
from mingjian.storage.coverage import with_recorded
from mingjian.storage.ports import CatalogueBatch, ContainerRow, DayRow, TailRow
from mingjian.web.api import create_app
from web_world import World

MS = 1_000_000
ROOM_BYTES = 2 << 30
"""Two cameras of 4 Mb/s need 2.44 GB up to the ceiling of half an hour and a container more."""


@dataclass
class Installed:
    """The world's database and one real volume, catalogue and `run/`, as the web process sees them."""

    world: World
    opened: Opened
    recordings: InstallationRecordings

    def footage(self, camera: CameraId, recorded: Sequence[Period], gaps: Sequence[Gap] = ()) -> None:
        """What the catalogue knows after the keeper has read a chain."""
        stream = main_stream(camera)
        days: dict[str, int] = {}
        for period in recorded:
            day, start = utc_day(period.start), UtcNs(period.start - period.start % DAY_NS)
            days[day] = with_recorded(days.get(day, 0), start, period)
        rows = [DayRow(stream, day, bits, tuple(gaps), 1_000_000) for day, bits in days.items()]
        volume = self.opened.volumes()[0].id
        containers = [
            ContainerRow(volume, stream, f"{n}.mp4", 1, n, n, p.start, p.end, 9, 9, 9, "c", 0, 9)
            for n, p in enumerate(recorded)
        ]
        self.opened.catalogue.apply(CatalogueBatch(containers, rows))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def installed(world: World) -> Installed:
    return install(world)


def install(world: World) -> Installed:
    opened = world.opened
    create_volume(
        world.folder / "volume",
        places=opened.places,
        settings=opened.settings,
        clock=world.clock,
        throw_away=True,
        max_bytes=ROOM_BYTES,
    )
    transcoders = Transcoders(world.clock, cap=0)
    recordings = InstallationRecordings(opened, transcoders)
    world.app = create_app(replace(world.services, recordings=recordings))
    return Installed(world, opened, recordings)


async def found(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get("/api/storage/health")
    assert answer.status_code == 200, answer.text
    return {one["part"] + one["name"]: one for one in answer.json()["findings"]}


async def test_the_reports_of_keeper_and_previews_reach_whoever_looks_after_the_installation(
    installed: Installed,
) -> None:
    world = installed.world
    clients = [await world.signed_in(name) for name in ("manager", "admin", "auditor", "duty")]
    others = [await world.signed_in(name) for name in ("officer1", "approver")]
    now, places = world.clock.now(), installed.opened.places
    forked = LocalError(
        "ledger.forked", "与已签名的检查点不一致", text_en="It contradicts a signed checkpoint",
        remedy="勿继续使用该数据库", remedy_en="Do not go on with this database",
    )  # fmt: skip
    KeeperReport(places, now).failed("ledger", now, forked)
    write_previews(places, now, PreviewStatistics(10, 3, 1, 0.2, 0.25, now, 3))
    for client in clients:
        told = await found(client)
        assert (told["ledger"]["standing"], told["ledger"]["word"]) == ("breached", "ledger-forked")
        assert told["ledger"]["problem"]["remedy"] == "勿继续使用该数据库"
        assert told["ledger"]["since_ms"] == now // MS
        assert told["previews"]["word"] == "previews-shedding"
        assert told["previews"]["figures"]["cpu_cap"] == 0.25
        assert told["volumes"]["standing"] == "met"
    for client in others:
        assert (await client.get("/api/storage/health")).status_code == 403


async def test_a_lost_volume_a_reached_cap_and_old_footage_are_findings_and_no_errors(installed: Installed) -> None:
    world, clock = installed.world, installed.world.clock
    client = await world.signed_in("manager")
    old = UtcNs(clock.now() - 3 * 3600 * SECOND_NS)
    installed.footage(world.cameras[0], [Period(old, UtcNs(old + 60 * SECOND_NS))])
    installed.opened.catalogue.apply(CatalogueBatch(tails=[tail(world.cameras[0], old)]))
    transcoders = installed.recordings.transcoders
    assert transcoders is not None
    with pytest.raises(Overloaded):
        await transcoders.groups()
    told = await found(client)
    assert (told["expiry"]["word"], told["transcoding"]["word"]) == ("expiry-late", "transcoding-full")
    assert told["expiry"]["figures"]["overdue_s"] == pytest.approx(3 * 3600 - 1800, abs=1)
    assert told["transcoding"]["figures"] == {"in_use": 0, "cap": 0, "refused": 1}
    (world.folder / "volume").rename(world.folder / "elsewhere")
    lost = await found(client)
    assert (lost["volumes"]["standing"], lost["expiry"]["standing"]) == ("breached", "not-measured")
    assert lost["volumes"]["problem"]["code"].startswith("volume.")


async def test_volumes_and_totals_are_told_to_the_unit_that_keeps_them_and_to_others_what_concerns_their_cameras(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, county=True)
    try:
        install(world)
        lobby = world.add_camera(world.actor("hotel"), "大堂")
        keeper, hotel = await world.signed_in("manager"), await world.signed_in("hotel")
        whole, own = [(await one.get("/api/storage")).json() for one in (keeper, hotel)]
        assert (whole["whole"], len(whole["volumes"]), whole["forecast"] is None) == (True, 1, False)
        assert (own["whole"], own["volumes"], own["forecast"], own["problems"]) == (False, [], None, [])
        assert [camera["id"] for camera in own["cameras"]] == [lobby]
        assert own["cameras"][0]["forecast_days"] is not None and own["floor_s"] == whole["floor_s"] == 600
        assert lobby not in {camera["id"] for camera in whole["cameras"]}
        every, told = await found(keeper), await found(hotel)
        assert set(told) == {"room", "clock", "volumes"} < set(every)
        assert told["room"] == every["room"], "how long what is recorded is kept"
        (world.folder / "volume").rename(world.folder / "elsewhere")
        assert (await found(keeper))["volumes"]["problem"] is not None
        lost = (await found(hotel))["volumes"]
        assert (lost["standing"], lost["problem"], lost["figures"]) == ("breached", None, {})
        assert (await hotel.get("/api/storage")).json()["problems"] == []
    finally:
        world.close()


def tail(camera: CameraId, t1: UtcNs) -> Any:
    return TailRow("v", "c", main_stream(camera), 1, 9, 1, "h", t1)


async def test_a_recorders_failing_deletions_are_told_though_it_records(installed: Installed) -> None:
    now = installed.world.clock.now()
    problem = {"code": "errno.5", "text": "I/O", "text_en": "", "remedy": "", "remedy_en": ""}
    well = {"a-main": {"expiry_failure": None}}
    assert recorder_said(0, now, well).expiry is None
    said = recorder_said(0, now, well | {"b-main": {"expiry_failure": {"since": now, "problem": problem}}})
    assert said.expiry is not None
    assert (said.failing, said.expiry.code) == (now, "errno.5")


async def test_a_hole_of_fifty_seconds_is_counted_listed_and_stands_in_its_hour(installed: Installed) -> None:
    world, clock = installed.world, installed.world.clock
    camera = world.cameras[0]
    clock.advance(1200)
    start = UtcNs(clock.now() - 600 * SECOND_NS)
    hole = Period(UtcNs(start + 100 * SECOND_NS), UtcNs(start + 150 * SECOND_NS))
    recorded = [Period(start, hole.start), Period(hole.end, UtcNs(clock.now() + 60 * SECOND_NS))]
    installed.footage(camera, recorded, [Gap(hole, "network", "")])
    client = await world.signed_in("duty")
    listed = (await client.get(f"/api/cameras/{camera}/gaps")).json()
    assert listed == {
        "gaps": [{"start_ms": hole.start // MS, "end_ms": hole.end // MS, "cause": "network"}],
        "count": 1,
        "missing_s": 50,
        "incomplete": False,
    }
    asked = {"from_ms": (clock.now() - DAY_NS) // MS, "to_ms": (clock.now() + DAY_NS) // MS, "resolution_ms": 60_000}
    days = (await client.get(f"/api/cameras/{camera}/timeline", params=asked)).json()["days"]
    assert sum(day["missing_s"] for day in days) == 50
    assert [hour for day in days for hour in day["hours"] if hour[1]] == [[630, 50]]
    assert all(day["gaps"] == [] for day in days)  # too short to be drawn: that is why it is counted


async def test_what_the_catalogue_has_not_read_yet_is_no_gap(installed: Installed) -> None:
    """A keeper that stands still is told as such; the footage is there."""
    world, clock = installed.world, installed.world.clock
    camera, start = world.cameras[0], world.clock.now()
    read = UtcNs(start + 100 * SECOND_NS)
    installed.footage(camera, [Period(start, read)])
    installed.opened.catalogue.apply(CatalogueBatch(tails=[tail(camera, read)]))
    clock.advance(1000)
    period = Period(start, clock.now())
    stands_still = installed.recordings.gaps(camera, period, 9)
    assert stands_still.gaps == ((read // MS, (clock.now() - 30 * SECOND_NS) // MS, "unknown"),)
    installed.recordings.hear({main_stream(camera): {"recorded_until": clock.now()}}, 0)
    assert installed.recordings.gaps(camera, period, 9).gaps == ()


async def test_of_a_retired_camera_nothing_is_missing_after_its_end(installed: Installed) -> None:
    world, clock = installed.world, installed.world.clock
    camera = world.cameras[0]
    installed.footage(camera, [Period(clock.now(), UtcNs(clock.now() + 60 * SECOND_NS))])
    manager = await world.signed_in("manager")  # a minute later
    assert (await manager.post(f"/api/cameras/{camera}/retire", json={"reason": "设备更换"})).status_code == 204
    clock.advance(3600)
    listed = (await manager.get(f"/api/cameras/{camera}/gaps")).json()
    assert listed == {"gaps": [], "count": 0, "missing_s": 0, "incomplete": False}
    assert (await manager.get(f"/api/cameras/{world.cameras[1]}/gaps")).json()["missing_s"] == 0  # never recorded


async def test_the_forecast_is_told_with_its_arithmetic_and_as_a_finding(installed: Installed) -> None:
    client = await installed.world.signed_in("admin")
    report = (await client.get("/api/storage")).json()
    told = report["forecast"]
    assert (told["fits"], told["warns"]) == (False, True)
    assert told["usable_bytes"] < ROOM_BYTES < told["needed_bytes"]
    room = (await found(client))["room"]
    assert (room["standing"], room["word"]) == ("due-soon", "room-filling")
    assert room["figures"] == {"holds_s": told["holds_s"], "floor_s": 600, "full_in_s": told["full_in_s"]}


async def test_the_timeline_says_that_a_volume_is_away_and_forgets_it_when_it_is_back(installed: Installed) -> None:
    world, camera = installed.world, installed.world.cameras[0]
    client = await world.signed_in("manager")
    end = UtcNs(world.clock.now() - 60 * SECOND_NS)
    recorded = Period(UtcNs(end - 600 * SECOND_NS), end)
    installed.footage(camera, [recorded])
    places, now = installed.opened.places, world.clock.now()

    async def told() -> tuple[list[dict[str, Any]], int, int]:
        asked = {"from_ms": recorded.start // MS, "to_ms": recorded.end // MS, "resolution_ms": 1000}
        answer = await client.get(f"/api/cameras/{camera}/timeline", params=asked)
        assert answer.status_code == 200, answer.text
        days = answer.json()["days"]
        gaps = [gap for day in days for gap in day["gaps"]]
        return gaps, sum(len(day["runs"]) for day in days), sum(day["missing_s"] for day in days)

    KeeperReport(places, now, lambda: {"volumes": []}).done("catalogue", now)
    assert (await told())[1:] == (1, 0)
    gone = {"volumes": [{"id": installed.opened.volumes()[0].id}]}
    KeeperReport(places, now, lambda: gone).done("catalogue", now)
    gaps, runs, missing = await told()
    assert [(cause, end_ms - start_ms) for start_ms, end_ms, cause in gaps] == [("volume-away", 600_000)]
    assert (runs, missing) == (0, 600)
    listed = (await client.get(f"/api/cameras/{camera}/gaps")).json()
    assert "volume-away" in {gap["cause"] for gap in listed["gaps"]}
    KeeperReport(places, now, lambda: {"volumes": []}).done("catalogue", now)
    assert (await told())[1:] == (1, 0)
