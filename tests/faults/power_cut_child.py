"""A recorder, a ledger and a catalogue on one volume; what they promised goes to standard output, line by line.

usage: power_cut_child.py MOUNT LOG KEY START_S SECONDS DIES_AT MUTANT
START_S is where its clock begins, in seconds; it dies by SIGKILL at its DIES_AT-th disk call (0: it ends cleanly).
Each line begins with how many block writes were logged when the promise was made:
`A stream t1 seq` acknowledged, `L index sha256` an entry of the ledger is committed, `C note` a checkpoint is public.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from power_cut_rig import logged

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.database import open_engine, reading, sqlite_url, writing
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Verifier
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tables import ledger as _tables
from mingjian.adapters.tables import metadata
from mingjian.adapters.tiles import FileTiles, OsFiles
from mingjian.adapters.witnessing import Witnesses
from mingjian.audit.ledger import Actor, LedgerEntry
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit
from mingjian.storage.commit import Committer
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.journal import Journal, Plan
from mingjian.storage.ports import Handle
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.tailer import Seen, tail_once
from mingjian.storage.volume import Volume, open_volume
from storage_world import CONFIG, FRAME_90K, SIGNER, frame_bytes

ORIGIN = "mingjian.test/power-cut"
STREAMS = ("cam-1", "cam-2", "cam-3")
FRAME_BYTES = 4000
CONFIG_EVERY_S = 7
"""A new configuration now and then, so that containers end and begin."""
PUBLISH_EVERY_S = 2
LIMITS = FragmentLimits(TICKS_PER_SECOND, 4 * TICKS_PER_SECOND)
"""A fragment a second: more commits for the same bytes."""
TABLES = [metadata.tables[name] for name in ("ledger_entries", "ledger_references", "ledger_openings")]
TABLES += [_tables.ledger_counter, _tables.head_batches, _tables.checkpoints]


class DyingDisk(OsDisk):
    """The real disk; the process dies by SIGKILL at one of its calls. What `mutant` names is left out."""

    def __init__(self, dies_at: int, mutant: str) -> None:
        super().__init__()
        self._left, self._mutant = dies_at, mutant

    def _passed(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def create_exclusive(self, path: str) -> Handle:
        self._passed()
        return super().create_exclusive(path)

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        self._passed()
        super().append(handle, buffers)

    def fdatasync(self, handle: Handle) -> None:
        self._passed()
        if self._mutant != "mutant_drop_fdatasync":
            super().fdatasync(handle)

    def fsync_directory(self, path: str) -> None:
        self._passed()
        if self._mutant != "mutant_drop_directory_fsync":
            super().fsync_directory(path)

    def truncate(self, path: str, length: int) -> None:
        self._passed()
        super().truncate(path, length)

    def rename(self, source: str, target: str) -> None:
        self._passed()
        super().rename(source, target)


class EagerCommitter(Committer):
    """mutant_ack_before_commit: acknowledges what is only written."""

    def _append_chain(self, journal: Journal, plan: Plan) -> None:
        super()._append_chain(journal, plan)
        assert plan.state is not None
        journal.acknowledged(journal.stream, plan.state.t1, plan.state.seq)


class HastyCommitter(Committer):
    """mutant_chain_before_media_sync: entries are durable before the bytes that they name."""

    def _write(self, plans: list[tuple[Journal, Plan]]) -> list[tuple[Journal, Plan]]:
        for step in (self._append_media, self._append_chain, self._sync_chain, self._sync_media):
            plans = self._each(plans, step)
        return plans


class CarelessFiles(OsFiles):
    """mutant_drop_directory_fsync, for the published ledger."""

    def sync_directory(self, path: Path) -> None:
        pass


class Promises:
    """Each promise is one line, with the place in the log where it was made."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def made(self, *words: object) -> None:
        os.write(1, " ".join(map(str, (logged(self._log), *words))).encode() + b"\n")


