"""Fragments by wall time, for playback and export: catalogue rows first, then only the chain lines needed.

Satisfies structurally what `display` and `processing` ask for. Bytes leave only after their SHA-256 was checked (S9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from hashlib import sha256

from mingjian.audit.chain import Entry, EntryKind, Gap, merge_gaps, parse
from mingjian.kernel.clock import Clock, UtcNs, utc_day
from mingjian.kernel.errors import Invalid, LocalError, Missing
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, holes, union
from mingjian.storage.coverage import day_start, days_of, gaps_within, joined_runs, runs, with_recorded
from mingjian.storage.layout import chain_day
from mingjian.storage.ports import Catalogue, ContainerRow, DayRow, ReadableFiles, TailRow
from mingjian.storage.volume import Volume

MAX_UNTAILED_BYTES = 1024 * 1024
"""Chain bytes looked at beyond the catalogue: minutes of entries, the tailer comes by each second."""

MAX_READ_BYTES = 64 * 1024 * 1024
"""No fragment is larger: it is cut at 16 MiB, and its last frame and its headers add a few more. What an entry claims
beyond that is a lie, and no memory is reserved for it."""


@dataclass(frozen=True, slots=True)
class FragmentRef:
    """Where one fragment stands, and everything its chain entry says that a reader needs."""

    stream: StreamId
    volume: str
    path: str
    offset: int
    length: int
    t0: UtcNs
    t1: UtcNs
    pts0_90k: int
    duration_90k: int
    frames: int
    sha256: str
    init_offset: int
    init_length: int
    init_sha256: str
    epoch: int
    seq: int
    key_seq: int | None
    """None: begins with a key frame. Else the seq (same epoch) of the fragment with its key frame, 0 when unknown."""
    chain_path: str
    corrupt: bool = False


@dataclass(frozen=True, slots=True)
class GapRef:
    """A stretch without footage and its cause, merged and cut to what was asked."""

    stream: StreamId
    t0: UtcNs
    t1: UtcNs
    cause: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Recorded stretches (to the second) and gaps of one stream within a period."""

    runs: Sequence[Period]
    gaps: Sequence[Gap]


