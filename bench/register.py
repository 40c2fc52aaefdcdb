"""A register of one million entries, searched by each of its filters as the auditor's page asks."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from random import Random
from typing import Any

import httpx
from sqlalchemy import text

from bench import gates
from bench.gates import Gate
from bench.processes import scratch
from bench.report import machine
from bench.section import Section
from bench.stores_ledger import percentile
from mingjian.adapters.database import writing
from mingjian.bootstrap.demo import DemoCamera, prepare_demo
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.web import services
from mingjian.cli.selftest_client import Account
from mingjian.governance.places import Place
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Builder, VideoSystem
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.web.api import create_app

NAME = "register"
TITLE = "Register of a million entries"
P95_MS, ENTRIES, QUICK_ENTRIES = 1_000.0, 1_000_000, 100_000
CAMERAS = 200
EVERY_S = 30
"""One entry each half minute: a million are a year of a busy unit."""
FIRST_INDEX = 10_000_000
"""Beyond what the demonstration has entered."""
ORIGIN = "http://mingjian.bench"
FILL = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO register_entries (entry_index, at_ns, kind, grant_id, person_id, person_name, unit_id, unit_name, purpose,
  destination, cameras, footage_start_ns, footage_end_ns, valid_start_ns, valid_end_ns, session_id, request_id,
  organ_id, officers, execution_id)
SELECT :first + i, :begin + i * :every, CASE WHEN i % 500 = 0 THEN 'copy' WHEN i % 3 = 0 THEN 'playback'
  WHEN i % 17 = 0 THEN 'snapshot' ELSE 'live' END, 'bench-' || i,
  CASE WHEN i % 11 = 0 THEN :manager ELSE :duty END, '某人', :unit, '示范单位', '核实报案时间', '', '["bench"]',
  NULL, NULL, :begin + i * :every, :begin + i * :every + 43200000000000, 'bench', CASE WHEN i % 500 = 0
  THEN 'request-' || (i / 5000) ELSE '' END, CASE WHEN i % 500 = 0 THEN 'organ-' || (i / 500 % 7) END, '[]', '' FROM n
"""
CAMERAS_SHOWN = """
INSERT INTO register_cameras (entry_index, camera_id)
SELECT entry_index, CASE WHEN entry_index % 50021 = 0 THEN 'camera-once' WHEN entry_index % 97 = 0 THEN :placed
  WHEN entry_index % 3 = 0 THEN 'camera-0' ELSE 'camera-' || (entry_index % :cameras) END
FROM register_entries WHERE entry_index >= :first
"""
ASKED = """
INSERT INTO access_requests (id, unit_id, year, serial, number, state, cameras, footage_start_ns, footage_end_ns,
  purpose, destination, legal_basis, organ, officers, requester_id, requester_name, submitted_ns, approver_name,
  decision, asker_id, asker_serial, case_number)
VALUES ('request-1', :unit, 2026, 1000, '某〔2026〕1000号', 'completed', '[]', 0, 1, '', '', '', '', '[]', :duty, '', 0,
  '', '', :unit, 1000, :case)
"""
CASE = "A-1"
CLOSED = """
INSERT INTO register_closings (entry_index, closing_index, at_ns, cause, seconds)
SELECT entry_index, entry_index, at_ns + 600000000000, 'closed', '{"bench": 600}'
FROM register_entries WHERE entry_index >= :first
"""


def run(quick: bool) -> Section:
    entries = QUICK_ENTRIES if quick else ENTRIES
    questions = 5 if quick else 15
    with scratch() as folder:
        cameras = [DemoCamera("bench", "bench", "rtsp://127.0.0.1:9/main", "", "", "", 300_000)]
        printed = prepare_demo(folder, port=1, witness_port=1, cameras=cameras)
        opened = open_installation(folder, load(folder, dict(os.environ)), keeps_catalogue=True)
        filling = time.perf_counter()
        fill(opened, entries)
        filled_s = time.perf_counter() - filling
        auditor = next(Account(a.name, a.password, a.totp_uri) for a in printed if a.role == "auditor")
        pages, counts = filters(opened, entries), periods(opened)
        asking = [("GET", "/api/register", pages), ("POST", "/api/audit/summaries", counts)]
        took = asyncio.run(asked(opened, auditor, asking, questions))
        opened.catalogue.close()
        opened.engine.dispose()
    lines = [
        Gate(f"a page {name}, p95" if name in pages else f"{name}, p95", percentile(taken, 95), P95_MS, "ms")
        for name, taken in took.items()
    ]
    rows = "\n".join(
        f"| {name} | {percentile(taken, 50):.0f} | {percentile(taken, 95):.0f} |" for name, taken in took.items()
    )
    text_ = f"""
{gates.table(lines)}
| page of 100 entries, or a summary | median ms | p95 ms |
|---|---:|---:|
{rows}

Machine: {machine()}, SQLite.

Method: {entries:,} entries of one unit over a year, put there in {filled_s:.0f} s by SQL, a third of one camera's;
{questions} questions each through the API: session, policy, decision, search, model and JSON, but no socket.
"""
    return Section(text_, all(gate.met for gate in lines))


