"""`web.witness.WitnessMemory` in an SQLite file of the witness's own: check and store are one durable transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from mingjian.audit.witness import Seen, Verdict
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import LocalError

MAX_EVIDENCE = 1000
"""Requests kept as evidence of a misbehaving log; the first of them say all, the file stays below 100 MB."""
BUSY_S = 10.0
"""How long one request waits for another's transaction."""

_SCHEMA = """
CREATE TABLE seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE evidence (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL,
  body BLOB NOT NULL) STRICT;
"""


class SqliteWitnessMemory:
    """One file. A witness whose file is lost must be retired with its key: started empty it would cosign a fork."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open an existing memory. Raises LocalError when it is missing."""
        if not path.exists():
            raise LocalError(
                "witness.memory-lost",
                f"见证记录 {path} 不存在",
                text_en=f"The witness's record {path} does not exist",
                remedy="从备份恢复；不能恢复时弃用该见证密钥，另建新的见证方",
                remedy_en="Restore it from a backup; if there is none, retire this key and set up a new witness",
            )
        self._path, self._clock = path, clock

    @classmethod
    def create(cls, path: Path, clock: Clock) -> SqliteWitnessMemory:
        """Make a new, empty memory; only beside a new key. Raises LocalError when the file exists."""
        if path.exists():
            raise LocalError(
                "witness.memory-exists",
                f"见证记录 {path} 已存在",
                text_en=f"The witness's record {path} exists already",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)
        path.chmod(0o600)
        return cls(path, clock)

    def settle(self, body: bytes, decide: Callable[[Mapping[str, Seen]], tuple[str, Verdict]]) -> Verdict:
        with self._writing() as connection:
            origin, verdict = decide(_states(connection))
            if verdict.seen is not None:
                connection.execute(
                    "INSERT INTO seen VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
                    "SET size = excluded.size, root = excluded.root, at = excluded.at",
                    (origin, verdict.seen.size, verdict.seen.root, int(self._clock.now())),
                )
            if verdict.misbehaved:
                connection.execute(
                    "INSERT INTO evidence (origin, at, status, body) SELECT ?, ?, ?, ? "
                    "WHERE (SELECT count(*) FROM evidence) < ?",
                    (origin, int(self._clock.now()), verdict.status, body, MAX_EVIDENCE),
                )
        return verdict

    def states(self) -> Mapping[str, Seen]:
        with closing(self._connect()) as connection:
            return _states(connection)

    def evidence(self) -> list[bytes]:
        """The kept requests of logs that contradicted themselves, oldest first."""
        with closing(self._connect()) as connection:
            return [bytes(row[0]) for row in connection.execute("SELECT body FROM evidence ORDER BY id")]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        return connection


def _states(connection: sqlite3.Connection) -> dict[str, Seen]:
    rows = connection.execute("SELECT origin, size, root FROM seen")
    return {origin: Seen(size, bytes(root)) for origin, size, root in rows}
