"""What the disk can take: 4 MB writes, each synced, as a recorder's group commits end."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

WRITE_BYTES = 4 << 20
LEAST, MOST = 50, 500
"""Writes: enough for a figure, and no more than 2 GB."""


@dataclass(frozen=True, slots=True)
class DiskSpeed:
    """Over all writes, and the slow end of single ones."""

    mb_per_s: float
    p95_ms: float
    worst_ms: float

    def words(self) -> str:
        return f"{self.mb_per_s:.0f} MB/s (p95 {self.p95_ms:.0f} ms, worst {self.worst_ms:.0f} ms a write)"


def measure(folder: Path, seconds: float) -> DiskSpeed:
    """Write and fdatasync for about `seconds` into a new file of `folder`, which is deleted."""
    path = folder / "disk-speed"
    block = os.urandom(WRITE_BYTES)
    times: list[float] = []
    began = time.monotonic()
    with path.open("wb", buffering=0) as file:
        while len(times) < LEAST or (time.monotonic() - began < seconds and len(times) < MOST):
            started = time.monotonic()
            file.write(block)
            os.fdatasync(file.fileno())
            times.append(time.monotonic() - started)
    path.unlink()
    return speed(times)


def speed(times: list[float]) -> DiskSpeed:
    """The figures of so many seconds per write of `WRITE_BYTES`."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    return DiskSpeed(len(times) * WRITE_BYTES / 1e6 / sum(times), p95 * 1000, ordered[-1] * 1000)
