"""A disk in memory with a durable and a pending layer, and a small recording house built on it."""

from __future__ import annotations

import errno
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.identity_keys import Ed25519Identity
from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, Codec, StreamConfig, VideoConfig
from mingjian.storage.commit import Committer
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.fsck import Depth, Finding, Tally, check
from mingjian.storage.ports import Handle, Head, Listed, Space
from mingjian.storage.reader import FragmentReader
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.tailer import Seen, tail_once
from mingjian.storage.volume import Volume, VolumeIdentity, VolumeKind, create
from mingjian.storage.volume_set import CommitFailure

SECTOR_BYTES = 512
SIGNER = Ed25519Identity(bytes(range(32)))
FRAME_NS = 40_000_000
FRAME_90K = 3600
STREAM = StreamId("cam-1")
CONFIG = StreamConfig(
    VideoConfig(
        Codec.H264,
        (bytes.fromhex("6742c01fd90141fb0110000003001000000303c0f1832640"), bytes.fromhex("68cb83cb20")),
        320,
        240,
        "avc1.42C01F",
    )
)


@dataclass
class FakeFile:
    """Bytes written; those up to `durable` and, once `named`, the name survive a power cut."""

    data: bytearray = field(default_factory=bytearray)
    durable: int = 0
    named: bool = False


