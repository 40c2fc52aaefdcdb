"""One volume's thread: everything that is written to the volume is done on it, and on no other.

A volume that stalls so stalls its own streams alone (S8). One that gives no answer at all is hung: who waits for it is
told at once, its thread is left to the call that does not return, and goes to work again should it return.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.ids import StreamId
from mingjian.storage.journal import Journal, Plan
from mingjian.storage.ports import Disk, Handle
from mingjian.storage.volume import Volume
from mingjian.storage.watched_disk import NoAnswer, WatchedDisk

T = TypeVar("T")
HUNG_NS = 10 * SECOND_NS
"""One system call that takes longer will hardly return: a disk that spins up or maps a bad sector anew takes up to 8 s.
With the second in which it is noticed the streams go on elsewhere within 15 s."""
NO_ANSWER_SAID = f"no answer for {HUNG_NS // SECOND_NS} s"
REST_NS, REST_MAX_NS = 60 * SECOND_NS, 3600 * SECOND_NS
"""A volume that was hung is left alone for a minute, doubled each time up to an hour: each coming and going opens an
epoch of every stream."""
COMMIT_INTERVAL_S = 1.0
"""What a power cut may cost beyond the open fragment (S7). As often is looked for a call that takes too long."""
ALIVE_LOOK_S = 1.0
"""How often one who waits for a lane looks whether its thread has died."""


@dataclass
class _Job:
    work: Callable[[], Any]
    late: Callable[[Any], None]
    done: bool = False
    given_up: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass
class Lane:
    """The volume, its watched disk, its thread and what that is about. Without `start` the caller's thread does it."""

    volume: Volume
    disk: WatchedDisk
    clock: Clock
    writing: dict[StreamId, tuple[Journal, Plan]] = field(default_factory=dict)
    """What the commit under way is to make durable; emptied when the volume is given up."""
    closing: list[tuple[Handle, str]] = field(default_factory=list)
    """Files and locks to be given back by the lane's own thread, for that may block as well."""
    hung_since: int | None = None
    """Since when (monotonic) a call gives no answer; None while it works."""
    hangs: int = 0
    """How often it was hung."""
    back_at: int = 0
    """When (monotonic) it last came back from that."""
    retry_in: int = 0
    """Commits to let pass before a stream that failed here is tried again."""
    tries: int = 0
    """Failed tries in a row."""
    _jobs: deque[_Job] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None
    _stopping: bool = False

    @classmethod
    def of(cls, disk: Disk, volume: Volume, clock: Clock) -> Lane:
        return cls(volume, WatchedDisk(disk, clock), clock)

    @property
    def hung(self) -> bool:
        return self.hung_since is not None

    @property
    def resting(self) -> bool:
        """Whether it is hung, or was so lately and often that nothing goes there of its own accord."""
        if self.hung:
            return True
        rest_ns = min(REST_NS << max(0, self.hangs - 1), REST_MAX_NS) if self.hangs else 0
        return self.clock.monotonic_ns() - self.back_at < rest_ns

    @property
    def started(self) -> bool:
        return self._thread is not None

    @property
    def died(self) -> bool:
        """Whether its thread ended unasked. One that waits for a call that does not return has not."""
        return self._thread is not None and not self._thread.is_alive()

    @property
    def overdue(self) -> bool:
        """Whether the call under way takes too long."""
        return self.disk.overdue(HUNG_NS)

    def start(self, commit: Callable[[], object], interval_s: float) -> None:
        """`commit` every `interval_s`, and what is asked for between, on a thread of its own until `stop`."""
        thread = threading.Thread(
            target=self._run, args=(commit, interval_s), name=f"lane-{self.volume.id}", daemon=True
        )
        thread.start()
        self._thread = thread

    def stop(self) -> None:
        """The thread ends after what it is about; from now on the caller's does the work. A hung one is left alone."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            thread = self._thread
        while thread is not None and thread.is_alive() and not self.hung:
            thread.join(ALIVE_LOOK_S)
        if not self.hung:
            self._thread = None

    def call(self, work: Callable[[], T], late: Callable[[T], None] = lambda result: None) -> T:
        """What `work` returns or raises, done on the lane's thread. NoAnswer: the volume is hung.

        `late` undoes what came after the caller had gone.
        """
        if self.hung:
            raise NoAnswer
        if self._thread is None or self._thread is threading.current_thread():
            return work()
        job = _Job(work, late)
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()
            while self._may_do(job):
                self._changed.wait(ALIVE_LOOK_S)
            if not job.done:
                job.given_up = True
                raise NoAnswer
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def _may_do(self, job: _Job) -> bool:
        """Whether there is still something to wait for."""
        return not job.done and not self.hung and not self.died

    def later(self, work: Callable[[], object]) -> None:
        """`work` is done on the lane's thread when its turn comes; not at all while the volume is hung."""
        if self._thread is None or self._thread is threading.current_thread():
            work()
            return
        with self._changed:
            if not self.hung:
                self._jobs.append(_Job(work, lambda result: None))
                self._changed.notify_all()

    def give_up(self) -> None:
        """The volume is hung: what its thread brings back is not believed, who waits for it is told."""
        with self._changed:
            self.hung_since = self.clock.monotonic_ns()
            self.hangs += 1
            self.disk.fence()
            self._changed.notify_all()

    def _run(self, commit: Callable[[], object], interval_s: float) -> None:
        while not self._stopping:
            with self._changed:
                if not self._jobs and not self._stopping:
                    self._changed.wait(interval_s)
                jobs = list(self._jobs)
                self._jobs.clear()
            for job in jobs:
                self._do(job)
            self._come_back()
            with contextlib.suppress(NoAnswer):
                commit()
            self._come_back()

    def _do(self, job: _Job) -> None:
        if job.given_up:
            return
        try:
            job.result = job.work()
        except BaseException as error:  # noqa: BLE001 - it is the caller's, on the caller's thread
            job.error = error
        with self._changed:
            job.done = True
            self._changed.notify_all()
            gone = job.given_up
        if gone and job.error is None:
            job.late(job.result)

    def _come_back(self) -> None:
        """Between two works: if the volume was given up meanwhile, it has answered now."""
        self.give_back()
        with self._changed:
            if self.hung:
                self.disk.lift()
                self.hung_since, self.back_at = None, self.clock.monotonic_ns()

    def give_back(self) -> None:
        """Close what was left to be closed."""
        while self.closing:
            handle, _ = self.closing.pop()
            try:
                self.disk.close(handle)
            except OSError:
                continue  # a dead disk's word on a file that is given up anyway
