"""`storage.ports.Catalogue` in an SQLite file of its own: derived, rebuildable, read by many, written by the keeper.

Rows are per container and per camera-day, never per fragment; a day's seconds are one compressed bitmap.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    create_engine,
    event,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from mingjian.audit.chain import Gap
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.ports import CatalogueBatch, ContainerRow, DayRow, TailRow

BUSY_TIMEOUT_S = 10
"""A writer waits this long for another; batches take milliseconds."""
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
MAX_CONTAINER_NS = 3600 * 1_000_000_000
"""No container lasts longer (they end after ten minutes, or at the first fragment after a gap): bounds the search."""


class SqliteCatalogue:
    """The catalogue in `path` (created when absent). One object may be used by several threads."""

    def __init__(self, path: Path) -> None:
        self._engine: Engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(self._engine, "connect", _prepare)
        _METADATA.create_all(self._engine)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def apply(self, batch: CatalogueBatch) -> None:
        with self._engine.begin() as connection:
            for table, rows in (
                (CONTAINERS, [_columns(row) for row in batch.containers]),
                (DAYS, [_day_columns(row) for row in batch.days]),
                (TAILS, [_columns(row) for row in batch.tails]),
            ):
                if rows:
                    statement = insert(table)
                    keys = list(table.primary_key)
                    rest = {column.name: statement.excluded[column.name] for column in table.columns}
                    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), rows)
            for volume, path in batch.expired:
                gone = and_(CONTAINERS.c.volume == volume, CONTAINERS.c.path == path)
                connection.execute(update(CONTAINERS).where(gone).values(expired=True))

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
        return [_day(row) for row in self._rows(query)]

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
        with self._engine.begin() as connection:
            connection.execute(insert(CORRUPT).on_conflict_do_nothing(), [row])

    def corrupt(self, volume: str, paths: Iterable[str]) -> frozenset[tuple[str, int]]:
        wanted = [(volume, path) for path in paths]
        query = select(CORRUPT.c.path, CORRUPT.c.offset).where(tuple_(CORRUPT.c.volume, CORRUPT.c.path).in_(wanted))
        return frozenset((row["path"], row["offset"]) for row in self._rows(query))

    def _rows(self, query: Any) -> Sequence[RowMapping]:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def _prepare(connection: Any, record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):  # a batch lost by a power cut is tailed again
        connection.execute(f"PRAGMA {pragma}")


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
