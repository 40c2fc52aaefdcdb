"""A volume whose calls do not return: given up, gone round, and never believed when they return at last.

The bound is the clock's, so that no test waits for it; the threads are real.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from mingjian.audit.chain import EntryKind, parse
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, holes
from mingjian.storage.commit import Committer
from mingjian.storage.lane import HUNG_NS, REST_NS
from mingjian.storage.reader import FragmentRef, GapRef
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.recovery import chain_files
from mingjian.storage.volume import create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity

LIMIT_S = 20
"""Of real time, for a thread to come round; it takes milliseconds."""
NEVER_S = 3600.0
"""Nothing is committed or watched but by the test's own word."""


@dataclass
class Stuck:
    """The next call of one kind below one root does not return until the gate is opened."""

    root: str
    operation: str
    suffix: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def __call__(self, operation: str, path: str) -> None:
        if operation == self.operation and path.startswith(f"{self.root}/") and path.endswith(self.suffix):
            self.reached.set()
            assert self.gate.wait(LIMIT_S)


def made_house(tmp_path: Path, *names: str, committer: type[Committer] = Committer) -> House:
    disk = FakeDisk()
    house = House(
        disk, tmp_path / "c.sqlite", volumes=[create(disk, f"/{name}", identity(name), SIGNER) for name in names]
    )
    house.committer = committer(disk, house.volumes, house.clock, on_failure=house.failures.append, memory=house.memory)
    house.committer.start(NEVER_S)
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = made_house(tmp_path, "home", "spill")
    yield made
    made.committer.stop()
    made.catalogue.close()


def until(what: str, true: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(LIMIT_S * 100):
        if true():
            return
        waiting.wait(0.01)
    pytest.fail(f"never: {what}")


def hang(house: House, recorder: StreamRecorder, stuck: Stuck) -> None:
    """With footage waiting a commit comes upon the stuck call, and the watch gives the volume up."""
    house.feed(recorder, 6, commit=False)
    house.disk.before = stuck
    committing = threading.Thread(target=house.committer.commit_once)
    committing.start()
    assert stuck.reached.wait(LIMIT_S)
    house.clock.advance(HUNG_NS / SECOND_NS + 1)
    house.committer.watch()
    committing.join(LIMIT_S)
    assert not committing.is_alive(), "who waits for a hung volume is told"


def answer(house: House, stuck: Stuck) -> None:
    """The call returns after all, and the volume's thread is back."""
    stuck.gate.set()
    until("back", lambda: not any(lane.hung for lane in house.committer.lanes))
    house.disk.before = lambda operation, path: None


def refs(house: House) -> list[FragmentRef | GapRef]:
    house.tail()
    return list(house.reader().fragments(STREAM, Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))))


def gaps(house: House) -> set[str]:
    return {ref.cause for ref in refs(house) if isinstance(ref, GapRef)}


def wrongs(house: House) -> list[str]:
    """What is not as it must be: acknowledged twice or out of order, not there, or found by a full fsck."""
    ends = [t1 for _, t1, _ in house.acknowledged]
    wrong = [f"acknowledged {then} after {now}" for now, then in pairwise(ends) if then <= now]
    lines = [
        parse(line)
        for file in chain_files(house.disk, house.volumes, STREAM)
        for line in bytes(house.disk.files[file.volume.path(file.path)].data).splitlines()
    ]
    resumed = {
        entry.fields["resumes"]["epoch"]: entry.fields["resumes"]["seq"]
        for entry in lines
        if entry.kind is EntryKind.OPEN and "resumes" in entry.fields
    }
    valid = {(entry.t1, entry.seq) for entry in lines if entry.seq <= resumed.get(entry.epoch, 1 << 60)}
    wrong += [f"lost {t1}/{seq}" for _, t1, seq in house.acknowledged if (t1, seq) not in valid]
    found = refs(house)
    if holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]):
        wrong.append("a hole")
    reader = house.reader()
    for ref in found:
        if isinstance(ref, FragmentRef):
            reader.read(ref)
    return wrong + house.problems()


PLACES = [
    *(("append", ".mp4"), ("appended", ".mp4"), ("fdatasync", ".mp4"), ("synced", ".mp4")),
    *(("append", ".jsonl"), ("appended", ".jsonl"), ("fdatasync", ".jsonl"), ("synced", ".jsonl")),
]


