"""The candidates that record the same cameras: ours, one ffmpeg each, PyAV threads, and the floor in C."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cameras import RATE_MBPS
from bench.kept import Kept, in_files, in_volume, on_the_wire, total
from bench.processes import CANDIDATE_CORE, ROOT, command, python

OURS, FFMPEG, PYAV, FLOOR = "mingjian", "ffmpeg", "PyAV", "floor"
SAMPLED_STREAMS = 20
"""Of the others so many streams are read back: they are here for their cost."""
VOLUME_GIB = 60
Processes = list[subprocess.Popen[Any]]


@dataclass(frozen=True, slots=True)
class Side:
    """One candidate: `start` records the cameras into a folder, `kept` says what it kept of so many seconds."""

    name: str
    does: str
    start: Callable[[Sequence[str], Path], Processes]
    kept: Callable[[Path, int, float], Kept]
    ends_at: signal.Signals = signal.SIGTERM


def volume_in(folder: Path) -> Path:
    return folder / "volume"


def start_ours(urls: Sequence[str], folder: Path, under: Sequence[str] = ()) -> Processes:
    """One recorder process on a throw-away volume, exactly as the product starts it; perhaps `under` a profiler."""
    data = folder / "data"
    create = python("mingjian", "volume", "create", str(volume_in(folder)), "--data", str(data))
    subprocess.run(
        [*create, "--throw-away", "--max-gib", str(VOLUME_GIB)], check=True, stdout=subprocess.DEVNULL, timeout=60
    )
    cameras = [
        {"id": f"bench-{n:03}", "url": url, "sub_url": "", "user": "", "password": "", "transport": "tcp",
         "engine": "native", "audio": False}
        for n, url in enumerate(urls)
    ]  # fmt: skip
    words = [sys.executable, *under, "-m", "mingjian", "internal", "recorder", "0", "--data", str(data)]
    process = subprocess.Popen(
        command(*words, core=CANDIDATE_CORE),
        stdin=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assignment = {"v": 1, "cameras": cameras, "volumes": [str(volume_in(folder))], "recorded": []}
    process.stdin.write(json.dumps(assignment) + "\n")
    process.stdin.flush()
    return [process]


def kept_by_ours(folder: Path, cameras: int, seconds: float) -> Kept:
    return in_volume(volume_in(folder), cameras, seconds)


def start_ffmpeg(urls: Sequence[str], folder: Path) -> Processes:
    processes: Processes = []
    for n, url in enumerate(urls):
        place = folder / str(n)
        place.mkdir()
        words = ["ffmpeg", "-loglevel", "error", "-nostdin", "-rtsp_transport", "tcp", "-i", url, "-an", "-c", "copy"]
        words += ["-f", "segment", "-segment_time", "60"]
        words += ["-segment_format_options", "movflags=+frag_keyframe+empty_moov", str(place / "%03d.mp4")]
        processes.append(subprocess.Popen(command(*words, core=CANDIDATE_CORE), stderr=subprocess.DEVNULL))
    return processes


def start_pyav(urls: Sequence[str], folder: Path) -> Processes:
    words = python("bench.pyav_side", str(folder), *urls)
    return [subprocess.Popen(command(*words, core=CANDIDATE_CORE), cwd=ROOT, stderr=subprocess.DEVNULL)]


def kept_in_files(folder: Path, cameras: int, seconds: float) -> Kept:
    """By the time stamps of some cameras' MP4 files."""
    chosen = sample(cameras)
    found = [in_files(sorted((folder / str(n)).glob("*.mp4"))) for n in chosen]
    whole = [one for one in found if one[0]]
    return total(whole, len(found) - len(whole), seconds, f"{len(chosen)} streams read back")


def start_floor(urls: Sequence[str], folder: Path) -> Processes:
    program = folder / "floor"
    source = Path(__file__).with_name("floor.c")
    subprocess.run(["cc", "-O2", "-o", str(program), str(source)], check=True, timeout=60)
    return [subprocess.Popen(command(str(program), str(folder), *urls, core=CANDIDATE_CORE))]


def kept_by_floor(folder: Path, cameras: int, seconds: float) -> Kept:
    """By the packets in some cameras' files."""
    chosen = sample(cameras)
    found = [on_the_wire((folder / f"{n}.rtp").read_bytes()) for n in chosen]
    return total(found, 0, seconds, f"{len(chosen)} streams read back")


def sample(cameras: int) -> range:
    """At most `SAMPLED_STREAMS` of them, evenly chosen."""
    return range(0, cameras, -(-cameras // SAMPLED_STREAMS))


def sides() -> tuple[Side, ...]:
    """In the order in which they alternate; the floor only where it can be compiled."""
    floor = Side(FLOOR, "C, epoll: reads and writes, nothing else", start_floor, kept_by_floor)
    return (
        Side(OURS, "hash, chain, durable commits", start_ours, kept_by_ours),
        Side(FFMPEG, "`-c copy`, one process per camera", start_ffmpeg, kept_in_files, signal.SIGINT),
        Side(PYAV, "remux, one thread per camera", start_pyav, kept_in_files),
        *([floor] if shutil.which("cc") else []),
    )


def ours() -> Side:
    return sides()[0]


CAMERA_WORDS = f"{RATE_MBPS} Mb/s (H.264 1080p25, GOP 2 s, RTSP over TCP on loopback)"
