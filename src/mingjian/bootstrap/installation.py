"""`mingjian serve`: the processes of one installation, supervised, and the assignment of cameras to recorders."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from mingjian.bootstrap.assignment import Assignment
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.supervisor import Child, Supervisor
from mingjian.kernel.clock import Clock

ASSIGN_EVERY_S = 1.0
"""How soon a camera put on record starts recording; the same assignment is not sent twice."""

PREPARE_AGAIN_S = 5.0
"""A database that is mounted late or restored is used within this."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A process beside the usual ones: simulated cameras and a witness in the demonstration."""

    name: str
    arguments: list[str]
    command: tuple[str, ...] = ()
    """Another program than our own, whole; empty for `mingjian` with `arguments`."""


def recorder_name(number: int) -> str:
    return f"recorder-{number}"


async def run_installation(
    *,
    places: DataDirectory,
    settings: Settings,
    clock: Clock,
    assignments: Callable[[], Sequence[Assignment]],
    prepare: Callable[[], None],
    extras: Sequence[Extra] = (),
    on_started: Callable[[], None] = lambda: None,
    until_input_end: bool = False,
) -> None:
    """Run until SIGTERM or SIGINT, or until standard input ends where `until_input_end` says so.

    Recorders start first, from their stored assignment, and stop last.

    `prepare` brings the database to this version, after the recorders have started. `assignments` reads it (one per
    recorder) and may fail: recorders then go on with what they have. Neither failure stops a recording.
    """
    supervisor = Supervisor(clock=clock, logs=places.logs)
    log = structlog.get_logger("installation")
    data = ["--data", str(places.root)]
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, stopping.set)
    parent = asyncio.create_task(until_input_ends(stopping)) if until_input_end else None
    try:
        for extra in extras:
            supervisor.add(Child(extra.name, extra.arguments, command=extra.command))
        for number in range(settings.recorders):
            supervisor.add(Child(recorder_name(number), ["internal", "recorder", str(number), *data]))
        await _prepare(prepare, stopping, recording=bool(places.assignments()))
        if not stopping.is_set():
            for role in ("keeper", "web", "previews", "scrub"):
                supervisor.add(Child(role, ["internal", role, *data]))
            on_started()
        last_failure = ""
        while not stopping.is_set():
            try:
                for number, assignment in enumerate(await asyncio.to_thread(assignments)):
                    supervisor.send(recorder_name(number), assignment.to_json())
                last_failure = ""
            except Exception as failure:  # whatever is wrong with database or key, recording outlives it
                if (text := repr(failure)) != last_failure:
                    log.exception("assignments unavailable; recorders keep theirs")
                    last_failure = text
            try:
                await asyncio.wait_for(stopping.wait(), ASSIGN_EVERY_S)
            except TimeoutError:
                continue
    finally:
        if parent is not None:
            parent.cancel()
        await supervisor.stop()


async def _prepare(prepare: Callable[[], None], stopping: asyncio.Event, *, recording: bool) -> None:
    """Return once `prepare` has succeeded, or `stopping` is set.

    While recorders have work a failure is recorded and tried again, for they need no database; on a first start, with
    nothing to record, it is raised for the installer to see.
    """
    log = structlog.get_logger("installation")
    last_failure = ""
    while not stopping.is_set():
        try:
            await asyncio.to_thread(prepare)
            return
        except Exception as failure:  # a driver, a migration, a key: none may stop recorders that need none of them
            if not recording:
                raise
            if (text := repr(failure)) != last_failure:
                log.exception("database unavailable; recorders go on from their last assignment")
                last_failure = text
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), PREPARE_AGAIN_S)
