"""A recorder's deletions past the ceiling, volume by volume: one that refuses or gives no answer holds up no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mingjian.bootstrap.assignment import Assignment
from mingjian.bootstrap.clock_watch import ClockWatch, may_expire
from mingjian.bootstrap.volume_probes import Errand
from mingjian.governance.readings import Problem
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.clock_trust import ClockMemory
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import Expired, Expiry, Hold, Holds, expire_forgotten, no_holds
from mingjian.storage.lane import HUNG_NS, NO_ANSWER_SAID
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume
from mingjian.storage.volume_faults import Fault, told
from mingjian.storage.watched_disk import NoAnswer


def holds_of(assignment: Assignment | None) -> list[Hold]:
    """What a recorder was told last to keep."""
    told_last = assignment.holds if assignment is not None else ()
    return [Hold(StreamId(stream), Period(UtcNs(start), UtcNs(end))) for stream, start, end in told_last]


@dataclass
class _Work:
    """One volume's expiry, with what it remembers, and the errand it was sent on last."""

    expiry: Expiry
    errand: Errand


@dataclass
class Expiring:
    """`once` about every minute, from one thread at a time."""

    disk: Disk
    clock: Clock
    watch: ClockWatch
    log: Any
    forgotten: bool
    """Whether footage of cameras that nobody records any more is this worker's duty too: it is one worker's."""
    hung_ns: int = HUNG_NS
    failure: dict[str, Any] | None = None
    """What failed at the last time, and since when it does."""
    _works: dict[Volume, _Work] = field(default_factory=dict)

    def begin(self, volumes: Sequence[Volume]) -> None:
        """Before anything is recorded: the clock is remembered as it reads now.

        A first look that came after a jump would find footage of the day jumped to, and believe it.
        """
        try:
            self.watch.look(volumes)
        except OSError as error:
            self.log.error("clock cannot be judged", why=str(error))

    def once(
        self,
        committer: Committer,
        streams: Sequence[StreamId],
        recorded: Collection[StreamId],
        holds: Holds = no_holds,
    ) -> None:
        """Delete what is past its ceiling of `streams`, and of those that are not among `recorded` where that is ours.

        Nothing of what `holds` touch goes: they are asked again before each deletion.

        What one volume or stream refuses holds up no other, and is tried again. A volume that gives no answer is left
        alone until it does. Blocks on the disks, on none of them for long.
        """
        hung = {lane.volume.id for lane in committer.lanes if lane.hung}
        hung |= {volume.id for volume, work in self._works.items() if work.errand.waits}
        volumes = [volume for volume in committer.volumes if volume.id not in hung]
        failed: Exception | None = None
        for volume in committer.volumes:
            if volume.id in hung:
                failed = told(Fault.HUNG, volume, NO_ANSWER_SAID)
        try:
            believed = self.watch.look(volumes)
        except OSError as error:  # what is not known of the clock cannot decide on a deletion
            self.log.error("clock cannot be judged; nothing expires", why=str(error))
            failed, volumes = error, []
        else:
            for volume in volumes:
                if may_expire(believed, volume):
                    failed = self._volume(volume, committer, streams, recorded, believed, holds) or failed
        since = self.failure["since"] if self.failure else self.clock.now()
        self.failure = {"since": since, "problem": asdict(Problem.of(failed))} if failed else None

    def _volume(
        self,
        volume: Volume,
        committer: Committer,
        streams: Sequence[StreamId],
        recorded: Collection[StreamId],
        believed: ClockMemory,
        holds: Holds,
    ) -> Exception | None:
        """What failed, once it is logged."""
        known = self._works.get(volume)
        errand = Errand(self.disk, self.clock, self.hung_ns)
        expiry = known.expiry if known is not None else Expiry(errand.disk, volume, committer)
        expiry.disk = errand.disk
        self._works[volume] = _Work(expiry, errand)
        failures: list[Exception] = []

        def done(expired: Sequence[Expired]) -> None:
            for file in expired:
                self.log.info("expired", volume=file.volume, file=file.container.path)

        def work() -> None:
            for stream in streams:
                try:
                    done(expiry.once([stream], self.clock.now(), holds, believed.steps))
                except NoAnswer:
                    raise
                except (MingjianError, OSError) as error:
                    failures.append(error)
            if self.forgotten:
                done(expire_forgotten(expiry, committer, recorded, self.clock.now(), holds, believed.steps))

        try:
            errand.run(f"expiry-{volume.id}", work)
        except NoAnswer:
            failures.append(told(Fault.HUNG, volume, NO_ANSWER_SAID))
        except (MingjianError, OSError) as error:
            failures.append(error)
        for failure in failures:
            self.log.error("expiry failed", volume=volume.id, why=str(failure))
        return failures[-1] if failures else None
