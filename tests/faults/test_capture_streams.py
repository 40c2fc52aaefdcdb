"""What cameras send and should not: whatever it is, the chain stays whole and says what was wrong with it.

Each fault comes with the mutant that would hide it. The words are those that the screens show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from camera_chain import KEY, PICTURES, SETS, Talker, Wrong, recorded, recorded_by

from footage import FRAME_90K, FRAMES_PER_SECOND, make_clip
from mingjian.kernel.media import AccessUnit, Codec, StreamConfig
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.wire.depacketize_video import MAX_UNIT_BYTES
from mingjian.wire.nal import NalKind, from_length_prefixed, nal_kind
from storage_world import House

both_engines = pytest.mark.parametrize("engine", ["native", "av"])
WRAP_32 = 1 << 32
WRAP_33 = 1 << 33
SECONDS = 6


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with recorded_by(tmp_path) as made:
        yield made


def whole(talker: Talker) -> None:
    talker.pictures(SECONDS)


def steps(units: list[AccessUnit]) -> set[int]:
    return {after.pts_90k - before.pts_90k for before, after in pairwise(units)}


class Masked(Wrong):
    """mutant_time_not_unwrapped: the camera's 32 bits are taken for the time."""

    def on_access_unit(self, unit: AccessUnit) -> None:
        super().on_access_unit(replace(unit, pts_90k=unit.pts_90k % WRAP_32))


@both_engines
@pytest.mark.parametrize("wrap", [WRAP_32, WRAP_33])
async def test_timestamps_that_wrap_are_no_jump(house: House, engine: str, wrap: int) -> None:
    start = wrap - 3 * 90_000
    found = await recorded(house, whole, engine=engine, start_90k=start, sequence=0xFFF0)
    assert steps(found.units) == {FRAME_90K}
    assert (found.causes, found.total("jumps"), found.total("lost"), found.problems()) == ([], 0, 0, [])
    assert len(found.decoded()) == SECONDS * FRAMES_PER_SECOND


async def test_mutant_time_not_unwrapped_is_caught(house: House) -> None:
    found = await recorded(house, whole, start_90k=WRAP_32 - 3 * 90_000, wrong=Masked)
    assert found.total("jumps") == 1


