"""A child that cannot be started is told and tried again, for ever; it never takes another one's keeping with it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from structlog.testing import capture_logs

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.supervisor import FIRST_DELAY_S, LONGEST_DELAY_S, STEADY_S, Child, Supervisor, restart_delay_s

LIMIT_S = 30
READS = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)\n"
DEAF = "import time\nprint('started', flush=True)\ntime.sleep(3600)\n"


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


@asynccontextmanager
async def supervised(logs: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(clock=SystemClock(), logs=logs)
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def until(ready: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not ready():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.02)


async def test_a_child_whose_start_fails_is_told_and_runs_once_it_can(tmp_path: Path) -> None:
    program = tmp_path / "program"
    with capture_logs() as told:
        async with supervised(tmp_path) as supervisor:
            child = Child("late", [], command=(str(program),))
            supervisor.add(child)
            await until(lambda: child.restarts)
            program.symlink_to("/bin/cat")
            await until(lambda: child.process is not None)
    (first, *_) = [line for line in told if line["event"] == "child could not be run"]
    assert (first["child"], first["exc_info"]) == ("late", True)


async def test_a_child_runs_although_its_output_cannot_be_kept(tmp_path: Path) -> None:
    async with supervised(tmp_path / "no such folder") as supervisor:
        child = Child("quiet", [], command=("/bin/cat",))
        supervisor.add(child)
        await until(lambda: child.process is not None)
        assert child.restarts == 0


async def test_no_failure_of_a_start_is_the_end_of_its_keeping(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        children = [
            Child("no such program", [], command=(str(tmp_path / "missing"),)),
            Child("not a command at all", [], command=(f"{sys.executable}\0",)),
        ]
        for child in children:
            supervisor.add(child)
        await until(lambda: all(child.restarts >= 2 for child in children))


async def test_a_child_that_does_not_read_holds_up_no_message_to_another(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        for name, program in (("deaf", DEAF), ("hears", READS)):
            supervisor.add(Child(name, [], command=python(program)))
        await until(lambda: all(child.process for child in supervisor.children.values()))
        for number in range(20):
            supervisor.send("deaf", {"number": number, "much": "x" * 100_000})
        await until(lambda: (tmp_path / "deaf.stderr").read_text())
        supervisor.send("hears", {"word": "heard"})
        await until(lambda: "heard" in (tmp_path / "hears.stderr").read_text())


def test_delays_grow_to_a_bound_and_begin_anew_after_a_steady_run() -> None:
    delays, failures = [], 0
    for _ in range(8):
        delay_s, failures = restart_delay_s(failures, 0.1)
        delays.append(delay_s)
    assert delays[0] == FIRST_DELAY_S
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY_S
    assert restart_delay_s(failures, STEADY_S) == (FIRST_DELAY_S, 1)
