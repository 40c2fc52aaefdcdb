"""Follows the chains of all volumes into the catalogue. The chain is the truth; whatever is lost here is read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mingjian.audit.chain import MAX_LINE_BYTES, NO_HASH, Entry, EntryKind, Gap, entry_hash, merge_gaps, parse
from mingjian.kernel.clock import DAY_NS, UtcNs, utc_day
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.coverage import day_start, days_of, with_recorded, without_recorded
from mingjian.storage.layout import ChainName, chain_name, is_stream
from mingjian.storage.ports import Catalogue, CatalogueBatch, ContainerRow, DayRow, Disk, TailRow
from mingjian.storage.volume import Volume

READ_BYTES = 4 * 1024 * 1024
"""Read from one chain file in one pass: some 8 000 entries, half a day; the rest comes in the next pass."""

PASS_BYTES = 64 * 1024 * 1024
"""Read of closed chain files in one pass, some seconds: a catalogue made anew must not keep the living ones waiting."""

LONG_DAYS = 3
"""A stretch of more UTC days is no fragment, and no outage of a day or two."""

DAYS_A_PASS = 400
"""Days on which one pass writes down stretches of more than `LONG_DAYS`, the newest of each: a year and some weeks,
longer than footage is kept. Of a clock that was wrong by decades the first day and these are enough to tell."""


@dataclass(frozen=True, slots=True)
class HeadChange:
    """A stream's chain grew up to here, as far as the file could be read: its writer may not have synced that yet."""

    stream: StreamId
    epoch: int
    seq: int
    head_sha256: str
    t1: UtcNs


@dataclass
class Seen:
    """What one tailer remembers between passes, so that an idle chain costs two calls; losing it costs a listing."""

    directories: dict[str, int] = field(default_factory=dict)
    files: dict[tuple[str, str], ChainName] = field(default_factory=dict)
    """(volume, path) of the chain files that may still grow."""
    tails: dict[tuple[str, str], TailRow] = field(default_factory=dict)
    loaded: bool = False
    behind: bool = False
    """Whether the last pass left known entries unread: the catalogue does not hold everything yet."""


def tail_once(
    disk: Disk,
    volumes: Sequence[Volume],
    catalogue: Catalogue,
    seen: Seen | None = None,
    *,
    on_failure: Callable[[Volume, OSError], None] | None = None,
    pass_bytes: int = PASS_BYTES,
) -> list[HeadChange]:
    """Read what the chains gained since the catalogue last looked; one change a stream, the newest head.

    The files that still grow come first, of the others `pass_bytes`; `seen.behind` says whether more is to be read.
    Pass the same `seen` each time in a daemon, and a fresh one for another catalogue. What a volume's disk says goes to
    `on_failure` and stops no other volume; without it, it is raised. The next pass reads again.
    """
    seen = seen if seen is not None else Seen()
    if not seen.loaded:
        seen.tails = {(row.volume, row.path): row for row in catalogue.tails()}
        seen.loaded = True
    changes: dict[StreamId, HeadChange] = {}
    mounted = {volume.id: volume for volume in volumes}
    failed: set[str] = set()

    def fails(volume: Volume, error: OSError) -> None:
        if on_failure is None:
            raise error
        failed.add(volume.id)
        on_failure(volume, error)

    for found in volumes:
        try:
            _find_files(disk, found, seen)
        except OSError as error:
            fails(found, error)
    newest = _newest(seen)
    budget, seen.behind = pass_bytes, False
    for key in sorted(seen.files, key=lambda key: (key not in newest, key[0], seen.files[key], key[1])):
        volume_id, path = key
        if (volume := mounted.get(volume_id)) is None or volume_id in failed:
            continue
        row = seen.tails.get(key) or _fresh_tail(volume, path, seen.files[key])
        try:
            size = disk.size(volume.path(path)) or 0
            if size <= row.offset:
                if key not in newest:
                    del seen.files[key]
                continue
            if key not in newest and budget <= 0:
                seen.behind = True
                continue
            data = disk.read(volume.path(path), row.offset, min(READ_BYTES, size - row.offset))
        except OSError as error:
            fails(volume, error)
            continue
        budget -= len(data) if key not in newest else 0
        seen.behind = seen.behind or row.offset + len(data) < size
        row = _Reading(catalogue, volume, row).take(data)
        seen.tails[key] = row
        if row.seq >= 0:
            known = changes.get(row.stream)
            if known is None or (known.epoch, known.seq) < (row.epoch, row.seq):
                changes[row.stream] = HeadChange(row.stream, row.epoch, row.seq, row.head, row.t1)
    return list(changes.values())


def _find_files(disk: Disk, volume: Volume, seen: Seen) -> None:
    for entry in disk.list(volume.root):
        if not entry.is_directory or not is_stream(entry.name):
            continue
        directory = volume.path(f"{entry.name}/chain")
        changed = disk.changed_ns(directory)
        if changed == seen.directories.get(directory):
            continue
        for file in disk.list(directory):
            if (name := chain_name(file.name)) is not None:
                seen.files[volume.id, f"{entry.name}/chain/{file.name}"] = name
        seen.directories[directory] = changed


def _newest(seen: Seen) -> set[tuple[str, str]]:
    """Of each stream and volume the one file that may still grow: a recorder writes only to the newest."""
    newest: dict[tuple[str, str], tuple[str, str]] = {}
    for key, name in seen.files.items():
        stream = (key[0], key[1].split("/", 1)[0])
        if stream not in newest or seen.files[newest[stream]] < name:
            newest[stream] = key
    return set(newest.values())


def _fresh_tail(volume: Volume, path: str, name: ChainName) -> TailRow:
    return TailRow(volume.id, path, StreamId(path.split("/", 1)[0]), name.epoch, 0, -1, NO_HASH, day_start(name.day))


