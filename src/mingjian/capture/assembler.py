"""From a connection's tracks to its sink: configuration first, units from the first key frame on, one time line."""

from __future__ import annotations

from mingjian.capture.timeline import Timeline
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.media import (
    AccessUnit,
    AudioConfig,
    CameraTime,
    SourceSink,
    StreamConfig,
    VideoConfig,
)
from mingjian.wire.depacketize_video import VideoTrack
from mingjian.wire.rtcp import SenderReport


class Assembler:
    """Listens to the depacketizers of one connection (`VideoListener`, `AudioListener`) and feeds the sink."""

    def __init__(self, sink: SourceSink, clock: Clock, audio: AudioConfig | None) -> None:
        self._sink = sink
        self._on_unit = sink.on_access_unit
        self._clock = clock
        self._audio = audio
        self._timeline = Timeline(audio.sample_rate_hz if audio else 0)
        self._video: VideoConfig | None = None
        self._told: StreamConfig | None = None
        self._started = False
        self._early: dict[bool, tuple[SenderReport, UtcNs]] = {}
        self._late_ns = 0
        self.pictures = 0
        """Pictures that came, delivered or not."""
        self.last_picture_ns = 0
        """Monotonic time of the last one."""

    @property
    def has_config(self) -> bool:
        """Whether readable parameter sets have come."""
        return self._video is not None

    @property
    def started(self) -> bool:
        """Whether a key frame has come and units flow."""
        return self._started

    def on_video_config(self, config: VideoConfig) -> None:
        self._video = config

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        arrived = UtcNs(self._clock.now() - self._late_ns)
        self.pictures += 1
        self.last_picture_ns = self._clock.monotonic_ns()
        if not self._started:
            if not key or self._video is None:
                return
            self._started = True
        assert self._video is not None
        if self._told is None or self._told.video is not self._video:
            self._told = StreamConfig(self._video, self._audio)
            self._sink.on_config(self._told)
        self._on_unit(AccessUnit(self._timeline.picture(timestamp, arrived), key, data, arrived, False, damaged))
        while self._early:
            audio, (report, received) = self._early.popitem()
            self._use(report, received, audio)

    def end(self, track: VideoTrack, silent_ns: int) -> None:
        """Nothing more comes: the picture in hand, which only the next one would have ended, is delivered as come when
        the camera was last heard."""
        self._late_ns = silent_ns
        track.flush()

    def on_sound(self, timestamp: int, data: bytes, damaged: bool) -> None:
        arrived = self._clock.now()
        if not self._started:
            return
        pts_90k = self._timeline.sound(timestamp, arrived)
        if pts_90k is not None:
            self._sink.on_access_unit(AccessUnit(pts_90k, True, data, arrived, audio=True, damaged=damaged))

    def on_packets_lost(self, packets: int) -> None:
        if self._started:
            self._sink.on_lost(packets)

    def on_sender_report(self, report: SenderReport, *, audio: bool) -> None:
        """The camera's own clock: recorded with the video, used to set sound beside it."""
        received = self._clock.now()
        if self._started:
            self._use(report, received, audio)
        else:
            self._early[audio] = (report, received)  # the next one is seconds away: used with the first picture

    def _use(self, report: SenderReport, received: UtcNs, audio: bool) -> None:
        if audio:
            self._timeline.report_audio(report)
            return
        pts_90k = self._timeline.report_video(report)
        self._sink.on_camera_time(CameraTime(pts_90k, report.utc, received))
