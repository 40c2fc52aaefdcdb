"""The hidden mark on its way into pictures: as an order for a worker, and into decoded frames and finished images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import av
import numpy as np
from PIL import Image
from pydantic import TypeAdapter

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.masks import RedactionMask
from mingjian.processing.forensic import Embedder
from mingjian.processing.watermark import ViewMark


@dataclass(frozen=True, slots=True)
class HiddenMark:
    """Which register entry derived pictures bear, under which key. The key is passed through pipes alone."""

    entry: int
    key: bytes = field(repr=False)

    def value(self) -> dict[str, Any]:
        """As JSON carries it to a worker."""
        return {"entry": self.entry, "key": self.key.hex()}

    @classmethod
    def parse(cls, value: Mapping[str, Any] | None) -> HiddenMark | None:
        """What `value` gave."""
        return None if value is None else cls(int(value["entry"]), bytes.fromhex(value["key"]))


MASKS: TypeAdapter[tuple[RedactionMask, ...]] = TypeAdapter(tuple[RedactionMask, ...])
"""Masks as workers are told them."""
UNSHOWN = UtcNs(-1)
"""As the arrival of a unit: decode it for those that follow, and leave its picture out."""


@dataclass(frozen=True, slots=True)
class TranscodeOrder:
    """The first line that a transcoding process reads: how high its pictures are at most, and what they bear."""

    height: int
    hidden: HiddenMark | None = None
    shown: ViewMark | None = None
    masks: tuple[RedactionMask, ...] = ()
    """What is covered in every picture, below the marks; they stand still."""

    def line(self) -> bytes:
        value = {
            "height": self.height,
            "hidden": None if self.hidden is None else self.hidden.value(),
            "shown": None if self.shown is None else asdict(self.shown),
            "masks": MASKS.dump_python(self.masks, mode="json"),
        }
        return json.dumps(value).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> TranscodeOrder:
        """What `line` gave. Raises ValueError or KeyError for anything else."""
        value = json.loads(line)
        shown = value["shown"]
        return cls(
            int(value["height"]),
            HiddenMark.parse(value["hidden"]),
            None if shown is None else ViewMark(**shown),
            MASKS.validate_python(value["masks"]),
        )


class FrameMarker:
    """Puts one mark into decoded frames, whatever sizes come. Not for two threads at once."""

    def __init__(self, mark: HiddenMark) -> None:
        self._mark = mark
        self._size = (0, 0)
        self._embedder: Embedder | None = None

    def marked(self, frame: av.VideoFrame) -> av.VideoFrame:
        """`frame` (yuv420p) with the mark in its luma, changed in place unless a decoder still refers to it."""
        if self._embedder is None or self._size != (frame.height, frame.width):
            self._size = frame.height, frame.width
            self._embedder = Embedder(self._mark.key, self._mark.entry, frame.height, frame.width)
        frame.make_writable()
        plane = frame.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
        luma[:] = self._embedder.mark(luma)
        return frame


def mark_image(picture: Image.Image, mark: HiddenMark) -> Image.Image:
    """A copy of `picture` (RGB) with the mark in its luma."""
    luma, blue, red = picture.convert("YCbCr").split()
    made = Embedder(mark.key, mark.entry, picture.height, picture.width).mark(np.asarray(luma))
    return Image.merge("YCbCr", (Image.fromarray(made), blue, red)).convert("RGB")
