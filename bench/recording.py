"""What recording one camera costs, ours beside one `ffmpeg -c copy` per camera, alternating in one run.

The sender has core 0, the candidate core 1. Ours hashes, chains and commits durably; ffmpeg only copies. Previews
are off. CPU is what the scheduler charged to all threads of the candidate (schedstat) over the measured seconds.
Frames due are what each camera sends in the time from its first recorded frame to its last, whatever lies between: a
lost frame, a gap and a camera that was never recorded all count as lost.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import av

from bench.report import machine
from bench.section import CannotRun, Section

NAME = "recording"
TITLE = "Recording, per camera"
ROOT = Path(__file__).parents[1]
SENDER_CORE, CANDIDATE_CORE = "0", "1"
SETTLE_S = 12
RATE_MBPS = 4
FRAMES_PER_SECOND = 25
STOPPED = "recorder-stopped"
"""The cause of the gap from a camera's last frame to the end that we asked for: no frame was due in it."""


@dataclass(frozen=True)
class Run:
    """One candidate over one measured stretch."""

    candidate: str
    cameras: int
    cpu_share: float
    memory_mib: float
    frames: int
    frames_due: int
    note: str


def cpu_ns(pids: list[int]) -> int:
    """Nanoseconds on a core, all threads of all processes."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            total += int(task.read_text().split()[0])
    return total


def memory_mib(pids: list[int]) -> float:
    """Proportional set size, so that shared pages count once."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def measure(pids: list[int], seconds: int) -> tuple[float, float]:
    before, started = cpu_ns(pids), time.monotonic()
    time.sleep(seconds)
    return (cpu_ns(pids) - before) / 1e9 / (time.monotonic() - started), memory_mib(pids)


