"""The ledger in the database and on disk: what is committed gets published, once, and never contradicted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from mingjian.adapters.database import open_engine, reading, sqlite_url, writing
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tables import ledger as _tables
from mingjian.adapters.tables import metadata
from mingjian.adapters.tiles import FileTiles, OsFiles
from mingjian.adapters.witness_memory import SqliteWitnessMemory
from mingjian.adapters.witnessing import Answer, Witnesses, WitnessPeer
from mingjian.audit import checkpoint, ledger, merkle, witness
from mingjian.audit.ledger import Actor, LedgerEntry, Tile
from mingjian.audit.note import Algorithm, VerifierKey
from mingjian.bootstrap.head_entries import enter_heads
from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.errors import LocalError, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.storage.ports import Head as StoredHead

ORIGIN = "mingjian.test/ledger"
TABLES = [metadata.tables[name] for name in ("ledger_entries", "ledger_references", "ledger_openings")]
TABLES += [_tables.ledger_counter, _tables.head_batches, _tables.checkpoints]


class Dies(BaseException):
    """The machine stops."""


class DyingFiles(OsFiles):
    """The real file calls, until the `deadline`-th: before it takes effect the machine stops."""

    def __init__(self, deadline: int) -> None:
        self.left = deadline

    def _tick(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Dies

    def write(self, path: Path, data: bytes) -> None:
        if self.left == 0:  # a torn write: half the bytes under the fresh name
            super().write(path, data[: len(data) // 2])
        self._tick()
        super().write(path, data)

    def write_all(self, contents: Mapping[Path, bytes]) -> None:
        for path, data in contents.items():
            self.write(path, data)

    def replace(self, source: Path, target: Path) -> None:
        self._tick()
        super().replace(source, target)

    def sync_directory(self, path: Path) -> None:
        self._tick()
        super().sync_directory(path)

    def remove_tree(self, path: Path) -> None:
        self._tick()
        super().remove_tree(path)


class LocalWitness:
    """The real decision and the real memory, without the network between."""

    def __init__(self, folder: Path, log: VerifierKey, clock: ManualClock) -> None:
        self.signer = Ed25519FileSigner.create(folder / "w.key", "witness.test", algorithm=Algorithm.COSIGNATURE)
        self.key = VerifierKey.of(self.signer)
        self.memory = SqliteWitnessMemory.create(folder / "seen.sqlite", clock)
        self.log, self.clock = log, clock
        self.reachable = True

    def add_checkpoint(self, body: bytes) -> Answer:
        if not self.reachable:
            raise RemoteError("witness.unreachable", "无法连接", text_en="It cannot be reached")
        logs = {ORIGIN: [self.log]}
        verdict = self.memory.settle(body, lambda seen: witness.decide(body, logs, seen))
        if verdict.status != 200:
            return Answer(verdict.status, verdict.content_type, verdict.body)
        line = checkpoint.cosign(witness.parse(body).signed, self.signer, self.clock.now())
        return Answer(200, witness.TEXT_TYPE, line.line())


class House:
    """One installation's ledger in a folder; `publisher` is a fresh process each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.engine = database(folder / "db.sqlite")
        self.signer = Ed25519FileSigner.create(folder / "keys" / "log.key", ORIGIN)
        self.key = VerifierKey.of(self.signer)
        self.store = LedgerStore(os.urandom)

    def append(self, count: int, kind: str = "camera.added") -> None:
        with writing(self.engine) as connection:
            start = self.store.size(connection)
            self.store.append_many(connection, [entry(number, kind) for number in range(start, start + count)])

    def publisher(self, files: OsFiles | None = None, peers: Sequence[WitnessPeer] = ()) -> LedgerPublisher:
        return LedgerPublisher(
            self.engine,
            self.store,
            FileTiles(self.folder / "ledger", files),
            origin=ORIGIN,
            signers=[self.signer],
            witnesses=Witnesses(peers, self.clock),
            clock=self.clock,
        )

    def leaves(self) -> list[bytes]:
        with self.engine.connect() as connection:
            return list(self.store.leaves(connection, 0, self.store.size(connection)))

    def check_published(self) -> int:
        """Every tile and bundle of the published size is there and right; the size."""
        tiles = FileTiles(self.folder / "ledger")
        note = tiles.checkpoint()
        assert note is not None
        head, signed = checkpoint.parse(note)
        assert signed.signed_by(self.key)
        leaves = self.leaves()[: head.size]
        assert merkle.root(merkle.leaf_hash(leaf) for leaf in leaves) == head.root
        assert merkle.root_of(head.size, tiles.reader(head.size)) == head.root
        for bundle in ledger.bundles(head.size):
            data = tiles.tile(bundle) or tiles.tile(Tile(None, bundle.index))
            start = bundle.index * 256
            assert data is not None
            assert ledger.decode_bundle(data)[: bundle.width] == leaves[start : start + bundle.width]
        for tile in ledger.tiles(head.size):
            assert tiles.tile(tile) or tiles.tile(Tile(tile.level, tile.index))
        return head.size


