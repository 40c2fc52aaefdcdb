"""A recorder whose cameras want more of the core than it gets: what is given up, in which order, and what it costs.

The recorder alone is held to a share of a core, by a control group of its own: nothing else on the machine is slowed.
First it runs freely, and what its cameras need is measured; then it gets less than half of that; then all again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.cameras import sending
from bench.gates import Gate, table
from bench.kept import chain_entries
from bench.processes import command, cpu_ns, memory_mib, need, priority_words, python, running, scratch, stop
from bench.report import machine
from bench.section import CannotRun, Section
from bench.sides import CAMERA_WORDS, VOLUME_GIB, volume_in
from mingjian.bootstrap.places import DataDirectory
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import CameraId, main_stream, sub_stream
from mingjian.transport.hub import Reader
from mingjian.transport.relay import RelayClient

NAME = "overload"
TITLE = "More cameras than the core carries"
GROUPS = Path("/sys/fs/cgroup")
PERIOD_US = 100_000
SHARE = 0.45
"""Of what the cameras need."""
ANSWER_S = 5.0
"""A recorder that says nothing for so long stands still."""
GROWN_MIB = 16.0
"""What comes and goes with fragments; a queue without bound would gain as much a second."""
LATE_S = 15.0
"""A gap is in the chain within this."""
FIRST_S = 15.0
"""Three seconds of shortage that lasts, seen over five, on a loop that is itself late."""
RECORDED = 0.3
"""Of the cameras: some less than the share of time that is left, for giving up in eighths goes too far once."""
EACH_S = 6
"""So many looks to a row of the table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it is run."""

    cameras: int
    subs: int
    free_s: float
    short_s: float
    after_s: float


WHOLE, QUICK = Plan(60, 8, 20, 75, 70), Plan(20, 4, 8, 25, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """One second of the recorder, from outside."""

    at_s: float
    answered_s: float
    """How long it took to say how its streams are; `ANSWER_S` where it did not."""
    subs_shed: bool
    mains_shed: int
    why: str
    mib: float
    share: float
    """Of a core, since the look before."""
    recording: int


@dataclass
class Watch:
    """All looks of one run, and when it was held short and let go."""

    looks: list[Look] = field(default_factory=list)
    free_share: float = 0.0
    short_at: float = 0.0
    over_at: float = 0.0

    def between(self, start: float, end: float) -> list[Look]:
        return [look for look in self.looks if start <= look.at_s < end]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a camera's chain says since its first fragment: seconds of gaps by cause, and whether its line is whole."""

    gaps_s: dict[str, float]
    unbroken: bool
    lost: int
    frames: int
    latest_s: float
    """How late a gap was told at the most."""


def run(quick: bool) -> Section:
    need("taskset", "setpriv", "nice")
    plan = QUICK if quick else WHOLE
    with scratch() as folder, sending(plan.cameras + plan.subs, core=None) as cameras, held() as group:
        watch, chains = asyncio.run(take(folder, cameras.urls, plan, group))
    gates = judged(watch, chains, plan)
    return Section(report(watch, chains, gates, plan), all(gate.met for gate in gates))


@dataclass(frozen=True, slots=True)
class Group:
    """Processes that together get a share of a core."""

    place: Path

    def take(self, pid: int) -> None:
        (self.place / "cgroup.procs").write_text(str(pid))

    def limit(self, share: float | None) -> None:
        quota = str(round(share * PERIOD_US)) if share is not None else None
        if (self.place / "cpu.max").exists():
            (self.place / "cpu.max").write_text(f"{quota or 'max'} {PERIOD_US}")
        else:
            (self.place / "cpu.cfs_quota_us").write_text(quota or "-1")


@contextlib.contextmanager
def held() -> Iterator[Group]:
    """A control group of its own, empty and gone at the end. Raises CannotRun where none can be made."""
    root = GROUPS / "cpu" if (GROUPS / "cpu").is_dir() else GROUPS
    group = Group(root / f"mingjian-bench-{os.getpid()}")
    try:
        group.place.mkdir()
        group.limit(None)
    except OSError as error:
        with contextlib.suppress(OSError):
            group.place.rmdir()
        raise CannotRun(f"no control group for processor time can be made here: {error}") from error
    try:
        yield group
    finally:
        for left in (group.place / "cgroup.procs").read_text().split():
            (root / "cgroup.procs").write_text(left)
        group.place.rmdir()


