"""One media time line for a connection: video as the camera stamps it, sound set beside it."""

from __future__ import annotations

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND
from mingjian.wire.rtcp import SenderReport
from mingjian.wire.rtp import Unwrapper

MAX_APART_90K = 2 * TICKS_PER_SECOND
"""Sound further than this from the picture arriving beside it lost its place: one of the clocks was set."""
NOTICEABLE_90K = TICKS_PER_SECOND // 10
"""Sender reports move sound only when it stands off by more than this; less is jitter, which nobody hears."""


class Timeline:
    """Ticks at 90 kHz, unwrapped. Video keeps the camera's own time stamps, jumps included: marking a jump is for
    whoever stores it. Each track has a random start (RFC 3550 §5.1), so sound is laid beside the picture by arrival,
    and exactly as soon as both tracks' sender reports tell which instants belong together."""

    def __init__(self, audio_rate_hz: int = 0) -> None:
        self._audio_rate_hz = audio_rate_hz
        self._video = Unwrapper()
        self._audio = Unwrapper()
        self._last_video_90k: int | None = None
        self._last_video_at = 0
        self._offset_90k: int | None = None
        self._video_report: tuple[UtcNs, int] | None = None
        self._audio_report: tuple[UtcNs, int] | None = None

    def picture(self, timestamp: int, arrived: UtcNs) -> int:
        """The time of a picture, in ticks of 90 kHz."""
        self._last_video_90k = self._video.unwrap(timestamp)
        self._last_video_at = arrived
        return self._last_video_90k

    def sound(self, timestamp: int, arrived: UtcNs) -> int | None:
        """The time of a sound frame, or None while no picture says where the line is."""
        ticks = self._scaled(self._audio.unwrap(timestamp))
        if self._last_video_90k is None:
            return None
        beside = self._last_video_90k + (arrived - self._last_video_at) * 9 // 100_000
        if self._offset_90k is None or abs(ticks + self._offset_90k - beside) > MAX_APART_90K:
            self._offset_90k = beside - ticks
            self._video_report = self._audio_report = None
        return ticks + self._offset_90k

    def report_video(self, report: SenderReport) -> int:
        """The media time of a sender report of the video track."""
        ticks = self._video.nearest(report.rtp)
        self._video_report = (report.utc, ticks)
        self._align()
        return ticks

    def report_audio(self, report: SenderReport) -> None:
        """A sender report of the sound track."""
        if self._audio_rate_hz:
            self._audio_report = (report.utc, self._scaled(self._audio.nearest(report.rtp)))
            self._align()

    def _scaled(self, ticks: int) -> int:
        return ticks * TICKS_PER_SECOND // self._audio_rate_hz

    def _align(self) -> None:
        if self._video_report is None or self._audio_report is None or self._offset_90k is None:
            return
        apart_ns = self._video_report[0] - self._audio_report[0]
        exact = self._video_report[1] - apart_ns * TICKS_PER_SECOND // SECOND_NS - self._audio_report[1]
        if NOTICEABLE_90K < abs(exact - self._offset_90k) < MAX_APART_90K:
            self._offset_90k = exact