def life(house: House, place: tuple[str, str]) -> list[FragmentRef]:
    """Recorded, home hung at `place`, recorded elsewhere, home's call returned, recorded at home again."""
    recorder = house.open()
    frames = house.feed(recorder, 10)
    stuck = Stuck("/home", *place)
    hang(house, recorder, stuck)
    before = len(house.acknowledged)
    frames += 150 + house.feed(recorder, 10)
    assert len(house.acknowledged) > before, "recorded on the other volume while the call hangs"
    answer(house, stuck)
    house.look()
    frames += house.feed(recorder, 10)
    house.clock.advance(REST_NS / SECOND_NS)
    house.look()
    frames += house.feed(recorder, 10)
    recorder.close()
    found = [ref for ref in refs(house) if isinstance(ref, FragmentRef)]
    assert sum(ref.frames for ref in found) == frames, "not a frame is missing"
    return found


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_streams_of_a_hung_volume_go_on_elsewhere_and_its_late_return_changes_nothing(
    house: House, place: tuple[str, str]
) -> None:
    found = life(house, place)
    assert wrongs(house) == []
    places = [ref.volume for number, ref in enumerate(found) if number == 0 or found[number - 1].volume != ref.volume]
    assert places == ["home", "spill", "home"], "left alone for a minute after it answered, then used again"
    assert {failure.error for failure in house.failures} == {"no answer for 10 s"}


def test_a_hung_volume_is_told_with_its_name_and_what_to_do_until_it_answers(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    stuck = Stuck("/home", "fdatasync")
    hang(house, recorder, stuck)
    (root, fault), *others = house.committer.faults.items()
    assert (root, others) == ("/home", [])
    assert fault.code == "volume.hung"
    assert "/home" in fault.text
    assert "/home" in fault.text_en
    assert fault.remedy
    assert fault.remedy_en
    answer(house, stuck)
    house.feed(recorder, 10)
    assert house.committer.faults == {}


def test_with_no_other_volume_it_is_a_gap_and_no_memory_grows(tmp_path: Path) -> None:
    house = made_house(tmp_path, "home")
    recorder = house.open()
    house.feed(recorder, 10)
    stuck = Stuck("/home", "fdatasync")
    hang(house, recorder, stuck)
    for _ in range(5):
        house.feed(recorder, 60)
        house.committer.watch()
        assert recorder.interrupted is GapCause.DISK_ERROR
        assert house.committer.waiting_bytes == 0, "what cannot be written is a gap, not kept"
    answer(house, stuck)
    house.feed(recorder, 10)
    recorder.close()
    house.committer.stop()
    assert "disk-error" in gaps(house)
    assert wrongs(house) == []
    house.catalogue.close()


def test_an_opening_does_not_wait_for_a_hung_volume(house: House) -> None:
    stuck = Stuck("/home", "lock")
    house.disk.before = stuck
    opened: list[StreamRecorder] = []
    opening = threading.Thread(target=lambda: opened.append(house.open()))
    opening.start()
    assert stuck.reached.wait(LIMIT_S)
    house.clock.advance(HUNG_NS / SECOND_NS + 1)
    house.committer.watch()
    opening.join(LIMIT_S)
    house.feed(opened[0], 10)
    assert {ref.volume for ref in refs(house) if isinstance(ref, FragmentRef)} == {"spill"}
    answer(house, stuck)
    assert not [path for path in house.disk.locks if path.startswith("/home/")], "a lock that came late is given back"


def test_closing_and_ending_do_not_wait_for_a_hung_volume(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    stuck = Stuck("/home", "fdatasync")
    hang(house, recorder, stuck)
    house.feed(recorder, 5)
    recorder.close()
    house.committer.stop()
    assert not house.committer.alive
    stuck.gate.set()


def test_a_slow_volume_holds_up_no_other(house: House) -> None:
    """Its thread is in a call that takes its time; the other volume's commits go on meanwhile."""
    slow, quick = house.open("slow"), None
    house.feed(slow, 5)
    stuck = Stuck("/home", "fdatasync")
    house.disk.before = stuck
    house.feed(slow, 6, commit=False)
    committing = threading.Thread(target=house.committer.commit_once)
    committing.start()
    assert stuck.reached.wait(LIMIT_S)
    (lane,) = (lane for lane in house.committer.lanes if lane.volume.id == "spill")
    lane.call(lambda: quick)
    house.feed(slow, 3, commit=False)
    assert house.committer.alive
    stuck.gate.set()
    committing.join(LIMIT_S)
    house.disk.before = lambda operation, path: None
    house.feed(slow, 5)
    slow.close()
    assert house.problems() == []
    assert house.failures == []


class MutantBelievesTheLate(Committer):
    """mutant_late_return_believed: what a given-up volume returns late is taken for a commit."""

    def watch(self) -> None:
        super().watch()
        for lane in self.lanes:
            lane.disk.lift()


def test_the_mutant_is_caught(tmp_path: Path) -> None:
    for number, place in enumerate(PLACES):
        (tmp_path / str(number)).mkdir()
        house = made_house(tmp_path / str(number), "home", "spill", committer=MutantBelievesTheLate)
        try:
            life(house, place)
            noticed = wrongs(house)
        except (AssertionError, KeyError, MingjianError) as failure:
            noticed = [repr(failure)]
        house.catalogue.close()
        if noticed:
            return
    pytest.fail("nowhere was the mutant noticed")
