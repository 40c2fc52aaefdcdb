"""One look at the clock for all processes that delete by it: the recorders before each pass, the keeper every few
seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mingjian.adapters.clock_file import ClockFile
from mingjian.app import clock_freeze
from mingjian.app.ports import Store
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.storage.clock_trust import ClockMemory, Sample, judge, newest_day, released
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume, VolumeKind

WRITTEN_EVERY_NS = 20 * SECOND_NS
"""How old the reading may be from which the next start reckons; nothing else needs a write while the clock is well."""


@dataclass
class ClockWatch:
    """The installation's clock as one process sees it. `boot` names this start of the machine."""

    folder: Path
    disk: Disk
    clock: Clock
    boot: str
    random: Callable[[int], bytes]
    _file: ClockFile = field(init=False)

    def __post_init__(self) -> None:
        self._file = ClockFile(self.folder)

    def look(self, volumes: Sequence[Volume]) -> ClockMemory:
        """Judge the clock now; what is found is durable on return. Raises OSError: then nothing may be deleted.

        Throw-away volumes have no term of the law: where there are no others the clock is followed, so that a
        demonstration taken up again after a week does not fill the disk.
        """
        watched = [volume for volume in volumes if volume.identity.kind is not VolumeKind.THROW_AWAY]
        now = self._sample()

        def judged(known: ClockMemory | None, lost: bool) -> ClockMemory:
            if volumes and not watched:
                return known if known is not None and not lost and _young(known, now) else ClockMemory(now, now)
            newest = newest_day(self.disk, watched) if known is None else None
            after = judge(known, now, mark=uuid7(now.wall, self.random(RANDOM_BYTES)), newest=newest, lost=lost)
            return known if known is not None and _young(known, now) and _unchanged(known, after) else after

        return self._file.change(judged)

    def release(self, mark: str) -> ClockMemory | None:
        """Believe the clock again if the freeze is still `mark`. Raises OSError."""
        now = self._sample()
        if self._file.read() is None:
            return None
        return self._file.change(
            lambda known, lost: released(judge(known, now, mark=uuid7(now.wall, self.random(RANDOM_BYTES))), now, mark)
        )

    def known(self) -> ClockMemory | None:
        """As last written by any process; None where nothing is known. Never raises."""
        return self._file.read()

    def _sample(self) -> Sample:
        return Sample(UtcNs(self.clock.now()), self.clock.monotonic_ns(), self.boot)


def settle(watch: ClockWatch, store: Store, volumes: Sequence[Volume]) -> ClockMemory | None:
    """The keeper's look: what the clock did is entered, and it is believed again once two persons have confirmed it.

    Raises OSError, and LocalError where the database cannot be used; the freeze holds either way.
    """
    known = watch.look(volumes)
    freeze = known.freeze
    if freeze is None:
        clock_freeze.over(store)
    elif clock_freeze.noticed(
        store,
        clock=watch.clock,
        mark=freeze.mark,
        seen=freeze.seen,
        found=freeze.found,
        expected=freeze.at_found,
    ):
        return watch.release(freeze.mark)
    return known


def may_expire(known: ClockMemory, volume: Volume) -> bool:
    """Whether the clock may decide on deletions of `volume` now."""
    return known.freeze is None or volume.identity.kind is VolumeKind.THROW_AWAY


def _young(known: ClockMemory, now: Sample) -> bool:
    return known.last.boot == now.boot and 0 <= now.monotonic_ns - known.last.monotonic_ns < WRITTEN_EVERY_NS


def _unchanged(known: ClockMemory, after: ClockMemory) -> bool:
    same_freeze = (known.freeze and known.freeze.mark) == (after.freeze and after.freeze.mark)
    return same_freeze and known.anchor == after.anchor and known.steps == after.steps
