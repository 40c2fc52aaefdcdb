"""A camera keeps running while no disk takes its footage; once one does, recording begins with a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.audit.chain import Entry, EntryKind, parse
from mingjian.bootstrap.recorder_slot import RecorderSlot
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.media import AccessUnit, GapCause
from mingjian.storage.recorder import StreamRecorder
from storage_world import CONFIG, FRAME_90K, STREAM, FakeDisk, House, frame_bytes

WHY = "volume.unmarked: nothing mounted"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FakeDisk(), tmp_path / "catalogue.sqlite")
    yield made
    made.catalogue.close()


def frames(house: House, slot: RecorderSlot, count: int, *, first: int = 0) -> None:
    """A key frame each second, the first one at a multiple of 25."""
    for number in range(first, first + count):
        slot.on_access_unit(AccessUnit(number * FRAME_90K, number % 25 == 0, frame_bytes(number), house.clock.now()))
        house.clock.advance(0.04)


def fill(house: House, slot: RecorderSlot) -> StreamRecorder:
    recorder = StreamRecorder.open(STREAM, house.committer, house.clock, no_disk=(slot.since, slot.failure))
    slot.fill(recorder)
    return recorder


def entries(house: House) -> list[Entry]:
    files = sorted(path for path in house.disk.files if path.endswith(".jsonl"))
    found = [parse(line) for path in files for line in bytes(house.disk.files[path].data).splitlines()]
    return [entry for entry in found if entry.kind in (EntryKind.FRAG, EntryKind.GAP)]


def killed(house: House) -> int:
    """A life that ended in a crash; until when it had recorded."""
    house.feed(house.open(), 10)
    house.restart()
    house.clock.advance(5)
    return entries(house)[-1].t1


def test_time_without_a_disk_is_a_gap_of_that_cause_behind_the_one_of_the_crash(house: House) -> None:
    crashed = killed(house)
    slot = RecorderSlot(house.clock.now())
    slot.failure = WHY
    slot.on_config(CONFIG)
    frames(house, slot, 100)
    recorder = fill(house, slot)
    back = house.clock.now()
    assert (slot.recorder, slot.failure) == (recorder, "")
    frames(house, slot, 100, first=100)
    recorder.close()
    after = [entry for entry in entries(house) if entry.t0 >= crashed]
    assert [(entry.kind, entry.text("cause"), entry.t0, entry.t1) for entry in after[:3]] == [
        (EntryKind.GAP, "recorder-crash", crashed, slot.since),
        (EntryKind.GAP, "disk-error", slot.since, back),
        (EntryKind.FRAG, "", back, after[2].t1),
    ]
    assert after[1].text("evidence") == WHY
    assert house.problems() == []


def test_recording_begins_with_a_key_frame_of_the_running_connection(house: House) -> None:
    slot = RecorderSlot(house.clock.now())
    slot.on_config(CONFIG)
    frames(house, slot, 10)
    recorder = fill(house, slot)
    frames(house, slot, 90, first=10)
    recorder.close()
    (fragment,) = [entry for entry in entries(house) if entry.kind is EntryKind.FRAG]
    assert ("key" in fragment.fields, fragment.integer("frames"), fragment.integer("lost")) == (False, 75, 0)


def test_a_camera_that_is_away_when_the_disk_comes_back_is_a_gap_of_its_own_cause(house: House) -> None:
    killed(house)
    slot = RecorderSlot(house.clock.now())
    slot.failure = WHY
    slot.on_config(CONFIG)
    slot.on_interrupted(GapCause.NETWORK, "reset", house.clock.now())
    house.clock.advance(20)
    recorder = fill(house, slot)
    assert recorder.interrupted is GapCause.NETWORK
    house.clock.advance(30)
    slot.on_config(CONFIG)
    frames(house, slot, 50)
    recorder.close()
    gaps = [(entry.text("cause"), entry.t1 - entry.t0) for entry in entries(house) if entry.kind is EntryKind.GAP]
    assert gaps[-2:] == [("disk-error", 20 * SECOND_NS), ("network", 30 * SECOND_NS)]
    assert house.problems() == []


def test_once_it_records_a_frame_reaches_the_recorder_without_a_call_between(house: House) -> None:
    slot = RecorderSlot(house.clock.now())
    slot.on_config(CONFIG)
    recorder = fill(house, slot)
    assert slot.on_access_unit != recorder.on_access_unit  # a key frame is still to come
    frames(house, slot, 1)
    assert slot.on_access_unit == recorder.on_access_unit
    slot.on_interrupted(GapCause.NETWORK, "reset", house.clock.now())
    slot.on_config(CONFIG)
    assert slot.on_access_unit == recorder.on_access_unit
    recorder.close()
