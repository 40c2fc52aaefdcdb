"""What a start finds of the run before, and how it settles it without losing a byte.

Order (docs/design/0002-storage.md): copy to quarantine durably → commit the OPEN entry that names it → cut or move.
A crash between any two steps leaves a state from which the same steps give the same result. Nothing is unlinked.
Only the newest chain file and the newest containers are read: a restart of 100 streams takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mingjian.audit.chain import COVERING, MAX_LINE_BYTES, Entry, EntryKind, parse
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.storage.journal import Opening
from mingjian.storage.layout import QUARANTINE, ChainName, chain_name, container_name
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume

BACK_IN_TIME_NS = 2 * SECOND_NS
"""A wall clock this far before the last entry was set back: the new epoch then overlaps instead of waiting."""
COPY_BYTES = 4 * 1024 * 1024
"""Piece size of quarantine copies."""
MAX_LISTED = 100
"""Findings in one OPEN entry, so that it fits its line; a crash leaves two or three."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the new epoch's OPEN must say, and what is to be done once it is durable."""

    opening: Opening
    settle: Callable[[], None]
    evidence: str


@dataclass(frozen=True, slots=True)
class ChainFile:
    """A chain file as found."""

    volume: Volume
    path: str
    name: ChainName


@dataclass(frozen=True, slots=True)
class ChainTail:
    """The end of a chain file: its last whole entry and how many bytes precede what is torn."""

    last: Entry | None
    good_bytes: int
    size: int


def recover(disk: Disk, volumes: Sequence[Volume], stream: StreamId, now: UtcNs) -> Recovered:
    """The stream's state on `volumes`. Copies into quarantine are durable on return; cutting is left to `settle`."""
    files = chain_files(disk, volumes, stream)
    if not files:
        return Recovered(Opening(now, now, 0), lambda: None, "")
    finish_settling(disk, volumes, files)
    newest_epoch = files[-1].name.epoch
    quarantined: list[dict[str, Any]] = []
    last: Entry | None = None
    used: list[ChainFile] = []
    for file in reversed(files):
        used.append(file)
        tail = chain_tail(disk, file.volume.path(file.path))
        if tail.size > tail.good_bytes:
            quarantined.append(_copy(disk, file.volume, stream, file.path, tail.good_bytes, tail.size))
        if tail.last is not None:
            last = tail.last
            break
    if last is None:
        return Recovered(
            Opening(now, now, newest_epoch + 1, clean=False, quarantined=quarantined),
            _settle(disk, volumes, quarantined),
            "no whole chain entry found",
        )
    home = used[-1].volume
    missing: list[dict[str, Any]] = []
    fragment = _last_fragment(disk, home, files, last.epoch)
    if fragment is not None:
        _check_container(disk, home, stream, fragment, quarantined, missing)
    quarantined += _strangers(disk, home, stream, fragment, last)
    accounted = last.t1 if last.kind in COVERING else _accounted(disk, home, files, last)
    back = now < accounted - BACK_IN_TIME_NS
    opening = Opening(
        t0=now if back else accounted,
        at=now,
        epoch=newest_epoch + 1,
        prev=last.hash,
        resumes=(last.epoch, last.seq),
        clean=last.kind is EntryKind.CLOSE,
        quarantined=quarantined[:MAX_LISTED],
        missing=missing,
    )
    evidence = "clean stop" if opening.clean else f"epoch {last.epoch} ended without CLOSE at seq {last.seq}"
    return Recovered(opening, _settle(disk, volumes, quarantined[:MAX_LISTED]), evidence)


def chain_files(disk: Disk, volumes: Sequence[Volume], stream: StreamId) -> list[ChainFile]:
    """All chain files of the stream, by epoch and day."""
    found = [
        ChainFile(volume, f"{stream}/chain/{entry.name}", name)
        for volume in volumes
        for entry in disk.list(volume.path(f"{stream}/chain"))
        if (name := chain_name(entry.name)) is not None
    ]
    return sorted(found, key=lambda file: file.name)


def chain_tail(disk: Disk, path: str) -> ChainTail:
    """The last line that ends in a newline and is an entry; what follows is torn."""
    size = disk.size(path) or 0
    window = 2 * MAX_LINE_BYTES
    while True:
        start = max(0, size - window)
        data = disk.read(path, start, size - start)
        end = len(data)
        while (newline := data.rfind(b"\n", 0, end)) >= 0:
            begin = data.rfind(b"\n", 0, newline) + 1
            if begin == 0 and start > 0:
                break
            try:
                return ChainTail(parse(data[begin:newline]), start + newline + 1, size)
            except Invalid:
                end = newline
        if start == 0:
            return ChainTail(None, 0, size)
        window *= 4


def entries_backwards(disk: Disk, path: str) -> Iterator[Entry]:
    """The readable entries of a chain file from its end: usually only the first piece is read."""
    position = chain_tail(disk, path).good_bytes
    rest = b""
    while position > 0:
        step = min(4 * MAX_LINE_BYTES, position)
        position -= step
        data = disk.read(path, position, step) + rest
        lines = data.split(b"\n")
        rest = lines[0] if position > 0 else b""
        for line in reversed(lines[1:] if position > 0 else lines):
            if line:
                try:
                    yield parse(line)
                except Invalid:
                    continue


def finish_settling(disk: Disk, volumes: Sequence[Volume], files: Sequence[ChainFile]) -> None:
    """Do what the newest OPEN listed, in case a crash came between its commit and the deed."""
    newest = [file for file in files if file.name.epoch == files[-1].name.epoch]
    first = newest[0]
    data = disk.read(first.volume.path(first.path), 0, MAX_LINE_BYTES + 1)
    try:
        entry = parse(data[: data.index(b"\n")])
    except (Invalid, ValueError):
        return
    if entry.kind is EntryKind.OPEN:
        _settle(disk, volumes, entry.rows("quarantined"))()


