"""PostgreSQL for the tests: a throw-away cluster on a Unix socket, and in it a database for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from mingjian.adapters import migrations
from mingjian.adapters.database import open_engine

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian puts each version's own programs."""
OWNER = "postgres"
"""The server refuses to run as root; Debian's package makes this account."""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=''", "shared_buffers=16MB")
"""Nothing of a test outlives it, so nothing is made durable; nothing listens on the network."""
TEMPLATE, EMPTY = "migrated", "template0"
LOCALE = "C.UTF-8"
"""Names stand in the order of their characters, as in SQLite."""


@dataclass
class Cluster:
    """A running server."""

    socket: Path
    made: int = 0
    template: bool = False

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.socket}"

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database of its own, with all migrations or without a table; gone afterwards."""
        if migrated and not self.template:
            self._create(TEMPLATE, EMPTY)
            engine = open_engine(self.url(TEMPLATE))
            migrations.upgrade(engine)
            engine.dispose()
            self.template = True
        self.made += 1
        name = f"test{self.made}"
        self._create(name, TEMPLATE if migrated else EMPTY)
        try:
            yield self.url(name)
        finally:
            self._does(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, name: str, template: str) -> None:
        self._does(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE '{LOCALE}'")

    def _does(self, statement: str) -> None:
        with psycopg.connect(f"host={self.socket} user={OWNER} dbname=postgres", autocommit=True) as server:
            server.execute(statement.encode())


def programs() -> Path:
    """The newest version that is installed. Raises FileNotFoundError where there is none."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL below {PROGRAMS}: run `make setup-test` (Debian package postgresql)")
    return found[-1].parent


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster in a folder that is gone afterwards; started by the account `postgres` where root runs the tests."""
    folder, binaries = Path(tempfile.mkdtemp(prefix="mj-pg-")), programs()  # a socket's path has 107 characters
    owner = OWNER if os.geteuid() == 0 else None
    if owner is not None:
        shutil.chown(folder, owner)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [binaries / program, *arguments], cwd=folder, user=owner, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    data, log = str(folder / "data"), str(folder / "log")
    options = " ".join(f"-c {one}" for one in (*QUICK, f"unix_socket_directories={folder}"))
    try:
        run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", f"--locale={LOCALE}", "--no-sync")
        run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start")
        try:
            yield Cluster(folder)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
