"""A redacted copy for publication (799 article 22): masks placed by hand, and who may take which step.

Nothing here looks for faces or anything else: a person sets each mask. Between two key frames a mask moves evenly;
before its first and after its last it stands still, so that a gap in the work hides too much and never too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingjian.governance import matters
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.masks import BOX_CORNERS, RedactionMask, Shape
from mingjian.kernel.period import Period

LONGEST_NS = 600 * SECOND_NS
"""What is published is a scene, not a recording; it is rendered while somebody waits."""
MASKS_MOST, KEYS_MOST, CORNERS_MOST = 64, 500, 24
"""A crowded scene, each second of ten minutes, a figure with raised arms."""


class RedactionState(StrEnum):
    """Where a redacted copy stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    RELEASED = "released"
    ABANDONED = "abandoned"


class RedactionStep(StrEnum):
    """What may happen to it."""

    SAVE = "save"
    RENDER = "render"
    SUBMIT = "submit"
    LOOK = "look"
    APPROVE = "approve"
    RETURN = "return"
    RELEASE = "release"
    TAKE = "take"
    ABANDON = "abandon"


_DRAFT, _SUBMITTED, _RETURNED, _REVIEWED, _RELEASED, _ABANDONED = RedactionState
STEPS: dict[tuple[RedactionState, RedactionStep], RedactionState] = {
    (_DRAFT, RedactionStep.SAVE): _DRAFT,
    (_DRAFT, RedactionStep.RENDER): _DRAFT,
    (_DRAFT, RedactionStep.SUBMIT): _SUBMITTED,
    (_DRAFT, RedactionStep.ABANDON): _ABANDONED,
    (_RETURNED, RedactionStep.SAVE): _DRAFT,
    (_RETURNED, RedactionStep.RENDER): _RETURNED,
    (_RETURNED, RedactionStep.ABANDON): _ABANDONED,
    (_SUBMITTED, RedactionStep.LOOK): _SUBMITTED,
    (_SUBMITTED, RedactionStep.APPROVE): _REVIEWED,
    (_SUBMITTED, RedactionStep.RETURN): _RETURNED,
    (_REVIEWED, RedactionStep.RELEASE): _RELEASED,
    (_REVIEWED, RedactionStep.RETURN): _RETURNED,
    (_RELEASED, RedactionStep.TAKE): _RELEASED,
}
"""The table that buttons, acts and tests read."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """One project: whose footage, why and whither, the masks, who made it, who looked through it, what came of it."""

    id: str
    unit: UnitId
    camera: CameraId
    start: UtcNs
    end: UtcNs
    purpose: str
    destination: str
    editor: PersonId
    editor_name: str
    created: UtcNs
    state: RedactionState
    entry: int
    """The register entry under which the editor looks at the footage."""
    masks: tuple[RedactionMask, ...] = ()
    rendered: str = ""
    """SHA-256 of the draft that shows these masks; empty while none does."""
    reviewer: PersonId | None = None
    """Who looked through the draft: the last one to do so."""
    reviewer_name: str = ""
    looked: str = ""
    """The draft that the reviewer was given."""
    note: str = ""
    """What the reviewer said."""
    released_entry: int | None = None
    """The register entry of the publication; its number is in the pictures."""
    sha256: str = ""
    size_bytes: int = 0
    taken: UtcNs | None = None
    """When the file was fetched; that is possible once."""

    @property
    def footage(self) -> Period:
        return Period(self.start, self.end)


def checked(masks: Sequence[RedactionMask], length_ms: int) -> tuple[RedactionMask, ...]:
    """The masks, their key frames in order. Raises Invalid naming the mask and what is wrong."""
    if len(masks) > MASKS_MOST:
        raise _invalid(f"遮挡不得超过 {MASKS_MOST} 个", f"There are more than {MASKS_MOST} masks")
    return tuple(_checked(number, mask, length_ms) for number, mask in enumerate(masks, 1))


def _checked(number: int, mask: RedactionMask, length_ms: int) -> RedactionMask:
    where, where_en = f"第 {number} 个遮挡", f"Mask {number}"
    if not 1 <= len(mask.keys) <= KEYS_MOST:
        raise _invalid(f"{where}须有 1 至 {KEYS_MOST} 个关键帧", f"{where_en} needs 1 to {KEYS_MOST} key frames")
    keys = tuple(sorted(mask.keys, key=lambda key: key.at_ms))
    if len({key.at_ms for key in keys}) != len(keys):
        raise _invalid(f"{where}有两个关键帧在同一时刻", f"{where_en} has two key frames at one moment")
    count = len(keys[0].corners)
    fits = count == BOX_CORNERS if mask.shape is Shape.BOX else 3 <= count <= CORNERS_MOST
    if not fits or any(len(key.corners) != count for key in keys):
        raise _invalid(
            f"{where}的顶点数不符：矩形 2 个，多边形 3 至 {CORNERS_MOST} 个，各关键帧相同",
            f"{where_en} has the wrong number of corners: 2 for a box, 3 to {CORNERS_MOST} for a polygon",
        )
    if any(not 0 <= value <= 1 for key in keys for corner in key.corners for value in corner):
        raise _invalid(f"{where}有顶点在画面以外", f"{where_en} has a corner outside the picture")
    if any(not 0 <= key.at_ms <= length_ms for key in keys):
        raise _invalid(f"{where}有关键帧在时段以外", f"{where_en} has a key frame outside the footage")
    if mask.from_ms is not None and mask.until_ms is not None and mask.from_ms >= mask.until_ms:
        raise _invalid(f"{where}的起止时间颠倒", f"{where_en} ends before it begins")
    return RedactionMask(mask.shape, mask.cover, keys, mask.from_ms, mask.until_ms)


def _invalid(text: str, text_en: str) -> Invalid:
    return Invalid("redaction.masks", text, text_en=text_en, field="masks", article=matters.PUBLICATION)