class _Reading:
    """One piece of one chain file on its way into the catalogue: one batch, all or nothing."""

    def __init__(self, catalogue: Catalogue, volume: Volume, row: TailRow) -> None:
        self._catalogue, self._volume, self._row = catalogue, volume, row
        self._containers: dict[tuple[str, str], ContainerRow] = {}
        self._days: dict[str, DayRow] = {}
        self._gaps: dict[str, list[Gap]] = {}
        self._days_left = DAYS_A_PASS

    def take(self, data: bytes) -> TailRow:
        """The new tail; a torn last line waits for its rest, an unreadable one is skipped and said."""
        row, position = self._row, 0
        while (newline := data.find(b"\n", position)) >= 0:
            line, at = data[position:newline], self._row.offset + position
            position = newline + 1
            try:
                entry = parse(line)
            except Invalid as problem:
                row = replace(row, problem=row.problem or f"{at}: {problem.text}")
                continue
            if row.seq >= 0 and entry.prev != row.head:
                row = replace(row, problem=row.problem or f"{at}: prev 与上一条的哈希不符")
            t1 = entry.t1 if entry.kind in (EntryKind.FRAG, EntryKind.GAP) else row.t1
            row = replace(row, seq=entry.seq, head=entry_hash(line), t1=t1, offset=self._row.offset + position)
            self._take_entry(entry, at, row.offset)
        if position == 0 and len(data) > MAX_LINE_BYTES:
            row = replace(row, offset=row.offset + len(data), problem=row.problem or f"{row.offset}: 行过长")
        row = replace(row, offset=max(row.offset, self._row.offset + position))
        for day, gaps in self._gaps.items():
            known = self._days[day]
            self._days[day] = replace(known, gaps=tuple(merge_gaps([*known.gaps, *gaps])))
        self._catalogue.apply(CatalogueBatch(list(self._containers.values()), list(self._days.values()), [row]))
        return row

    def _take_entry(self, entry: Entry, start: int, end: int) -> None:
        if entry.kind is EntryKind.FRAG:
            self._fragment(entry, start, end)
        elif entry.kind is EntryKind.GAP:
            gap = Gap(Period(entry.t0, entry.t1), entry.text("cause"), entry.text("evidence"))
            for day in self._days_of(gap.period):
                self._gaps.setdefault(day, []).append(gap)
        elif entry.kind in (EntryKind.EXPIRE, EntryKind.EXPUNGE):
            self._gone(entry)

    def _gone(self, entry: Entry) -> None:
        """A container is no more; also before its own entries were read, in another file or on another volume."""
        key = (entry.text("vol") or self._volume.id, entry.text("file"))
        known = self._known(key) or ContainerRow(
            volume=key[0],
            stream=self._row.stream,
            path=key[1],
            epoch=entry.integer("epoch_of"),
            first_seq=entry.integer("first"),
            last_seq=entry.integer("last"),
            t0=entry.t0,
            t1=entry.t1,
            size_bytes=entry.integer("bytes"),
            init_bytes=0,
            frames=0,
            chain_path="",
            chain_from=0,
            chain_to=0,
        )
        self._containers[key] = replace(known, expired=True)
        expired = Period(entry.t0, entry.t1)
        for day in self._days_of(expired):
            bits = without_recorded(self._days[day].bits, day_start(day), expired)
            self._days[day] = replace(self._days[day], bits=bits)

    def _known(self, key: tuple[str, str]) -> ContainerRow | None:
        return self._containers.get(key) or self._catalogue.container(*key)

    def _fragment(self, entry: Entry, start: int, end: int) -> None:
        path, size, offset = entry.text("file"), entry.integer("bytes"), entry.integer("off")
        key = (self._volume.id, path)
        known = self._known(key)
        if known is not None and known.expired:
            return
        if known is None:
            known = ContainerRow(
                volume=self._volume.id,
                stream=self._row.stream,
                path=path,
                epoch=entry.epoch,
                first_seq=entry.seq,
                last_seq=entry.seq,
                t0=entry.t0,
                t1=entry.t1,
                size_bytes=offset + size,
                init_bytes=offset,
                frames=0,
                chain_path=self._row.path,
                chain_from=start,
                chain_to=end,
            )
        self._containers[key] = replace(
            known,
            last_seq=max(known.last_seq, entry.seq),
            t1=max(known.t1, entry.t1),
            size_bytes=max(known.size_bytes, offset + size),
            frames=known.frames + entry.integer("frames"),
            chain_to=max(known.chain_to, end),
        )
        recorded = Period(entry.t0, entry.t1)
        for day in self._days_of(recorded):
            row = self._days[day]
            bits = with_recorded(row.bits, day_start(day), recorded)
            share = size if day == utc_day(entry.t0) else 0
            self._days[day] = replace(row, bits=bits, size_bytes=row.size_bytes + share)

    def _days_of(self, period: Period) -> list[str]:
        """The days of `period` that are written down, each of them with its row in `_days`."""
        days = list(days_of(Period(period.start, min(period.end, UtcNs(period.start + LONG_DAYS * DAY_NS)))))
        if period.end - period.start > LONG_DAYS * DAY_NS:
            since = period.end - max(1, self._days_left) * DAY_NS
            newest = list(days_of(Period(UtcNs(max(period.start, since)), period.end)))
            self._days_left = max(0, self._days_left - len(newest))
            days = [days[0], *(day for day in newest if day != days[0])]
        if missing := [day for day in days if day not in self._days]:
            found = {row.day: row for row in self._catalogue.days(self._row.stream, missing[0], missing[-1])}
            self._days |= {day: found.get(day) or DayRow(self._row.stream, day, 0, (), 0) for day in missing}
        return days
