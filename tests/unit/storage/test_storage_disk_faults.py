"""What each answer of a failing disk costs, what is said of it, and the mutants that these tests must catch."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.audit.chain import ChainVerifier
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, holes
from mingjian.storage.commit import Committer
from mingjian.storage.group_commit import RETRY_BATCHES
from mingjian.storage.journal import OpenFile
from mingjian.storage.lane import Lane
from mingjian.storage.ports import Handle
from mingjian.storage.reader import FragmentRef, GapRef
from mingjian.storage.recovery import chain_files
from mingjian.storage.tailer import Seen
from mingjian.storage.volume import Volume, create
from mingjian.storage.volume_faults import Fault, fault_of, told
from storage_world import SIGNER, STREAM, FakeDisk, FakeFile, House, identity


def quiet(operation: str, path: str) -> None:
    """A disk that is well."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FakeDisk(), tmp_path / "c.sqlite")
    yield made
    made.catalogue.close()


def answering(number: int, *operations: str, below: str = "") -> Callable[[str, str], None]:
    def before(operation: str, path: str) -> None:
        if operation in operations and path.startswith(below):
            raise OSError(number, os.strerror(number))

    return before


def refs(house: House) -> list[FragmentRef | GapRef]:
    house.tail()
    return list(house.reader().fragments(STREAM, Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))))


def assert_whole(house: House) -> None:
    found = refs(house)
    assert holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]) == []
    assert house.problems() == []


@pytest.mark.parametrize(
    ("number", "operation", "code", "cause"),
    [
        (errno.EIO, "append", "volume.broken", GapCause.DISK_ERROR),
        (errno.EIO, "fdatasync", "volume.broken", GapCause.DISK_ERROR),
        (errno.EROFS, "append", "volume.read-only", GapCause.DISK_ERROR),
        (errno.ENOSPC, "append", "volume.full", GapCause.DISK_FULL),
        (errno.EDQUOT, "append", "volume.quota", GapCause.DISK_FULL),
    ],
    ids=lambda value: str(value),
)
def test_each_answer_has_its_gap_its_words_and_its_end(
    house: House, number: int, operation: str, code: str, cause: GapCause
) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    house.disk.before = answering(number, operation)
    house.feed(recorder, 60)
    assert recorder.interrupted is cause
    ((root, fault),) = house.committer.faults.items()
    assert (root, fault.code) == ("/v1", code)
    assert house.committer.waiting_bytes == 0, "what cannot be written is a gap, not kept in memory"
    house.disk.before = quiet
    house.feed(recorder, 20)
    recorder.close()
    assert house.committer.faults == {}
    assert {ref.cause for ref in refs(house) if isinstance(ref, GapRef)} == {cause}
    assert isinstance(refs(house)[-1], FragmentRef)
    assert_whole(house)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_names_the_volume_and_what_to_do_in_both_languages(house: House, fault: Fault) -> None:
    words = told(fault, house.volumes[0], "EIO")
    assert words.code == f"volume.{fault}"
    assert "/v1" in words.text
    assert "/v1" in words.text_en
    assert words.remedy
    assert words.remedy_en
    assert not words.remedy.isascii()
    assert words.remedy_en.isascii()
    assert "{" not in words.text + words.text_en


def test_an_answer_that_nobody_foresaw_is_a_broken_disk() -> None:
    assert fault_of(OSError(errno.ENOTRECOVERABLE, "?")) is Fault.BROKEN
    assert fault_of(OSError("without a number")) is Fault.BROKEN