@pytest.mark.parametrize("seconds", [-5, -3600, 7, 3600])
async def test_a_clock_that_was_set_is_marked_and_costs_no_second(house: House, seconds: int) -> None:
    def script(talker: Talker) -> None:
        talker.pictures(3)
        talker.time_90k += seconds * 90_000
        talker.pictures(3)

    found = await recorded(house, script, start_90k=WRAP_32 // 2)
    assert found.total("jumps") == 1
    assert (found.causes, found.total("lost"), found.problems()) == ([], 0, [])
    assert len(found.decoded()) == SECONDS * FRAMES_PER_SECOND


async def test_doubled_packets_are_taken_once(house: House) -> None:
    def script(talker: Talker) -> None:
        for number in range(SECONDS * FRAMES_PER_SECOND):
            for packet in talker.packets(PICTURES[number % len(PICTURES)], limit=200):
                talker.put(packet, packet)

    found = await recorded(house, script)
    assert [unit.data for unit in found.units[: len(PICTURES)]] == [_sample(nals) for nals in PICTURES]
    assert (found.causes, found.total("lost"), found.total("damaged"), found.problems()) == ([], 0, 0, [])
    assert len(found.decoded()) == SECONDS * FRAMES_PER_SECOND


def _sample(nals: list[bytes]) -> bytes:
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


async def test_the_last_picture_of_a_camera_whose_marks_say_nothing_is_kept_and_marked(house: House) -> None:
    """Only the next picture would have ended it: it may lack slices that never came."""

    def script(talker: Talker) -> None:
        for number in range(SECONDS * FRAMES_PER_SECOND):
            unmarked = [packet[:1] + bytes((packet[1] & 0x7F,)) + packet[2:] for packet in _packets(talker, number)]
            talker.put(*unmarked)

    found = await recorded(house, script)
    assert [unit.data for unit in found.units[-2:]] == [_sample(PICTURES[number]) for number in (73, 74)]
    assert [unit.damaged for unit in found.units[-2:]] == [False, True]
    assert (found.causes, found.total("frames"), found.problems()) == ([], SECONDS * FRAMES_PER_SECOND, [])


def _packets(talker: Talker, number: int) -> list[bytes]:
    return talker.packets(PICTURES[number % len(PICTURES)])


EMPTY = {
    "no payload": b"",
    "one byte": b"\x00",
    "an aggregate of empty units": b"\x78" + bytes(40),
    "an aggregate cut short": b"\x78\x00\x09a",
    "a fragment of nothing": b"\x7c\x85",
    "the end of a fragment that never began": b"\x7c\x45",
    "a reserved kind": b"\x1f" + bytes(20),
}


@pytest.mark.parametrize("payload", EMPTY.values(), ids=EMPTY)
async def test_units_of_no_length_break_nothing(house: House, payload: bytes) -> None:
    def script(talker: Talker) -> None:
        talker.pictures(2)
        for number in range(2 * FRAMES_PER_SECOND):
            talker.put(*(talker.packet(payload) for _ in range(3)))
            talker.put(*talker.packets(PICTURES[number % len(PICTURES)]))
            talker.put(*(talker.packet(payload, marker=True) for _ in range(3)))
        talker.pictures(2)

    found = await recorded(house, script)
    assert (found.causes, found.problems()) == ([], [])
    assert len(found.units) >= SECONDS * FRAMES_PER_SECOND
    assert all(from_length_prefixed(unit.data) for unit in found.units)
    assert _sample(PICTURES[48]) in [unit.data for unit in found.units[-3:]], "the real ones come whole"


class Unmarked(Wrong):
    """mutant_loss_unmarked: what is missing is told to nobody."""

    def on_lost(self, packets: int) -> None:
        """Not handed on."""

    def on_access_unit(self, unit: AccessUnit) -> None:
        super().on_access_unit(replace(unit, damaged=False))


def huge(talker: Talker) -> None:
    talker.pictures(2)
    talker.put(*talker.packets([*SETS, KEY[-1] + bytes((0xFF,)) * (MAX_UNIT_BYTES + 1)], limit=60_000))
    talker.pictures(4)


@pytest.mark.parametrize(("wrong", "marked"), [(Wrong, True), (Unmarked, False)], ids=["ours", "mutant_loss_unmarked"])
async def test_a_unit_beyond_every_camera_is_left_out_and_marked(
    house: House, wrong: type[Wrong], marked: bool
) -> None:
    found = await recorded(house, huge, wrong=wrong)
    assert max(len(unit.data) for unit in found.units) < MAX_UNIT_BYTES
    assert (found.causes, found.problems()) == ([], [])
    assert (found.total("lost") > 0) is marked, "the chain says that something is missing"
    assert len(found.decoded()) == SECONDS * FRAMES_PER_SECOND


def endless(talker: Talker) -> None:
    talker.put(*talker.packets([*SETS, *KEY]))
    for number in range(35 * FRAMES_PER_SECOND):
        talker.put(*talker.packets(PICTURES[1 + number % (FRAMES_PER_SECOND - 1)]))


@pytest.mark.parametrize(
    ("limits", "kept"),
    [(None, True), (FragmentLimits(max_90k=1 << 40), False)],
    ids=["ours", "mutant_waits_for_a_key_frame"],
)
async def test_an_endless_group_of_pictures_is_cut_each_ten_seconds(
    tmp_path: Path, limits: FragmentLimits | None, kept: bool
) -> None:
    with recorded_by(tmp_path, limits) as house:
        found = await recorded(house, endless)
        assert (found.problems() == []) is kept
        assert (len(found.fragments) == 4) is kept
        if kept:
            first, *rest = found.fragments
            assert "key" not in first.fields
            assert {one.integer("key") for one in rest} == {first.seq}, "each piece names the one with its key frame"
            assert found.total("frames") == 1 + 35 * FRAMES_PER_SECOND
            assert (found.causes, found.total("lost")) == ([], 0)


class FirstConfig(Wrong):
    """mutant_parameters_kept: a change in mid-stream is not noticed."""

    def on_config(self, config: StreamConfig) -> None:
        if not hasattr(self, "_known"):
            self._known = config
            super().on_config(config)


@pytest.mark.parametrize(
    ("wrong", "told"), [(Wrong, True), (FirstConfig, False)], ids=["ours", "mutant_parameters_kept"]
)
async def test_another_picture_size_begins_a_new_container_and_costs_no_second(
    house: House, wrong: type[Wrong], told: bool
) -> None:
    other = [from_length_prefixed(unit.data) for unit in make_clip(Codec.H264, seconds=1, width=160, height=96).units]
    kinds = {nal_kind(Codec.H264, nal) for nal in other[0]}
    assert kinds >= {NalKind.SPS, NalKind.PPS, NalKind.IDR}

    def script(talker: Talker) -> None:
        for _ in range(2):
            talker.pictures(2)
            for nals in other:
                talker.put(*talker.packets(nals))

    found = await recorded(house, script, wrong=wrong)
    inits = {fragment.text("init_sha") for fragment in found.fragments}
    files = {fragment.text("file") for fragment in found.fragments}
    assert (len(inits) == 2 and len(files) == 4) is told
    if told:
        assert [config.video.width for config in found.configs] == [320, 160, 320, 160]
        assert (found.causes, found.total("lost"), found.problems()) == ([], 0, [])
        sizes = found.decoded()
        assert sizes == ([(320, 180)] * 50 + [(160, 96)] * 25) * 2


@pytest.mark.parametrize("percent", [1, 5, 30])
@pytest.mark.parametrize("wrong", [Wrong, Unmarked], ids=["ours", "mutant_loss_unmarked"])
async def test_what_is_lost_on_the_way_is_counted_and_its_fragment_marked(
    house: House, percent: int, wrong: type[Wrong]
) -> None:
    """On TCP, where only a camera or a relay that is out of room loses packets; UDP has a test of its own."""
    lost: list[int] = []

    def script(talker: Talker) -> None:
        talker.pictures(1)
        left = 7  # a fixed sequence: the test is about marks, not about chance
        for number in range(10 * FRAMES_PER_SECOND):
            for packet in talker.packets(PICTURES[number % len(PICTURES)], limit=100):
                left = left * 75 % 65_537
                if left % 100 < percent:
                    lost.append(number)
                else:
                    talker.put(packet)
        talker.pictures(1)

    found = await recorded(house, script, wrong=wrong)
    assert lost
    assert found.problems() == []
    assert found.causes == []
    if wrong is Wrong:
        assert found.total("lost") == len(lost)
        assert found.total("damaged") > 0
    else:
        assert found.total("lost") + found.total("damaged") == 0, "which the test above would not let pass"


async def test_while_one_camera_sends_rubbish_another_loses_nothing(tmp_path: Path) -> None:
    """I7, on one event loop: everything above at once beside a camera that is well."""

    def rubbish(talker: Talker) -> None:
        huge(talker)
        for payload in EMPTY.values():
            talker.put(*(talker.packet(payload, marker=True) for _ in range(100)))
        endless(talker)
        talker.time_90k -= 90_000 * 3600
        talker.pictures(2)

    (tmp_path / "well").mkdir()
    (tmp_path / "ill").mkdir()
    with recorded_by(tmp_path / "well") as well, recorded_by(tmp_path / "ill") as ill:
        good, bad = await asyncio.gather(recorded(well, whole), recorded(ill, rubbish))
        assert (good.causes, good.total("lost"), good.total("damaged"), good.problems()) == ([], 0, 0, [])
        assert good.total("frames") == SECONDS * FRAMES_PER_SECOND
        assert bad.problems() == []
