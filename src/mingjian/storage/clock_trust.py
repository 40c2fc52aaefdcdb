"""Whether the wall clock may decide on deletions: a jump beyond a bound freezes expiry until persons confirm (S10).

The decision is pure. `judge` compares the clock with monotonic time within one boot and with the last reading across
boots; what it returns is kept durably for the whole installation, so that a restart changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mingjian.kernel.clock import DAY_NS, UtcNs
from mingjian.storage.coverage import day_start
from mingjian.storage.expiry import BELIEVED_SILENCE_NS, BELIEVED_STEP_NS, ClockStep
from mingjian.storage.layout import chain_name, is_stream
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume

BELIEVED_JUMP_NS = DAY_NS // 2
"""Half of what lies between floor and ceiling: a smaller step, even two of them, brings no deletion inside the floor.
An hour of summer time or eight of a wrong zone are no reason to stop; the deadline adds them (S10)."""
MOST_STEPS = 100
"""Confirmed jumps remembered; beyond that the oldest two become one, which only postpones."""


class Seen(StrEnum):
    """How the clock was caught."""

    RUNNING = "running"
    """Against monotonic time, on the same boot."""
    START = "start"
    """Against the last reading of another boot: a machine that was off for longer looks the same."""
    LOST = "lost"
    """What was remembered cannot be read, so nothing vouches for the clock."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Both clocks at one instant; `monotonic_ns` compares only within one `boot`."""

    wall: UtcNs
    monotonic_ns: int
    boot: str


@dataclass(frozen=True, slots=True)
class Freeze:
    """Expiry stands still. `mark` names this jump; a further one gets another, and what was confirmed of it is void."""

    mark: str
    seen: Seen
    found: UtcNs
    """What the clock read when it was caught."""
    expected: UtcNs
    """What it should read at `ClockMemory.last`, reckoned on from before the jump."""
    at_found: UtcNs
    """What it should have read when it was caught."""


@dataclass(frozen=True, slots=True)
class ClockMemory:
    """What one installation knows of its clock."""

    anchor: Sample
    """The first reading of this boot that was believed."""
    last: Sample
    freeze: Freeze | None = None
    steps: tuple[ClockStep, ...] = ()
    """Confirmed jumps forward: every deadline of what was recorded before them is later by as much."""

    @property
    def by_ns(self) -> int:
        """By how much the clock is ahead of what it should read; 0 while it is believed."""
        return self.last.wall - self.freeze.expected if self.freeze is not None else 0


def judge(
    known: ClockMemory | None, now: Sample, *, mark: str, newest: UtcNs | None = None, lost: bool = False
) -> ClockMemory:
    """What is known after a look at the clock. `mark` is a fresh name, used if this look finds a jump.

    Where nothing is known, `newest` (the beginning of the newest day with footage) stands for the last reading; with
    `lost` the clock is not believed whatever it reads.
    """
    if known is None:
        return _first(now, mark, newest, lost)
    since = known.anchor if known.freeze is None and _same_boot(known.anchor, now) else known.last
    expected, seen = _expected(since, now), Seen.RUNNING if _same_boot(since, now) else Seen.START
    by_ns = now.wall - expected
    most_ns = BELIEVED_JUMP_NS if seen is Seen.RUNNING else BELIEVED_SILENCE_NS
    jumped = by_ns > most_ns or by_ns < -BELIEVED_JUMP_NS
    if known.freeze is None:
        if jumped:
            return replace(known, last=now, freeze=Freeze(mark, seen, now.wall, expected, expected))
        return replace(known, last=now, anchor=known.anchor if seen is Seen.RUNNING else now)
    # frozen: the reckoning goes on from before the jump, and another jump is another matter to confirm
    passed_ns = expected - since.wall if jumped or seen is Seen.RUNNING else max(0, now.wall - since.wall)
    freeze = replace(known.freeze, expected=UtcNs(known.freeze.expected + passed_ns))
    if jumped:
        freeze = replace(freeze, mark=mark, seen=seen, found=now.wall, at_found=freeze.expected)
    return replace(known, last=now, freeze=freeze)


def released(known: ClockMemory, now: Sample, mark: str) -> ClockMemory:
    """The clock is believed again, two persons having confirmed the freeze `mark`; unchanged for any other.

    What the clock gained without that time having passed for certain postpones every deadline of the past: a
    confirmation never shortens how long something is really kept.
    """
    if known.freeze is None or known.freeze.mark != mark:
        return known
    gained_ns = known.by_ns
    steps = [*known.steps, ClockStep(now.wall, gained_ns)] if gained_ns > BELIEVED_STEP_NS else list(known.steps)
    while len(steps) > MOST_STEPS:
        first, second, *rest = steps
        steps = [ClockStep(max(first.at, second.at), first.by_ns + second.by_ns), *rest]
    return ClockMemory(now, now, None, tuple(steps))


def newest_day(disk: Disk, volumes: Sequence[Volume]) -> UtcNs | None:
    """The beginning of the newest UTC day of which any stream has a chain file; None where nothing was recorded."""
    days = {
        name.day
        for volume in volumes
        for stream in disk.list(volume.root)
        if stream.is_directory and is_stream(stream.name)
        for file in disk.list(volume.path(f"{stream.name}/chain"))
        if (name := chain_name(file.name)) is not None
    }
    return day_start(max(days)) if days else None


def _first(now: Sample, mark: str, newest: UtcNs | None, lost: bool) -> ClockMemory:
    fresh = ClockMemory(now, now)
    if lost:
        return replace(fresh, freeze=Freeze(mark, Seen.LOST, now.wall, newest or now.wall, newest or now.wall))
    # the day itself has passed for all we know, and one more is believed as between two starts
    if newest is None or newest - BELIEVED_JUMP_NS <= now.wall <= newest + DAY_NS + BELIEVED_SILENCE_NS:
        return fresh
    return replace(fresh, freeze=Freeze(mark, Seen.START, now.wall, newest, newest))


def _same_boot(before: Sample, now: Sample) -> bool:
    return before.boot == now.boot and before.monotonic_ns <= now.monotonic_ns


def _expected(before: Sample, now: Sample) -> UtcNs:
    """What the wall clock reads now if nothing happened to it; across boots at least what it read last."""
    if _same_boot(before, now):
        return UtcNs(before.wall + now.monotonic_ns - before.monotonic_ns)
    return before.wall
