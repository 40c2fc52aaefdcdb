"""The plug is pulled while footage, ledger and catalogue are written: nothing that was promised is gone or false.

A run is recorded once as a log of block writes, with two kills and their recoveries in it; then the power is cut at
many places of the log: every write since the last flush is there, half there or not. After each cut the real recovery
runs, and the files alone are judged.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from power_cut_child import ORIGIN, STREAMS, LedgerHouse
from power_cut_rig import Rig, lacking, logged

from history.acts import History
from history.judge import judge, judge_ledger
from history.store import Folder
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.audit import checkpoint
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.storage.commit import Committer
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.ports import CatalogueDamaged
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.tailer import tail_once
from mingjian.storage.volume import Volume, create
from storage_world import SIGNER, identity

CHILD = Path(__file__).with_name("power_cut_child.py")
SEEDS = int(os.environ.get("POWER_CUT_SEEDS", "8"))
"""Cuts on each file system; `make faults` asks for more."""
FILESYSTEMS = ["ext4", "xfs"] if SEEDS > 8 else ["ext4"]
TWICE = max(2, SEEDS // 8)
"""Of them, cuts during the recovery from a cut."""
MUTANT_CUTS = 24
"""A mutant must show itself in one of so many."""
BEGINS_S = 86_400 - 12
"""Just before midnight: chain files and containers of two days."""
LIFE_S = 1000
"""Between the clocks' beginnings of two lives."""
CALLS_OF_A_LIFE = 150
LAST_LIFE_S = 14
KILLED = -9


