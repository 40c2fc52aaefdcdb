"""A hub never waits for a reader, and a reader never sees a frame whose reference it lost."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.media import AccessUnit, Codec, GapCause, StreamConfig, VideoConfig
from mingjian.transport.backlog import BEHIND_LIVE, SLOW_READER, Backlog, Dropped, Interrupted, Item
from mingjian.transport.demand import Demand, run_on_demand
from mingjian.transport.hub import Hub, Reader

CONFIG = StreamConfig(VideoConfig(Codec.H264, (b"\x67", b"\x68"), 1920, 1080, "avc1.4D0028"))
OTHER = StreamConfig(VideoConfig(Codec.H264, (b"\x67\x01", b"\x68"), 640, 360, "avc1.4D0028"))
GOP = 5


def frame(number: int, size: int = 100, gop: int = GOP) -> AccessUnit:
    return AccessUnit(number * 3600, number % gop == 0, bytes(size), UtcNs(number))


def sound(number: int) -> AccessUnit:
    return AccessUnit(number * 3600, True, b"a" * 10, UtcNs(number), audio=True)


def drain(backlog: Backlog) -> list[Item]:
    found: list[Item] = []
    while (item := backlog.pop()) is not None:
        found.append(item)
    return found


def numbers(items: list[Item]) -> list[int]:
    return [item.pts_90k // 3600 for item in items if isinstance(item, AccessUnit) and not item.audio]


async def take(reader: Reader, count: int) -> list[Item]:
    return [await anext(reader) for _ in range(count)]


def test_a_full_backlog_keeps_the_newest_group_and_says_what_was_lost() -> None:
    backlog = Backlog(bytes_max=800)
    backlog.push(CONFIG)
    for number in range(9):
        backlog.push(frame(number))
    items = drain(backlog)
    assert items[:2] == [CONFIG, Dropped(5, SLOW_READER)]
    assert numbers(items) == [5, 6, 7, 8]


def test_a_group_larger_than_the_bound_is_lost_to_its_end() -> None:
    backlog = Backlog(bytes_max=300)
    for number in range(7):
        backlog.push(frame(number))
    items = drain(backlog)
    assert items[0] == Dropped(5, SLOW_READER)
    assert numbers(items) == [5, 6]


def test_frames_lost_are_counted_even_if_the_reader_reads_between() -> None:
    backlog = Backlog(bytes_max=300)
    for number in range(4):
        backlog.push(frame(number))
    assert drain(backlog) == [Dropped(4, SLOW_READER)]
    backlog.push(frame(4))
    backlog.push(frame(5))
    assert drain(backlog) == [Dropped(1, SLOW_READER), frame(5)]


def test_a_single_frame_above_the_bound_still_passes() -> None:
    backlog = Backlog(bytes_max=50)
    backlog.push(frame(0, size=100))
    assert numbers(drain(backlog)) == [0]


def test_an_overflow_keeps_the_newest_configuration_before_its_frames() -> None:
    backlog = Backlog(bytes_max=600)
    backlog.push(CONFIG)
    for number in range(4):
        backlog.push(frame(number))
    backlog.push(Interrupted(GapCause.NETWORK, UtcNs(4)))
    backlog.push(OTHER)
    for number in range(5, 9):
        backlog.push(frame(number))
    assert drain(backlog) == [OTHER, Dropped(4, SLOW_READER), *[frame(n) for n in range(5, 9)]]


def test_audio_neither_starts_a_group_nor_counts_as_a_frame() -> None:
    backlog = Backlog(items_max=4)
    for number in range(1, 4):
        backlog.push(sound(number))
    backlog.push(frame(0))
    backlog.push(sound(4))
    assert drain(backlog) == [frame(0), sound(4)]


def test_skipping_goes_to_the_newest_key_frame_only() -> None:
    backlog = Backlog()
    for number in range(12):
        backlog.push(frame(number))
    backlog.skip_to_newest_key()
    items = drain(backlog)
    assert items[0] == Dropped(10, BEHIND_LIVE)
    assert numbers(items) == [10, 11]


def test_skipping_inside_the_only_group_loses_nothing() -> None:
    backlog = Backlog()
    for number in range(4):
        backlog.push(frame(number))
    backlog.pop()
    backlog.skip_to_newest_key()
    assert numbers(drain(backlog)) == [1, 2, 3]


actions = st.lists(
    st.one_of(
        st.tuples(st.just("unit"), st.integers(1, 400)),
        st.tuples(st.just("audio"), st.just(10)),
        st.tuples(st.just("config"), st.just(0)),
        st.tuples(st.just("interrupted"), st.just(0)),
        st.tuples(st.just("pop"), st.integers(1, 6)),
        st.tuples(st.just("skip"), st.just(0)),
    ),
    max_size=200,
)


@given(actions, st.integers(200, 2000), st.integers(3, 20))
def test_any_history_stays_bounded_and_decodable(
    history: list[tuple[str, int]], bytes_max: int, items_max: int
) -> None:
    backlog = Backlog(bytes_max=bytes_max, items_max=items_max)
    taken: list[Item] = []
    pushed = number = 0
    for action, size in history:
        if action == "unit":
            backlog.push(frame(number, size))
            number += 1
            pushed += 1
        elif action == "audio":
            backlog.push(sound(number))
        elif action == "config":
            number += -number % GOP  # after a configuration a source sends a key frame first
            backlog.push(CONFIG)
        elif action == "interrupted":
            backlog.push(Interrupted(GapCause.NETWORK, UtcNs(number)))
        elif action == "skip":
            backlog.skip_to_newest_key()
        else:
            taken += [item for _ in range(size) if (item := backlog.pop()) is not None]
        assert backlog.size_bytes <= max(bytes_max, 400)
        assert len(backlog) <= items_max + 3
    taken += drain(backlog)
    assert backlog.size_bytes == 0
    lost = sum(item.frames for item in taken if isinstance(item, Dropped))
    assert len(numbers(taken)) + lost == pushed
    expected: int | None = None
    for item in taken:
        if isinstance(item, Dropped):
            expected = None
        elif isinstance(item, AccessUnit) and not item.audio:
            at = item.pts_90k // 3600
            assert item.key or at == expected, "a frame without its reference was handed out"
            expected = at + 1


async def test_a_new_reader_gets_configuration_and_last_group_at_once() -> None:
    hub = Hub()
    hub.on_config(CONFIG)
    for number in range(8):
        hub.on_access_unit(frame(number))
    reader = hub.open()
    assert await take(reader, 4) == [CONFIG, frame(5), frame(6), frame(7)]


async def test_a_group_beyond_its_bound_is_not_kept() -> None:
    hub = Hub(gop_bytes_max=250)
    hub.on_config(CONFIG)
    for number in range(4):
        hub.on_access_unit(frame(number))
    reader = hub.open()
    assert await take(reader, 1) == [CONFIG]
    assert reader.waiting == 0
    hub.on_access_unit(frame(5))
    assert await take(reader, 1) == [frame(5)]


async def test_a_slow_reader_costs_no_other_reader_a_frame() -> None:
    hub = Hub()
    slow, quick = hub.open(), hub.open()
    hub.on_config(CONFIG)
    seen = []
    for number in range(100):
        hub.on_access_unit(frame(number, size=1024 * 1024))
        seen += [await anext(quick) for _ in range(quick.waiting)]
    assert numbers(seen) == list(range(100))
    assert not [item for item in seen if isinstance(item, Dropped)]
    left = [await anext(slow) for _ in range(slow.waiting)]
    assert isinstance(left[1], Dropped)
    assert left[1].frames + len(numbers(left)) == 100
    assert numbers(left)[0] % GOP == 0


async def test_an_interruption_is_told_to_old_and_new_readers_and_ends_with_a_configuration() -> None:
    hub = Hub()
    old = hub.open()
    hub.on_config(CONFIG)
    hub.on_access_unit(frame(0))
    hub.on_interrupted(GapCause.NETWORK, "reset", UtcNs(7))
    hub.on_interrupted(GapCause.CAMERA_TIMEOUT, "no answer", UtcNs(7))
    hub.on_interrupted(GapCause.CAMERA_TIMEOUT, "no answer", UtcNs(7))
    assert await take(old, 4) == [
        CONFIG,
        frame(0),
        Interrupted(GapCause.NETWORK, UtcNs(7)),
        Interrupted(GapCause.CAMERA_TIMEOUT, UtcNs(7)),
    ]
    assert old.waiting == 0
    assert await take(hub.open(), 1) == [Interrupted(GapCause.CAMERA_TIMEOUT, UtcNs(7))]
    hub.on_config(OTHER)
    assert await take(hub.open(), 1) == [OTHER]


async def test_readers_end_when_the_hub_closes_and_are_counted() -> None:
    counted: list[int] = []
    hub = Hub(on_readers=counted.append)
    one, two = hub.open(), hub.open()
    one.close()
    one.close()
    hub.on_config(CONFIG)
    hub.close()
    assert [item async for item in one] == []
    assert [item async for item in two] == [CONFIG]
    assert counted == [1, 2, 1]


def test_demand_lingers_after_the_last_reader() -> None:
    clock = ManualClock()
    demand = Demand(60)
    assert not demand.wanted(clock.monotonic_ns())
    demand.readers_changed(1, clock.monotonic_ns())
    assert demand.wanted(clock.monotonic_ns())
    assert demand.ends_in_s(clock.monotonic_ns()) is None
    demand.readers_changed(0, clock.monotonic_ns())
    clock.advance(59)
    assert demand.wanted(clock.monotonic_ns())
    assert demand.ends_in_s(clock.monotonic_ns()) == pytest.approx(1)
    clock.advance(1)
    assert not demand.wanted(clock.monotonic_ns())
    assert demand.ends_in_s(clock.monotonic_ns()) is None


async def test_a_source_runs_only_while_wanted() -> None:
    hub = Hub()
    running, stopped = asyncio.Event(), asyncio.Event()
    started: list[StreamConfig | None] = []

    async def source() -> None:
        started.append(hub.config)
        running.set()
        hub.on_config(CONFIG)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(run_on_demand(hub, source, ManualClock(), linger_s=0))
    await asyncio.sleep(0)
    assert not running.is_set()
    reader = hub.open()
    assert await anext(reader) == CONFIG
    reader.close()
    await stopped.wait()
    running.clear()
    again = hub.open()
    await running.wait()
    assert started == [None, None], "a source that starts again finds nothing stale"
    again.close()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failing_source_reaches_the_supervisor() -> None:
    hub = Hub()

    async def source() -> None:
        raise RuntimeError("broken")

    task = asyncio.create_task(run_on_demand(hub, source, ManualClock()))
    await asyncio.sleep(0)
    hub.open()
    with pytest.raises(RuntimeError, match="broken"):
        await task
