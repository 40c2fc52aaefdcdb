"""Streams pulled only while somebody watches: sub streams start with the first reader and linger after the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.transport.hub import Hub

LINGER_S = 60.0
"""A viewer who comes back within it finds a running stream, and cameras are not opened and closed all day."""


class Demand:
    """Whether a stream is wanted: while it has readers, and `linger_s` after the last one left. Pure."""

    def __init__(self, linger_s: float = LINGER_S) -> None:
        self._linger_ns = round(linger_s * SECOND_NS)
        self._readers = 0
        self._until_ns: int | None = None

    def readers_changed(self, readers: int, now_ns: int) -> None:
        """`readers` as of the monotonic time `now_ns`."""
        if self._readers and not readers:
            self._until_ns = now_ns + self._linger_ns
        elif readers:
            self._until_ns = None
        self._readers = readers

    def wanted(self, now_ns: int) -> bool:
        return self._readers > 0 or (self._until_ns is not None and now_ns < self._until_ns)

    def ends_in_s(self, now_ns: int) -> float | None:
        """Seconds until it may stop being wanted; None where only a change of readers can end or start it."""
        if self._readers or self._until_ns is None or now_ns >= self._until_ns:
            return None
        return (self._until_ns - now_ns) / SECOND_NS


async def run_on_demand(
    hub: Hub, run: Callable[[], Awaitable[None]], clock: Clock, *, linger_s: float = LINGER_S
) -> None:
    """Keep `run()` (a keeper feeding `hub`) going while the hub is wanted; for ever. Owns `hub.on_readers`.

    A failure of `run` is raised here, to the caller's supervisor; `run` is cancelled when this is.
    """
    demand = Demand(linger_s)
    changed = asyncio.Event()

    def on_readers(readers: int) -> None:
        demand.readers_changed(readers, clock.monotonic_ns())
        changed.set()

    hub.on_readers = on_readers
    on_readers(hub.readers)
    source: asyncio.Future[None] | None = None
    try:
        while True:
            changed.clear()
            now_ns = clock.monotonic_ns()
            if demand.wanted(now_ns) and source is None:
                source = asyncio.ensure_future(run())
            elif source is not None and not demand.wanted(now_ns):
                await _stop(source)
                source = None
                hub.rest()
            await _first(changed, source, demand.ends_in_s(clock.monotonic_ns()))
            if source is not None and source.done():
                finished, source = source, None
                finished.result()
    finally:
        hub.on_readers = None
        if source is not None:
            await _stop(source)


async def _first(changed: asyncio.Event, source: asyncio.Future[None] | None, timeout_s: float | None) -> None:
    """Return when the readers changed, the source ended, or the linger time may be over."""
    waiter = asyncio.ensure_future(changed.wait())
    try:
        awaited: set[asyncio.Future[Any]] = {waiter}
        if source is not None:
            awaited.add(source)
        await asyncio.wait(awaited, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()


async def _stop(source: asyncio.Future[None]) -> None:
    source.cancel()
    with suppress(asyncio.CancelledError):
        await source
