"""Reads what was recorded again and compares it with its chain: bit rot is found before somebody needs the footage.

One chain file after another, oldest day first, so that a pass covers all that was there when it ended. The chain file
itself is checked too. Nothing is written: what differs is told, and marked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from mingjian.audit.chain import Entry, EntryKind, entry_hash, parse
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.storage.layout import is_stream
from mingjian.storage.ports import Catalogue, CatalogueAway, Disk, Listed, TailRow
from mingjian.storage.recovery import ChainFile, chain_files
from mingjian.storage.volume import Volume

PIECE_BYTES = 4 << 20
"""Read and paced at once: a fragment of ten seconds at 3 Mb/s; a larger one is read in several."""


class Fault(StrEnum):
    """What the scrubber may find."""

    DIFFERS = "differs"
    """Bytes do not have the hash made at recording, twice in a row."""
    MISSING = "missing"
    """Bytes that an acknowledged entry names are not there."""
    UNREADABLE = "unreadable"
    """The disk gives an error."""
    CHAIN = "chain"
    """A chain file cannot be read, or its entries are not linked."""
    PACKAGE = "package"
    """An evidence package kept differs from what was registered, or is gone."""
    LEDGER = "ledger"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Found:
    """One place where something is wrong. `offset` is that of the fragment in its container, or of the chain line."""

    fault: Fault
    volume: str
    path: str
    offset: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many bytes were read from the medium, and what was wrong with them."""

    read_bytes: int
    found: tuple[Found, ...] = ()


class Readable(Protocol):
    """What is needed of `storage.ports.Disk`; reads should come from the medium and not from a cache."""

    def read(self, path: str, offset: int, length: int) -> bytes: ...

    def size(self, path: str) -> int | None: ...

    def list(self, path: str) -> Sequence[Listed]: ...


@dataclass(frozen=True, slots=True)
class _Piece:
    seq: int
    offset: int
    size: int
    sha256: str


@dataclass
class Container:
    """One container and what its chain says of it; `place` orders the containers of a volume."""

    file: ChainFile
    path: str
    init_sha256: str
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def volume_path(self) -> str:
        return self.file.volume.path(self.path)

    @property
    def place(self) -> tuple[str, ...]:
        return (*place_of(self.file), self.path)


def place_of(file: ChainFile) -> tuple[str, ...]:
    """Where a chain file stands in a pass: by day, then stream, then epoch."""
    return file.name.day, file.path.split("/", 1)[0], f"{file.name.epoch:09d}"


def in_order(disk: Disk, volume: Volume, after: tuple[str, ...] = ()) -> list[ChainFile]:
    """The chain files of a volume still to be read in a pass that has come to `after`."""
    found = [
        file
        for entry in disk.list(volume.root)
        if entry.is_directory and is_stream(entry.name)
        for file in chain_files(disk, [volume], StreamId(entry.name))
    ]
    return sorted((file for file in found if place_of(file) >= after[:3]), key=place_of)


def check_chain(disk: Readable, file: ChainFile, catalogue: Catalogue) -> tuple[list[Container], list[Found], int]:
    """The containers that a chain file names, what is wrong with the file, and its length.

    A last line without its end is a recorder's that is just writing, or what a crash left: the next start's to settle.
    """
    volume = file.volume
    path = volume.path(file.path)
    tails = _tails(file, catalogue)  # before the file, which only grows: asked later they may know lines not read here
    try:
        data = disk.read(path, 0, disk.size(path) or 0)
    except OSError as error:
        return [], [Found(Fault.UNREADABLE, volume.id, file.path, 0, f"errno {error.errno}")], 0
    containers: dict[str, Container] = {}
    found: list[Found] = []
    ends: dict[int, str] = {}
    at, before, head = 0, None, ""
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        entry = _entry(line)
        if entry is None:
            found.append(Found(Fault.CHAIN, volume.id, file.path, at, "line"))
            before, head = None, ""
        else:
            if before is not None and (entry.prev != head or entry.seq != before.seq + 1):
                found.append(Found(Fault.CHAIN, volume.id, file.path, at, "link"))
            before, head = entry, entry_hash(line)
            if entry.kind is EntryKind.FRAG:
                _claim(containers, file, entry)
        at += len(line) + 1
        ends[at] = head
    found += _tail_differs(file, ends, tails)
    return list(containers.values()), found, len(data)


def _entry(line: bytes) -> Entry | None:
    try:
        return parse(line)
    except Invalid:
        return None


def _tails(file: ChainFile, catalogue: Catalogue) -> Sequence[TailRow]:
    """How far the catalogue has read the file; nothing while it is away."""
    try:
        return catalogue.tails(StreamId(file.path.split("/", 1)[0]))
    except CatalogueAway:
        return ()


