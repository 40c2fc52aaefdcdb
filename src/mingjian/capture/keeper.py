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

STABLE_S = 10.0
"""A connection that delivered this long starts the schedule afresh; a shorter one counts as a further failure, so
that a camera in a reboot loop, or one that locks accounts, is not hammered."""


class _Watch(SourceSink):
    """Passes everything on and remembers when data last came."""

    def __init__(self, sink: SourceSink, last_data: UtcNs, accepted: Callable[[], None]) -> None:
        self._sink = sink
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
        self._sink.on_access_unit(unit)

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
        self._last_data = UtcNs(0)
        self._failures: Failures | None = None
        self._failing_since_ns = 0

    async def run(self) -> NoReturn:
        """Reconnect for ever. A fault of our own becomes a gap and is raised, for the supervisor to record.

        May be cancelled and called again: waits that the account is owed are kept.
        """
        self._told = None
        while True:
            await self._account.turn(self, self._waits)
            cause, evidence = await self._once()
            self._tell(cause, evidence)
            now_ns = self._clock.monotonic_ns()
            if self._failures is None:
                self._failing_since_ns = now_ns
            self._failures = after(self._failures, (now_ns - self._failing_since_ns) / SECOND_NS)
            if cause is GapCause.AUTH_FAILED:
                self._account.refused(self, evidence)  # and `turn` waits
            else:
                await self._sleep(delay_s(self._failures, self._random()))

    def _waits(self, evidence: str) -> None:
        """Another stream's refusal, or one from before this run, keeps us waiting: say so, once."""
        if self._told is not GapCause.AUTH_FAILED:
            self._tell(GapCause.AUTH_FAILED, evidence)

    def _tell(self, cause: GapCause, evidence: str) -> None:
        self._told = cause
        self._sink.on_interrupted(cause, evidence, self._last_data)

    async def _once(self) -> tuple[GapCause, str]:
        """One connection, from opening to its end, and why it ended."""
        watch = _Watch(self._sink, self._last_data, lambda: self._account.accepted(self))
        try:
            await self._open().run(watch)
            error: MingjianError = failures.closed()
        except MingjianError as failure:
            error = failure
        except asyncio.CancelledError:
            self._sink.on_interrupted(GapCause.RECORDER_STOPPED, "", watch.last_data)
            raise
        except Exception as fault:
            self._sink.on_interrupted(GapCause.UNKNOWN, f"internal: {type(fault).__name__}", watch.last_data)
            raise
        finally:
            self._last_data = watch.last_data
            self._account.left(self)
        if watch.first_data is not None and watch.last_data - watch.first_data >= STABLE_S * SECOND_NS:
            self._failures = None
        return failures.gap_cause(error), f"{error.code}: {error.text}"
