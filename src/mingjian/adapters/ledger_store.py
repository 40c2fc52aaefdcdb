"""The ledger in the database: append inside the act's own transaction, read for auditors and for the publisher.

Committed means the caller's transaction: roll it back and neither act nor entry ever was. The counter row is locked
from the first append of a transaction to its end, on SQLite by the write lock, on PostgreSQL by the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mingjian.adapters.tables.ledger import (
    checkpoints,
    head_batches,
    ledger_counter,
    ledger_entries,
    ledger_openings,
    ledger_references,
)
from mingjian.audit.ledger import SALT_BYTES, Head, HeadBatch, LedgerEntry
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError

MAX_PAGE = 500
"""Entries a page: 500 of 2 KB are 1 MB of answer."""
READ_BATCH = 4096
"""Leaves read at a time by the publisher: 16 tiles, some megabytes at most."""
THIN_AFTER_NS = 48 * 3600 * SECOND_NS
"""Head batches and checkpoints older than this are kept one an hour: a package then carries at most an hour of chain
lines beyond its period, and three years of batches of 1 000 streams stay under 5 GB."""
HOUR_NS = 3600 * SECOND_NS


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the auditor sees it. `names` are the openings that were not erased."""

    index: int
    at: UtcNs
    leaf: bytes
    names: Mapping[str, str]

    @property
    def content(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.leaf)
        return value


