"""How much a volume may still take: its file system's free bytes, less a reserve, within its own bound."""

from __future__ import annotations

from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume, still_there
from mingjian.storage.volume_faults import Fault

RESERVE_BYTES = 64 * 1024 * 1024
"""Kept free for chain entries: a full volume can still say, for months, that it is full."""
RESERVE_SHARE = 50
"""On small volumes the reserve is a fiftieth of them instead."""
RESERVE_FILES = 1000
"""Names kept free for chain files: one a stream and day, and one more for each new epoch."""
RECOUNT_REFRESHES = 60
"""A bounded volume is walked once in so many commits; in between what was written is added up."""


class VolumeRoom:
    """The room of one volume; `refresh` before each commit, `take` for what is about to be written."""

    def __init__(self, disk: Disk, volume: Volume) -> None:
        self._disk, self._volume = disk, volume
        self._refreshes = 0
        self._used = 0
        self.free_bytes = 0
        self.free_files: int | None = None
        """None: the file system does not count them."""
        self.present = False
        """Whether the volume answered, by its own name, when it was last asked."""

    def refresh(self) -> None:
        """Ask the file system again; a volume that does not answer, or is no longer the one in its place, has no room.

        Without the second an unmounted disk would offer the room of the disk under its mount point.
        """
        self.present = still_there(self._disk, self._volume)
        if not self.present:
            self.free_bytes = 0
            return
        try:
            total, free, files = self._disk.space(self._volume.root)
            bound = self._volume.identity.max_bytes
            if bound:
                if self._refreshes % RECOUNT_REFRESHES == 0:
                    self._used = used_bytes(self._disk, self._volume.root)
                total, free = min(total, bound), min(free, bound - self._used)
            self.free_bytes = free - min(RESERVE_BYTES, total // RESERVE_SHARE)
            self.free_files = files.free - min(RESERVE_FILES, files.total // RESERVE_SHARE) if files else None
            self._refreshes += 1
        except OSError:
            self.free_bytes, self.present = 0, False

    def take(self, need_bytes: int) -> bool:
        """Whether `need_bytes` fit; they are then counted as used."""
        if self.free_bytes <= 0 or self._without_names or need_bytes > self.free_bytes:
            return False
        self.free_bytes -= need_bytes
        self._used += need_bytes
        return True

    @property
    def _without_names(self) -> bool:
        return self.free_files is not None and self.free_files <= 0

    @property
    def fault(self) -> Fault:
        """What it is that it has none of."""
        return Fault.NO_NAMES if self._without_names and self.free_bytes > 0 else Fault.FULL

    @property
    def lacks(self) -> str:
        """The same in a maintainer's words, for the GAP entry."""
        if self.fault is Fault.NO_NAMES:
            return "no inodes free beyond the reserve"
        return f"{max(0, self.free_bytes)} bytes free beyond the reserve"

    def lose(self) -> None:
        """The volume gives no answer: it is asked again when it does."""
        self.free_bytes, self.present = 0, False

    def fill(self) -> None:
        """The file system said it is full, whatever it answered before."""
        self.free_bytes = 0


def used_bytes(disk: Disk, path: str) -> int:
    """Bytes of all files below `path`."""
    total = 0
    for entry in disk.list(path):
        below = f"{path}/{entry.name}"
        total += used_bytes(disk, below) if entry.is_directory else disk.size(below) or 0
    return total
