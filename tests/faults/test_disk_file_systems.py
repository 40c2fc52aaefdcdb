"""The faults of disks on real file systems: full, without inodes, erring, read-only, hung, exchanged.

Of each: what is acknowledged stays, what is missing is a gap of the right cause, the words name the volume and what to
do, and the other volume does not notice.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import disk_rig
import pytest
from disk_rig import Device, RealHouse, Rig, in_sync, lacking, run, wait

from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import LocalError
from mingjian.storage.lane import HUNG_NS
from mingjian.storage.reader import FragmentRef
from mingjian.storage.room import VolumeRoom

NEVER_S = 3600.0

pytestmark = pytest.mark.skipif(bool(lacking("mount")), reason=lacking("mount") or "-")
on_block_device = pytest.mark.skipif(
    bool(lacking("mount", "losetup", "mkfs.ext4", "nbdkit", "nbdfuse")),
    reason=lacking("mount", "losetup", "mkfs.ext4", "nbdkit", "nbdfuse") or "-",
)


@pytest.fixture(scope="module", autouse=True)
def swept() -> Iterator[None]:
    disk_rig.sweep()
    yield
    disk_rig.sweep()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with disk_rig.rig(tmp_path) as made:
        yield made


@pytest.fixture
def small(rig: Rig, tmp_path: Path) -> Iterator[RealHouse]:
    """One volume of two megabytes."""
    house = RealHouse.on(tmp_path / "c.sqlite", rig.tmpfs("home", "size=2m"))
    yield house
    house.catalogue.close()


@dataclass
class Erring:
    """A house whose home is on a device that fails when told, and whose spill is well."""

    house: RealHouse
    home: Path
    device: Device


@pytest.fixture
def erring(rig: Rig, tmp_path: Path) -> Iterator[Erring]:
    home, device = rig.ext4("home")
    house = RealHouse.on(tmp_path / "c.sqlite", home, rig.tmpfs("spill", "size=64m"))
    yield Erring(house, home, device)
    house.catalogue.close()


def assert_nothing_missing(house: RealHouse, frames: int) -> None:
    """Of so many frames, at the end."""
    assert house.causes() == set()
    assert house.frames() == frames
    assert house.wrongs() == []


def faults(house: RealHouse) -> dict[str, LocalError]:
    found = {fault.code: fault for fault in house.committer.faults.values()}
    for fault in found.values():
        assert fault.remedy
        assert fault.remedy_en
        assert fault.field == "volume"
    return found


def test_a_full_file_system_says_so_in_its_own_chain_and_deletes_nothing(small: RealHouse) -> None:
    house = small
    recorder = house.open()
    house.feed(recorder, 60, size=2000)
    kept = house.frames()
    root = house.volumes[0].root
    assert "volume.full" in faults(house)
    assert root in faults(house)["volume.full"].text
    assert root in faults(house)["volume.full"].text_en
    house.feed(recorder, 60, size=2000)
    assert house.frames() == kept > 0, "nothing goes to make room"
    assert house.causes() == {"disk-full"}, "the gap is on the full disk itself"
    assert house.refs()[-1].t1 >= house.clock.now() - 15 * SECOND_NS
    recorder.close()
    assert house.wrongs() == []


def test_mutant_no_reserve_cannot_say_that_it_is_full(small: RealHouse) -> None:
    """mutant_no_reserve: footage may take the last byte, and the gap has no place."""

    class Unreserved(VolumeRoom):
        def take(self, need_bytes: int) -> bool:
            return self.present

    house = small
    recorder = house.open()
    house.committer.rooms[house.volumes[0].id] = Unreserved(house.disk, house.volumes[0])
    house.feed(recorder, 120, size=2000)
    assert house.refs()[-1].t1 < house.clock.now() - 15 * SECOND_NS, "the mutant is noticed"


def test_without_inodes_the_gap_is_written_and_footage_goes_on_when_there_are_some(rig: Rig, tmp_path: Path) -> None:
    home = rig.tmpfs("home", "size=64m,nr_inodes=200")
    house = RealHouse.on(tmp_path / "c.sqlite", home)
    recorder = house.open()
    house.feed(recorder, 10)
    ballast = home / "ballast"
    ballast.mkdir()
    left = os.statvfs(home).f_favail
    for number in range(left):
        (ballast / str(number)).touch()
    house.clock.advance(1)
    house.feed(recorder, 20)
    assert set(faults(house)) == {"volume.no-names"}
    assert house.causes() == {"disk-full"}, "into the chain file that is open"
    for file in ballast.iterdir():
        file.unlink()
    house.feed(recorder, 20)
    recorder.close()
    assert faults(house) == {}
    assert isinstance(house.refs()[-1], FragmentRef)
    assert house.wrongs() == []
    house.catalogue.close()


def test_another_volume_mounted_over_ours_is_never_written(rig: Rig, tmp_path: Path) -> None:
    home, spill = rig.tmpfs("home", "size=64m"), rig.tmpfs("spill", "size=64m")
    house = RealHouse.on(tmp_path / "c.sqlite", home, spill)
    recorder = house.open()
    frames = house.feed(recorder, 10)
    other = rig.tmpfs("other", "size=64m")
    RealHouse.on(tmp_path / "other.sqlite", other).catalogue.close()
    before = sorted(other.rglob("*"))
    run("mount", "--bind", str(other), str(home))
    try:
        frames += house.feed(recorder, 700)
        assert sorted(other.rglob("*")) == before
        assert recorder.interrupted is None
    finally:
        run("umount", str(home))
    house.look()
    frames += house.feed(recorder, 10)
    recorder.close()
    assert_nothing_missing(house, frames)
    house.catalogue.close()


@on_block_device
def test_a_device_that_errs_costs_no_frame_and_is_told_until_it_takes_writes(erring: Erring) -> None:
    house, home, device = erring.house, erring.home, erring.device
    recorder = house.open()
    frames = house.feed(recorder, 10)
    device.err()
    frames += house.feed(recorder, 20)
    assert {ref.volume for ref in house.refs() if isinstance(ref, FragmentRef)} >= {"spill"}
    (fault,) = faults(house).values()
    assert fault.code in ("volume.broken", "volume.read-only")
    assert str(home) in fault.text
    device.mend()
    frames += house.feed(recorder, 20)
    assert set(faults(house)) <= {"volume.read-only"}, "mended, unless its file system has given up meanwhile"
    recorder.close()
    assert_nothing_missing(house, frames)


@on_block_device
def test_a_file_system_gone_read_only_costs_no_frame_and_is_told_as_such(erring: Erring) -> None:
    house, home = erring.house, erring.home
    recorder = house.open()
    frames = house.feed(recorder, 10)
    run("mount", "-o", "remount,abort", str(home))  # what ext4 does to itself after an error in its journal
    frames += house.feed(recorder, 20)
    assert set(faults(house)) == {"volume.read-only"}
    assert str(home) in faults(house)["volume.read-only"].text
    assert faults(house)["volume.read-only"].text_en.startswith(f"volume {home}")
    recorder.close()
    assert_nothing_missing(house, frames)


@on_block_device
def test_a_fragment_that_cannot_be_read_is_an_error_and_no_footage_and_the_rest_is_served(
    erring: Erring,
) -> None:
    house, home, device = erring.house, erring.home, erring.device
    recorder = house.open()
    house.feed(recorder, 10, size=20_000)
    house.committer.use(house.volumes[1:], complete=False)
    house.feed(recorder, 10)
    found = [ref for ref in house.refs() if isinstance(ref, FragmentRef)]
    with (home / "v" / found[0].path).open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    device.err()
    reader = house.reader()
    with pytest.raises(LocalError, match="unreadable") as refusal:
        reader.read(found[0])
    assert found[0].path in refusal.value.text
    assert found[0].path in refusal.value.text_en
    assert reader.read(found[-1]), "the other volume's footage"
    device.mend()
    assert reader.read(found[0]), "an error in reading is no mark for ever"


@on_block_device
def test_a_device_that_takes_its_time_is_waited_for_and_holds_up_no_other(erring: Erring) -> None:
    house, device = erring.house, erring.device
    house.committer.start(NEVER_S)
    recorder = house.open()
    frames = house.feed(recorder, 10) + house.feed(recorder, 6, commit=False)
    device.hang()
    committing = threading.Thread(target=house.committer.commit_once)
    committing.start()
    slow, other = house.committer.lanes
    wait("the sync", lambda: in_sync("home"))
    assert other.call(lambda: "done") == "done", "the other volume's thread is free"
    house.clock.advance(HUNG_NS / SECOND_NS - 1)
    house.committer.watch()
    assert not slow.hung, "slow is not hung"
    frames += house.feed(recorder, 0.4, commit=False)
    device.answer()
    committing.join(disk_rig.COMMAND_S)
    frames += house.feed(recorder, 10)
    recorder.close()
    house.committer.stop()
    assert {ref.volume for ref in house.refs() if isinstance(ref, FragmentRef)} == {"home"}
    assert house.frames() == frames
    assert house.failures == []
    assert house.wrongs() == []


@on_block_device
def test_a_device_that_hangs_and_answers_late_is_gone_round_and_believed_in_nothing(erring: Erring) -> None:
    house, device = erring.house, erring.device
    house.committer.start(NEVER_S)
    recorder = house.open()
    frames = house.feed(recorder, 10)
    frames += house.feed(recorder, 6, commit=False)
    device.hang()
    committing = threading.Thread(target=house.committer.commit_once)
    committing.start()
    (lane,) = (lane for lane in house.committer.lanes if lane.volume.id == "home")
    wait("the sync", lambda: in_sync("home"))
    house.clock.advance(HUNG_NS / SECOND_NS + 1)
    wait("given up", lambda: house.committer.watch() or lane.hung)
    committing.join(disk_rig.COMMAND_S)
    assert not committing.is_alive()
    assert set(faults(house)) == {"volume.hung"}
    before = len(house.acknowledged)
    frames += house.feed(recorder, 10)
    assert len(house.acknowledged) > before
    device.answer()
    wait("back", lambda: not lane.hung)
    frames += house.feed(recorder, 10)
    recorder.close()
    house.committer.stop()
    assert house.frames() == frames
    assert house.wrongs() == []
