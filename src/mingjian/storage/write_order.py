"""The write order of docs/design/0002-storage.md: media, fdatasync, chain, fdatasync; only then is anything durable."""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections.abc import Callable

from mingjian.storage.journal import Journal, OpenFile, Plan
from mingjian.storage.layout import WRITER_LOCK
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume, still_there
from mingjian.storage.watched_disk import NoAnswer


class WriteOrder(ABC):
    """Writes the plans of one group commit, step by step for all of them.

    The error of one stream stays its own (S8). An fdatasync that failed is never tried again on the same file: the
    pages it was about may be gone (S2).
    """

    @abstractmethod
    def _disk_of(self, volume: Volume) -> Disk: ...

    @abstractmethod
    def _fail(self, journal: Journal, plan: Plan, error: OSError) -> None:
        """Nothing of the plan is believed."""

    @abstractmethod
    def _lock_lost(self, journal: Journal, volume: Volume) -> None:
        """The stream's lock keeps nobody away any more: it is given up, and taken anew at the next look."""

    def _write(self, plans: list[tuple[Journal, Plan]]) -> list[tuple[Journal, Plan]]:
        """Those of `plans` that are durable. NoAnswer: the volume was given up; nothing of them is known."""
        plans = self._each(plans, self._keep_others_out)
        plans = self._each(plans, self._append_media)
        plans = self._each(plans, self._sync_media)
        plans = self._each(plans, self._append_chain)
        return self._each(plans, self._sync_chain)

    def _each(
        self, plans: list[tuple[Journal, Plan]], step: Callable[[Journal, Plan], None]
    ) -> list[tuple[Journal, Plan]]:
        """`step` for every stream; one that fails leaves the commit, the others do not notice (S8)."""
        kept: list[tuple[Journal, Plan]] = []
        for journal, plan in plans:
            try:
                step(journal, plan)
            except NoAnswer:
                raise
            except OSError as error:
                self._fail(journal, plan, error)
            else:
                kept.append((journal, plan))
        return kept

    def _keep_others_out(self, journal: Journal, plan: Plan) -> None:
        """A volume that was mounted anew has a lock file that we do not hold: another recorder may (S6)."""
        lock, path = journal.locks.get(plan.volume.id), plan.volume.path(f"{journal.stream}/{WRITER_LOCK}")
        if lock is None or not self._disk_of(plan.volume).guards(lock, path):
            self._lock_lost(journal, plan.volume)
            raise OSError(errno.ENODEV, "the writer's lock is not that of the volume in this place")

    def _append_media(self, journal: Journal, plan: Plan) -> None:
        for container, buffers in plan.media:
            self._append(plan.volume, container, buffers)

    def _sync_media(self, journal: Journal, plan: Plan) -> None:
        for container, _ in plan.media:
            self._sync(plan.volume, container)

    def _append_chain(self, journal: Journal, plan: Plan) -> None:
        for number, (file, lines) in enumerate(plan.chain):
            if number:  # the next file builds on this one: a power cut must not keep it alone
                self._sync(plan.volume, plan.chain[number - 1][0])
            self._append(plan.volume, file, [b"".join(lines)])

    def _sync_chain(self, journal: Journal, plan: Plan) -> None:
        for file, _ in plan.chain:
            self._sync(plan.volume, file)

    def _append(self, volume: Volume, file: OpenFile, buffers: list[bytes | memoryview] | list[bytes]) -> None:
        disk = self._disk_of(volume)
        if file.handle is None:
            if not still_there(disk, volume):  # an empty mount point would take it (S11)
                raise OSError(errno.ENODEV, "another directory in the volume's place")
            path = volume.path(file.path)
            disk.make_directory(path.rsplit("/", 1)[0])
            file.begun = True
            file.handle = disk.create_exclusive(path)
        disk.append(file.handle, buffers)

    def _sync(self, volume: Volume, file: OpenFile) -> None:
        disk = self._disk_of(volume)
        assert file.handle is not None
        disk.fdatasync(file.handle)
        if file.durable == 0:
            disk.fsync_directory(volume.path(file.path).rsplit("/", 1)[0])
