"""The committer: one thread a volume, at most one group commit a second, nothing acknowledged before it lasts.

What a commit does is in `group_commit`, its order (docs/design/0002-storage.md) in `write_order`; here streams come and
go, and volumes do.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mingjian.audit.chain import ChainState
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import LocalError, Missing
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.backlog import QUEUE_FULL, Queues
from mingjian.storage.group_commit import GroupCommit, head
from mingjian.storage.journal import Acknowledged, Journal
from mingjian.storage.lane import COMMIT_INTERVAL_S, Lane
from mingjian.storage.layout import checked_stream
from mingjian.storage.notes import FactNote, Note
from mingjian.storage.ports import Disk, Handle, HeadMemory
from mingjian.storage.recovery import Found
from mingjian.storage.room import VolumeRoom
from mingjian.storage.volume import Volume
from mingjian.storage.volume_faults import Fault, told, word_of
from mingjian.storage.volume_set import CommitFailure, VolumeSet
from mingjian.storage.watched_disk import NoAnswer


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a stream goes on: time is accounted for up to `accounted`; what follows is a gap of `cause`."""

    accounted: UtcNs
    cause: GapCause
    evidence: str


class Committer(GroupCommit):
    """Writes the streams of one worker to `volumes`, the first being home and the others spill, in that order.

    `complete` says whether these are all that are registered. Heads go into `memory` before they are acknowledged, so
    that a stream goes on in one line of epochs whichever volumes the next start finds.
    """

    def __init__(
        self,
        disk: Disk,
        volumes: Sequence[Volume],
        clock: Clock,
        *,
        on_failure: Callable[[CommitFailure], None] = lambda failure: None,
        max_queued_bytes: int | None = None,
        memory: HeadMemory | None = None,
        complete: bool = True,
    ) -> None:
        found = VolumeSet(disk, volumes, on_failure, memory, clock, complete=complete)
        super().__init__(found, Queues(max_queued_bytes), clock, on_failure)
        self._using = threading.Lock()
        self._stopping = threading.Event()
        self._interval_s = COMMIT_INTERVAL_S
        self._watch: threading.Thread | None = None

    def start(self, interval_s: float = COMMIT_INTERVAL_S) -> None:
        """Commit every `interval_s`, each volume on a thread of its own, and watch them, until `stop`."""
        self._interval_s = interval_s
        self._watch = threading.Thread(target=self._watching, name="volume watch", daemon=True)
        self._threaded = True
        self._watch.start()
        self._start_lanes()

    def _start_lanes(self) -> None:
        for lane in list(self._set.lanes.values()):
            if self._threaded and not lane.started:
                lane.start(partial(self._commit, lane), self._interval_s)

    @property
    def lanes(self) -> Sequence[Lane]:
        """One of each volume ever used."""
        return list(self._set.lanes.values())

    @property
    def alive(self) -> bool:
        """Whether the threads run; a worker one of which died must end, so that its supervisor starts another."""
        watched = self._watch is not None and self._watch.is_alive()
        return watched and not any(lane.died for lane in list(self._set.lanes.values()))

    def stop(self) -> None:
        """Everything queued is committed, every stream released; a volume that gives no answer is left as it is."""
        for lane in self._set.lanes.values():
            lane.stop()
        self._stopping.set()
        if self._watch is not None:
            self._watch.join()
        self._watch, self._threaded = None, False
        self.commit_once()
        for stream in list(self._journals):
            self._release(stream)

    @property
    def volumes(self) -> Sequence[Volume]:
        """In order of preference; one that went away while a stream still holds on to it is the last."""
        return self._set.volumes

    def use(self, volumes: Sequence[Volume], *, complete: bool) -> None:
        """`volumes` verify now, in order of preference: streams may use each, and leave one that is not among them.

        A stream goes at once to a preferred one that has come back; no second is lost by it. A volume that a stream
        cannot use is reported once and tried again at the next call. Blocks on the disk; not for an event loop.
        """
        with self._using:
            used = [volume for volume in volumes if not self._rests(volume)]
            complete = complete and len(used) == len(volumes)
            volumes = used or volumes
            with self._state:
                journals = list(self._journals.values())
                lacking = any(volume.id not in journal.locks for journal in journals for volume in volumes)
                if not lacking and self._set.same(volumes, complete=complete):
                    return
                for volume in [volume for volume in self._set.volumes if volume not in volumes]:
                    for journal in journals:
                        self._when_idle(journal, partial(self._leave, journal, volume, volumes))
                held = {identifier for journal in journals for identifier in (journal.volume.id, *journal.locks)}
                self._set.replace(volumes, held, complete=complete)
                self._start_lanes()
            self._refresh()
            for journal in journals:
                for volume in volumes:
                    if volume.id not in journal.locks:
                        self._join(journal, volume)
            with self._state:
                heads = {journal.stream: head(journal) for journal in journals}
            self._set.remember(heads)

    def _rests(self, volume: Volume) -> bool:
        lane = self._set.lanes.get(volume.id)
        return lane is not None and lane.resting

    def _refresh(self) -> None:
        """Ask every volume that answers how it stands."""
        for volume in self._set.volumes:
            with contextlib.suppress(NoAnswer):
                self._set.lane(volume).call(partial(self._set.refresh, volume))

    def open_stream(self, stream: str, acknowledged: Acknowledged) -> Opened:
        """Recover what a crash left, take the writer's locks and queue OPEN. Blocks on the disk; not for an event loop.

        A volume that cannot be used is reported and left out. Raises LocalError when another writer holds the stream,
        OSError when no volume can be used.
        """
        name = checked_stream(stream)
        entered = self._set.enter(name, self._clock.now())
        opening = entered.recovered.opening
        state = ChainState(opening.epoch, -1, opening.prev, opening.t0)
        journal = Journal(
            name, entered.volume, state, opening, acknowledged, entered.locks, entered.refused, head=opening.resumes
        )
        self._queues.open(name)
        with self._state:
            self._journals[name] = journal
        if opening.resumes is None:
            return Opened(opening.t0, GapCause.NO_VIDEO, "waiting for the first frame")
        cause = GapCause.RECORDER_STOPPED if opening.clean else GapCause.RECORDER_CRASH
        return Opened(opening.t0, cause, entered.recovered.evidence)

    def _join(self, journal: Journal, volume: Volume) -> None:
        """Let a stream use a volume that came later: settled by a new OPEN, gone to at once when it is preferred."""
        try:
            lock, found = self._set.take(journal.stream, volume)
        except OSError as error:
            said = word_of(error)
            if journal.refused.get(volume.id) != said:
                journal.refused[volume.id] = self._set.refuse(journal.stream, volume, error)
            return
        with self._state:
            known = self._journals.get(journal.stream) is journal
            if known:
                self._when_idle(journal, partial(self._joined, journal, volume, lock, found))
        if not known:  # closed meanwhile
            self._set.give_back({volume.id: lock}, journal.stream)

    def _joined(self, journal: Journal, volume: Volume, lock: Handle, found: Found) -> None:
        journal.locks[volume.id] = lock
        journal.refused.pop(volume.id, None)
        last, unguarded = found.last, volume.id in journal.unguarded
        follows = unguarded and last is not None and (last.epoch, last.seq) > (journal.head or (-1, -1))
        if last is not None and follows:  # another wrote here while our lock kept nobody away
            journal.follow(last, found.epoch)
        journal.unguarded.discard(volume.id)
        order = self._set.volumes.index
        goes = order(volume) < order(journal.volume) and self._set.room[volume.id].take(0)
        if volume.id == journal.volume.id:
            journal.tries = 0
        if follows or goes or found.quarantined:
            journal.tries = 0
            self._move(journal, volume if goes else journal.volume, None, found.quarantined)

    def _leave(self, journal: Journal, volume: Volume, others: Sequence[Volume]) -> None:
        """The volume is gone: the stream goes to one of `others`, giving up its lock, or stays where none has room."""
        if volume.id == journal.volume.id:
            target = self._target(journal, others)
            if target is None:
                return
            journal.tries = 0
            self._move(journal, target, None)
        if (lock := journal.locks.pop(volume.id, None)) is not None:
            self._set.lane(volume).closing.append((lock, journal.stream))

    def trouble(self, stream: StreamId) -> GapCause | None:
        """Why the stream's last footage did not reach a disk; None once some has again."""
        return self._trouble.get(stream)

    @property
    def waiting_bytes(self) -> int:
        """Footage held in memory for volumes that have not taken it yet."""
        return self._queues.held_bytes

    @property
    def unwritten_share(self) -> float:
        """What the volume that fares best has not taken yet, as a share of its bound.

        One that gives no answer beside another that takes all is its own fault, and no overload of the machine.
        """
        return self._queues.least_held_share

    @property
    def faults(self) -> Mapping[str, LocalError]:
        """What is wrong with volumes now, by their places; each names the volume and what to do."""
        return {self._set.lanes[name].volume.root: fault for name, fault in list(self._faults.items())}

    @property
    def rooms(self) -> dict[str, VolumeRoom]:
        """What each volume may still take, by id."""
        return self._set.room

    def recorded_until(self, stream: StreamId) -> UtcNs | None:
        """The end of the last fragment acknowledged since the stream was opened; a gap does not move it."""
        journal = self._journals.get(stream)
        return journal.recorded_until or None if journal is not None else None

    def close_stream(self, stream: StreamId) -> None:
        """What is queued for the stream is committed, its files and lock are given back.

        What failed before, or fails now, is tried once more, on another volume where there is one: with no CLOSE on a
        disk the next start could only take the end for a crash.
        """
        if (journal := self._journals.get(stream)) is not None:
            self._commit_of(journal)
            if journal.backlog or journal.opening is not None or self._queues.waits(stream):
                with self._state:
                    journal.tries = 0  # whose turn it is does not matter any more: it is tried once more, now
                self._commit_of(journal)
            self._release(stream)

    def submit(self, stream: StreamId, notes: Sequence[Note]) -> None:
        """Never blocks. Beyond the bound of its volume's queue a fragment becomes a GAP overload; the time line stays
        whole."""
        volume = self._journals[stream].volume
        if not self._queues.add(stream, volume.id, notes):
            self._trouble[stream] = GapCause.OVERLOAD
            self._overflowed.add(volume.id)
            if volume.id not in self._faults:
                self._faults[volume.id] = told(Fault.SLOW, volume, QUEUE_FULL)

    def write(self, stream: StreamId, notes: Sequence[FactNote]) -> None:
        """Returns once the entries are durable. Missing: the stream is not open here. LocalError: not durable."""
        if stream not in self._journals:
            raise Missing(
                "storage.stream-closed", f"视频流 {stream} 未在此处打开", text_en=f"stream {stream} is not open here"
            )
        journal = self._journals[stream]
        dropped = journal.dropped
        self.submit(stream, notes)
        self._commit_of(journal)
        if journal.backlog or journal.opening is not None or journal.dropped != dropped:
            raise LocalError(
                "storage.not-durable",
                f"视频流 {stream} 的条目未能写入",
                remedy="检查磁盘",
                field="stream",
                text_en=f"entries of {stream} did not become durable",
                remedy_en="check the disk",
            )

    def commit_once(self) -> int:
        """One group commit of each volume that answers, now; how many streams it made durable."""
        durable, moved = 0, set(self._set.lanes)
        if not self._threaded:
            self._refresh()
        for _ in range(len(moved)):  # a stream that moved for want of room is written where it went
            lanes, moved = [lane for name, lane in self._set.lanes.items() if name in moved], set()
            for lane in lanes:
                with contextlib.suppress(NoAnswer):
                    done, went = lane.call(partial(self._commit, lane))
                    durable, moved = durable + done, moved | went
        return durable

    def _commit_of(self, journal: Journal) -> None:
        """What is queued for one stream, wherever it goes."""
        for _ in self._set.volumes:
            lane = self._set.lane(journal.volume)
            with contextlib.suppress(NoAnswer):
                lane.call(partial(self._commit, lane))
            with self._state:  # who gives a volume up moves its streams before anyone goes on
                stays = self._set.lane(journal.volume) is lane
            if stays:
                return

    def _watching(self) -> None:
        while not self._stopping.wait(self._interval_s):
            self.watch()

    def _release(self, stream: StreamId) -> None:
        journal = self._journals.get(stream)
        if journal is None:
            return
        lane = self._set.lane(journal.volume)
        try:
            lane.call(partial(self._let_go, journal))  # on the thread that writes its files: between two commits
        except NoAnswer:
            self._let_go(journal)
        self._set.give_back(journal.locks, stream)

    def _let_go(self, journal: Journal) -> None:
        with self._state:
            self._journals.pop(journal.stream, None)
            self._queues.close(journal.stream)
            self._trouble.pop(journal.stream, None)
            for file in journal.files():
                self._close_file(journal, file)
            self._set.lane(journal.volume).writing.pop(journal.stream, None)
