"""What a person started and the system killed leaves nothing behind that would hold ports or go on recording."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mingjian.adapters.system_clock import SystemClock
from mingjian.cli.selftest_client import free_port
from mingjian.cli.selftest_steps import Selftest

STARTED_S = 110
"""The simulated pictures are drawn first, on a machine that does other things too."""
GONE_S = 30


def commands(place: Path) -> dict[int, list[str]]:
    """The words of every process whose command line names a path under `place`."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            words = (
                (entry / "cmdline").read_bytes().decode(errors="replace").split("\0") if entry.name.isdigit() else []
            )
        except OSError:
            continue  # it ended meanwhile
        if any(word.startswith(str(place)) for word in words):
            found[int(entry.name)] = words
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a `mingjian` command whose directories lie under `tmp_path`; what is left of it dies at the end."""
    begun: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "mingjian", *arguments],
                env={**os.environ, "TMPDIR": str(tmp_path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        )
        return begun[-1]

    yield run
    for process in begun:
        process.kill()
        process.wait()
    for pid in commands(tmp_path):
        os.kill(pid, signal.SIGKILL)


def killed_while(process: subprocess.Popen[bytes], place: Path, wanted: set[str]) -> None:
    """Kill `process` once all of `wanted` run under `place`; soon nothing does."""
    run = Selftest("", place, {}, SystemClock())

    def all_run() -> bool:
        assert process.poll() is None, "it ended by itself"
        return wanted <= {word for words in commands(place).values() for word in words}

    run.wait(f"{wanted}", STARTED_S, all_run)
    process.kill()
    process.wait()
    run.wait("nothing left", GONE_S, lambda: not commands(place))


@pytest.mark.timeout(2 * (STARTED_S + GONE_S))
def test_a_killed_demonstration_leaves_no_witness_and_no_cameras(
    start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = start(
        "demo", "--data", str(tmp_path / "demo"), "--cameras", "1",
        *("--port", str(free_port()), "--camera-port", str(free_port()), "--witness-port", str(free_port())),
    )  # fmt: skip
    killed_while(process, tmp_path, {"simulate", "witness", "recorder"})


def test_a_killed_selftest_leaves_no_installation_and_no_witness(
    start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    killed_while(start("selftest"), tmp_path, {"serve", "witness", "recorder"})
