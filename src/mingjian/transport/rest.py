"""Rests of an event loop that only records: it wakes some times a second instead of once for every frame.

Woken for each frame, an interpreter begins each time with cold caches; after a rest it takes many cameras' frames in
one go. Measured with 100 cameras of 25 frames a second, that halves what the loop costs. Everything on the loop is late
by at most `REST_S`: the arrival of a frame is when it was taken, at most so much after it came. Nothing is lost: the
kernel keeps what comes meanwhile, and TCP slows the sender down long before that is full.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

REST_S = 0.2
"""Five frames of each camera: a tenth cheaper than 100 ms; longer gains little. An arrival is wrong by far less than
the half second at which a stream's time line is corrected."""
LOOK_S = 1.0
"""How often a loop that may not rest asks again."""


class Rests:
    """Lets the running loop rest between two turns for as long as `allowed` says so; it is asked before each rest."""

    def __init__(self, allowed: Callable[[], bool], *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._allowed, self._sleep = allowed, sleep
        self._next: asyncio.Handle | None = None

    def start(self) -> None:
        """Begin; called on the loop."""
        loop = asyncio.get_running_loop()
        self._next = loop.call_soon(self._turn, loop)

    def stop(self) -> None:
        """No rest from now on."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._allowed():
            self._sleep(REST_S)
            self._next = loop.call_soon(self._turn, loop)  # everything that came is taken before the next rest
        else:
            self._next = loop.call_later(LOOK_S, self._turn, loop)
