"""One publisher, many bounded readers of one stream, on one event loop.

A new reader gets the configuration and the last group of pictures at once. No reader ever blocks the publisher or
another reader: a slow one loses whole groups of pictures (`transport.backlog`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig
from mingjian.transport.backlog import GOP_BYTES_MAX, Backlog, Interrupted, Item

READERS_MAX = 512
"""Readers of one stream: a county's viewers of one famous camera; beyond it `Overloaded` is honest."""

GOP_ITEMS_MAX = 2048
"""Audio and video units kept with the last key frame; a GOP beyond it is not offered to new readers."""


class Reader:
    """An async iterator of items for one consumer. It ends after `close`, or when the publisher ends.

    Cancelling a waiting `anext` loses nothing.
    """

    def __init__(self, backlog: Backlog | None = None, on_close: Callable[[Reader], None] | None = None) -> None:
        self._backlog = backlog or Backlog()
        self._on_close = on_close
        self._arrived = asyncio.Event()
        self._ended = False
        self._failure: Exception | None = None

    def push(self, item: Item) -> None:
        """For the publisher: never blocks; ignored after the end."""
        if not self._ended:
            self._backlog.push(item)
            self._arrived.set()

    def end(self, failure: Exception | None = None) -> None:
        """For the publisher: what waits is still read, then the iteration stops or raises `failure`."""
        self._ended = True
        self._failure = self._failure or failure
        self._arrived.set()

    def close(self) -> None:
        """For the consumer: stop now; what waits is forgotten. May be called twice."""
        self.end()
        while self._backlog.pop() is not None:
            pass
        if self._on_close is not None:
            on_close, self._on_close = self._on_close, None
            on_close(self)

    def skip_to_newest_key(self) -> None:
        """Forget what waits before the newest waiting key frame, told by a `Dropped`."""
        self._backlog.skip_to_newest_key()

    @property
    def waiting(self) -> int:
        """Items not taken yet."""
        return len(self._backlog)

    def __aiter__(self) -> Reader:
        return self

    async def __anext__(self) -> Item:
        while (item := self._backlog.pop()) is None:
            if self._ended:
                if self._failure is not None:
                    raise self._failure
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return item


class Hub(SourceSink):
    """The publisher's side of one stream. All calls on one event loop; none blocks."""

    def __init__(self, *, gop_bytes_max: int = GOP_BYTES_MAX, on_readers: Callable[[int], None] | None = None) -> None:
        self._readers: list[Reader] = []
        self._patient: set[Reader] = set()
        self._config: StreamConfig | None = None
        self._interrupted: Interrupted | None = None
        self._gop: list[AccessUnit] = []
        self._gop_bytes = 0
        self._gop_bytes_max = gop_bytes_max
        self.on_readers = on_readers
        """Called with the number of readers at each change: starts and stops a stream pulled on demand."""

    @property
    def readers(self) -> int:
        return len(self._readers)

    @property
    def config(self) -> StreamConfig | None:
        """The current configuration, or None while nothing has come."""
        return self._config

    @property
    def live_readers(self) -> int:
        """Readers that want each frame as it comes."""
        return len(self._readers) - len(self._patient)

    def open(self, *, patient: bool = False) -> Reader:
        """A new reader, beginning with the configuration and the last group of pictures, or the interruption.

        A `patient` one does not mind frames some tens of milliseconds late.
        """
        reader = Reader(on_close=self._forget)
        if patient:
            self._patient.add(reader)
        if self._config is not None:
            reader.push(self._config)
        if self._interrupted is not None:
            reader.push(self._interrupted)
        for unit in self._gop:
            reader.push(unit)
        self._readers.append(reader)
        self._tell()
        return reader

    def close(self) -> None:
        """End every reader: the publisher goes away."""
        readers, self._readers = self._readers, []
        self._patient.clear()
        for reader in readers:
            reader.end()
        self.rest()

    def rest(self) -> None:
        """Nothing is pulled any more, by our own will: forget what would be stale when it starts again."""
        self._config = None
        self._interrupted = None
        self._forget_gop()

    def on_config(self, config: StreamConfig) -> None:
        self._config = config
        self._interrupted = None
        self._forget_gop()
        self._push(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        if unit.key and not unit.audio:
            self._gop = [unit]
            self._gop_bytes = len(unit.data)
        elif self._gop:
            self._gop.append(unit)
            self._gop_bytes += len(unit.data)
        if self._gop_bytes > self._gop_bytes_max or len(self._gop) > GOP_ITEMS_MAX:
            self._forget_gop()
        for reader in self._readers:
            reader.push(unit)

    def on_camera_time(self, report: CameraTime) -> None:
        """Viewers are shown our clock, never the camera's."""

    def on_lost(self, packets: int) -> None:
        """The unit concerned is marked `damaged`; viewers see it as the camera's network delivered it."""

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        since = self._interrupted.since if self._interrupted is not None else last_data
        news = Interrupted(cause, since)
        if news != self._interrupted:
            self._interrupted = news
            self._push(news)
        self._config = None
        self._forget_gop()

    def _push(self, item: Item) -> None:
        for reader in self._readers:
            reader.push(item)

    def _forget_gop(self) -> None:
        self._gop = []
        self._gop_bytes = 0

    def _forget(self, reader: Reader) -> None:
        self._patient.discard(reader)
        if reader in self._readers:
            self._readers.remove(reader)
            self._tell()

    def _tell(self) -> None:
        if self.on_readers is not None:
            self.on_readers(len(self._readers))