class LedgerStore:
    """Append and read. `random` gives salt: `os.urandom` in service."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random

    def append(self, connection: Connection, entry: LedgerEntry) -> int:
        """Take the next index and write `entry` under it, in the caller's transaction."""
        return self.append_many(connection, [entry])[0]

    def append_many(self, connection: Connection, entries: Sequence[LedgerEntry]) -> list[int]:
        """As `append`, for several entries with consecutive indexes and one lock."""
        if not entries:
            return []
        salts = [self._random(SALT_BYTES) for _ in entries]
        leaves = [entry.canonical(salt) for entry, salt in zip(entries, salts, strict=True)]
        first = self._take(connection, len(entries))
        indexes = list(range(first, first + len(entries)))
        rows, references, openings = [], [], []
        for index, entry, leaf, salt in zip(indexes, entries, leaves, salts, strict=True):
            rows.append(
                {
                    "idx": index,
                    "leaf": leaf,
                    "at": int(entry.at),
                    "kind": entry.kind,
                    "actor": entry.actor.id,
                    "unit": entry.actor.unit,
                }
            )
            references += [{"ref": ref, "idx": index} for ref in sorted(_references(entry))]
            openings += [
                {"idx": index, "field": o.field, "salt": o.salt, "value": o.value} for o in entry.openings(salt)
            ]
        connection.execute(insert(ledger_entries), rows)
        if references:
            connection.execute(insert(ledger_references), references)
        if openings:
            connection.execute(insert(ledger_openings), openings)
        return indexes

    def append_heads(self, connection: Connection, heads: Sequence[Head], *, at: UtcNs, node: str) -> int:
        """Commit `heads` as one entry, with the last known ones of all other streams; the batch is kept beside it.

        So the head of a stream that nobody records any more stays provable when older batches are thinned.
        """
        newest = select(head_batches.c.body).order_by(head_batches.c.idx.desc()).limit(1)
        before = HeadBatch.from_body(bytes(connection.execute(newest).scalar() or b""))
        batch = before.followed_by(heads)
        index = self.append(connection, batch.entry(at=at, node=node))
        connection.execute(insert(head_batches).values(idx=index, at=int(at), body=batch.body()))
        return index

    def thin(self, connection: Connection, *, now: UtcNs) -> int:
        """Keep one head batch and one checkpoint an hour of what is older than 48 h; returns how many rows went."""
        removed = 0
        for table, key in ((head_batches, head_batches.c.idx), (checkpoints, checkpoints.c.size)):
            old = connection.execute(
                select(key, table.c.at).where(table.c.at < int(now) - THIN_AFTER_NS).order_by(key)
            ).all()
            hours = {at // HOUR_NS: number for number, at in old}
            spent = [number for number, at in old if hours[at // HOUR_NS] != number]
            for start in range(0, len(spent), MAX_PAGE):
                connection.execute(delete(table).where(key.in_(spent[start : start + MAX_PAGE])))
            removed += len(spent)
        return removed

    def size(self, connection: Connection) -> int:
        """How many entries are committed, as this transaction sees it."""
        found = connection.execute(select(ledger_counter.c.next)).scalar()
        if found is None:
            raise _no_counter()
        return int(found)

    def leaves(self, connection: Connection, start: int, end: int) -> Iterator[bytes]:
        """The leaves of `[start, end)` in order. Raises LocalError where one is missing."""
        at = start
        while at < end:
            stop = min(end, at + READ_BATCH)
            rows = connection.execute(
                select(ledger_entries.c.idx, ledger_entries.c.leaf)
                .where(ledger_entries.c.idx >= at, ledger_entries.c.idx < stop)
                .order_by(ledger_entries.c.idx)
            ).all()
            for expected, row in enumerate(rows, at):
                if row.idx != expected:
                    raise LocalError(
                        "ledger.hole",
                        f"账本缺少第 {expected} 条",
                        text_en=f"The ledger lacks entry {expected}",
                        remedy="停止服务并从备份核对数据库",
                        remedy_en="Stop the service and compare the database with a backup",
                    )
                yield bytes(row.leaf)
            if len(rows) != stop - at:
                raise LocalError(
                    "ledger.hole",
                    f"账本缺少第 {at + len(rows)} 条",
                    text_en=f"The ledger lacks entry {at + len(rows)}",
                    remedy="停止服务并从备份核对数据库",
                    remedy_en="Stop the service and compare the database with a backup",
                )
            at = stop

    def entry(self, connection: Connection, index: int) -> StoredEntry | None:
        """One entry with its names, or None."""
        row = connection.execute(select(ledger_entries).where(ledger_entries.c.idx == index)).first()
        return self._stored(connection, [row])[0] if row is not None else None

    def entries(
        self,
        connection: Connection,
        *,
        before: int | None = None,
        limit: int = 100,
        kinds: Sequence[str] = (),
        actor: str = "",
        units: Sequence[str] = (),
        references: Sequence[str] = (),
        since: UtcNs | None = None,
        until: UtcNs | None = None,
    ) -> list[StoredEntry]:
        """A page for the auditor, newest first, of entries with an index below `before`; at most `MAX_PAGE`.

        Every entry shown belongs to one of `units`, speaks of each of `references`, and lies in `[since, until)`;
        what is left empty does not filter.
        """
        columns = ledger_entries.c
        query = select(ledger_entries).order_by(columns.idx.desc()).limit(max(1, min(limit, MAX_PAGE)))
        if before is not None:
            query = query.where(columns.idx < before)
        if kinds:
            query = query.where(columns.kind.in_(kinds))
        if actor:
            query = query.where(columns.actor == actor)
        if units:
            query = query.where(columns.unit.in_(units))
        if since is not None:
            query = query.where(columns.at >= int(since))
        if until is not None:
            query = query.where(columns.at < int(until))
        for reference in references:
            spoken_of = select(ledger_references.c.idx).where(ledger_references.c.ref == reference)
            query = query.where(columns.idx.in_(spoken_of))
        return self._stored(connection, connection.execute(query).all())

    def only_of(self, connection: Connection, start: int, end: int, units: Sequence[str]) -> bool:
        """Whether every entry of `[start, end)` belongs to one of `units`."""
        columns = ledger_entries.c
        foreign = select(columns.idx).where(columns.idx >= start, columns.idx < end, columns.unit.not_in(units))
        return connection.execute(foreign.limit(1)).first() is None

    def _stored(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[StoredEntry]:
        names: dict[int, dict[str, str]] = {row.idx: {} for row in rows}
        opened = select(ledger_openings).where(ledger_openings.c.idx.in_(names))
        for opening in connection.execute(opened):
            names[opening.idx][opening.field] = opening.value
        return [StoredEntry(row.idx, UtcNs(row.at), bytes(row.leaf), names[row.idx]) for row in rows]

    def _take(self, connection: Connection, count: int) -> int:
        taken = connection.execute(
            update(ledger_counter)
            .where(ledger_counter.c.id == 1)
            .values(next=ledger_counter.c.next + count)
            .returning(ledger_counter.c.next)
        ).scalar()
        if taken is None:
            raise _no_counter()
        return int(taken) - count


def _references(entry: LedgerEntry) -> set[str]:
    """What the entry can be found by: its subject, and the cameras and the system named in its facts."""
    cameras = entry.facts.get("cameras", ())
    named = {str(camera) for camera in cameras} if isinstance(cameras, list | tuple) else set()
    named |= {entry.subject, *(str(entry.facts.get(one, "")) for one in ("camera", "system"))}
    return {ref[:80] for ref in named if ref}


def _no_counter() -> LocalError:
    return LocalError(
        "ledger.no-counter",
        "账本计数器缺失",
        text_en="The ledger counter is missing",
        remedy="运行数据库迁移；若已迁移，从备份核对数据库",
        remedy_en="Run the database migrations; if that was done, compare the database with a backup",
    )