async def take(folder: Path, urls: Sequence[str], plan: Plan, group: Group) -> tuple[Watch, list[Chain]]:
    """Record freely, then short of time, then freely again; then what the chains say."""
    process = start(urls, folder, plan)
    with running([process]):
        group.take(process.pid)
        watch, socket = Watch(), DataDirectory(folder / "data").socket(0)
        await until_recording(socket, plan)
        readers = [await RelayClient.open(socket, sub_stream(camera(n))) for n in range(plan.subs)]
        drains = [asyncio.create_task(drain(reader)) for reader in readers]
        cpu, since = cpu_ns([process.pid]), time.monotonic()
        await looked(watch, socket, process.pid, plan.free_s)
        watch.free_share = (cpu_ns([process.pid]) - cpu) / 1e9 / (time.monotonic() - since)
        watch.short_at = time.monotonic()
        group.limit(watch.free_share * SHARE)
        await looked(watch, socket, process.pid, plan.short_s)
        group.limit(None)
        watch.over_at = time.monotonic()
        await looked(watch, socket, process.pid, plan.after_s)
        for task in drains:
            task.cancel()
        stop([process])
    return watch, [chain_of(place) for place in sorted(volume_in(folder).glob("*/chain"))]


def camera(number: int) -> CameraId:
    return CameraId(f"bench-{number:03}")


def start(urls: Sequence[str], folder: Path, plan: Plan) -> subprocess.Popen[Any]:
    """One recorder process; the last cameras served are the sub streams of the first."""
    data = folder / "data"
    create = python("mingjian", "volume", "create", str(volume_in(folder)), "--data", str(data))
    subprocess.run(
        [*create, "--throw-away", "--max-gib", str(VOLUME_GIB)], check=True, stdout=subprocess.DEVNULL, timeout=60
    )
    subs = urls[plan.cameras :]
    cameras = [
        {"id": camera(n), "url": url, "sub_url": subs[n] if n < len(subs) else "", "user": "", "password": "",
         "transport": "tcp", "engine": "native", "audio": False}
        for n, url in enumerate(urls[: plan.cameras])
    ]  # fmt: skip
    words = [sys.executable, "-m", "mingjian", "internal", "recorder", "0", "--data", str(data)]
    process = subprocess.Popen(command(*words), stdin=subprocess.PIPE, text=True)
    assert process.stdin
    assignment = {"v": 1, "cameras": cameras, "volumes": [str(volume_in(folder))], "recorded": []}
    process.stdin.write(json.dumps(assignment) + "\n")
    process.stdin.flush()
    return process


async def until_recording(socket: Path, plan: Plan) -> None:
    until = time.monotonic() + 60 + plan.cameras
    while time.monotonic() < until:
        with contextlib.suppress(MingjianError):
            told = await RelayClient.status(socket)
            if (
                sum(bool(told.get(main_stream(camera(n)), {}).get("recorded_until")) for n in range(plan.cameras))
                == plan.cameras
            ):
                return
        await asyncio.sleep(1)
    raise CannotRun("the cameras were not all recorded")


async def drain(reader: Reader) -> None:
    """Somebody watches."""
    with contextlib.suppress(MingjianError):
        async for _ in reader:
            pass