@dataclass
class FragmentReader:
    """Reads what recorders wrote; any number of readers, none disturbs a writer."""

    disk: ReadableFiles
    volumes: Sequence[Volume]
    catalogue: Catalogue
    clock: Clock
    _volumes: dict[str, Volume] = field(init=False)

    def __post_init__(self) -> None:
        self._volumes = {volume.id: volume for volume in self.volumes}

    def fragments(self, stream: StreamId, period: Period) -> Iterator[FragmentRef | GapRef]:
        """What `period` holds, by `t0`: fragments that overlap it (whole) and gaps (cut to it).

        What only a container on a volume that is away holds is a gap of cause `volume-away`, which no chain says.
        Includes what the recorder committed since the catalogue last looked.
        """
        newest = list(
            self._untailed(stream)
        )  # before the catalogue: what it takes over meanwhile is seen twice, not lost
        found: list[FragmentRef | GapRef] = []
        known: set[tuple[str, int]] = set()
        away: list[Period] = []
        for row in self.catalogue.containers(stream, period):
            if row.volume not in self._volumes:
                away.append(Period(row.t0, row.t1))
            for ref in self._of_container(row, period):
                found.append(ref)
                known.add((ref.path, ref.offset))
        gaps = [gap for day in self._days(stream, period) for gap in day.gaps]
        for entry, container in newest:
            if not Period(entry.t0, entry.t1).overlaps(period):
                continue
            if container is None:
                gaps.append(Gap(Period(entry.t0, entry.t1), entry.text("cause"), entry.text("evidence")))
            elif (container.path, entry.integer("off")) not in known:
                found.append(_reference(entry, container, self._marks(container)))
        found = list(_without_repeats(found))
        gaps += away_gaps(away, [Period(ref.t0, ref.t1) for ref in found])
        for gap in gaps_within(gaps, period):
            found.append(GapRef(stream, gap.period.start, gap.period.end, gap.cause, gap.evidence))
        yield from sorted(found, key=lambda item: (item.t0, item.t1))

    def read(self, ref: FragmentRef) -> bytes:
        """The fragment's bytes, verified. LocalError `storage.fragment-corrupt` (and a mark) when they differ.

        A marked one is not read again: a medium that once gave other bytes is not asked until it gives the right ones.
        """
        if ref.corrupt:
            raise _corrupt(ref, "片段")
        data = self._bytes(ref, ref.offset, ref.length)
        if data is None or sha256(data).hexdigest() != ref.sha256:
            self.catalogue.mark_corrupt(ref.volume, ref.path, ref.offset, self.clock.now())
            raise _corrupt(ref, "片段")
        return data

    def init(self, ref: FragmentRef) -> bytes:
        """The init segment that decodes `ref`, verified the same way."""
        data = self._bytes(ref, ref.init_offset, ref.init_length)
        if data is None or sha256(data).hexdigest() != ref.init_sha256:
            self.catalogue.mark_corrupt(ref.volume, ref.path, ref.init_offset, self.clock.now())
            raise _corrupt(ref, "初始化段")
        return data

    def chain_lines(self, stream: StreamId, period: Period) -> Iterator[tuple[str, bytes]]:
        """(chain path, line) of every entry of the chain files of the days that `period` touches, epochs in order.

        Whole files, so that links, gaps and the entries before and after come along; for exports.
        """
        wanted = set(days_of(period))
        tails = [row for row in self.catalogue.tails(stream) if chain_day(row.path) in wanted]
        for tail in sorted(tails, key=lambda row: (row.epoch, row.path)):
            volume = self._volumes.get(tail.volume)
            if volume is None:
                continue
            path = volume.path(tail.path)
            data = self.disk.read(path, 0, self.disk.size(path) or 0)
            for line in data[: data.rfind(b"\n") + 1].splitlines():
                yield tail.path, line

    def timeline(self, stream: StreamId, period: Period) -> Timeline:
        """Runs and gaps for a canvas: from camera-day rows alone, no file is opened."""
        rows = self._days(stream, period)
        gaps = gaps_within([gap for row in rows for gap in row.gaps], period)
        return Timeline(joined_runs(((row.day, row.bits) for row in rows), period), gaps)

    def _days(self, stream: StreamId, period: Period) -> list[DayRow]:
        if not period.duration_ns:
            return []
        return list(self.catalogue.days(stream, utc_day(period.start), utc_day(UtcNs(period.end - 1))))

    def _of_container(self, row: ContainerRow, period: Period) -> list[FragmentRef]:
        volume = self._volumes.get(row.volume)
        if volume is None:
            return []
        data = self.disk.read(volume.path(row.chain_path), row.chain_from, row.chain_to - row.chain_from)
        marks = self._marks(row)
        return [
            _reference(entry, row, marks)
            for entry in _entries(data)
            if entry.kind is EntryKind.FRAG
            and entry.text("file") == row.path
            and entry.t0 < period.end
            and period.start < entry.t1
        ]

    def _marks(self, row: ContainerRow) -> frozenset[tuple[str, int]]:
        return self.catalogue.corrupt(row.volume, [row.path])

    def _untailed(self, stream: StreamId) -> Iterator[tuple[Entry, ContainerRow | None]]:
        """Entries after the catalogue's offset in the newest chain file: FRAG with its container, GAP with None."""
        tails = self.catalogue.tails(stream)
        if not tails:
            return
        tail: TailRow = max(tails, key=lambda row: (row.epoch, row.path))
        volume = self._volumes.get(tail.volume)
        if volume is None:
            return
        data = self.disk.read(volume.path(tail.path), tail.offset, MAX_UNTAILED_BYTES)
        rows: dict[str, ContainerRow] = {}
        for entry in _entries(data[: data.rfind(b"\n") + 1]):
            if entry.kind is EntryKind.GAP:
                yield entry, None
            elif entry.kind is EntryKind.FRAG:
                path = entry.text("file")
                row = rows.get(path) or self.catalogue.container(tail.volume, path) or _row_of(entry, tail)
                rows[path] = row
                yield entry, row

    def _bytes(self, ref: FragmentRef, offset: int, length: int) -> bytes | None:
        """What stands there; None where the container does not reach so far, or nothing of ours is so long."""
        volume = self._volumes.get(ref.volume)
        if volume is None:
            raise Missing(
                "storage.volume-absent",
                f"存储卷 {ref.volume} 未挂载",
                remedy="挂载该存储卷",
                text_en=f"volume {ref.volume} is not mounted",
                remedy_en="mount it",
            )
        path = volume.path(ref.path)
        try:
            size = self.disk.size(path)
            if size is not None and (length > MAX_READ_BYTES or offset + length > size):
                return None
            return self.disk.read(path, offset, length)
        except FileNotFoundError:
            raise Missing(
                "storage.container-gone",
                f"录像文件 {ref.path} 不存在",
                remedy="运行 mingjian fsck",
                text_en=f"{ref.path} is gone",
                remedy_en="run mingjian fsck",
            ) from None
        except OSError as error:
            raise LocalError(
                "storage.unreadable",
                f"录像文件 {ref.path} 读取失败（errno {error.errno}）",
                remedy="检查磁盘",
                text_en=f"{ref.path} cannot be read (errno {error.errno})",
                remedy_en="check the disk",
            ) from error