class ForgetfulDisk(FakeDisk):
    """A kernel after a failed fdatasync: the pages count as clean, the next call succeeds, the bytes are nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.forgotten: dict[str, tuple[int, int]] = {}
        self.failing = 0
        self.failing_suffix = ""

    def fdatasync(self, handle: Handle) -> None:
        path = self._handles[handle]
        if self.failing and path.endswith(self.failing_suffix):
            self.failing -= 1
            file = self.files[path]
            self.forgotten[path] = (file.durable, len(file.data))
            raise OSError(errno.EIO, "broken")
        super().fdatasync(handle)

    def forget(self, handle: Handle) -> None:
        self._lose(self._handles[handle])

    def power_cut(self, rng: random.Random) -> None:
        super().power_cut(rng)
        for path in list(self.forgotten):
            self._lose(path)

    def _lose(self, path: str) -> None:
        """Readers see what the medium has: zeroes where it was to stand."""
        start, end = self.forgotten.pop(path, (0, 0))
        file = self.files.get(path, FakeFile())
        file.data[start:end] = bytes(max(0, min(end, len(file.data)) - start))


class MutantSyncsAgain(Committer):
    """mutant_retry_fdatasync: what failed once is tried again on the same file, and believed."""

    def _sync(self, volume: Volume, file: OpenFile) -> None:
        try:
            super()._sync(volume, file)
        except OSError:
            super()._sync(volume, file)


def lost_after_a_failed_sync(tmp_path: Path, make: type[Committer]) -> list[str]:
    house = House(disk := ForgetfulDisk(), tmp_path / "c.sqlite")
    house.committer = make(disk, house.volumes, house.clock)
    recorder = house.open()
    house.feed(recorder, 10)
    disk.failing = 1
    house.feed(recorder, 10)
    disk.power_cut(random.Random(1))
    house.restart()
    house.open().close()
    house.catalogue.close()
    return house.problems()


def test_a_sync_that_failed_is_never_tried_again(tmp_path: Path) -> None:
    assert lost_after_a_failed_sync(tmp_path, Committer) == []


def test_the_mutant_that_syncs_again_is_caught(tmp_path: Path) -> None:
    assert lost_after_a_failed_sync(tmp_path, MutantSyncsAgain) != []


class MutantBelievesTheCache(ForgetfulDisk):
    """mutant_recovery_from_cache: a start reads what was written, whether it reached the medium or not."""

    def forget(self, handle: Handle) -> None:
        pass


def lost_after_a_failed_sync_a_kill_and_a_cut(tmp_path: Path, disk: ForgetfulDisk, tries: int) -> list[str]:
    """So many commits fail at the chain; then the process is killed, another takes over, and the power goes."""
    house = House(disk, tmp_path / "c.sqlite")
    recorder = house.open()
    house.feed(recorder, 10)
    disk.failing, disk.failing_suffix = tries, ".jsonl"
    for _ in range(tries):
        house.feed(recorder, 6, commit=False)
        house.committer.commit_once()
    assert not disk.failing
    house.restart()
    house.feed(house.open(), 10)
    disk.power_cut(random.Random(1))
    house.restart()
    house.open().close()
    house.catalogue.close()
    return house.problems()


@pytest.mark.parametrize("tries", [1, 2])
def test_a_start_after_a_kill_believes_nothing_that_a_failed_sync_left_in_memory(tmp_path: Path, tries: int) -> None:
    assert lost_after_a_failed_sync_a_kill_and_a_cut(tmp_path, ForgetfulDisk(), tries) == []


def test_the_mutant_that_starts_from_memory_is_caught(tmp_path: Path) -> None:
    assert lost_after_a_failed_sync_a_kill_and_a_cut(tmp_path, MutantBelievesTheCache(), 1) != []


class MutantNeverWaits(Committer):
    """mutant_no_back_off: each commit opens an epoch on a disk that keeps nothing."""

    def _tried(self, lane: Lane) -> bool:
        lane.tries = lane.retry_in = 0
        return True


MOST_LITTER = 10 * 2 * 3 + 1
"""Two tries of each of ten streams, three files each at the most, and the trial's one."""


