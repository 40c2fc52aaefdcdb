"""The engine: SQLite in WAL with one writer, or PostgreSQL by its URL. Writing transactions take their lock at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DataError, OperationalError

from mingjian.kernel.errors import Invalid, LocalError

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
    """A transaction that holds the write lock from its start, so that what it reads stays true until it commits.

    Raises LocalError when the database cannot be used, Invalid `input.unstorable` for a value that it cannot hold
    (PostgreSQL takes no NUL): nothing of the act has happened then.
    """
    with _answering(), engine.connect() as connection:
        connection = connection.execution_options(mingjian_write=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view; nothing written through it stays. Raises LocalError when the database cannot be used."""
    with _answering(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


@contextmanager
def _answering() -> Iterator[None]:
    """The name of a database that is away, locked or damaged, and of a value that it cannot hold.

    A broken rule of the schema is a bug and stays one.
    """
    try:
        yield
    except DataError as error:
        raise Invalid(
            "input.unstorable",
            "填写的内容含有不能保存的字符或者过大",
            text_en="What was given holds a character that cannot be stored, or is too large",
            remedy="删去看不见的控制字符后重试",
            remedy_en="Take invisible control characters out and try again",
        ) from error
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise
        raise LocalError(
            "database.unavailable",
            "数据库暂不可用，操作没有执行；录像不受影响",
            remedy="稍后重试；若持续出现，检查数据库所在磁盘",
            text_en="The database cannot be used now, nothing was done; recording goes on",
            remedy_en="Try again; if it stays so, check the disk that holds the database",
        ) from error


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
        "secure_delete=ON",  # a share of a key that was given is gone from the file too
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("mingjian_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
