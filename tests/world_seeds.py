"""What a world of the tests starts from: a database migrated and seeded once in a process, then a copy for each world.

Ids, passwords and codes are therefore the same in every world of one process, and other ones in the next. PostgreSQL
has templates of its own (`postgres.Cluster`) and is seeded anew.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, event

from mingjian.adapters import migrations
from mingjian.adapters.database import open_engine, sqlite_url
from mingjian.app.records import Actor
from mingjian.app.seed import DemoAccount
from mingjian.bootstrap.ledger_keys import LedgerKeys, ledger_keys
from mingjian.bootstrap.places import DataDirectory
from mingjian.kernel.ids import CameraId


@dataclass(frozen=True, slots=True)
class Seeds:
    """What was put on record, for those who ask a world for it."""

    accounts: dict[str, DemoAccount]
    manager: Actor
    cameras: tuple[CameraId, ...]


_EMPTY: list[bytes] = []
_SEEDED: dict[Hashable, tuple[bytes, Seeds]] = {}


def migrated(path: Path) -> Engine:
    """The SQLite database at `path`; a new one has every table and no row."""
    if path.exists():
        return hurried(path)
    if not _EMPTY:
        engine = hurried(path)
        migrations.upgrade(engine)
        _EMPTY.append(_content(engine))
        return engine
    path.write_bytes(_EMPTY[0])
    return hurried(path)


def hurried(path: Path) -> Engine:
    """An engine whose commits wait for no disk, as those of `postgres.Cluster` do not.

    No world of the tests is cut from power: `tests/contracts` hold the program's own engine to `synchronous=FULL`, and
    the simulation shows what is lost without it.
    """
    engine = open_engine(sqlite_url(path))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


def seeded(engine: Engine, path: Path, kind: Hashable, seed: Callable[[], Seeds]) -> Seeds:
    """Put into the new database of `engine` at `path` what `seed` puts there, which `kind` tells from other seeds."""
    if kind not in _SEEDED:
        seeds = seed()
        _SEEDED[kind] = _content(engine), seeds
        return seeds
    content, seeds = _SEEDED[kind]
    engine.dispose()  # no connection holds the file that is about to be another
    path.write_bytes(content)
    return seeds


def signing_keys(places: DataDirectory) -> LedgerKeys:
    """As `ledger_keys`, but a new installation gets the ones that were made in this process already."""
    if not any(places.keys.iterdir()):
        shutil.copytree(_kept().keys, places.keys, dirs_exist_ok=True)
        return _kept_keys()
    return ledger_keys(places)


@cache
def _kept() -> DataDirectory:
    folder = tempfile.TemporaryDirectory(prefix="mingjian-keys-")
    atexit.register(folder.cleanup)
    kept = DataDirectory(Path(folder.name))
    kept.create()
    ledger_keys(kept)
    return kept


@cache
def _kept_keys() -> LedgerKeys:
    return ledger_keys(_kept())


def _content(engine: Engine) -> bytes:
    """Everything committed, as one file; what the write-ahead log holds too."""
    raw = engine.raw_connection()
    try:
        content: bytes = raw.driver_connection.serialize()  # type: ignore[union-attr]  # sqlite3's own connection
    finally:
        raw.close()
    return content
