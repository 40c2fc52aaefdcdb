"""Leaks made of marked pictures, as whoever spreads them makes them: encoded again, smaller, cut, photographed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from mingjian.processing import package_copy_worker, transcode_worker

Luma = NDArray[np.uint8]
STREAM = transcode_worker.ENCODER
COPY = package_copy_worker.ENCODER
LEAK = {"preset": "medium", "crf": "28"}


@dataclass(frozen=True, slots=True)
class Leak:
    """What is done to pictures before they are spread."""

    name: str
    scale: float = 1
    cut: float = 0
    crf: int | None = None
    jpeg: int | None = None
    brighter: float = 1
    photographed: bool = False


REQUIRED = Leak("half the size, a tenth cut, CRF 28", 0.5, 0.1, 28)
LEAKS = (
    Leak("as delivered"),
    Leak("CRF 28", crf=28),
    Leak("half the size", 0.5),
    Leak("a tenth cut", cut=0.1),
    REQUIRED,
    Leak("the same, then a JPEG of quality 60", 0.5, 0.1, 28, jpeg=60),
    Leak("the same, a fifth cut", 0.5, 0.2, 28),
    Leak("the same, brighter by a fifth", 0.5, 0.1, 28, brighter=1.2),
    Leak("three quarters of the size, half cut, CRF 28", 0.75, 0.5, 28),
    Leak("photographed from a screen (simulated)", photographed=True),
)


def encoded(frames: Sequence[Luma], options: Mapping[str, str], gop: int) -> list[Luma]:
    """The pictures after x264 and back."""
    height, width = frames[0].shape
    encoder = av.CodecContext.create("libx264", "w")
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(encoder, av.VideoCodecContext)
    assert isinstance(decoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.gop_size = Fraction(1, 25), Fraction(25), gop
    encoder.thread_count = decoder.thread_count = 1
    encoder.options = dict(options)
    made: list[av.VideoFrame] = []
    for number, luma in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(
            format="yuv420p", src_color_range=1, dst_color_range=1
        )
        frame.pts = number
        for packet in encoder.encode(frame):
            made += decoder.decode(packet)
    for packet in encoder.encode(None):
        made += decoder.decode(packet)
    made += decoder.decode(None)
    return [_luma(frame) for frame in made]


def leaked(frames: Sequence[Luma], leak: Leak, random: np.random.Generator) -> list[Luma]:
    """The pictures as the world sees them."""
    made = [_resized(frame, leak.scale) for frame in frames]
    if leak.cut:
        height, width = made[0].shape
        high, wide = round(height * (1 - leak.cut)) // 2 * 2, round(width * (1 - leak.cut)) // 2 * 2
        top, left = int(random.integers(0, height - high + 1)), int(random.integers(0, width - wide + 1))
        made = [frame[top : top + high, left : left + wide] for frame in made]
    if leak.crf is not None:
        made = encoded([_even(frame) for frame in made], LEAK | {"crf": str(leak.crf)}, 250)
    if leak.brighter != 1:
        made = [np.clip(frame * leak.brighter, 0, 255).astype(np.uint8) for frame in made]
    if leak.photographed:
        made = [_photograph(frame, random) for frame in made]
    if leak.jpeg is not None:
        made = [_jpeg(frame, leak.jpeg) for frame in made]
    return made


def _photograph(frame: Luma, random: np.random.Generator) -> Luma:
    """A camera before a screen, held nearly straight: enlarged, a little askew, blurred, noisy, a JPEG."""
    picture = Image.fromarray(frame)
    width, height = picture.size
    high = 900
    picture = picture.resize((round(width * high / height), high), Image.Resampling.BICUBIC)
    askew = float(random.uniform(-0.5, 0.5))
    picture = picture.rotate(askew, resample=Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.5))
    wide = picture.width
    edge = high // 25
    picture = picture.crop((edge, edge, wide - edge, high - edge))
    values = np.asarray(picture, np.float64)
    shown = 255 * (values / 255) ** 1.15 * 0.85 + 14 + random.normal(size=values.shape) * 5
    return _jpeg(np.clip(np.rint(shown), 0, 255).astype(np.uint8), 80)


def _resized(frame: Luma, scale: float) -> Luma:
    if scale == 1:
        return frame
    picture = Image.fromarray(frame)
    size = round(picture.width * scale) // 2 * 2, round(picture.height * scale) // 2 * 2
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC))


def _jpeg(frame: Luma, quality: int) -> Luma:
    out = BytesIO()
    Image.fromarray(frame).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


def _even(frame: Luma) -> Luma:
    return frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]


def _luma(frame: av.VideoFrame) -> Luma:
    plane = frame.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width].copy()
