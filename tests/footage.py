"""Small real clips (x264, x265) as access units, and a fragment store in memory that keeps the reader's promises."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import av
import numpy as np

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, Codec, StreamConfig
from mingjian.kernel.period import Period
from mingjian.wire.fmp4 import Sample, fragment, init_segment
from mingjian.wire.nal import NalKind, from_annex_b, nal_kind, to_length_prefixed, video_config

FRAMES_PER_SECOND = 25
FRAME_90K = 90_000 // FRAMES_PER_SECOND
FRAME_NS = SECOND_NS // FRAMES_PER_SECOND
EPOCH = UtcNs(0)
SETS = {NalKind.SPS, NalKind.PPS, NalKind.VPS}


@dataclass(frozen=True)
class Clip:
    """A stream's configuration and its frames in decode order; `arrived` counts from 0."""

    config: StreamConfig
    units: tuple[AccessUnit, ...]

    def repeated(self, times: int, start: UtcNs = EPOCH) -> list[AccessUnit]:
        """The clip again and again, times going on, the first frame arriving at `start`."""
        length = len(self.units)
        return [
            replace(
                unit,
                pts_90k=unit.pts_90k + turn * length * FRAME_90K,
                arrived=UtcNs(start + (turn * length + number) * FRAME_NS),
            )
            for turn in range(times)
            for number, unit in enumerate(self.units)
        ]


def make_clip(
    codec: Codec,
    *,
    seconds: int = 4,
    width: int = 320,
    height: int = 180,
    gop: int = 25,
    b_frames: int = 0,
    ground: np.ndarray | None = None,
) -> Clip:
    """Encode a moving square on a changing ground, or on `ground` (height x width x 3)."""
    name, options = (
        "libx264",
        {"preset": "ultrafast", "bf": str(b_frames), "x264-params": f"scenecut=0:bframes={b_frames}"},
    )
    if codec is Codec.H265:
        name = "libx265"
        options = {"preset": "ultrafast", "x265-params": f"scenecut=0:bframes={b_frames}:keyint={gop}:log-level=none"}
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.gop_size = Fraction(1, 90_000), Fraction(FRAMES_PER_SECOND), gop
    encoder.options = options
    packets = []
    for number in range(seconds * FRAMES_PER_SECOND):
        flat = np.full((height, width, 3), (number * 2 % 200, 90, 40), dtype=np.uint8)
        picture = flat if ground is None else ground.copy()
        left = number * 2 % (width - 40)
        picture[60:100, left : left + 40] = (250, 250, 250)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number * FRAME_90K, encoder.time_base
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    sets: list[bytes] = []
    units = []
    for number, packet in enumerate(packets):
        nals = from_annex_b(bytes(packet))
        if not sets:
            sets = [nal for nal in nals if nal_kind(codec, nal) in SETS]
        assert packet.pts is not None
        units.append(AccessUnit(packet.pts, packet.is_keyframe, to_length_prefixed(nals), UtcNs(number * FRAME_NS)))
    if not sets:
        sets = [nal for nal in from_annex_b(encoder.extradata or b"") if nal_kind(codec, nal) in SETS]
    first = min(unit.pts_90k for unit in units)
    shifted = tuple(replace(unit, pts_90k=unit.pts_90k - first) for unit in units)
    return Clip(StreamConfig(video_config(codec, sets)), shifted)


@dataclass(frozen=True)
class MemoryRef:
    """One fragment in memory."""

    volume: str
    path: str
    t0: UtcNs
    t1: UtcNs
    pts0_90k: int
    duration_90k: int
    key_seq: int | None = None


@dataclass(frozen=True)
class MemoryGap:
    """A gap in memory."""

    t0: UtcNs
    t1: UtcNs
    cause: str


@dataclass
class MemoryFragments:
    """Footage in memory by the rules of the store: whole fragments that overlap, gaps cut to what was asked."""

    items: dict[StreamId, list[MemoryRef | MemoryGap]] = field(default_factory=dict)
    data: dict[tuple[str, int], bytes] = field(default_factory=dict)
    inits: dict[str, bytes] = field(default_factory=dict)
    damaged: set[tuple[str, int]] = field(default_factory=set)
    looked_up: list[Period] = field(default_factory=list)

    def record(
        self,
        stream: StreamId,
        clip: Clip,
        start: UtcNs,
        *,
        path: str = "a.mp4",
        turns: int = 1,
        audio: Sequence[Sample] = (),
        frames_each: int = FRAMES_PER_SECOND,
    ) -> UtcNs:
        """One fragment per `frames_each` frames from `start`; the instant after the last."""
        self.inits[path] = init_segment(clip.config)
        units = clip.repeated(turns, start)
        for number in range(0, len(units), frames_each):
            group = units[number : number + frames_each]
            t0 = group[0].arrived
            t1 = UtcNs(group[-1].arrived + FRAME_NS)
            decode = number * FRAME_90K
            samples = [
                Sample(unit.data, FRAME_90K, unit.pts_90k - (number + at) * FRAME_90K, unit.key)
                for at, unit in enumerate(group)
            ]
            data = fragment(
                sequence=number + 1,
                track_id=1,
                decode_time_90k=decode,
                samples=samples,
                wall_clock=t0,
                audio=audio,
                audio_decode_time_90k=decode,
            )
            key_seq = None if group[0].key else 0
            self.items.setdefault(stream, []).append(
                MemoryRef("v", path, t0, t1, decode, FRAME_90K * len(group), key_seq)
            )
            self.data[path, decode] = data
        return t1

    def gap(self, stream: StreamId, start: UtcNs, end: UtcNs, cause: str) -> None:
        self.items.setdefault(stream, []).append(MemoryGap(start, end, cause))

    def fragments(self, stream: StreamId, period: Period) -> Iterator[MemoryRef | MemoryGap]:
        self.looked_up.append(period)
        for item in self.items.get(stream, []):
            if item.t0 < period.end and period.start < item.t1:
                if isinstance(item, MemoryGap):
                    item = replace(item, t0=max(item.t0, period.start), t1=min(item.t1, period.end))
                yield item

    def read(self, ref: MemoryRef) -> bytes:
        if (ref.path, ref.pts0_90k) in self.damaged:
            raise LocalError("storage.fragment-corrupt", "片段与录制时的哈希不符", text_en="The fragment was changed")
        return self.data[ref.path, ref.pts0_90k]

    def init(self, ref: MemoryRef) -> bytes:
        return self.inits[ref.path]


def decoded_times(data: bytes) -> list[float]:
    """Presentation times in seconds of every picture that FFmpeg decodes from an MP4."""
    with av.open(io.BytesIO(data)) as container:
        assert isinstance(container, av.container.InputContainer)
        return [frame.time for frame in container.decode(video=0)]
