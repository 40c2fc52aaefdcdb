"""What is known of the installation before `governance.health` judges it: each process's own account, and measurements.

Times are wall time; None is "not known".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as `kernel.errors` says it."""

    code: str
    text: str
    text_en: str = ""
    remedy: str = ""
    remedy_en: str = ""

    @classmethod
    def of(cls, failure: Exception) -> Problem:
        """What a screen may tell of a failure: our own words; of others their kind, for their texts name paths."""
        if isinstance(failure, MingjianError):
            return cls(failure.code, failure.text, failure.text_en, failure.remedy, failure.remedy_en)
        if isinstance(failure, OSError) and failure.errno is not None:
            return cls(f"errno.{failure.errno}", failure.strerror or "", failure.strerror or "")
        return cls(f"unexpected.{type(failure).__name__}", "")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of the keeper: when it last succeeded, and since when and why it fails."""

    done: UtcNs | None = None
    failing: UtcNs | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class WitnessSaid:
    """One witness: the size it cosigned last, since when it has not cosigned what is published, the last failure."""

    name: str
    size: int
    silent: UtcNs | None
    problem: str


@dataclass(frozen=True, slots=True)
class KeeperSaid:
    """The keeper's own account as of `at`; `witnesses` is None before the ledger was first published."""

    at: UtcNs
    started: UtcNs
    duties: Mapping[str, Duty]
    size: int | None = None
    root: str = ""
    witnesses: Sequence[WitnessSaid] | None = None


@dataclass(frozen=True, slots=True)
class OverloadSaid:
    """A recorder pulls no sub streams since `since`, and `mains` of its `cameras` are not recorded."""

    since: UtcNs
    mains: int
    cameras: int


@dataclass(frozen=True, slots=True)
class RecorderSaid:
    """When a recorder last answered; `expiry` is the failure of its deletions that stands, `failing` since when."""

    number: int
    answered: UtcNs | None
    failing: UtcNs | None = None
    expiry: Problem | None = None
    overload: OverloadSaid | None = None
    volumes: Mapping[str, Problem] = field(default_factory=dict)
    """What it found wrong with volumes by writing to them, by their places."""


@dataclass(frozen=True, slots=True)
class ClockSaid:
    """What is known of the clock; `frozen` is what it read when it jumped and expiry stopped, `vouched` whether the
    first of two persons has spoken."""

    frozen: UtcNs | None = None
    by_s: float = 0.0
    """By how much it is ahead of what it should read."""
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """The forecast of `storage.capacity`."""

    fits: bool
    holds_s: int
    full_in_s: int | None
    floor_s: int


@dataclass(frozen=True, slots=True)
class ScrubSaid:
    """The scrubber's own account as of `at`: at its present pace every fragment is read every `period_s` (None while
    too little was read to say), and has to be within `needed_s`; `found` places are wrong since `since`."""

    at: UtcNs
    period_s: float | None = None
    needed_s: float = 0.0
    done: float = 0.0
    """Share of the present pass."""
    found: int = 0
    since: UtcNs | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PreviewsSaid:
    """The preview process's own account as of `at`; `shedding` is since when it leaves key frames out."""

    at: UtcNs
    figures: Mapping[str, float]
    shedding: UtcNs | None


@dataclass(frozen=True, slots=True)
class Transcoding:
    """Conversions at work, the cap, how many were refused for it since the start, and when the last one was."""

    in_use: int
    cap: int
    refused: int
    last_refused: UtcNs | None


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything that is judged, as of `now`. `up` is since when the one who measures could have heard the others."""

    now: UtcNs
    up: UtcNs
    keeper: KeeperSaid | None = None
    recorders: Sequence[RecorderSaid] = ()
    overdue_s: float | None = None
    """How far the oldest footage is past its ceiling; negative while it is not; None when that is not known."""
    volumes: Problem | None = None
    room: Room | None = None
    clock: ClockSaid | None = None
    scrub: ScrubSaid | None = None
    previews: PreviewsSaid | None = None
    transcoding: Transcoding | None = None
