"""A recorder that is killed by the system at its n-th disk call; what it acknowledged goes to its standard output.

usage: storage_kill_child.py ROOT CALL OPERATION MUTANT
OPERATION names the failpoint: the kill comes at the CALL-th such call, after it was done. `never` waits for a kill from
outside.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Verifier
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit
from mingjian.storage.commit import Committer
from mingjian.storage.journal import Journal, Plan
from mingjian.storage.ports import Handle
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import open_volume
from storage_world import CONFIG, FRAME_90K, SIGNER, STREAM, frame_bytes

FRAMES = 5000
"""Some seconds at full speed: longer than anybody waits to kill it."""


class KillingDisk(OsDisk):
    """The real disk; the process dies by SIGKILL at one call."""

    def __init__(self, operation: str, call: int, mutant: str) -> None:
        super().__init__()
        self._operation, self._left, self._mutant = operation, call, mutant
        self._chains: set[Handle] = set()

    def passed(self, operation: str) -> None:
        if operation == self._operation:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def create_exclusive(self, path: str) -> Handle:
        handle = super().create_exclusive(path)
        if path.endswith(".jsonl"):
            self._chains.add(handle)
        self.passed("create")
        return handle

    def append(self, handle: Handle, buffers: Sequence[bytes | memoryview]) -> None:
        if self._operation == "half-append":
            whole = b"".join(buffers)
            super().append(handle, [whole[: len(whole) // 2]])
            self.passed("half-append")
            super().append(handle, [whole[len(whole) // 2 :]])
        else:
            super().append(handle, buffers)
        self.passed("append")

    def fdatasync(self, handle: Handle) -> None:
        chain = handle in self._chains
        self.passed("before-fdatasync")
        if chain:
            self.passed("before-commit")
        super().fdatasync(handle)
        self.passed("fdatasync")
        if chain:
            self.passed("commit")

    def close(self, handle: Handle) -> None:
        self._chains.discard(handle)
        super().close(handle)

    def fsync_directory(self, path: str) -> None:
        super().fsync_directory(path)
        self.passed("fsync-directory")

    def truncate(self, path: str, length: int) -> None:
        self.passed("before-truncate")
        super().truncate(path, length)
        self.passed("truncate")

    def rename(self, source: str, target: str) -> None:
        self.passed("before-rename")
        if self._mutant == "mutant_unlink_orphan":
            self.unlink(source)
            return
        super().rename(source, target)
        self.passed("rename")


class EagerCommitter(Committer):
    """mutant_ack_before_commit: acknowledges what is only planned."""

    def _append_media(self, journal: Journal, plan: Plan) -> None:
        assert plan.state is not None
        journal.acknowledged(journal.stream, plan.state.t1, plan.state.seq)
        super()._append_media(journal, plan)


def main() -> None:
    root, call, operation, mutant = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    disk = KillingDisk(operation, call, mutant)
    volume = open_volume(OsDisk(), root, Ed25519Verifier(), [SIGNER.public_key], throw_away_allowed=True)
    clock = ManualClock()
    chains = Path(root, STREAM, "chain")
    lives = len(list(chains.glob("*.jsonl"))) if chains.exists() else 0
    clock.wall = UtcNs(clock.wall + lives * 1000 * SECOND_NS)
    make = EagerCommitter if mutant == "mutant_ack_before_commit" else Committer

    def acknowledged(stream: StreamId, t1: UtcNs, seq: int) -> None:
        disk.passed("before-acknowledgement")
        os.write(1, f"{t1} {seq}\n".encode())

    committer = make(disk, [volume], clock)
    recorder = StreamRecorder.open(STREAM, committer, clock, acknowledged=acknowledged)
    recorder.on_config(CONFIG)
    for number in range(FRAMES):
        recorder.on_access_unit(
            AccessUnit(number * FRAME_90K, number % 25 == 0, frame_bytes(number, 4000), clock.now())
        )
        clock.advance(0.04)
        if number % 25 == 24:
            recorder.tick()
            committer.commit_once()


if __name__ == "__main__":
    main()
