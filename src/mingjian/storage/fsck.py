"""Checks volumes from their files alone: chains, containers, what was quarantined. Writes nothing.

A *problem* breaks an invariant of docs/design/0002-storage.md. A *note* is a state that the next start settles (the
last seconds before a kill) or that a running recorder is just writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from mingjian.audit.chain import MAX_LINE_BYTES, ChainVerifier, Entry, EntryKind
from mingjian.kernel.ids import StreamId
from mingjian.storage.layout import container_name, is_stream
from mingjian.storage.ports import Disk
from mingjian.storage.recovery import ChainFile, chain_files
from mingjian.storage.volume import Volume

PIECE_BYTES = 4 * 1024 * 1024
"""Read at once."""


class Depth(StrEnum):
    """`structure`: links, coverage, lengths. `hash`: every byte against its entry."""

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


@dataclass
class _Container:
    volume: Volume
    end: int
    init_sha: str
    last: str


@dataclass
class _Stream:
    """What one stream's chain claims about files."""

    containers: dict[str, _Container] = field(default_factory=dict)
    fragments: dict[str, list[Entry]] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    """Path to the offset from which bytes are abandoned or to be quarantined."""
    gone: set[str] = field(default_factory=set)
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
    sizes = {(volume.id, path): disk.size(volume.path(path)) or 0 for volume, path in _files(disk, volumes, stream)}
    claims = _Stream()
    files = chain_files(disk, volumes, stream)
    verifier = ChainVerifier(stream)
    for file in files:
        yield from _check_chain(disk, file, file is files[-1], verifier, claims, tally)
    unacknowledged = dict(verifier.superseded)
    for key, container in claims.containers.items():
        path = key.split("\0")[1]
        if path in claims.gone:
            if (container.volume.id, path) in sizes:
                yield Finding(True, container.volume.id, path, 0, container.last, "已记 EXPIRE/EXPUNGE，文件仍在")
            continue
        tally.containers += 1
        yield from _check_container(disk, container, path, claims, sizes, unacknowledged, depth, tally)
    newest = files[-1].name.epoch if files else 0
    for volume, path in _files(disk, volumes, stream):
        if f"{volume.id}\0{path}" in claims.containers or path in claims.left:
            continue
        name = container_name(path.rsplit("/", 1)[1])
        pending = name is not None and name.epoch >= newest
        text = "没有链条目；下次启动时移入隔离区" if pending else "没有任何链条目的文件"
        yield Finding(not pending, volume.id, path, 0, "-", text)
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
        if not whole:
            if file.path not in claims.left:
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
        claims.gone.add(entry.text("file"))
    elif entry.kind is EntryKind.FRAG:
        path, offset = entry.text("file"), entry.integer("off")
        key = f"{volume.id}\0{path}"
        known = claims.containers.get(key)
        if known is None:
            claims.containers[key] = known = _Container(volume, offset, entry.text("init_sha"), label)
        elif offset != known.end:
            yield Finding(True, volume.id, file.path, at, label, f"偏移应为 {known.end}，实为 {offset}")
        known.end, known.last = offset + entry.integer("bytes"), label
        claims.fragments.setdefault(key, []).append(entry)


def _check_container(
    disk: Disk,
    container: _Container,
    path: str,
    claims: _Stream,
    sizes: dict[tuple[str, str], int],
    unacknowledged: dict[int, int],
    depth: Depth,
    tally: Tally,
) -> Iterator[Finding]:
    volume = container.volume
    size_before = sizes.get((volume.id, path))
    size = disk.size(volume.path(path))
    entries = claims.fragments[f"{volume.id}\0{path}"]
    if size is None:
        yield Finding(True, volume.id, path, 0, container.last, "文件缺失")
        return
    if size_before is not None and size_before > container.end and claims.left.get(path) is None:
        newest = next(reversed(claims.containers.values())) is container
        text = f"链条目之后另有 {size_before - container.end} 字节" + ("；下次启动时移入隔离区" if newest else "")
        yield Finding(not newest, volume.id, path, container.end, container.last, text)
    for entry in entries:
        tally.fragments += 1
        end = entry.integer("off") + entry.integer("bytes")
        label = f"FRAG {entry.epoch}/{entry.seq}"
        if entry.seq >= unacknowledged.get(entry.epoch, 1 << 62):
            continue
        if end > size:
            yield Finding(True, volume.id, path, entry.integer("off"), label, f"文件只有 {size} 字节，片段止于 {end}")
        elif depth is Depth.HASH:
            data = disk.read(volume.path(path), entry.integer("off"), entry.integer("bytes"))
            tally.hashed_bytes += len(data)
            if sha256(data).hexdigest() != entry.text("sha256"):
                yield Finding(True, volume.id, path, entry.integer("off"), label, "SHA-256 不符")
    if depth is Depth.HASH and entries:
        init = disk.read(volume.path(path), 0, entries[0].integer("off"))
        if sha256(init).hexdigest() != container.init_sha:
            yield Finding(True, volume.id, path, 0, container.last, "初始化段的 SHA-256 不符")


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
        elif depth is Depth.HASH and sha256(disk.read(volume.path(kept), 0, length)).hexdigest() != row.get("sha256"):
            yield Finding(True, volume.id, kept, 0, "OPEN", "隔离文件的 SHA-256 不符")
