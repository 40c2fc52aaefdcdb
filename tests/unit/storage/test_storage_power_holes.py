"""What a power cut leaves when the sectors of one commit reached the disk in another order, and what is left of errors.

Found by the simulation: each case is what one of its seeds came down to.
"""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from mingjian.audit.chain import EntryKind
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.recovery import MAX_LISTED, chain_tail, survey
from storage_world import STREAM, FakeDisk, FakeFile, House

SECTOR = 512


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(FakeDisk(), tmp_path / "catalogue.sqlite")


def chain_of(house: House) -> str:
    return max(path for path in house.disk.files if path.endswith(".jsonl"))


def crashed(house: House, seconds: float = 40) -> FakeFile:
    """The newest chain file of a house that was killed while it recorded."""
    house.feed(house.open(), seconds)
    house.disk.kill()
    return house.disk.files[chain_of(house)]


def test_whole_lines_behind_a_hole_are_not_built_on(house: House) -> None:
    """A sector that was never written reads as zeroes; the lines after it were not acknowledged."""
    file = crashed(house)
    before = bytes(file.data)
    begin = len(before) // SECTOR * SECTOR - SECTOR
    file.data[begin : begin + SECTOR] = bytes(SECTOR)
    good = before[:begin].rfind(b"\n") + 1
    tail = chain_tail(house.disk, chain_of(house))
    assert tail.good_bytes == good
    assert tail.last is not None
    assert tail.last.line == before[:good].splitlines()[-1]
    house.restart()
    recorder = house.open()
    house.feed(recorder, 5)
    recorder.close()
    assert house.problems() == []


def test_a_damaged_byte_takes_no_acknowledged_line_away(house: House) -> None:
    file = crashed(house)
    lines = bytes(file.data).splitlines()
    at = len(lines[0]) + 1 + len(lines[1]) // 2
    assert (at + 1) % SECTOR
    file.data[at] = 0
    tail = chain_tail(house.disk, chain_of(house))
    assert tail.good_bytes == len(file.data)
    assert tail.last is not None and tail.last.line == lines[-1]


def test_a_container_on_a_volume_without_any_chain_is_kept_and_named(house: House) -> None:
    """The first commit on a spill volume failed, and the power went before another one named what it left."""
    house.disk.make_directory(f"/v1/{STREAM}/2026/01/01")
    house.disk.files[f"/v1/{STREAM}/2026/01/01/000202-000001-000000001.mp4"] = FakeFile(bytearray(b"left"), 4, True)
    (row,) = survey(house.disk, house.volumes[0], STREAM).quarantined
    assert row["file"].endswith("000202-000001-000000001.mp4")
    recorder = house.open()
    house.feed(recorder, 6)
    recorder.close()
    assert house.problems() == []
    assert any(path.startswith("/v1/quarantine/") for path in house.disk.files)


def test_a_volume_that_lost_its_chain_keeps_its_containers_in_place(house: House) -> None:
    for number in range(MAX_LISTED + 1):
        path = f"/v1/{STREAM}/2026/01/01/000202-000001-{number:09d}.mp4"
        house.disk.files[path] = FakeFile(bytearray(b"kept"), 4, True)
    house.disk.directories |= {f"/v1/{STREAM}{below}": 1 for below in ("", "/2026", "/2026/01", "/2026/01/01")}
    assert survey(house.disk, house.volumes[0], STREAM).quarantined == []


def test_a_chain_file_waits_for_the_one_before_it(house: House) -> None:
    """Two chain files in one commit: the later one alone on the disk would resume from nothing."""
    recorder = house.open()
    house.feed(recorder, 6)
    calls: list[tuple[str, str]] = []
    house.disk.before = lambda operation, path: calls.append((operation, path)) if path.endswith(".jsonl") else None
    house.clock.step_wall(30)
    recorder.tick()
    house.committer.commit_once()
    old, new = sorted({path for _, path in calls})
    assert calls.index(("synced", old)) < calls.index(("create", new))
    recorder.close()
    assert house.problems() == []


def test_what_an_open_left_behind_in_a_chain_is_no_problem(house: House) -> None:
    """A full disk takes half a line; the next epoch says so, and fsck has read that before it judges."""
    recorder = house.open()
    house.feed(recorder, 10)

    def full(operation: str, path: str) -> None:
        if operation == "appended" and path.endswith(".jsonl"):
            file = house.disk.files[path]
            del file.data[-40:]
            raise OSError(errno.ENOSPC, path)

    house.disk.before = full
    house.feed(recorder, 6)
    house.disk.before = lambda operation, path: None
    house.feed(recorder, 30)
    recorder.close()
    assert [finding for finding in check(house.disk, house.volumes, Depth.HASH, Tally()) if finding.severe] == []
    chains = [bytes(file.data) for path, file in house.disk.files.items() if path.endswith(".jsonl")]
    assert any(not data.endswith(b"\n") for data in chains)
    assert any(EntryKind.OPEN in data.decode() and '"abandoned"' in data.decode() for data in chains)
