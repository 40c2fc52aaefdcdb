"""What decoded pictures show inside privacy masks and outside of them: numbers only, no picture is kept.

The numbers are of luma (0 to 255). Edges of a mask are left out by a coding block's reach, since coding smears them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from mingjian.kernel.clock import UtcNs

WIDTH = 960
"""Pictures are reckoned at this width at most: a face behind a door is still several pixels."""
EDGE_PIXELS = 9
"""How far inside its edge a mask counts at that width: a transform block and its deblocking."""

Corners = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class AreaReading:
    """One picture and one mask, as `governance.mask.Reading` asks."""

    at: UtcNs
    spread: float
    change: float
    change_outside: float


def readings(pictures: Sequence[tuple[UtcNs, Image.Image]], areas: Sequence[Corners]) -> list[list[AreaReading]]:
    """For each area, each picture in order. An area too small to have an inside reads as fully visible."""
    if not pictures:
        return [[] for _ in areas]
    width, height = pictures[0][1].size
    size = (min(width, WIDTH), max(1, round(height * min(width, WIDTH) / width)))
    lumas = [(at, _luma(picture, size)) for at, picture in pictures]
    whole = [_mask(corners, size) for corners in areas]
    outside = ~np.any(whole, axis=0) if whole else np.ones((size[1], size[0]), dtype=bool)
    found: list[list[AreaReading]] = []
    for corners in areas:
        inside = _mask(corners, size, inset=EDGE_PIXELS)
        before: NDArray[np.float32] | None = None
        rows = []
        for at, luma in lumas:
            spread = float(luma[inside].std()) if inside.any() else 255.0
            change = _change(before, luma, inside)
            rows.append(AreaReading(at, spread, change, _change(before, luma, outside)))
            before = luma
        found.append(rows)
    return found


def _luma(picture: Image.Image, size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX), dtype=np.float32)


def _change(before: NDArray[np.float32] | None, luma: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    return float(np.abs(luma - before)[where].mean()) if before is not None and where.any() else 0.0


def _mask(corners: Corners, size: tuple[int, int], *, inset: int = 0) -> NDArray[np.bool_]:
    drawn = Image.new("L", size, 0)
    ImageDraw.Draw(drawn).polygon([(x * (size[0] - 1), y * (size[1] - 1)) for x, y in corners], fill=255)
    if inset:
        # a pixel counts when every one within reach is inside; the frame's own edge is no edge of the mask
        padded = np.pad(np.asarray(drawn), inset, mode="edge")
        room = Image.fromarray(padded).filter(ImageFilter.MinFilter(2 * inset - 1))
        drawn = room.crop((inset, inset, inset + size[0], inset + size[1]))
    return np.asarray(drawn) > 0
