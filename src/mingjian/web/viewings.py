"""The sockets that show pictures now, by Grant: who closes a viewing ends them first and waits for what they showed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

SETTLE_S = 3.0
"""Storing the seconds of a wall of sockets takes milliseconds; a stuck one holds up no closing for longer. What it
stores later is entered as a supplement."""


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """One socket: `ending` asks it to end, `gone` is set once it has stored what it showed."""

    ending: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Viewings:
    """Shared by the media path and the route that closes a viewing; for one event loop."""

    _showing: dict[str, set[Showing]] = field(default_factory=dict)

    @contextmanager
    def showing(self, grant: str) -> Iterator[Showing]:
        """A socket of `grant`, from its first picture until what it showed is stored."""
        socket = Showing()
        self._showing.setdefault(grant, set()).add(socket)
        try:
            yield socket
        finally:
            socket.gone.set()
            self._showing[grant].discard(socket)
            if not self._showing[grant]:
                del self._showing[grant]

    def pictures(self, grant: str) -> int:
        """How many sockets of `grant` show a picture now. Called from any thread."""
        return len(self._showing.get(grant, ()))

    def alone(self, grant: str) -> bool:
        """Whether at most one socket of `grant` shows a picture."""
        return len(self._showing.get(grant, ())) <= 1

    async def settle(self, grant: str) -> None:
        """End the sockets of `grant`; return when each has stored its seconds, or after a bounded time."""
        sockets = list(self._showing.get(grant, ()))
        for socket in sockets:
            socket.ending.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                for socket in sockets:
                    await socket.gone.wait()
