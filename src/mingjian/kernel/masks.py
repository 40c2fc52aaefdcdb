"""A mask over time, as a person places it: its corners at key frames, and where they are in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

BOX_CORNERS = 2

Point = tuple[float, float]


class Shape(StrEnum):
    """A box has two opposite corners, a polygon all of its own."""

    BOX = "box"
    POLYGON = "polygon"


class Cover(StrEnum):
    """How what lies under a mask goes."""

    FILL = "fill"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class MaskKey:
    """Where a mask lies at one moment: corners as shares of the picture, from its left and top."""

    at_ms: int
    """From the beginning of the footage."""
    corners: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class RedactionMask:
    """One mask over time. `from_ms` and `until_ms` bound when it is there at all; None is the whole footage."""

    shape: Shape
    cover: Cover
    keys: tuple[MaskKey, ...]
    from_ms: int | None = None
    until_ms: int | None = None


def corners_at(mask: RedactionMask, at_ms: float) -> tuple[Point, ...] | None:
    """Where `mask` lies at `at_ms` of the footage, as the corners of a polygon; None while it is not there."""
    if (mask.from_ms is not None and at_ms < mask.from_ms) or (mask.until_ms is not None and at_ms > mask.until_ms):
        return None
    corners = _between(mask.keys, at_ms)
    if mask.shape is Shape.POLYGON:
        return corners
    (left, top), (right, bottom) = corners
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _between(keys: Sequence[MaskKey], at_ms: float) -> tuple[Point, ...]:
    if at_ms <= keys[0].at_ms:
        return keys[0].corners
    for before, after in pairwise(keys):
        if at_ms <= after.at_ms:
            share = (at_ms - before.at_ms) / (after.at_ms - before.at_ms)
            return tuple(
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
                for a, b in zip(before.corners, after.corners, strict=True)
            )
    return keys[-1].corners
