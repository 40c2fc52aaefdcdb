"""Deletion: past the ceiling, entry first, never inside the floor, never hastened by a clock (S3, S10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.audit.chain import EntryKind, parse
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.expiry import ClockStep, Expiry, HeldContainer, Hold, deadline, due, expire_forgotten
from mingjian.storage.recovery import chain_files
from storage_world import STREAM, FakeDisk, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FakeDisk(), tmp_path / "catalogue.sqlite")
    yield made
    made.catalogue.close()


def containers(house: House) -> list[str]:
    return [path for path in house.disk.files if path.endswith(".mp4")]


def test_N17_past_the_ceiling_the_entry_is_durable_before_the_file_goes(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 20)
    expiry = Expiry(house.disk, house.volumes[0], house.committer)
    house.clock.advance(1700)
    assert expiry.once([STREAM], house.clock.now()) == []
    house.clock.advance(200)
    seen: list[bool] = []

    def before(operation: str, path: str) -> None:
        if operation == "unlink":
            (file,) = chain_files(house.disk, house.volumes, STREAM)
            chain = house.disk.files[f"/v1/{file.path}"]
            lines = bytes(chain.data[: chain.durable]).splitlines()
            seen.append(parse(lines[-1]).kind is EntryKind.EXPIRE)

    house.disk.before = before
    assert len(expiry.once([STREAM], house.clock.now())) == 1
    assert seen == [True]
    assert containers(house) == []
    house.feed(recorder, 10)
    recorder.close()
    house.tail()
    assert house.problems() == []
    assert {row.path for row in house.catalogue.containers(STREAM, Period(UtcNs(0), UtcNs(1 << 62)))} == {
        path.removeprefix("/v1/") for path in containers(house)
    }


def test_a_hold_keeps_what_it_touches(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 20)
    begin = house.clock.now()
    house.clock.advance(5000)
    hold = Hold(STREAM, Period(UtcNs(begin - 10 * SECOND_NS), begin))
    assert Expiry(house.disk, house.volumes[0], house.committer).once([STREAM], house.clock.now(), lambda: [hold]) == []


def test_A17_2_3_a_clock_set_forward_does_not_delete(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 20)
    expiry = Expiry(house.disk, house.volumes[0], house.committer)
    house.clock.step_wall(40 * 86_400)
    recorder.tick()
    house.feed(recorder, 20)
    assert expiry.once([STREAM], house.clock.now()) == []
    assert len(containers(house)) >= 1


def test_a_start_with_a_wrong_clock_does_not_delete(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 20)
    recorder.close()
    house.clock.advance(40 * 86_400)
    house.restart()
    recorder = house.open()
    house.feed(recorder, 10)
    assert Expiry(house.disk, house.volumes[0], house.committer).once([STREAM], house.clock.now()) == []


def test_a_long_pause_of_one_camera_is_believed_when_another_recorded_through_it(house: House) -> None:
    paused, steady = house.open(), house.open("cam-2")
    house.feed(paused, 20)
    paused.close()
    for _ in range(5):
        house.feed(steady, 5)
        house.clock.advance(86_400)
        steady.tick()
    paused = house.open()
    house.feed(paused, 10)
    expiry = Expiry(house.disk, house.volumes[0], house.committer)
    assert len(expiry.once([STREAM], house.clock.now())) == 1


def test_A17_2_3_the_footage_of_a_removed_camera_expires_too(house: House) -> None:
    removed, steady = house.open(), house.open("cam-2")
    house.feed(removed, 20)
    removed.close()
    for _ in range(3):
        house.clock.advance(86_400)
        steady.tick()
        house.committer.commit_once()
    expiry = Expiry(house.disk, house.volumes[0], house.committer)
    done = expire_forgotten(expiry, house.committer, [steady.stream], house.clock.now())
    assert [one.container.stream for one in done] == [STREAM]
    assert expire_forgotten(expiry, house.committer, [steady.stream], house.clock.now()) == []
    assert not [path for path in containers(house) if STREAM in path]
    steady.close()
    assert house.problems() == []


def test_d2_a_removed_camera_keeps_what_is_inside_the_term(house: House) -> None:
    """Over midnight, since what is of today is not even looked at."""
    ten_to_midnight = DAY_NS - 600 * SECOND_NS
    house.clock.advance((ten_to_midnight - house.clock.now() % DAY_NS) % DAY_NS // SECOND_NS)
    removed, steady = house.open(), house.open("cam-2")
    house.feed(removed, 20)
    removed.close()
    held = containers(house)
    for _ in range(17):
        house.clock.advance(100)
        steady.tick()
        house.committer.commit_once()
    expiry = Expiry(house.disk, house.volumes[0], house.committer)
    assert expire_forgotten(expiry, house.committer, [steady.stream], house.clock.now()) == []
    assert containers(house) == held
    steady.close()


def test_a_crash_between_entry_and_unlink_is_finished(house: House) -> None:
    recorder = house.open()
    house.feed(recorder, 20)
    house.clock.advance(4000)

    def fail(operation: str, path: str) -> None:
        if operation == "unlink":
            raise OSError("gone")

    house.disk.before = fail
    with pytest.raises(OSError, match="gone"):
        Expiry(house.disk, house.volumes[0], house.committer).once([STREAM], house.clock.now())
    house.disk.before = lambda operation, path: None
    assert len(Expiry(house.disk, house.volumes[0], house.committer).once([STREAM], house.clock.now())) == 1
    recorder.close()
    assert house.problems() == []


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.integers(1, 10**5),
    st.integers(0, 10**5),
    st.lists(st.integers(1, 10**6)),
)
def test_A17_2_3_nothing_inside_the_floor_is_ever_due(
    age: int, shortfall: int, floor: int, over: int, steps: list[int]
) -> None:
    end = UtcNs(10**9 * SECOND_NS)
    now = UtcNs(end + age * SECOND_NS)
    held = HeldContainer(StreamId("a"), "a/x.mp4", 0, 1, 2, Period(UtcNs(end - 1), end), 1)
    clock_steps = [ClockStep(now, step * SECOND_NS) for step in steps] if now > end else []
    gone = due([held], now, floor_ns=floor * SECOND_NS, ceiling_ns=over * SECOND_NS, holds=[], steps=clock_steps)
    if gone:
        assert age - sum(steps if clock_steps else []) >= max(floor, over)


def test_only_later_steps_postpone() -> None:
    end = UtcNs(100 * DAY_NS)
    steps = [ClockStep(UtcNs(end - 1), DAY_NS), ClockStep(UtcNs(end + 1), 3 * DAY_NS)]
    assert deadline(end, 30 * DAY_NS, steps) == end + 33 * DAY_NS
