"""When to send which frame: frame `n` of a stream is due `n / fps` seconds after the epoch, plus the stream's phase.

One timer serves all streams of one rate and phase, because a timer per stream costs more than the sending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs

Beat = Callable[[int, UtcNs], None]
"""Called with the frame number and the time it is now."""

_MAX_LATE_NS = SECOND_NS
"""Later than this, or as much too early (someone set the clock), counting starts anew from the clock."""


class Pacer:
    """Calls every member once a frame, in phase with the wall clock, while `run` runs."""

    def __init__(self, clock: Clock, *, fps: int = 25, phase_ns: int = 0) -> None:
        self._clock = clock
        self._fps = fps
        self._phase_ns = phase_ns
        self._members: list[Beat] = []
        self.late_ns = 0
        """How late the last beat was: a bench asks this to know that the sender kept up."""

    def join(self, member: Beat) -> None:
        """From the next frame on, call `member`; it must not block."""
        self._members.append(member)

    def leave(self, member: Beat) -> None:
        """Stop calling `member`."""
        self._members.remove(member)

    def due(self, number: int) -> UtcNs:
        """When frame `number` is to be sent."""
        return UtcNs(self._phase_ns + number * SECOND_NS // self._fps)

    def following(self, now: UtcNs) -> int:
        """The number of the first frame that is due after `now`."""
        return (now - self._phase_ns) * self._fps // SECOND_NS + 1

    async def run(self) -> None:
        """Beat until cancelled."""
        number = self.following(self._clock.now())
        while True:
            await asyncio.sleep(max(0, self.due(number) - self._clock.now()) / SECOND_NS)
            now = self._clock.now()
            if now < self.due(number):
                continue
            self.late_ns = now - self.due(number)
            if self.late_ns > _MAX_LATE_NS:
                number = self.following(now)
                continue
            for member in tuple(self._members):
                member(number, now)
            number += 1
            if self.due(number) - now > _MAX_LATE_NS:
                number = self.following(now)