def fill(opened: Opened, entries: int) -> None:
    """The register's own three tables, in the shape in which the acts fill them."""
    with opened.store.reading() as uow:
        people = {name: uow.people.named(name) for name in ("manager", "duty")}
        camera = uow.cameras.of_unit(people["duty"].unit)[0].id if people["duty"] is not None else CameraId("")
    manager, duty = people["manager"], people["duty"]
    assert manager is not None
    assert duty is not None
    stand(opened, duty.unit, camera)
    every = EVERY_S * SECOND_NS
    given = {
        "count": entries, "first": FIRST_INDEX, "begin": opened.clock.now() - entries * every, "every": every,
        "manager": manager.id, "duty": duty.id, "unit": duty.unit,
    }  # fmt: skip
    with writing(opened.engine) as connection:
        connection.execute(text(FILL), given)
        connection.execute(text(CAMERAS_SHOWN), {"cameras": CAMERAS, "first": FIRST_INDEX, "placed": camera})
        connection.execute(text(CLOSED), {"first": FIRST_INDEX})
        connection.execute(text(ASKED), {"unit": duty.unit, "duty": duty.id, "case": CASE})


def stand(opened: Opened, unit: UnitId, camera: CameraId) -> None:
    """A place with a system, at which the camera stands."""
    now = opened.clock.now()
    place = Place("bench-place", unit, "广场", "7.12.square", "340421", "某路", now)
    row = (Builder.GOVERNMENT, "A9.1", place.territory, "", now)
    system = VideoSystem("bench-system", unit, place.id, "广场系统", *row)
    with opened.store.writing() as uow:
        uow.places.add(place)
        uow.systems.add(system)
        uow.sitings.add(Siting(camera, unit, place.id, system.id, place.territory, "", now))


def periods(opened: Opened) -> dict[str, list[dict[str, Any]]]:
    """What the summary is asked: the usual month, and the most that it counts."""
    now = opened.clock.now() // 1_000_000
    quarter = {"from_ms": now - 92 * 86_400_000, "to_ms": now}
    return {
        "a month counted": [{}],
        "a quarter counted": [quarter],
        "a quarter counted of a camera in a third, or under an approval": [
            {"camera": "camera-0", **quarter}, {"basis": "approval", **quarter},
        ],
    }  # fmt: skip


def filters(opened: Opened, entries: int) -> dict[str, list[dict[str, Any]]]:
    """The questions by name: each filter alone, at both ends of the year, and some together."""
    now = opened.clock.now() // 1_000_000
    year, hour, random = entries * EVERY_S * 1000, 3_600_000, Random(1)
    with opened.store.reading() as uow:
        manager = uow.people.named("manager")
    assert manager is not None
    hours = [now - random.randrange(year) for _ in range(8)]
    old = {"from_ms": now - year, "to_ms": now - year // 2}
    return {
        "of the newest": [{}],
        "deep in the list": [{"before": FIRST_INDEX + random.randrange(entries)} for _ in range(4)],
        "of a person": [{"person": manager.id}],
        "of a camera in a third of all": [{"camera": "camera-0"}],
        "of a camera in few": [{"camera": f"camera-{number}"} for number in (1, 7, 100)],
        "of a camera in twenty": [{"camera": "camera-once"}],
        "of a camera in none": [{"camera": "camera-none"}],
        "of a kind": [{"kind": "copy"}, {"kind": "snapshot"}],
        "of an organ": [{"organ": "organ-3"}],
        "of a place": [{"place": "bench-place"}],
        "of a case": [{"case": CASE}, {"case": "none"}],
        "under an approval": [{"basis": "approval"}, {"basis": "approval", "person": manager.id}],
        "by the unit's own people": [{"basis": "own"}],
        "of what the officers saw of others": [{"side": "theirs"}],
        "of an hour": [{"from_ms": at, "to_ms": at + hour} for at in hours],
        "of half a year, long ago": [old],
        "of a person, camera and kind in half a year": [
            {"person": manager.id, "camera": "camera-1", "kind": "playback", **old},
            {"person": manager.id, "camera": "camera-0", "kind": "copy", **old},
        ],
    }


async def asked(
    opened: Opened, account: Account, groups: list[tuple[str, str, dict[str, list[dict[str, Any]]]]], times: int
) -> dict[str, list[float]]:
    """Milliseconds of each question."""
    app = create_app(services(opened, InstallationRecordings(opened)))
    questions = [(method, path, name, asking) for method, path, group in groups for name, asking in group.items()]
    took: dict[str, list[float]] = {name: [] for _, _, name, _ in questions}
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        form = {"name": account.name, "password": account.password, "code": account.code(opened.clock)}
        (await client.post("/api/session", json=form)).raise_for_status()
        gc.collect()
        for method, path, name, asking in questions:
            for number in range(times):
                started = time.perf_counter()
                answer = await client.request(method, path, params=asking[number % len(asking)])
                took[name].append((time.perf_counter() - started) * 1000)
                answer.raise_for_status()
    return took
