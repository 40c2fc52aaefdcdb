"""The processes of a bench: pinned, of raised priority, measured from outside, and gone with whoever started them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.section import CannotRun

ROOT = Path(__file__).parents[1]
"""Scratch directories lie here: on the disk that the checkout is on, never in memory."""
SENDER_CORE, CANDIDATE_CORE = "0", "1"
PRIORITY = -10
"""Of sender and candidates, where the machine allows it: others on the machine then cost us little."""
STOP_S = 60
"""A process that was asked to end and has not by then is killed."""
GUARD_S = 3
"""So long after a bench was killed its processes are gone too, and nothing writes into the scratch directory."""


def need(*programs: str) -> None:
    """Raises CannotRun for the programs that are missing, and where there are not two cores."""
    if len(os.sched_getaffinity(0)) < 2:
        raise CannotRun("it needs two cores, one for the sender and one for the candidate")
    if missing := [name for name in programs if shutil.which(name) is None]:
        raise CannotRun(f"{', '.join(missing)} not found (apt-get install ffmpeg util-linux)")


def may_raise_priority() -> bool:
    """Whether `nice -n -10` is obeyed; the program itself only warns."""
    tried = subprocess.run(["nice", "-n", str(PRIORITY), "true"], capture_output=True, check=False)
    return tried.returncode == 0 and not tried.stderr


def command(*words: str, core: str | None = None) -> list[str]:
    """`words`, to be run at `PRIORITY` and on `core`, and killed with the process that starts it."""
    prefix = ["setpriv", "--pdeathsig", "KILL"]
    if may_raise_priority():
        prefix += ["nice", "-n", str(PRIORITY - os.getpriority(os.PRIO_PROCESS, 0))]
    return [*prefix, *(["taskset", "-c", core] if core is not None else []), *words]


def python(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def priority_words() -> str:
    return f"at nice {PRIORITY}" if may_raise_priority() else "at ordinary priority (raising it is not allowed here)"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty directory on the disk; it goes with the block, and also when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="mingjian-bench-", dir=ROOT))
    guard = subprocess.Popen(
        ["sh", "-c", f'cat >/dev/null; [ -d "$0" ] && sleep {GUARD_S}; rm -rf "$0"', str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        assert guard.stdin
        guard.stdin.close()
        guard.wait(STOP_S)


def stop(
    processes: Iterable[subprocess.Popen[Any]], number: signal.Signals = signal.SIGTERM, patience_s: float = STOP_S
) -> None:
    """Ask all to end, and kill what has not within `patience_s` in all."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(number)
    until = time.monotonic() + patience_s
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(processes: Sequence[subprocess.Popen[Any]]) -> Iterator[None]:
    """None of `processes` outlives the block, however it is left."""
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class Load:
    """What processes took over a stretch: shares of one core, and what they held at its end."""

    cpu_share: float
    memory_mib: float
    threads: int
    descriptors: int
    core_busy: float = 0.0
    """The share of the candidates' core that was in use by anybody: more than theirs tells of others at work."""


def measure(pids: Sequence[int], seconds: float) -> Load:
    """The load of all threads of `pids` over `seconds` from now."""
    before, ticks, started = cpu_ns(pids), core_ticks(Path("/proc/stat").read_text()), time.monotonic()
    time.sleep(seconds)
    share = (cpu_ns(pids) - before) / 1e9 / (time.monotonic() - started)
    busy, whole = (now - then for now, then in zip(core_ticks(Path("/proc/stat").read_text()), ticks, strict=True))
    return Load(share, memory_mib(pids), entries(pids, "task"), entries(pids, "fd"), busy / max(whole, 1))


def core_ticks(stat: str) -> tuple[int, int]:
    """Of the candidates' core, ticks in use and ticks in all since the start, from the text of /proc/stat."""
    for line in stat.splitlines():
        name, *ticks = line.split()
        if name == f"cpu{CANDIDATE_CORE}":
            whole = sum(map(int, ticks[:8]))  # what guests took stands in the user's ticks already
            return whole - int(ticks[3]) - int(ticks[4]), whole
    return 0, 0


def cpu_ns(pids: Iterable[int]) -> int:
    """Nanoseconds on a core by the scheduler's own account, all threads that live now."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):  # it has just ended
                total += int(task.read_text().split()[0])
    return total


def memory_mib(pids: Iterable[int]) -> float:
    """Proportional set size, so that shared pages count once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def entries(pids: Iterable[int], kind: str) -> int:
    """How many threads (`task`) or open descriptors (`fd`) there are."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += sum(1 for _ in Path(f"/proc/{pid}/{kind}").iterdir())
    return total
