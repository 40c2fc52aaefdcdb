"""What FFmpeg reads from the relay, as units: configuration first, pictures whole, from the first key frame on.

Blocks: runs in a process of its own (`av_child`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error

from mingjian.capture import failures
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Invalid, RemoteError
from mingjian.kernel.media import (
    TICKS_PER_SECOND,
    AccessUnit,
    AudioConfig,
    Codec,
    StreamConfig,
    VideoConfig,
)
from mingjian.wire.aac import audio_config
from mingjian.wire.depacketize_video import MAX_UNIT_BYTES, ParameterSets
from mingjian.wire.nal import NalKind, from_annex_b, nal_kind, starts_new_picture, to_length_prefixed

NOMINAL_FRAME_90K = 3600
OPTIONS = {
    "rtsp_transport": "tcp",
    "protocol_whitelist": "rtsp,tcp",
    "analyzeduration": "1000000",
    "probesize": "1000000",
}
"""The whitelist leaves out all that opens files, sockets for datagrams, TLS or other hosts' pages."""

_VIDEO = {"h264": Codec.H264, "hevc": Codec.H265}
_AUDIO = {"aac": Codec.AAC, "pcm_alaw": Codec.PCMA, "pcm_mulaw": Codec.PCMU}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that is not delivered: none can be decoded yet, or it is longer than any picture may be."""

    has_config: bool
    too_long: bool = False


Read = StreamConfig | AccessUnit | Skipped


def read(
    url: str, *, audio: bool, clock: Clock, hand_over: Callable[[Read], None], stopped: Callable[[], bool]
) -> None:
    """Open `url` and hand over what comes, until it ends or `stopped` says so.

    Raises RemoteError, whose text never repeats FFmpeg's own, and what `hand_over` raises.
    """
    try:
        with av.open(url, options=OPTIONS, metadata_errors="replace") as container:
            for one in _Reader(container, audio, clock).units():
                if stopped():
                    return
                hand_over(one)
    except (av.error.FFmpegError, OSError) as error:
        if stopped():
            return
        raise RemoteError(
            "capture.av-failed",
            f"FFmpeg 无法读取该流（{type(error).__name__}）",
            remedy="改用 native 引擎，或在摄像机上更换编码设置",
            text_en=f"FFmpeg cannot read this stream ({type(error).__name__})",
            remedy_en="Use the native engine, or change the camera's encoding",
        ) from None


@dataclass(slots=True)
class _Picture:
    """One picture, until the next one shows that it is whole."""

    pts_90k: int | None
    key: bool
    nals: list[bytes]
    damaged: bool
    arrived: UtcNs
    config: VideoConfig


class _Reader:
    """FFmpeg's packets, put together."""

    def __init__(self, container: Any, audio: bool, clock: Clock) -> None:
        self._container = container
        self._clock = clock
        streams = container.streams
        video = next((s for s in streams.video if s.codec_context.name in _VIDEO), None)
        if video is None:
            raise failures.unsupported("、".join(s.codec_context.name for s in list(streams)[:4]))
        self._video = video
        self._codec = _VIDEO[video.codec_context.name]
        self._sets = ParameterSets(self._codec)
        self._video_config = self._sets.update(from_annex_b(bytes(video.codec_context.extradata or b"")))
        self._sound = next((s for s in streams.audio if s.codec_context.name in _AUDIO), None) if audio else None
        self._audio_config = _audio_of(self._sound) if self._sound is not None else None
        if self._audio_config is None:
            self._sound = None
        self._held: _Picture | None = None
        self._told: StreamConfig | None = None
        self._last_90k: int | None = None
        self._step_90k = NOMINAL_FRAME_90K

    def units(self) -> Iterator[Read]:
        """In order, units from the first key frame on."""
        wanted = [self._video] if self._sound is None else [self._video, self._sound]
        for packet in self._container.demux(wanted):
            if packet.size == 0:
                continue
            if packet.stream is self._sound:
                if self._told is not None and packet.pts is not None:
                    yield self._sound_unit(packet)
                continue
            nals = from_annex_b(bytes(packet))
            changed = self._sets.update(nal for nal in nals if nal_kind(self._codec, nal) in _PARAMETERS)
            held = self._held
            if held is not None and self._continues(nals):
                held.nals += nals
                held.key = held.key or packet.is_keyframe
                self._video_config = held.config = changed or held.config
                continue
            self._video_config = changed or self._video_config
            if held is None and (not packet.is_keyframe or self._video_config is None):
                yield Skipped(self._video_config is not None)
                continue
            pts_90k = None if packet.pts is None else int(packet.pts * packet.time_base * TICKS_PER_SECOND)
            if held is not None:
                yield from self._release(held, pts_90k)
            assert self._video_config is not None
            corrupt = bool(packet.is_corrupt)
            self._held = _Picture(pts_90k, packet.is_keyframe, nals, corrupt, self._clock.now(), self._video_config)
        if self._held is not None:
            yield from self._release(self._held, None)

    def _continues(self, nals: list[bytes]) -> bool:
        """Whether these belong to the picture in hand: FFmpeg cuts where a camera repeats its SPS between slices."""
        first = next((nal for nal in nals if nal_kind(self._codec, nal) in _SLICES), None)
        return first is None or not starts_new_picture(self._codec, first)

    def _release(self, picture: _Picture, next_90k: int | None) -> Iterator[Read]:
        """The picture in hand; the time FFmpeg leaves out of some first ones follows from their neighbours."""
        if picture.pts_90k is not None:
            time_90k = picture.pts_90k
        elif self._last_90k is None and next_90k is not None:
            time_90k = next_90k - self._step_90k
        else:
            time_90k = (self._last_90k or 0) + self._step_90k
        if self._last_90k is not None and 0 < time_90k - self._last_90k < TICKS_PER_SECOND:
            self._step_90k = time_90k - self._last_90k
        self._last_90k = time_90k
        if self._told is None or self._told.video is not picture.config:
            self._told = StreamConfig(picture.config, self._audio_config)
            yield self._told
        data = to_length_prefixed(picture.nals)
        if len(data) > MAX_UNIT_BYTES:
            yield Skipped(has_config=True, too_long=True)
            return
        yield AccessUnit(time_90k, picture.key, data, picture.arrived, damaged=picture.damaged)

    def _sound_unit(self, packet: Any) -> AccessUnit:
        time = int(packet.pts * packet.time_base * TICKS_PER_SECOND)
        return AccessUnit(time, True, bytes(packet), self._clock.now(), audio=True, damaged=bool(packet.is_corrupt))


_PARAMETERS = (NalKind.VPS, NalKind.SPS, NalKind.PPS)
_SLICES = (NalKind.SLICE, NalKind.IDR)


def _audio_of(stream: Any) -> AudioConfig | None:
    codec = _AUDIO[stream.codec_context.name]
    if codec is not Codec.AAC:
        return AudioConfig(codec, stream.codec_context.sample_rate, stream.codec_context.channels)
    try:
        return audio_config(bytes(stream.codec_context.extradata or b""))
    except Invalid:
        return None
