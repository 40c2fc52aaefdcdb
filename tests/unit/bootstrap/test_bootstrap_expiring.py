"""A recorder's deletions: a volume that gives no answer holds up neither those of the others nor the recorder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog

from mingjian.bootstrap.assignment import Assignment
from mingjian.bootstrap.clock_watch import ClockWatch
from mingjian.bootstrap.expiring import Expiring, holds_of
from mingjian.kernel.ids import StreamId
from mingjian.storage.commit import Committer
from mingjian.storage.lane import HUNG_NS
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity

OTHER = StreamId("cam-2")
LIMIT_S = 20


@dataclass
class Silent:
    """Deletions below one root do not return until the gate opens."""

    root: str
    gate: threading.Event = field(default_factory=threading.Event)
    asked: int = 0

    def __call__(self, operation: str, path: str) -> None:
        if operation == "unlink" and path.startswith(self.root):
            self.asked += 1
            assert self.gate.wait(LIMIT_S)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Footage of one stream on each of two volumes, past its ceiling."""
    disk = FakeDisk()
    volumes = [create(disk, f"/{name}", identity(name), SIGNER) for name in ("home", "spill")]
    made = House(disk, tmp_path / "c.sqlite", volumes=volumes)
    for stream, at in ((STREAM, volumes), (OTHER, volumes[::-1])):
        committer = Committer(disk, at, made.clock, memory=made.memory)
        recorder = StreamRecorder.open(stream, committer, made.clock)
        made.feed(recorder, 20)
        recorder.close()
    made.clock.advance(2000)
    yield made
    made.catalogue.close()


def expiring(house: House, folder: Path) -> Expiring:
    watch = ClockWatch(folder, house.disk, house.clock, "boot", bytes)
    return Expiring(house.disk, house.clock, watch, structlog.get_logger(), forgotten=False, hung_ns=-1)


def footage(house: House, root: str) -> list[str]:
    return [path for path in house.disk.files if path.startswith(root) and path.endswith(".mp4")]


def test_a_volume_that_gives_no_answer_holds_up_no_other_and_is_told(house: House, tmp_path: Path) -> None:
    for stream in (STREAM, OTHER):
        house.open(stream)
    works = expiring(house, tmp_path)
    house.disk.before = silent = Silent("/home")
    for _ in range(2):
        house.clock.advance(61)
        works.once(house.committer, [STREAM, OTHER], ())
    assert footage(house, "/home")
    assert not footage(house, "/spill")
    assert works.failure is not None
    since, problem = works.failure["since"], works.failure["problem"]
    assert problem["code"] == "volume.hung"
    assert "/home" in problem["text"]
    assert "/home" in problem["text_en"]
    assert since < house.clock.now(), "since when it fails, not when it was last tried"
    assert silent.asked == 1, "no second thread waits for it"
    silent.gate.set()
    for thread in threading.enumerate():
        if thread.name.startswith("expiry-"):
            thread.join(LIMIT_S)
    house.clock.advance(61)
    works.once(house.committer, [STREAM, OTHER], ())
    assert not footage(house, "/home")
    assert works.failure is None


def test_d5_a_hold_that_begins_while_a_pass_runs_keeps_all_that_the_pass_has_not_begun_to_delete(
    house: House, tmp_path: Path
) -> None:
    recorder = house.open(STREAM)
    house.feed(recorder, 20)
    recorder.close()
    house.open(STREAM)
    house.clock.advance(2000)
    _, second = footage(house, f"/home/{STREAM}")
    told = [Assignment((), ())]
    wanted = (str(STREAM), 0, int(house.clock.now()))

    def request_comes(operation: str, path: str) -> None:
        if operation == "unlink":
            told[:] = [Assignment.from_json(replace(told[0], holds=(wanted,)).to_json())]

    house.disk.before = request_comes
    works = replace(expiring(house, tmp_path), hung_ns=HUNG_NS)
    works.once(house.committer, [STREAM], (), lambda: holds_of(told[0]))
    assert footage(house, f"/home/{STREAM}") == [second], "the oldest went before the request came"
    told[:] = [Assignment((), ())]
    house.clock.advance(61)
    works.once(house.committer, [STREAM], (), lambda: holds_of(told[0]))
    assert footage(house, f"/home/{STREAM}") == [] and works.failure is None


def test_what_one_stream_refuses_holds_up_no_other(house: House, tmp_path: Path) -> None:
    house.open(OTHER)
    works = expiring(house, tmp_path)
    works.once(house.committer, [STREAM, OTHER], ())  # the first is not open here
    assert works.failure is not None
    assert works.failure["problem"]["code"] == "storage.stream-closed"
    assert not footage(house, f"/spill/{OTHER}")
    assert footage(house, f"/home/{STREAM}")
