"""Looks at a camera's own stream: the reference picture, and what its key frames show of privacy masks.

Straight from the camera, not from a recorder: a camera may be looked at before anything of it is recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from mingjian.bootstrap.sources import open_source
from mingjian.capture.address import CameraAddress
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig, VideoConfig
from mingjian.processing.keyframes import KeyFrameDecoder
from mingjian.processing.mask_reading import AreaReading, readings
from mingjian.processing.snapshot import kept_snapshot, live_snapshot
from mingjian.processing.watermark import Watermark
from mingjian.web.services import silent_camera

PICTURES = 5
APART_NS = SECOND_NS * 5 // 4
"""Key frames at least this far apart, so that five of them span five seconds."""
TIMEOUT_S = 30.0
"""Five key frames of a camera with groups of 4 s, after a slow start."""


@dataclass(frozen=True, slots=True)
class _Seen:
    video: VideoConfig
    unit: AccessUnit
    at: UtcNs


class _KeyFrames(SourceSink):
    """Keeps `most` key frames of the picture, each `apart_ns` after the one before."""

    def __init__(self, clock: Clock, most: int, apart_ns: int) -> None:
        self.enough = asyncio.Event()
        self.seen: list[_Seen] = []
        self._clock, self._most, self._apart_ns = clock, most, apart_ns
        self._config: StreamConfig | None = None

    def on_config(self, config: StreamConfig) -> None:
        self._config = config

    def on_access_unit(self, unit: AccessUnit) -> None:
        if unit.audio or not unit.key or self._config is None or self.enough.is_set():
            return
        now = self._clock.now()
        if not self.seen or now - self.seen[-1].at >= self._apart_ns:
            self.seen.append(_Seen(self._config.video, unit, now))
        if len(self.seen) >= self._most:
            self.enough.set()

    def on_camera_time(self, report: CameraTime) -> None:
        """The camera's clock is not asked: proof rests on our own."""

    def on_lost(self, packets: int) -> None:
        """A damaged key frame does not decode, and says so."""

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        """Sources do not call it."""


@dataclass(frozen=True, slots=True)
class CameraLooks:
    """`web.services.Looks`."""

    clock: Clock

    async def picture(self, address: CameraAddress, mark: Watermark) -> bytes:
        seen = await self._seen(address, 1, 0)
        return await asyncio.to_thread(live_snapshot, seen[0].video, seen[0].unit, mark)

    def marked(self, jpeg: bytes, mark: Watermark) -> bytes:
        return kept_snapshot(jpeg, mark)

    async def readings(
        self, address: CameraAddress, areas: Sequence[Sequence[tuple[float, float]]]
    ) -> Sequence[Sequence[AreaReading]]:
        seen = await self._seen(address, PICTURES, APART_NS)

        def decoded() -> list[list[AreaReading]]:
            return readings([(one.at, KeyFrameDecoder(one.video).picture(one.unit)) for one in seen], areas)

        return await asyncio.to_thread(decoded)

    async def _seen(self, address: CameraAddress, most: int, apart_ns: int) -> list[_Seen]:
        sink = _KeyFrames(self.clock, most, apart_ns)
        running = asyncio.ensure_future(open_source(address, self.clock).run(sink))
        enough = asyncio.ensure_future(sink.enough.wait())
        try:
            await asyncio.wait({running, enough}, timeout=TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            for task in (running, enough):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(running, enough, return_exceptions=True)
        if not sink.seen:
            raise silent_camera()
        return sink.seen
