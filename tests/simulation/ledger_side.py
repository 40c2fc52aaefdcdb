"""The keeper of a run: chains into the catalogue, heads and viewings into the ledger, the ledger into the open."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from history.fragments import samples
from mingjian.adapters import database
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tables import ledger as tables
from mingjian.adapters.tables import metadata
from mingjian.adapters.witnessing import Witnesses
from mingjian.audit.ledger import Actor, HeadBatch, LedgerEntry
from mingjian.bootstrap.head_entries import enter_heads
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError, MingjianError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.reader import FragmentReader, FragmentRef
from mingjian.storage.tailer import Seen, tail_once
from simulation.files import SimFiles
from simulation.parts import Parts

if TYPE_CHECKING:
    from simulation.world import World

ORIGIN = "mingjian.test/simulated"
FULL = 2
"""`PRAGMA synchronous`: from here on a commit in WAL outlives a power cut (SQLite's documentation)."""
TABLES = [metadata.tables[name] for name in ("ledger_entries", "ledger_references", "ledger_openings")]
TABLES += [tables.ledger_counter, tables.head_batches, tables.checkpoints]


class Template:
    """An empty database and a key, made once and copied for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = Ed25519FileSigner.create(folder / "log.key", ORIGIN)
        engine = database.open_engine(database.sqlite_url(folder / "empty.sqlite"))
        metadata.create_all(engine, TABLES)
        engine.dispose()
        catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
        catalogue.tails()
        catalogue.close()


class Keeper:
    """The keeper process and its media: a database, a catalogue, the ledger's files."""

    def __init__(self, world: World, folder: Path, template: Template, parts: Parts) -> None:
        self._world, self._folder, self._parts, self._signer = world, folder, parts, template.signer
        self._rng = random.Random(world.rng.random())
        self.files = SimFiles(self._rng)
        self.catalogue_path = folder / "catalogue.sqlite"
        shutil.copy(template.folder / "empty.sqlite", folder / "ledger.sqlite")
        shutil.copy(template.folder / "catalogue.sqlite", self.catalogue_path)
        self._saved = {name: [] for name in ("ledger.sqlite", "catalogue.sqlite")}
        self._full = True
        self.start()

    def start(self) -> None:
        """A new process on what its media hold."""
        world, parts = self._world, self._parts
        self.catalogue = SqliteCatalogue(self.catalogue_path)
        self.seen = Seen()
        self.engine = parts.engine(database.sqlite_url(self._folder / "ledger.sqlite"))
        with database.reading(self.engine) as connection:
            self._full = int(connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0) >= FULL
        self.store = LedgerStore(self._rng.randbytes)
        self._publisher = LedgerPublisher(
            self.engine,
            self.store,
            parts.tiles(parts.root, self.files),
            origin=ORIGIN,
            signers=[self._signer],
            witnesses=Witnesses([], world.clock),
            clock=world.clock,
        )

    def stop(self) -> None:
        """The process ended, in whatever way."""
        self.catalogue.close()
        self.engine.dispose()

    def power_cut(self) -> None:
        """The media as the cut leaves them: a commit that SQLite was not told to sync may be gone, a catalogue too."""
        self.files.power_cut()
        if not self._full and self._saved["ledger.sqlite"]:
            self._put_back("ledger.sqlite")
        if self._saved["catalogue.sqlite"] and self._rng.random() < 0.3:
            self._put_back("catalogue.sqlite")

    def lose_catalogue(self) -> None:
        """Its file is gone; it is made anew from the chains."""
        self.stop()
        self._remove("catalogue.sqlite")
        self.start()

    def tail(self) -> None:
        """Chains into the catalogue."""
        tail_once(
            self._world.disk,
            self._world.volumes,
            self.catalogue,
            self.seen,
            on_failure=lambda volume, error: self._world.say(f"keeper: {volume.id} does not read: {error.errno}"),
        )
        if self._rng.random() < 0.1:
            self._save("catalogue.sqlite")

    def append_heads(self) -> None:
        """The newest heads into the ledger."""
        heads = self._parts.heads(self._world.memory, self.catalogue)
        index = enter_heads(self.engine, self.store, heads, at=self._world.clock.now(), node=ORIGIN)
        if index is None:
            return
        with database.reading(self.engine) as connection:
            leaf = self._leaf(connection, index)
            query = select(tables.head_batches.c.body).where(tables.head_batches.c.idx == index)
            batch = HeadBatch.from_body(bytes(connection.execute(query).scalar_one()))
        self._committed(index, leaf)
        for head in map(json.loads, batch.lines):
            self._world.tell("headed", stream=head["stream"], epoch=head["epoch"], seq=head["seq"], sha256=head["head"])

    def publish(self) -> None:
        """What is committed becomes public. A ledger that refuses has been contradicted: nothing here may do that."""
        try:
            done = self._publisher.publish_once()
        except LocalError as refusal:
            self._world.broken("I6", f"publishing refused: {refusal.code}")
            return
        if done.changed:
            self._world.tell("published", size=done.size, root=done.root.hex())

    def view(self, stream: StreamId) -> None:
        """Somebody looks at a minute of footage: the entry first, then the bytes."""
        now = self._world.clock.now()
        asked = Period(UtcNs(now - 60 * 10**9), now)

        def enter() -> int:
            entry = LedgerEntry("viewing.opened", now, Actor("p1", "", "u1"), ORIGIN, "g1", {"cameras": [stream]})
            with database.writing(self.engine) as connection:
                index = self.store.append(connection, entry)
                leaf = self._leaf(connection, index)
            self._committed(index, leaf)
            return index

        def serve(index: int) -> None:
            reader = FragmentReader(self._world.disk, self._world.volumes, self.catalogue, self._world.clock)
            for ref in reader.fragments(stream, asked):
                if isinstance(ref, FragmentRef):
                    try:
                        data = reader.read(ref)
                    except (MingjianError, OSError):
                        continue
                    self._world.tell("left", stream=stream, index=index)
                    inside = [hashlib.sha256(sample).hexdigest() for sample in samples(data)]
                    digest = hashlib.sha256(data).hexdigest()
                    self._world.tell("served", stream=stream, sha256=digest, samples=inside)

        self._parts.registers(enter, serve)

    def _leaf(self, connection: Connection, index: int) -> bytes:
        return next(iter(self.store.leaves(connection, index, index + 1)))

    def _committed(self, index: int, leaf: bytes) -> None:
        self._world.tell("committed", index=index, sha256=hashlib.sha256(leaf).hexdigest())
        if not self._full:
            self._save("ledger.sqlite")

    def _save(self, name: str) -> None:
        with closing(sqlite3.connect(self._folder / name)) as connection:
            self._saved[name].append(connection.serialize())

    def _put_back(self, name: str) -> None:
        self._remove(name)
        (self._folder / name).write_bytes(self._rng.choice(self._saved[name]))

    def _remove(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            (self._folder / f"{name}{ending}").unlink(missing_ok=True)
