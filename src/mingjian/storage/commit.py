"""The committer: one thread per worker, at most one group commit a second, nothing acknowledged before it lasts.

The order of docs/design/0002-storage.md is in `_write`: media, fdatasync, chain, fdatasync, then acknowledge. The error
of one stream stays its own. An fdatasync that failed is never tried again on the same file: the pages it was about may
be gone (S2), so the stream goes on in a new epoch with new files, on another volume when there is one.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mingjian.audit.chain import ChainState
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import LocalError, Missing
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.journal import Acknowledged, Journal, OpenFile, Opening, Plan
from mingjian.storage.layout import checked_stream
from mingjian.storage.notes import CloseNote, FactNote, Fragment, GapNote, Note
from mingjian.storage.ports import Disk, Handle, Head, HeadMemory
from mingjian.storage.recovery import MAX_LISTED, settle
from mingjian.storage.volume import Volume, still_there
from mingjian.storage.volume_set import CommitFailure, VolumeSet

COMMIT_INTERVAL_S = 1.0
"""What a power cut may cost beyond the open fragment (S7)."""
MAX_QUEUED_BYTES = 256 * 1024 * 1024
"""Five seconds of 100 streams of 4 Mb/s: a disk that stalls longer loses footage, said as GAP overload (S8)."""
MAX_BACKLOG_NOTES = 1000
"""Gaps waiting for a disk that takes no writes; merged by cause, so only flapping causes add up."""
RETRY_BATCHES = 5
"""A failed stream is tried again after so many commits: a dead disk must not slow down the living one."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a stream goes on: time is accounted for up to `accounted`; what follows is a gap of `cause`."""

    accounted: UtcNs
    cause: GapCause
    evidence: str


