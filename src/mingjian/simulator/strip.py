"""A machine-readable strip in the picture: which frame of the loop this is, read back from decoded luma.

Twelve square blocks at the lower left, each 1/40 of the width: white, black, eight bits of the frame index (high bit
first), their odd parity, white. It survives scaling and compression, and lets a test or bench tell which frame it sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from mingjian.kernel.clock import SECOND_NS, UtcNs

MAX_FRAMES = 256
"""Eight bits."""
_BLOCKS_ACROSS = 40
_BLACK, _WHITE = (16, 16, 16), (240, 240, 240)
_MIDDLE = 128
_BLOCKS = 12


def _bits(index: int) -> list[bool]:
    data = [bool(index >> shift & 1) for shift in range(7, -1, -1)]
    return [True, False, *data, sum(data) % 2 == 0, True]


def block_side(width: int) -> int:
    """Pixels of one block in a picture `width` wide."""
    return max(2, width // _BLOCKS_ACROSS)


def draw_strip(draw: ImageDraw.ImageDraw, width: int, height: int, index: int) -> None:
    """Paint the strip for frame `index` (0 to 255)."""
    side = block_side(width)
    top = height - 2 * side
    for place, bit in enumerate(_bits(index)):
        left = side + place * side
        draw.rectangle((left, top, left + side - 1, top + side - 1), fill=_WHITE if bit else _BLACK)


def frame_index(luma: NDArray[np.uint8]) -> int | None:
    """The frame index in a picture given as rows of luma; None when the strip is not there or not whole."""
    height, width = luma.shape
    side = block_side(width)
    top = height - 2 * side
    if top < 0 or side * (_BLOCKS + 1) > width:
        return None
    inner = slice(top + side // 4, top + side - side // 4)
    means: list[Any] = [
        luma[inner, side + place * side + side // 4 : 2 * side + place * side - side // 4].mean()
        for place in range(_BLOCKS)
    ]
    bits = [bool(mean > _MIDDLE) for mean in means]
    index = sum(bit << 7 - place for place, bit in enumerate(bits[2:10]))
    return index if bits == _bits(index) else None


def shown_age_ns(index: int, *, fps: int, frames: int, now: UtcNs, phase_ns: int = 0) -> int:
    """How long ago the frame shown as `index` was sent, in ns, 0 up to one loop: the latency of a live picture.

    Holds for a camera whose clock is `now`'s, sending in phase with it.
    """
    loop_ns = frames * SECOND_NS // fps
    return (now - phase_ns - index * SECOND_NS // fps) % loop_ns
