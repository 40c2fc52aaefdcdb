"""A crash soon after the system clock was stepped: the next start tells the time that is in no entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.audit.chain import Entry, EntryKind, parse
from mingjian.kernel.clock import SECOND_NS
from mingjian.storage.recovery import chain_files
from storage_world import STREAM, FakeDisk, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FakeDisk(), tmp_path / "catalogue.sqlite")
    yield made
    made.catalogue.close()


def newest_epoch(house: House) -> tuple[Entry, Entry]:
    """Its OPEN and its first GAP."""
    files = chain_files(house.disk, house.volumes, STREAM)
    lines = [line for file in files for line in bytes(house.disk.files[f"/v1/{file.path}"].data).splitlines()]
    entries = [entry for entry in map(parse, lines) if entry.epoch == files[-1].name.epoch]
    return entries[0], next(entry for entry in entries if entry.kind is EntryKind.GAP)


def test_a_crash_after_the_clock_was_set_back_leaves_no_second_untold(house: House) -> None:
    """The line still ran as before when the power went: its gap begins where it stood by the new clock, not now."""
    recorder = house.open()
    house.feed(recorder, 12)
    stepped = house.clock.now() - 3600 * SECOND_NS
    house.clock.step_wall(-3600)
    recorder.tick()
    house.committer.commit_once()
    house.clock.advance(50)
    house.restart()
    house.feed(house.open(), 6)
    opening, gap = newest_epoch(house)
    assert stepped - 10 * SECOND_NS <= opening.t0 == gap.t0 <= stepped
    assert gap.text("cause") == "recorder-crash"
    assert house.problems() == []


def test_a_close_that_was_to_go_on_is_no_clean_stop(house: House) -> None:
    """A power cut may keep the CLOSE before a stepped clock's new epoch, and not the epoch."""
    recorder = house.open()
    house.feed(recorder, 6)
    house.clock.step_wall(3600)
    recorder.tick()
    house.committer.commit_once()
    newest = max(path for path in house.disk.files if "/chain/" in path)
    del house.disk.files[newest]
    house.restart()
    house.feed(house.open(), 6)
    opening, gap = newest_epoch(house)
    assert (opening.integer("clean"), gap.text("cause")) == (0, "recorder-crash")


def test_a_clock_set_back_right_after_the_opening_leaves_the_time_before_it_told(house: House) -> None:
    """No tick had come in between: the time without recorder is a gap by the old clock, then the new epoch begins."""
    house.feed(house.open(), 12)
    until = house.acknowledged[-1][1]
    house.clock.advance(40)
    house.restart()
    recorder = house.open()
    before = house.clock.now()
    house.clock.step_wall(-3600)
    recorder.tick()
    house.committer.commit_once()
    files = chain_files(house.disk, house.volumes, STREAM)
    entries = [parse(line) for f in files for line in bytes(house.disk.files[f"/v1/{f.path}"].data).splitlines()]
    told = [entry for entry in entries if entry.kind is EntryKind.GAP and entry.text("cause") == "recorder-crash"]
    assert [(gap.t0, gap.t1) for gap in told] == [(until, before)]
    assert entries[-1].kind is EntryKind.OPEN
    assert entries[-1].t0 == before - 3600 * SECOND_NS
    assert house.problems() == []
