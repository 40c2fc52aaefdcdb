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

from mingjian.audit.chain import ChainState
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import LocalError, Missing
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.journal import Acknowledged, Journal, OpenFile, Opening, Plan
from mingjian.storage.layout import WRITER_LOCK, checked_stream
from mingjian.storage.notes import CloseNote, FactNote, Fragment, GapNote, Note
from mingjian.storage.ports import Disk
from mingjian.storage.recovery import recover
from mingjian.storage.room import VolumeRoom
from mingjian.storage.volume import Volume

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
class CommitFailure:
    """What a supervisor should record: which stream, which volume, what the system said."""

    stream: StreamId
    volume: str
    error: str
    cause: GapCause


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a stream goes on: time is accounted for up to `accounted`; what follows is a gap of `cause`."""

    accounted: UtcNs
    cause: GapCause
    evidence: str


class Committer:
    """Writes the streams of one worker to `volumes`, the first being home and the others spill, in that order."""

    def __init__(
        self,
        disk: Disk,
        volumes: Sequence[Volume],
        clock: Clock,
        *,
        on_failure: Callable[[CommitFailure], None] = lambda failure: None,
        max_queued_bytes: int = MAX_QUEUED_BYTES,
    ) -> None:
        if not volumes:
            raise LocalError(
                "storage.no-volume",
                "没有可用的存储卷",
                remedy="登记并挂载存储卷",
                text_en="no volume can be written",
                remedy_en="register and mount a volume",
            )
        self._disk, self._volumes, self._clock = disk, list(volumes), clock
        self._on_failure = on_failure
        self._max_queued_bytes = max_queued_bytes
        self._room = {volume.id: VolumeRoom(disk, volume) for volume in volumes}
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

    def open_stream(self, stream: str, acknowledged: Acknowledged) -> Opened:
        """Recover what a crash left, take the writer's lock and queue OPEN. Blocks on the disk; not for an event loop.

        Raises LocalError when another writer holds the stream or no volume can be written.
        """
        name = checked_stream(stream)
        home = self._volumes[0]
        self._disk.make_directory(home.path(f"{name}/chain"))
        try:
            lock = self._disk.lock(home.path(f"{name}/{WRITER_LOCK}"))
        except BlockingIOError:
            raise LocalError(
                "storage.stream-taken",
                f"视频流 {name} 已有另一个写入者",
                remedy="等待前一进程退出",
                text_en=f"stream {name} has another writer",
                remedy_en="wait for it to end",
            ) from None
        try:
            found = recover(self._disk, self._volumes, name, self._clock.now())
        except BaseException:
            self._disk.close(lock)  # the next try must find it free
            raise
        opening = found.opening
        state = ChainState(opening.epoch, -1, opening.prev, opening.t0)
        journal = Journal(name, home, state, opening, acknowledged, lock, settle=found.settle, head=opening.resumes)
        with self._guard:
            self._journals[name] = journal
            self._queues[name] = deque()
        if opening.resumes is None:
            return Opened(opening.t0, GapCause.NO_VIDEO, "waiting for the first frame")
        cause = GapCause.RECORDER_STOPPED if opening.clean else GapCause.RECORDER_CRASH
        return Opened(opening.t0, cause, found.evidence)

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
        self.submit(stream, notes)
        self.commit_once()
        journal = self._journals[stream]
        if journal.backlog or journal.opening is not None:
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
        for room in self._room.values():
            room.refresh()
        plans: list[tuple[Journal, Plan]] = []
        for journal, fresh in taken:
            notes = [*journal.backlog, *fresh]
            if journal.retry_in > 0:
                journal.retry_in -= 1
                journal.backlog = _as_gaps(notes, GapCause.DISK_ERROR, "volume does not take writes")
                continue
            notes = self._fit(journal, notes)
            journal.backlog = []
            plans.append((journal, journal.open_plan(notes)))
        durable = self._write(plans)
        for journal, plan in durable:
            if plan.media_bytes:
                self._trouble.pop(journal.stream, None)
            for file in journal.adopt(plan):
                self._close_file(file)
            if plan.opened and journal.settle is not None:
                self._settle(journal)
            journal.acknowledged(journal.stream, journal.state.t1, journal.state.seq)
        return len(durable)

    def _settle(self, journal: Journal) -> None:
        """What recovery listed may now be cut or moved; what fails is done by the next start."""
        try:
            if journal.settle is not None:
                journal.settle()
        except OSError as error:
            said = errno.errorcode.get(error.errno or 0, "EIO")
            self._on_failure(CommitFailure(journal.stream, journal.volume.id, said, GapCause.DISK_ERROR))
        journal.settle = None

    def _fit(self, journal: Journal, notes: list[Note]) -> list[Note]:
        """Move to a volume with room when home has none; where none has, the fragments become a GAP disk-full."""
        need = sum(note.size_bytes + len(note.init) for note in notes if isinstance(note, Fragment))
        if not need or self._room[journal.volume.id].take(need):
            return notes
        for volume in self._volumes:
            if volume is not journal.volume and self._room[volume.id].take(need):
                self._move(journal, volume, None, GapCause.DISK_FULL)
                return notes
        said = f"{max(0, self._room[journal.volume.id].free_bytes)} bytes free"
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
        others = [volume for volume in self._volumes if volume is not journal.volume]
        target = next((volume for volume in others if self._room[volume.id].take(0)), None)
        if full:
            self._room[journal.volume.id].fill()
        self._move(journal, target or journal.volume, plan, cause)
        if failed_before or (full and target is None):
            journal.backlog = _as_gaps(plan.notes, cause, said)
            journal.retry_in = RETRY_BATCHES
        else:
            journal.backlog = list(plan.notes)

    def _move(self, journal: Journal, volume: Volume, plan: Plan | None, cause: GapCause) -> None:
        """The stream goes on in a new epoch on `volume`, from the last durable head; names what it leaves behind."""
        left = journal.files(plan)
        abandoned = [
            {"vol": journal.volume.id, "file": file.path, "off": file.durable}
            for file in left
            if file.durable != file.length
        ]
        for file in left:
            self._close_file(file)
        now = self._clock.now()
        epoch = max(journal.state.epoch, plan.state.epoch if plan and plan.state else 0) + 1
        if journal.opening is not None:
            opening = replace(journal.opening, epoch=epoch, abandoned=[*journal.opening.abandoned, *abandoned])
        else:
            state = journal.state
            opening = Opening(state.t1, now, epoch, state.prev, journal.head, clean=False, abandoned=abandoned)
        journal.opening = opening
        journal.state = ChainState(epoch, -1, opening.prev, opening.t0)
        journal.volume, journal.container, journal.chain_file, journal.key_seq = volume, None, None, 0

    def _close_file(self, file: OpenFile) -> None:
        if file.handle is not None:
            try:
                self._disk.close(file.handle)
            except OSError as error:
                self._on_failure(CommitFailure(StreamId(file.path), "", str(error.errno), GapCause.DISK_ERROR))
            file.handle = None

    def _release(self, stream: StreamId) -> None:
        with self._guard:
            journal = self._journals.pop(stream, None)
            self._queues.pop(stream, None)
            self._trouble.pop(stream, None)
        if journal is None:
            return
        for file in journal.files():
            self._close_file(file)
        if journal.lock is not None:
            self._disk.close(journal.lock)


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
