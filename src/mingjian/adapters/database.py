"""The engine: SQLite in WAL with one writer, or PostgreSQL by its URL. Writing transactions take their lock at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another: longer than any act, shorter than a user's patience."""
WRITE_LOCK = 0x4D4A
"""PostgreSQL advisory lock of the writing transactions: the ledger has one order, so its acts queue anyway."""


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file; its folder must exist."""
    return f"sqlite:///{path}"


def open_engine(url: str) -> Engine:
    """An engine for `url`. A commit is on the disk when it returns (SQLite: `synchronous=FULL`)."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock from its start, so that what it reads stays true until it commits."""
    with engine.connect() as connection:
        connection = connection.execution_options(mingjian_write=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view; nothing written through it stays."""
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would begin late and deferred; `_begin_sqlite` begins instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "synchronous=FULL",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("mingjian_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
