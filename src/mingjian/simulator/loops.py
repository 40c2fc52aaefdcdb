"""Loops: encoded once, kept on disk as fragmented MP4, played for ever in phase with the wall clock.

A file's name is a digest of all that went into it, so a changed scene or size is a new file and a stale one is never
played. Files appear whole or not at all (written aside, then renamed).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, LocalError, RemoteError
from mingjian.kernel.media import TICKS_PER_SECOND, Codec, StreamConfig, VideoConfig
from mingjian.simulator.scene import Look, Scene, picture
from mingjian.simulator.strip import MAX_FRAMES
from mingjian.wire.fmp4 import VIDEO_TRACK, Sample, boxes, fragment, init_segment, parse_fragment, parse_init
from mingjian.wire.nal import NalKind, from_annex_b, from_length_prefixed, nal_kind, to_length_prefixed, video_config

ENCODING_VERSION = 1
"""Raise it when drawing or encoding changes: cached loops of older versions are then left alone and made anew."""
ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265"}
ENCODED_AT_ONCE = 2
"""Loops encoded side by side, in threads (encoders release the interpreter): what a small machine has cores for."""
_GRAIN_LEVELS = 3
_GRAIN_PLANES = 4
_GRAIN_SEED = 20_170_701


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """All that decides the bytes of a loop."""

    scene: Scene
    codec: Codec = Codec.H264
    width: int = 1920
    height: int = 1080
    fps: int = 25
    seconds: int = 10
    gop: int = 50
    bitrate_bps: int = 3_000_000
    look: Look = Look.NORMAL
    grain: bool = True
    """Sensor noise in the luma: gives the rate control something to spend its bits on, as a real picture does."""

    def __post_init__(self) -> None:
        if self.codec not in ENCODERS:
            raise Invalid(
                "simulator.codec",
                f"循环画面只能是 H.264 或 H.265，不能是 {self.codec}",
                text_en=f"a loop is H.264 or H.265, not {self.codec}",
                field="codec",
            )
        if not 0 < self.frames <= MAX_FRAMES or self.frames % self.gop:
            raise Invalid(
                "simulator.frames",
                f"循环画面应为 1 到 {MAX_FRAMES} 帧，且由完整的 GOP 组成",
                text_en=f"a loop has 1 to {MAX_FRAMES} frames in whole GOPs",
                field="seconds",
            )
        if self.width % 2 or self.height % 2 or self.width < 64 or self.height < 64:
            raise Invalid(
                "simulator.size",
                "宽和高应为偶数且不小于 64",
                text_en="width and height are even and at least 64",
                field="width",
            )

    @property
    def frames(self) -> int:
        return self.fps * self.seconds

    @property
    def file_name(self) -> str:
        """Names the loop by its content; the readable head is for whoever looks into the directory."""
        digest = hashlib.sha256(f"{ENCODING_VERSION} {self!r}".encode()).hexdigest()[:16]
        codec = self.codec.replace(".", "").lower()
        return f"{self.scene.place}-{self.height}-{codec}-{self.look}-{digest}.mp4"


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """One picture of a loop: its NAL units, parameter sets in band at key frames, no SEI."""

    nals: tuple[bytes, ...]
    key: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A decoded description and every frame of one loop; frame 0 is a key frame."""

    config: VideoConfig
    fps: int
    frames: tuple[LoopFrame, ...]


def prepare(specs: Iterable[LoopSpec], directory: Path) -> None:
    """Every loop of `specs` is on disk in `directory` afterwards; only missing ones are encoded.

    Blocks for seconds per missing loop. Raises LocalError when the directory or the encoder fails.
    """
    missing = [spec for spec in dict.fromkeys(specs) if not (directory / spec.file_name).exists()]
    if not missing:
        return
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if len(missing) == 1:
            _make(missing[0], directory)
            return
        # The dearest first, so that the pool does not end with one long loop on one core.
        missing.sort(key=lambda spec: (spec.codec is Codec.H265, spec.width), reverse=True)
        with ThreadPoolExecutor(ENCODED_AT_ONCE) as pool:
            list(pool.map(_make, missing, [directory] * len(missing)))
    except (OSError, av.FFmpegError) as failure:
        raise LocalError(
            "simulator.loop",
            f"无法在 {directory} 中生成模拟摄像机的循环画面：{failure}",
            remedy="换一个可写、剩余空间不少于 100 MB 的目录",
            text_en=f"a simulated camera's loop cannot be made in {directory}: {failure}",
            remedy_en="choose a writable directory with some 100 MB free",
        ) from failure


def load(spec: LoopSpec, directory: Path) -> Loop:
    """The loop of `spec`, encoded first when it is not there or not readable."""
    path = directory / spec.file_name
    if not path.exists():
        prepare([spec], directory)
    try:
        return _read(path, spec.fps)
    except RemoteError:
        path.unlink()
        prepare([spec], directory)
        return _read(path, spec.fps)


