"""The simulated cameras of a bench, in a process of their own, and what they send."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bench.processes import ROOT, SENDER_CORE, command, cpu_ns, python, running, stop
from bench.section import CannotRun
from mingjian.kernel.media import Codec
from mingjian.simulator.county import bench
from mingjian.simulator.loops import load
from mingjian.wire.nal import NalKind, nal_kind

RATE_MBPS = 4
FRAMES_PER_SECOND = 25
LOOPS = ROOT / ".demo" / "loops"
"""Kept between runs: encoding takes longer than a quick run."""
FIRST_PORT = 18_554


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras that are being served."""

    urls: list[str]
    pid: int

    def cpu_ns(self) -> int:
        return cpu_ns([self.pid])


@contextlib.contextmanager
def sending(cameras: int, *, core: str | None = SENDER_CORE) -> Iterator[Cameras]:
    """`cameras` equal ones of 4 Mb/s, 1080p25, served from `core`. Raises CannotRun when they do not start."""
    words = ["mingjian", "simulate", "--bench", str(cameras), "--rate-mbps", str(RATE_MBPS)]
    process = subprocess.Popen(
        command(*python(*words, "--port", str(FIRST_PORT), "--loops", str(LOOPS), "--until-input-ends"), core=core),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running([process]):
        assert process.stdout
        urls: list[str] = []
        for line in process.stdout:
            if line.startswith("就绪"):
                break
            if "rtsp://" in line:
                urls.append(line.split("\t")[1].strip())
        else:
            raise CannotRun(f"the simulated cameras did not start (ports {FIRST_PORT} and on must be free)")
        yield Cameras(urls, process.pid)
        stop([process])


@lru_cache(maxsize=1)
def sent_slices() -> tuple[tuple[bytes, ...], ...]:
    """What the cameras send over and over: of each frame, the SHA-256 of its slices, in order."""
    loop = load(bench(1, rate_mbps=RATE_MBPS)[0].main, LOOPS)
    return tuple(slice_hashes(loop.config.codec, frame.nals) for frame in loop.frames)


def slice_hashes(codec: Codec, nals: tuple[bytes, ...] | list[bytes]) -> tuple[bytes, ...]:
    """The SHA-256 of each slice among `nals`."""
    kinds = (NalKind.SLICE, NalKind.IDR)
    return tuple(hashlib.sha256(nal).digest() for nal in nals if nal_kind(codec, nal) in kinds)
