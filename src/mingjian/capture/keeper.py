"""Keeps one stream flowing, for ever: opens a source, names each interruption, waits as the schedule says, again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

from mingjian.capture import failures
from mingjian.capture.account import CameraAccount
from mingjian.capture.retry import Failures, after, delay_s
from mingjian.capture.source import Source
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig
from mingjian.transport.meter import flat

STABLE_S = 10.0
"""A connection that delivered this long starts the schedule afresh; a shorter one counts as a further failure, so
that a camera in a reboot loop, or one that locks accounts, is not hammered."""


class _Watch(SourceSink):
    """Passes everything on and remembers when data last came."""

    def __init__(self, sink: SourceSink, last_data: UtcNs, accepted: Callable[[], None]) -> None:
        self._sink = sink
        self._sinks = flat(sink)
        self._accepted = accepted
        self.last_data = last_data
        self.first_data: UtcNs | None = None

    def on_config(self, config: StreamConfig) -> None:
        self._accepted()
        self._sink.on_config(config)

    def on_camera_time(self, report: CameraTime) -> None:
        self._sink.on_camera_time(report)

    def on_lost(self, packets: int) -> None:
        self._sink.on_lost(packets)

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.last_data = unit.arrived
        if self.first_data is None:
            self.first_data = unit.arrived
        for sink in self._sinks:
            sink.on_access_unit(unit)

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        """Sources do not call it; one that did would only be heard twice."""


class Keeper:
    """One stream's keeper. `run` never returns; cancel it to stop."""

    def __init__(
        self,
        *,
        open: Callable[[], Source],
        sink: SourceSink,
        clock: Clock,
        random: Callable[[], float],
        account: CameraAccount | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`open` makes a fresh source for each attempt and may raise; `random` gives [0, 1).

        `account` is what the keepers of one camera share; without it this one is alone with its camera.
        """
        self._open = open
        self._sink = sink
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._account = account or CameraAccount(clock, random, sleep)
        self._told: GapCause | None = None
        self._shed: str | None = None
        self._resumed = asyncio.Event()
        self._connection: asyncio.Future[None] | None = None
        self._last_data = UtcNs(0)
        self._failures: Failures | None = None
        self._failing_since_ns = 0

    async def run(self) -> NoReturn:
        """Reconnect for ever. A fault of our own becomes a gap and is raised, for the supervisor to record.

        May be cancelled and called again: waits that the account is owed are kept.
        """
        self._told = None
        while True:
            if self._shed is not None:
                self._tell(GapCause.OVERLOAD, self._shed)
                self._resumed.clear()
                await self._resumed.wait()
                continue
            await self._account.turn(self, self._waits)
            if self._shed is not None:  # while it waited for its turn
                self._account.left(self)
                continue
            ended = await self._once()
            if ended is None:
                continue
            cause, evidence = ended
            self._tell(cause, evidence)
            now_ns = self._clock.monotonic_ns()
            if self._failures is None:
                self._failing_since_ns = now_ns
            self._failures = after(self._failures, (now_ns - self._failing_since_ns) / SECOND_NS)
            if cause is GapCause.AUTH_FAILED:
                self._account.refused(self, evidence)  # and `turn` waits
            else:
                await self._sleep(delay_s(self._failures, self._random()))

    def shed(self, evidence: str) -> None:
        """Pull nothing until `resume`: the connection ends after the frame in hand, and its gap is `overload`."""
        self._shed = evidence
        if self._connection is not None:
            self._connection.cancel()

    def resume(self) -> None:
        """Connect again, if it was shed."""
        self._shed = None
        self._resumed.set()

    def _waits(self, evidence: str) -> None:
        """Another stream's refusal, or one from before this run, keeps us waiting: say so, once."""
        if self._told is not GapCause.AUTH_FAILED:
            self._tell(GapCause.AUTH_FAILED, evidence)

    def _tell(self, cause: GapCause, evidence: str) -> None:
        self._told = cause
        self._sink.on_interrupted(cause, evidence, self._last_data)

    async def _once(self) -> tuple[GapCause, str] | None:
        """One connection, from opening to its end, and why it ended; None when it was shed."""
        watch = _Watch(self._sink, self._last_data, lambda: self._account.accepted(self))
        try:
            self._connection = asyncio.ensure_future(self._open().run(watch))
            await self._connection
            error: MingjianError = failures.closed()
        except MingjianError as failure:
            error = failure
        except asyncio.CancelledError:
            if self._shed is not None and not _cancelled():
                return None
            self._sink.on_interrupted(GapCause.RECORDER_STOPPED, "", watch.last_data)
            raise
        except Exception as fault:
            self._sink.on_interrupted(GapCause.UNKNOWN, f"internal: {type(fault).__name__}", watch.last_data)
            raise
        finally:
            self._connection = None
            self._last_data = watch.last_data
            self._account.left(self)
        if watch.first_data is not None and watch.last_data - watch.first_data >= STABLE_S * SECOND_NS:
            self._failures = None
        return failures.gap_cause(error), f"{error.code}: {error.text}"


def _cancelled() -> bool:
    """Whether someone asked the task that runs to end, and not only what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
