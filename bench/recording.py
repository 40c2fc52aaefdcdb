"""What recording one camera costs: ours beside one `ffmpeg -c copy` per camera, PyAV threads, and a floor in C.

The sender has core 0, the candidate core 1; the sides alternate in one run. Ours hashes, chains and commits durably;
the others only copy. What ours kept is read back and held against what the cameras sent.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import functions, gates, profiling
from bench.cameras import Cameras, sending, sent_slices
from bench.gates import Gate
from bench.kept import Compared, compare
from bench.processes import need, priority_words
from bench.report import machine
from bench.section import Section
from bench.sides import CAMERA_WORDS, FFMPEG, FLOOR, OURS, PYAV, Side, sides, volume_in
from bench.turns import Run, settle_s, turn

NAME = "recording"
TITLE = "Recording, per camera"
PER_CAMERA, TIMES_FFMPEG, TIMES_PYAV, TIMES_FLOOR, MIB = 0.15, 3.0, 2.0, 4.0, 3.0
"""The gates: % of a core, times dearer than ours, times the floor, MiB per camera."""
NO_CC = "there is no C compiler (apt-get install gcc libc6-dev)"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it is run."""

    cameras: int
    rounds: int
    seconds: float
    profiled_s: float
    streams_compared: int
    traced: tuple[int, float]
    """Cameras and seconds of the turn under cProfile; none where it is left out."""


WHOLE, QUICK = Plan(200, 2, 60, 15, 20, (50, 15)), Plan(60, 1, 9, 3, 5, (0, 0))


@dataclass(slots=True)
class Found:
    """All that a run of the section found."""

    runs: list[Run] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    profile: dict[str, float] | str = "it was not taken"
    dearest: list[functions.Row] = field(default_factory=list)
    sender_share: float = 0.0

    def of(self, side: str) -> list[Run]:
        return [run for run in self.runs if run.side == side]

    def cost(self, side: str) -> float | None:
        """The median share of a core per camera; None for a candidate that did not run."""
        runs = self.of(side)
        return median(run.per_camera for run in runs) if runs else None

    def ratio(self, side: str, to: str) -> float | None:
        """How many times dearer `side` is."""
        above, below = self.cost(side), self.cost(to)
        return above / below if above is not None and below else None


def run(quick: bool) -> Section:
    need("ffmpeg", "taskset", "setpriv", "nice")
    plan = QUICK if quick else WHOLE
    found = Found()
    with sending(plan.cameras) as cameras:
        before, started = cameras.cpu_ns(), time.monotonic()
        for number in range(plan.rounds):
            for side in sides():
                take(found, side, cameras, plan, last=number == plan.rounds - 1)
                print(found.runs[-1], flush=True)
        found.sender_share = (cameras.cpu_ns() - before) / 1e9 / (time.monotonic() - started)
        traced, traced_s = plan.traced
        if traced:
            found.dearest = functions.sampled(cameras.urls[:traced], traced_s)
    lines = judged(found)
    return Section(report(found, lines, plan), all(gate.met for gate in lines))


def take(found: Found, side: Side, cameras: Cameras, plan: Plan, *, last: bool) -> None:
    """One turn of one side; ours is read back each time, and profiled in the last round."""
    mine = side.name == OURS

    def profile(pids: list[int], folder: Path) -> None:
        if mine and last and pids:
            found.profile = profiling.sampled(pids[0], plan.profiled_s, folder)

    def read_back(folder: Path) -> None:
        if mine:
            found.compared.append(compare(volume_in(folder), plan.streams_compared, sent_slices()))

    found.runs.append(turn(side, cameras.urls, plan.seconds, while_it_runs=profile, afterwards=read_back))


def judged(found: Found) -> list[Gate]:
    """The gates of the section."""
    mine = found.of(OURS)
    floor = found.ratio(OURS, FLOOR)
    samples = sum(one.samples for one in found.compared)
    share = found.cost(OURS)
    return [
        Gate("one ffmpeg per camera costs, times ours", found.ratio(FFMPEG, OURS), TIMES_FFMPEG, "×", True),
        Gate("PyAV threads cost, times ours", found.ratio(PYAV, OURS), TIMES_PYAV, "×", True),
        Gate("ours costs, times a read-and-write loop in C", floor, TIMES_FLOOR, "×",
             detail="" if floor is not None else NO_CC),
        Gate("of one core per camera", share * 100 if share is not None else None, PER_CAMERA, "%"),
        Gate("memory per camera", median(run.load.memory_mib / run.cameras for run in mine), MIB, "MiB"),
        Gate("frames lost", sum(run.kept.lost for run in mine), 0, detail=f"of {sum(run.kept.due for run in mine)}"),
        Gate("samples that are not the source's, or out of order", sum(one.wrong for one in found.compared)
             if samples else None, 0, detail=f"of {samples} read back from "
             f"{sum(one.streams for one in found.compared)} streams"),
    ]  # fmt: skip


def report(found: Found, lines: Sequence[Gate], plan: Plan) -> str:
    mine = found.cost(OURS) or 1.0
    rows = "\n".join(
        f"| {run.side} | {run.per_camera / mine:.2f} | {run.load.cpu_share:.1%} | {run.per_camera:.3%} "
        f"| {run.load.memory_mib / run.cameras:.2f} | {run.load.core_busy:.0%} "
        f"| {run.kept.lost} of {run.kept.due} | {note(run)} |"
        for run in found.runs
    )
    missing = "" if found.of(FLOOR) else f"| {FLOOR} | | | | | | | not run: {NO_CC} |\n"
    what = "; ".join(f"{side.name}: {side.does}" for side in sides())
    return f"""
{gates.table(lines)}
| candidate | times ours | of one core | of one core per camera | MiB per camera | core in use | frames lost | note |
|---|---:|---:|---:|---:|---:|---:|---|
{rows}
{missing}
{profiling.table(found.profile)}{functions.table(found.dearest)}
Machine: {machine()}, ffmpeg {ffmpeg_version()}.

Method: {plan.cameras} simulated cameras of {CAMERA_WORDS}
from a sender pinned to core 0 (it took {found.sender_share:.0%} of it); the candidate pinned to core 1; both
{priority_words()}. {what}.
The sides alternate, {plan.rounds} round(s) in one run; {settle_s(plan.cameras):.0f} s to settle, {plan.seconds:g} s
measured; CPU from the scheduler's own account of all threads, memory as proportional set size; files deleted between
turns; previews off. A core in use beyond its candidate tells of others at work on this machine. Ratios and gates are of
the medians. Frames due are those that a camera sends from its first recorded frame to its last, gaps included: ours by
the chain of every camera, the others' by the time stamps of some. Byte identity: samples of ours are read with FFmpeg's
demuxer; every slice must have the SHA-256 of the frame that follows in the source. The profile is taken behind the
measured stretch ({plan.profiled_s:g} s, {profiling.SAMPLES_PER_SECOND} samples a second).
Loopback has no network card: a real one adds interrupt cost to every side, which shrinks every ratio.
"""


def note(run: Run) -> str:
    ended = [f"{run.ended} processes had ended"] if run.ended else []
    return "; ".join([*ended, *([run.kept.note] if run.kept.note else [])])


def ffmpeg_version() -> str:
    told = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True, timeout=10)
    return told.stdout.split()[2]
