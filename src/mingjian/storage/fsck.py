"""Checks volumes from their files alone: chains, containers, what was quarantined. Writes nothing.

A *problem* breaks an invariant of docs/design/0002-storage.md. A *note* is a state that the next start settles (the
last seconds before a kill) or that a running recorder is just writing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from mingjian.audit.chain import MAX_LINE_BYTES, ChainVerifier, Entry, EntryKind, parse
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.storage import box_headers
from mingjian.storage.box_headers import FRAGMENT, HEADER_BYTES, INIT
from mingjian.storage.layout import chain_name, container_name, is_stream
from mingjian.storage.ports import Disk
from mingjian.storage.recovery import ChainFile, chain_files
from mingjian.storage.volume import Volume

PIECE_BYTES = 4 * 1024 * 1024
"""Read at once, whatever a chain claims of a fragment's length."""
HEAD_BYTES = 4096
"""Read of a large fragment for its box headers: two seconds' `moof` has some 900 bytes."""
DENSE_BYTES = 128 * 1024
"""Fragments up to this are read with what follows them: one long read costs less than many short ones."""
WINDOW_CONTAINERS = 16
"""Containers held until checked: an OPEN explains at most those of the last group commit before it."""


class Depth(StrEnum):
    """`structure`: links, coverage, lengths, box headers. `hash`: every byte against its entry, besides."""

    STRUCTURE = "structure"
    HASH = "hash"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    severe: bool
    volume: str
    path: str
    offset: int
    entry: str
    text: str

    def __str__(self) -> str:
        word = "问题 PROBLEM" if self.severe else "说明 note"
        return f"{word}: {self.volume} {self.path} @{self.offset} {self.entry}: {self.text}"


@dataclass
class Tally:
    """What was looked at."""

    streams: int = 0
    entries: int = 0
    fragments: int = 0
    containers: int = 0
    hashed_bytes: int = 0


class _Piece(NamedTuple):
    """What one FRAG entry claims, small enough to hold thousands."""

    epoch: int
    seq: int
    offset: int
    size: int
    sha256: str


@dataclass
class _Container:
    volume: Volume
    path: str
    end: int
    init_sha: str
    last: str
    pieces: list[_Piece] = field(default_factory=list)


@dataclass
class _Stream:
    """What one stream's chain claims about files."""

    sizes: dict[tuple[str, str], int]
    containers: dict[tuple[str, str], _Container] = field(default_factory=dict)
    """Not yet checked: the last few."""
    known: set[tuple[str, str]] = field(default_factory=set)
    absent: dict[tuple[str, str], str] = field(default_factory=dict)
    """Files not there, with the entry that named them: a later EXPIRE may explain it."""
    left: dict[str, int] = field(default_factory=dict)
    """Path to the offset from which bytes are abandoned or to be quarantined."""
    gone: set[tuple[str, str]] = field(default_factory=set)
    kept: list[dict[str, object]] = field(default_factory=list)


def check(disk: Disk, volumes: Sequence[Volume], depth: Depth, tally: Tally) -> Iterator[Finding]:
    """Every finding of all streams on `volumes`; epochs of a stream are followed across volumes."""
    names = {
        StreamId(entry.name)
        for volume in volumes
        for entry in disk.list(volume.root)
        if entry.is_directory and is_stream(entry.name)
    }
    for stream in sorted(names):
        tally.streams += 1
        yield from check_stream(disk, volumes, stream, depth, tally)


def check_stream(
    disk: Disk, volumes: Sequence[Volume], stream: StreamId, depth: Depth, tally: Tally
) -> Iterator[Finding]:
    """One stream: its chain first, then what the chain says of the containers, then what no entry knows."""
    # sizes before chains: media precede their entries, so a running recorder cannot make a container look too long
    listed = {(volume.id, path): disk.size(volume.path(path)) or 0 for volume, path in _files(disk, volumes, stream)}
    claims = _Stream(listed)
    files = chain_files(disk, volumes, stream)
    for file in files:
        _learn_left(disk, file, claims)
    verifier = ChainVerifier(stream)
    for file in files:
        yield from _check_chain(disk, file, file is files[-1], verifier, claims, tally)
        while len(claims.containers) > WINDOW_CONTAINERS:
            oldest = claims.containers.pop(next(iter(claims.containers)))
            yield from _check_container(disk, oldest, False, claims, verifier, depth, tally)
    pending = list(claims.containers.values())
    for container in pending:
        yield from _check_container(disk, container, container is pending[-1], claims, verifier, depth, tally)
    for key, label in claims.absent.items():
        if key not in claims.gone:
            yield Finding(True, key[0], key[1], 0, label, "文件缺失 file missing")
    newest = files[-1].name.epoch if files else 0
    for key in listed:
        if key in claims.gone:
            yield Finding(True, key[0], key[1], 0, "EXPIRE", "已记 EXPIRE/EXPUNGE，文件仍在 expired file still there")
        elif key not in claims.known and key[1] not in claims.left:
            name = container_name(key[1].rsplit("/", 1)[1])
            young = name is not None and name.epoch >= newest
            text = "没有任何链条目的文件 no entry names it" + (
                "；下次启动时移入隔离区 next start keeps it" if young else ""
            )
            yield Finding(not young, key[0], key[1], 0, "-", text)
    yield from _check_quarantine(disk, volumes, claims, depth)