class Committer:
    """Writes the streams of one worker to `volumes`, the first being home and the others spill, in that order.

    `complete` says whether these are all that are registered. Where there is more than one, heads go into `memory`
    before they are acknowledged, so that a stream goes on in one line of epochs whichever volumes the next start finds.
    """

    def __init__(
        self,
        disk: Disk,
        volumes: Sequence[Volume],
        clock: Clock,
        *,
        on_failure: Callable[[CommitFailure], None] = lambda failure: None,
        max_queued_bytes: int = MAX_QUEUED_BYTES,
        memory: HeadMemory | None = None,
        complete: bool = True,
    ) -> None:
        self._disk, self._clock, self._on_failure = disk, clock, on_failure
        self._set = VolumeSet(disk, volumes, on_failure, memory, complete=complete)
        self._max_queued_bytes = max_queued_bytes
        self._journals: dict[StreamId, Journal] = {}
        self._queues: dict[StreamId, deque[Note]] = {}
        self._queued_bytes = 0
        self._trouble: dict[StreamId, GapCause] = {}
        self._guard = threading.Lock()
        self._committing = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Commit every second on a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs; a worker whose committer died must end, so that its supervisor starts another."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Everything queued is committed, every stream released."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
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
        with self._committing:
            with self._guard:
                journals = list(self._journals.values())
            lacking = any(volume.id not in journal.locks for journal in journals for volume in volumes)
            if not lacking and self._set.same(volumes, complete=complete):
                return
            for volume in [volume for volume in self._set.volumes if volume not in volumes]:
                for journal in journals:
                    self._leave(journal, volume, _allowed(journal, volumes))
            held = {identifier for journal in journals for identifier in journal.locks}
            self._set.replace(volumes, held, complete=complete)
            for journal in journals:
                for volume in volumes:
                    if volume.id not in journal.locks:
                        self._join(journal, volume)
            self._set.remember({journal.stream: _head(journal) for journal in journals})

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
        with self._guard:
            self._journals[name] = journal
            self._queues[name] = deque()
        if opening.resumes is None:
            return Opened(opening.t0, GapCause.NO_VIDEO, "waiting for the first frame")
        cause = GapCause.RECORDER_STOPPED if opening.clean else GapCause.RECORDER_CRASH
        return Opened(opening.t0, cause, entered.recovered.evidence)

    def _join(self, journal: Journal, volume: Volume) -> None:
        """Let a stream use a volume that came later: settled by a new OPEN, gone to at once when it is preferred."""
        try:
            lock, found = self._set.take(journal.stream, volume)
        except OSError as error:
            said = errno.errorcode.get(error.errno or 0, "EIO")
            if journal.refused.get(volume.id) != said:
                journal.refused[volume.id] = self._set.refuse(journal.stream, volume, error)
            return
        journal.locks[volume.id] = lock
        journal.refused.pop(volume.id, None)
        order = self._set.volumes.index
        goes = order(volume) < order(journal.volume) and self._set.room[volume.id].take(0)
        if goes or found.quarantined:
            journal.retry_in = 0
            self._move(journal, volume if goes else journal.volume, None, found.quarantined)

    def _leave(self, journal: Journal, volume: Volume, others: Sequence[Volume]) -> None:
        """The volume is gone: the stream goes to one of `others`, giving up its lock, or stays where none has room."""
        if volume.id == journal.volume.id:
            target = next((other for other in others if self._set.room[other.id].take(0)), None)
            if target is None:
                return
            journal.retry_in = 0
            self._move(journal, target, None)
        if (lock := journal.locks.pop(volume.id, None)) is not None:
            self._shut(lock, journal.stream)

    def trouble(self, stream: StreamId) -> GapCause | None:
        """Why the stream's last footage did not reach a disk; None once some has again."""
        return self._trouble.get(stream)

    def recorded_until(self, stream: StreamId) -> UtcNs | None:
        """The end of the last fragment acknowledged since the stream was opened; a gap does not move it."""
        journal = self._journals.get(stream)
        return journal.recorded_until or None if journal is not None else None

    def close_stream(self, stream: StreamId) -> None:
        """What is queued for the stream is committed, its files and lock are given back."""
        self.commit_once()
        self._release(stream)

    def submit(self, stream: StreamId, notes: Sequence[Note]) -> None:
        """Never blocks. Beyond the queue's bound a fragment becomes a GAP overload; the time line stays whole."""
        with self._guard:
            queue = self._queues[stream]
            for note in notes:
                if isinstance(note, Fragment):
                    if self._queued_bytes + note.size_bytes > self._max_queued_bytes:
                        gap = GapNote(note.t0, note.t1, GapCause.OVERLOAD, "write queue full", note.t1)
                        _append_merged(queue, gap)
                        continue
                    self._queued_bytes += note.size_bytes
                _append_merged(queue, note)

    def write(self, stream: StreamId, notes: Sequence[FactNote]) -> None:
        """Returns once the entries are durable. Missing: the stream is not open here. LocalError: not durable."""
        if stream not in self._journals:
            raise Missing(
                "storage.stream-closed", f"视频流 {stream} 未在此处打开", text_en=f"stream {stream} is not open here"
            )
        journal = self._journals[stream]
        dropped = journal.dropped
        self.submit(stream, notes)
        self.commit_once()
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
        """One group commit, now, on the caller's thread; how many streams it made durable."""
        with self._committing:
            return self._commit()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(COMMIT_INTERVAL_S)
            self.commit_once()

    def _commit(self) -> int:
        with self._guard:
            taken = [
                (journal, list(self._queues[stream]))
                for stream, journal in self._journals.items()
                if self._queues[stream] or journal.backlog or journal.opening is not None
            ]
            for journal, _ in taken:
                self._queues[journal.stream].clear()
            self._queued_bytes = 0
        self._set.refresh()
        plans: list[tuple[Journal, Plan]] = []
        for journal, fresh in taken:
            notes = [*journal.backlog, *fresh]
            if journal.retry_in > 0:
                journal.retry_in -= 1
                journal.backlog = _as_gaps(notes, GapCause.DISK_ERROR, "volume does not take writes")
                continue
            notes = self._fit(journal, notes)
            journal.backlog = []
            try:
                plans.append((journal, journal.open_plan(notes)))
            except Exception as error:  # noqa: BLE001 - one stream's surprise must not end the thread that writes all
                self._drop(journal, notes, error)
        self._set.remember({journal.stream: _begun(journal, plan) for journal, plan in plans if plan.opened})
        durable = self._write(plans)
        settled = [(journal, journal.opening.quarantined) for journal, _ in durable if journal.opening is not None]
        for journal, plan in durable:
            if plan.media_bytes:
                self._trouble.pop(journal.stream, None)
            for file in journal.adopt(plan):
                self._close_file(file)
        self._set.remember({journal.stream: _head(journal) for journal, _ in durable})
        for journal, _ in durable:
            journal.acknowledged(journal.stream, journal.state.t1, journal.state.seq)
        for journal, rows in settled:
            self._settle(journal, rows)
        return len(durable)

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
        for volume in self._set.volumes if rows else ():
            try:
                settle(self._disk, volume, rows)
            except OSError as error:
                self._set.refuse(journal.stream, volume, error)

    def _fit(self, journal: Journal, notes: list[Note]) -> list[Note]:
        """Move to a volume with room when home has none; where none has, the fragments become a GAP disk-full."""
        need = sum(note.size_bytes + len(note.init) for note in notes if isinstance(note, Fragment))
        home = self._set.room[journal.volume.id]
        if not need or home.take(need):
            return notes
        for volume in _allowed(journal, self._set.volumes):
            if self._set.room[volume.id].take(need):
                self._move(journal, volume, None)
                return notes
        if not home.present:
            return notes  # what is open is still that volume's own: let the write decide
        said = f"{max(0, home.free_bytes)} bytes free"
        if self._trouble.get(journal.stream) is not GapCause.DISK_FULL:
            self._trouble[journal.stream] = GapCause.DISK_FULL
            self._on_failure(CommitFailure(journal.stream, journal.volume.id, said, GapCause.DISK_FULL))
        return _as_gaps(notes, GapCause.DISK_FULL, said)

    def _write(self, plans: list[tuple[Journal, Plan]]) -> list[tuple[Journal, Plan]]:
        plans = self._each(plans, self._append_media)
        plans = self._each(plans, self._sync_media)
        plans = self._each(plans, self._append_chain)
        return self._each(plans, self._sync_chain)

    def _each(
        self, plans: list[tuple[Journal, Plan]], step: Callable[[Journal, Plan], None]
    ) -> list[tuple[Journal, Plan]]:
        """`step` for every stream; one that fails leaves the commit, the others do not notice (S8)."""
        kept: list[tuple[Journal, Plan]] = []
        for journal, plan in plans:
            try:
                step(journal, plan)
            except OSError as error:
                self._fail(journal, plan, error)
            else:
                kept.append((journal, plan))
        return kept

    def _append_media(self, journal: Journal, plan: Plan) -> None:
        for container, buffers in plan.media:
            self._append(journal.volume, container, buffers)

    def _sync_media(self, journal: Journal, plan: Plan) -> None:
        for container, _ in plan.media:
            self._sync(journal.volume, container)

    def _append_chain(self, journal: Journal, plan: Plan) -> None:
        for file, lines in plan.chain:
            self._append(journal.volume, file, [b"".join(lines)])

    def _sync_chain(self, journal: Journal, plan: Plan) -> None:
        for file, _ in plan.chain:
            self._sync(journal.volume, file)

    def _append(self, volume: Volume, file: OpenFile, buffers: Sequence[bytes | memoryview]) -> None:
        if file.handle is None:
            if not still_there(self._disk, volume):  # an empty mount point would take it (S11)
                raise OSError(errno.ENODEV, "another directory in the volume's place")
            path = volume.path(file.path)
            self._disk.make_directory(path.rsplit("/", 1)[0])
            file.handle = self._disk.create_exclusive(path)
        self._disk.append(file.handle, buffers)

    def _sync(self, volume: Volume, file: OpenFile) -> None:
        assert file.handle is not None
        self._disk.fdatasync(file.handle)
        if file.durable == 0:
            self._disk.fsync_directory(volume.path(file.path).rsplit("/", 1)[0])

    def _fail(self, journal: Journal, plan: Plan, error: OSError) -> None:
        """Nothing of the plan is believed: new epoch, new files, other volume if any; the notes are written again."""
        full = error.errno in _FULL
        cause = GapCause.DISK_FULL if full else GapCause.DISK_ERROR
        said = errno.errorcode.get(error.errno or 0, "EIO")
        self._trouble[journal.stream] = cause
        self._on_failure(CommitFailure(journal.stream, journal.volume.id, said, cause))
        failed_before = journal.opening is not None and bool(journal.opening.abandoned)
        target = next(
            (volume for volume in _allowed(journal, self._set.volumes) if self._set.room[volume.id].take(0)), None
        )
        if full:
            self._set.room[journal.volume.id].fill()
        self._move(journal, target or journal.volume, plan)
        if failed_before or (full and target is None):
            journal.backlog = _as_gaps(plan.notes, cause, said)
            journal.retry_in = RETRY_BATCHES
        else:
            journal.backlog = list(plan.notes)

    def _move(
        self, journal: Journal, volume: Volume, plan: Plan | None, quarantined: Sequence[dict[str, Any]] = ()
    ) -> None:
        """The stream goes on in a new epoch on `volume`, from the last durable head; names what it leaves behind."""
        left = journal.files(plan)
        abandoned = [
            {"vol": journal.volume.id, "file": file.path, "off": file.durable}
            for file in left
            if file.durable != file.length and file.handle is not None
        ]
        for file in left:
            self._close_file(file)
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

    def _close_file(self, file: OpenFile) -> None:
        if file.handle is not None:
            self._shut(file.handle, file.path)
            file.handle = None

    def _shut(self, handle: Handle, what: str) -> None:
        """Give a file or lock back; what a dead disk says to that is told and changes nothing."""
        try:
            self._disk.close(handle)
        except OSError as error:
            self._on_failure(CommitFailure(StreamId(what), "", str(error.errno), GapCause.DISK_ERROR))

    def _release(self, stream: StreamId) -> None:
        with self._guard:
            journal = self._journals.pop(stream, None)
            self._queues.pop(stream, None)
            self._trouble.pop(stream, None)
        if journal is None:
            return
        for file in journal.files():
            self._close_file(file)
        for lock in journal.locks.values():
            self._shut(lock, journal.stream)


