"""Reading what lies on the medium, not in memory, and below everybody else's reading."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from mingjian.adapters.disk import OsDisk
from mingjian.storage.ports import Listed

LOWEST = 19
SQLITE_PROBLEMS = 20
"""A damaged database tells hundreds of lines; the first say where."""


class ColdFiles:
    """`storage.scrub.Readable`: clean pages are dropped before a read, for the medium to be read, and after it, for the
    scrubber to push nobody's pages out."""

    def __init__(self) -> None:
        self._disk = OsDisk()

    def read(self, path: str, offset: int, length: int) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_DONTNEED)
            parts: list[bytes] = []
            at, left = offset, length
            while left > 0 and (part := os.pread(descriptor, left, at)):
                parts.append(part)
                at += len(part)
                left -= len(part)
            os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_DONTNEED)
            return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            os.close(descriptor)

    def size(self, path: str) -> int | None:
        return self._disk.size(path)

    def list(self, path: str) -> Sequence[Listed]:
        return self._disk.list(path)


def humble() -> None:
    """The calling thread runs, and reads, only when nobody else wants to: SCHED_IDLE, from which Linux takes the idle
    class of input and output as well. Where that is not allowed the lowest ordinary priority is used."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError:
        os.setpriority(os.PRIO_PROCESS, 0, LOWEST)


def damaged_pages(path: Path) -> list[str]:
    """What SQLite finds wrong with every page of its file; empty where all is well or there is no file.

    A database that is only busy says nothing. Nothing is written.
    """
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60.0)) as connection:
            rows = connection.execute(f"PRAGMA quick_check({SQLITE_PROBLEMS})").fetchall()
            return [str(row[0]) for row in rows if row[0] != "ok"]
    except sqlite3.OperationalError as error:
        return [str(error)] if error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR) else []
    except sqlite3.DatabaseError as error:
        return [str(error)]
