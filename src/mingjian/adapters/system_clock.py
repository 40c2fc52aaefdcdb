"""The one reader of the machine's time."""

from __future__ import annotations

import time

from mingjian.kernel.clock import UtcNs


class SystemClock:
    """`kernel.clock.Clock` over the operating system: wall time may step, monotonic time never does."""

    def now(self) -> UtcNs:
        return UtcNs(time.time_ns())

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()
