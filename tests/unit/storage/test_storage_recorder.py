"""The way of a frame from the source to a verified reader, also when disk or camera do not play along."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.media import AccessUnit, GapCause
from mingjian.kernel.period import Period, holes
from mingjian.storage.backlog import queue_bound
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import Expiry
from mingjian.storage.group_commit import PART_BYTES
from mingjian.storage.reader import MAX_READ_BYTES, FragmentRef, GapRef
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import create
from mingjian.wire.fmp4 import parse_fragment, parse_init
from storage_world import CONFIG, SIGNER, STREAM, FakeDisk, House, frame_bytes, identity


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FakeDisk(), tmp_path / "catalogue.sqlite")
    yield made
    made.catalogue.close()


def everything(house: House) -> Period:
    return Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))


def references(house: House) -> list[FragmentRef | GapRef]:
    return list(house.reader().fragments(STREAM, everything(house)))


def frames_of(house: House) -> list[bytes]:
    reader = house.reader()
    found = []
    for ref in references(house):
        if isinstance(ref, FragmentRef):
            parse_init(reader.init(ref))
            found += [bytes(sample.data) for sample in parse_fragment(reader.read(ref)).tracks[0].samples]
    return found


def test_every_frame_comes_back_byte_for_byte(house: House) -> None:
    recorder = house.open()
    count = house.feed(recorder, 61)
    recorder.close()
    house.tail()
    assert frames_of(house) == [frame_bytes(number) for number in range(count)]
    assert house.problems() == []


def test_fragments_abut_to_the_nanosecond_and_last_what_the_camera_said(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 30)
    recorder.close()
    house.tail()
    found = [ref for ref in references(house) if isinstance(ref, FragmentRef)]
    assert all(before.t1 == after.t0 for before, after in pairwise(found))
    assert all(ref.duration_90k == ref.frames * 3600 for ref in found)
    assert [ref.frames for ref in found[:-1]] == [100] * (len(found) - 1)


def test_what_is_committed_but_not_yet_tailed_is_found(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    house.tail()
    before = len(references(house))
    house.feed(recorder, 10)
    assert len(references(house)) > before


def test_a_gap_is_written_within_fifteen_seconds_and_ends_where_data_begins(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 9)
    ended = house.clock.now()
    recorder.on_interrupted(GapCause.NETWORK, "connection reset", ended)
    for _ in range(40):
        house.clock.advance(1)
        recorder.tick()
        house.committer.commit_once()
        house.tail()
        written = max(ref.t1 for ref in references(house))
        assert house.clock.now() - written <= 15 * SECOND_NS
    house.feed(recorder, 5)
    recorder.close()
    house.tail()
    gaps = [ref for ref in references(house) if isinstance(ref, GapRef)]
    assert [gap.cause for gap in gaps] == ["network"]
    assert gaps[0].t1 - gaps[0].t0 == pytest.approx(40 * SECOND_NS, abs=SECOND_NS)
    assert house.problems() == []


def test_recorded_until_is_the_end_of_the_last_durable_fragment_whatever_gaps_follow(house: House) -> None:
    recorder = house.open()
    house.committer.commit_once()
    assert recorder.recorded_until is None, "an opening is no footage"
    house.feed(recorder, 9)
    recorder.on_interrupted(GapCause.NETWORK, "connection reset", house.clock.now())
    house.committer.commit_once()
    ended = recorder.recorded_until
    for _ in range(40):
        house.clock.advance(1)
        recorder.tick()
        house.committer.commit_once()
    house.tail()
    last = max(ref.t1 for ref in references(house) if isinstance(ref, FragmentRef))
    assert recorder.recorded_until == ended == last == house.catalogue.newest(STREAM)
    assert house.acknowledged[-1][1] >= last + 28 * SECOND_NS, "the gap is acknowledged, as a gap"
    house.feed(recorder, 5)
    assert recorder.recorded_until > last + 28 * SECOND_NS


def test_silence_without_a_word_from_the_source_becomes_a_gap(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    for _ in range(14):
        house.clock.advance(1)
        recorder.tick()
    house.committer.commit_once()
    house.tail()
    assert [ref.cause for ref in references(house) if isinstance(ref, GapRef)] == ["no-video"]


def test_silence_that_the_source_names_at_last_is_one_gap_of_that_cause(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    for _ in range(11):
        house.clock.advance(1)
        recorder.tick()
    recorder.on_interrupted(GapCause.CAMERA_TIMEOUT, "silent", house.clock.now())
    for _ in range(5):
        house.clock.advance(1)
        recorder.tick()
    house.committer.commit_once()
    house.tail()
    gaps = [ref for ref in references(house) if isinstance(ref, GapRef)]
    assert [gap.cause for gap in gaps] == ["camera-timeout"]
    assert gaps[0].t1 - gaps[0].t0 == pytest.approx(16 * SECOND_NS, abs=4 * SECOND_NS)


def test_a_changed_configuration_starts_a_new_container(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 6)
    recorder.on_config(replace(CONFIG, video=replace(CONFIG.video, width=640)))
    for number in range(150):
        recorder.on_access_unit(AccessUnit(house.pts_90k, number % 25 == 0, frame_bytes(number), house.clock.now()))
        house.pts_90k += 3600
        house.clock.advance(0.04)
    recorder.close()
    house.tail()
    assert len({ref.path for ref in references(house) if isinstance(ref, FragmentRef)}) == 2
    assert house.problems() == []


def test_a_clean_restart_is_a_gap_recorder_stopped_in_a_new_epoch(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    recorder.close()
    house.restart()
    house.clock.advance(7)
    recorder = house.open()
    house.feed(recorder, 5)
    recorder.close()
    house.tail()
    gaps = [ref for ref in references(house) if isinstance(ref, GapRef)]
    assert [gap.cause for gap in gaps] == ["recorder-stopped"]
    assert house.problems() == []


def test_a_second_writer_is_refused(house: House) -> None:
    house.open()
    other = Committer(house.disk, house.volumes, house.clock)
    with pytest.raises(LocalError, match="stream-taken"):
        other.open_stream(STREAM, lambda stream, t1, seq: None)


def test_a_full_volume_spills_and_everything_stays_readable(tmp_path: Path) -> None:
    disk = FakeDisk()
    small = create(disk, "/v1", identity("small", max_bytes=200_000), SIGNER)
    large = create(disk, "/v2", identity("large"), SIGNER)
    house = House(disk, tmp_path / "c.sqlite", volumes=[small, large])
    recorder = house.open()
    count = house.feed(recorder, 80)
    recorder.close()
    house.tail()
    assert {ref.volume for ref in references(house) if isinstance(ref, FragmentRef)} == {"small", "large"}
    assert frames_of(house) == [frame_bytes(number) for number in range(count)]
    assert house.problems() == []
    house.catalogue.close()


def test_a_full_house_says_disk_full_and_deletes_nothing(tmp_path: Path) -> None:
    disk = FakeDisk()
    house = House(
        disk, tmp_path / "c.sqlite", volumes=[create(disk, "/v1", identity("small", max_bytes=200_000), SIGNER)]
    )
    recorder = house.open()
    house.feed(recorder, 80)
    recorder.close()
    house.tail()
    found = references(house)
    assert {gap.cause for gap in found if isinstance(gap, GapRef)} == {"disk-full"}
    assert holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]) == []
    assert disk.unlinked == []
    assert house.problems() == []
    house.catalogue.close()


def test_a_disk_that_answers_enospc_is_believed(tmp_path: Path) -> None:
    disk = FakeDisk(total_bytes=400_000)
    house = House(disk, tmp_path / "c.sqlite")
    house.open()
    recorder = house.open("cam-2")
    disk.total_bytes = 60_000
    house.feed(recorder, 60, size=1000)
    disk.total_bytes = 1 << 30
    house.feed(recorder, 30)
    recorder.close()
    house.tail()
    found = list(house.reader().fragments(recorder.stream, everything(house)))
    assert "disk-full" in {ref.cause for ref in found if isinstance(ref, GapRef)}
    assert isinstance(found[-1], FragmentRef)
    assert house.problems() == []
    house.catalogue.close()


@pytest.mark.parametrize("operation", ["append", "fdatasync", "create"])
@pytest.mark.parametrize("suffix", [".mp4", ".jsonl"])
def test_an_io_error_opens_a_new_epoch_and_loses_no_frame(house: House, operation: str, suffix: str) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    broken = [True]

    def once(called: str, path: str) -> None:
        if broken[0] and called == operation and path.endswith(suffix):
            broken[0] = False
            raise OSError(errno.EIO, "broken")

    if operation == "create":  # no new file is due for minutes: make one due
        house.clock.advance(700)
        house.pts_90k += 700 * 90_000
    house.disk.before = once
    house.feed(recorder, 10)
    recorder.close()
    house.tail()
    if not broken[0]:
        assert [failure.cause for failure in house.failures] == [GapCause.DISK_ERROR]
    assert len(frames_of(house)) == 500
    assert house.problems() == []


def test_a_dead_disk_stops_one_stream_only_and_is_said(tmp_path: Path) -> None:
    disk = FakeDisk()
    house = House(disk, tmp_path / "c.sqlite")
    bad, good = house.open("bad"), house.open("good")
    house.feed(bad, 5)

    def broken(operation: str, path: str) -> None:
        if operation == "fdatasync" and "/bad/" in path:
            raise OSError(errno.EIO, "broken")

    disk.before = broken
    house.feed(bad, 20)
    house.feed(good, 20)
    disk.before = lambda operation, path: None
    house.feed(bad, 20)
    bad.close()
    good.close()
    house.tail()
    found = list(house.reader().fragments(bad.stream, everything(house)))
    assert "disk-error" in {ref.cause for ref in found if isinstance(ref, GapRef)}
    assert holes(Period(found[0].t0, found[-1].t1), [Period(ref.t0, ref.t1) for ref in found]) == []
    assert not any(
        isinstance(ref, GapRef) and ref.cause == "disk-error"
        for ref in house.reader().fragments(good.stream, everything(house))
    )
    assert house.problems() == []
    house.catalogue.close()


def test_a_disk_that_is_dead_for_hours_is_recorded_on_again_when_it_is_mended(house: House) -> None:
    recorder = house.open("camera-with-a-name-as-long-as-those-that-installations-give")
    house.feed(recorder, 5)

    def broken(operation: str, path: str) -> None:
        if operation == "fdatasync":
            raise OSError(errno.EIO, "broken")

    house.disk.before = broken
    house.feed(recorder, 5)
    for _ in range(4000):  # each try leaves files behind that the next OPEN would name, were there no bound
        house.committer.commit_once()
    house.disk.before = lambda operation, path: None
    house.clock.advance(5000)
    house.feed(recorder, 20)
    recorder.close()
    house.tail()
    found = list(house.reader().fragments(recorder.stream, everything(house)))
    assert isinstance(found[-1], FragmentRef)
    assert house.problems() == []


def test_a_full_queue_is_a_gap_overload(tmp_path: Path) -> None:
    house = House(FakeDisk(), tmp_path / "c.sqlite")
    house.committer = Committer(house.disk, house.volumes, house.clock, max_queued_bytes=30_000)
    recorder = house.open()
    recorder.on_config(CONFIG)
    for number in range(500):
        recorder.on_access_unit(AccessUnit(number * 3600, number % 25 == 0, frame_bytes(number), house.clock.now()))
        house.clock.advance(0.04)
    recorder.close()
    house.tail()
    assert "overload" in {ref.cause for ref in references(house) if isinstance(ref, GapRef)}
    assert house.problems() == []
    house.catalogue.close()


def test_what_is_written_in_one_go_is_bounded_and_acknowledged_before_the_rest(house: House) -> None:
    """All streams in one commit is all of an overloaded core for seconds: nobody recorded, all that comes dropped."""
    first, other = house.open("first"), house.open("other")
    house.feed(first, 10, size=PART_BYTES // 180, commit=False)
    house.feed(other, 10, commit=False)
    held = house.committer.waiting_bytes
    assert held > PART_BYTES
    told: list[tuple[set[str], bool]] = []

    def at_sync(operation: str, path: str) -> None:
        if operation == "fdatasync" and path.startswith("/v1/other/") and path.endswith(".mp4"):
            told.append(({stream for stream, _, _ in house.acknowledged}, house.committer.waiting_bytes < held / 10))

    house.disk.before = at_sync
    house.committer.commit_once()
    assert told == [({"first"}, True)]
    assert {stream for stream, _, _ in house.acknowledged} == {"first", "other"}, "one commit is still all of them"


def test_the_queue_has_room_for_a_fragment_of_every_stream_however_many() -> None:
    fragment_bytes = 4 * 4_000_000 // 8
    assert all(queue_bound(streams) >= streams * fragment_bytes for streams in (1, 100, 300, 1000))


def test_corrupt_bytes_are_never_handed_out(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    house.tail()
    ref = next(ref for ref in references(house) if isinstance(ref, FragmentRef))
    house.disk.files[f"/v1/{ref.path}"].data[ref.offset + 200] ^= 1
    with pytest.raises(LocalError, match="fragment-corrupt"):
        house.reader().read(ref)
    assert [found.corrupt for found in references(house) if isinstance(found, FragmentRef)].count(True) == 1
    assert any("SHA-256" in problem for problem in house.problems())


@pytest.mark.parametrize("claimed", [1 << 20, MAX_READ_BYTES + 1, 1 << 60], ids=["beyond the file", "too long", "huge"])
def test_what_an_entry_claims_beyond_its_container_is_never_asked_of_the_disk(house: House, claimed: int) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.close()
    house.tail()
    ref = next(ref for ref in references(house) if isinstance(ref, FragmentRef))
    asked: list[str] = []
    house.disk.before = lambda operation, path: asked.append(path) if operation == "read" else None
    for lie in (replace(ref, length=claimed), replace(ref, offset=claimed)):
        with pytest.raises(LocalError, match="fragment-corrupt"):
            house.reader().read(lie)
    with pytest.raises(LocalError, match="fragment-corrupt"):
        house.reader().init(replace(ref, init_length=claimed))
    assert not [path for path in asked if path.endswith(".mp4")]


def test_a_failed_opening_leaves_the_stream_free(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 5)
    house.restart()
    container = next(path for path in house.disk.files if path.endswith(".mp4"))
    house.disk.files[container].data += b"tail"

    def broken(operation: str, path: str) -> None:
        if operation == "create":
            raise OSError(errno.EROFS, "read-only")

    house.disk.before = broken
    with pytest.raises(OSError, match="read-only"):
        house.open()
    house.disk.before = lambda operation, path: None
    house.open().close()
    assert house.problems() == []


def test_a_start_does_not_miss_what_has_expired(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 10)
    recorder.on_interrupted(GapCause.NETWORK, "away for longer than footage is kept", house.clock.now())
    house.clock.advance(100 * 60)
    recorder.tick()
    assert len(Expiry(house.disk, house.volumes[0], house.committer).once([STREAM], house.clock.now())) == 1
    house.restart()
    house.open().close()
    assert house.problems() == []


def test_the_thread_commits_by_itself_and_stops_clean(house: House) -> None:
    durable = threading.Event()
    opened = house.committer.open_stream(STREAM, lambda stream, t1, seq: durable.set())
    recorder = StreamRecorder(STREAM, house.committer, house.clock, opened)
    house.committer.start()
    assert durable.wait(10)
    assert house.committer.alive
    house.feed(recorder, 10)
    recorder.close()
    house.committer.stop()
    assert not house.committer.alive
    assert house.problems() == []


@pytest.mark.parametrize(
    "change",
    [{"file": "../../etc/passwd"}, {"off": 10**15}, {"off": -1}, {"bytes": 1 << 70}, {"evidence": "\ud800"}],
    ids=str,
)
def test_one_hostile_line_stops_neither_the_check_nor_the_catalogue(house: House, change: dict[str, object]) -> None:
    house.feed(house.open(), 10)
    (path,) = (path for path in house.disk.files if "/chain/" in path)
    lines = bytes(house.disk.files[path].data).split(b"\n")
    lines[1] = json.dumps(json.loads(lines[1]) | change, sort_keys=True, separators=(",", ":")).encode()
    house.disk.files[path].data = bytearray(b"\n".join(lines))
    assert house.problems()
    house.tail()
    period = Period(UtcNs(0), house.clock.now())
    found = [ref for ref in house.reader().fragments(STREAM, period) if isinstance(ref, FragmentRef)]
    assert found
    assert all(house.reader().read(ref) for ref in found if ref.seq > 1)
