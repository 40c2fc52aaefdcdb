"""The workbench of a county: 5,000 cameras and 20,000 obligations, asked of the API as the home page asks."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from dataclasses import replace
from datetime import timedelta
from random import Random

import httpx

from bench import gates
from bench.gates import Gate
from bench.processes import scratch
from bench.report import machine
from bench.section import Section
from bench.stores_ledger import percentile
from mingjian.app import duties
from mingjian.app.records import Unit
from mingjian.bootstrap.demo import DemoCamera, prepare_demo
from mingjian.bootstrap.law import rulebook
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.web import services
from mingjian.cli.selftest_client import Account
from mingjian.governance.obligations import Obligation
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.web.api import create_app

NAME = "home"
TITLE = "Workbench"
P95_MS, CAMERAS, DUTIES, UNITS = 200.0, 5_000, 20_000, 400
OWN = 500
"""Duties of the asker's own unit, more than the bench shows."""
ORIGIN = "http://mingjian.bench"
ROLES = {"unit_manager": "a unit's manager", "registrar": "the county's registrar, who sees who is late around"}


def run(quick: bool) -> Section:
    questions = 30 if quick else 200
    with scratch() as folder:
        cameras = [DemoCamera("bench", "bench", "rtsp://127.0.0.1:9/main", "", "", "", 300_000)]
        printed = prepare_demo(folder, port=1, witness_port=1, cameras=cameras)
        opened = open_installation(folder, load(folder, dict(os.environ)), keeps_catalogue=True)
        filling = time.perf_counter()
        fill(opened)
        filled_s = time.perf_counter() - filling
        own = {a.role: Account(a.name, a.password, a.totp_uri) for a in reversed(printed)}
        took = {role: asyncio.run(asked(opened, own[role], questions)) for role in ROLES}
        opened.catalogue.close()
        opened.engine.dispose()
    lines = [
        Gate(f"the workbench of {who}, p95", percentile(took[role], 95), P95_MS, "ms") for role, who in ROLES.items()
    ]
    rows = "\n".join(
        f"| {who} | {percentile(took[role], 50):.1f} | {percentile(took[role], 95):.1f} | {max(took[role]):.1f} |"
        for role, who in ROLES.items()
    )
    text = f"""
{gates.table(lines)}
| asked by | median ms | p95 ms | longest ms |
|---|---:|---:|---:|
{rows}

Machine: {machine()}.

Method: {CAMERAS} cameras and {DUTIES} open obligations of {UNITS} units in one county, {OWN} of them the asker's own
unit's, a tenth of all overdue, put there in {filled_s:.0f} s through the store. {questions} questions each. The figure
holds session, policy, the sources, the answer's model and JSON, but no socket.
"""
    return Section(text, all(gate.met for gate in lines))


def fill(opened: Opened) -> None:
    """A county's cameras and obligations beside the demonstration's own."""
    random, now = Random(1), opened.clock.now()
    day = duties.today(rulebook(), now)
    with opened.store.writing() as uow:
        camera = uow.cameras.all_in_use()[0]
        units = [UnitId(f"bench-{number:05}") for number in range(UNITS)]
        for unit in units:
            uow.people.add_unit(Unit(unit, f"某单位 {unit}", now))
        for number in range(CAMERAS - 1):
            name = f"bench-{number:05}"
            uow.cameras.add(replace(camera, id=CameraId(name), name=name, unit=random.choice(units)))
        for number in range(DUTIES):
            unit = camera.unit if number < OWN else random.choice(units)
            due = day + timedelta(days=random.randrange(-3, 27))
            uow.obligations.add(
                Obligation(
                    *(f"bench-{number:05}", "filing", "A13.2.file", "anhui-2017", unit, unit, "system"),
                    *(f"system-{number:05}", f"系统 {number}", due - timedelta(days=30), due, now),
                    territory="340421",
                )
            )


async def asked(opened: Opened, account: Account, questions: int) -> list[float]:
    """Milliseconds of each answer of the API."""
    app = create_app(services(opened, InstallationRecordings(opened)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        form = {"name": account.name, "password": account.password, "code": account.code(opened.clock)}
        (await client.post("/api/session", json=form)).raise_for_status()
        took = []
        gc.collect()
        for number in range(questions + 1):
            started = time.perf_counter()
            answer = await client.get("/api/workbench")
            took.append((time.perf_counter() - started) * 1000)
            answer.raise_for_status()
            if number == 0 and answer.json()["open"] < OWN:
                raise RuntimeError("obligations are missing in the answer")
    return took[1:]
