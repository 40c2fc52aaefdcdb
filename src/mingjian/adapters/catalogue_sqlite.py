"""`storage.ports.Catalogue` in an SQLite file of its own: derived, rebuildable, read by many, written by the keeper.

Rows are per container and per camera-day, never per fragment; a day's seconds are one compressed bitmap.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    select,
    tuple_,
)
from sqlalchemy.dialects.sqlite import Insert, insert

from mingjian.adapters.catalogue_file import CatalogueFile, salvaged
from mingjian.audit.chain import Gap
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.ports import CatalogueBatch, ContainerRow, DayRow, TailRow

_METADATA = MetaData()
CONTAINERS = Table(
    "containers",
    _METADATA,
    Column("volume", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("stream", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("t0", Integer, nullable=False),
    Column("t1", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("init_bytes", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("chain_path", String, nullable=False),
    Column("chain_from", Integer, nullable=False),
    Column("chain_to", Integer, nullable=False),
    Column("expired", Boolean, nullable=False),
    Index("containers_by_time", "stream", "expired", "t0"),
)
DAYS = Table(
    "camera_days",
    _METADATA,
    Column("stream", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("bits", LargeBinary, nullable=False),
    Column("gaps", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
)
TAILS = Table(
    "chain_tails",
    _METADATA,
    Column("volume", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("stream", String, nullable=False, index=True),
    Column("epoch", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("t1", Integer, nullable=False),
    Column("problem", String, nullable=False),
)
CORRUPT = Table(
    "corrupt",
    _METADATA,
    Column("volume", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("offset", Integer, primary_key=True),
    Column("found_at", Integer, nullable=False),
)


def _upsert(table: Table) -> Insert:
    statement = insert(table)
    excluded = statement.excluded
    rest = {column.name: excluded[column.name] for column in table.columns}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


_UPSERTS = {table: _upsert(table) for table in (CONTAINERS, DAYS, TAILS)}
"""Made once: building one costs more than the database takes for it, and a pass applies one batch a stream."""
MAX_CONTAINER_NS = 3600 * 1_000_000_000
"""No container lasts longer (they end after ten minutes, or at the first fragment after a gap): bounds the search."""


class SqliteCatalogue:
    """The catalogue in `path`. One object may be used by several threads; nothing is opened before it is needed.

    `keeps`: this process makes the file where there is none, and sets it aside when it is damaged. Others wait for it.
    """

    def __init__(self, path: Path, *, keeps: bool = True) -> None:
        self.file = CatalogueFile(path, keeps=keeps)
        self._keeps = keeps
        self._made = not keeps

    def close(self) -> None:
        """Give the file back; the next call opens whatever then stands at its path."""
        self.file.close()
        self._made = not self._keeps

    def set_aside(self, now: UtcNs) -> Path:
        """Where the damaged file now is. The next call makes a new one, which keeps the marks of corrupt footage."""
        aside = self.file.set_aside(now)
        self._made = False
        marks = salvaged(aside, CORRUPT.name)
        if marks:
            with self._writing() as connection:
                connection.execute(insert(CORRUPT).on_conflict_do_nothing(), marks)
        return aside

    def apply(self, batch: CatalogueBatch) -> None:
        with self._writing() as connection:
            for table, rows in (
                (CONTAINERS, [_columns(row) for row in batch.containers]),
                (DAYS, [_day_columns(row) for row in batch.days]),
                (TAILS, [_columns(row) for row in batch.tails]),
            ):
                if rows:
                    connection.execute(_UPSERTS[table], rows)

    def tails(self, stream: StreamId | None = None) -> Sequence[TailRow]:
        query = select(TAILS).order_by(TAILS.c.volume, TAILS.c.path)
        if stream is not None:
            query = query.where(TAILS.c.stream == stream)
        return [TailRow(**row) for row in self._rows(query)]

    def container(self, volume: str, path: str) -> ContainerRow | None:
        query = select(CONTAINERS).where(CONTAINERS.c.volume == volume, CONTAINERS.c.path == path)
        return next((ContainerRow(**row) for row in self._rows(query)), None)

    def containers(self, stream: StreamId, period: Period) -> Sequence[ContainerRow]:
        query = (
            select(CONTAINERS)
            .where(
                CONTAINERS.c.stream == stream,
                CONTAINERS.c.expired.is_(False),
                CONTAINERS.c.t0 < period.end,
                CONTAINERS.c.t0 > period.start - MAX_CONTAINER_NS,
                CONTAINERS.c.t1 > period.start,
            )
            .order_by(CONTAINERS.c.t0)
        )
        return [ContainerRow(**row) for row in self._rows(query)]

    def days(self, stream: StreamId, first: str, last: str) -> Sequence[DayRow]:
        query = select(DAYS).where(DAYS.c.stream == stream, DAYS.c.day.between(first, last)).order_by(DAYS.c.day)
        try:
            return [_day(row) for row in self._rows(query)]
        except (zlib.error, ValueError, TypeError) as error:  # the pages are well, what they hold is not
            raise self.file.damaged(f"{DAYS.name}: {error}") from error

    def oldest(self, stream: StreamId) -> UtcNs | None:
        query = _held(CONTAINERS.c.t0, stream).order_by(CONTAINERS.c.t0).limit(1)
        return next((UtcNs(row["t0"]) for row in self._rows(query)), None)

    def newest(self, stream: StreamId) -> UtcNs | None:
        query = _held(CONTAINERS.c.t1, stream).order_by(CONTAINERS.c.t0.desc()).limit(1)
        return next((UtcNs(row["t1"]) for row in self._rows(query)), None)

    def streams(self) -> Sequence[StreamId]:
        query = select(TAILS.c.stream).distinct().order_by(TAILS.c.stream)
        return [StreamId(row["stream"]) for row in self._rows(query)]

    def mark_corrupt(self, volume: str, path: str, offset: int, at: UtcNs) -> None:
        row = {"volume": volume, "path": path, "offset": offset, "found_at": at}
        with self._writing() as connection:
            connection.execute(insert(CORRUPT).on_conflict_do_nothing(), [row])

    def corrupt(self, volume: str, paths: Iterable[str]) -> frozenset[tuple[str, int]]:
        wanted = [(volume, path) for path in paths]
        query = select(CORRUPT.c.path, CORRUPT.c.offset).where(tuple_(CORRUPT.c.volume, CORRUPT.c.path).in_(wanted))
        return frozenset((row["path"], row["offset"]) for row in self._rows(query))

    def _rows(self, query: Any) -> Sequence[RowMapping]:
        self._make()
        with self.file.reading() as connection:
            return connection.execute(query).mappings().all()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._make()
        with self.file.writing() as connection:
            yield connection

    def _make(self) -> None:
        if not self._made:
            with self.file.writing() as connection:
                _METADATA.create_all(connection)
            self._made = True


def _held(column: Column[int], stream: StreamId) -> Select[int]:
    return select(column).where(CONTAINERS.c.stream == stream, CONTAINERS.c.expired.is_(False))


def _columns(row: ContainerRow | TailRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _day_columns(row: DayRow) -> dict[str, Any]:
    bits = zlib.compress(row.bits.to_bytes((row.bits.bit_length() + 7) // 8, "little"), 1)
    gaps = [[gap.period.start, gap.period.end, gap.cause, gap.evidence] for gap in row.gaps]
    text = json.dumps(gaps, separators=(",", ":"), ensure_ascii=False)
    return {"stream": row.stream, "day": row.day, "bits": bits, "gaps": text, "size_bytes": row.size_bytes}


def _day(row: RowMapping) -> DayRow:
    gaps = tuple(Gap(Period(start, end), cause, said) for start, end, cause, said in json.loads(row["gaps"]))
    bits = int.from_bytes(zlib.decompress(row["bits"]), "little")
    return DayRow(StreamId(row["stream"]), row["day"], bits, gaps, row["size_bytes"])