class FakeDisk:
    """`storage.ports.Disk` in memory. `before(operation, path)` may raise OSError, or whatever stands for death."""

    def __init__(self, total_bytes: int = 1 << 40) -> None:
        self.files: dict[str, FakeFile] = {}
        self.directories: dict[str, int] = {"": 1}
        self.total_bytes = total_bytes
        self.before: Callable[[str, str], None] = lambda operation, path: None
        self.locks: dict[str, Handle] = {}
        self.away: dict[str, tuple[dict[str, FakeFile], dict[str, int]]] = {}
        self.unlinked: list[str] = []
        self._handles: dict[int, str] = {}
        self._next = 3
        self._guard = threading.RLock()

    def power_cut(self, rng: random.Random) -> None:
        """Pending bytes survive up to a random sector, names not synced survive at random; every handle is gone."""
        for path, file in list(self.files.items()):
            if not file.named and rng.random() < 0.5:
                del self.files[path]
                continue
            pending = len(file.data) - file.durable
            kept = min(pending, rng.randrange(0, pending + SECTOR_BYTES) // SECTOR_BYTES * SECTOR_BYTES)
            del file.data[file.durable + kept :]
            file.durable, file.named = len(file.data), True
        self.kill()

    def kill(self) -> None:
        """The process died: locks and handles are gone, bytes stay."""
        self.locks.clear()
        self._handles.clear()

    def unmount(self, root: str) -> None:
        """What was below `root` is out of reach, open handles too; the empty mount point stays."""
        if root in self.away:
            return
        files = {path: self.files.pop(path) for path in list(self.files) if path.startswith(f"{root}/")}
        names = {path: self.directories.pop(path) for path in list(self.directories) if path.startswith(f"{root}/")}
        self.away[root] = (files, names)
        for path in files:
            self.locks.pop(path, None)

    def mount(self, root: str) -> None:
        """What was unmounted is back."""
        if root in self.away:
            files, names = self.away.pop(root)
            self.files |= files
            self.directories |= names

    def below(self, root: str) -> list[str]:
        """Every file and directory below `root`."""
        return sorted(path for path in (*self.files, *self.directories) if path.startswith(f"{root}/"))

    def make_directory(self, path: str) -> None:
        self.before("make_directory", path)
        parts = path.split("/")
        for number in range(1, len(parts) + 1):
            self._touch("/".join(parts[:number]))

    def create_exclusive(self, path: str) -> Handle:
        self.before("create", path)
        if path in self.files:
            raise FileExistsError(errno.EEXIST, path)
        if path.rsplit("/", 1)[0] not in self.directories:
            raise FileNotFoundError(errno.ENOENT, path)
        self.files[path] = FakeFile()
        self._changed(path)
        return self._open(path)

    def open_append(self, path: str) -> Handle:
        self._file(path)
        return self._open(path)

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        path = self._handles[handle]
        self.before("append", path)
        for buffer in buffers:
            room = self.total_bytes - sum(len(file.data) for file in self.files.values())
            self._file(path).data += buffer[: max(0, room)]
            if len(buffer) > room:
                raise OSError(errno.ENOSPC, "full")
        self.before("appended", path)

    def fdatasync(self, handle: Handle) -> None:
        path = self._handles[handle]
        self.before("fdatasync", path)
        file = self._file(path)
        file.durable = len(file.data)
        self.before("synced", path)

    def forget(self, handle: Handle) -> None:
        """All that was written is on this medium, or a power cut takes it."""

    def close(self, handle: Handle) -> None:
        path = self._handles.pop(handle, "")
        if self.locks.get(path) == handle:
            del self.locks[path]

    def fsync_directory(self, path: str) -> None:
        self.before("fsync_directory", path)
        for name, file in self.files.items():
            if name.rsplit("/", 1)[0] == path:
                file.named = True

    def truncate(self, path: str, length: int) -> None:
        self.before("truncate", path)
        file = self._file(path)
        del file.data[length:]
        file.durable = len(file.data)

    def rename(self, source: str, target: str) -> None:
        self.before("rename", source)
        if target in self.files:
            raise FileExistsError(errno.EEXIST, target)
        self.files[target] = self.files.pop(source)
        self.files[target].named = True
        self.locks.pop(source, None)
        self._changed(source)
        self._changed(target)

    def unlink(self, path: str) -> None:
        self.before("unlink", path)
        self._file(path)
        del self.files[path]
        self._changed(path)
        self.unlinked.append(path)

    def read(self, path: str, offset: int, length: int) -> bytes:
        self.before("read", path)
        if length > self.total_bytes:
            raise MemoryError  # as pread, which reserves what it is asked for
        return bytes(self._file(path).data[offset : offset + length])

    def size(self, path: str) -> int | None:
        return len(self.files[path].data) if path in self.files else None

    def changed_ns(self, path: str) -> int:
        return self.directories.get(path, 0)

    def list(self, path: str) -> Sequence[Listed]:
        below = f"{path}/"
        names = {name[len(below) :].split("/")[0]: False for name in self.files if name.startswith(below)}
        names |= {name[len(below) :].split("/")[0]: True for name in self.directories if name.startswith(below)}
        return sorted(Listed(name, directory) for name, directory in names.items())

    def space(self, path: str) -> Space:
        return Space(self.total_bytes, self.total_bytes - sum(len(file.data) for file in self.files.values()))

    def lock(self, path: str) -> Handle:
        self.before("lock", path)
        if path in self.locks:
            raise BlockingIOError(errno.EWOULDBLOCK, path)
        self.files.setdefault(path, FakeFile(named=True))
        self.locks[path] = self._open(path)
        return self.locks[path]

    def guards(self, lock: Handle, path: str) -> bool:
        return self.locks.get(path) == lock

    def _file(self, path: str) -> FakeFile:
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, path)
        return self.files[path]

    def _open(self, path: str) -> Handle:
        with self._guard:
            self._next += 1
            self._handles[self._next] = path
            return Handle(self._next)

    def _touch(self, path: str) -> None:
        if path not in self.directories:
            self.directories[path] = 1
            self._changed(path)

    def _changed(self, path: str) -> None:
        parent = path.rsplit("/", 1)[0]
        self.directories[parent] = self.directories.get(parent, 0) + 1


class FakeHeads:
    """`storage.ports.HeadMemory` that lasts as long as it is held; `failing` stands for its disk."""

    def __init__(self) -> None:
        self.heads: dict[StreamId, Head] = {}
        self.failing = False
        self.before: Callable[[], None] = lambda: None

    def recall(self) -> Mapping[StreamId, Head]:
        return dict(self.heads)

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        self.before()
        if self.failing:
            self.heads = {}
            raise OSError(errno.ENOSPC, "full")
        for stream, head in heads.items():
            known = self.heads.get(stream)
            if known is None or known.order <= head.order:
                self.heads[stream] = head

    def forget(self) -> None:
        self.heads = {}


