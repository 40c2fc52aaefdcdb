"""How CPU, memory and file counts of one recorder grow with its cameras: a table and a picture."""

from __future__ import annotations

from collections.abc import Sequence

from bench.cameras import sending
from bench.plot import Chart, svg
from bench.processes import need, priority_words
from bench.report import machine
from bench.section import Section
from bench.sides import CAMERA_WORDS, ours
from bench.turns import Run, settle_s, turn

NAME = "growth"
TITLE = "Growth, 1 to 300 cameras"
STEPS, QUICK_STEPS = (1, 10, 100, 300), (1, 10, 60)
WHOLE_S, QUICK_S = 40.0, 3.0
PICTURE = "growth.svg"


def run(quick: bool) -> Section:
    need("taskset", "setpriv", "nice")
    steps, seconds = (QUICK_STEPS, QUICK_S) if quick else (STEPS, WHOLE_S)
    runs = []
    with sending(steps[-1]) as cameras:
        for count in steps:
            runs.append(turn(ours(), cameras.urls[:count], seconds))
            print(runs[-1], flush=True)
    return Section(report(runs, seconds), not any(run.kept.lost for run in runs), {PICTURE: picture(runs)})


def picture(runs: Sequence[Run]) -> str:
    figures = (
        ("CPU, % of one core", [run.load.cpu_share * 100 for run in runs], "%"),
        ("memory, MiB", [run.load.memory_mib for run in runs], ""),
        ("open files", [float(run.load.descriptors) for run in runs], ""),
    )
    counts = [float(run.cameras) for run in runs]
    return svg([Chart(title, list(zip(counts, ys, strict=True)), unit) for title, ys, unit in figures], "cameras")


def report(runs: Sequence[Run], seconds: float) -> str:
    rows = "\n".join(
        f"| {run.cameras} | {run.load.cpu_share:.1%} | {run.per_camera:.3%} | {run.load.memory_mib:.0f} "
        f"| {run.load.memory_mib / run.cameras:.2f} | {run.load.threads} | {run.load.descriptors} | {run.files} "
        f"| {run.kept.lost} of {run.kept.due} |"
        for run in runs
    )
    first, last = runs[0], runs[-1]
    times = [last.cameras / first.cameras, last.load.cpu_share / first.load.cpu_share]
    more = [last.load.memory_mib / first.load.memory_mib, last.load.descriptors / first.load.descriptors]
    lost = sum(run.kept.lost for run in runs)
    return f"""
**{times[0]:.0f} times the cameras take {times[1]:.0f} times the CPU, {more[0]:.1f} times the memory and
{more[1]:.1f} times the open files; {"no frame was lost" if not lost else f"{lost} FRAMES WERE LOST"}.**

| cameras | of one core | per camera | MiB | MiB per camera | threads | open files | files on disk | frames lost |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}

![CPU, memory and open files over the number of cameras](../pictures/{PICTURE})

Machine: {machine()}.

Method: one recorder process pinned to core 1, cameras of {CAMERA_WORDS}
from a sender pinned to core 0, both {priority_words()}; {settle_s(first.cameras):.0f} to {settle_s(last.cameras):.0f} s
to settle, {seconds:g} s measured; files deleted between; previews off. MiB is the process's proportional set size;
files on disk are containers, chains, locks and the installation's own, at the end of the turn.
"""
