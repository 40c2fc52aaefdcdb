"""A volume that is not there stops nothing on those that are, whenever it goes and comes; one chain goes through all.

The acknowledged is never lost, nothing is written to an empty mount point (S11), and when all volumes are there again
`fsck` finds one line of epochs.
"""

from __future__ import annotations

import contextlib
import errno
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.audit.chain import ChainVerifier, Entry, EntryKind, entry_hash, parse
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, holes
from mingjian.storage.layout import checked_stream
from mingjian.storage.notes import FactNote
from mingjian.storage.reader import FragmentReader, FragmentRef, GapRef
from mingjian.storage.recovery import UNKNOWN_EPOCHS, chain_files
from mingjian.storage.volume import create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity


class Died(BaseException):
    """The process is gone: no code of ours catches this."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    disk = FakeDisk()
    made = House(
        disk,
        tmp_path / "c.sqlite",
        volumes=[create(disk, f"/{name}", identity(name), SIGNER) for name in ("home", "spill")],
    )
    yield made
    made.catalogue.close()


def entries(house: House, stream: str = STREAM) -> list[tuple[str, Entry]]:
    """(volume, entry) of the whole chain on the volumes mounted now."""
    found = []
    for file in chain_files(house.disk, house.mounted, checked_stream(stream)):
        data = bytes(house.disk.files[file.volume.path(file.path)].data)
        found += [(file.volume.id, parse(line)) for line in data.splitlines()]
    return found


def places(house: House) -> list[str]:
    """The volumes of the fragments, in order, each once in a row."""
    found: list[str] = []
    for volume, entry in entries(house):
        if entry.kind is EntryKind.FRAG and found[-1:] != [volume]:
            found.append(volume)
    return found


def refs(house: House) -> list[FragmentRef | GapRef]:
    house.tail()
    return list(house.reader().fragments(STREAM, Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))))


def gaps(house: House) -> list[str]:
    return [ref.cause for ref in refs(house) if isinstance(ref, GapRef)]


def lost(house: House) -> list[str]:
    """Acknowledged entries that are nowhere or that a later OPEN disowns, and what else a full fsck of all finds."""
    kept: set[tuple[int, int, int]] = set()
    verifier = ChainVerifier(STREAM)
    for file in chain_files(house.disk, house.volumes, STREAM):
        for line in bytes(house.disk.files[file.volume.path(file.path)].data).splitlines():
            verifier.feed(line)
            assert verifier.state is not None
            kept.add((verifier.state.epoch, verifier.state.t1, verifier.state.seq))
    disowned = dict(verifier.superseded)
    present = {(t1, seq) for epoch, t1, seq in kept if seq < disowned.get(epoch, seq + 1)}
    gone = [f"acknowledged {t1}/{seq}" for _, t1, seq in house.acknowledged if (t1, seq) not in present]
    return gone + house.problems()


def assert_whole(house: House) -> None:
    found = refs(house)
    assert holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]) == []
    reader = house.reader()
    for ref in found:
        if isinstance(ref, FragmentRef):
            reader.read(ref)
    assert lost(house) == []


@pytest.mark.parametrize("away", ["home", "spill"])
def test_one_volume_away_at_the_first_start_stops_nothing_on_the_other(house: House, away: str) -> None:
    house.disk.unmount(f"/{away}")
    house.restart(house.mounted)
    recorder = house.open()
    house.feed(recorder, 20)
    recorder.close()
    assert gaps(house) == []
    assert places(house) == [house.mounted[0].id]
    assert house.disk.below(f"/{away}") == []


def test_a_killed_life_goes_on_on_the_spill_when_home_is_away_and_goes_home_when_it_is_back(house: House) -> None:
    house.feed(house.open(), 10)
    last = house.acknowledged[-1]
    house.disk.unmount("/home")
    house.restart(house.mounted)
    house.clock.advance(5)
    recorder = house.open()
    house.feed(recorder, 10)
    (opened,) = [entry for _, entry in entries(house) if entry.kind is EntryKind.OPEN]
    assert (opened.t0, opened.epoch, opened.fields["resumes"]["seq"]) == (last[1], 1, last[2]), "resumes what is away"
    assert gaps(house) == ["recorder-crash"]

    house.disk.mount("/home")
    house.look()
    house.feed(recorder, 10)
    recorder.close()
    assert places(house) == ["home", "spill", "home"]
    assert gaps(house) == ["recorder-crash"], "the return costs nothing"
    assert_whole(house)


def test_what_a_crash_left_on_a_volume_that_was_away_is_quarantined_when_it_is_back(house: House) -> None:
    house.feed(house.open(), 10)
    container = next(path for path in house.disk.files if path.endswith(".mp4"))
    chain = next(path for path in house.disk.files if path.endswith(".jsonl"))
    house.disk.files[container].data += b"unchained"
    house.disk.files[chain].data += b'{"kind":"FR'
    house.disk.unmount("/home")
    house.restart(house.mounted)
    recorder = house.open()
    house.feed(recorder, 10)
    house.disk.mount("/home")
    house.look()
    house.feed(recorder, 10)
    kept = [bytes(file.data) for path, file in house.disk.files.items() if path.startswith("/home/quarantine/")]
    assert sorted(kept) == [b"unchained", b'{"kind":"FR']
    assert_whole(house)


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed by a look", "noticed by the next write"])
def test_a_volume_pulled_while_recording_costs_no_second_and_its_mount_point_stays_empty(
    house: House, noticed: bool
) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    house.disk.unmount("/home")
    if noticed:
        house.look()
    house.feed(recorder, 700)
    assert house.disk.below("/home") == []
    house.look()
    house.disk.mount("/home")
    house.look()
    house.feed(recorder, 10)
    recorder.close()
    assert places(house) == ["home", "spill", "home"]
    assert gaps(house) == []
    assert_whole(house)


def test_with_no_volume_left_it_is_a_gap_disk_error_that_is_written_when_one_is_back(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    house.disk.unmount("/home")
    house.disk.unmount("/spill")
    house.feed(recorder, 20)
    assert recorder.interrupted is GapCause.DISK_ERROR
    assert house.disk.below("/home") + house.disk.below("/spill") == []
    house.disk.mount("/home")
    house.look()
    house.feed(recorder, 20)
    recorder.close()
    house.disk.mount("/spill")
    assert gaps(house) == ["disk-error"]
    assert_whole(house)


def test_a_volume_that_comes_later_is_used_when_the_first_is_full(tmp_path: Path) -> None:
    disk = FakeDisk()
    volumes = [
        create(disk, "/home", identity("home", max_bytes=200_000), SIGNER),
        create(disk, "/spill", identity("spill"), SIGNER),
    ]
    house = House(disk, tmp_path / "c.sqlite", volumes=volumes)
    disk.unmount("/spill")
    house.restart(house.mounted)
    recorder = house.open()
    house.feed(recorder, 10)
    disk.mount("/spill")
    house.look()
    house.feed(recorder, 80)
    recorder.close()
    assert places(house) == ["home", "spill"]
    assert gaps(house) == []
    assert_whole(house)
    house.catalogue.close()


@pytest.mark.parametrize("operation", ["lock", "make_directory", "read"])
def test_a_volume_that_cannot_be_entered_is_reported_and_stops_nothing(house: House, operation: str) -> None:
    house.feed(house.open(), 10)
    house.restart()

    def broken(called: str, path: str) -> None:
        if called == operation and path.startswith(f"/home/{STREAM}"):
            raise OSError(errno.EROFS if operation == "lock" else errno.EIO, "broken")

    house.disk.before = broken
    recorder = house.open()
    house.feed(recorder, 10)
    house.look()
    house.look()
    assert [failure.volume for failure in house.failures] == ["home"], "once"
    house.disk.before = lambda operation, path: None
    house.look()
    house.feed(recorder, 10)
    recorder.close()
    assert places(house) == ["home", "spill", "home"]
    assert_whole(house)


def test_a_writer_is_the_only_one_on_each_volume(house: House) -> None:
    house.open()
    for volume in house.volumes:
        house.start([volume])
        with pytest.raises(LocalError, match="stream-taken"):
            house.open()


def test_when_nothing_is_remembered_of_a_missing_volume_epochs_do_not_meet(house: House) -> None:
    house.feed(house.open(), 10)
    house.memory.forget()
    house.disk.unmount("/home")
    house.restart(house.mounted)
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    assert {entry.epoch for _, entry in entries(house)} == {UNKNOWN_EPOCHS}
    house.disk.mount("/home")
    house.restart()
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    assert {entry.epoch for _, entry in entries(house)} == {0, UNKNOWN_EPOCHS, UNKNOWN_EPOCHS + 1}


def test_a_memory_that_fails_stops_nothing_and_is_reported(house: House) -> None:
    recorder = house.open()
    house.memory.failing = True
    house.feed(recorder, 10)
    assert house.memory.recall() == {}
    assert {failure.error for failure in house.failures} == {"heads not remembered: ENOSPC"}
    house.memory.failing = False
    house.feed(recorder, 10)
    recorder.close()
    assert gaps(house) == []
    assert_whole(house)


def test_what_is_remembered_is_the_last_line_that_was_acknowledged_with_one_volume_too(tmp_path: Path) -> None:
    """Not one that only stands in the file: the ledger takes from here what it promises."""
    house = House(FakeDisk(), tmp_path / "c.sqlite")
    recorder = house.open()
    house.feed(recorder, 10)
    (chain,) = [path for path in house.disk.files if "/chain/" in path]

    def written() -> str:
        return entry_hash(bytes(house.disk.files[chain].data).splitlines()[-1])

    synced: list[str] = []

    def before_sync(operation: str, path: str) -> None:
        if operation == "fdatasync" and path == chain:
            synced.append(written())
            assert house.memory.recall()[STREAM].hash != written()

    house.disk.before = before_sync
    house.feed(recorder, 10)
    assert synced
    head = house.memory.recall()[STREAM]
    assert head.hash == written() == synced[-1]
    assert (STREAM, head.t1) == house.acknowledged[-1][:2]
    house.catalogue.close()


def test_an_only_volume_in_place_of_another_begins_no_epoch_that_was(tmp_path: Path) -> None:
    """Its heads would stand behind those of the old one in the ledger, for ever."""
    house = House(FakeDisk(), tmp_path / "c.sqlite")
    house.feed(house.open(), 10)
    before = house.memory.recall()[STREAM]
    house.volumes = [create(house.disk, "/v2", identity("v2"), SIGNER)]
    house.restart()
    house.open()
    house.committer.commit_once()
    ((_, opening),) = entries(house)
    assert (opening.epoch, opening.prev) == (before.epoch + 1, before.hash)
    assert house.memory.recall()[STREAM].last == (before.epoch + 1, 0)
    house.catalogue.close()


def test_what_cannot_be_put_into_an_entry_costs_its_own_stream_a_gap_and_the_others_nothing(house: House) -> None:
    bad, good = house.open("bad"), house.open()
    house.feed(bad, 5)
    house.feed(good, 5)
    too_long = FactNote(EntryKind.HOLD, UtcNs(0), UtcNs(0), {"by": "x" * 70_000})
    with pytest.raises(LocalError, match="not-durable"):
        house.committer.write(bad.stream, [too_long])
    house.feed(good, 20)
    house.feed(bad, 20)
    bad.close()
    good.close()
    assert gaps(house) == ["no-video"]
    assert house.problems() == []


@pytest.mark.parametrize("call", range(2, 9))
def test_what_is_acknowledged_is_remembered_first(house: House, call: int) -> None:
    """A death at any use of the memory, and home away afterwards: the next epoch disowns nothing acknowledged."""
    left = [call]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Died

    house.memory.before = die
    with pytest.raises(Died):
        house.feed(house.open(), 30)
    house.memory.before = lambda: None
    house.disk.unmount("/home")
    house.restart(house.mounted)
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    house.disk.mount("/home")
    house.restart()
    house.open().close()
    assert lost(house) == []


def life(house: House, rng: random.Random) -> None:
    """Record while volumes go and come; some of it noticed by a look, some only by a failing write."""
    recorder = house.open()
    for _ in range(rng.randrange(1, 5)):
        house.feed(recorder, rng.randrange(1, 12), size=800)
        if rng.random() < 0.5:
            root = rng.choice(house.volumes).root
            house.disk.mount(root) if root in house.disk.away else house.disk.unmount(root)
        if rng.random() < 0.5:
            house.look()
    if rng.random() < 0.3:
        recorder.close()


@pytest.mark.parametrize("seed", range(120))
def test_nothing_acknowledged_is_lost_whichever_volumes_a_start_finds(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    disk = FakeDisk()
    names = ("home", "spill", "third")[: rng.randrange(2, 4)]
    volumes = [create(disk, f"/{name}", identity(name), SIGNER) for name in names]
    house = House(disk, tmp_path / f"{seed}.sqlite", volumes=volumes)
    for _ in range(rng.randrange(2, 5)):
        for volume in volumes:
            (disk.unmount if rng.random() < 0.4 else disk.mount)(volume.root)
        if not house.mounted:
            disk.mount(volumes[0].root)
        house.restart(house.mounted)
        house.clock.advance(rng.randrange(1, 100))
        deadline = [rng.randrange(5, 400)]

        def before(operation: str = "", path: str = "", left: list[int] = deadline) -> None:
            left[0] -= 1
            if left[0] <= 0:
                raise Died

        disk.before, house.memory.before = before, before
        with contextlib.suppress(Died):
            life(house, rng)
        disk.before, house.memory.before = (lambda operation, path: None), (lambda: None)
        if rng.random() < 0.5:
            disk.power_cut(rng)
    for volume in volumes:
        disk.mount(volume.root)
    house.restart()
    recorder = house.open()
    house.feed(recorder, 6)
    recorder.close()
    assert lost(house) == []
    assert disk.unlinked == []
    assert {path.split("/")[1] for path in disk.files} == set(names)
    house.catalogue.close()


def test_footage_on_a_volume_that_is_away_is_a_gap_of_that_cause_until_it_is_back(house: House) -> None:
    """Said to the viewer alone: the chain of what was recorded stays as it is."""
    recorder = house.open()
    house.feed(recorder, 20)
    begun = house.clock.now()
    house.disk.unmount("/home")
    house.look()
    house.feed(recorder, 20)
    recorder.close()
    house.disk.mount("/home")
    house.tail()
    before = {path: bytes(file.data) for path, file in house.disk.files.items()}
    whole = Period(UtcNs(0), house.clock.now())
    spill = [volume for volume in house.volumes if volume.root == "/spill"]
    seen = list(FragmentReader(house.disk, spill, house.catalogue, house.clock).fragments(STREAM, whole))
    assert seen == sorted(seen, key=lambda one: (one.t0, one.t1))
    (gap,) = [one for one in seen if isinstance(one, GapRef) and one.cause == GapCause.VOLUME_AWAY]
    there = [one for one in house.reader().fragments(STREAM, whole) if isinstance(one, FragmentRef)]
    absent = [one for one in there if one.volume == house.volumes[0].id]
    assert absent
    assert (gap.t0, gap.t1) == (absent[0].t0, absent[-1].t1)
    assert gap.t1 <= begun + SECOND_NS
    assert not [
        one
        for one in house.reader().fragments(STREAM, whole)
        if isinstance(one, GapRef) and one.cause == GapCause.VOLUME_AWAY
    ]
    assert {path: bytes(file.data) for path, file in house.disk.files.items()} == before
