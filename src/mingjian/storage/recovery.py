"""What a start finds of the run before, volume by volume, and how it settles it without losing a byte.

Order (docs/design/0002-storage.md): copy to quarantine durably → commit the OPEN entry that names it → cut or move.
A crash between any two steps leaves a state from which the same steps give the same result. Nothing is unlinked.
What a killed process had written and not yet synced looks whole until the power goes too, so it is synced before
anything is built on it; and what it failed to sync looks whole as well, so it is read from the medium, not from memory.
Only each volume's newest chain file and newest containers are read: a restart of 100 streams takes seconds. A volume
that was away is surveyed the same way when it comes back: what a crash left on it is found by its own last entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from mingjian.audit.chain import COVERING, MAX_LINE_BYTES, Entry, EntryKind, parse
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.storage.journal import Opening, ended_in_order
from mingjian.storage.layout import QUARANTINE, ChainName, chain_name, container_name
from mingjian.storage.ports import Disk, Head
from mingjian.storage.volume import Volume

BACK_IN_TIME_NS = 2 * SECOND_NS
"""A wall clock this far before the last entry was set back: the new epoch then overlaps instead of waiting."""
COPY_BYTES = 4 * 1024 * 1024
"""Piece size of quarantine copies."""
MAX_LISTED = 100
"""Findings in one OPEN entry, so that it fits its line; a crash leaves two or three."""
LAST_CHAIN_FILES = 2
"""One group commit writes to at most so many: that of the day or epoch that ends, and that of the one that begins."""

TAIL_BYTES = 512 * 1024
"""More chain lines than one group commit writes for a stream, backlog included: where a power cut may leave holes."""
SECTOR_BYTES = 512
"""What a disk writes whole or not at all."""

AFTER_A_STEP = 4
"""Fragments and gaps that may follow a CLOCK before the line is put right: it is at the next cut, whatever waits there
for a disk is merged; a start does not read a day's chain for it."""

UNKNOWN_EPOCHS = 1000
"""Epochs left out when the newest one cannot be known, its volume and the memory of it being both away: more than a
stream opens in a year of daily restarts. The numbers must not meet when the volume comes back."""


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


@dataclass(frozen=True, slots=True)
class Found:
    """What one volume holds of a stream, and what a crash left there beyond what its entries name."""

    epoch: int
    """The newest that has a chain file; -1 where there is none."""
    last: Entry | None
    accounted: UtcNs
    """Up to where FRAG ∪ GAP reaches at `last`."""
    set_back_ns: int
    """How far the clock had been set back when the line of `last` still ran as before; 0 when it ran with the clock."""
    quarantined: Sequence[dict[str, Any]]
    missing: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the new epoch's OPEN must say, and why the time before it has no footage."""

    opening: Opening
    evidence: str


def survey(disk: Disk, volume: Volume, stream: StreamId) -> Found:
    """What `volume` holds of `stream`. Copies into quarantine are durable on return; raises what the disk raises."""
    files = chain_files(disk, [volume], stream)
    settled = set(files[-LAST_CHAIN_FILES:])
    for file in settled:
        _make_durable(disk, volume.path(file.path))
    if files:
        _finish_settling(disk, volume, files)
    quarantined: list[dict[str, Any]] = []
    last: Entry | None = None
    for file in reversed(files):
        if file not in settled:  # all later ones hold nothing: failed tries of a disk that took files and kept none
            _make_durable(disk, volume.path(file.path))
        tail = chain_tail(disk, volume.path(file.path))
        if tail.size > tail.good_bytes:
            quarantined.append(_copy(disk, volume, stream, file.path, tail.good_bytes, tail.size))
        if tail.last is not None:
            last = tail.last
            break
    missing: list[dict[str, Any]] = []
    accounted, set_back = UtcNs(0), 0
    if last is None:
        quarantined += _strangers(disk, volume, stream, None, (-1, -1))
    else:
        fragment, expired = _last_fragment(disk, volume, files, last.epoch)
        if fragment is not None and fragment.text("file") not in expired:
            _check_container(disk, volume, stream, fragment, quarantined, missing)
        quarantined += _strangers(disk, volume, stream, fragment, (last.epoch, last.seq))
        accounted = last.t1 if last.kind in COVERING else _accounted(disk, volume, files, last)
        set_back = _set_back(disk, volume, files, last)
    epoch = files[-1].name.epoch if files else -1
    return Found(epoch, last, accounted, set_back, quarantined, missing)