@dataclass
class Run:
    """One recorded run: what was promised, each with how many writes were logged by then."""

    base: Path
    volume: Volume
    key: Path
    writes: int = 0
    lives: int = 0
    promises: list[tuple[int, list[str]]] = field(default_factory=list)

    def history(self, entries: int) -> History:
        """The promises that were made before a cut after so many writes."""
        history = History()
        for at, (kind, *words) in self.promises:
            if at > entries:
                continue
            if kind == "A":
                history.add("acknowledged", 0, 0, stream=words[0], t1=int(words[1]), seq=int(words[2]))
            elif kind == "L":
                history.add("committed", 0, 0, index=int(words[0]), sha256=words[1])
            else:
                head, _ = checkpoint.parse(bytes.fromhex(words[0]))
                history.add("published", 0, 0, size=head.size, root=head.root.hex())
        return history

    def moments(self, rng: random.Random, count: int) -> list[tuple[int, int]]:
        """Where to cut: one half anywhere, the other at the instant of a promise. Each with its seed."""
        anywhere = [rng.randrange(1, self.writes + 1) for _ in range(count - count // 2)]
        kinds = [[at for at, words in self.promises if words[0] == kind] for kind in ("A", "L", "C")]
        promised = [rng.choice(kinds[number % len(kinds)]) for number in range(count // 2)]
        return [(entries, seed) for seed, entries in enumerate(anywhere + promised)]


def begin(rig: Rig, folder: Path) -> Run:
    """A file system with an empty volume on it, as a machine has it before its first start."""
    key = folder / "log.key"
    Ed25519FileSigner.create(key, ORIGIN)
    with rig.mounted(rig.blank) as mount:
        volume = create(OsDisk(), f"{mount}/volume", identity(), SIGNER)
    return Run(rig.blank, volume, key)


def live(rig: Rig, run: Run, deaths: Sequence[int], *, mutant: str = "", seconds: int = LAST_LIFE_S) -> Run:
    """So many lives one after the other on a disk that logs; each dies at one of its disk calls, 0 ends cleanly."""
    recorded = Run(run.base, run.volume, run.key, lives=run.lives)
    with rig.recording(run.base) as mount:
        for dies_at in deaths:
            start = BEGINS_S + recorded.lives * LIFE_S
            done = subprocess.run(
                [sys.executable, str(CHILD), str(mount), str(rig.log), str(run.key), str(start), str(seconds),
                 str(dies_at), mutant],
                capture_output=True, timeout=100, check=False,
            )  # fmt: skip
            assert done.returncode == (KILLED if dies_at else 0), done.stderr.decode()
            recorded.lives += 1
            for line in done.stdout.decode().splitlines():
                at, *words = line.split()
                recorded.promises.append((int(at), words))
        recorded.writes = logged(rig.log)
    assert recorded.promises
    return recorded


def recover(volume: Volume, lives: int) -> None:
    """One more start that finds no camera, and a clean stop."""
    clock = ManualClock()
    clock.wall = UtcNs(clock.wall + (BEGINS_S + lives * LIFE_S) * SECOND_NS)
    committer = Committer(OsDisk(), [volume], clock)
    for recorder in [StreamRecorder.open(name, committer, clock) for name in STREAMS]:
        recorder.close()


def verdict(run: Run, entries: int) -> list[str]:
    """What is wrong on the mounted volume after a cut and the start that follows it; empty where nothing is."""
    root = Path(run.volume.root)
    data = root.parent / "data"
    history = run.history(entries)
    found = [f"before the start: {finding}" for finding in judge_ledger(history, Folder(data / "ledger"))]
    recover(run.volume, run.lives)
    catalogue = follow(run.volume, data / "catalogue.sqlite")
    found += map(str, judge(history, [Folder(root)], catalogue=catalogue))
    found += [str(problem) for problem in check(OsDisk(), [run.volume], Depth.HASH, Tally()) if problem.severe]
    found += ledger_after(run, data, history)
    before = sorted(root.rglob("*"))
    recover(run.volume, run.lives + 1)
    if len(list(root.rglob("*"))) != len(before) + len(STREAMS):
        found.append("a second start found something left to do")
    return found


def ledger_after(run: Run, data: Path, history: History) -> Iterator[str]:
    """I6: every committed entry is there, and the ledger extends every checkpoint ever published."""
    committed = history.of("committed")
    if not committed:
        return
    house = LedgerHouse(data, run.key, ManualClock())
    try:
        size = house.publisher.publish_once().size
    finally:
        house.engine.dispose()
    if size <= committed[-1]["index"]:
        yield f"I6: {committed[-1]['index'] + 1} entries were committed, and {size} are there"
    yield from map(str, judge_ledger(history, Folder(data / "ledger")))


def follow(volume: Volume, path: Path) -> Path:
    """The catalogue that survived, or one made anew where it did not, once it knows all that the chains say."""
    path.parent.mkdir(exist_ok=True)
    catalogue = SqliteCatalogue(path)
    try:
        tail_once(OsDisk(), [volume], catalogue)
    except CatalogueDamaged:
        catalogue.set_aside(UtcNs(0))
        tail_once(OsDisk(), [volume], catalogue)
    finally:
        catalogue.close()
    return path


@pytest.fixture(params=FILESYSTEMS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    filesystem = str(request.param)
    if reason := lacking(filesystem):
        pytest.skip(f"no power can be cut here: {reason}")
    return Rig(tmp_path, filesystem)


def test_a_power_cut_loses_nothing_that_was_promised(rig: Rig, tmp_path: Path) -> None:
    rng = random.Random(rig.filesystem)
    run = live(rig, begin(rig, tmp_path), [rng.randrange(1, CALLS_OF_A_LIFE), rng.randrange(1, CALLS_OF_A_LIFE), 0])
    wrong = {}
    for entries, seed, image in rig.cuts(run.base, run.moments(rng, SEEDS)):
        with rig.mounted(image):
            if found := verdict(run, entries):
                wrong[f"cut after {entries} of {run.writes} writes, seed {seed}"] = found
    assert wrong == {}


def test_a_second_cut_while_recovering_from_the_first_loses_nothing_either(rig: Rig, tmp_path: Path) -> None:
    rng = random.Random(f"{rig.filesystem} twice")
    first = live(rig, begin(rig, tmp_path), [rng.randrange(1, CALLS_OF_A_LIFE), 0], seconds=5)
    images = []
    for entries, seed, image in rig.cuts(first.base, first.moments(rng, TWICE)):
        images.append((entries, seed, image.rename(tmp_path / f"first-{seed}.img")))
    wrong = {}
    for entries, seed, image in images:
        run = Run(image, first.volume, first.key, lives=first.lives)
        again = live(rig, run, [0], seconds=1)
        kept = [(0, words) for at, words in first.promises if at <= entries]
        for second, _, image_twice in rig.cuts(image, [(rng.randrange(1, again.writes + 1), seed)]):
            both = Run(image, first.volume, first.key, again.writes, again.lives, [*kept, *again.promises])
            with rig.mounted(image_twice):
                if found := verdict(both, second):
                    wrong[f"seed {seed}: cut after {entries}, then after {second} of {again.writes}"] = found
        image.unlink()
    assert wrong == {}


@pytest.mark.parametrize("rig", ["ext4"], indirect=True)
@pytest.mark.parametrize(
    ("mutant", "shows"),
    [
        ("mutant_drop_fdatasync", "I1"),
        ("mutant_drop_directory_fsync", "before the start: I6"),
        ("mutant_ack_before_commit", "I1"),
        ("mutant_chain_before_media_sync", "I1"),
    ],
)
def test_mutants_are_caught(rig: Rig, tmp_path: Path, mutant: str, shows: str) -> None:
    """ext4 and XFS make a new name durable with the file's own fdatasync: only a renamed file shows what no fsync of
    its directory costs."""
    run = live(rig, begin(rig, tmp_path), [0], mutant=mutant, seconds=4)
    rng = random.Random(mutant)
    found: list[str] = []
    for entries, _, image in rig.cuts(run.base, run.moments(rng, MUTANT_CUTS)):
        with rig.mounted(image):
            found += verdict(run, entries)
        if any(shows in text for text in found):
            return
    raise AssertionError(f"{mutant} lives: {found}")
