"""Real file systems that fail on demand: small ones in memory, and ext4 on a block device that errs, waits or hangs.

Everything made here bears the number of this process in its name; what a killed run of before left behind is taken
down by the next one, and nothing of a run that still lives is touched.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from mingjian.adapters.disk import OsDisk
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.period import Period, holes
from mingjian.storage.reader import FragmentRef, GapRef
from mingjian.storage.volume import Volume, create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity

PREFIX = "mingjian-disk-"
OURS = re.compile(rf"{PREFIX}(\d+)-")
COMMAND_S = 30
"""For one mount, mkfs or losetup; each takes a fraction of a second."""


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=COMMAND_S).stdout.strip()


def lacking(*commands: str) -> str:
    """Why such a file system cannot be made here; empty where it can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if "losetup" in commands and not Path("/dev/loop-control").exists():
        return "no loop devices here"
    if "nbdfuse" in commands and not Path("/dev/fuse").exists():
        return "no FUSE here"
    return ""


def sweep() -> None:
    """Take down what runs that live no more left mounted."""
    for line in reversed(Path("/proc/mounts").read_text(encoding="utf-8").splitlines()):
        place = line.split()[1]
        if _left(place):
            subprocess.run(["umount", "-l", place], check=False, capture_output=True, timeout=COMMAND_S)
    listed = subprocess.run(["losetup", "-a"], check=False, capture_output=True, text=True, timeout=COMMAND_S).stdout
    for line in listed.splitlines():
        if _left(line):
            device = line.split(":", 1)[0]
            subprocess.run(["losetup", "-d", device], check=False, capture_output=True, timeout=COMMAND_S)


def _left(name: str) -> bool:
    found = OURS.search(name)
    return found is not None and not Path("/proc", found[1]).exists()


@dataclass
class Device:
    """A block device served by a process of ours: it errs while `trigger` exists, hangs while it is stopped."""

    server: subprocess.Popen[bytes]
    trigger: Path

    def err(self) -> None:
        self.trigger.touch()

    def mend(self) -> None:
        self.trigger.unlink(missing_ok=True)

    def hang(self) -> None:
        self.server.send_signal(signal.SIGSTOP)

    def answer(self) -> None:
        self.server.send_signal(signal.SIGCONT)


@dataclass
class Rig:
    """Makes file systems below one folder and takes all of them down again, whatever failed."""

    folder: Path
    _down: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def place(self, name: str) -> Path:
        made = self.folder / f"{PREFIX}{os.getpid()}-{name}"
        made.mkdir()
        return made

    def tmpfs(self, name: str, options: str) -> Path:
        place = self.place(name)
        run("mount", "-t", "tmpfs", "-o", options, f"{PREFIX}{os.getpid()}", str(place))
        self._down.callback(_unmount, place)
        return place

    def ext4(self, name: str, size: str = "64M") -> tuple[Path, Device]:
        """ext4, read-only after its first error, on a device that fails when told."""
        files = self.place(f"{name}-device")
        trigger, socket, fuse = files / "trigger", files / "socket", files / "fuse"
        fuse.mkdir()
        server = subprocess.Popen(
            [
                *("nbdkit", "-f", "-U", str(socket), "--filter=error", "memory", size),
                *("error=EIO", "error-rate=100%", f"error-file={trigger}"),
            ],
            stderr=subprocess.DEVNULL,
        )
        device = Device(server, trigger)
        self._down.callback(_end, server)
        wait("the device", socket.exists)
        bridge = subprocess.Popen(["nbdfuse", str(fuse), "--unix", str(socket)], stderr=subprocess.DEVNULL)
        self._down.callback(_end, bridge)
        self._down.callback(_unmount, fuse)
        image = fuse / "nbd"
        wait("its file", lambda: os.path.ismount(fuse) and image.exists())
        loop = run("losetup", "-f", "--show", str(image))
        self._down.callback(subprocess.run, ["losetup", "-d", loop], check=False, capture_output=True)
        run("mkfs.ext4", "-q", loop)
        place = self.place(name)
        run("mount", "-o", "errors=remount-ro", loop, str(place))
        self._down.callback(_unmount, place)
        self._down.callback(device.answer)
        self._down.callback(device.mend)
        return place, device

    def close(self) -> None:
        self._down.close()


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True, timeout=COMMAND_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(COMMAND_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def in_sync(volume: str) -> bool:
    """Whether the volume's thread is in the one call that a paused device keeps: others end in the page cache."""
    frames = sys._current_frames()
    lanes = [thread for thread in threading.enumerate() if thread.name == f"lane-{volume}"]
    return any(frames[lane.ident].f_code.co_name == "fdatasync" for lane in lanes if lane.ident in frames)


def wait(what: str, true: Callable[[], object], limit_s: int = COMMAND_S) -> None:
    pause = threading.Event()
    for _ in range(limit_s * 50):
        if true():
            return
        pause.wait(0.02)
    pytest.fail(f"never: {what}")


class RealHouse(House):
    """A house whose volumes stand on the machine's own file systems."""

    @classmethod
    def on(cls, catalogue: Path, *roots: Path) -> RealHouse:
        disk = OsDisk()
        volumes = [create(disk, f"{root}/v", identity(root.name.rsplit("-", 1)[1]), SIGNER) for root in roots]
        return cls(cast(FakeDisk, disk), catalogue, volumes=volumes)  # what a house asks of it is what every disk gives

    @property
    def mounted(self) -> list[Volume]:
        return self.volumes

    def refs(self) -> list[FragmentRef | GapRef]:
        self.tail()
        return list(self.reader().fragments(STREAM, Period(UtcNs(0), UtcNs(self.clock.now() + SECOND_NS))))

    def causes(self) -> set[str]:
        return {ref.cause for ref in self.refs() if isinstance(ref, GapRef)}

    def frames(self) -> int:
        """Those that read well."""
        found = [ref for ref in self.refs() if isinstance(ref, FragmentRef)]
        reader = self.reader()
        for ref in found:
            reader.read(ref)
        return sum(ref.frames for ref in found)

    def wrongs(self) -> list[str]:
        """Holes in the time line, what is acknowledged and not there, and what a full fsck finds."""
        found = self.refs()
        covered = [Period(ref.t0, ref.t1) for ref in found]
        wrong = ["a hole"] if holes(Period(found[0].t0, found[-1].t1), covered) else []
        ends = {t1 for ref in found for t1 in (ref.t1,)}
        last = max(ends)
        wrong += [f"acknowledged {t1}" for _, t1, _ in self.acknowledged if t1 > last]
        return wrong + self.problems()


@contextlib.contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    made = Rig(folder)
    try:
        yield made
    finally:
        made.close()
