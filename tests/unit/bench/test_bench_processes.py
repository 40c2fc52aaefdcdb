"""What a bench starts is measured rightly and goes with it, scratch directory included, even when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bench.processes import command, core_ticks, cpu_ns, entries, memory_mib, need, scratch, stop
from bench.section import CannotRun

CHILD = """
import sys, time
from bench.processes import scratch
with scratch() as folder:
    (folder / "media").write_bytes(b"x")
    print(folder, flush=True)
    sys.stdin.readline()
"""


def test_a_core_is_in_use_when_it_neither_idles_nor_waits() -> None:
    assert core_ticks("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1\ncpu1 10 1 5 80 4 0 2 3 7 0\n") == (21, 105)
    assert core_ticks("cpu0 1 1 1 1 1 1 1 1 1 1\n") == (0, 0)


def test_this_process_has_a_load_and_one_that_is_gone_has_none() -> None:
    assert cpu_ns([os.getpid()]) > 0
    assert memory_mib([os.getpid()]) > 1
    assert entries([os.getpid()], "task") >= 1
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert (cpu_ns([gone.pid]), memory_mib([gone.pid]), entries([gone.pid], "fd")) == (0, 0, 0)


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(CannotRun, match="no-such-program not found"):
        need("true", "no-such-program")


def test_a_command_is_pinned_and_dies_with_its_parent() -> None:
    words = command("true", core="1")
    assert words[:3] == ["setpriv", "--pdeathsig", "KILL"]
    assert words[-4:] == ["taskset", "-c", "1", "true"]
    assert "taskset" not in command("true")


def test_a_process_that_does_not_obey_is_killed() -> None:
    deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo ready; read line"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)  # fmt: skip
    assert deaf.stdout
    assert deaf.stdin
    deaf.stdout.readline()
    stop([deaf], patience_s=0)
    assert deaf.returncode == -signal.SIGKILL
    deaf.stdout.close()
    deaf.stdin.close()


def test_a_scratch_directory_goes_with_its_block() -> None:
    with scratch() as folder:
        (folder / "media").write_bytes(b"x")
    assert not folder.exists()


def test_a_scratch_directory_goes_also_when_the_bench_is_killed() -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    assert child.stdin
    folder = Path(child.stdout.readline().strip())
    assert folder.exists()
    child.kill()
    child.wait()
    # the guard holds the same output open: its end is the sign that it has cleaned up
    assert child.stdout.read() == ""
    assert not folder.exists()
    child.stdout.close()
    child.stdin.close()