def _files(disk: Disk, volumes: Sequence[Volume], stream: StreamId) -> Iterator[tuple[Volume, str]]:
    for volume in volumes:
        for year in disk.list(volume.path(stream)):
            if not year.is_directory or not year.name.isdigit():
                continue
            for month in disk.list(volume.path(f"{stream}/{year.name}")):
                for day in disk.list(volume.path(f"{stream}/{year.name}/{month.name}")):
                    directory = f"{stream}/{year.name}/{month.name}/{day.name}"
                    for entry in disk.list(volume.path(directory)):
                        yield volume, f"{directory}/{entry.name}"


def _check_chain(
    disk: Disk, file: ChainFile, newest: bool, verifier: ChainVerifier, claims: _Stream, tally: Tally
) -> Iterator[Finding]:
    volume, at = file.volume, 0
    for line, whole in _lines(disk, volume.path(file.path)):
        if at >= claims.left.get(file.path, at + 1):
            return  # a later OPEN left it behind: never acknowledged, perhaps torn
        if not whole:
            settled = newest or not line
            text = "末行不完整" + ("；下次启动时移入隔离区" if settled else "，后面的 epoch 未说明")
            claims.left.setdefault(file.path, at)
            yield Finding(not settled, volume.id, file.path, at, "-", text)
            return
        entry, problems = verifier.feed(line)
        label = f"{entry.kind} {entry.epoch}/{entry.seq}" if entry else "-"
        for text in problems:
            yield Finding(True, volume.id, file.path, at, label, text)
        if entry is not None:
            tally.entries += 1
            if entry.epoch != file.name.epoch:
                yield Finding(True, volume.id, file.path, at, label, "epoch 与文件名不符")
            yield from _claim(volume, file, entry, label, at, claims)
        at += len(line) + 1


def _learn_left(disk: Disk, file: ChainFile, claims: _Stream) -> None:
    """What the OPEN of `file` says was left behind in chain files before it, if it begins with one."""
    line = disk.read(file.volume.path(file.path), 0, MAX_LINE_BYTES + 1).split(b"\n", 1)[0]
    with contextlib.suppress(Invalid):
        for row in parse(line).rows("abandoned") if b'"OPEN"' in line else []:
            if isinstance(row.get("off"), int) and chain_name(str(row.get("file")).rsplit("/", 1)[-1]) is not None:
                claims.left.setdefault(str(row["file"]), row["off"])


