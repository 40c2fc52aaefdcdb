"""A disk whose calls are watched: since when one is under way, and whether what it returns may still be believed.

A system call on a dead network mount may never return, or an hour late. Nothing can end it; but from the moment its
volume is given up (`fence`) whatever comes back is refused, so that nothing is acknowledged by a return that is late.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from mingjian.kernel.clock import Clock
from mingjian.storage.ports import Disk, Handle, Listed, Space

P = ParamSpec("P")
T = TypeVar("T")
NO_ANSWER = errno.ETIMEDOUT
"""The errno of a volume that was given up: no file system answers so."""


class NoAnswer(OSError):
    """The volume was given up while a call was under way; what the call did there is not known."""

    def __init__(self) -> None:
        super().__init__(NO_ANSWER, "the volume gives no answer")


class WatchedDisk:
    """`storage.ports.Disk` for one volume's thread; `since`, `fence` and `lift` are for whoever watches it.

    Between `fence` and `lift` every call raises NoAnswer, also the one under way, when it returns. Only `close` goes
    on: what was opened is given back.
    """

    def __init__(self, disk: Disk, clock: Clock) -> None:
        self._disk, self._clock = disk, clock
        self._since: int | None = None
        self._fenced = False
        self._asked: object = ""

    @property
    def since(self) -> int | None:
        """The monotonic time at which the call under way began; None between calls."""
        return self._since

    @property
    def fenced(self) -> bool:
        return self._fenced

    def overdue(self, bound_ns: int) -> bool:
        """Whether the call under way takes longer than that."""
        since = self._since
        return since is not None and self._clock.monotonic_ns() - since > bound_ns

    @property
    def asked(self) -> str:
        """The path of the call that was begun last; of a call by handle its number."""
        return str(self._asked)

    def fence(self) -> None:
        self._fenced = True

    def lift(self) -> None:
        """The thread has come back, and has left what it was about."""
        self._fenced = False

    def make_directory(self, path: str) -> None:
        self._watched(self._disk.make_directory, path)

    def create_exclusive(self, path: str) -> Handle:
        return self._opened(self._disk.create_exclusive, path)

    def open_append(self, path: str) -> Handle:
        return self._opened(self._disk.open_append, path)

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        self._watched(self._disk.append, handle, buffers)

    def fdatasync(self, handle: Handle) -> None:
        self._watched(self._disk.fdatasync, handle)

    def forget(self, handle: Handle) -> None:
        self._watched(self._disk.forget, handle)

    def close(self, handle: Handle) -> None:
        self._since = self._clock.monotonic_ns()
        try:
            self._disk.close(handle)
        finally:
            self._since = None

    def fsync_directory(self, path: str) -> None:
        self._watched(self._disk.fsync_directory, path)

    def truncate(self, path: str, length: int) -> None:
        self._watched(self._disk.truncate, path, length)

    def rename(self, source: str, target: str) -> None:
        self._watched(self._disk.rename, source, target)

    def unlink(self, path: str) -> None:
        self._watched(self._disk.unlink, path)

    def read(self, path: str, offset: int, length: int) -> bytes:
        return self._watched(self._disk.read, path, offset, length)

    def size(self, path: str) -> int | None:
        return self._watched(self._disk.size, path)

    def changed_ns(self, path: str) -> int:
        return self._watched(self._disk.changed_ns, path)

    def list(self, path: str) -> Sequence[Listed]:
        return self._watched(self._disk.list, path)

    def space(self, path: str) -> Space:
        return self._watched(self._disk.space, path)

    def lock(self, path: str) -> Handle:
        return self._opened(self._disk.lock, path)

    def guards(self, lock: Handle, path: str) -> bool:
        return self._watched(self._disk.guards, lock, path)

    def _watched(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._fenced:
            raise NoAnswer
        self._asked = args[0]
        self._since = self._clock.monotonic_ns()
        try:
            result = act(*args, **kwargs)
        finally:
            self._since = None
        if self._fenced:
            raise NoAnswer
        return result

    def _opened(self, act: Callable[[str], Handle], path: str) -> Handle:
        """What was opened too late has no owner any more: it is given back."""
        if self._fenced:
            raise NoAnswer
        self._since = self._clock.monotonic_ns()
        try:
            handle = act(path)
        finally:
            self._since = None
        if self._fenced:
            self._disk.close(handle)
            raise NoAnswer
        return handle
