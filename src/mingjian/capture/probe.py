"""The stream test of the camera page: what an address really delivers, measured on its own frames."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from mingjian.capture import failures
from mingjian.capture.source import Source
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import (
    TICKS_PER_SECOND,
    AccessUnit,
    CameraTime,
    GapCause,
    SourceSink,
    StreamConfig,
)

DEFAULT_TIMEOUT_S = 12.0
"""Long enough for two key frames 4 s apart after a slow start; an operator waits no longer."""
KEY_FRAMES = 3
"""Two whole GOPs give rate and spacing."""
LEAST_S = 2.0
"""A shorter look would mistake one burst for the rate."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Measured, not declared. `gop_s` is 0 when no second key frame came in time; `audio` is empty without sound."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_bps: int
    gop_s: float
    audio: str = ""


class _Measure(SourceSink):
    def __init__(self) -> None:
        self.enough = asyncio.Event()
        self.config: StreamConfig | None = None
        self._times: list[int] = []
        self._keys: list[int] = []
        self._bytes = 0

    def on_config(self, config: StreamConfig) -> None:
        self.config = config

    def on_access_unit(self, unit: AccessUnit) -> None:
        if self.enough.is_set():
            return
        self._bytes += len(unit.data)
        if unit.audio:
            return
        self._times.append(unit.pts_90k)
        if unit.key:
            self._keys.append(unit.pts_90k)
            span = unit.pts_90k - self._times[0]
            if len(self._keys) >= KEY_FRAMES and span >= LEAST_S * TICKS_PER_SECOND:
                self.enough.set()

    def on_camera_time(self, report: CameraTime) -> None:
        """The camera's clock is not part of the test."""

    def on_lost(self, packets: int) -> None:
        """Loss shows in the rate."""

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        """Sources do not call it."""

    def result(self) -> ProbeResult | None:
        """What was measured, or None when no frame came."""
        if self.config is None or not self._times:
            return None
        span_s = (max(self._times) - min(self._times)) / TICKS_PER_SECOND
        frames = len(self._times) - 1
        spacing = [(b - a) / TICKS_PER_SECOND for a, b in zip(self._keys, self._keys[1:], strict=False) if b > a]
        video, audio = self.config.video, self.config.audio
        return ProbeResult(
            codec=video.codec.value,
            width=video.width,
            height=video.height,
            fps=round(frames / span_s, 2) if span_s > 0 else 0.0,
            bitrate_bps=round(self._bytes * 8 / span_s) if span_s > 0 else 0,
            gop_s=round(sum(spacing) / len(spacing), 3) if spacing else 0.0,
            audio=audio.codec.value if audio else "",
        )


async def probe(source: Source, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> ProbeResult:
    """Read `source` until two whole GOPs are measured, at most `timeout_s`. Raises what the source raises."""
    measure = _Measure()
    running = asyncio.ensure_future(source.run(measure))
    enough = asyncio.ensure_future(measure.enough.wait())
    try:
        await asyncio.wait({running, enough}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, enough):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(running, enough, return_exceptions=True)
    result = measure.result()
    if result is None:
        raise failures.no_video(timeout_s, udp=False)
    return result