def run_ours(urls: list[str], scratch: Path, seconds: int) -> Run:
    """One recorder process on a throw-away volume, exactly as the product starts it."""
    data, volume = scratch / "data", scratch / "volume"
    create = [sys.executable, "-m", "mingjian", "volume", "create", str(volume), "--data", str(data)]
    subprocess.run([*create, "--throw-away", "--max-gib", "40"], check=True, stdout=subprocess.DEVNULL)
    cameras = [
        {"id": f"bench-{n:03}", "url": url, "sub_url": "", "user": "", "password": "", "transport": "tcp",
         "engine": "native", "audio": False}
        for n, url in enumerate(urls)
    ]  # fmt: skip
    process = subprocess.Popen(
        ["taskset", "-c", CANDIDATE_CORE, sys.executable, "-m", "mingjian", "internal", "recorder", "0",
         "--data", str(data)],
        stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(json.dumps({"v": 1, "cameras": cameras, "volumes": [str(volume)], "recorded": []}) + "\n")
    process.stdin.flush()
    time.sleep(SETTLE_S)
    share, memory = measure([process.pid], seconds)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    streams = [
        [json.loads(line) for chain in sorted(folder.glob("*.jsonl")) for line in chain.read_bytes().splitlines()]
        for folder in volume.glob("*/chain")
    ]
    kept = [recorded(entries) for entries in streams]
    causes = Counter(cause for _, _, found in kept for cause in found)
    note = "; ".join(
        [f"{len(streams)} of {len(urls)} cameras recorded"] + [f"{n} gaps {cause}" for cause, n in causes.items()]
    )
    due = sum(due for _, due, _ in kept) + (len(urls) - len(streams)) * seconds * FRAMES_PER_SECOND
    return Run("mingjian", len(urls), share, memory, sum(frames for frames, _, _ in kept), due, note)


def recorded(entries: list[dict[str, Any]]) -> tuple[int, int, list[str]]:
    """One camera's chain: frames kept, frames due from its first frame to its last, causes of the gaps between."""
    fragments = [entry for entry in entries if entry["kind"] == "FRAG"]
    if not fragments:
        return 0, 0, ["nothing"]
    first_ns, last_ns = fragments[0]["t0"], fragments[-1]["t1"]
    due = round((last_ns - first_ns) / 1e9 * FRAMES_PER_SECOND)
    gaps = [e for e in entries if e["kind"] == "GAP" and e["t1"] > first_ns and e["cause"] != STOPPED]
    return sum(entry["frames"] for entry in fragments), due, [gap["cause"] for gap in gaps]


def run_ffmpeg(urls: list[str], scratch: Path, seconds: int) -> Run:
    """One ffmpeg per camera, copying into 60 s files."""
    processes = []
    for n, url in enumerate(urls):
        folder = scratch / str(n)
        folder.mkdir(parents=True)
        processes.append(
            subprocess.Popen(
                ["taskset", "-c", CANDIDATE_CORE, "ffmpeg", "-loglevel", "error", "-nostdin", "-rtsp_transport", "tcp",
                 "-i", url, "-an", "-c", "copy", "-f", "segment", "-segment_time", "60",
                 "-segment_format_options", "movflags=+frag_keyframe+empty_moov", str(folder / "%03d.mp4")],
                stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
    time.sleep(SETTLE_S)
    share, memory = measure([process.pid for process in processes], seconds)
    alive = sum(process.poll() is None for process in processes)
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        process.wait(30)
    kept = [copied(sorted(folder.glob("*.mp4"))) for folder in scratch.iterdir()]
    frames, due = sum(frames for frames, _ in kept), sum(due for _, due in kept)
    return Run("ffmpeg", len(urls), share, memory, frames, due, f"{alive} of {len(urls)} still running")


def copied(files: list[Path]) -> tuple[int, int]:
    """What one ffmpeg kept: frames, and frames due by their own time stamps."""
    frames = due = 0
    for file in files:
        with av.open(str(file)) as container:
            times = [p.dts * p.time_base for p in container.demux(video=0) if p.dts is not None]
        frames += len(times)
        due += round((max(times) - min(times)) * FRAMES_PER_SECOND) + 1 if times else 0
    return frames, due


def sender(cameras: int) -> tuple[subprocess.Popen[str], list[str]]:
    process = subprocess.Popen(
        ["taskset", "-c", SENDER_CORE, sys.executable, "-m", "mingjian", "simulate", "--bench", str(cameras),
         "--rate-mbps", str(RATE_MBPS), "--port", "18554"],
        stdout=subprocess.PIPE, text=True, stdin=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    urls: list[str] = []
    for line in process.stdout:
        if line.startswith("就绪"):
            return process, urls
        if "rtsp://" in line:
            urls.append(line.split("\t")[1].strip())
    raise SystemExit("the sender ended before it was ready")


def report(runs: list[Run], seconds: int) -> str:
    ours = [run for run in runs if run.candidate == "mingjian"]
    theirs = [run for run in runs if run.candidate == "ffmpeg"]
    share = {side[0].candidate: median(run.cpu_share for run in side) for side in (ours, theirs)}
    ratio = share["ffmpeg"] / share["mingjian"]
    rows = "\n".join(
        f"| {run.candidate} | {run.cameras} | {run.cpu_share:.1%} | {run.cpu_share / run.cameras:.3%} "
        f"| {run.memory_mib / run.cameras:.1f} | {lost([run])} of {run.frames_due} | {run.note} |"
        for run in runs
    )
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return f"""
**One ffmpeg per camera costs {ratio:.1f} times what Mingjian costs**, which hashes, chains and commits durably besides.
Frames lost by Mingjian: {lost(ours)} of {sum(run.frames_due for run in ours)}.

| candidate | cameras | of one core | of one core per camera | MiB per camera | frames lost | note |
|---|---:|---:|---:|---:|---:|---|
{rows}

Machine: {machine()}, ffmpeg {ffmpeg}.

Method: {ours[0].cameras} simulated cameras of {RATE_MBPS} Mb/s (H.264 1080p25, GOP 2 s, RTSP over TCP on loopback)
from a sender pinned to core 0; the candidate pinned to core 1; the sides alternate in one run; {SETTLE_S} s to settle,
{seconds} s measured;
CPU from the scheduler's own account of all threads; files deleted between runs; previews off. Frames due are those that
a camera sends from its first recorded frame to its last, gaps included; ffmpeg's are taken from its own time stamps.
Loopback has no network card: a real one adds interrupt cost to both sides, which shrinks every ratio.
"""


def lost(runs: list[Run]) -> int:
    return sum(max(run.frames_due - run.frames, 0) for run in runs)


def run(quick: bool) -> Section:
    if (os.cpu_count() or 1) < 2:
        raise CannotRun("it needs two cores, one for the sender and one for the candidate")
    if shutil.which("ffmpeg") is None or shutil.which("taskset") is None:
        raise CannotRun("it needs ffmpeg and taskset (apt-get install ffmpeg util-linux)")
    seconds, rounds = (30, 2) if quick else (60, 4)
    runs: list[Run] = []
    process, urls = sender(100)
    try:
        for turn in range(rounds * 2):
            with tempfile.TemporaryDirectory(prefix="mingjian-bench-", dir=ROOT) as scratch:
                candidate = run_ours if turn % 2 == 0 else run_ffmpeg
                runs.append(candidate(urls, Path(scratch), seconds))
                print(runs[-1], flush=True)
    finally:
        process.terminate()
        process.wait(10)
    return Section(report(runs, seconds), not lost([run for run in runs if run.candidate == "mingjian"]))