def recover(
    found: Sequence[Found],
    now: UtcNs,
    *,
    remembered: Head | None = None,
    elsewhere: bool = True,
    unknown: bool = False,
) -> Recovered:
    """How a stream goes on, from what its volumes hold and what is `remembered`.

    `elsewhere`: entries may stand on other volumes; without any, what files hold is all there is, also where it is less
    than once was acknowledged. `unknown`: a volume is away and nothing is remembered of it.
    """
    highest = max([one.epoch for one in found] + ([remembered.epoch] if remembered else []), default=-1)
    epoch = highest + 1 + (UNKNOWN_EPOCHS if unknown else 0)
    quarantined = [row for one in found for row in one.quarantined][:MAX_LISTED]
    newest = max((one for one in found if one.last), key=_order, default=None)
    set_back = 0
    lacks = newest is None or (elsewhere and remembered is not None and _order(newest) < (remembered.last or (-1, -1)))
    if remembered is not None and remembered.last is not None and lacks:
        opening = Opening(remembered.t1, now, epoch, remembered.hash, remembered.last, remembered.clean)
        evidence = "clean stop" if opening.clean else "ended without CLOSE, its last entry on a volume that is away"
    elif newest is not None and newest.last is not None:
        last = newest.last
        clean, set_back = ended_in_order(last), newest.set_back_ns
        opening = Opening(newest.accounted, now, epoch, last.hash, (last.epoch, last.seq), clean)
        opening = replace(opening, missing=newest.missing)
        ended = "to go on" if last.kind is EntryKind.CLOSE else "without CLOSE"
        evidence = "clean stop" if clean else f"epoch {last.epoch} ended {ended} at seq {last.seq}"
    else:
        opening = Opening(now, now, epoch, clean=highest < 0)
        evidence = "" if highest < 0 else "no whole chain entry found"
    if now < opening.t0 - BACK_IN_TIME_NS:
        # since the clock was set back, time is in no entry: as far as the chain knows when that was, the gap tells it
        opening = replace(opening, t0=UtcNs(max(0, min(now, opening.t0 + set_back))))
    return Recovered(replace(opening, quarantined=quarantined), evidence)


def _order(found: Found) -> tuple[int, int]:
    return (found.last.epoch, found.last.seq) if found.last is not None else (-1, -1)


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
    """The last line that ends in a newline and is an entry; what follows is torn.

    A disk writes the sectors of one commit in any order. Where a power cut left out an earlier one, a hole of zeroes
    stands before lines that are whole: those were never acknowledged, and nothing may be built on them.
    """
    size = disk.size(path) or 0
    window = TAIL_BYTES
    while True:
        start = max(0, size - window)
        data = disk.read(path, start, size - start)
        end = _first_hole(data, start)
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


def _first_hole(data: bytes, start: int) -> int:
    """Where sectors that were never written begin in `data`, which stands at `start` of its file; else its length.

    A chain line is ASCII without control characters. Zeroes that end with a sector or with the file are a hole; others
    are damage, which takes no entry away that was acknowledged after it.
    """
    at = data.find(0)
    while at >= 0:
        end = at
        while end < len(data) and data[end] == 0:
            end += 1
        if end == len(data) or (start + end) % SECTOR_BYTES == 0:
            return at
        at = data.find(0, end)
    return len(data)


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


def _finish_settling(disk: Disk, volume: Volume, files: Sequence[ChainFile]) -> None:
    """Do what the volume's newest OPEN listed, in case a crash came between its commit and the deed."""
    first = next(file for file in files if file.name.epoch == files[-1].name.epoch)
    data = disk.read(volume.path(first.path), 0, MAX_LINE_BYTES + 1)
    try:
        entry = parse(data[: data.index(b"\n")])
    except (Invalid, ValueError):
        return
    if entry.kind is EntryKind.OPEN:
        settle(disk, volume, entry.rows("quarantined"))


