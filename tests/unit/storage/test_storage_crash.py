"""Death at every disk call, power cuts with torn sectors, and the mutants that these tests must catch.

Checked from what was acknowledged and from the files alone: S1, S2, S3, S4, S5 of docs/design/0002-storage.md.
"""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from mingjian.audit.chain import NO_HASH, ChainVerifier, entry_hash, parse
from mingjian.storage.commit import Committer
from mingjian.storage.journal import Journal, Plan
from mingjian.storage.layout import QUARANTINE
from mingjian.storage.ports import Handle
from mingjian.storage.recovery import chain_files
from storage_world import STREAM, FakeDisk, House


class Died(BaseException):
    """The process is gone: no code of ours catches this."""


def die_at(disk: FakeDisk, call: int) -> None:
    calls = [0]

    def before(operation: str, path: str) -> None:
        calls[0] += 1
        if calls[0] >= call:
            raise Died

    disk.before = before


def live(house: House, rounds: int = 3) -> None:
    """Record, be interrupted, go on; whatever happens to the disk meanwhile."""
    recorder = house.open()
    for _ in range(rounds):
        house.feed(recorder, 6, size=800)
    recorder.close()


def lost(house: House) -> list[str]:
    """Acknowledged entries that are not in the chain, or whose bytes are not whole, and what else fsck finds."""
    present: set[tuple[int, int]] = set()
    verifier = ChainVerifier(STREAM)
    for file in chain_files(house.disk, house.volumes, STREAM):
        for line in bytes(house.disk.files[file.volume.path(file.path)].data).splitlines():
            verifier.feed(line)
            assert verifier.state is not None
            present.add((verifier.state.t1, verifier.state.seq))
    gone = [f"acknowledged {t1}/{seq}" for _, t1, seq in house.acknowledged if (t1, seq) not in present]
    return gone + house.problems()


def run(tmp_path: Path, seed: int, *, disk: FakeDisk | None = None, committer: type[Committer] = Committer) -> House:
    """One life that ends at a random call with a power cut, a recovery that may die too, and a last clean start."""
    rng = random.Random(seed)
    disk = disk or FakeDisk()
    house = House(disk, tmp_path / f"{seed}.sqlite")
    house.committer = committer(disk, house.volumes, house.clock)
    for call in (rng.randrange(1, 160), rng.randrange(1, 25)):
        die_at(disk, call)
        with contextlib.suppress(Died):
            live(house)
        disk.before = lambda operation, path: None
        if rng.random() < 0.8:
            disk.power_cut(rng)
        house.clock.advance(rng.randrange(1, 100))
        house.restart()
        house.committer = committer(disk, house.volumes, house.clock)
    recorder = house.open()
    house.feed(recorder, 6)
    recorder.close()
    house.catalogue.close()
    return house


@pytest.mark.parametrize("seed", range(60))
def test_nothing_acknowledged_is_lost(tmp_path: Path, seed: int) -> None:
    house = run(tmp_path, seed)
    assert lost(house) == []
    assert house.disk.unlinked == []


def test_every_call_of_a_first_minute_may_be_the_last(tmp_path: Path) -> None:
    for call in range(1, 60):
        disk = FakeDisk()
        house = House(disk, tmp_path / f"call-{call}.sqlite")
        die_at(disk, call)
        with pytest.raises(Died):
            live(house, rounds=9)
        disk.before = lambda operation, path: None
        house.restart()
        recorder = house.open()
        house.feed(recorder, 6)
        recorder.close()
        house.catalogue.close()
        assert lost(house) == [], call


