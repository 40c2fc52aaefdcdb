"""SIGKILL of a real process on a real disk, at every named point of the write order and at any instant.

Nothing acknowledged is lost, nothing is unlinked, no number is given twice.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from history.acts import History
from history.judge import judge
from history.store import Folder
from mingjian.adapters.disk import OsDisk
from mingjian.audit.chain import ChainVerifier
from mingjian.kernel.clock import ManualClock
from mingjian.storage.commit import Committer
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.recovery import chain_files
from mingjian.storage.volume import Volume, create
from storage_world import SIGNER, STREAM, identity

CHILD = Path(__file__).with_name("storage_kill_child.py")
KILLED = -9
FAILPOINTS = [
    *(("create", call) for call in (1, 2)),
    *(("append", call) for call in (1, 2, 3, 6, 7)),
    *(("half-append", call) for call in (1, 2, 3, 4, 7, 8)),
    *(("before-fdatasync", call) for call in (1, 2, 5)),
    *(("fdatasync", call) for call in (1, 2, 3, 4)),
    *(("fsync-directory", call) for call in (1, 2, 5, 6)),
    *(("before-commit", call) for call in (1, 2)),
    *(("commit", call) for call in (1, 2)),
    *(("before-acknowledgement", call) for call in (1, 2)),
]
KILLS = int(os.environ.get("KILLS", "20"))
"""At any instant, in all; `make faults` asks for more."""
LIVES = 10
"""Of them one after the other on one volume."""
ACKNOWLEDGED = 12
"""Killed after so many at most."""
HANG_S = 300
"""A life lasts a second; on a machine that does much else it may take a minute to get its turn."""
COMMIT_S = 0.02
"""The time of a few commits at full speed: the kill comes anywhere in them."""


def live(volume: Volume, operation: str, call: int, mutant: str = "") -> tuple[int, set[tuple[int, int]]]:
    """One life of the child: how it ended, and what it acknowledged."""
    done = subprocess.run(
        [sys.executable, str(CHILD), volume.root, str(call), operation, mutant],
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )
    lines = done.stdout.decode().splitlines()
    assert done.returncode == KILLED or not done.stderr, done.stderr.decode()
    return done.returncode, {(int(line.split()[0]), int(line.split()[1])) for line in lines}


def killed_after(volume: Volume, acknowledgements: int, later_s: float) -> set[tuple[int, int]]:
    """One life, killed from outside `later_s` after so many acknowledgements; all that it told."""
    command = [sys.executable, str(CHILD), volume.root, "0", "never", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(acknowledgements)]
        threading.Event().wait(later_s)
        child.kill()
        told += child.stdout.readlines()
        assert child.wait() == KILLED
    return {(int(t1), int(seq)) for t1, seq in map(bytes.split, told)}


def verdict(volume: Volume, acknowledged: set[tuple[int, int]]) -> list[str]:
    """After one more clean start: what is missing of the acknowledged, and every problem of a full fsck."""
    disk, clock = OsDisk(), ManualClock()
    clock.advance(50_000)
    committer = Committer(disk, [volume], clock)
    StreamRecorder.open(STREAM, committer, clock).close()
    present: set[tuple[int, int]] = set()
    verifier = ChainVerifier(STREAM)
    for file in chain_files(disk, [volume], STREAM):
        for line in Path(volume.path(file.path)).read_bytes().splitlines():
            verifier.feed(line)
            assert verifier.state is not None
            present.add((verifier.state.t1, verifier.state.seq))
    problems = [str(finding) for finding in check(disk, [volume], Depth.HASH, Tally()) if finding.severe]
    history = History()
    for t1, seq in acknowledged:
        history.add("acknowledged", 0, 0, stream=STREAM, t1=t1, seq=seq)
    problems += map(str, judge(history, [Folder(Path(volume.root))]))
    return [f"lost {one}" for one in sorted(acknowledged - present)] + problems


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return create(OsDisk(), f"{tmp_path}/volume", identity(), SIGNER)


def media_bytes(volume: Volume) -> int:
    return sum(path.stat().st_size for path in Path(volume.root).rglob("*.mp4*"))


@pytest.mark.parametrize(("operation", "call"), FAILPOINTS)
def test_a_kill_loses_nothing_acknowledged(volume: Volume, operation: str, call: int) -> None:
    ended, acknowledged = live(volume, operation, call)
    assert ended == KILLED
    before = media_bytes(volume)
    assert verdict(volume, acknowledged) == []
    assert media_bytes(volume) >= before


@pytest.mark.parametrize("round_", range(-(-KILLS // LIVES)))
def test_kills_at_any_instant_lose_nothing_acknowledged(volume: Volume, round_: int) -> None:
    rng = random.Random(round_)
    kept = set[tuple[int, int]]()
    for _ in range(LIVES):
        kept |= killed_after(volume, rng.randrange(ACKNOWLEDGED), rng.uniform(0, COMMIT_S))
    assert kept
    assert verdict(volume, kept) == []


@pytest.mark.parametrize("operation", ["before-truncate", "truncate", "fdatasync", "create", "before-rename", "rename"])
def test_a_kill_during_recovery_loses_nothing_either(volume: Volume, operation: str) -> None:
    kept = set[tuple[int, int]]()
    first = ("fdatasync", 7) if "rename" not in operation else ("create", 1)
    for where, call in (first, (operation, 1), ("half-append", 5)):
        _, acknowledged = live(volume, where, call)
        kept |= acknowledged
    assert verdict(volume, kept) == []


def test_mutant_ack_before_commit_is_caught(volume: Volume) -> None:
    _, acknowledged = live(volume, "append", 2, "mutant_ack_before_commit")
    assert any(problem.startswith("lost") for problem in verdict(volume, acknowledged))


def test_mutant_unlink_orphan_is_caught(volume: Volume) -> None:
    live(volume, "append", 2)
    before = media_bytes(volume)
    assert before > 0
    live(volume, "fsync-directory", 99, "mutant_unlink_orphan")
    assert any("隔离" in problem for problem in verdict(volume, set()))
