"""The volumes that one worker may write, in order of preference: which answer, what a stream holds on each.

Where there is more than one, heads go into a memory apart from them before they are acknowledged: a stream goes on in
one line of epochs whichever of its volumes the next start finds.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.layout import WRITER_LOCK
from mingjian.storage.ports import Disk, Handle, Head, HeadMemory
from mingjian.storage.recovery import Found, Recovered, recover, survey
from mingjian.storage.room import VolumeRoom
from mingjian.storage.volume import Volume, still_there

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
    """Owned by the committer, called under its lock or before its thread runs."""

    def __init__(
        self,
        disk: Disk,
        volumes: Sequence[Volume],
        on_failure: Callable[[CommitFailure], None],
        memory: HeadMemory | None,
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
        self.volumes = tuple(volumes)
        self.room = {volume.id: VolumeRoom(disk, volume) for volume in volumes}
        if not self._remembers:  # what is not kept up to date must not be believed later
            self._told(lambda memory: memory.forget())

    def same(self, volumes: Sequence[Volume], *, complete: bool) -> bool:
        """Whether `replace` would change nothing."""
        return tuple(volumes) == self.volumes and complete == self._complete

    def replace(self, volumes: Sequence[Volume], held: Collection[str], *, complete: bool) -> None:
        """From now on `volumes`, and behind them those of before whose ids are `held`."""
        self.volumes = (*volumes, *(v for v in self.volumes if v.id in held and v not in volumes))
        self._complete = complete
        self.room = {v.id: self.room.get(v.id) or VolumeRoom(self._disk, v) for v in self.volumes}
        self.refresh()

    def refresh(self) -> None:
        """Ask each volume whether it is there and how much room it has."""
        for room in self.room.values():
            room.refresh()

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
            remembered = self._memory.recall(stream) if self._memory is not None else None
            known = self._memory is not None and not self._memory.empty
            unknown = remembered is None and not known and bool(refused or not self._complete)
            recovered = recover(found, now, remembered=remembered, unknown=unknown)
        except BaseException:
            for lock in locks.values():
                self._disk.close(lock)  # the next try must find it free
            raise
        first = next(volume for volume in self.volumes if volume.id in locks)
        return Entered(first, locks, refused, recovered)

    def take(self, stream: StreamId, volume: Volume) -> tuple[Handle, Found]:
        """The stream's lock on `volume` and what it holds there. BlockingIOError: another writer has it."""
        if not still_there(self._disk, volume):
            raise OSError(errno.ENODEV, "another directory in the volume's place")
        self._disk.make_directory(volume.path(f"{stream}/chain"))
        lock = self._disk.lock(volume.path(f"{stream}/{WRITER_LOCK}"))
        try:
            return lock, survey(self._disk, volume, stream)
        except BaseException:
            self._disk.close(lock)
            raise

    def refuse(self, stream: StreamId, volume: Volume, error: OSError) -> str:
        """Report that the stream cannot use the volume now; the system's word for it."""
        said = errno.errorcode.get(error.errno or 0, "EIO")
        self._on_failure(CommitFailure(stream, volume.id, said, GapCause.DISK_ERROR))
        return said

    @property
    def _remembers(self) -> bool:
        return len(self.volumes) > 1 or not self._complete

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        """Durable on return, where that is needed and the memory works."""
        if heads and self._remembers:
            self._told(lambda memory: memory.remember(heads))

    def _told(self, what: Callable[[HeadMemory], None]) -> None:
        """The memory fails: said, and no reason to stop; it then holds nothing that could be believed wrongly."""
        try:
            if self._memory is not None:
                what(self._memory)
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