def with_look(spec: LoopSpec, look: Look) -> LoopSpec:
    """The same loop, spoilt."""
    return replace(spec, look=look)


def resized(spec: LoopSpec) -> LoopSpec:
    """The same view at two thirds of the size: what a camera sends after someone changed its settings."""
    return replace(spec, width=spec.width * 2 // 3 // 2 * 2, height=spec.height * 2 // 3 // 2 * 2)


def _read(path: Path, fps: int) -> Loop:
    data = path.read_bytes()
    whole = list(boxes(data))
    starts = [offset for kind, offset, _ in whole if kind == b"prft"]
    if not starts:
        raise RemoteError("simulator.loop", f"{path.name} 中没有画面", text_en=f"{path.name} holds no picture")
    config = parse_init(data[: starts[0]]).video
    frames = []
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        for track in parse_fragment(data[start:end]).tracks:
            frames += [
                LoopFrame(tuple(from_length_prefixed(bytes(sample.data))), sample.key) for sample in track.samples
            ]
    return Loop(config, fps, tuple(frames))


def _make(spec: LoopSpec, directory: Path) -> None:
    frames = [
        [nal for nal in from_annex_b(unit) if nal_kind(spec.codec, nal) is not NalKind.SEI] for unit in _encode(spec)
    ]
    config = StreamConfig(video_config(spec.codec, [nal for frame in frames for nal in frame]))
    ticks = TICKS_PER_SECOND // spec.fps
    parts = [init_segment(config)]
    for start in range(0, len(frames), spec.gop):
        samples = [
            Sample(to_length_prefixed(nals), ticks, 0, place == 0)
            for place, nals in enumerate(frames[start : start + spec.gop])
        ]
        when = UtcNs(start * 1_000_000_000 // spec.fps)
        number = start // spec.gop + 1
        parts.append(
            fragment(
                sequence=number, track_id=VIDEO_TRACK, decode_time_90k=start * ticks, samples=samples, wall_clock=when
            )
        )
    path = directory / spec.file_name
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_bytes(b"".join(parts))
    aside.replace(path)


def _encode(spec: LoopSpec) -> Iterator[bytes]:
    """One Annex B access unit a picture, in order: no B frames, a key frame every `gop`, nothing looked ahead."""
    encoder = VideoCodecContext.create(ENCODERS[spec.codec], "w")
    assert isinstance(encoder, VideoCodecContext), "the encoders named here encode pictures"
    encoder.width, encoder.height, encoder.pix_fmt = spec.width, spec.height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, spec.fps), Fraction(spec.fps)
    encoder.bit_rate, encoder.gop_size, encoder.max_b_frames = spec.bitrate_bps, spec.gop, 0
    encoder.thread_count = 1
    keys = f"keyint={spec.gop}:min-keyint={spec.gop}:scenecut=0:bframes=0"
    kilobits = spec.bitrate_bps // 1000
    rate = f"vbv-maxrate={kilobits}:vbv-bufsize={kilobits}"
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    if spec.codec is Codec.H264:
        encoder.options |= {"x264-params": f"{keys}:{rate}:repeat-headers=1"}
    else:
        encoder.options |= {
            "x265-params": f"{keys}:{rate}:open-gop=0:repeat-headers=1:info=0:log-level=none:frame-threads=1"
        }
    grain = _grain(spec.width, spec.height) if spec.grain else []
    for index in range(spec.frames):
        image = picture(spec.scene, spec.look, spec.width, spec.height, index, spec.fps, spec.frames)
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24").reformat(format="yuv420p")
        if grain and spec.look is not Look.BLACK:
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
            noise = grain[0 if spec.look is Look.FROZEN else index % len(grain)].copy()
            for left, top, right, bottom in spec.scene.masked(spec.width, spec.height):
                noise[top : bottom + 1, left : right + 1] = 0  # the sensor's noise is under the mask
            rows[:, : plane.width] += noise
        frame.pts, frame.time_base = index, encoder.time_base
        for packet in encoder.encode(frame):
            yield bytes(packet)
    for packet in encoder.encode(None):
        yield bytes(packet)


@lru_cache(maxsize=2)
def _grain(width: int, height: int) -> list[NDArray[np.uint8]]:
    """A few fixed planes of noise, modulo 256: every colour drawn stays at least its level away from both ends."""
    chance = np.random.default_rng(_GRAIN_SEED)
    wanted = (height, width)
    return [
        chance.integers(-_GRAIN_LEVELS, _GRAIN_LEVELS + 1, wanted, dtype=np.int8).view(np.uint8)
        for _ in range(_GRAIN_PLANES)
    ]