def _tail_differs(file: ChainFile, ends: dict[int, str], tails: Sequence[TailRow]) -> Iterator[Found]:
    """The last line has no successor that names its hash: the one that was read when it was written does."""
    for row in tails:
        if (row.volume, row.path) == (file.volume.id, file.path) and row.seq >= 0 and row.offset:
            known = ends.get(row.offset)
            if known is None or (known and known != row.head):
                yield Found(Fault.CHAIN, file.volume.id, file.path, row.offset, "head")


def _claim(containers: dict[str, Container], file: ChainFile, entry: Entry) -> None:
    path = entry.text("file")
    container = containers.setdefault(path, Container(file, path, entry.text("init_sha")))
    container.pieces.append(_Piece(entry.seq, entry.integer("off"), entry.integer("bytes"), entry.text("sha256")))


def read_container(
    disk: Readable, container: Container, catalogue: Catalogue, chains: Disk, volumes: Sequence[Volume]
) -> Iterator[Progress]:
    """Every byte of a container against its chain, a piece at a time.

    What expired meanwhile, and what no start ever acknowledged, is no finding. `chains` and `volumes` are asked for
    that only where something seems wrong.
    """
    volume, path = container.file.volume, container.volume_path
    acknowledged = _Acknowledged(container, chains, volumes)
    try:
        size = disk.size(path)
        if size is None:
            if not _expired(container, catalogue, chains, volumes) and any(map(acknowledged, container.pieces)):
                yield Progress(0, (Found(Fault.MISSING, volume.id, container.path, 0, "file"),))
            return
    except OSError as error:
        yield Progress(0, (Found(Fault.UNREADABLE, volume.id, container.path, 0, f"errno {error.errno}"),))
        return
    init = _Piece(container.pieces[0].seq, 0, min(piece.offset for piece in container.pieces), container.init_sha256)
    for piece in (init, *container.pieces):
        fault, text, read = "", "", 0
        for _ in range(2):  # what differs once may be a fault of the way, and not of the medium
            hashed, left = sha256(), piece.size
            try:
                while left > 0:
                    data = disk.read(path, piece.offset + piece.size - left, min(left, PIECE_BYTES))
                    if not data:
                        break
                    hashed.update(data)
                    left -= len(data)
                    read += len(data)
                    if left > 0:
                        yield Progress(len(data))
                        read -= len(data)
            except FileNotFoundError:
                return  # expired while it was read; if not, the next pass finds it missing
            except OSError as error:
                fault, text = Fault.UNREADABLE, f"errno {error.errno}"
                continue
            if left > 0:
                fault, text = Fault.MISSING, f"{left} bytes"
            elif hashed.hexdigest() != piece.sha256:
                fault, text = Fault.DIFFERS, ""
            else:
                fault = ""
                break
        if fault and acknowledged(piece):
            yield Progress(read, (Found(Fault(fault), volume.id, container.path, piece.offset, text),))
        else:
            yield Progress(read)


class _Acknowledged:
    """Whether a fragment was ever acknowledged: not, where a later OPEN goes on from before it. Asked once."""

    def __init__(self, container: Container, disk: Disk, volumes: Sequence[Volume]) -> None:
        self._container, self._disk, self._volumes = container, disk, volumes
        self._until: int | None = None

    def __call__(self, piece: _Piece) -> bool:
        if self._until is None:
            self._until = self._last_resumed()
        return piece.seq <= self._until

    def _last_resumed(self) -> int:
        stream = StreamId(self._container.path.split("/", 1)[0])
        epoch = self._container.file.name.epoch
        later = [file for file in chain_files(self._disk, self._volumes, stream) if file.name.epoch > epoch]
        for file in sorted(later, key=lambda file: (file.name.epoch, file.name.day)):
            data = self._disk.read(file.volume.path(file.path), 0, PIECE_BYTES)
            entry = _entry(data[: max(0, data.find(b"\n"))])
            if entry is None or entry.kind is not EntryKind.OPEN:
                continue
            resumes = entry.fields.get("resumes")
            if not isinstance(resumes, dict):
                continue
            if resumes["epoch"] == epoch:
                return int(resumes["seq"])
            return -1 if resumes["epoch"] < epoch else 1 << 62
        return 1 << 62


def _expired(container: Container, catalogue: Catalogue, disk: Disk, volumes: Sequence[Volume]) -> bool:
    """Whether an EXPIRE or EXPUNGE entry names the container: by the catalogue, or where it does not know, by the
    stream's chain, which may have gone on elsewhere."""
    volume = container.file.volume
    try:
        row = catalogue.container(volume.id, container.path)
    except CatalogueAway:
        row = None
    if row is not None and row.expired:
        return True
    stream = StreamId(container.path.split("/", 1)[0])
    for file in chain_files(disk, volumes, stream):
        if file.name.day < container.file.name.day:
            continue
        path = file.volume.path(file.path)
        for line in disk.read(path, 0, disk.size(path) or 0).splitlines():
            if b'"kind":"EXP' in line and (entry := _entry(line)) is not None and entry.text("file") == container.path:
                return (entry.text("vol") or file.volume.id) == volume.id
    return False
