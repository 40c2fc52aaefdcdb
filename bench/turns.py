"""One candidate over one measured stretch, in a scratch directory that goes afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.kept import Kept
from bench.processes import Load, measure, running, scratch, stop
from bench.sides import Side

SETTLE_S, SETTLE_PER_CAMERA_S = 6.0, 0.05
"""To connect and to see a first key frame; a candidate of many processes takes longer to start."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one turn took and kept."""

    side: str
    cameras: int
    load: Load
    kept: Kept
    files: int
    """On disk at the end."""
    ended: int
    """Processes that had ended before they were asked to."""

    @property
    def per_camera(self) -> float:
        return self.load.cpu_share / self.cameras


def settle_s(cameras: int) -> float:
    return SETTLE_S + SETTLE_PER_CAMERA_S * cameras


def turn(
    side: Side,
    urls: Sequence[str],
    seconds: float,
    *,
    while_it_runs: Callable[[list[int], Path], None] = lambda pids, folder: None,
    afterwards: Callable[[Path], None] = lambda folder: None,
) -> Run:
    """Let `side` record `urls`, settle, measure for `seconds`, then look at what it kept.

    `while_it_runs` is called behind the measured stretch, `afterwards` when all has ended and the files still lie
    there.
    """
    with scratch() as folder:
        processes = side.start(urls, folder)
        with running(processes):
            started = time.monotonic()
            time.sleep(settle_s(len(urls)))
            pids = [process.pid for process in processes if process.poll() is None]
            load = measure(pids, seconds)
            while_it_runs(pids, folder)
            ended = sum(process.poll() is not None for process in processes)
            stop(processes, side.ends_at)
        kept = side.kept(folder, len(urls), time.monotonic() - started)
        files = sum(1 for path in folder.rglob("*") if path.is_file())
        afterwards(folder)
    return Run(side.name, len(urls), load, kept, files, ended)