def _settle(disk: Disk, volumes: Sequence[Volume], rows: Sequence[dict[str, Any]]) -> Callable[[], None]:
    """Cut or move what was copied or named. Only what still is as listed is touched."""

    def settle() -> None:
        for row in rows:
            volume = next((volume for volume in volumes if volume.id == row.get("vol")), None)
            offset, length = row.get("off"), row.get("bytes")
            if volume is None or not isinstance(offset, int) or not isinstance(length, int):
                continue
            path, kept = volume.path(str(row.get("file"))), volume.path(str(row.get("as")))
            if disk.size(path) != offset + length:
                continue
            if offset == 0 and path.endswith(".mp4"):
                disk.make_directory(kept.rsplit("/", 1)[0])
                disk.rename(path, kept)
            elif disk.size(kept) == length:
                disk.truncate(path, offset)

    return settle


def _copy(disk: Disk, volume: Volume, stream: StreamId, path: str, start: int, end: int) -> dict[str, Any]:
    """Bytes `start`..`end` of a file, durably copied into quarantine under a name that a second try finds again."""
    name = f"{QUARANTINE}/{stream}/{path.removeprefix(stream + '/').replace('/', '_')}.{start}.{end - start}.tail"
    row = _row(volume, path, start, end - start, name, _hash(disk, volume.path(path), start, end))
    target = volume.path(name)
    attempt = 0
    while (size := disk.size(target)) is not None and size != end - start:
        attempt += 1  # a torn copy of an interrupted recovery stays where it is
        row["as"] = f"{name}.{attempt}"
        target = volume.path(row["as"])
    if size is not None:
        return row
    disk.make_directory(target.rsplit("/", 1)[0])
    handle = disk.create_exclusive(target)
    try:
        for offset in range(start, end, COPY_BYTES):
            disk.append(handle, [disk.read(volume.path(path), offset, min(COPY_BYTES, end - offset))])
        disk.fdatasync(handle)
    finally:
        disk.close(handle)
    disk.fsync_directory(target.rsplit("/", 1)[0])
    return row


def _row(volume: Volume, path: str, offset: int, length: int, kept: str, digest: str) -> dict[str, Any]:
    return {"vol": volume.id, "file": path, "off": offset, "bytes": length, "as": kept, "sha256": digest}


def _hash(disk: Disk, path: str, start: int, end: int) -> str:
    digest = sha256()
    for offset in range(start, end, COPY_BYTES):
        digest.update(disk.read(path, offset, min(COPY_BYTES, end - offset)))
    return digest.hexdigest()


def _last_fragment(disk: Disk, volume: Volume, files: Sequence[ChainFile], epoch: int) -> Entry | None:
    for file in reversed([file for file in files if file.name.epoch == epoch]):
        for entry in entries_backwards(disk, volume.path(file.path)):
            if entry.kind is EntryKind.FRAG:
                return entry
    return None


def _accounted(disk: Disk, volume: Volume, files: Sequence[ChainFile], last: Entry) -> UtcNs:
    """Up to where FRAG ∪ GAP reaches when the last entry is neither."""
    for file in reversed([file for file in files if file.name.epoch == last.epoch]):
        for entry in entries_backwards(disk, volume.path(file.path)):
            if entry.kind in COVERING:
                return entry.t1
            if entry.kind is EntryKind.OPEN:
                return entry.t0
    return last.t1


def _check_container(
    disk: Disk,
    volume: Volume,
    stream: StreamId,
    fragment: Entry,
    quarantined: list[dict[str, Any]],
    missing: list[dict[str, Any]],
) -> None:
    path = fragment.text("file")
    end = fragment.integer("off") + fragment.integer("bytes")
    size = disk.size(volume.path(path))
    if size is None or size < end:
        missing.append({"vol": volume.id, "file": path, "off": size or 0})
    elif size > end:
        quarantined.append(_copy(disk, volume, stream, path, end, size))


def _strangers(
    disk: Disk, volume: Volume, stream: StreamId, fragment: Entry | None, last: Entry
) -> list[dict[str, Any]]:
    """Containers of the last epoch whose first FRAG was never chained: their names tell (seq beyond the last entry)."""
    found: list[dict[str, Any]] = []
    for directory in _newest_days(disk, volume, stream, fragment):
        for entry in disk.list(volume.path(directory)):
            name = container_name(entry.name)
            if name is None or name.epoch < last.epoch or (name.epoch == last.epoch and name.seq <= last.seq):
                continue
            path = f"{directory}/{entry.name}"
            size = disk.size(volume.path(path)) or 0
            kept = f"{QUARANTINE}/{stream}/{path.removeprefix(stream + '/').replace('/', '_')}"
            found.append(_row(volume, path, 0, size, kept, _hash(disk, volume.path(path), 0, size)))
    return found


def _newest_days(disk: Disk, volume: Volume, stream: StreamId, fragment: Entry | None) -> Iterator[str]:
    """Directories of the day of the last FRAG and after; all when there is none."""
    since = fragment.text("file").rsplit("/", 1)[0] if fragment is not None else ""
    for year in disk.list(volume.path(stream)):
        if not year.is_directory or not year.name.isdigit():
            continue
        for month in disk.list(volume.path(f"{stream}/{year.name}")):
            for day in disk.list(volume.path(f"{stream}/{year.name}/{month.name}")):
                directory = f"{stream}/{year.name}/{month.name}/{day.name}"
                if directory >= since:
                    yield directory
