"""The group commit of one volume: what waits for it is planned, written in order, and only then acknowledged.

After an error a stream goes on in a new epoch with new files, on another volume when there is one. A volume that gives
no answer is given up: its streams go on elsewhere, and what it returns late is acknowledged to nobody.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mingjian.audit.chain import ChainState
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.backlog import Queues, as_gaps, bytes_of
from mingjian.storage.journal import Journal, OpenFile, Opening, Plan
from mingjian.storage.lane import NO_ANSWER_SAID, Lane
from mingjian.storage.notes import Fragment, GapNote, Note
from mingjian.storage.ports import Disk, Head
from mingjian.storage.recovery import MAX_LISTED, settle
from mingjian.storage.trial import takes_writes
from mingjian.storage.volume import Volume
from mingjian.storage.volume_faults import Fault, fault_of, told, word_of
from mingjian.storage.volume_set import CommitFailure, VolumeSet
from mingjian.storage.watched_disk import NoAnswer, WatchedDisk
from mingjian.storage.write_order import WriteOrder

RETRY_BATCHES, RETRY_BATCHES_MAX = 5, 60
"""A volume on which streams failed twice is tried again after so many commits, with one file of its own; if it takes
that, with one stream, after a pause that doubles up to a minute. Each try of a stream leaves small files behind."""
PART_BYTES = 32 * 1024 * 1024
"""What is written, synced and acknowledged in one go, and the last stream's whole queue: a second of a slow disk. All
that waits in one go is, under overload, 256 MB on a core that is lacking: nothing was acknowledged, and all that came
meanwhile was dropped, for as long as that took."""
MAX_DOUBLINGS = 4
"""Beyond these the doubled pause is past its maximum anyway."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class GroupCommit(WriteOrder):
    """Streams, what waits for them, and the volumes they are written to. `_state` guards the decisions."""

    def __init__(
        self, volumes: VolumeSet, queues: Queues, clock: Clock, on_failure: Callable[[CommitFailure], None]
    ) -> None:
        self._set, self._queues, self._clock, self._on_failure = volumes, queues, clock, on_failure
        self._threaded = False
        """Whether each lane has a thread, and asks for itself how its volume stands."""
        self._journals: dict[StreamId, Journal] = {}
        self._trouble: dict[StreamId, GapCause] = {}
        self._faults: dict[str, LocalError] = {}
        """What is wrong with a volume, by its id; replaced when it takes footage again."""
        self._overflowed: set[str] = set()
        """Volumes whose queue was full since their last commit."""
        self._state = threading.RLock()
        """Of journals, rooms and what lanes write. Never held while a disk is asked, but where one thread does all."""

    def _commit(self, lane: Lane) -> tuple[int, set[str]]:
        """One group commit of the lane's streams, on its thread: how many are durable, and whither others moved.

        In parts: each is acknowledged, and no longer counts as waiting, before the next one begins.
        """
        if self._threaded:
            self._set.refresh(lane.volume)
        may_try = self._tried(lane)
        durable, moved = 0, set[str]()
        with self._state:
            left = deque(journal for journal in self._journals.values() if journal.volume.id == lane.volume.id)
        while left:
            done, went = self._commit_part(lane, left, may_try)
            durable, moved = durable + done, moved | went
        return durable, moved

    def _commit_part(self, lane: Lane, left: deque[Journal], may_try: bool) -> tuple[int, set[str]]:
        """The next of the streams that are `left`; they are taken from there."""
        with self._state:
            if lane.hung:
                left.clear()
                return 0, set()
            plans, moved = self._planned(lane, left, may_try)
            lane.writing = {journal.stream: (journal, plan) for journal, plan in plans}
            fresh = {journal.stream: begun(journal, plan) for journal, plan in plans if plan.opened}
        try:
            self._set.remember(fresh)
            durable = self._write(plans)
            with self._state:
                if lane.disk.fenced:
                    raise NoAnswer
                settled = [(journal, journal.opening.quarantined) for journal, _ in durable if journal.opening]
                for journal, plan in durable:
                    self._adopt(lane, journal, plan)
                heads = {journal.stream: head(journal) for journal, _ in durable}
                said = [(journal, journal.state.t1, journal.state.seq) for journal, _ in durable]
                lane.writing = {}
                self._idle(journal for journal, _ in durable)
                self._recount()
                took = any(plan.media_bytes for _, plan in durable)
                if took and lane.volume.id not in self._overflowed:
                    self._faults.pop(lane.volume.id, None)
                self._overflowed.discard(lane.volume.id)
        except NoAnswer:
            with self._state:
                if lane.writing:  # else whoever gave the volume up has seen to the streams
                    self._bypass(lane)
            left.clear()
            return 0, moved
        self._set.remember(heads)
        for journal, t1, seq in said:
            journal.acknowledged(journal.stream, t1, seq)
        for journal, rows in settled:
            self._settle(journal, rows)
        lane.give_back()
        return len(durable), moved

    def _tried(self, lane: Lane) -> bool:
        """Whether a stream that failed on this volume may be tried now; a trial of the volume itself comes before."""
        if lane.volume.id not in self._faults and not lane.tries:
            return True
        if lane.retry_in > 0:
            lane.retry_in -= 1
            return False
        refused = takes_writes(lane.disk, lane.volume)
        if refused is None and lane.tries:
            return True
        with self._state:
            lane.retry_in = RETRY_BATCHES
            if refused is not None:
                self._faults[lane.volume.id] = told(fault_of(refused), lane.volume, word_of(refused))
            elif self._set.room[lane.volume.id].take(0):
                self._faults.pop(lane.volume.id, None)
        return False

    def _planned(self, lane: Lane, left: deque[Journal], may_try: bool) -> tuple[list[tuple[Journal, Plan]], set[str]]:
        """What to write for the next streams, and the volumes that streams moved to because theirs is full."""
        plans: list[tuple[Journal, Plan]] = []
        moved: set[str] = set()
        taken = 0
        scouting = lane.tries > 0
        scout = self._scout(lane) if scouting and may_try else None
        while left and taken < PART_BYTES:
            journal = left.popleft()
            if self._journals.get(journal.stream) is not journal or journal.volume.id != lane.volume.id:
                continue
            if not (self._queues.waits(journal.stream) or journal.backlog or journal.opening is not None):
                continue
            notes = [*journal.backlog, *self._queues.take(journal.stream)]
            taken += bytes_of(notes)
            journal.backlog = []
            if journal.tries > 1 and scouting and journal is not scout:
                cause = self._trouble.get(journal.stream, GapCause.DISK_ERROR)
                journal.backlog = as_gaps(notes, cause, "volume does not take writes")
                continue
            if (home := self._home_again(journal, notes)) is not None:
                self._move(journal, home, None)
            notes = self._fit(journal, notes)
            if journal.volume.id != lane.volume.id:
                journal.backlog = notes
                moved.add(journal.volume.id)
                continue
            try:
                plans.append((journal, journal.open_plan(notes)))
            except Exception as error:  # noqa: BLE001 - one stream's surprise must not end the thread that writes all
                self._drop(journal, notes, error)
        return plans, moved

    def _scout(self, lane: Lane) -> Journal | None:
        """Of the streams that failed on a volume the one whose turn it is to be tried again."""
        failed = [found for found in self._journals.values() if found.volume.id == lane.volume.id and found.tries > 1]
        return min(failed, key=lambda journal: journal.tries, default=None)

    def _adopt(self, lane: Lane, journal: Journal, plan: Plan) -> None:
        if plan.media_bytes:
            self._trouble.pop(journal.stream, None)
        if journal.tries > 1:
            lane.tries = lane.retry_in = 0  # mended: all others are tried at once
        journal.tries = 0
        for file in journal.adopt(plan):
            self._close_file(journal, file)

    def _idle(self, journals: Iterable[Journal]) -> None:
        """The commit has done with them: what waited for that is done."""
        for journal in journals:
            acts, journal.afterwards = journal.afterwards, []
            for act in acts:
                act()

    def _recount(self) -> None:
        """What each volume holds up: what is queued, failed, or being written now."""
        elsewhere: dict[StreamId, tuple[str, int]] = {}
        for stream, journal in self._journals.items():
            _, plan = self._set.lane(journal.volume).writing.get(stream, (journal, None))
            size = bytes_of(journal.backlog) + (plan.media_bytes if plan is not None else 0)
            elsewhere[stream] = (journal.volume.id, size)
        self._queues.recount(elsewhere)

    def watch(self) -> None:
        """Give up each volume whose call takes too long, and see to the streams of those that are given up."""
        with self._state:
            for lane in list(self._set.lanes.values()):
                if lane.overdue and not lane.hung:
                    lane.give_up()
                    self._set.room[lane.volume.id].lose()
                    self._faults[lane.volume.id] = told(Fault.HUNG, lane.volume, NO_ANSWER_SAID)
                    said = CommitFailure(StreamId(""), lane.volume.id, NO_ANSWER_SAID, GapCause.DISK_ERROR)
                    self._on_failure(said)
                if lane.hung:
                    self._bypass(lane)

    def _bypass(self, lane: Lane) -> None:
        """The lane's streams go on elsewhere, with what it was writing; with nowhere to go their footage is a gap."""
        writing, lane.writing = lane.writing, {}
        for journal in [journal for journal in self._journals.values() if journal.volume.id == lane.volume.id]:
            _, plan = writing.get(journal.stream, (journal, None))
            target = self._target(journal, self._set.volumes)
            notes = [*(plan.notes if plan else ()), *journal.backlog, *self._queues.take(journal.stream)]
            self._trouble[journal.stream] = GapCause.DISK_ERROR
            if target is not None or plan is not None:
                self._move(journal, target or journal.volume, plan)
            journal.tries = 0
            journal.backlog = notes if target else as_gaps(notes, GapCause.DISK_ERROR, NO_ANSWER_SAID)
            self._idle([journal])
        self._recount()

    def _drop(self, journal: Journal, notes: Sequence[Note], error: Exception) -> None:
        """What cannot be put into words is left out, and its time is a gap."""
        said = type(error).__name__
        self._on_failure(CommitFailure(journal.stream, journal.volume.id, said, GapCause.DISK_ERROR))
        end = max((note.t1 for note in notes if isinstance(note, Fragment | GapNote)), default=journal.state.t1)
        gap = GapNote(journal.state.t1, end, GapCause.DISK_ERROR, f"not writable: {said}", end)
        journal.backlog = [gap] if end > journal.state.t1 else []
        journal.dropped += 1

    def _settle(self, journal: Journal, rows: Sequence[dict[str, Any]]) -> None:
        """What the OPEN just made durable lists may now be cut or moved; what fails is done by the next survey."""

        def settled(volume: Volume, disk: WatchedDisk) -> None:
            try:
                settle(disk, volume, rows)
            except OSError as error:
                self._set.refuse(journal.stream, volume, error)

        for volume in self._set.volumes if rows else ():
            lane = self._set.lane(volume)
            lane.later(partial(settled, volume, lane.disk))

    def _home_again(self, journal: Journal, notes: Sequence[Note]) -> Volume | None:
        """The volume that the stream left for an error, once it takes writes again and a new container begins anyway:
        so a disk that errs now and then costs an epoch a container at the most."""
        home = next((volume for volume in allowed(journal, self._set.volumes) if volume.id == journal.left), None)
        if home is None or not journal.container_ends(notes):
            return None
        lane, order = self._set.lane(home), self._set.volumes.index
        good = not (home.id in self._faults or lane.tries or lane.resting) and self._set.room[home.id].take(0)
        return home if good and order(home) < order(journal.volume) else None

    def _fit(self, journal: Journal, notes: list[Note]) -> list[Note]:
        """Move to a volume with room when home has none; where none has, the fragments become a GAP disk-full."""
        need = sum(note.size_bytes + len(note.init) for note in notes if isinstance(note, Fragment))
        home = self._set.room[journal.volume.id]
        if not need or home.take(need):
            return notes
        for volume in allowed(journal, self._set.volumes):
            if self._set.room[volume.id].take(need):
                self._move(journal, volume, None)
                return notes
        if not home.present:
            return notes  # what is open is still that volume's own: let the write decide
        said = home.lacks
        self._faults[journal.volume.id] = told(home.fault, journal.volume, said)
        if self._trouble.get(journal.stream) is not GapCause.DISK_FULL:
            self._trouble[journal.stream] = GapCause.DISK_FULL
            self._on_failure(CommitFailure(journal.stream, journal.volume.id, said, GapCause.DISK_FULL))
        return as_gaps(notes, GapCause.DISK_FULL, said)

    def _lock_lost(self, journal: Journal, volume: Volume) -> None:
        with self._state:
            if (lock := journal.locks.pop(volume.id, None)) is not None:
                journal.unguarded.add(volume.id)
                self._set.lane(volume).closing.append((lock, journal.stream))

    def _disk_of(self, volume: Volume) -> Disk:
        return self._set.lane(volume).disk

    def _target(self, journal: Journal, volumes: Sequence[Volume]) -> Volume | None:
        """The first of `volumes` beside its own that the stream may go to and that has room."""
        return next((found for found in allowed(journal, volumes) if self._set.room[found.id].take(0)), None)

    def _fail(self, journal: Journal, plan: Plan, error: OSError) -> None:
        """Nothing of the plan is believed: new epoch, new files, other volume if any; the notes are written again."""
        full = error.errno in _FULL
        cause = GapCause.DISK_FULL if full else GapCause.DISK_ERROR
        said = word_of(error)
        with self._state:
            lane = self._set.lane(plan.volume)
            if lane.disk.fenced:
                raise NoAnswer
            lane.writing.pop(journal.stream, None)
            self._trouble[journal.stream] = cause
            self._faults[plan.volume.id] = told(fault_of(error), plan.volume, said)
            self._on_failure(CommitFailure(journal.stream, plan.volume.id, said, cause))
            target = self._target(journal, self._set.volumes)
            if full:
                self._set.room[journal.volume.id].fill()
            journal.tries += 1
            if full and target is None:
                journal.tries += 1
            if target is not None and not full:
                journal.left = plan.volume.id
            self._move(journal, target or journal.volume, plan)
            if journal.tries > 1:
                journal.backlog = as_gaps(plan.notes, cause, said)
                lane = self._set.lane(journal.volume)
                lane.retry_in = min(RETRY_BATCHES << min(lane.tries, MAX_DOUBLINGS), RETRY_BATCHES_MAX)
                lane.tries += 1
            else:
                journal.backlog = list(plan.notes)
            self._idle([journal])

    def _move(
        self, journal: Journal, volume: Volume, plan: Plan | None, quarantined: Sequence[dict[str, Any]] = ()
    ) -> None:
        """The stream goes on in a new epoch on `volume`, from the last durable head; names what it leaves behind."""
        left = journal.files(plan)
        abandoned = [
            {"vol": journal.volume.id, "file": file.path, "off": file.durable}
            for file in left
            if file.durable != file.length and file.begun
        ]
        for file in left:
            self._close_file(journal, file)
        now = self._clock.now()
        epoch = max(journal.state.epoch, plan.state.epoch if plan and plan.state else 0) + 1
        opening = journal.opening
        if opening is None:
            state = journal.state
            opening = Opening(state.t1, now, epoch, state.prev, journal.head, clean=False)
        opening = replace(
            opening,
            epoch=epoch,
            abandoned=[*opening.abandoned, *abandoned][:MAX_LISTED],
            quarantined=[*opening.quarantined, *quarantined][:MAX_LISTED],
        )
        journal.opening = opening
        journal.state = ChainState(epoch, -1, opening.prev, opening.t0)
        journal.volume, journal.container, journal.chain_file, journal.key_seq = volume, None, None, 0

    def _close_file(self, journal: Journal, file: OpenFile) -> None:
        """Given back by the thread of its volume: that may block as well."""
        if file.handle is not None:
            self._set.lane(journal.volume).closing.append((file.handle, file.path))
            file.handle = None

    def _when_idle(self, journal: Journal, act: Callable[[], None]) -> None:
        """`act` now, or as soon as the commit under way has done with the stream. The caller holds the state."""
        if journal.stream in self._set.lane(journal.volume).writing:
            journal.afterwards.append(act)
        else:
            act()


def allowed(journal: Journal, volumes: Sequence[Volume]) -> list[Volume]:
    """Those of `volumes` beside its own that the stream may go to."""
    return [volume for volume in volumes if volume.id != journal.volume.id and volume.id in journal.locks]


def begun(journal: Journal, plan: Plan) -> Head:
    """What must be known before the first byte of a new epoch: its number, and still the head before it."""
    assert plan.state is not None
    known = head(journal)
    return replace(known, epoch=plan.state.epoch)


def head(journal: Journal) -> Head:
    """Where the stream durably stands."""
    opening = journal.opening
    if opening is not None:
        return Head(journal.state.epoch, opening.resumes, opening.prev, opening.t0, opening.clean)
    return Head(journal.state.epoch, journal.head, journal.state.prev, journal.state.t1, journal.closed)
