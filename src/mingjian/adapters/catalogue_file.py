"""The file under the SQLite catalogue: opened by many, kept by one, set aside when it is damaged.

Only its keeper makes it and moves it. The others follow: they notice at each use that another file stands in its
place, and tell the keeper, by a note beside it, what they find damaged.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from mingjian.kernel.clock import UtcNs, to_datetime
from mingjian.storage.ports import CatalogueAway, CatalogueDamaged

BUSY_TIMEOUT_S = 10
"""A writer waits this long for another; batches take milliseconds."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNREADABLE = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})
"""Extended codes: a page that is there and cannot be read, or that should be there. A new file lies elsewhere."""
NOT_THERE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_ERROR})
"""No file, or one whose tables are not made yet."""
PRIMARY_CODE = 0xFF
"""The lower byte of an extended SQLite code."""


class CatalogueFile:
    """One process's way to the file at `path`. `keeps`: this process makes it, and never leaves it unawares."""

    def __init__(self, path: Path, *, keeps: bool) -> None:
        self._path, self._keeps = path, keeps
        self._note = path.with_suffix(".damaged")
        self._opened: tuple[int, int] | None = None
        url = f"sqlite:///file:{quote(str(path))}?mode={'rwc' if keeps else 'rw'}&uri=true"
        self._engine: Engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(self._engine, "connect", self._connected)
        if not keeps:
            event.listen(self._engine, "checkout", self._taken)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._named_errors(), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of the block or nothing."""
        with self._named_errors(), self._engine.begin() as connection:
            yield connection

    # The keeper's side.

    def moved(self) -> bool:
        """Whether another file, or none, stands where ours was opened. Then `close` begins anew with that one."""
        return self._opened is not None and self._opened != self._identity()

    def reported(self) -> str:
        """What another process found damaged in the present file; empty where none did."""
        try:
            where, _, said = self._note.read_text(encoding="utf-8").partition(" ")
        except OSError:
            return ""
        if where == _words(self._identity()):
            return said
        self._note.unlink(missing_ok=True)  # of a file that is gone
        return ""

    def set_aside(self, now: UtcNs) -> Path:
        """Rename the file and what belongs to it; its new name. Nothing is deleted. Raises OSError."""
        self.close()
        aside = self._path.with_name(f"{self._path.name}.damaged-{to_datetime(now):%Y%m%dT%H%M%S.%fZ}")
        for suffix in ("-wal", "-shm", ""):  # the file itself last: a death in between leaves it to be found again
            source = self._path.with_name(self._path.name + suffix)
            if source.exists():
                source.rename(aside.with_name(aside.name + suffix))
        self._note.unlink(missing_ok=True)
        self._opened = None
        return aside

    def kept(self) -> list[str]:
        """The names of the files set aside so far."""
        found = self._path.parent.glob(f"{self._path.name}.damaged-*")
        return sorted(path.name for path in found if not path.name.endswith(("-wal", "-shm")))

    # Connections.

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _connected(self, connection: Any, record: Any) -> None:
        record.info["file"] = self._opened = self._identity()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):  # a batch lost by a power cut is tailed again
            connection.execute(f"PRAGMA {pragma}")

    def _taken(self, connection: Any, record: Any, proxy: Any) -> None:
        if record.info.get("file") != self._identity():
            raise DisconnectionError("another catalogue stands in its place")

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error, DisconnectionError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            extended = getattr(cause, "sqlite_errorcode", 0)
            code = extended & PRIMARY_CODE
            if code in DAMAGED or extended in UNREADABLE:
                raise self.damaged(str(cause)) from error
            if not self._keeps and (code in NOT_THERE or isinstance(error, DisconnectionError)):
                raise rebuilding() from error
            raise _unusable(self._path, str(cause)) from error

    def damaged(self, said: str) -> CatalogueAway:
        """The error for content that cannot be what was written; the keeper is told, unless that is us."""
        if not self._keeps:
            with contextlib.suppress(OSError):
                self._note.write_text(f"{_words(self._identity())} {said}", encoding="utf-8")
        self._engine.dispose()
        return rebuilding(CatalogueDamaged)


def salvaged(aside: Path, table: str) -> list[dict[str, Any]]:
    """The rows of `table` in a file that was set aside, as far as they can be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(aside))}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own name
    except sqlite3.Error:
        return []


def _words(identity: tuple[int, int] | None) -> str:
    return f"{identity[0]}:{identity[1]}" if identity is not None else "-"


def rebuilding(kind: type[CatalogueAway] = CatalogueAway) -> CatalogueAway:
    """What whoever asks the catalogue is told until it is whole again."""
    return kind(
        "catalogue.rebuilding",
        "录像目录正在由存储卷重建，录像不受影响",
        remedy="稍候再试；进度见“存储”页",
        text_en="the catalogue of recordings is being rebuilt from the volumes; the recordings are not affected",
        remedy_en="try again in a while; the storage page tells the progress",
    )


def _unusable(path: Path, said: str) -> CatalogueAway:
    return CatalogueAway(
        "catalogue.unavailable",
        f"录像目录 {path} 读写失败：{said}",
        remedy="检查系统盘的空间与读写状态",
        text_en=f"the catalogue of recordings {path} cannot be used: {said}",
        remedy_en="check space and state of the system disk",
    )
