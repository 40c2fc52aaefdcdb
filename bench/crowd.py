"""A whole installation at 300 cameras (1.2 Gb/s), while 50 viewers watch live and an evidence package is made.

Nothing is pinned: sender, recorders, web server, keeper, viewers and export share the machine. The product is started
as `mingjian serve` starts it. The disk is measured before, so that its limit can be told from ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import gates
from bench.cameras import Cameras, sending
from bench.copying import begin
from bench.disk import DiskSpeed, measure
from bench.gates import Gate
from bench.kept import Kept, in_volume
from bench.processes import ROOT, command, cpu_ns, memory_mib, need, priority_words, python, running, scratch, stop
from bench.report import machine
from bench.section import Section
from bench.sides import CAMERA_WORDS, VOLUME_GIB
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import VOLUME_DIRECTORY, DemoCamera, prepare_demo, witness_arguments
from mingjian.cli.selftest_client import Account, free_port, is_open
from mingjian.cli.selftest_steps import Selftest, process_ids
from mingjian.cli.serve import UNTIL_INPUT_ENDS

NAME = "crowd"
TITLE = "300 cameras, 50 viewers, one export"
DECLARED_BPS = 400_000
"""What the cameras' records say: admission reckons with days, and this runs for minutes."""
PREVIEW_SHARE = "0.01"
"""Previews cannot be switched off; this is as good."""
WALL = 16
"""Cameras of one grant."""
START_S = 240
BYTES_PER_CAMERA_S = 500_000
ROLES = ("recorder", "web", "keeper", "export", "previews")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it is run."""

    cameras: int
    viewers: int
    seconds: float
    copied_cameras: int
    copied_s: float
    disk_s: float


WHOLE, QUICK = Plan(300, 50, 120, 5, 40, 8), Plan(60, 10, 8, 1, 4, 1)


@dataclass(frozen=True, slots=True)
class Found:
    """All that a run of the section found."""

    kept: Kept
    disks: tuple[DiskSpeed, DiskSpeed]
    """Before and after: a disk may be fast for a while only."""
    shares: dict[str, float]
    """Of one core, by role; of the processes that live at the end of the measured stretch."""
    memory_mib: float
    """Of all processes of the product, at its end."""
    watched: list[dict[str, Any]]
    copied: str


def run(quick: bool) -> Section:
    need("setpriv", "nice")
    plan = QUICK if quick else WHOLE
    with scratch() as base, sending(plan.cameras, core=None) as cameras:
        found = take(base, cameras, plan)
    lines = judged(found)
    return Section(report(found, lines, plan), all(gate.met for gate in lines))


def take(base: Path, cameras: Cameras, plan: Plan) -> Found:
    """Start the installation, let viewers and the export begin, measure, stop, and look at what was kept."""
    root, before_all = base / "data", measure(base, plan.disk_s)
    with installation(root, cameras.urls) as (run, product):
        started = time.monotonic()
        run.wait("the web server", START_S, lambda: is_open(run.url))
        run.wait("recording", START_S, lambda: all(c["recorded_until_ms"] for c in run.states()))
        names = [camera["id"] for camera in run.states()]
        start_ms = max(camera["recorded_until_ms"] for camera in run.states())
        print(f"all recorded after {time.monotonic() - started:.0f} s", flush=True)
        with watching(run, names[: plan.viewers]) as viewers:
            copy = begin(run, names[-plan.copied_cameras :], start_ms, start_ms + round(plan.copied_s * 1000))
            before, since = spent(root, cameras, viewers.pid), time.monotonic()
            time.sleep(plan.seconds)
            after, passed_ns = spent(root, cameras, viewers.pid), (time.monotonic() - since) * 1e9
            shares = {role: max(after[role] - before[role], 0) / passed_ns for role in after}
            memory = memory_mib([pid for role in ROLES for pid in process_ids(root, role)])
            told, _ = viewers.communicate("end\n", timeout=30)
            copied = copy.words()
        stop([product])
        kept = in_volume(root / VOLUME_DIRECTORY, plan.cameras, time.monotonic() - started)
    return Found(kept, (before_all, measure(base, plan.disk_s)), shares, memory, json.loads(told), copied)


def spent(root: Path, cameras: Cameras, viewers: int) -> dict[str, int]:
    """Nanoseconds on a core so far, by role; what has ended is not counted."""
    pids = {role: list(process_ids(root, role)) for role in ROLES} | {"sender": [cameras.pid], "viewers": [viewers]}
    return {role: cpu_ns(found) for role, found in pids.items()}


@contextlib.contextmanager
def installation(root: Path, urls: Sequence[str]) -> Iterator[tuple[Selftest, subprocess.Popen[Any]]]:
    """A demonstration with these cameras, as `mingjian serve` runs it, and its witness."""
    port, witness_port = free_port(), free_port()
    cameras = [
        DemoCamera(f"压力测试 {number}", "压力测试", url, "", "", "", DECLARED_BPS)
        for number, url in enumerate(urls, 1)
    ]  # fmt: skip
    printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=cameras, volume_bytes=VOLUME_GIB << 30)
    accounts = {found.name: Account(found.name, found.password, found.totp_uri) for found in printed}
    environment = os.environ | {"MINGJIAN_PREVIEW_CPU_SHARE": PREVIEW_SHARE}
    words = [["serve", "--data", str(root)], witness_arguments(root, witness_port)]
    processes = [
        subprocess.Popen(
            command(*python("mingjian", *one, UNTIL_INPUT_ENDS)),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment,
        )
        for one in words
    ]  # fmt: skip
    run = Selftest(f"http://127.0.0.1:{port}", root, accounts, SystemClock())
    with running(processes), contextlib.closing(run):
        try:
            yield run, processes[0]
        finally:
            stop(processes)


@contextlib.contextmanager
def watching(run: Selftest, cameras: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """So many live viewers, one per camera, under the grants of duty's walls."""
    duty = run.user("duty")
    tiles: list[tuple[str, str]] = []
    for first in range(0, len(cameras), WALL):
        wall = list(cameras[first : first + WALL])
        view = duty.call("POST", "/api/views", act="live", cameras=wall)
        tiles += [(view["grant"], camera) for camera in wall]
    viewers = subprocess.Popen(
        command(*python("bench.viewers")), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with running([viewers]):
        assert viewers.stdin
        asked = {"url": run.url, "cookie": duty.cookie, "tiles": tiles}
        viewers.stdin.write(json.dumps(asked) + "\n")
        viewers.stdin.flush()
        yield viewers


def judged(found: Found) -> list[Gate]:
    """No frame lost, or a miss; a disk too slow for the cameras is the one reason that is told beside it."""
    needed = found.kept.streams * BYTES_PER_CAMERA_S / 1e6
    takes = min(disk.mb_per_s for disk in found.disks)
    detail = f"of {found.kept.due}"
    if found.kept.lost and takes < needed:
        detail += f"; the disk takes {takes:.0f} MB/s, {needed:.0f} MB/s come"
    return [Gate("frames lost", found.kept.lost, 0, detail=detail)]


def report(found: Found, lines: Sequence[Gate], plan: Plan) -> str:
    shown, due = sum(one["frames"] for one in found.watched), sum(one["due"] for one in found.watched)
    ended = [one["ended"] for one in found.watched if one["ended"]]
    empty = sum(not one["frames"] for one in found.watched)
    watched_s = max((one["last_ms"] - one["first_ms"] for one in found.watched), default=0) / 1000 or 1.0
    gbps = sum(one["size_bytes"] for one in found.watched) * 8 / 1e9 / watched_s
    rows = "\n".join(f"| {role} | {share:.1%} |" for role, share in found.shares.items() if share)
    return f"""
{gates.table(lines)}
* The disk, in writes of 4 MB, each synced: before {found.disks[0].words()}; after {found.disks[1].words()}.
  {plan.cameras * BYTES_PER_CAMERA_S / 1e6:.0f} MB/s come from the cameras. {found.kept.note}.
* {len(found.watched)} viewers were shown {shown} of {due} pictures due ({gbps:.2f} Gb/s); {empty} saw none,
  {len(ended)} were closed{f" ({ended[0]})" if ended else ""}.
* {found.copied} at the end.
* The product's processes held {found.memory_mib:.0f} MiB.

| process | of one core |
|---|---:|
{rows}

Machine: {machine()}.

Method: {plan.cameras} simulated cameras of {CAMERA_WORDS} and a
whole installation as `mingjian serve` starts it, with one recorder per core, nothing pinned, {priority_words()}; sender
and viewers share the machine. Previews may take {PREVIEW_SHARE} of a core. {plan.viewers} viewers each watch one main
stream over a WebSocket; an evidence package of {plan.copied_cameras} camera(s) × {plan.copied_s:g} s is made meanwhile.
{plan.seconds:g} s with all of it; frames are counted from each camera's first recorded frame to its last, so the start
is included.
"""
