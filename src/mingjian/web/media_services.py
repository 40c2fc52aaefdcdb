"""What the media WebSocket is given by bootstrap, and the seconds it owes the register in return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mingjian.display.ports import FragmentReader
from mingjian.governance.reasons import Reason
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, StreamId
from mingjian.kernel.period import Period, union
from mingjian.processing.transcode import Transcoders
from mingjian.transport.hub import Reader
from mingjian.web.viewings import Viewings

JOIN_NS = SECOND_NS
"""Frames less than a second apart are one stretch of viewing."""
PERIODS_MAX = 512
"""Stretches held before they are merged: a viewer who jumps about makes many small ones."""


class StoredPreview(Protocol):
    """A small picture and when it was."""

    @property
    def at(self) -> UtcNs: ...
    @property
    def jpeg(self) -> bytes: ...


class Previews(Protocol):
    """The small pictures for scrubbing; blocks a few milliseconds."""

    def nearest(self, camera: CameraId, at: UtcNs) -> StoredPreview | None: ...


@dataclass(frozen=True, slots=True)
class MediaServices:
    """All that the media path uses. The blocking ones are called from threads."""

    clock: Clock
    grant: Callable[[str, str], Grant | None]
    """(session cookie, grant id) → the Grant as it stands now; None when it was closed, has expired, is another
    session's, or its person was disabled or lost the role. Blocks. Asked at opening and every `recheck_s` after."""
    signed_in: Callable[[str], bool]
    """Whether a session cookie is anyone's. Blocks."""
    deliver: Callable[[Grant, CameraId, Sequence[Period]], None]
    """Stores the seconds that reached the viewer, at least every ten seconds and at the end. Blocks."""
    live: Callable[[StreamId], Awaitable[Reader]]
    """A reader on the recorder's hub. Raises RemoteError where the recorder is away."""
    has_sub: Callable[[CameraId], bool]
    """Whether the camera's record names a sub stream. Blocks."""
    camera_name: Callable[[CameraId], str]
    """What the mark in a picture for people outside calls the camera. Blocks."""
    ended: Callable[[Grant], None]
    """The last picture of a Grant under an approval has gone: its entry closes now if its right has ended. Blocks."""
    fragments: FragmentReader[Any]
    previews: Previews
    transcoders: Transcoders
    viewings: Viewings = field(default_factory=Viewings)
    why_ended: Callable[[Grant], Reason | None] = lambda grant: None
    """Why what a Grant under an approval rests on has ended, for its viewer; None where nothing has. Blocks."""
    extra_origins: frozenset[str] = frozenset()
    recheck_s: float = 2.0
    """A right that ended ends the picture within this time and one frame; the law's answer is five seconds."""
    first_message_s: float = 10.0
    idle_s: float = 600.0
    """A playback socket whose viewer asks nothing for ten minutes is closed."""


class Delivered:
    """Which seconds reached the viewer since the last `take`; bounded."""

    def __init__(self) -> None:
        self._periods: list[Period] = []

    def add(self, period: Period) -> None:
        last = self._periods[-1] if self._periods else None
        if last is not None and last.start <= period.start <= last.end + JOIN_NS:
            self._periods[-1] = Period(last.start, max(last.end, period.end))
            return
        self._periods.append(period)
        if len(self._periods) > PERIODS_MAX:
            self._periods = union(self._periods, join_within_ns=JOIN_NS)
        if len(self._periods) > PERIODS_MAX:  # still many: what is joined is counted more, never less
            self._periods = union(self._periods, join_within_ns=60 * SECOND_NS)

    def take(self) -> list[Period]:
        """The stretches, merged; they are the caller's now."""
        periods, self._periods = self._periods, []
        return union(periods, join_within_ns=JOIN_NS)

    def put_back(self, periods: Sequence[Period]) -> None:
        """They could not be stored: keep them for the next attempt."""
        self._periods = [*periods, *self._periods]
