"""What `mingjian fsck` takes: the structure of a volume, and every byte of it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench import gates
from bench.gates import Gate
from bench.processes import command, python, scratch
from bench.report import machine
from bench.section import Section
from bench.stores_footage import CONTAINER_S, Footage, small_volume, streams, with_bytecode
from mingjian.adapters.disk import OsDisk
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.volume import Volume

NAME = "stores_fsck"
TITLE = "Checking a volume"
STRUCTURE_S, CONTAINERS, HASH_MBPS = 30.0, 1000, 500.0
"""The gates: seconds for so many containers of 1 MB, and MB/s of one core at hash depth."""
STREAMS = 10
FRAME_S, FRAME_BYTES = 2, 3400
"""Makes 150 fragments and 1 MB of ten minutes."""
LARGE_BYTES = 1_000_000
"""Of a frame every 2 s: 4 Mb/s, for the hash depth."""
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of a volume."""

    wall_s: float
    cpu_s: float
    tally: Tally
    problems: int

    @property
    def mbps(self) -> float:
        return self.tally.hashed_bytes / MB / self.cpu_s


def run(quick: bool) -> Section:
    containers, large_s = (CONTAINERS // 10, 400) if quick else (CONTAINERS, 3000)
    with scratch() as folder:
        small, large = Footage(small_volume(folder / "small")), Footage(small_volume(folder / "large"))
        small.record(streams(STREAMS), containers // STREAMS * CONTAINER_S, frame_s=FRAME_S, frame_bytes=FRAME_BYTES)
        large.record(streams(1), large_s, frame_s=FRAME_S, frame_bytes=LARGE_BYTES)
        start_s, command_s = of_the_command(folder / "small", containers, folder / "bytecode")
        found = {
            "structure, containers of 1 MB": checked(small.volume, Depth.STRUCTURE),
            "hash, containers of 1 MB": checked(small.volume, Depth.HASH),
            "structure, footage of 4 Mb/s": checked(large.volume, Depth.STRUCTURE),
            "hash, footage of 4 Mb/s": checked(large.volume, Depth.HASH),
        }
    hashed = found["hash, footage of 4 Mb/s"]
    thousand_s = start_s + (command_s - start_s) * CONTAINERS / containers
    lines = [
        Gate(f"structure of {CONTAINERS} containers of 1 MB", thousand_s, STRUCTURE_S, "s",
             detail=f"the command took {command_s:.2f} s for {containers}"),
        Gate("every byte, footage of 4 Mb/s", hashed.mbps, HASH_MBPS, "MB/s", True, "of one core's time"),
        Gate("problems found in what is well", sum(one.problems for one in found.values()), 0),
    ]  # fmt: skip
    rows = "\n".join(
        f"| {what} | {c.tally.containers} | {c.tally.fragments} | {c.wall_s:.2f} | {c.cpu_s:.2f} "
        f"| {f'{c.mbps:.0f}' if c.tally.hashed_bytes else '-'} |"
        for what, c in found.items()
    )
    text = f"""
{gates.table(lines)}
| depth | containers | fragments | seconds | CPU seconds | MB/s of a core |
|---|---:|---:|---:|---:|---:|
{rows}

Machine: {machine()}.

Method: the first line is the command `mingjian fsck VOLUME` as a process of its own, its start included, the rest
reckoned from {containers} containers to {CONTAINERS}; the table is its check alone, in this process. {STREAMS} streams
of containers of ten minutes with 150 fragments each ({FRAME_BYTES} bytes a frame); {large_s} s of one stream of 4 Mb/s
in fragments of 2 MB. The files had just been written, so that memory held them: a disk's own speed comes on top.
Structure is chains, lengths and the box headers of every fragment and init segment; hash is that, and SHA-256 of each.
"""
    return Section(text, all(gate.met for gate in lines))


def checked(volume: Volume, depth: Depth) -> Checked:
    tally, wall, cpu = Tally(), time.monotonic(), time.process_time()
    problems = sum(found.severe for found in check(OsDisk(), [volume], depth, tally))
    return Checked(time.monotonic() - wall, time.process_time() - cpu, tally, problems)


def of_the_command(volume: Path, containers: int, bytecode: Path) -> tuple[float, float]:
    """Seconds of the command that only tells its help, and of the check; bytecode is kept as in an installation."""
    words, kept = command(*python("mingjian", "fsck", str(volume))), with_bytecode(bytecode)
    for _ in range(2):
        began = time.monotonic()
        subprocess.run(command(*python("mingjian", "fsck", "--help")), env=kept, stdout=subprocess.DEVNULL, check=True)
        start = time.monotonic() - began
    started = time.monotonic()
    done = subprocess.run(words, env=kept, capture_output=True, text=True, check=True)
    took = time.monotonic() - started
    if f" {containers} 个文件" not in done.stdout:
        raise RuntimeError(f"fsck said: {done.stdout[-500:]}")
    return min(start, took), took