def database(path: Path) -> Engine:
    engine = open_engine(sqlite_url(path))
    metadata.create_all(engine, tables=TABLES)
    return engine


def entry(number: int, kind: str = "camera.added") -> LedgerEntry:
    facts = {"number": number, "cameras": [f"camera-{number % 3}"]}
    return LedgerEntry(kind, UtcNs(number), Actor(f"p{number % 2}", "值班员", "u1"), "local", f"s{number}", facts)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.engine.dispose()


def test_an_index_belongs_to_its_transaction(house: House) -> None:
    with writing(house.engine) as connection:
        assert house.store.append_many(connection, [entry(0), entry(1)]) == [0, 1]
    with house.engine.connect() as connection, connection.begin() as transaction:
        assert house.store.append(connection, entry(2)) == 2
        transaction.rollback()
    with writing(house.engine) as connection:
        assert house.store.append(connection, entry(3)) == 2
        assert house.store.size(connection) == 3


def test_d6_the_database_refuses_to_change_or_delete_an_entry(house: House) -> None:
    house.append(2)
    for statement in ("UPDATE ledger_entries SET kind = 'x'", "DELETE FROM ledger_entries"):
        with pytest.raises(DatabaseError, match="append-only"), writing(house.engine) as connection:
            connection.execute(text(statement))


def test_the_auditor_finds_entries_by_what_they_say(house: House) -> None:
    house.append(10)
    house.append(1, "view.opened")
    with house.engine.connect() as connection:
        found = house.store.entries(connection, references=["camera-1"])
        assert [stored.index for stored in found] == [10, 7, 4, 1]
        assert found[0].names == {"actor.name": "值班员"}
        assert found[0].content["kind"] == "view.opened"
        assert "值班员".encode() not in found[0].leaf
        assert [s.index for s in house.store.entries(connection, actor="p1", before=8, limit=2)] == [7, 5]
        assert [s.index for s in house.store.entries(connection, kinds=["view.opened"])] == [10]
        assert house.store.entry(connection, 99) is None


def test_erasing_a_name_leaves_the_tree_valid(house: House) -> None:
    house.append(3)
    house.publisher().publish_once()
    with writing(house.engine) as connection:
        opening = connection.execute(text("SELECT salt, value FROM ledger_openings WHERE idx = 1")).one()
        stored = house.store.entry(connection, 1)
        assert stored is not None
        assert ledger.commitment(opening.salt, opening.value) == stored.content["committed"]["actor.name"]
        connection.execute(text("DELETE FROM ledger_openings"))
    assert house.publisher().publish_once().changed is False
    assert house.check_published() == 3


@pytest.mark.parametrize("steps", [[1], [255, 1], [256, 1], [3, 300, 700], [65_536, 5]])
def test_publishing_grows_the_tree_tile_by_tile(house: House, steps: list[int]) -> None:
    publisher = house.publisher()
    total = 0
    for count in steps:
        house.append(count)
        total += count
        published = publisher.publish_once()
        assert (published.size, published.changed) == (total, True)
        assert publisher.publish_once().changed is False
        assert house.check_published() == total


def test_a_kill_at_any_file_call_costs_nothing(tmp_path: Path) -> None:
    """Publish 250, then die at the n-th file call while publishing 20 more, then start again; for every n."""
    for deadline in range(200):
        folder = tmp_path / str(deadline)
        folder.mkdir()
        house = House(folder)
        house.append(250)
        house.publisher().publish_once()
        house.append(20)
        finished = True
        try:
            house.publisher(DyingFiles(deadline)).publish_once()
        except Dies:
            finished = False
        assert house.check_published() in (250, 270)
        house.append(1)
        assert house.publisher().publish_once().size == 271
        assert house.check_published() == 271
        house.engine.dispose()
        if finished:
            assert deadline > 15
            return
    raise AssertionError("publishing never finished")


