"""The hinge between the legal half and the media half: no Grant, no picture.

Only `app` makes a Grant (a contract test keeps it so), and only with the index of the register entry that was
committed before it. The media half asks nothing but `permits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period


class MediaAct(StrEnum):
    """What a Grant allows; one Grant allows one act."""

    LIVE = "live"
    PLAYBACK = "playback"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do one act, on which cameras, over which seconds, until when, under which ledger entry."""

    id: str
    person: PersonId
    person_name: str
    unit: UnitId
    unit_name: str
    act: MediaAct
    cameras: frozenset[CameraId]
    footage: Period | None
    """The seconds of footage for playback and copy; None for live, which has no past."""
    valid: Period
    """When the act itself may happen."""
    entry: int
    """Ledger index of the register entry: the number in the watermark."""
    request: str = ""
    """The approved request, or the application consented to, under which someone outside the unit looks; else empty."""
    marked: bool = False
    """Delivered re-encoded, with the marks that name this entry; never the original stream."""
    masks: Mapping[CameraId, tuple[RedactionMask, ...]] = field(default_factory=dict)
    """What is covered in a camera's pictures before they leave the server; only where they are `marked`."""

    def permits(self, act: MediaAct, camera: CameraId, now: UtcNs) -> bool:
        """Whether `act` on `camera` is allowed at `now`; which seconds is `allowed_footage`."""
        return act is self.act and camera in self.cameras and self.valid.contains(now)

    def allowed_footage(self, wanted: Period) -> Period | None:
        """The part of `wanted` that this Grant opens, or None."""
        return self.footage.intersection(wanted) if self.footage is not None else None