def away_gaps(away: Iterable[Period], there: Sequence[Period]) -> list[Gap]:
    """What is recorded on absent volumes and not `there` on another, as gaps for a viewer."""
    return [Gap(hole, GapCause.VOLUME_AWAY, "") for period in union(away) for hole in holes(period, there)]


def without_away(day: DayRow, away: Iterable[Period], there: Iterable[Period]) -> DayRow:
    """A camera-day for a viewer: seconds that are only on absent volumes are missing, with that cause."""
    start = day_start(day.day)

    def seconds(periods: Iterable[Period]) -> int:
        return reduce(lambda bits, period: with_recorded(bits, start, period), union(periods), 0)

    lost = day.bits & seconds(away) & ~seconds(there)
    if not lost:
        return day
    gaps = [Gap(run, GapCause.VOLUME_AWAY, "") for run in runs(lost, start)]
    return replace(day, bits=day.bits & ~lost, gaps=tuple(merge_gaps([*day.gaps, *gaps])))


def _without_repeats(found: Iterable[FragmentRef | GapRef]) -> Iterator[FragmentRef | GapRef]:
    """After an I/O error a fragment was written twice: of the same bytes at the same time the later epoch counts."""
    newest: dict[tuple[int, str], FragmentRef] = {}
    for ref in found:
        if isinstance(ref, GapRef):
            yield ref
        elif (known := newest.get((ref.t0, ref.sha256))) is None or known.epoch < ref.epoch:
            newest[ref.t0, ref.sha256] = ref
    yield from newest.values()


def _entries(data: bytes) -> Iterator[Entry]:
    for line in data.splitlines():
        try:
            yield parse(line)
        except Invalid:
            continue  # fsck and the tailer report it; a reader shows what can be read


def _reference(entry: Entry, row: ContainerRow, marks: frozenset[tuple[str, int]]) -> FragmentRef:
    offset = entry.integer("off")
    return FragmentRef(
        stream=StreamId(entry.stream),
        volume=row.volume,
        path=row.path,
        offset=offset,
        length=entry.integer("bytes"),
        t0=entry.t0,
        t1=entry.t1,
        pts0_90k=entry.integer("pts0"),
        duration_90k=entry.integer("dur"),
        frames=entry.integer("frames"),
        sha256=entry.text("sha256"),
        init_offset=0,
        init_length=row.init_bytes,
        init_sha256=entry.text("init_sha"),
        epoch=entry.epoch,
        seq=entry.seq,
        key_seq=entry.integer("key") if "key" in entry.fields else None,
        chain_path=row.chain_path,
        corrupt=(row.path, offset) in marks,
    )


def _row_of(entry: Entry, tail: TailRow) -> ContainerRow:
    """A container that the catalogue does not know yet: this is its first FRAG."""
    offset, stream = entry.integer("off"), StreamId(entry.stream)
    return ContainerRow(
        *(tail.volume, stream, entry.text("file"), entry.epoch, entry.seq, entry.seq, entry.t0, entry.t1),
        *(offset + entry.integer("bytes"), offset, entry.integer("frames"), tail.path, tail.offset, tail.offset),
    )


def _corrupt(ref: FragmentRef, what: str) -> LocalError:
    return LocalError(
        "storage.fragment-corrupt",
        f"{what}与录制时的哈希不符：{ref.path} 偏移 {ref.offset}",
        remedy="该片段不作为完好录像提供；运行 mingjian fsck --depth hash 查看范围",
        text_en=f"bytes differ from the hash made at recording: {ref.path} at {ref.offset}",
        remedy_en="it is not served as good; mingjian fsck --depth hash shows the extent",
    )
