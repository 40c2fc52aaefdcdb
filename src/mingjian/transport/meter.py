"""What a stream really delivers, measured on its access units: state, codec, rate, frame rate, GOP, age."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig

WINDOW_NS = 5 * SECOND_NS
"""Rates are averages over this window: long enough for two usual GOPs, short enough to show a change."""


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A stream as of `at`. Rates are 0 before the first full window; times are UTC nanoseconds."""

    state: str
    """`starting`, `online` or `interrupted`."""
    cause: str
    evidence: str
    since: int
    last_data: int
    codec: str
    codec_string: str
    width: int
    height: int
    audio: str
    frames_per_second: float
    bits_per_second: int
    gop_s: float
    frames: int
    lost_packets: int
    camera_offset_ms: int | None
    """The camera's clock less ours at its last sender report."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class StreamMeter(SourceSink):
    """Listens beside the recorder; `status` may be read at any time on the same loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._state, self._cause, self._evidence = "starting", "", ""
        self._since = clock.now()
        self._last_data = UtcNs(0)
        self._config: StreamConfig | None = None
        self._window_from = 0
        self._window_bytes = self._window_frames = 0
        self._rate_bits = 0
        self._rate_frames = 0.0
        self._last_key_90k: int | None = None
        self._gop_s = 0.0
        self._frames = self._lost = 0
        self._offset_ms: int | None = None

    def on_config(self, config: StreamConfig) -> None:
        if self._state != "online":
            self._state, self._cause, self._evidence, self._since = "online", "", "", self._clock.now()
            self._window_from = 0
            self._last_key_90k = None
        self._config = config

    def on_access_unit(self, unit: AccessUnit) -> None:
        self._last_data = unit.arrived
        if unit.audio:
            return
        self._frames += 1
        if unit.key:
            if self._last_key_90k is not None and unit.pts_90k > self._last_key_90k:
                self._gop_s = (unit.pts_90k - self._last_key_90k) / TICKS_PER_SECOND
            self._last_key_90k = unit.pts_90k
        if self._window_from == 0:
            self._window_from = unit.arrived
        self._window_bytes += len(unit.data)
        self._window_frames += 1
        if (span := unit.arrived - self._window_from) >= WINDOW_NS:
            self._rate_bits = self._window_bytes * 8 * SECOND_NS // span
            self._rate_frames = round((self._window_frames - 1) * SECOND_NS / span, 2)
            self._window_from, self._window_bytes, self._window_frames = unit.arrived, len(unit.data), 1

    def on_camera_time(self, report: CameraTime) -> None:
        self._offset_ms = (report.camera - report.received) // 1_000_000

    def on_lost(self, packets: int) -> None:
        self._lost += packets

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        if self._state != "interrupted":
            self._since = last_data or self._since
        self._state, self._cause, self._evidence = "interrupted", cause.value, evidence
        self._rate_bits, self._rate_frames = 0, 0.0

    def status(self) -> StreamStatus:
        """The stream as measured up to now."""
        video = self._config.video if self._config else None
        audio = self._config.audio if self._config else None
        return StreamStatus(
            state=self._state,
            cause=self._cause,
            evidence=self._evidence,
            since=self._since,
            last_data=self._last_data,
            codec=video.codec.value if video else "",
            codec_string=video.codec_string if video else "",
            width=video.width if video else 0,
            height=video.height if video else 0,
            audio=audio.codec.value if audio else "",
            frames_per_second=self._rate_frames,
            bits_per_second=self._rate_bits,
            gop_s=round(self._gop_s, 3),
            frames=self._frames,
            lost_packets=self._lost,
            camera_offset_ms=self._offset_ms,
        )


def flat(sink: SourceSink) -> tuple[SourceSink, ...]:
    """Those whom `sink` hands everything on to, or `sink` itself: who calls them saves one call for every frame."""
    return sink.sinks if isinstance(sink, Tee) else (sink,)


class Tee(SourceSink):
    """Hands everything to each of its sinks, in order."""

    def __init__(self, *sinks: SourceSink) -> None:
        self.sinks = sinks

    def on_config(self, config: StreamConfig) -> None:
        for sink in self.sinks:
            sink.on_config(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        for sink in self.sinks:
            sink.on_access_unit(unit)

    def on_camera_time(self, report: CameraTime) -> None:
        for sink in self.sinks:
            sink.on_camera_time(report)

    def on_lost(self, packets: int) -> None:
        for sink in self.sinks:
            sink.on_lost(packets)

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        for sink in self.sinks:
            sink.on_interrupted(cause, evidence, last_data)