def test_recovery_twice_says_the_same(tmp_path: Path) -> None:
    """A torn tail in chain and container is copied, listed and cut once, however often the start is repeated."""
    disk = FakeDisk()
    house = House(disk, tmp_path / "c.sqlite")
    recorder = house.open()
    house.feed(recorder, 10)
    container = next(path for path in disk.files if path.endswith(".mp4"))
    chain = next(path for path in disk.files if path.endswith(".jsonl"))
    disk.files[container].data += b"unchained"
    disk.files[chain].data += b'{"kind":"FR'
    for _ in range(3):  # the start dies before its OPEN is committed
        house.restart()
        house.open()
    house.restart()
    recorder = house.open()
    house.feed(recorder, 5)
    recorder.close()
    kept = {path: bytes(file.data) for path, file in disk.files.items() if f"/{QUARANTINE}/" in path}
    assert sorted(kept.values()) == [b"unchained", b'{"kind":"FR']
    assert not bytes(disk.files[container].data).endswith(b"unchained")
    assert lost(house) == []
    house.catalogue.close()


class MutantAcknowledgesBeforeCommit(Committer):
    """mutant_ack_before_commit: says "recorded" when the bytes are only written."""

    def _sync_media(self, journal: Journal, plan: Plan) -> None:
        assert plan.state is not None
        journal.acknowledged(journal.stream, plan.state.t1, plan.state.seq)
        super()._sync_media(journal, plan)


class MutantDropsFdatasync(FakeDisk):
    """mutant_drop_fdatasync: a disk call that returns without doing anything."""

    def fdatasync(self, handle: Handle) -> None:
        self.before("fdatasync", self._handles[handle])


class MutantChainsBeforeMedia(Committer):
    """mutant_chain_before_media: the entry is durable before the bytes that it names."""

    def _write(self, plans: list[tuple[Journal, Plan]]) -> list[tuple[Journal, Plan]]:
        for step in (self._append_chain, self._sync_chain, self._append_media, self._sync_media):
            plans = self._each(plans, step)
        return plans


class MutantUnlinksOrphans(FakeDisk):
    """mutant_unlink_orphan: an unknown file at start is removed instead of kept."""

    def rename(self, source: str, target: str) -> None:
        self.unlink(source)


@pytest.mark.parametrize(
    ("disk", "committer"),
    [
        (FakeDisk, MutantAcknowledgesBeforeCommit),
        (MutantDropsFdatasync, Committer),
        (FakeDisk, MutantChainsBeforeMedia),
        (MutantUnlinksOrphans, Committer),
    ],
    ids=["mutant_ack_before_commit", "mutant_drop_fdatasync", "mutant_chain_before_media", "mutant_unlink_orphan"],
)
def test_the_mutants_are_caught(tmp_path: Path, disk: type[FakeDisk], committer: type[Committer]) -> None:
    for seed in range(200):
        house = run(tmp_path, seed, disk=disk(), committer=committer)
        if lost(house) or house.disk.unlinked:
            return
    pytest.fail("no seed noticed the mutant")


class NothingPending(random.Random):
    """The worst cut: of what was not synced nothing is left."""

    def random(self) -> float:
        return 0.0

    def randrange(self, *arguments: int) -> int:  # type: ignore[override] # the disk asks for a range alone
        return 0


def test_what_a_killed_process_had_not_synced_is_synced_before_anything_is_built_on_it(tmp_path: Path) -> None:
    """Its last entry and its file without entry are in the page cache, whole for every reader, until the power goes."""
    for suffix in (".jsonl", ".mp4"):
        house = House(FakeDisk(), tmp_path / f"{suffix}.sqlite")

        def before(operation: str, path: str, suffix: str = suffix) -> None:
            if operation == "fdatasync" and path.endswith(suffix):
                raise Died

        house.disk.before = before
        with contextlib.suppress(Died):
            live(house)
        house.disk.before = lambda operation, path: None
        house.restart()
        house.open()
        house.committer.commit_once()
        house.disk.power_cut(NothingPending())
        house.restart()
        house.open().close()
        lines = [
            line
            for file in chain_files(house.disk, house.volumes, STREAM)
            for line in bytes(house.disk.files[file.volume.path(file.path)].data).splitlines()
        ]
        known = {NO_HASH, *map(entry_hash, lines)}
        assert all(parse(line).prev in known for line in lines), "the entry that an OPEN goes on from is there"
        assert lost(house) == []
