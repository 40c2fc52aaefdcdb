"""What a recorder hands to the committer, in stream order: fragments, gaps, corrections, openings, closings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mingjian.audit.chain import EntryKind
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause


@dataclass(frozen=True, slots=True)
class Fragment:
    """One closed piece of video, ready for the disk: `init` + `data` alone is a playable file when `key_first`."""

    stream: StreamId
    t0: UtcNs
    t1: UtcNs
    pts0_90k: int
    """Decode time of the first sample as it stands in the file."""
    duration_90k: int
    frames: int
    init: bytes
    init_sha256: str
    pieces: tuple[bytes | memoryview, ...]
    """The bytes in order, mostly the access units' own buffers: they are hashed and written, never joined."""
    size_bytes: int
    key_first: bool
    """Whether it begins with a key frame; else it is a piece of a long GOP and depends on fragments before it."""
    shift_90k: int = 0
    """What was added to the camera's own timestamps to keep the file's media time growing."""
    clock_offset_ns: int = 0
    """Least lag of an arrival behind our media time line within the fragment: how far the line is from the wall."""
    camera_time: UtcNs | None = None
    """The camera's own clock at `t0`, from its last sender report; recorded, never trusted."""
    lost: int = 0
    damaged: int = 0
    jumps: int = 0

    @property
    def data(self) -> bytes:
        """The fragment in one piece: a copy."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class GapNote:
    """No footage for [t0, t1), and why."""

    t0: UtcNs
    t1: UtcNs
    cause: GapCause
    evidence: str
    at: UtcNs


@dataclass(frozen=True, slots=True)
class ClockNote:
    """Our wall time line was corrected (`drift`), or the system clock was seen to jump (`step`), by `by_ns`."""

    why: str
    by_ns: int
    at: UtcNs


@dataclass(frozen=True, slots=True)
class Reopen:
    """The wall clock stepped: time goes on from `t0` in a new epoch, whose OPEN says so (back: it overlaps the old)."""

    t0: UtcNs
    at: UtcNs
    step_ns: int


@dataclass(frozen=True, slots=True)
class CloseNote:
    """A clean end of the epoch."""

    at: UtcNs


@dataclass(frozen=True, slots=True)
class FactNote:
    """An entry that is no media: EXPIRE, HOLD, EXPUNGE."""

    kind: EntryKind
    t0: UtcNs
    t1: UtcNs
    fields: Mapping[str, Any] = field(default_factory=dict)


Note: TypeAlias = Fragment | GapNote | ClockNote | Reopen | CloseNote | FactNote