def settle(disk: Disk, volume: Volume, rows: Sequence[dict[str, Any]]) -> None:
    """Cut or move what `rows` of a durable OPEN list of `volume`. Only what still is as listed is touched."""
    for row in rows:
        offset, length = row.get("off"), row.get("bytes")
        if row.get("vol") != volume.id or not isinstance(offset, int) or not isinstance(length, int):
            continue
        path, kept = volume.path(str(row.get("file"))), volume.path(str(row.get("as")))
        if disk.size(path) != offset + length:
            continue
        if offset == 0 and path.endswith(".mp4"):
            disk.make_directory(kept.rsplit("/", 1)[0])
            disk.rename(path, kept)
        elif disk.size(kept) == length:
            disk.truncate(path, offset)


def _make_durable(disk: Disk, path: str) -> None:
    """The bytes and the name of a file that another process wrote are on the medium on return, and read from there.

    A sync that failed in that process is none that fails here: its pages count as clean and would be read as written.
    """
    handle = disk.open_append(path)
    try:
        disk.fdatasync(handle)
        disk.forget(handle)
    finally:
        disk.close(handle)
    disk.fsync_directory(path.rsplit("/", 1)[0])


def _copy(disk: Disk, volume: Volume, stream: StreamId, path: str, start: int, end: int) -> dict[str, Any]:
    """Bytes `start`..`end` of a file, durably copied into quarantine under a name that a second try finds again."""
    name = f"{QUARANTINE}/{stream}/{path.removeprefix(stream + '/').replace('/', '_')}.{start}.{end - start}.tail"
    digest = _hash(disk, volume.path(path), start, end)
    row = _row(volume, path, start, end - start, name, digest)
    target = volume.path(name)
    attempt = 0
    while (size := disk.size(target)) is not None:
        _make_durable(disk, target)
        if size == end - start and _hash(disk, target, 0, size) == digest:
            return row
        attempt += 1  # a torn copy of an interrupted recovery stays where it is
        row["as"] = f"{name}.{attempt}"
        target = volume.path(row["as"])
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


def _last_fragment(disk: Disk, volume: Volume, files: Sequence[ChainFile], epoch: int) -> tuple[Entry | None, set[str]]:
    """The epoch's last FRAG, and the containers that entries after it say are gone."""
    gone: set[str] = set()
    for file in reversed([file for file in files if file.name.epoch == epoch]):
        for entry in entries_backwards(disk, volume.path(file.path)):
            if entry.kind is EntryKind.FRAG:
                return entry, gone
            if entry.kind in (EntryKind.EXPIRE, EntryKind.EXPUNGE):
                gone.add(entry.text("file"))
    return None, gone


def _accounted(disk: Disk, volume: Volume, files: Sequence[ChainFile], last: Entry) -> UtcNs:
    """Up to where FRAG ∪ GAP reaches when the last entry is neither."""
    for file in reversed([file for file in files if file.name.epoch == last.epoch]):
        for entry in entries_backwards(disk, volume.path(file.path)):
            if entry.kind in COVERING:
                return entry.t1
            if entry.kind is EntryKind.OPEN:
                return entry.t0
    return last.t1


def _set_back(disk: Disk, volume: Volume, files: Sequence[ChainFile], last: Entry) -> int:
    """By how much (negative) the newest CLOCK of the epoch says the clock was set back; 0 where none is near."""
    covered = 0
    for file in reversed([file for file in files if file.name.epoch == last.epoch]):
        for entry in entries_backwards(disk, volume.path(file.path)):
            if entry.kind is EntryKind.CLOCK:
                return min(0, entry.integer("by"))
            covered += entry.kind in COVERING
            if covered > AFTER_A_STEP:
                return 0
    return 0


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
    disk: Disk, volume: Volume, stream: StreamId, fragment: Entry | None, last: tuple[int, int]
) -> list[dict[str, Any]]:
    """Containers whose first FRAG was never chained: their names tell (epoch and seq beyond the `last` entry's).

    Where the volume has no entry at all and more of them than a crash leaves, its chain was lost: that is damage, for
    fsck to report, and the containers stay where they are.
    """
    names = [
        f"{directory}/{entry.name}"
        for directory in _newest_days(disk, volume, stream, fragment)
        for entry in disk.list(volume.path(directory))
        if (name := container_name(entry.name)) is not None and name > last
    ]
    found: list[dict[str, Any]] = []
    if last[0] >= 0 or len(names) <= MAX_LISTED:
        for path in names:
            _make_durable(disk, volume.path(path))
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