def test_lost_or_torn_tiles_are_made_again_from_the_database(house: House) -> None:
    house.append(600)
    house.publisher().publish_once()
    folder = house.folder / "ledger"
    (folder / Tile(1, 0, 2).path()).unlink()
    (folder / Tile(0, 2, 88).path()).write_bytes(b"torn")
    house.append(1)
    assert house.publisher().publish_once().size == 601
    assert house.check_published() == 601
    (folder / "checkpoint").unlink()
    assert house.publisher().publish_once().size == 601


def test_a_database_restored_from_an_older_backup_is_shown_not_published(house: House) -> None:
    house.append(10)
    house.publisher().publish_once()
    with writing(house.engine) as connection:
        connection.execute(text("DROP TRIGGER ledger_entries_no_delete"))
        connection.execute(text("DELETE FROM ledger_entries WHERE idx >= 5"))
        connection.execute(text("DELETE FROM ledger_references"))
        connection.execute(text("DELETE FROM ledger_openings"))
        connection.execute(text("DELETE FROM checkpoints"))
        connection.execute(text("UPDATE ledger_counter SET next = 5"))
    with pytest.raises(LocalError, match=r"ledger\.rolled-back"):
        house.publisher().publish_once()
    house.append(20)
    with pytest.raises(LocalError, match=r"ledger\.(tile-changed|forked)"):
        house.publisher().publish_once()


def test_a_changed_row_is_shown_not_published(house: House) -> None:
    house.append(1000)
    house.publisher().publish_once()
    with writing(house.engine) as connection:
        connection.execute(text("DROP TRIGGER ledger_entries_no_update"))
        connection.execute(text("UPDATE ledger_entries SET leaf = CAST('forged' AS BLOB) WHERE idx = 3"))
    house.append(1)
    with pytest.raises(LocalError, match=r"ledger\.(tile-changed|forked)"):
        house.publisher().publish_once()


def test_a_witness_signs_what_grows_and_is_missed_while_silent(house: House, tmp_path: Path) -> None:
    peer = LocalWitness(tmp_path / "w", house.key, house.clock)
    publisher = house.publisher(peers=[peer])
    for count in (1, 5, 300):
        house.append(count)
        published = publisher.publish_once()
        _, signed = checkpoint.parse(published.note)
        assert checkpoint.cosigned_at(signed, peer.key) is not None
        assert published.witnesses[0].unwitnessed_since is None
    peer.reachable = False
    silent_from = house.clock.now()
    house.append(1)
    published = publisher.publish_once()
    assert published.changed
    assert published.witnesses[0].unwitnessed_since == silent_from
    assert published.witnesses[0].problem == "witness.unreachable"
    peer.reachable = True
    house.clock.advance(31)
    published = publisher.publish_once()
    assert (published.changed, published.witnesses[0].unwitnessed_since) == (False, None)
    house.append(1)
    assert house.publisher(peers=[peer]).publish_once().witnesses[0].problem == ""


def test_a_witness_shows_that_database_and_tiles_went_back_together(house: House, tmp_path: Path) -> None:
    peer = LocalWitness(tmp_path / "w", house.key, house.clock)
    house.append(4)
    house.publisher(peers=[peer]).publish_once()
    backup = House(tmp_path / "w")
    backup.signer, backup.key = house.signer, house.key
    backup.append(4)
    backup.publisher().publish_once()
    house.append(3)
    house.publisher(peers=[peer]).publish_once()
    backup.append(9)
    with pytest.raises(LocalError, match=r"ledger\.rolled-back"):
        backup.publisher(peers=[peer]).publish_once()
    backup.engine.dispose()


def test_e6_a_fork_is_refused_by_the_witness_and_kept_as_evidence(house: House, tmp_path: Path) -> None:
    peer = LocalWitness(tmp_path / "w", house.key, house.clock)
    house.append(4)
    house.publisher(peers=[peer]).publish_once()
    other = House(tmp_path / "w")
    other.signer, other.key = house.signer, house.key
    other.append(8)
    published = other.publisher(peers=[peer]).publish_once()
    assert published.witnesses[0].problem == "witness.contradicts"
    assert len(peer.memory.evidence()) == 1
    other.engine.dispose()


