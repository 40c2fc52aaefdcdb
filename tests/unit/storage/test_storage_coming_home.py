"""After a fault is over: a stream that ends says so, one that went elsewhere comes home, and a lock that guards nothing
is noticed before a second writer is let in."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mingjian.audit.chain import Entry, EntryKind, parse
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, holes
from mingjian.storage.commit import Committer
from mingjian.storage.journal import CONTAINER_NS, Journal, Plan
from mingjian.storage.reader import FragmentRef, GapRef
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.recovery import chain_files
from mingjian.storage.volume import create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity

CONTAINER_S = CONTAINER_NS // SECOND_NS


def house_of(folder: Path, *names: str) -> House:
    disk = FakeDisk()
    volumes = [create(disk, f"/{name}", identity(name, floor_s=86_400, ceiling_s=90_000), SIGNER) for name in names]
    return House(disk, folder / "c.sqlite", volumes=volumes)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[House]:
    made = house_of(tmp_path, "home")
    yield made
    made.catalogue.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[House]:
    made = house_of(tmp_path, "home", "spill")
    yield made
    made.catalogue.close()


def failing(times: int, below: str = "/", call: str = "fdatasync") -> Callable[[str, str], None]:
    """So many calls fail, then the disk is well."""
    left = [times]

    def before(operation: str, path: str) -> None:
        if operation == call and path.startswith(below) and left[0]:
            left[0] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    return before


def refs(house: House) -> list[FragmentRef | GapRef]:
    house.tail()
    return list(house.reader().fragments(STREAM, Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))))


def entries(house: House, kind: EntryKind) -> list[tuple[str, Entry]]:
    found = []
    for file in chain_files(house.disk, house.volumes, STREAM):
        for line in bytes(house.disk.files[file.volume.path(file.path)].data).splitlines():
            found.append((file.volume.id, parse(line)))
    return [(volume, entry) for volume, entry in found if entry.kind is kind]


def places(house: House) -> list[str]:
    """The volumes of the fragments, in order, each once in a row."""
    found: list[str] = []
    for volume, _ in entries(house, EntryKind.FRAG):
        if found[-1:] != [volume]:
            found.append(volume)
    return found


def frames(house: House) -> int:
    return sum(ref.frames for ref in refs(house) if isinstance(ref, FragmentRef))


def wrongs(house: House) -> list[str]:
    """Holes, what is acknowledged and not there, and what a full fsck finds."""
    found = refs(house)
    wrong = ["a hole"] if holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]) else []
    ends = {entry.t1 for kind in (EntryKind.FRAG, EntryKind.GAP) for _, entry in entries(house, kind)}
    wrong += [
        f"lost {t1}"
        for name, t1, _ in house.acknowledged
        if name == STREAM and t1 not in ends | {ref.t0 for ref in found}
    ]
    return wrong + house.problems()


def causes_after_a_restart(house: House) -> set[str]:
    house.clock.advance(30)
    house.restart()
    recorder = house.open()
    house.feed(recorder, 5)
    recorder.close()
    return {ref.cause for ref in refs(house) if isinstance(ref, GapRef)}


def test_a_stream_that_ends_while_it_waits_to_be_tried_again_ends_with_its_own_words(one: House) -> None:
    recorder = one.open()
    one.feed(recorder, 10)
    one.disk.before = failing(100)
    for _ in range(30):
        one.feed(recorder, 1)
        if one.committer.lanes[0].retry_in > 2:
            break
    assert recorder.interrupted is GapCause.DISK_ERROR
    one.disk.before = failing(0)
    recorder.close()
    assert len(entries(one, EntryKind.CLOSE)) == 1
    assert causes_after_a_restart(one) == {"disk-error", "recorder-stopped"}, "and no crash"
    assert wrongs(one) == []


def test_a_stream_whose_last_commit_fails_is_written_once_more(one: House) -> None:
    recorder = one.open()
    fed = one.feed(recorder, 10) + one.feed(recorder, 5, commit=False)
    one.disk.before = failing(1)
    recorder.close()
    assert frames(one) == fed
    assert causes_after_a_restart(one) == {"recorder-stopped"}
    assert wrongs(one) == []


def test_a_stream_that_ends_on_a_broken_volume_ends_on_the_other(two: House) -> None:
    recorder = two.open()
    fed = two.feed(recorder, 10) + two.feed(recorder, 5, commit=False)
    two.disk.before = failing(100, "/home/")
    recorder.close()
    assert frames(two) == fed
    assert [volume for volume, _ in entries(two, EntryKind.CLOSE)] == ["spill"]


def test_on_a_disk_that_takes_nothing_an_end_does_not_wait(one: House) -> None:
    recorder = one.open()
    one.feed(recorder, 10)
    one.disk.before = failing(1000, call="append")
    one.feed(recorder, 15)
    recorder.close()
    assert entries(one, EntryKind.CLOSE) == []
    one.disk.before = failing(0)
    assert causes_after_a_restart(one) == {"recorder-crash"}, "nothing could be written of it"
    assert wrongs(one) == []


def test_after_one_error_a_stream_is_home_again_with_its_next_container(two: House) -> None:
    recorder = two.open()
    fed = two.feed(recorder, 10)
    two.disk.before = failing(1, "/home/")
    fed += two.feed(recorder, CONTAINER_S - 60)
    assert places(two) == ["home", "spill"], "not before: each coming and going is an epoch"
    fed += two.feed(recorder, 120)
    assert places(two) == ["home", "spill", "home"]
    fed += two.feed(recorder, CONTAINER_S + 60)
    assert places(two) == ["home", "spill", "home"]
    recorder.close()
    assert frames(two) == fed, "and no picture is missing"
    assert wrongs(two) == []


def test_while_the_volume_stays_broken_nobody_goes_there(two: House) -> None:
    recorder = two.open()
    fed = two.feed(recorder, 10)
    two.disk.before = failing(1_000_000, "/home/")
    fed += two.feed(recorder, 3 * CONTAINER_S)
    assert places(two) == ["home", "spill"]
    assert len(entries(two, EntryKind.OPEN)) == 2
    recorder.close()
    assert frames(two) == fed


def test_one_stream_that_its_home_refuses_while_it_takes_others_costs_no_footage(two: House) -> None:
    recorder, other = two.open(), two.open("other")
    fed = two.feed(recorder, 10)
    two.disk.before = failing(1_000_000, f"/home/{STREAM}/")
    for _ in range(2 * CONTAINER_S // 60):
        fed += two.feed(recorder, 60)
        two.feed(other, 6)
    assert recorder.interrupted is None
    recorder.close()
    other.close()
    assert frames(two) == fed
    assert len(entries(two, EntryKind.OPEN)) <= 8, "at most a coming and a going for each container"
    assert wrongs(two) == []


def mounted_anew(house: House, name: str = "home") -> None:
    """Between two looks: the lock that is held is of a file system that nobody sees any more."""
    house.disk.unmount(f"/{name}")
    house.disk.mount(f"/{name}")


class MutantTrustsItsLock(Committer):
    """mutant_stale_lock: what was locked once is believed to be locked."""

    def _keep_others_out(self, journal: Journal, plan: Plan) -> None:
        pass


def second_writer(house: House) -> tuple[StreamRecorder, Committer]:
    other = Committer(house.disk, house.volumes, house.clock, memory=house.memory)
    return StreamRecorder.open(STREAM, other, house.clock), other


def written_by_both(house: House) -> bool:
    """Whether the first goes on being acknowledged while a second records the same stream."""
    recorder = house.open()
    house.feed(recorder, 10)
    mounted_anew(house)
    second, other = second_writer(house)
    house.feed(second, 5)
    before = len(house.acknowledged)
    house.feed(recorder, 10)
    other.commit_once()
    return len(house.acknowledged) > before


def test_a_volume_mounted_anew_lets_no_second_writer_in_beside_the_first(one: House) -> None:
    assert not written_by_both(one)
    assert [fault.code for fault in one.committer.faults.values()] == ["volume.away"]


def test_the_mutant_that_trusts_its_lock_is_caught(one: House) -> None:
    one.committer = MutantTrustsItsLock(one.disk, one.volumes, one.clock, memory=one.memory)
    assert written_by_both(one)


def test_with_no_other_writer_the_lock_is_taken_anew_and_recording_goes_on(one: House) -> None:
    recorder = one.open()
    one.feed(recorder, 10)
    mounted_anew(one)
    one.feed(recorder, 10)
    assert recorder.interrupted is GapCause.DISK_ERROR
    one.look()
    one.feed(recorder, 10)
    assert recorder.interrupted is None
    with pytest.raises(LocalError, match="stream-taken"):
        second_writer(one)
    recorder.close()
    assert {ref.cause for ref in refs(one) if isinstance(ref, GapRef)} == {"disk-error"}
    assert wrongs(one) == []


def test_after_another_writer_has_gone_the_chain_goes_on_from_its_entries(one: House) -> None:
    recorder = one.open()
    one.feed(recorder, 10)
    mounted_anew(one)
    second, other = second_writer(one)
    for _ in range(4):
        one.feed(second, 5)
        other.commit_once()
        one.look()
        assert [failure.error for failure in one.failures].count("EAGAIN") <= 1, "told once"
    second.close()
    one.feed(recorder, 5)
    one.look()
    one.feed(recorder, 10)
    recorder.close()
    (_, theirs), _ = entries(one, EntryKind.CLOSE)
    _, ours = next(found for found in entries(one, EntryKind.OPEN) if found[1].epoch > theirs.epoch)
    assert ours.fields["resumes"] == {"epoch": theirs.epoch, "seq": theirs.seq}, "none of its entries is disowned"
    assert ours.prev == theirs.hash
    assert wrongs(one) == []
    one.restart()
    one.open().close()
    assert [entry.fields["clean"] for _, entry in entries(one, EntryKind.OPEN)][-1] == 1
    assert wrongs(one) == []


def test_with_another_volume_nothing_is_missed_and_the_stream_comes_back(two: House) -> None:
    recorder = two.open()
    fed = two.feed(recorder, 10)
    mounted_anew(two)
    fed += two.feed(recorder, 10)
    two.look()
    fed += two.feed(recorder, 10)
    recorder.close()
    assert places(two) == ["home", "spill", "home"]
    assert frames(two) == fed
    assert wrongs(two) == []
