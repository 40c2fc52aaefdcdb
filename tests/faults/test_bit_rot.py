"""What rots on a disk is found by the scrubber, marked, entered, told, and never served as good (I11, fault 19)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.adapters.cold_files import ColdFiles, damaged_pages
from mingjian.adapters.disk import OsDisk
from mingjian.app.records import AccessRequest, ExportJob, JobState
from mingjian.bootstrap.scrub import Scrubber, commit_lag_s
from mingjian.bootstrap.scrub_state import SCRUB_FILE, read_scrub
from mingjian.bootstrap.volumes import create_volume
from mingjian.governance.access import NamedOfficer
from mingjian.governance.health import Finding, Part, Standing, Word, findings
from mingjian.governance.procedure import State
from mingjian.governance.readings import Readings
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.period import Period
from mingjian.storage.expiry import Expiry
from mingjian.storage.ports import Listed
from mingjian.storage.reader import FragmentRef
from mingjian.storage.scrub import Fault, Found, Progress, Readable, check_chain, in_order, read_container
from mingjian.storage.scrub_pace import (
    FLOOR_SHARE,
    LATE_COMMIT_S,
    LEAST_BYTES_PER_S,
    LEAST_SHARE,
    MOST_BYTES_PER_S,
    Pass,
    Pressure,
    next_begins,
    next_share,
    pause_s,
    period_s,
    target_ns,
    wanted_bytes_per_s,
    worst,
)
from storage_world import STREAM, FakeDisk, House
from web_world import World

ALL = Period(UtcNs(0), UtcNs(1 << 62))
DAY_S = 86_400


@dataclass
class Rotting:
    """An installation with footage of one camera on a real disk, and its scrubber."""

    world: World
    house: House
    root: Path

    def scrubber(self, **parts: Any) -> Scrubber:
        return Scrubber(self.world.opened, **parts)

    def scrub(self, scrubber: Scrubber | None = None) -> list[Found]:
        """One whole pass, as the process does it but without waiting."""
        scrubber = scrubber or self.scrubber()
        found: list[Found] = []
        for _, wrong in scrubber.steps():
            scrubber.told(wrong)
            found += wrong
        return found

    def next_pass(self) -> None:
        self.house.clock.advance(target_ns(30 * DAY_S) / SECOND_NS + 1)

    def refs(self) -> list[FragmentRef]:
        return [one for one in self.house.reader().fragments(STREAM, ALL) if isinstance(one, FragmentRef)]

    def health(self) -> Finding:
        now = self.house.clock.now()
        read = Readings(now, now, scrub=read_scrub(self.world.opened.places))
        return next(one for one in findings(read) if one.part is Part.SCRUB)

    def entries(self) -> list[dict[str, Any]]:
        return [one["facts"] for one in self.world.entries("scrub.found")]


@pytest.fixture
def rotting(tmp_path: Path) -> Iterator[Rotting]:
    world = World(tmp_path)
    opened = world.opened
    settings = opened.settings.model_copy(update={"installation": "standard"})
    root = tmp_path / "volume"
    volume = create_volume(root, places=opened.places, settings=settings, clock=world.clock, throw_away=False)
    house = House(OsDisk(), opened.places.catalogue, clock=world.clock, volumes=[volume])  # type: ignore[arg-type]  # another Disk
    recorder = house.open()
    house.feed(recorder, 40, gop=50)
    recorder.close()
    house.committer.stop()
    house.tail()
    yield Rotting(world, house, root)
    house.catalogue.close()
    world.close()


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def test_where_nothing_rots_nothing_is_found_and_the_period_is_told(rotting: Rotting) -> None:
    assert rotting.scrub() == []
    assert rotting.entries() == []
    told = rotting.health()
    assert (told.standing, told.word) == (Standing.MET, Word.OK)
    assert told.figures["needed_s"] == 30 * DAY_S
    assert told.figures["period_s"] == 30 * DAY_S * FLOOR_SHARE


def test_a_flipped_bit_in_media_is_found_marked_entered_told_and_never_served(rotting: Rotting) -> None:
    refs = rotting.refs()
    bad = refs[3]
    flip(rotting.root / bad.path, bad.offset + bad.length // 2)
    (found,) = rotting.scrub()
    assert (found.fault, found.path, found.offset) == (Fault.DIFFERS, bad.path, bad.offset)
    (entry,) = rotting.entries()
    assert (entry["fault"], entry["path"], entry["offsets"]) == ("differs", bad.path, [bad.offset])
    told = rotting.health()
    assert (told.standing, told.word, told.figures["found"]) == (Standing.BREACHED, Word.SCRUB_FOUND, 1.0)
    assert told.problem is not None
    assert told.problem.code == "scrub.differs"
    assert "哈希" in told.problem.text
    assert "hash" in told.problem.text_en
    flip(rotting.root / bad.path, bad.offset + bad.length // 2)  # a medium that changes its mind is not believed
    reader = rotting.house.reader()
    after = rotting.refs()
    assert [ref.corrupt for ref in after] == [ref.offset == bad.offset for ref in refs]
    with pytest.raises(LocalError, match="corrupt"):
        reader.read(after[3])
    assert all(sha256(reader.read(ref)).hexdigest() == ref.sha256 for ref in after if not ref.corrupt)


def test_a_finding_is_entered_once_and_goes_when_the_bytes_are_right_again(rotting: Rotting) -> None:
    bad = rotting.refs()[2]
    flip(rotting.root / bad.path, bad.offset)
    rotting.scrub()
    rotting.next_pass()
    assert len(rotting.scrub()) == 1
    assert len(rotting.entries()) == 1
    flip(rotting.root / bad.path, bad.offset)
    rotting.next_pass()
    assert rotting.scrub() == []
    assert rotting.health().word is Word.OK


def must_find(found: Sequence[Found], bad: FragmentRef) -> None:
    assert [(one.fault, one.offset) for one in found] == [(Fault.DIFFERS, bad.offset)]


def mutant_scrub_by_size(disk: Readable, container: Any, *others: Any) -> Iterator[Progress]:
    """Looks whether every byte is there, and believes that it is the right one."""
    size = disk.size(container.volume_path) or 0
    for piece in container.pieces:
        wrong = piece.offset + piece.size > size
        found = Found(Fault.MISSING, container.file.volume.id, container.path, piece.offset)
        yield Progress(piece.size, (found,) if wrong else ())


def test_mutant_scrub_by_size_does_not_find_a_flipped_bit(rotting: Rotting) -> None:
    bad = rotting.refs()[1]
    flip(rotting.root / bad.path, bad.offset + 9)

    def found_by(scrub: Callable[..., Iterator[Progress]]) -> list[Found]:
        (file,) = in_order(OsDisk(), rotting.house.volumes[0])
        containers, wrong, _ = check_chain(ColdFiles(), file, rotting.house.catalogue)
        for container in containers:
            for step in scrub(ColdFiles(), container, rotting.house.catalogue, OsDisk(), rotting.house.volumes):
                wrong += step.found
        return wrong

    must_find(found_by(read_container), bad)
    with pytest.raises(AssertionError):
        must_find(found_by(mutant_scrub_by_size), bad)


def test_bytes_that_are_gone_are_found_and_not_served(rotting: Rotting) -> None:
    refs = rotting.refs()
    path = rotting.root / refs[0].path
    cut = refs[-1].offset + 5
    path.write_bytes(path.read_bytes()[:cut])
    (found,) = rotting.scrub()
    assert (found.fault, found.offset) == (Fault.MISSING, refs[-1].offset)
    assert rotting.refs()[-1].corrupt
    path.unlink()
    rotting.next_pass()
    (found,) = rotting.scrub()
    assert (found.fault, found.text) == (Fault.MISSING, "file")


def test_a_read_error_is_told_and_the_rest_is_read_all_the_same(rotting: Rotting) -> None:
    refs = rotting.refs()
    failing = FailingFiles(str(rotting.root / refs[2].path), refs[2].offset)
    (found,) = rotting.scrub(rotting.scrubber(files=failing))
    assert (found.fault, found.offset, found.text) == (Fault.UNREADABLE, refs[2].offset, f"errno {errno.EIO}")
    assert failing.read_bytes > sum(ref.length for ref in refs) - refs[2].length
    assert not any(ref.corrupt for ref in rotting.refs())  # a cable is no rot: the bytes may be right


class FailingFiles(ColdFiles):
    """A disk with one sector that cannot be read."""

    def __init__(self, path: str = "", offset: int = -1) -> None:
        super().__init__()
        self.path, self.offset, self.read_bytes = path, offset, 0
        self.opened: list[str] = []

    def read(self, path: str, offset: int, length: int) -> bytes:
        if path == self.path and offset <= self.offset < offset + length:
            raise OSError(errno.EIO, "EIO")
        self.opened.append(path)
        data = super().read(path, offset, length)
        self.read_bytes += len(data)
        return data

    def list(self, path: str) -> Sequence[Listed]:
        return super().list(path)


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_flipped_bit_in_a_chain_file_is_found(rotting: Rotting, where: str) -> None:
    (file,) = in_order(OsDisk(), rotting.house.volumes[0])
    path = rotting.root / file.path
    lines = path.read_bytes().splitlines(keepends=True)
    number = {"first": 0, "middle": len(lines) // 2, "last": len(lines) - 1}[where]
    line = lines[number]
    digit = line.rfind(b'"t1":') + 8
    lines[number] = line[:digit] + (b"3" if line[digit : digit + 1] != b"3" else b"4") + line[digit + 1 :]
    path.write_bytes(b"".join(lines))
    found = rotting.scrub()
    assert {one.fault for one in found} == {Fault.CHAIN}
    assert rotting.health().word is Word.SCRUB_FOUND


def test_a_flipped_bit_in_a_tile_in_the_database_and_in_a_package_is_found(rotting: Rotting) -> None:
    world, places = rotting.world, rotting.world.opened.places
    world.publish()
    job = kept_package(world, places.exports)
    assert rotting.scrub() == []
    tile = next(
        path
        for path in places.ledger.rglob("*")
        if path.is_file() and "entries" not in str(path) and "tile" in str(path)
    )
    flip(tile, 1)
    flip(places.exports / f"{job}.zip", 3)
    rotting.house.clock.advance(7 * DAY_S)
    found = rotting.scrub()
    assert {one.fault for one in found} == {Fault.LEDGER, Fault.PACKAGE}
    flip(tile, 1)
    (places.exports / f"{job}.zip").unlink()
    rotting.house.clock.advance(7 * DAY_S)
    assert {(one.fault, one.text) for one in rotting.scrub()} == {(Fault.PACKAGE, "gone")}


def test_a_damaged_page_of_the_database_is_found_without_it(tmp_path: Path, rotting: Rotting) -> None:
    rotting.world.engine.dispose()
    copy = tmp_path / "copy.sqlite"
    data = bytearray(rotting.world.opened.places.database.read_bytes())
    assert len(data) > 40_000
    data[8192:8292] = bytes(100)
    copy.write_bytes(data)
    assert damaged_pages(copy)
    assert damaged_pages(rotting.world.opened.places.database) == []
    assert damaged_pages(tmp_path / "none.sqlite") == []


def kept_package(world: World, folder: Path) -> str:
    """A package that was built and registered."""
    content, now, manager = b"PK package", world.clock.now(), world.manager
    (folder / "p1.zip").write_bytes(content)
    asked = AccessRequest(
        "r1", "1", manager.unit, State.READY, tuple(world.cameras[:1]), Period(UtcNs(0), now), "用途", "去向", "依据",
        "机关", (NamedOfficer("甲"), NamedOfficer("乙")), manager.person, manager.display_name, now,
        manager.unit, manager.unit,
    )  # fmt: skip
    job = ExportJob(
        "p1", "r1", manager.unit, manager.person, manager.person, "g1", 0, JobState.DONE, now,
        sha256=sha256(content).hexdigest(),
    )  # fmt: skip
    with world.store.writing() as uow:
        uow.requests.add(asked, year=2026, serial=1)
        uow.exports.add(job)
    return job.id


def test_a_restart_goes_on_where_it_was_and_the_place_is_durable(rotting: Rotting) -> None:
    house = rotting.house
    for _ in range(3):
        house.clock.advance(600)
        house.start(house.volumes)
        recorder = house.open()
        house.feed(recorder, 20, gop=50)
        recorder.close()
    house.committer.stop()
    house.tail()
    files = FailingFiles()
    first = rotting.scrubber(files=files)
    steps = first.steps()
    while not (at := first.state.passes.get(house.volumes[0].id)) or len(at.cursor) < 4:
        next(steps)
    first.keep()
    done = {path for path in files.opened if path.endswith(".mp4")}
    again = FailingFiles()
    assert rotting.scrub(rotting.scrubber(files=again)) == []
    after = {path for path in again.opened if path.endswith(".mp4")}
    containers = {str(rotting.root / row.path) for row in house.catalogue.containers(STREAM, ALL)}
    assert len(containers) == 4
    assert after < containers
    assert done | after == containers
    third = FailingFiles()
    rotting.scrub(rotting.scrubber(files=third))
    assert not [path for path in third.opened if path.endswith(".mp4")]  # the pass ended; the next is not due
    rotting.next_pass()
    rotting.scrub(rotting.scrubber(files=third))
    assert {path for path in third.opened if path.endswith(".mp4")} == containers
    (rotting.world.opened.places.run / SCRUB_FILE).write_text("{")
    assert rotting.scrub() == []  # a lost place begins anew


def test_what_expired_is_no_finding(rotting: Rotting) -> None:
    house, volume = rotting.house, rotting.house.volumes[0]
    ref = rotting.refs()[0]
    house.start(house.volumes)
    recorder = house.open()
    house.feed(recorder, 4)
    house.clock.advance(32 * DAY_S)
    assert Expiry(OsDisk(), volume, house.committer).once([STREAM], house.clock.now())
    recorder.close()
    house.committer.stop()
    assert not (rotting.root / ref.path).exists()
    assert rotting.scrub() == []  # the catalogue has not read the EXPIRE yet; the chain says it
    house.tail()
    rotting.next_pass()
    assert rotting.scrub() == []


def test_what_was_never_acknowledged_is_no_finding(tmp_path: Path) -> None:
    """Lines that reached a chain whose sync then failed were written again elsewhere: nobody was promised the first."""
    disk = FakeDisk()
    house = House(disk, tmp_path / "catalogue.sqlite")
    recorder = house.open()
    house.feed(recorder, 10, gop=50)
    failing = [True]

    def before(operation: str, path: str) -> None:
        if operation == "fdatasync" and "/chain/" in path and failing:
            failing.clear()
            raise OSError(errno.EIO, "EIO")

    disk.before = before
    house.feed(recorder, 10, gop=50)
    recorder.close()
    house.committer.stop()
    house.tail()
    assert not failing
    files = in_order(disk, house.volumes[0])
    containers, _, _ = check_chain(disk, files[0], house.catalogue)
    (container,) = containers
    last = container.pieces[-1]
    disk.files[container.volume_path].data[last.offset + 5] ^= 1
    assert house.problems() == []

    def found() -> list[Found]:
        steps = read_container(disk, container, house.catalogue, disk, house.volumes)
        return [one for step in steps for one in step.found]

    assert found() == []
    first = container.pieces[0]
    disk.files[container.volume_path].data[first.offset + 5] ^= 1
    assert [one.offset for one in found()] == [first.offset]
    house.catalogue.close()


def test_a_chain_that_grows_while_it_is_read_is_no_finding(tmp_path: Path) -> None:
    """The recorder writes and the catalogue reads on between the read of a chain file and its judgement."""
    disk = FakeDisk()
    house = House(disk, tmp_path / "catalogue.sqlite")
    recorder = house.open()
    house.feed(recorder, 10, gop=50)
    house.tail()
    (file,) = in_order(disk, house.volumes[0])

    class GoesOn(FakeDisk):
        def read(self, path: str, offset: int, length: int) -> bytes:
            data = disk.read(path, offset, length)
            house.feed(recorder, 10, gop=50)
            house.tail()
            return data

        def size(self, path: str) -> int | None:
            return disk.size(path)

    _, wrong, length = check_chain(GoesOn(), file, house.catalogue)
    assert wrong == []
    assert length < (disk.size(file.volume.path(file.path)) or 0), "it has grown meanwhile"
    recorder.close()
    house.committer.stop()
    house.catalogue.close()


def test_the_pace_needed_is_what_is_left_over_the_time_that_is_left() -> None:
    begun = UtcNs(1_800_000_000 * SECOND_NS)
    target_s = 30 * DAY_S * FLOOR_SHARE
    held = 130 * 10**12
    at = Pass(begun)
    assert wanted_bytes_per_s(at, 30 * DAY_S, held, begun) == pytest.approx(held / target_s)
    half = Pass(begun, done_bytes=held // 2)
    quarter = UtcNs(begun + round(target_s * SECOND_NS / 4))
    assert wanted_bytes_per_s(half, 30 * DAY_S, held, quarter) == pytest.approx(held / 2 / (target_s * 0.75))
    assert wanted_bytes_per_s(at, 30 * DAY_S, 1000, begun) == LEAST_BYTES_PER_S
    assert wanted_bytes_per_s(at, 30 * DAY_S, held, UtcNs(begun + 31 * DAY_NS)) == MOST_BYTES_PER_S


def test_it_stands_back_while_recording_or_the_disk_is_late_and_comes_back_after() -> None:
    late, slow, calm = Pressure(LATE_COMMIT_S + 1, 0), Pressure(0, 1.0), Pressure(3, 0.01)
    share = 1.0
    for felt in [late, slow] * 10:
        share = next_share(share, felt)
        assert pause_s(1 << 20, 0.1, 1 << 20, share, felt) >= 5
    assert share == LEAST_SHARE
    assert pause_s(1 << 20, 0.0, 1 << 20, share, late) == pytest.approx(1 / LEAST_SHARE)
    for _ in range(30):
        share = next_share(share, calm)
    assert share == 1.0
    assert pause_s(1 << 20, 0.1, 1 << 20, share, calm) == pytest.approx(0.9)
    assert pause_s(1 << 20, 2.0, 1 << 20, share, calm) == 0


def test_a_recorder_whose_footage_waits_for_the_disk_is_heard() -> None:
    now = UtcNs(1_800_000_000 * SECOND_NS)
    well = {"recording": True, "state": "online", "recorded_until": now - 3 * SECOND_NS}
    late = well | {"recorded_until": now - 40 * SECOND_NS}
    assert commit_lag_s({"a": well}, now) == 3
    assert commit_lag_s({"a": well, "b": late}, now) == 40
    assert commit_lag_s({"a": late | {"state": "interrupted"}, "b": {"state": "online"}}, now) == 0


def test_what_does_not_meet_its_period_is_said_in_words() -> None:
    begun = UtcNs(1_800_000_000 * SECOND_NS)
    floor_s, held = 30 * DAY_S, 10**12
    tenth = Pass(begun, done_bytes=held // 10)
    after = UtcNs(begun + 4 * DAY_NS)
    assert period_s(tenth, floor_s, held, after) == pytest.approx(40 * DAY_S)
    assert period_s(tenth, floor_s, held, UtcNs(begun + DAY_NS)) == floor_s * FLOOR_SHARE
    assert period_s(Pass(begun), floor_s, held, after) is None
    assert period_s(Pass(begun), floor_s, held, UtcNs(begun + 60 * DAY_NS)) == 6000 * DAY_S
    found = worst({"fast": (Pass(begun, (), held, after), floor_s, held), "slow": (tenth, floor_s, held)}, after)
    assert found is not None
    assert (found.period_s, found.done) == (pytest.approx(40 * DAY_S), 0.1)
    assert worst({}, after) is None


@given(st.integers(600, 90 * DAY_S), st.integers(0, 10**15), st.floats(0, 1))
def test_what_is_recorded_at_any_moment_is_read_inside_its_floor_when_the_pace_is_kept(
    floor_s: int, begun_s: int, share: float
) -> None:
    """A pass ends within its target; footage made just behind it waits for the next one's beginning and its share."""
    begun = UtcNs(1_700_000_000 * SECOND_NS + begun_s % (10**6) * SECOND_NS)
    length_ns = round(target_ns(floor_s) * share)
    ended = Pass(begun, (), 1, UtcNs(begun + length_ns))
    made = begun + length_ns  # at the very end of the pass
    again = next_begins(ended, floor_s)
    position = min(1.0, (made - begun) / target_ns(floor_s))
    read = again + round(length_ns * position)
    assert read - made <= floor_s * SECOND_NS
