"""Privacy masks applied inside the camera before encoding, and their proof on the received stream (article 8).

A mask that is drawn on the screen does not count: the recording would still hold the private area. What counts is what
the camera sends, so the decision rests on decoded pictures alone, several of them over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid

CORNERS = (3, 32)
"""A polygon of fewer corners has no area; cameras offer at most a few dozen."""
MASKS_MAX = 16
"""More private areas than one view has."""
LEAST_SHARE = 0.0005
"""Of the picture: smaller than a few coding blocks nothing can be told."""
PICTURES_LEAST = 4
SECONDS_LEAST = 4.0
"""Fewer pictures, or closer together, could be the same moment: a still scene would look masked."""
SPREAD_MOST = 6.0
"""Standard deviation of luma inside, in steps of 255: one colour after coding. A blurred or mosaic area varies more."""
CHANGE_MOST = 2.0
"""Mean absolute change of luma inside between pictures: what coding noise leaves of a fixed colour."""
OUTSIDE_LEAST = 0.25
"""Mean absolute change outside, below which the whole picture stands still and nothing can be concluded."""


@dataclass(frozen=True, slots=True)
class PrivacyMask:
    """One private area as a polygon on the reference picture; corners are shares of width and height, 0 to 1."""

    corners: tuple[tuple[float, float], ...]
    name: str = ""
    """What lies there, e.g. 试衣间门口."""


class Reading(Protocol):
    """What one decoded picture shows of one mask, and of everything outside of all masks."""

    @property
    def at(self) -> UtcNs: ...
    @property
    def spread(self) -> float:
        """Standard deviation of luma inside."""
        ...

    @property
    def change(self) -> float:
        """Mean absolute change of luma inside since the picture before; 0 in the first."""
        ...

    @property
    def change_outside(self) -> float: ...


@dataclass(frozen=True, slots=True)
class MaskProof:
    """What was found when, with the instants of the pictures that it rests on."""

    proven: bool
    code: str
    """`masked`, `visible`, `moving`, `still`, `too-few`."""
    text: str
    text_en: str
    pictures: tuple[UtcNs, ...]
    entry: int | None = None
    """Ledger index of the proof."""


_FOUND: dict[str, tuple[bool, str, str]] = {
    "masked": (
        True,
        "各遮挡区域在收到的码流中始终为单一颜色",
        "Each area is one unchanging colour in the received stream",
    ),
    "visible": (
        False,
        "遮挡区域内仍可看到画面：遮挡未在摄像机内生效，或者位置不符",
        "Something can be seen inside: the camera does not mask it, or elsewhere",
    ),
    "moving": (
        False,
        "遮挡区域内的画面有变化：马赛克、模糊或者屏幕叠加不算遮挡",
        "Something moves inside: mosaic, blur or an overlay on the screen is no mask",
    ),
    "still": (
        False,
        "整个画面没有变化，无法判断；请在有人走动时再测",
        "Nothing moves in the whole picture, so nothing can be told: test again while somebody moves",
    ),
    "too-few": (False, "收到的画面太少，无法判断；请再测一次", "Too few pictures came to tell: test again"),
}


def judge(masks: Sequence[Sequence[Reading]]) -> MaskProof:
    """The verdict over the readings of every mask, each in time order. Total; without a mask nothing is proven."""
    times = tuple(reading.at for reading in masks[0]) if masks else ()
    code = "masked"
    if not masks or any(not _enough(readings) for readings in masks):
        code = "too-few"
    elif any(reading.spread > SPREAD_MOST for readings in masks for reading in readings):
        code = "visible"
    elif any(reading.change > CHANGE_MOST for readings in masks for reading in readings):
        code = "moving"
    elif max(reading.change_outside for readings in masks for reading in readings) < OUTSIDE_LEAST:
        code = "still"
    proven, text, text_en = _FOUND[code]
    return MaskProof(proven, code, text, text_en, times)


def checked(masks: Sequence[PrivacyMask]) -> tuple[PrivacyMask, ...]:
    """The masks, if each is a polygon with an area inside the picture. Raises Invalid(`masks`)."""
    if len(masks) > MASKS_MAX:
        raise _unusable(f"遮挡区域最多 {MASKS_MAX} 个", f"At most {MASKS_MAX} masks")
    for mask in masks:
        if not CORNERS[0] <= len(mask.corners) <= CORNERS[1]:
            raise _unusable(
                f"每个遮挡区域须有 {CORNERS[0]} 至 {CORNERS[1]} 个顶点",
                f"A mask has {CORNERS[0]} to {CORNERS[1]} corners",
            )
        if any(not (0 <= x <= 1 and 0 <= y <= 1) for x, y in mask.corners):
            raise _unusable("顶点须在画面之内", "Corners lie inside the picture")
        if area(mask) < LEAST_SHARE:
            raise _unusable("遮挡区域太小", "The mask is too small")
    return tuple(masks)


def area(mask: PrivacyMask) -> float:
    """The share of the picture that a polygon takes (shoelace)."""
    following = (*mask.corners[1:], *mask.corners[:1])
    pairs = zip(mask.corners, following, strict=True)
    return abs(sum(x * after_y - after_x * y for (x, y), (after_x, after_y) in pairs)) / 2


def _enough(readings: Sequence[Reading]) -> bool:
    return len(readings) >= PICTURES_LEAST and (readings[-1].at - readings[0].at) / SECOND_NS >= SECONDS_LEAST


def _unusable(text: str, text_en: str) -> Invalid:
    return Invalid(
        "siting.mask",
        text,
        text_en=text_en,
        remedy="在基准画面上重新画出遮挡区域",
        remedy_en="Draw the areas on the reference picture again",
        field="masks",
    )
