"""Keeps the processes of one installation running; each failure is its own.

A child that ends is started again after a delay that grows while it keeps failing. Children watch their standard
input: when the supervisor is gone it closes, and they stop cleanly instead of recording beside a successor.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import structlog

from mingjian.kernel.clock import SECOND_NS, Clock

FIRST_DELAY_S = 0.2
"""A crash is usually over at once: recording must be back within seconds."""
LONGEST_DELAY_S = 5.0
"""A child that cannot start must not burn a core, yet come back soon once its cause is gone."""
STEADY_S = 30.0
"""A child that ran this long has recovered; its next failure starts from the first delay."""
STOP_S = 10.0
"""How long a child may take to close its fragments before it is killed."""
STDERR_LIMIT_BYTES = 1 << 20
"""Kept of a child's raw error output; its structured log is a file of its own."""


def restart_delay_s(failures: int, ran_s: float) -> tuple[float, int]:
    """How long to wait before the next start, and the new count of failures in a row."""
    failures = 1 if ran_s >= STEADY_S else failures + 1
    return min(FIRST_DELAY_S * 2 ** (failures - 1), LONGEST_DELAY_S), failures


@dataclass(slots=True)
class Child:
    """One process of the installation: `arguments` follow `python -m mingjian`; no secret is among them."""

    name: str
    arguments: list[str]
    command: tuple[str, ...] = ()
    """Another program, whole, instead of `python -m mingjian` with `arguments`."""
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    last_sent: str = ""


class Supervisor:
    """Runs children until `stop`; `send` writes one JSON line to a child's standard input."""

    def __init__(self, *, clock: Clock, logs: Path) -> None:
        self._clock = clock
        self._logs = logs
        self._log = structlog.get_logger("supervisor")
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.children: dict[str, Child] = {}

    def add(self, child: Child) -> None:
        """Start `child` and keep it running."""
        self.children[child.name] = child
        self._tasks.append(asyncio.create_task(self._keep(child), name=child.name))

    def send(self, name: str, message: dict[str, object]) -> None:
        """Hand a child a message, once to each of its lives: the same one is not sent twice. Never waits.

        A child that has not read the last one yet gets no other; the caller comes again.
        """
        line = json.dumps(message, sort_keys=True)
        child = self.children[name]
        process = child.process
        if process is None or process.stdin is None or line == child.last_sent:
            return
        if process.stdin.is_closing() or process.stdin.transport.get_write_buffer_size():
            return
        process.stdin.write(line.encode() + b"\n")
        child.last_sent = line

    async def stop(self) -> None:
        """Ask every child to end, wait for a bounded time, then insist."""
        self._stopping.set()
        for child in self.children.values():
            if child.process is not None and child.process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGTERM)
        _, late = await asyncio.wait(self._tasks, timeout=STOP_S) if self._tasks else (set(), set())
        for child in self.children.values():
            if child.process is not None and child.process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.kill()
        if late:
            await asyncio.wait(late, timeout=STOP_S)

    async def _keep(self, child: Child) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = self._clock.monotonic_ns()
            code: int | None = None
            try:
                code = await self._run_once(child)
            except Exception:  # noqa: BLE001 - a supervisor: whatever keeps a child from running is told and tried again
                self._log.exception("child could not be run", child=child.name)
                await _end(child.process)
            if self._stopping.is_set():
                return
            child.restarts += 1
            delay_s, failures = restart_delay_s(failures, (self._clock.monotonic_ns() - started) / SECOND_NS)
            self._log.warning("child ended", child=child.name, code=code, again_in_s=delay_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def _run_once(self, child: Child) -> int:
        """One life of `child`; its exit status. Raises OSError when the system gives no process, file or memory."""
        child.process = None
        with self._errors(child.name) as errors:
            child.process = await asyncio.create_subprocess_exec(
                *(child.command or (sys.executable, "-m", "mingjian", *child.arguments)),
                stdin=asyncio.subprocess.PIPE,
                stdout=errors,
                stderr=errors,
            )
        if self._stopping.is_set():  # asked to stop while this one was being made
            child.process.terminate()
        child.last_sent = ""
        self._log.info("child started", child=child.name, pid=child.process.pid)
        return await child.process.wait()

    def _errors(self, name: str) -> BinaryIO:
        """Where a child's raw output goes: nowhere while the system disk takes none, which is no reason not to run."""
        path = self._logs / f"{name}.stderr"
        try:
            mode = "ab" if path.exists() and path.stat().st_size < STDERR_LIMIT_BYTES else "wb"
            return cast("BinaryIO", path.open(mode))
        except OSError as error:
            self._log.error("output of a child is not kept", child=name, why=str(error))
            return Path(os.devnull).open("wb")


async def _end(process: asyncio.subprocess.Process | None) -> None:
    """Nothing runs beside its own successor."""
    if process is not None and process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
