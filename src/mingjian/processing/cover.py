"""Masks put into decoded pictures: what lay under them is gone from the numbers, not merely drawn over."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from mingjian.kernel.masks import Cover, Point, RedactionMask, corners_at

GROW_PIXELS = 2
"""Beyond the line that was drawn: chroma has half the samples, and an encoder bleeds a little."""
FILL_LUMA, GREY = 40, 128
BLUR_PARTS = 12
"""A blurred picture is this many squares high, whatever was there: no letter and no feature outlives it."""

Plane = NDArray[np.uint8]


def cover(frame: av.VideoFrame, masks: Sequence[RedactionMask], at_ms: float) -> av.VideoFrame:
    """`frame` (yuv420p, even sides) with the masks of `at_ms`, changed in place unless a decoder still refers to it."""
    there = [(mask, corners) for mask in masks if (corners := corners_at(mask, at_ms)) is not None]
    if not there:
        return frame
    frame.make_writable()
    size = frame.width, frame.height
    filled, blurred = (_area(size, [c for m, c in there if m.cover is kind]) for kind in (Cover.FILL, Cover.BLUR))
    for number, plane in enumerate(frame.planes):
        high, wide = (frame.height, frame.width) if number == 0 else (frame.height // 2, frame.width // 2)
        values = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:high, :wide]
        for area, made in ((blurred, _squares(values, frame.height)), (filled, None)):
            under = area if number == 0 else area.reshape(high, 2, wide, 2).max(axis=(1, 3))
            values[under] = made[under] if made is not None else (FILL_LUMA if number == 0 else GREY)
    return frame


def _area(size: tuple[int, int], polygons: Sequence[Sequence[Point]]) -> NDArray[np.bool_]:
    """Which pixels any of the polygons covers, grown."""
    width, height = size
    drawn = Image.new("L", size, 0)
    draw = ImageDraw.Draw(drawn)
    for corners in polygons:
        draw.polygon([(x * (width - 1), y * (height - 1)) for x, y in corners], fill=255, outline=255)
    if polygons:
        drawn = drawn.filter(ImageFilter.MaxFilter(2 * GROW_PIXELS + 1))
    return np.asarray(drawn) > 0


def _squares(values: Plane, height: int) -> Plane:
    """The plane as large even squares: each is the mean of what lay there."""
    high, wide = values.shape
    side = max(2, height // BLUR_PARTS * high // height)
    small = Image.fromarray(values).resize((max(1, wide // side), max(1, high // side)), Image.Resampling.BOX)
    return np.asarray(small.resize((wide, high), Image.Resampling.NEAREST))
