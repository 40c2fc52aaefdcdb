"""A disk whose power can be cut at any write: a block device that logs every write and flush, and its rebuilding.

`Rig.recording` mounts a real file system on a loop device over an image that qemu-storage-daemon exports while it logs
(`blklogwrites`, the format of the kernel's dm-log-writes). `Rig.cuts` rebuilds the image as a power cut after so many
log entries may leave it: all that precedes the last flush, and of what came after it any subset, in whatever order,
torn at 512 bytes.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import struct
import subprocess
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SECTOR_BYTES = 512
MAGIC = 0x6A736677736872
_SUPER = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")
_FLUSH, _FUA, _DISCARD = 1, 2, 4
LOG_BYTES = 4 << 30
"""Sparse: what a run writes decides what it takes."""
READY_S = 20.0
STEP_S = 0.01
IMAGE_BYTES = {"ext4": 96 << 20, "xfs": 320 << 20}
"""The smallest that each file system takes, with room for a run."""
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard"],
    "xfs": ["mkfs.xfs", "-q", "-f", "-K"],
}
MOUNT = {"ext4": "noatime,noinit_itable", "xfs": "noatime"}
PROGRAMS = ("qemu-storage-daemon", "losetup", "mount", "umount")
WHOLE, TORN = 0.4, 0.3
"""Of the writes after the last flush: how many reach the medium whole, and how many in part."""


def lacking(filesystem: str) -> str:
    """Why no power can be cut here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root: loop device and mount"
    for program in (*PROGRAMS, MAKE[filesystem][0]):
        if shutil.which(program) is None:
            return f"needs {program} (make setup-test installs it)"
    for device in ("/dev/loop-control", "/dev/fuse"):
        if not Path(device).exists():
            return f"needs {device}"
    return ""


@dataclass(frozen=True, slots=True)
class Write:
    """One entry of the log; `data_at` is where its bytes stand in the log file."""

    at: int
    length: int
    flags: int
    data_at: int


def logged(log: Path) -> int:
    """How many entries the log holds now."""
    with log.open("rb") as file:
        magic, _, entries, _ = _SUPER.unpack(file.read(_SUPER.size))
    return int(entries) if magic == MAGIC else 0


def read_log(log: Path) -> list[Write]:
    """Every entry, in the order in which the device took them."""
    with log.open("rb") as file:
        magic, _, count, sector = _SUPER.unpack(file.read(_SUPER.size))
        assert magic == MAGIC, "no log of block writes"
        found, position = [], sector
        for _ in range(count):
            file.seek(position)
            at, sectors, flags, _ = _ENTRY.unpack(file.read(_ENTRY.size))
            position += sector
            length = sectors * sector
            found.append(Write(at * sector, length, flags, position))
            position += 0 if flags & _DISCARD else length
    return found


class Rig:
    """One directory, one file system. Everything it starts or mounts has ended when its blocks have."""

    def __init__(self, directory: Path, filesystem: str = "ext4") -> None:
        self.directory, self.filesystem = directory, filesystem
        self.mount = directory / "mount"
        self.mount.mkdir()
        self.log = directory / "writes.log"
        self.blank = directory / "blank.img"
        with self.blank.open("wb") as file:
            file.truncate(IMAGE_BYTES[filesystem])
        _run(*MAKE[filesystem], str(self.blank))

    @contextlib.contextmanager
    def recording(self, base: Path) -> Iterator[Path]:
        """The mounted file system of a copy of `base`, every write of it logged in `self.log` from now on."""
        image, export = self.directory / "recorded.img", self.directory / "export.img"
        _copy(base, image)
        for path, size in ((self.log, LOG_BYTES), (export, 0)):
            path.unlink(missing_ok=True)
            with path.open("wb") as file:
                file.truncate(size)
        daemon = subprocess.Popen(
            [
                "qemu-storage-daemon",
                "--blockdev", f"driver=file,filename={image},node-name=base,cache.no-flush=on",
                "--blockdev", f"driver=file,filename={self.log},node-name=log,cache.no-flush=on",
                "--blockdev", "driver=blklogwrites,file=base,log=log,node-name=both,log-super-update-interval=1",
                "--export", f"type=fuse,id=export,node-name=both,mountpoint={export},writable=on",
            ],
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(lambda: export.stat().st_size == image.stat().st_size or daemon.poll() is not None)
            assert daemon.poll() is None, "qemu-storage-daemon ended"
            with self.mounted(export) as mount:
                yield mount
        finally:
            daemon.terminate()
            daemon.wait(READY_S)

    @contextlib.contextmanager
    def mounted(self, image: Path) -> Iterator[Path]:
        """The file system of `image`, as the next start of the machine mounts it."""
        device = _run("losetup", "--find", "--show", str(image)).strip()
        try:
            _run("mount", "-t", self.filesystem, "-o", MOUNT[self.filesystem], device, str(self.mount))
            try:
                yield self.mount
            finally:
                _run("umount", str(self.mount))
        finally:
            _run("losetup", "--detach", device)

    def cuts(self, base: Path, points: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Path]]:
        """For each (entries, seed), in the order of the entries: the image that a cut after so many may leave.

        One image at a time: the next one takes its place.
        """
        writes = read_log(self.log)
        flushes = [number for number, write in enumerate(writes) if write.flags & _FLUSH]
        durable, image = self.directory / "durable.img", self.directory / "cut.img"
        _copy(base, durable)
        done = 0
        with self.log.open("rb") as log:
            for entries, seed in sorted(points):
                before = bisect_right(flushes, entries - 1)
                flushed = flushes[before - 1] if before else 0
                with durable.open("r+b") as file:
                    for write in writes[done:flushed]:
                        _apply(write, log, file)
                done = max(done, flushed)
                _copy(durable, image)
                rng = random.Random(seed)
                pending = writes[flushed:entries]
                rng.shuffle(pending)
                with image.open("r+b") as file:
                    for write in pending:
                        _apply(write, log, file, rng)
                yield entries, seed, image


def _apply(write: Write, log: BinaryIO, image: BinaryIO, rng: random.Random | None = None) -> None:
    """One write, whole; with `rng` whole, in part or not at all, as for one that no flush has followed."""
    if not write.length:
        return
    if write.flags & _DISCARD:
        data = bytes(write.length)
    else:
        log.seek(write.data_at)
        data = log.read(write.length)
    luck = 0.0 if rng is None or write.flags & _FUA else rng.random()
    if luck < WHOLE:
        kept = [(0, write.length)]
    elif luck < WHOLE + TORN and rng is not None:
        sectors = range(0, write.length, SECTOR_BYTES)
        kept = [(at, SECTOR_BYTES) for at in sectors if rng.random() < 0.5]
    else:
        kept = []
    for at, length in kept:
        image.seek(write.at + at)
        image.write(data[at : at + length])


def _copy(source: Path, target: Path) -> None:
    _run("cp", "--sparse=always", "--reflink=auto", str(source), str(target))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


def _wait(ready: Callable[[], bool]) -> None:
    for _ in range(int(READY_S / STEP_S)):
        if ready():
            return
        threading.Event().wait(STEP_S)
    raise AssertionError(f"not within {READY_S} s")
