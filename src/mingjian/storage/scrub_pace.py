"""How fast the scrubber may read: as fast as its period needs, and less whenever recording feels it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.clock import SECOND_NS, UtcNs

FLOOR_SHARE = 0.8
"""Of the floor, the time in which one pass is to end: the rest is for the nights on which it stood back."""
LEAST_BYTES_PER_S = 4 << 20
"""A small volume is read in minutes and then left alone: a pace by the byte would never let its disk rest."""
MOST_BYTES_PER_S = 200 << 20
"""What is late is caught up at the speed of one disk, not of all."""
LATE_COMMIT_S = 20.0
"""A fragment lasts ten seconds at most and a commit one: footage that is this old and not acknowledged waits for the
disk."""
SLOW_READ_S_PER_MIB = 0.25
"""A disk that gives 4 MB/s to somebody who reads alone is busy or failing."""
BACK_OFF_S = 5.0
"""How long it stands still whenever recording or the disk are late."""
LEAST_SHARE = 1 / 64
RECOVERY = 1.25
"""By how much the share grows with each piece read without trouble: ten pieces after one halving."""
TELLING_SHARE = 0.01
"""Of a pass, read before its pace says anything."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """What was felt at one piece: the age of the oldest footage not yet acknowledged, and how slow the read was."""

    commit_lag_s: float
    read_s_per_mib: float

    @property
    def late(self) -> bool:
        return self.commit_lag_s > LATE_COMMIT_S or self.read_s_per_mib > SLOW_READ_S_PER_MIB


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of a whole volume. `cursor` is the last container read, as an ordered place; empty: none yet."""

    begun: UtcNs
    cursor: tuple[str, ...] = ()
    done_bytes: int = 0
    ended: UtcNs | None = None


def target_ns(floor_s: int) -> int:
    """How long a pass over a volume with this floor may take, and how far apart two begin."""
    return round(floor_s * SECOND_NS * FLOOR_SHARE)


def wanted_bytes_per_s(at: Pass, floor_s: int, held_bytes: int, now: UtcNs) -> float:
    """What the pass needs from now on, to end within its target."""
    left_s = (at.begun + target_ns(floor_s) - now) / SECOND_NS
    left_bytes = max(0, held_bytes - at.done_bytes)
    needed = left_bytes / left_s if left_s > 0 else MOST_BYTES_PER_S
    return min(max(needed, LEAST_BYTES_PER_S), MOST_BYTES_PER_S)


def next_share(share: float, felt: Pressure) -> float:
    """The share of the wanted speed to go on with: halved while something is late, back step by step after."""
    return max(LEAST_SHARE, share / 2) if felt.late else min(1.0, share * RECOVERY)


def pause_s(read_bytes: int, took_s: float, bytes_per_s: float, share: float, felt: Pressure) -> float:
    """How long to wait after a piece."""
    due_s = read_bytes / (bytes_per_s * share)
    return max(BACK_OFF_S if felt.late else 0.0, due_s - took_s)


def next_begins(at: Pass, floor_s: int) -> UtcNs:
    """When the pass after `at` begins: what was recorded after its end must be read inside its floor too."""
    return UtcNs(max(at.begun + target_ns(floor_s), at.ended or at.begun))


def period_s(at: Pass, floor_s: int, held_bytes: int, now: UtcNs) -> float | None:
    """At the present pace each fragment is read so often; None while too little was read to say.

    Never less than the target: passes do not begin sooner.
    """
    target_s = target_ns(floor_s) / SECOND_NS
    if at.ended is not None:
        return max(target_s, (at.ended - at.begun) / SECOND_NS)
    share = min(1.0, at.done_bytes / held_bytes) if held_bytes else 0.0
    passed_s = (now - at.begun) / SECOND_NS
    if share < TELLING_SHARE:
        # so little after so long is slow whatever the rest will be
        return passed_s / TELLING_SHARE if passed_s > target_s else None
    return max(target_s, passed_s / share)


@dataclass(frozen=True, slots=True)
class Achieved:
    """The volume that does worst: its period against its floor, and how much of the present pass is done."""

    period_s: float | None
    needed_s: float
    done: float


def worst(volumes: Mapping[str, tuple[Pass, int, int]], now: UtcNs) -> Achieved | None:
    """Of (pass, floor in seconds, held bytes) by volume; None where there is none."""
    found = [
        Achieved(period_s(at, floor_s, held, now), floor_s, min(1.0, at.done_bytes / held) if held else 1.0)
        for at, floor_s, held in volumes.values()
    ]
    return max(found, key=lambda one: (one.period_s or 0.0) / one.needed_s, default=None)
