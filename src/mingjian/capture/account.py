"""Signing in to one camera: what its streams know together, so that the camera locks nobody out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mingjian.capture.retry import refused_delay_s
from mingjian.kernel.clock import SECOND_NS, Clock


@dataclass(slots=True)
class _Refusals:
    """How often in a row, until when nobody may try again, and what was said last."""

    count: int = 0
    until_ns: int = 0
    evidence: str = ""


class CameraAccount:
    """One camera's account, shared by the keepers of its streams; each names itself as `stream`. For one event loop.

    Until the camera has accepted the credentials one stream tries them at a time, and after each refusal all of them
    wait, longer each time; only an acceptance ends the row. It outlives the connections, so that a stream that is
    stopped and wanted again waits too. A stream refused while another one is signed in lacks a right, not the password:
    it waits alone.
    """

    def __init__(
        self, clock: Clock, random: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """`random` gives [0, 1)."""
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._shared = _Refusals()
        self._alone: dict[object, _Refusals] = {}
        self._signed_in: set[object] = set()
        self._proven = False
        self._trying: object | None = None
        self._settled = asyncio.Event()

    async def turn(self, stream: object, waits: Callable[[str], None]) -> None:
        """Return when `stream` may connect; it then owes `accepted` or `refused`, if either comes, and `left`.

        `waits` is told the evidence of the refusal whenever one must be waited out.
        """
        while True:
            refusals = max(self._shared, self._alone.get(stream, self._shared), key=lambda found: found.until_ns)
            wait_ns = refusals.until_ns - self._clock.monotonic_ns()
            if wait_ns > 0:
                waits(refusals.evidence)
                await self._sleep(wait_ns / SECOND_NS)
            elif self._proven or self._trying is None:
                break
            else:
                self._settled.clear()
                await self._settled.wait()
        if not self._proven:
            self._trying = stream

    def accepted(self, stream: object) -> None:
        """The camera took the credentials."""
        self._shared = _Refusals()
        self._alone.pop(stream, None)
        self._signed_in.add(stream)
        self._proven = True
        self._settle(stream)

    def refused(self, stream: object, evidence: str) -> None:
        """The camera refused them."""
        if self._signed_in - {stream}:
            found = self._alone.setdefault(stream, _Refusals())
        else:
            found, self._proven = self._shared, False
        found.count += 1
        found.until_ns = self._clock.monotonic_ns() + round(refused_delay_s(found.count, self._random()) * SECOND_NS)
        found.evidence = evidence

    def left(self, stream: object) -> None:
        """The connection is over."""
        self._signed_in.discard(stream)
        self._settle(stream)

    def _settle(self, stream: object) -> None:
        if self._trying is stream:
            self._trying = None
        self._settled.set()
