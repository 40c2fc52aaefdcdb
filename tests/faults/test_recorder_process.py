"""A recorder process and what may go wrong around it: it records what it is told, whatever its system disk says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mingjian.adapters.system_clock import SystemClock
from mingjian.adapters.vault import open_vault
from mingjian.audit.chain import Entry, EntryKind, parse
from mingjian.bootstrap.assignment import AssignedCamera, Assignment
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import FILE, Settings
from mingjian.bootstrap.volumes import create_volume, registered
from mingjian.cli.selftest_steps import Selftest
from mingjian.kernel.ids import CameraId, main_stream

LIMIT_S = 60
NOBODY = "rtsp://127.0.0.1:9/main"
"""No camera listens there: its gap shows that it is being recorded."""


def _sorted(files: Iterable[Path]) -> list[Entry]:
    lines = [line for file in files for line in file.read_bytes().split(b"\n")[:-1]]
    return sorted(map(parse, lines), key=lambda entry: (entry.epoch, entry.seq))


@dataclass
class Recorder:
    """A data directory with one volume, and a recorder process on it."""

    root: Path
    process: subprocess.Popen[bytes] | None = None
    places: DataDirectory = field(init=False)

    def __post_init__(self) -> None:
        self.places = DataDirectory(self.root / "data")
        self.places.create()
        (self.places.root / FILE).write_text('installation = "demonstration"\n', encoding="utf-8")
        open_vault(self.places.keys / "secret.key")
        self.register("volume")

    def register(self, name: str) -> Path:
        settings = Settings(installation="demonstration")
        made = create_volume(
            self.root / name, places=self.places, settings=settings, clock=SystemClock(), throw_away=True
        )
        return Path(made.root)

    def start(self) -> None:
        command = [sys.executable, "-m", "mingjian", "internal", "recorder", "0", "--data", str(self.places.root)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)

    def send(self, line: bytes) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def assign(self, *cameras: str) -> None:
        wanted = tuple(
            AssignedCamera(CameraId(camera), NOBODY, "", "admin", "x", "tcp", "native", audio=False)
            for camera in cameras
        )
        volumes = tuple(registered(self.places))
        self.send(json.dumps(Assignment(wanted, volumes, cameras).to_json()).encode())

    def entries(self, camera: str) -> list[Entry]:
        return _sorted(self.root.glob(f"*/{main_stream(CameraId(camera))}/chain/*.jsonl"))

    def entries_at(self, volume: Path, camera: str) -> list[Entry]:
        """Those on one volume."""
        return _sorted(volume.glob(f"{main_stream(CameraId(camera))}/chain/*.jsonl"))

    def wait(self, what: str, ready: Callable[[], object]) -> None:
        Selftest("", self.root, {}, SystemClock()).wait(what, LIMIT_S, ready)

    def wait_open(self, camera: str) -> None:
        self.wait(f"{camera} is recorded", lambda: self.entries(camera))

    def end(self) -> int:
        """The supervisor is gone; the exit status."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(LIMIT_S)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def test_what_cannot_be_stored_or_offered_is_recorded_all_the_same(recorder: Recorder) -> None:
    (recorder.places.run / "assignment-0.enc.new").mkdir()  # stands for a disk that takes nothing
    (recorder.places.run / "recorder-0.sock").mkdir()
    (recorder.places.logs / "recorder-0.log").mkdir()
    recorder.start()
    recorder.send(b"no assignment at all")
    recorder.send(b'{"v": 1, "cameras": [{}], "volumes": []}')
    recorder.assign("cam-1")
    recorder.wait_open("cam-1")
    (recorder.places.run / "recorder-0.sock").rmdir()
    recorder.wait("live pictures offered as soon as they can be", recorder.places.socket(0).is_socket)
    assert recorder.end() == 0
    assert recorder.entries("cam-1")[-1].kind is EntryKind.CLOSE


def test_an_unreadable_stored_assignment_is_waited_out(recorder: Recorder) -> None:
    recorder.places.assignment(0).write_bytes(b"torn")
    recorder.start()
    recorder.assign("cam-1")
    recorder.wait_open("cam-1")
    assert recorder.end() == 0


def test_an_unreadable_register_of_volumes_is_waited_out(recorder: Recorder) -> None:
    content = recorder.places.volumes.read_bytes()
    recorder.start()
    recorder.assign("cam-1")
    recorder.wait_open("cam-1")
    recorder.places.volumes.write_bytes(b"")
    assert recorder.end() == 0
    recorder.start()
    recorder.wait("said", lambda: b"volume.registry" in (recorder.places.logs / "recorder-0.log").read_bytes())
    recorder.places.volumes.write_bytes(content)
    recorder.wait("recorded again", lambda: recorder.entries("cam-1")[-1].epoch == 1)
    assert recorder.end() == 0


def test_a_volume_registered_later_is_joined_and_one_that_went_is_left(recorder: Recorder) -> None:
    recorder.start()
    recorder.assign("cam-1")
    recorder.wait_open("cam-1")
    second = recorder.register("second")
    recorder.assign("cam-1")
    lock = second / "cam-1" / "writer.lock"
    recorder.wait("joined", lock.exists)
    away = recorder.root / "volume-away" / "volume"
    away.parent.mkdir()
    (recorder.root / "volume").rename(away)
    recorder.wait("gone on", lambda: list(second.glob("cam-1/chain/*.jsonl")))
    assert not (recorder.root / "volume").exists()
    assert recorder.end() == 0
    away.rename(recorder.root / "volume")
    assert [entry.epoch for entry in recorder.entries("cam-1") if entry.kind is EntryKind.OPEN] == [0, 1]