async def looked(watch: Watch, socket: Path, pid: int, seconds: float) -> None:
    """Look each second for so long."""
    until = time.monotonic() + seconds
    cpu, since = cpu_ns([pid]), time.monotonic()
    while time.monotonic() < until:
        asked = time.monotonic()
        told: dict[str, Any] = {}
        with contextlib.suppress(MingjianError, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                told = await RelayClient.status(socket)
        now = time.monotonic()
        mains = [one for name, one in told.items() if "recording" in one]
        shed = next((one["overload"] for one in mains), None) or {}
        used = cpu_ns([pid])
        watch.looks.append(
            Look(now, now - asked if told else ANSWER_S, bool(shed), shed.get("mains", 0), shed.get("why", ""),
                 memory_mib([pid]), (used - cpu) / 1e9 / (now - since), sum(one["recording"] for one in mains))
        )  # fmt: skip
        cpu, since = used, now
        await asyncio.sleep(max(0.0, asked + 1 - time.monotonic()))


def chain_of(place: Path) -> Chain:
    entries = chain_entries(place)
    first = next((n for n, entry in enumerate(entries) if entry["kind"] == "FRAG"), len(entries))
    spans = [entry for entry in entries[first:] if entry["kind"] in ("FRAG", "GAP")]
    gaps: dict[str, float] = {}
    for entry in spans:
        if entry["kind"] == "GAP":
            gaps[entry["cause"]] = gaps.get(entry["cause"], 0.0) + (entry["t1"] - entry["t0"]) / 1e9
    fragments = [entry for entry in spans if entry["kind"] == "FRAG"]
    late = max(((entry["at"] - entry["t0"]) / 1e9 for entry in spans if entry["kind"] == "GAP"), default=0.0)
    return Chain(
        gaps,
        all(before["t1"] == after["t0"] for before, after in pairwise(spans)),
        sum(entry.get("lost", 0) for entry in fragments),
        sum(entry["frames"] for entry in fragments),
        late,
    )


def judged(watch: Watch, chains: Sequence[Chain], plan: Plan) -> list[Gate]:
    short = watch.between(watch.short_at, watch.over_at)
    first = next((look.at_s - watch.short_at for look in short if look.subs_shed), None)
    third = len(short) // 3
    grown = max(look.mib for look in short[-third:]) - max(look.mib for look in short[-2 * third : -third])
    return [
        Gate("until sub streams are given up", first, FIRST_S, "s"),
        Gate("looks that found main streams given up before sub streams", float(sum(map(mains_first, short))), 0),
        Gate("longest wait for an answer", max(look.answered_s for look in short), ANSWER_S, "s"),
        Gate("memory gained in the last third", grown, GROWN_MIB, "MiB"),
        Gate("latest gap in a chain", max(chain.latest_s for chain in chains), LATE_S, "s"),
        Gate("chains with a hole in their time", float(sum(not chain.unbroken for chain in chains)), 0),
        Gate("cameras without a chain", float(plan.cameras - len(chains)), 0),
        Gate("of the cameras recorded at the end of it", short[-1].recording / plan.cameras, RECORDED, at_least=True),
    ]


def mains_first(look: Look) -> bool:
    return look.mains_shed > 0 and not look.subs_shed


def report(watch: Watch, chains: Sequence[Chain], gates: Sequence[Gate], plan: Plan) -> str:
    causes = Counter[str]()
    for chain in chains:
        causes.update(chain.gaps_s)
    gaps = ", ".join(f"{cause} {seconds:.0f} s" for cause, seconds in causes.most_common())
    shown = [look for n, look in enumerate(watch.looks) if n % EACH_S == 0 or look is watch.looks[-1]]
    rows = "\n".join(
        f"| {look.at_s - watch.short_at:.0f} s | {look.share:.1%} | {'given up' if look.subs_shed else 'pulled'} "
        f"| {look.mains_shed} | {look.recording} | {look.answered_s:.2f} | {look.mib:.0f} | {look.why} |"
        for look in shown
    )
    return f"""{table(gates)}
| since the shortage | of one core | sub streams | main streams given up | recorded | answer, s | MiB | why |
|---:|---:|---|---:|---:|---:|---:|---|
{rows}

Gaps of all {len(chains)} cameras together after their first fragment: {gaps}.

Machine: {machine()}.

Method: one recorder process in a control group of its own, with {plan.cameras} cameras of
{CAMERA_WORDS} and {plan.subs} sub streams
that are watched, from a sender that nothing holds; both {priority_words()}. For {plan.free_s:g} s it runs freely
({watch.free_share:.1%} of a core), for {plan.short_s:g} s it gets {SHARE:.0%} of that, then all again for
{plan.after_s:g} s. It is asked each second how its streams are. A camera whose pictures are not taken keeps 4 MiB of
them, then leaves pictures out. Memory is the proportional set size: what waits for the disk may be 256 MB.
"""