def identity(
    name: str = "v1", *, floor_s: int = 600, ceiling_s: int = 1800, max_bytes: int = 1 << 40
) -> VolumeIdentity:
    return VolumeIdentity(name, VolumeKind.THROW_AWAY, "test", ManualClock().now(), floor_s, ceiling_s, max_bytes)


@dataclass
class House:
    """Volumes, a committer without thread, a catalogue in a file, and everything it acknowledged or failed."""

    disk: FakeDisk
    catalogue_path: Path
    clock: ManualClock = field(default_factory=ManualClock)
    volumes: list[Volume] = field(default_factory=list)
    acknowledged: list[tuple[StreamId, UtcNs, int]] = field(default_factory=list)
    failures: list[CommitFailure] = field(default_factory=list)
    limits: FragmentLimits | None = None
    memory: FakeHeads = field(default_factory=FakeHeads)
    seen: Seen = field(default_factory=Seen)
    pts_90k: int = 1_000_000

    def __post_init__(self) -> None:
        if not self.volumes:
            self.volumes = [create(self.disk, "/v1", identity(), SIGNER)]
        self.catalogue = SqliteCatalogue(self.catalogue_path)
        self.start(self.volumes)

    def start(self, found: Sequence[Volume]) -> None:
        """A process that finds these of the registered volumes."""
        self.committer = Committer(
            self.disk,
            found,
            self.clock,
            on_failure=self.failures.append,
            memory=self.memory,
            complete=len(found) == len(self.volumes),
        )

    def restart(self, found: Sequence[Volume] | None = None) -> None:
        """A new process on the same disk, that finds these of the volumes, or all."""
        self.disk.kill()
        self.start(self.volumes if found is None else found)

    def open(self, stream: str = STREAM) -> StreamRecorder:
        return StreamRecorder.open(
            stream,
            self.committer,
            self.clock,
            acknowledged=lambda stream, t1, seq: self.acknowledged.append((stream, t1, seq)),
            limits=self.limits,
        )

    def feed(
        self, recorder: StreamRecorder, seconds: float, *, gop: int = 25, size: int = 200, commit: bool = True
    ) -> int:
        """So many seconds of 25 frames, committed once a second of their own clock if at all; how many frames."""
        recorder.on_config(CONFIG)
        frames = round(seconds * 25)
        for number in range(frames):
            recorder.on_access_unit(
                AccessUnit(self.pts_90k, number % gop == 0, frame_bytes(number, size), self.clock.now())
            )
            self.pts_90k += FRAME_90K
            self.clock.advance(0.04)
            if number % 25 == 24:
                recorder.tick()
                if commit:
                    self.committer.commit_once()
        return frames

    @property
    def mounted(self) -> list[Volume]:
        return [volume for volume in self.volumes if volume.root not in self.disk.away]

    def look(self) -> None:
        """The worker's look at which volumes verify."""
        if self.mounted:
            self.committer.use(self.mounted, complete=len(self.mounted) == len(self.volumes))

    def tail(self) -> None:
        tail_once(self.disk, self.volumes, self.catalogue, self.seen)

    def reader(self) -> FragmentReader:
        return FragmentReader(self.disk, self.volumes, self.catalogue, self.clock)

    def fsck(self) -> list[Finding]:
        return list(check(self.disk, self.volumes, Depth.HASH, Tally()))

    def problems(self) -> list[str]:
        return [str(finding) for finding in self.fsck() if finding.severe]


def frame_bytes(number: int, size: int = 200) -> bytes:
    """A sample that no other frame equals: one length-prefixed NAL unit."""
    body = b"\x65" + number.to_bytes(4, "big") * (size // 4)
    return len(body).to_bytes(4, "big") + body
