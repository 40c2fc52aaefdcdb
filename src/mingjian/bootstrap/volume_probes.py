"""Asking a volume something without waiting for ever: a dead network mount answers nothing, not even no."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.storage.lane import HUNG_NS
from mingjian.storage.ports import Disk, ReadableFiles
from mingjian.storage.volume import Volume
from mingjian.storage.volume_faults import Fault, told_at
from mingjian.storage.watched_disk import NoAnswer, WatchedDisk

T = TypeVar("T")
ANSWER_S = 5.0
"""Reading one small file. A slow disk takes two seconds a call; who looks is a person's page, or records meanwhile."""
ERRAND_LOOK_S = 0.2
"""How often work on a volume is looked at; it takes milliseconds, or minutes where a catalogue is made anew."""


class Probes:
    """One question of a directory at a time once it has failed to answer: its thread waits, and no second joins it."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        self._answer_s = answer_s
        self._silent: dict[str, threading.Thread] = {}

    def ask(self, root: str, question: Callable[[], T]) -> T:
        """What `question` returns or raises. LocalError `volume.hung` where it does neither in time."""
        if self.silent(root):
            raise self._hung(root)
        answer: Answer[T] = Answer(question)
        asking = threading.Thread(target=answer.find, name=f"probe-{root}", daemon=True)
        asking.start()
        asking.join(self._answer_s)
        if asking.is_alive():
            self._silent[root] = asking
            raise self._hung(root)
        self._silent.pop(root, None)
        return answer.told()

    def silent(self, root: str) -> bool:
        """Whether a thread still waits for its answer."""
        waiting = self._silent.get(root)
        return waiting is not None and waiting.is_alive()

    def _hung(self, root: str) -> MingjianError:
        return told_at(Fault.HUNG, root, f"no answer for {self._answer_s:.0f} s")


class Answer(Generic[T]):
    """What a question on another thread returned or raised, handed to whoever asked."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._found: list[T] = []
        self._error: BaseException | None = None

    def find(self) -> None:
        """Ask; for the other thread."""
        try:
            self._found.append(self._question())
        except BaseException as error:  # noqa: BLE001 - it is the asker's, on the asker's thread
            self._error = error

    def told(self) -> T:
        """Once `find` has ended."""
        if self._error is not None:
            raise self._error
        return self._found[0]


class AnsweringFiles:
    """`storage.ports.ReadableFiles` for many readers: LocalError `volume.hung` for who meets a volume that gives no
    answer, and at once for all after him until it answers."""

    def __init__(self, files: ReadableFiles, volumes: Sequence[Volume], probes: Probes) -> None:
        self._files, self._probes = files, probes
        self._roots = [volume.root for volume in volumes]

    def read(self, path: str, offset: int, length: int) -> bytes:
        return self._probes.ask(self._root(path), partial(self._files.read, path, offset, length))

    def size(self, path: str) -> int | None:
        return self._probes.ask(self._root(path), partial(self._files.size, path))

    def _root(self, path: str) -> str:
        return next((root for root in self._roots if path.startswith(f"{root}/")), path)


class Errand:
    """Work on volumes by a thread of its own, which is left behind when a call of its disk gives no answer. Once."""

    def __init__(self, disk: Disk, clock: Clock, hung_ns: int = HUNG_NS) -> None:
        self.disk = WatchedDisk(disk, clock)
        self._hung_ns = hung_ns
        self._thread: threading.Thread | None = None

    @property
    def waits(self) -> bool:
        """Whether its thread still waits for an answer, or works."""
        return self._thread is not None and self._thread.is_alive()

    def run(self, name: str, work: Callable[[], T]) -> T:
        """What `work` returns or raises. NoAnswer: a call of the disk takes too long; should it return, work ends there
        and changes nothing more."""
        answer: Answer[T] = Answer(work)
        self._thread = threading.Thread(target=answer.find, name=name, daemon=True)
        self._thread.start()
        while True:
            self._thread.join(ERRAND_LOOK_S)
            if not self._thread.is_alive():
                return answer.told()
            if self.disk.overdue(self._hung_ns):
                self.disk.fence()
                raise NoAnswer