def litter(tmp_path: Path, make: type[Committer]) -> int:
    """Files left by minutes on a disk that takes files and never syncs them."""
    house = House(disk := FakeDisk(), tmp_path / "c.sqlite")
    house.committer = make(disk, house.volumes, house.clock)
    recorders = [house.open(f"cam-{number}") for number in range(10)]
    for recorder in recorders:
        house.feed(recorder, 5)
    disk.before = answering(errno.EIO, "fdatasync")
    before = len(disk.files)
    for recorder in recorders:
        house.feed(recorder, 5)
    for _ in range(200):
        house.committer.commit_once()
    house.catalogue.close()
    return len(disk.files) - before


def test_a_disk_that_never_syncs_is_tried_with_one_file_and_no_heap_grows(tmp_path: Path) -> None:
    assert litter(tmp_path, Committer) <= 10 * 6 + 1, (
        "two tries a stream, three files each at the most, and the trial's"
    )


def test_the_mutant_without_back_off_is_caught(tmp_path: Path) -> None:
    assert litter(tmp_path, MutantNeverWaits) > MOST_LITTER


def test_a_disk_that_fails_one_stream_alone_is_tried_less_and_less_often(house: House) -> None:
    bad, good = house.open("bad"), house.open()
    house.feed(bad, 5)
    house.disk.before = answering(errno.EIO, "fdatasync", below="/v1/bad/")
    house.feed(bad, 5)
    before = len(house.disk.files)
    for _ in range(60):
        house.feed(good, 60)
    assert len(house.disk.files) - before <= 60 * 3 + 10, "at most one try a minute"
    house.disk.before = quiet
    house.feed(bad, 70)
    assert bad.interrupted is None
    bad.close()
    good.close()
    assert house.problems() == []


def test_all_streams_of_a_mended_disk_are_recorded_within_seconds(house: House) -> None:
    recorders = [house.open(f"cam-{number}") for number in range(5)]
    for recorder in recorders:
        house.feed(recorder, 5)
    house.disk.before = answering(errno.EIO, "fdatasync")
    for recorder in recorders:
        house.feed(recorder, 300)
    house.disk.before = quiet
    for _ in range(2 * RETRY_BATCHES):
        house.committer.commit_once()
    for recorder in recorders:
        house.feed(recorder, 6)
    assert [recorder.interrupted for recorder in recorders] == [None] * 5
    assert house.problems() == []


def test_a_volume_too_slow_for_its_footage_loses_what_does_not_fit_and_says_so(tmp_path: Path) -> None:
    """Nothing is committed for two minutes, as where each write takes seconds."""
    bound = 200_000
    house = House(FakeDisk(), tmp_path / "c.sqlite")
    house.committer = Committer(house.disk, house.volumes, house.clock, max_queued_bytes=bound)
    recorder = house.open()
    house.feed(recorder, 120, commit=False)
    assert house.committer.waiting_bytes <= bound
    assert recorder.interrupted is GapCause.OVERLOAD
    (fault,) = house.committer.faults.values()
    assert fault.code == "volume.slow"
    house.committer.commit_once()
    house.feed(recorder, 10)
    recorder.close()
    assert {ref.cause for ref in refs(house) if isinstance(ref, GapRef)} == {"overload"}
    assert house.committer.faults == {}
    assert_whole(house)
    house.catalogue.close()


def test_a_slow_volume_fills_no_queue_but_its_own(tmp_path: Path) -> None:
    disk = FakeDisk()
    home, spill = (create(disk, f"/{name}", identity(name), SIGNER) for name in ("home", "spill"))
    house = House(disk, tmp_path / "c.sqlite", volumes=[home, spill])
    house.committer = Committer(disk, house.volumes, house.clock, max_queued_bytes=200_000)
    moved = house.open("moved")
    house.feed(moved, 5)
    disk.before = answering(errno.EIO, "fdatasync", below="/home/moved/")
    house.feed(moved, 6)
    stays = house.open()
    house.feed(stays, 120, commit=False)
    assert stays.interrupted is GapCause.OVERLOAD
    house.feed(moved, 6, commit=False)
    assert moved.interrupted is None
    house.committer.commit_once()
    house.catalogue.close()


