"""Thirty days of one camera's timeline out of a catalogue of three hundred cameras."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

import httpx

from bench import gates
from bench.gates import Gate
from bench.processes import scratch
from bench.report import machine
from bench.section import Section
from bench.stores_ledger import percentile
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.audit.chain import NO_HASH, Gap
from mingjian.bootstrap.demo import DemoCamera, prepare_demo
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.web import services
from mingjian.cli.selftest_client import Account
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.ids import CameraId, StreamId, main_stream
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.storage.ports import CatalogueBatch, ContainerRow, DayRow, TailRow
from mingjian.web.api import create_app

NAME = "stores_timeline"
TITLE = "Timeline"
P95_MS, CAMERAS, DAYS = 50.0, 300, 30
"""The gate: 30 days of one camera in a catalogue of 300 cameras and 30 days."""
CONTAINER_S, DAY_S = 600, 86_400
OUTAGES_A_DAY = 6
RESOLUTION_MS = 600_000
"""What a screen asks for thirty days: 1 px of some 4000."""
ORIGIN = "http://mingjian.bench"


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of each question."""

    what: str
    ms: list[float]

    @property
    def row(self) -> str:
        return f"| {self.what} | {percentile(self.ms, 50):.1f} | {percentile(self.ms, 95):.1f} | {max(self.ms):.1f} |"


def run(quick: bool) -> Section:
    questions, containers = (40, DAY_S // CONTAINER_S // 12) if quick else (400, DAY_S // CONTAINER_S)
    with scratch() as folder:
        cameras = [DemoCamera("bench", "bench", "rtsp://127.0.0.1:9/main", "", "", "", 300_000)]
        printed = prepare_demo(folder, port=1, witness_port=1, cameras=cameras)
        account = next(Account(a.name, a.password, a.totp_uri) for a in printed if a.role == "unit_manager")
        opened = open_installation(folder, load(folder, dict(os.environ)), keeps_catalogue=True)
        with opened.store.reading() as uow:
            own = uow.cameras.all_in_use()[0].id
        now = opened.clock.now()
        others = [CameraId(f"bench-{number:03}") for number in range(CAMERAS - 1)]
        fill(opened.catalogue, [main_stream(camera) for camera in (own, *others)], now, containers)
        catalogue_mb = sum(path.stat().st_size for path in folder.glob("db/*catalogue*")) / 1e6
        recordings = InstallationRecordings(opened)
        month = Period(UtcNs(now - DAYS * DAY_NS), now)
        random = Random(1)

        def another(number: int) -> None:
            if len(recordings.timeline(random.choice(others), month, RESOLUTION_MS)) < DAYS:
                raise RuntimeError(f"a day is missing in answer {number}")

        path = Took("the product's path under the API, any camera", timed(another, questions))
        answers = asyncio.run(asked(opened, recordings, account, own, month, questions))
        api = Took("the API, in this process, one camera", answers)
        opened.catalogue.close()
        opened.engine.dispose()
    lines = [
        Gate(f"{DAYS} days of one camera, p95", percentile(path.ms, 95), P95_MS, "ms"),
        Gate("the same asked of the API, p95", percentile(api.ms, 95), P95_MS, "ms"),
    ]
    text = f"""
{gates.table(lines)}
| asked | median ms | p95 ms | longest ms |
|---|---:|---:|---:|
{path.row}
{api.row}

Machine: {machine()}.

Method: a catalogue of {CAMERAS} cameras and {DAYS} days, {catalogue_mb:.0f} MB: a row for each camera-day
({OUTAGES_A_DAY} outages a day with cause) and for each of {containers} containers a day, of {DAY_S // CONTAINER_S} that
ten minutes make, written through its own adapter. {questions} questions each, at {RESOLUTION_MS // 1000} s a pixel.
The API's figure holds session, policy, the answer's model and JSON, but no socket.
"""
    return Section(text, all(gate.met for gate in lines))


def fill(catalogue: SqliteCatalogue, streams: Iterable[StreamId], now: UtcNs, containers: int) -> None:
    """Thirty days of each stream, up to now."""
    today = now - now % DAY_NS
    span_ns = DAY_NS // containers
    for stream in streams:
        random = Random(stream)
        days: list[DayRow] = []
        rows: list[ContainerRow] = []
        for back in range(DAYS, -1, -1):
            midnight = today - back * DAY_NS
            bits, gaps = (1 << DAY_S) - 1, []
            for _ in range(OUTAGES_A_DAY):
                first, length = random.randrange(DAY_S - 600), random.randrange(5, 600)
                bits &= ~(((1 << length) - 1) << first)
                period = Period(UtcNs(midnight + first * SECOND_NS), UtcNs(midnight + (first + length) * SECOND_NS))
                gaps.append(Gap(period, random.choice(list(GapCause)), "bench"))
            gaps.sort(key=lambda gap: gap.period.start)
            day = utc_day(UtcNs(midnight))
            days.append(DayRow(stream, day, bits, tuple(gaps), 1))
            rows += [
                ContainerRow(
                    *("v1", stream, f"{stream}/{day}/{n:06}.mp4", back, n, n),
                    *(UtcNs(midnight + n * span_ns), UtcNs(midnight + (n + 1) * span_ns)),
                    *(300_000_000, 700, 15_000, f"{stream}/chain/{day}-000001.jsonl", n * 60_000, (n + 1) * 60_000),
                )
                for n in range(containers)
            ]
        tails = [TailRow("v1", f"{stream}/chain/{row.day}-000001.jsonl", stream, 1, 1, 1, NO_HASH, now) for row in days]
        catalogue.apply(CatalogueBatch(rows, days, tails))


def timed(ask: Callable[[int], None], questions: int) -> list[float]:
    ask(0)
    gc.collect()
    took = []
    for number in range(questions):
        started = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - started) * 1000)
    return took


async def asked(
    opened: Opened,
    recordings: InstallationRecordings,
    account: Account,
    camera: CameraId,
    month: Period,
    questions: int,
) -> list[float]:
    """Milliseconds of each answer of the API."""
    app = create_app(services(opened, recordings))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        form = {"name": account.name, "password": account.password, "code": account.code(opened.clock)}
        (await client.post("/api/session", json=form)).raise_for_status()
        parameters = {"from_ms": month.start // 10**6, "to_ms": month.end // 10**6, "resolution_ms": RESOLUTION_MS}
        took = []
        for number in range(questions + 1):
            started = time.perf_counter()
            answer = await client.get(f"/api/cameras/{camera}/timeline", params=parameters)
            took.append((time.perf_counter() - started) * 1000)
            answer.raise_for_status()
            if number == 0 and len(answer.json()["days"]) < DAYS:
                raise RuntimeError("a day is missing in the API's answer")
    return took[1:]
