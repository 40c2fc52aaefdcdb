"""`storage.ports.Disk` over the operating system's files: plain calls, durability as POSIX gives it."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mingjian.storage.ports import Handle, Listed, Names, Space

MAX_VECTORS = 512
"""Buffers in one `writev`; Linux allows 1024 (IOV_MAX)."""
BULKY_BYTES = 64 * 1024
"""What is appended in one go from here on is footage: a chain's line, which the keeper reads next, is far smaller."""
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


class OsDisk:
    """The machine's disk. New files are 0640, new directories 0750: the service's group may read, nobody else.

    Footage leaves the page cache once it is durable. It is written once and seldom read; kept, a day of it would push
    the database and all else out of memory, and each write would go to pages cold to the processor and, in a virtual
    machine, unknown to the host: measured, up to seven times the cost.
    """

    def __init__(self) -> None:
        self._bulky: set[Handle] = set()

    def make_directory(self, path: str) -> None:
        if os.path.isdir(path):  # noqa: PTH112 - this file speaks os throughout: strings, not Path, on the hot path
            return
        parent = path.rsplit("/", 1)[0] or "/"
        self.make_directory(parent)
        Path(path).mkdir(mode=0o750, exist_ok=True)
        self.fsync_directory(parent)

    def create_exclusive(self, path: str) -> Handle:
        return Handle(os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o640))

    def open_append(self, path: str) -> Handle:
        return Handle(os.open(path, _FLAGS))

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        for start in range(0, len(buffers), MAX_VECTORS):
            part: list[bytes | memoryview] = list(buffers[start : start + MAX_VECTORS])
            wanted = sum(map(len, part))
            if wanted >= BULKY_BYTES:
                self._bulky.add(handle)
            written = os.writev(handle, part)
            if written == wanted:
                continue
            part = [memoryview(buffer) for buffer in part]  # a short write, rare: cut where it ended and go on
            while part:
                while part and written >= len(part[0]):
                    written -= len(part.pop(0))
                if part:
                    part[0] = part[0][written:]
                    written = os.writev(handle, part)

    def fdatasync(self, handle: Handle) -> None:
        os.fdatasync(handle)
        if handle in self._bulky:
            self._bulky.discard(handle)
            with suppress(OSError):  # a wish, not a promise
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def forget(self, handle: Handle) -> None:
        # pages whose writing failed count as clean (Linux says so once, then drops the matter): clean pages go
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def close(self, handle: Handle) -> None:
        self._bulky.discard(handle)
        os.close(handle)

    def fsync_directory(self, path: str) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def truncate(self, path: str, length: int) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.ftruncate(descriptor, length)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str) -> None:
        # link + unlink of the old name would not be atomic; an existing target must fail, which rename(2) does not
        if Path(target).exists():
            raise FileExistsError(target)
        Path(source).rename(target)
        self.fsync_directory(target.rsplit("/", 1)[0])
        self.fsync_directory(source.rsplit("/", 1)[0])

    def unlink(self, path: str) -> None:
        Path(path).unlink()
        self.fsync_directory(path.rsplit("/", 1)[0])

    def read(self, path: str, offset: int, length: int) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            parts: list[bytes] = []
            while length > 0:
                part = os.pread(descriptor, length, offset)
                if not part:
                    break
                parts.append(part)
                offset += len(part)
                length -= len(part)
            return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            os.close(descriptor)

    def size(self, path: str) -> int | None:
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def changed_ns(self, path: str) -> int:
        try:
            return os.stat(path).st_mtime_ns  # noqa: PTH116 - called per stream and second; Path costs more than the call
        except FileNotFoundError:
            return 0

    def list(self, path: str) -> Sequence[Listed]:
        try:
            with os.scandir(path) as entries:
                return sorted(Listed(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def space(self, path: str) -> Space:
        found = os.statvfs(path)
        names = Names(found.f_files, found.f_favail) if found.f_files else None
        return Space(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize, names)

    def lock(self, path: str) -> Handle:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return Handle(descriptor)

    def guards(self, lock: Handle, path: str) -> bool:
        held = os.fstat(lock)
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)