def test_heads_are_committed_by_their_root_and_thinned_to_one_an_hour(house: House) -> None:
    class Head:
        def __init__(self, stream: str, seq: int) -> None:
            self.stream, self.epoch, self.seq, self.head_sha256, self.t1 = stream, 1, seq, "ab" * 32, seq

    hour = 3600 * 10**9
    with writing(house.engine) as connection:
        for number in range(6):
            at = UtcNs(number * hour // 3)
            house.store.append_heads(connection, [Head("b", number), Head("a", number)], at=at, node="local")
        stored = house.store.entry(connection, 0)
        body = connection.execute(text("SELECT body FROM head_batches WHERE idx = 0")).scalar_one()
        batch = ledger.HeadBatch.from_body(bytes(body))
        assert stored is not None
        assert stored.content["facts"] == {"count": 2, "root": batch.tree().root().hex()}
        assert batch.find("b") == (1, {"epoch": 1, "head": "ab" * 32, "seq": 0, "stream": "b", "t1": 0})
        assert house.store.thin(connection, now=UtcNs(51 * hour)) == 4
        assert connection.execute(text("SELECT idx FROM head_batches")).scalars().all() == [2, 5]


def test_a_batch_holds_the_newest_head_of_each_stream_also_of_those_nobody_remembers(house: House) -> None:
    """A stream that was never written has none; an older word than the ledger's own changes nothing."""
    first = {StreamId("a"): StoredHead(3, (2, 7), "aa" * 32, UtcNs(70), clean=False)}
    later = {
        StreamId("a"): StoredHead(3, (2, 6), "bb" * 32, UtcNs(60), clean=False),
        StreamId("b"): StoredHead(0, (0, 1), "cc" * 32, UtcNs(80), clean=True),
        StreamId("c"): StoredHead(0, None, "0" * 64, UtcNs(1), clean=True),
    }
    entered = [
        enter_heads(house.engine, house.store, heads, at=UtcNs(at), node="local")
        for at, heads in enumerate([{StreamId("c"): later[StreamId("c")]}, first, later])
    ]
    assert entered == [None, 0, 1]
    with reading(house.engine) as connection:
        body = connection.execute(text("SELECT body FROM head_batches WHERE idx = 1")).scalar_one()
    assert [json.loads(line) for line in ledger.HeadBatch.from_body(bytes(body)).lines] == [
        {"epoch": 2, "head": "aa" * 32, "seq": 7, "stream": "a", "t1": 70},
        {"epoch": 0, "head": "cc" * 32, "seq": 1, "stream": "b", "t1": 80},
    ]


def test_a_second_signature_by_sm2_verifies_through_openssl(tmp_path: Path) -> None:
    from mingjian.adapters.signers import Sm2OpensslSigner, sm2_valid

    signer = Sm2OpensslSigner.create(tmp_path / "sm2.key", ORIGIN)
    assert (tmp_path / "sm2.key").stat().st_mode & 0o777 == 0o600
    head = checkpoint.Checkpoint(ORIGIN, 1, b"r" * 32)
    log = Ed25519FileSigner.create(tmp_path / "log.key", ORIGIN)
    signed = checkpoint.parse(head.signed([log, signer]).encode())[1]
    key = VerifierKey.parse(VerifierKey.of(signer).line())
    assert signed.signed_by(key, sm2=sm2_valid)
    assert signed.signed_by(VerifierKey.of(log))
    assert not checkpoint.Checkpoint(ORIGIN, 2, b"r" * 32).signed([log]).signed_by(key, sm2=sm2_valid)
    assert not sm2_valid(key.public, b"other", next(iter(signed.by(key))).value)


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    Ed25519FileSigner.create(tmp_path / "log.key", ORIGIN)
    (tmp_path / "log.key").chmod(0o644)
    with pytest.raises(LocalError, match=r"key\.exposed"):
        Ed25519FileSigner(tmp_path / "log.key", ORIGIN)
    with pytest.raises(LocalError, match=r"key\.missing"):
        Ed25519FileSigner(tmp_path / "none.key", ORIGIN)
