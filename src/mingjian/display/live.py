"""From a hub's items to what a browser appends: one fMP4 fragment per frame, sent the moment it arrives.

Sound is not part of the live view: a tile wall with sixteen microphones helps nobody, and recorded sound is heard in
playback where the camera's record names a legal basis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mingjian.display.decode_times import DecodeTimes
from mingjian.display.mime import mime_type
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, StreamConfig, VideoConfig
from mingjian.transport.backlog import Dropped, Interrupted, Item
from mingjian.wire.fmp4 import VIDEO_TRACK, Sample, fragment, init_segment


@dataclass(frozen=True, slots=True)
class LiveInit:
    """Before the first frame and at each change of configuration."""

    data: bytes
    mime: str
    video: VideoConfig


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One frame. `arrived` is when the recorder had it; media time grows without holes over any interruption."""

    data: bytes
    arrived: UtcNs
    media_time_s: float
    duration_s: float
    key: bool


class LiveMuxer:
    """Items in, browser bytes out. Nothing comes before the first key frame after a configuration or a loss."""

    def __init__(self) -> None:
        self._config: StreamConfig | None = None
        self._times = DecodeTimes()
        self._sequence = 0
        self._in_group = False

    @property
    def awaits_key(self) -> bool:
        """Whether frames come and none of them can be the first of a picture."""
        return self._config is not None and not self._in_group

    def feed(self, item: Item) -> Iterator[LiveInit | LiveFrame | Interrupted | Dropped]:
        """What `item` becomes. Interruptions and losses come back as they are, for the viewer to be told."""
        match item:
            case AccessUnit():
                if self._config is not None and not item.audio and (item.key or self._in_group):
                    self._in_group = True
                    yield self._frame(item)
            case StreamConfig():
                silent = StreamConfig(item.video)
                self._restart()
                if silent != self._config:
                    self._config = silent
                    yield LiveInit(init_segment(silent), mime_type(silent), silent.video)
            case _:
                self._restart()
                yield item

    def _restart(self) -> None:
        self._in_group = False
        self._times.restart()

    def _frame(self, unit: AccessUnit) -> LiveFrame:
        decode, offset, duration = self._times.place(unit.pts_90k)
        self._sequence = self._sequence % 0xFFFF_FFFF + 1
        data = fragment(
            sequence=self._sequence,
            track_id=VIDEO_TRACK,
            decode_time_90k=decode,
            samples=(Sample(unit.data, duration, offset, unit.key),),
            wall_clock=unit.arrived,
        )
        return LiveFrame(data, unit.arrived, decode / TICKS_PER_SECOND, duration / TICKS_PER_SECOND, unit.key)