def _allowed(journal: Journal, volumes: Sequence[Volume]) -> list[Volume]:
    """Those of `volumes` beside its own that the stream may go to."""
    return [volume for volume in volumes if volume.id != journal.volume.id and volume.id in journal.locks]


def _begun(journal: Journal, plan: Plan) -> Head:
    """What must be known before the first byte of a new epoch: its number, and still the head before it."""
    assert plan.state is not None
    known = _head(journal)
    return replace(known, epoch=plan.state.epoch)


def _head(journal: Journal) -> Head:
    """Where the stream durably stands."""
    opening = journal.opening
    if opening is not None:
        return Head(journal.state.epoch, opening.resumes, opening.prev, opening.t0, opening.clean)
    return Head(journal.state.epoch, journal.head, journal.state.prev, journal.state.t1, journal.closed)


def _append_merged(queue: deque[Note] | list[Note], note: Note) -> None:
    """Add `note`; a gap that goes on from the last one with the same cause becomes part of it."""
    last = queue[-1] if queue else None
    if isinstance(note, GapNote) and isinstance(last, GapNote) and last.cause is note.cause and last.t1 == note.t0:
        queue[-1] = replace(last, t1=note.t1)
    else:
        queue.append(note)


def _as_gaps(notes: Sequence[Note], cause: GapCause, evidence: str) -> list[Note]:
    """The notes with every fragment turned into a gap of `cause`; other notes stay, within the bound."""
    kept: list[Note] = []
    for note in notes:
        if isinstance(note, Fragment):
            _append_merged(kept, GapNote(note.t0, note.t1, cause, evidence, note.t1))
        elif isinstance(note, GapNote) or len(kept) < MAX_BACKLOG_NOTES or isinstance(note, CloseNote):
            _append_merged(kept, note)
    return kept
