"""Recorded footage without cameras: real containers and chains on a throw-away volume, at a clock that is told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Identity
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, Codec, StreamConfig, VideoConfig
from mingjian.storage.commit import Committer
from mingjian.storage.ports import Handle
from mingjian.storage.reader import FragmentReader
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.tailer import HeadChange, Seen, tail_once
from mingjian.storage.volume import Volume, VolumeIdentity, VolumeKind, create

COMMIT_EVERY = 16
"""Frames of a stream between two commits: one long write, as of a recorder under load."""
CONTAINER_S = 600
CONFIG = StreamConfig(
    VideoConfig(
        Codec.H264,
        (bytes.fromhex("6742c01fd90141fb0110000003001000000303c0f1832640"), bytes.fromhex("68cb83cb20")),
        320,
        240,
        "avc1.42C01F",
    )
)


class HastyDisk(OsDisk):
    """Writes without waiting for the medium: what is measured is reading, or a start, not how this was made."""

    def fdatasync(self, handle: Handle) -> None:
        pass

    def fsync_directory(self, path: str) -> None:
        pass


def with_bytecode(folder: Path) -> dict[str, str]:
    """The environment of a process of ours that keeps its compiled modules in `folder`, as an installation does."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)}


def small_volume(root: Path) -> Volume:
    """A new throw-away volume."""
    clock = ManualClock()
    identity = VolumeIdentity("v1", VolumeKind.THROW_AWAY, "bench", clock.now(), 86_400 * 30, 86_400 * 31, 1 << 40)
    return create(OsDisk(), str(root), identity, Ed25519Identity(bytes(32)))


@dataclass
class Footage:
    """One volume, its committer and its catalogue (a file beside it)."""

    volume: Volume
    clock: ManualClock = field(default_factory=ManualClock)
    disk: OsDisk = field(default_factory=HastyDisk)

    def __post_init__(self) -> None:
        self.committer = Committer(self.disk, [self.volume], self.clock)
        self._pixels = Random(1).randbytes(1 << 20)

    def record(
        self, streams: Sequence[StreamId], seconds: int, *, frame_s: int, frame_bytes: int, close: bool = True
    ) -> None:
        """So many seconds of each stream at once, a key frame of `frame_bytes` every `frame_s` seconds."""
        recorders = [StreamRecorder.open(stream, self.committer, self.clock) for stream in streams]
        for recorder in recorders:
            recorder.on_config(CONFIG)
        for number in range(seconds // frame_s):
            pts = 1_000_000 + number * frame_s * TICKS_PER_SECOND
            for recorder in recorders:
                recorder.on_access_unit(AccessUnit(pts, True, self._sample(number, frame_bytes), self.clock.now()))
            self.clock.advance(frame_s)
            if number % COMMIT_EVERY == 0:
                for recorder in recorders:
                    recorder.tick()
                self.committer.commit_once()
        self.committer.commit_once()
        if close:
            for recorder in recorders:
                recorder.close()

    def tailed(self, catalogue: SqliteCatalogue) -> list[HeadChange]:
        """Everything in the catalogue, and the heads of the chains."""
        seen, heads = Seen(), dict[str, HeadChange]()
        while (changes := tail_once(self.disk, [self.volume], catalogue, seen)) or seen.behind:
            heads |= {change.stream: change for change in changes}
        return list(heads.values())

    def reader(self, catalogue: SqliteCatalogue) -> FragmentReader:
        return FragmentReader(self.disk, [self.volume], catalogue, self.clock)

    def _sample(self, number: int, size: int) -> bytes:
        """One length-prefixed NAL unit that no other equals."""
        body = b"\x65" + number.to_bytes(8, "big") + self._pixels[: size - 13]
        return len(body).to_bytes(4, "big") + body


def streams(count: int) -> list[StreamId]:
    return [StreamId(f"bench-{number:03}") for number in range(count)]
