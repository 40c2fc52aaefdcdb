"""`storage.ports.Disk` in memory, with what media do to those who trust them.

Every file has what readers see, what is on the medium, and the writes between the two. A kill keeps all that was
written; a power cut keeps what is durable and, of the pending sectors of 512 bytes, any subset in any order. After an
fdatasync that failed, its pages count as clean, as Linux has it: no later fdatasync writes them.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mingjian.storage.ports import Handle, Listed, Space

SECTOR = 512


class Died(BaseException):
    """The process is gone: no code of the product catches this."""


@dataclass
class SimFile:
    """`seen`: what readers get. `medium`: what a power cut leaves at least. `pending`, `dropped`: ranges of `seen` that
    are not on the medium yet, or were given up by a failed fdatasync."""

    seen: bytearray = field(default_factory=bytearray)
    medium: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, int]] = field(default_factory=list)
    dropped: list[tuple[int, int]] = field(default_factory=list)
    named: bool = False
    overlay: dict[int, int] = field(default_factory=dict)
    """Bytes that read wrong, by offset: what is XORed onto them. The medium itself stays pristine."""
    written_ns: int = 0


@dataclass
class VolumeFaults:
    """What is wrong with one volume now."""

    away: bool = False
    read_only: bool = False
    failing: float = 0.0
    """Probability of EIO for each call that writes or syncs."""
    unreadable: float = 0.0
    sync_fails: int = 0
    """So many fdatasync fail, then they succeed again."""
    slow: int = 0
    """So many calls take two seconds."""
    free_bytes: int | None = None


def nothing(operation: str, path: str, half: bool) -> None:
    """No death."""


class SimDisk:
    """Volumes are the first component of a path. `call` is told of each call twice: before it, and half-way through a
    write; it may raise `Died`."""

    total_bytes = 1 << 30

    def __init__(self, rng: random.Random | None = None, now: Callable[[], int] = lambda: 0) -> None:
        self._rng = rng or random.Random(0)
        self._now = now
        self.files: dict[str, SimFile] = {}
        self.directories: dict[str, int] = {"": 1}
        self.faults: dict[str, VolumeFaults] = {}
        self.call: Callable[[str, str, bool], None] = nothing
        self.slept: Callable[[float], None] = lambda seconds: None
        self.locks: dict[str, Handle] = {}
        self.unlinked: list[str] = []
        self._handles: dict[int, str] = {}
        self._next = 3

    # --- the world's side ---

    def at(self, volume: str) -> VolumeFaults:
        """What is wrong with the volume at `/volume`; to be changed at will."""
        return self.faults.setdefault(volume, VolumeFaults())

    def kill(self) -> None:
        """Every process that used this disk died."""
        self.locks.clear()
        self._handles.clear()

    @property
    def next_handle(self) -> int:
        """What the next file that is opened gets at least."""
        return self._next + 1

    def kill_since(self, handle: int) -> None:
        """The process died that opened all from `handle` on."""
        self.locks = {path: held for path, held in self.locks.items() if held < handle}
        self._handles = {held: path for held, path in self._handles.items() if held < handle}

    def power_cut(self) -> None:
        """What was pending is on the medium in parts, in any order; names not synced may be there."""
        for path, file in list(self.files.items()):
            if not file.named and self._rng.random() < 0.5:
                del self.files[path]
                continue
            kept = self._after_cut(file) if file.pending or file.dropped else bytearray(file.medium)
            self.files[path] = SimFile(kept, bytearray(kept), named=True, overlay=file.overlay)
        self.kill()

    def _after_cut(self, file: SimFile) -> bytearray:
        sectors = {
            at // SECTOR
            for begin, end in (*file.pending, *file.dropped)
            for at in range(begin - begin % SECTOR, end, SECTOR)
        }
        chance = self._rng.choice((0.0, 0.3, 0.7, 0.95))
        kept = bytearray(file.medium)
        for sector in sorted(sectors):
            if self._rng.random() < chance:
                begin = sector * SECTOR
                piece = file.seen[begin : begin + SECTOR]
                kept.extend(bytes(max(0, begin - len(kept))))  # a hole reads as zeroes
                kept[begin : begin + len(piece)] = piece
        return kept

    def flip(self, path: str, offset: int) -> None:
        """From now on one byte reads wrong."""
        self.files[path].overlay[offset] = 1 << self._rng.randrange(8)

    def visible(self, volume: str) -> dict[str, bytes]:
        """The files of a volume as a reader gets them, by their path in it."""
        root = f"/{volume}/"
        return {p.removeprefix(root): self._read(f, 0, 1 << 62) for p, f in self.files.items() if p.startswith(root)}

    # --- the port ---

    def make_directory(self, path: str) -> None:
        self._enter("make_directory", path, writes=True)
        parts = path.split("/")
        for number in range(1, len(parts) + 1):
            name = "/".join(parts[:number])
            if name not in self.directories:
                self.directories[name] = 1
                self._changed(name)

    def create_exclusive(self, path: str) -> Handle:
        self._enter("create", path, writes=True)
        if path in self.files:
            raise FileExistsError(errno.EEXIST, path)
        if path.rsplit("/", 1)[0] not in self.directories:
            raise FileNotFoundError(errno.ENOENT, path)
        self.files[path] = SimFile(written_ns=self._now())
        self._changed(path)
        return self._open(path)

    def open_append(self, path: str) -> Handle:
        self._enter("open", path, writes=True)
        self._file(path)
        return self._open(path)

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        path = self._handles[handle]
        self._enter("append", path, writes=True)
        file, data = self._file(path), b"".join(buffers)
        half = len(data) // 2
        self._put(file, data[:half], path)
        self.call("append", path, True)
        self._put(file, data[half:], path)

    def fdatasync(self, handle: Handle) -> None:
        path = self._handles[handle]
        file, faults = self._file(path), self._faults(path)
        try:
            self._enter("fdatasync", path, writes=True)
            if faults.sync_fails:
                faults.sync_fails -= 1
                raise OSError(errno.EIO, path)
        except OSError:
            file.dropped += file.pending
            file.pending = []
            raise
        for begin, end in file.pending:
            file.medium.extend(bytes(max(0, end - len(file.medium))))
            file.medium[begin:end] = file.seen[begin:end]
        file.pending = []

    def forget(self, handle: Handle) -> None:
        file = self._file(self._handles[handle])
        if file.dropped:  # of what was given up some sectors may have reached the medium all the same
            file.medium = self._after_cut(file)
            file.seen = file.medium + bytes(max(0, len(file.seen) - len(file.medium)))
            file.dropped = []

    def close(self, handle: Handle) -> None:
        path = self._handles.pop(handle, "")
        if self.locks.get(path) == handle:
            del self.locks[path]

    def fsync_directory(self, path: str) -> None:
        self._enter("fsync_directory", path, writes=True)
        for name, file in self.files.items():
            if name.rsplit("/", 1)[0] == path:
                file.named = True

    def truncate(self, path: str, length: int) -> None:
        self._enter("truncate", path, writes=True)
        file = self._file(path)
        for image in (file.seen, file.medium):
            del image[length:]
        file.pending = [(begin, min(end, length)) for begin, end in file.pending if begin < length]
        file.dropped = [(begin, min(end, length)) for begin, end in file.dropped if begin < length]
        file.written_ns = self._now()

    def rename(self, source: str, target: str) -> None:
        self._enter("rename", source, writes=True)
        if target in self.files:
            raise FileExistsError(errno.EEXIST, target)
        self._file(source).named = True
        self.files[target] = self.files.pop(source)
        self.locks.pop(source, None)
        self._changed(source)
        self._changed(target)

    def unlink(self, path: str) -> None:
        self._enter("unlink", path, writes=True)
        self._file(path)
        del self.files[path]
        self._changed(path)
        self.unlinked.append(path)

    def read(self, path: str, offset: int, length: int) -> bytes:
        self._enter("read", path, writes=False)
        if length > self.total_bytes:
            raise MemoryError  # as pread, which reserves what it is asked for
        return self._read(self._file(path), offset, length)

    def size(self, path: str) -> int | None:
        if path not in self.files or self._faults(path).away:
            return None
        return len(self.files[path].seen)

    def changed_ns(self, path: str) -> int:
        return 0 if self._faults(path).away else self.directories.get(path, 0)

    def list(self, path: str) -> Sequence[Listed]:
        if self._faults(path).away:
            return []
        below = f"{path}/"
        names = {name[len(below) :].split("/")[0]: False for name in self.files if name.startswith(below)}
        names |= {name[len(below) :].split("/")[0]: True for name in self.directories if name.startswith(below)}
        return sorted(Listed(name, directory) for name, directory in names.items())

    def space(self, path: str) -> Space:
        self._enter("space", path, writes=False)
        return Space(self.total_bytes, self._free(path))

    def lock(self, path: str) -> Handle:
        self._enter("lock", path, writes=True)
        if path in self.locks:
            raise BlockingIOError(errno.EWOULDBLOCK, path)
        self.files.setdefault(path, SimFile(named=True))
        self.locks[path] = self._open(path)
        return self.locks[path]

    def guards(self, lock: Handle, path: str) -> bool:
        return not self._faults(path).away and self.locks.get(path) == lock

    # --- inside ---

    def _enter(self, operation: str, path: str, *, writes: bool) -> None:
        self.call(operation, path, False)
        faults = self._faults(path)
        if faults.away:
            raise OSError(errno.EIO if path in self.files else errno.ENOENT, path)
        if faults.slow and writes:
            faults.slow -= 1
            self.slept(2.0)
        if writes and faults.read_only:
            raise OSError(errno.EROFS, path)
        if writes and faults.failing and self._rng.random() < faults.failing:
            raise OSError(errno.EIO, path)
        if not writes and faults.unreadable and self._rng.random() < faults.unreadable:
            raise OSError(errno.EIO, path)

    def _faults(self, path: str) -> VolumeFaults:
        parts = path.split("/", 2)
        return self.at(parts[1] if len(parts) > 1 else "")

    def _put(self, file: SimFile, data: bytes, path: str) -> None:
        room = self._free(path)
        begin = len(file.seen)
        file.seen += data[: max(0, room)]
        if len(file.seen) > begin:
            file.pending.append((begin, len(file.seen)))
            file.written_ns = self._now()
        if len(data) > room:
            raise OSError(errno.ENOSPC, path)
        faults = self._faults(path)
        if faults.free_bytes is not None:
            faults.free_bytes -= len(data)

    def _free(self, path: str) -> int:
        free = self._faults(path).free_bytes
        return self.total_bytes // 2 if free is None else max(0, free)

    def _read(self, file: SimFile, offset: int, length: int) -> bytes:
        data = file.seen[offset : offset + length]
        for at, flipped in file.overlay.items():
            if offset <= at < offset + len(data):
                data[at - offset] ^= flipped
        return bytes(data)

    def _file(self, path: str) -> SimFile:
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, path)
        return self.files[path]

    def _open(self, path: str) -> Handle:
        self._next += 1
        self._handles[self._next] = path
        return Handle(self._next)

    def _changed(self, path: str) -> None:
        parent = path.rsplit("/", 1)[0]
        self.directories[parent] = self.directories.get(parent, 0) + 1