class LedgerHouse:
    """The ledger under `root`: `act` commits entries, `publish` a checkpoint."""

    def __init__(self, root: Path, key: Path, clock: ManualClock, mutant: str = "") -> None:
        root.mkdir(exist_ok=True)
        self.clock = clock
        self.engine = open_engine(sqlite_url(root / "mingjian.sqlite"))
        metadata.create_all(self.engine, tables=TABLES)
        self.store = LedgerStore(lambda size: bytes(size))
        careless = mutant == "mutant_drop_directory_fsync"
        self.tiles = FileTiles(root / "ledger", CarelessFiles() if careless else OsFiles())
        self.publisher = LedgerPublisher(
            self.engine, self.store, self.tiles, origin=ORIGIN, signers=[Ed25519FileSigner(key, ORIGIN)],
            witnesses=Witnesses([], clock), clock=clock,
        )  # fmt: skip

    def act(self, count: int, promises: Promises) -> None:
        with writing(self.engine) as connection:
            start = self.store.size(connection)
            acts = [
                LedgerEntry("camera.added", self.clock.now(), Actor("p1", "值班员", "u1"), "local", f"s{n}", {"n": n})
                for n in range(start, start + count)
            ]
            indexes = self.store.append_many(connection, acts)
        with reading(self.engine) as connection:
            leaves = list(self.store.leaves(connection, indexes[0], indexes[-1] + 1))
        for index, leaf in zip(indexes, leaves, strict=True):
            promises.made("L", index, sha256(leaf).hexdigest())

    def publish(self, promises: Promises) -> None:
        promises.made("C", self.publisher.publish_once().note.hex())


def record(volume: Volume, disk: OsDisk, clock: ManualClock, promises: Promises, seconds: int, mutant: str) -> None:
    make = {"mutant_ack_before_commit": EagerCommitter, "mutant_chain_before_media_sync": HastyCommitter}
    committer = make.get(mutant, Committer)(disk, [volume], clock)

    def acknowledged(stream: StreamId, t1: UtcNs, seq: int) -> None:
        promises.made("A", stream, t1, seq)

    recorders = [
        StreamRecorder.open(name, committer, clock, acknowledged=acknowledged, limits=LIMITS) for name in STREAMS
    ]
    root = Path(volume.root).parent
    house = LedgerHouse(root / "data", Path(sys.argv[3]), clock, mutant)
    catalogue, seen = SqliteCatalogue(root / "data" / "catalogue.sqlite"), Seen()
    pts = 0
    for second in range(seconds):
        if second % CONFIG_EVERY_S == 0:
            width = 320 + 16 * (second // CONFIG_EVERY_S % 2)
            for recorder in recorders:
                recorder.on_config(replace(CONFIG, video=replace(CONFIG.video, width=width)))
        for number in range(25):
            for index, recorder in enumerate(recorders):
                frame = frame_bytes(second * 100 + number * 4 + index, FRAME_BYTES)
                recorder.on_access_unit(AccessUnit(pts, number == 0, frame, clock.now()))
            pts += FRAME_90K
            clock.advance(0.04)
        for recorder in recorders:
            recorder.tick()
        committer.commit_once()
        house.act(40, promises)
        if second % PUBLISH_EVERY_S == 0:
            house.publish(promises)
        tail_once(disk, [volume], catalogue, seen)
    for recorder in recorders:
        recorder.close()


def main() -> None:
    mount, log, start_s, seconds, dies_at, mutant = (sys.argv[n] for n in (1, 2, 4, 5, 6, 7))
    root = f"{mount}/volume"
    volume = open_volume(OsDisk(), root, Ed25519Verifier(), [SIGNER.public_key], throw_away_allowed=True)
    clock = ManualClock()
    clock.wall = UtcNs(clock.wall + int(start_s) * SECOND_NS)
    record(volume, DyingDisk(int(dies_at), mutant), clock, Promises(Path(log)), int(seconds), mutant)


if __name__ == "__main__":
    main()
