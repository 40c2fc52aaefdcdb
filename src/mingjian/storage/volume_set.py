"""The volumes that one worker may write, in order of preference: which answer, what a stream holds on each.

Heads go into a memory apart from them before they are acknowledged: a stream goes on in one line of epochs whichever
of its volumes the next start finds, and what the memory holds of it lasts: the ledger takes heads from there.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.lane import Lane
from mingjian.storage.layout import WRITER_LOCK
from mingjian.storage.ports import Disk, Handle, Head, HeadMemory
from mingjian.storage.recovery import Found, Recovered, recover, survey
from mingjian.storage.room import VolumeRoom
from mingjian.storage.volume import Volume, still_there
from mingjian.storage.watched_disk import NoAnswer

STREAM_TAKEN = "storage.stream-taken"
"""Another process still writes the stream: usually a predecessor that is ending."""


@dataclass(frozen=True, slots=True)
class CommitFailure:
    """What a supervisor should record: which stream, which volume, what the system said."""

    stream: StreamId
    volume: str
    error: str
    cause: GapCause


@dataclass(frozen=True, slots=True)
class Entered:
    """A stream's way in: the volume to begin on, its locks on all that it may use, and how its chain goes on."""

    volume: Volume
    locks: dict[str, Handle]
    refused: dict[str, str]
    """Volume id and the system's word for it."""
    recovered: Recovered


class VolumeSet:
    """Owned by the committer. What asks a disk is done on that volume's lane, and waits for no other."""

    def __init__(
        self,
        disk: Disk,
        volumes: Sequence[Volume],
        on_failure: Callable[[CommitFailure], None],
        memory: HeadMemory | None,
        clock: Clock,
        *,
        complete: bool,
    ) -> None:
        if not volumes:
            raise LocalError(
                "storage.no-volume",
                "没有可用的存储卷",
                remedy="登记并挂载存储卷",
                text_en="no volume can be written",
                remedy_en="register and mount a volume",
            )
        self._disk, self._on_failure = disk, on_failure
        self._memory, self._complete = memory, complete
        self._clock = clock
        self.volumes = tuple(volumes)
        self.lanes: dict[str, Lane] = {}
        """Of every volume ever used, by id: a volume has one thread, also when it goes and comes."""
        self.room: dict[str, VolumeRoom] = {}
        self._prepare()

    def same(self, volumes: Sequence[Volume], *, complete: bool) -> bool:
        """Whether `replace` would change nothing."""
        return tuple(volumes) == self.volumes and complete == self._complete

    def replace(self, volumes: Sequence[Volume], held: Collection[str], *, complete: bool) -> None:
        """From now on `volumes`, and behind them those of before whose ids are `held`."""
        self.volumes = (*volumes, *(v for v in self.volumes if v.id in held and v not in volumes))
        self._complete = complete
        self._prepare()

    def _prepare(self) -> None:
        for volume in self.volumes:
            lane = self.lanes.setdefault(volume.id, Lane.of(self._disk, volume, self._clock))
            if volume.id not in self.room or lane.volume != volume:
                lane.volume = volume
                self.room[volume.id] = VolumeRoom(lane.disk, volume)

    def lane(self, volume: Volume) -> Lane:
        return self.lanes[volume.id]

    def refresh(self, volume: Volume) -> None:
        """Ask the volume whether it is there and how much room it has. Called on its lane."""
        self.room[volume.id].refresh()

    def enter(self, stream: StreamId, now: UtcNs) -> Entered:
        """Lock and survey the stream on every volume that allows it; the others are reported.

        Raises LocalError when another writer holds it, OSError when no volume can be used.
        """
        locks: dict[str, Handle] = {}
        refused: dict[str, str] = {}
        found: list[Found] = []
        errors: list[OSError] = []
        try:
            for volume in self.volumes:
                try:
                    locks[volume.id], one = self.take(stream, volume)
                    found.append(one)
                except BlockingIOError:
                    raise _taken(stream) from None
                except OSError as error:
                    errors.append(error)
                    refused[volume.id] = self.refuse(stream, volume, error)
            if not locks:
                raise errors[0]
            remembered = self._memory.recall() if self._memory is not None else {}
            lacking = bool(refused or not self._complete)
            recovered = recover(
                found,
                now,
                remembered=remembered.get(stream),
                elsewhere=lacking or len(self.volumes) > 1,
                unknown=lacking and not remembered,
            )
        except BaseException:
            self.give_back(locks, stream)  # the next try must find it free
            raise
        first = next(volume for volume in self.volumes if volume.id in locks)
        return Entered(first, locks, refused, recovered)

    def take(self, stream: StreamId, volume: Volume) -> tuple[Handle, Found]:
        """The stream's lock on `volume` and what it holds there. BlockingIOError: another writer has it."""
        lane = self.lane(volume)

        def taken() -> tuple[Handle, Found]:
            if not still_there(lane.disk, volume):
                raise OSError(errno.ENODEV, "another directory in the volume's place")
            lane.disk.make_directory(volume.path(f"{stream}/chain"))
            lock = lane.disk.lock(volume.path(f"{stream}/{WRITER_LOCK}"))
            try:
                return lock, survey(lane.disk, volume, stream)
            except BaseException:
                lane.disk.close(lock)
                raise

        return lane.call(taken, late=lambda found: lane.disk.close(found[0]))

    def give_back(self, locks: Mapping[str, Handle], stream: StreamId) -> None:
        """The locks are free when this returns, but those of volumes that give no answer."""
        for identifier, lock in locks.items():
            lane = self.lanes[identifier]
            lane.closing.append((lock, stream))
            with contextlib.suppress(NoAnswer):
                lane.call(lane.give_back)

    def refuse(self, stream: StreamId, volume: Volume, error: OSError) -> str:
        """Report that the stream cannot use the volume now; the system's word for it."""
        said = errno.errorcode.get(error.errno or 0, "EIO")
        self._on_failure(CommitFailure(stream, volume.id, said, GapCause.DISK_ERROR))
        return said

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        """Durable on return, if the memory works. It fails: said, and no reason to stop, for it then holds nothing."""
        try:
            if heads and self._memory is not None:
                self._memory.remember(heads)
        except OSError as error:
            said = f"heads not remembered: {errno.errorcode.get(error.errno or 0, 'EIO')}"
            self._on_failure(CommitFailure(StreamId(""), "", said, GapCause.DISK_ERROR))


def _taken(stream: StreamId) -> LocalError:
    return LocalError(
        STREAM_TAKEN,
        f"视频流 {stream} 已有另一个写入者",
        remedy="等待前一进程退出",
        text_en=f"stream {stream} has another writer",
        remedy_en="wait for it to end",
    )
