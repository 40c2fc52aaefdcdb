"""What storage asks of the world: a disk that keeps its promises, a key, a catalogue.

`Disk` raises OSError with its errno (ENOSPC, EIO, EROFS, EEXIST…): which of them means what is decided here in
storage, not by the adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NewType, Protocol

from mingjian.audit.chain import Gap
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period

Handle = NewType("Handle", int)
"""An open file or a held lock; only the disk that gave it knows what it is."""


class Names(NamedTuple):
    """Files that a file system can hold, and how many more."""

    total: int
    free: int


class Space(NamedTuple):
    """Bytes of a file system, and its names (inodes) where it has a fixed number of them."""

    total_bytes: int
    free_bytes: int
    names: Names | None = None


class Listed(NamedTuple):
    """One name in a directory."""

    name: str
    is_directory: bool


class Disk(Protocol):
    """Files with durability stated. Paths are absolute strings with `/`. Safe to call from several threads."""

    def make_directory(self, path: str) -> None:
        """`path` and its parents exist, durably, when this returns."""
        ...

    def create_exclusive(self, path: str) -> Handle:
        """A new, empty file to append to, not durable before `fsync_directory`. FileExistsError: the name is taken."""
        ...

    def open_append(self, path: str) -> Handle:
        """An existing file open for appending."""
        ...

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        """All bytes are at the end of the file, readable, not yet durable. After an OSError an unknown part is."""
        ...

    def fdatasync(self, handle: Handle) -> None:
        """All bytes appended are durable. After an OSError none since the last success may be believed."""
        ...

    def forget(self, handle: Handle) -> None:
        """Readers get what the medium holds from now on: not what a failed fdatasync, perhaps of another process, left
        in memory alone. Call it after an `fdatasync` that succeeded; what was not durable then may read otherwise.
        """
        ...

    def close(self, handle: Handle) -> None: ...

    def fsync_directory(self, path: str) -> None:
        """The names created in `path` are durable."""
        ...

    def truncate(self, path: str, length: int) -> None:
        """The file has `length` bytes, durably."""
        ...

    def rename(self, source: str, target: str) -> None:
        """Atomic and durable; `target` must not exist (FileExistsError)."""
        ...

    def unlink(self, path: str) -> None:
        """The file is gone, durably. Only `storage.expiry` may call this."""
        ...

    def read(self, path: str, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer at the end of the file."""
        ...

    def size(self, path: str) -> int | None:
        """Bytes of a file, None where there is none."""
        ...

    def changed_ns(self, path: str) -> int:
        """A number that changes when a name is added to or taken from the directory; 0 where there is none."""
        ...

    def list(self, path: str) -> Sequence[Listed]:
        """The names in a directory, sorted; empty where there is none."""
        ...

    def space(self, path: str) -> Space: ...

    def lock(self, path: str) -> Handle:
        """The exclusive lock of that file until `close` or the process's death. BlockingIOError: it is held."""
        ...

    def guards(self, lock: Handle, path: str) -> bool:
        """Whether `lock` is of the file that stands at `path` now: after a remount it may be of one nobody sees."""
        ...


class ReadableFiles(Protocol):
    """What readers of footage need of `Disk`."""

    def read(self, path: str, offset: int, length: int) -> bytes: ...

    def size(self, path: str) -> int | None: ...


class IdentitySigner(Protocol):
    """Signs a volume's identity (Ed25519)."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


class IdentityVerifier(Protocol):
    """Whether `signature` over `message` is by `public_key`; never raises for garbage."""

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream's chain stands: enough to go on elsewhere, in a higher epoch, when its volume is away."""

    epoch: int
    """The highest epoch that was ever begun, perhaps without an entry that lasts."""
    last: tuple[int, int] | None
    """(epoch, seq) of the last acknowledged entry."""
    hash: str
    """What `prev` of the next epoch's OPEN must be."""
    t1: UtcNs
    """Up to where FRAG ∪ GAP accounts for time."""
    clean: bool
    """Whether the last acknowledged entry is a CLOSE."""

    @property
    def order(self) -> tuple[int, tuple[int, int]]:
        """What a later head of the same stream is greater by."""
        return self.epoch, self.last or (-1, -1)


class HeadMemory(Protocol):
    """Heads of streams, kept apart from the volumes: any of those may be away at the next start."""

    def recall(self) -> Mapping[StreamId, Head]:
        """The newest head of each stream that any writer of this installation remembered. Never raises.

        A stream that is not among them is a new one; where nothing is, it is not known.
        """
        ...

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        """Durable on return. After an OSError nothing is remembered any more, rather than something old."""
        ...

    def forget(self) -> None:
        """Nothing is remembered. OSError: it still is."""
        ...


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """One container as the catalogue knows it. `chain_from`..`chain_to`: the bytes of its entries in `chain_path`."""

    volume: str
    stream: StreamId
    path: str
    epoch: int
    first_seq: int
    last_seq: int
    t0: UtcNs
    t1: UtcNs
    size_bytes: int
    init_bytes: int
    frames: int
    chain_path: str
    chain_from: int
    chain_to: int
    expired: bool = False


@dataclass(frozen=True, slots=True)
class DayRow:
    """One stream on one UTC day: a bit per recorded second, and the gaps that touch the day."""

    stream: StreamId
    day: str
    bits: int
    gaps: tuple[Gap, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TailRow:
    """How far one chain file has been read, and the head found there."""

    volume: str
    path: str
    stream: StreamId
    epoch: int
    offset: int
    seq: int
    head: str
    t1: UtcNs
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueBatch:
    """What one tailing pass found; rows replace those of the same key."""

    containers: Sequence[ContainerRow] = ()
    days: Sequence[DayRow] = ()
    tails: Sequence[TailRow] = ()


class CatalogueAway(LocalError):
    """The catalogue cannot answer now. Footage is not touched by that, and recording does not need it."""


class CatalogueDamaged(CatalogueAway):
    """It never will: its file is to be set aside and made anew from the chains."""


class Catalogue(Protocol):
    """The derived index of all volumes: rebuilt from the files at any time, never the truth.

    Any call may raise CatalogueAway.
    """

    def apply(self, batch: CatalogueBatch) -> None:
        """All of the batch or nothing, durable enough to go on from (a lost batch is read again)."""
        ...

    def tails(self, stream: StreamId | None = None) -> Sequence[TailRow]:
        """Of one stream, or all."""
        ...

    def container(self, volume: str, path: str) -> ContainerRow | None: ...

    def containers(self, stream: StreamId, period: Period) -> Sequence[ContainerRow]:
        """Those that overlap `period`, expired ones left out, by `t0`."""
        ...

    def days(self, stream: StreamId, first: str, last: str) -> Sequence[DayRow]:
        """The UTC days `first`..`last` (`YYYYMMDD`, both included), in order."""
        ...

    def oldest(self, stream: StreamId) -> UtcNs | None:
        """`t0` of the oldest container still held."""
        ...

    def newest(self, stream: StreamId) -> UtcNs | None:
        """`t1` of the newest container still held: the end of its last fragment that was read from the chain."""
        ...

    def streams(self) -> Sequence[StreamId]: ...

    def mark_corrupt(self, volume: str, path: str, offset: int, at: UtcNs) -> None:
        """The bytes there no longer match their hash. Said once, kept."""
        ...

    def corrupt(self, volume: str, paths: Iterable[str]) -> frozenset[tuple[str, int]]:
        """(path, offset) of what was marked in these containers."""
        ...