def test_a_lying_flush_is_found_by_the_chain_and_nothing_of_it_is_served(tmp_path: Path) -> None:
    """A disk that acknowledges and forgets: not to be prevented, but never shown as good (fault 14)."""
    house = House(disk := FakeDisk(), tmp_path / "c.sqlite")
    recorder = house.open()
    house.feed(recorder, 10)
    house.tail()
    path = next(path for path in disk.files if path.endswith(".mp4"))
    file = disk.files[path]
    file.data[-4096:] = bytes(4096)  # what the last acknowledged flush had promised
    disk.kill()
    house.restart()
    house.open().close()
    assert any("SHA-256" in problem for problem in house.problems())
    served, refused = [], []
    reader = house.reader()
    for ref in refs(house):
        if isinstance(ref, FragmentRef):
            try:
                served.append(reader.read(ref))
            except LocalError as refusal:
                refused.append(refusal.code)
    assert refused == ["storage.fragment-corrupt"]
    assert bytes(4096) not in b"".join(served)
    assert [ref.corrupt for ref in refs(house) if isinstance(ref, FragmentRef)].count(True) == 1
    house.catalogue.close()


def test_an_old_catalogue_is_brought_up_to_newer_files(house: House, tmp_path: Path) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    house.tail()
    shutil.copy(house.catalogue_path, tmp_path / "old.sqlite")
    house.feed(recorder, 20)
    recorder.close()
    expected = refs(house)
    house.catalogue.close()
    house.catalogue, house.seen = SqliteCatalogue(tmp_path / "old.sqlite"), Seen()
    assert refs(house) == expected
    assert_whole(house)


def test_old_files_under_a_newer_catalogue_are_never_served_as_what_they_are_not(house: House) -> None:
    """The volume was put back from a copy: what the catalogue knows and the files have not is an error, no footage."""
    recorder = house.open()
    house.feed(recorder, 10)
    old = {path: bytes(file.data) for path, file in house.disk.files.items()}
    house.feed(recorder, 20)
    house.tail()
    known = [ref for ref in refs(house) if isinstance(ref, FragmentRef)]
    house.disk.files = {path: FakeFile(bytearray(data), len(data), named=True) for path, data in old.items()}
    house.restart()
    house.clock.advance(10)
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    reader = house.reader()
    read, refused = 0, 0
    for ref in known:
        try:
            reader.read(ref)
            read += 1
        except LocalError:
            refused += 1
    assert read
    assert refused
    assert house.problems() == [], "the files themselves are whole: their chain goes on from what they hold"


def test_two_volumes_of_different_age_are_one_line_that_says_what_the_older_lacks(tmp_path: Path) -> None:
    """One of two volumes was put back from a copy of yesterday: the other's chain goes on, and fsck finds the loss."""
    disk = FakeDisk()
    home, spill = (create(disk, f"/{name}", identity(name), SIGNER) for name in ("home", "spill"))
    house = House(disk, tmp_path / "c.sqlite", volumes=[home, spill])
    recorder = house.open()
    house.feed(recorder, 10)
    old = {path: bytes(file.data) for path, file in disk.files.items() if path.startswith("/home/")}
    house.feed(recorder, 10)
    disk.unmount("/home")
    house.look()
    house.feed(recorder, 10)
    recorder.close()
    disk.mount("/home")
    for path in [path for path in disk.files if path.startswith("/home/")]:
        del disk.files[path]
    disk.files |= {path: FakeFile(bytearray(data), len(data), named=True) for path, data in old.items()}
    house.restart()
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    verifier = ChainVerifier(STREAM)
    for file in chain_files(disk, house.volumes, STREAM):
        for line in bytes(disk.files[file.volume.path(file.path)].data).splitlines():
            verifier.feed(line)
    epochs = [file.name.epoch for file in chain_files(disk, house.volumes, STREAM)]
    assert len(epochs) == len(set(epochs)), "no epoch is used twice"
    assert house.problems(), "what the older volume lacks is found"
    house.catalogue.close()