def _lines(disk: Disk, path: str) -> Iterator[tuple[bytes, bool]]:
    """Each line and whether it ends in a newline; a line longer than any entry ends the file."""
    offset, rest = 0, b""
    while data := disk.read(path, offset, PIECE_BYTES):
        offset += len(data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line, True
        if len(rest) > MAX_LINE_BYTES:
            break
    if rest:
        yield rest, False


def _claim(volume: Volume, file: ChainFile, entry: Entry, label: str, at: int, claims: _Stream) -> Iterator[Finding]:
    if entry.kind is EntryKind.OPEN:
        for name in ("abandoned", "quarantined"):
            for row in entry.rows(name):
                if isinstance(row.get("off"), int):
                    claims.left.setdefault(str(row.get("file")), row["off"])
        claims.kept += entry.rows("quarantined")
        for row in entry.rows("missing"):
            yield Finding(True, volume.id, str(row.get("file")), 0, label, "已确认的录像在启动时缺失")
    elif entry.kind in (EntryKind.EXPIRE, EntryKind.EXPUNGE):
        claims.gone.add((entry.text("vol") or volume.id, entry.text("file")))
    elif entry.kind is EntryKind.FRAG:
        path, offset, size = entry.text("file"), entry.integer("off"), entry.integer("bytes")
        key = (volume.id, path)
        known = claims.containers.get(key)
        if known is None:
            if key in claims.known:
                yield Finding(True, volume.id, file.path, at, label, f"{path} 早已结束 was complete long before")
            known = _Container(volume, path, offset, entry.text("init_sha"), label)
            claims.containers[key] = known
            claims.known.add(key)
        elif offset != known.end:
            text = f"偏移应为 {known.end}，实为 {offset} offset does not follow"
            yield Finding(True, volume.id, file.path, at, label, text)
        known.end, known.last = offset + size, label
        known.pieces.append(_Piece(entry.epoch, entry.seq, offset, size, entry.text("sha256")))


def _check_container(
    disk: Disk,
    container: _Container,
    newest: bool,
    claims: _Stream,
    verifier: ChainVerifier,
    depth: Depth,
    tally: Tally,
) -> Iterator[Finding]:
    volume, path = container.volume, container.path
    tally.containers += 1
    tally.fragments += len(container.pieces)
    size = disk.size(volume.path(path))
    if size is None:
        claims.absent[volume.id, path] = container.last
        return
    beyond = claims.sizes.get((volume.id, path), 0) - container.end
    if beyond > 0 and path not in claims.left:
        text = f"链条目之后另有 {beyond} 字节 bytes without entry" + ("；下次启动时移入隔离区" if newest else "")
        yield Finding(not newest, volume.id, path, container.end, container.last, text)
    unacknowledged, heads = dict(verifier.superseded), _Heads(disk, volume.path(path))
    for piece in container.pieces:
        if piece.seq >= unacknowledged.get(piece.epoch, 1 << 62):
            continue  # a later OPEN resumed before it: its bytes were never promised
        label = f"FRAG {piece.epoch}/{piece.seq}"
        if piece.offset + piece.size > size:
            text = f"文件只有 {size} 字节，片段止于 {piece.offset + piece.size} fragment cut short"
            yield Finding(True, volume.id, path, piece.offset, label, text)
            continue
        if text := box_headers.fault(
            heads.ahead(PIECE_BYTES if piece.size <= DENSE_BYTES else HEAD_BYTES),
            piece.offset,
            piece.offset + piece.size,
            FRAGMENT,
        ):
            yield Finding(True, volume.id, path, piece.offset, label, text)
        if depth is Depth.HASH:
            tally.hashed_bytes += piece.size
            if _sha256(disk, volume.path(path), piece.offset, piece.size) != piece.sha256:
                yield Finding(True, volume.id, path, piece.offset, label, "SHA-256 不符 differs")
    init_bytes = min(container.pieces[0].offset, size)
    if text := box_headers.fault(heads.ahead(HEAD_BYTES), 0, init_bytes, INIT):
        yield Finding(True, volume.id, path, 0, container.last, f"初始化段 init segment: {text}")
    if depth is Depth.HASH and _sha256(disk, volume.path(path), 0, init_bytes) != container.init_sha:
        yield Finding(True, volume.id, path, 0, container.last, "初始化段的 SHA-256 不符 init segment differs")


class _Heads:
    """Box headers of one file, read with what follows where that spares reads."""

    def __init__(self, disk: Disk, path: str) -> None:
        self._disk, self._path = disk, path
        self._start, self._held = 0, b""

    def ahead(self, length: int) -> Callable[[int], bytes]:
        """The header at an offset; where the disk is asked, `length` bytes are read."""

        def header(at: int) -> bytes:
            begin = at - self._start
            if begin < 0 or begin + HEADER_BYTES > len(self._held):
                self._start, begin = at, 0
                self._held = self._disk.read(self._path, at, length)
            return self._held[begin : begin + HEADER_BYTES]

        return header


def _sha256(disk: Disk, path: str, offset: int, size: int) -> str:
    digest, end = sha256(), offset + size
    for at in range(offset, end, PIECE_BYTES):
        digest.update(disk.read(path, at, min(PIECE_BYTES, end - at)))
    return digest.hexdigest()


def _check_quarantine(disk: Disk, volumes: Sequence[Volume], claims: _Stream, depth: Depth) -> Iterator[Finding]:
    for row in claims.kept:
        volume = next((volume for volume in volumes if volume.id == row.get("vol")), None)
        kept, length = str(row.get("as")), row.get("bytes")
        if volume is None or not isinstance(length, int):
            continue
        size = disk.size(volume.path(kept))
        whole_file = row.get("off") == 0 and str(row.get("file")).endswith(".mp4")
        if size is None and whole_file and disk.size(volume.path(str(row.get("file")))) == length:
            yield Finding(False, volume.id, str(row.get("file")), 0, "OPEN", "尚待移入隔离区")
        elif size != length:
            yield Finding(True, volume.id, kept, 0, "OPEN", f"隔离文件应有 {length} 字节，实有 {size}")
        elif depth is Depth.HASH and _sha256(disk, volume.path(kept), 0, length) != row.get("sha256"):
            yield Finding(True, volume.id, kept, 0, "OPEN", "隔离文件的 SHA-256 不符")
