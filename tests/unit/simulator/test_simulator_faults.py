"""Faults as values: what they are called, which exclude each other, and what they do to packets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.simulator.control import obey
from mingjian.simulator.faults import RULES, Fault, Faults, parse_fault
from mingjian.simulator.loops import LoopSpec, resized
from mingjian.simulator.pacer import Pacer
from mingjian.simulator.places import Place
from mingjian.simulator.rtp_loop import ParameterSets, Rendered, StreamSender
from mingjian.simulator.scene import Look, Scene
from mingjian.simulator.sei import send_time
from mingjian.simulator.shelf import LoopShelf
from mingjian.wire.rtp import parse_rtp

LOOP = LoopSpec(Scene(Place.LOBBY, "旅馆大厅", "LOBBY"), width=320, height=180, seconds=2, gop=10, bitrate_bps=400_000)
NOW = UtcNs(1_767_225_600 * SECOND_NS)


def chances() -> Callable[[], float]:
    return np.random.default_rng(1).random


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


@pytest.fixture
def sender(shelf: LoopShelf) -> StreamSender:
    return StreamSender(shelf.prepared(LOOP), ssrc=77, random=chances())


def packets(rendered: Rendered | None) -> list[bytes]:
    assert rendered is not None
    ends = [start - 4 for start in rendered.starts[1:]] + [len(rendered.buffer)]
    found = []
    for start, end in zip(rendered.starts, ends, strict=True):
        head = rendered.buffer[start - 4 : start]
        assert head[:2] == b"$\0" and int.from_bytes(head[2:], "big") == end - start
        found.append(bytes(rendered.buffer[start:end]))
    return found


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("drop", (Fault.DROP, None, True)),
        ("drop=12.5", (Fault.DROP, 12.5, True)),
        (" wrong-password ", (Fault.WRONG_PASSWORD, None, True)),
        ("black=off", (Fault.BLACK, None, False)),
    ],
)
def test_faults_are_read_from_text(text: str, meant: tuple[Fault, float | None, bool]) -> None:
    assert parse_fault(text) == meant


@pytest.mark.parametrize("text", ["", "rain", "drop=101", "drop=nan", "drop=much", "time-back=-1"])
def test_what_is_no_fault_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        parse_fault(text)


def test_every_fault_has_a_rule_with_a_usual_value_in_range() -> None:
    assert set(RULES) == set(Fault)
    for rule in RULES.values():
        assert rule.least <= rule.default <= rule.most and rule.meaning and rule.meaning_en


def test_the_last_picture_fault_shows() -> None:
    faults = Faults().with_fault(Fault.BLACK).with_fault(Fault.DROP, 3).with_fault(Fault.MOVED)
    assert faults.look is Look.MOVED and Fault.BLACK not in faults and faults.value(Fault.DROP) == 3
    assert faults.without(Fault.MOVED).look is Look.NORMAL


def test_sequence_and_time_run_on_and_every_picture_carries_its_send_time(sender: StreamSender) -> None:
    first = packets(sender.render(0, NOW, UtcNs(NOW + 5)))
    second = packets(sender.render(1, UtcNs(NOW + SECOND_NS // 25), UtcNs(NOW + 9)))
    assert send_time(b"".join(first)) == NOW + 5 and send_time(b"".join(second)) == NOW + 9
    read = [parse_rtp(packet) for packet in first + second]
    assert all(one is not None and one.ssrc == 77 and one.payload_type == 96 for one in read)
    kept = [one for one in read if one is not None]
    assert all((b.sequence - a.sequence) & 0xFFFF == 1 for a, b in itertools.pairwise(kept))
    assert kept[-1].timestamp - kept[0].timestamp & 0xFFFF_FFFF == 3600
    assert [one.marker for one in kept] == [place in (len(first) - 1, len(kept) - 1) for place in range(len(kept))]


def test_a_gap_in_the_numbers_is_bridged_to_a_key_frame(sender: StreamSender) -> None:
    assert sender.render(3, NOW, NOW) is None
    assert sender.render(10, NOW, NOW) is not None
    assert sender.render(12, NOW, NOW) is None


def test_drop_loses_packets_and_keeps_their_numbers(sender: StreamSender) -> None:
    whole, kept = 0, []
    for number in range(50):
        whole += len(sender.loop.frames[number].starts)
        rendered = sender.render(number, NOW, NOW, drop=0.3)
        assert rendered is not None
        kept += packets(rendered) if rendered.starts else []
    assert 0.5 * whole < len(kept) < 0.9 * whole
    numbers = [int.from_bytes(packet[2:4], "big") for packet in kept]
    assert (numbers[-1] - numbers[0]) & 0xFFFF > len(kept)


def test_corrupt_damages_payloads_and_never_headers(shelf: LoopShelf) -> None:
    clean, bad = (StreamSender(shelf.prepared(LOOP), ssrc=77, random=chances()) for _ in range(2))
    pairs = [
        pair
        for number in range(10)
        for pair in zip(
            packets(clean.render(number, NOW, NOW)), packets(bad.render(number, NOW, NOW, corrupt=1.0)), strict=True
        )
    ]
    for good, spoilt in pairs:
        assert good[:12] == spoilt[:12] and sum(a != b for a, b in zip(good, spoilt, strict=True)) == 1


def test_time_back_lowers_every_later_timestamp_and_the_report_with_it(sender: StreamSender) -> None:
    before = sender.rtp_time(NOW)
    sender.time_back(5)
    assert sender.rtp_time(NOW) == before - 450_000


def test_another_loop_begins_at_its_key_frame(shelf: LoopShelf, sender: StreamSender) -> None:
    assert sender.render(0, NOW, NOW) is not None
    sender.change(shelf.prepared(resized(LOOP)))
    for number in range(1, 10):
        sender.render(number, NOW, NOW)
        assert sender.loop.config.width == 320
    rendered = sender.render(10, NOW, NOW)
    assert rendered is not None and rendered.key and sender.loop.config.width == 212


@pytest.mark.parametrize(("error_s", "keys"), [(0.32, [2, 12]), (-0.31, [8, 18]), (600.32, [2, 12]), (0.0, [10, 20])])
def test_a_wrong_clock_moves_the_picture_by_whole_frames_at_a_key_frame_and_the_send_time_with_it(
    sender: StreamSender, error_s: float, keys: list[int]
) -> None:
    error_ns = round(error_s * SECOND_NS)
    assert sender.render(0, NOW, NOW) is not None
    sender.set_clock_error(error_ns)
    found = []
    for number in range(1, 21):
        rendered = sender.render(number, NOW, NOW)
        assert rendered is not None, "no frame is missing meanwhile"
        found += [number] if rendered.key else []
        assert send_time(bytes(rendered.buffer)) == NOW + (error_ns if found else 0)
    assert found == keys, "frame n shows the picture of n and the error, in frames"
    assert sender.rtp_time(NOW) == sender.rtp_time(UtcNs(NOW - SECOND_NS)) + 90_000


def test_a_wrong_clock_and_another_loop_come_together(shelf: LoopShelf, sender: StreamSender) -> None:
    assert sender.render(0, NOW, NOW) is not None
    sender.change(shelf.prepared(resized(LOOP)))
    sender.set_clock_error(SECOND_NS)
    for number in range(1, 11):
        sender.render(number, NOW, NOW)
    assert (sender.loop.config.width, sender.clock_error_ns) == (212, SECOND_NS)


def test_parameter_sets_can_be_left_out(shelf: LoopShelf) -> None:
    silent = shelf.prepared(LOOP, parameter_sets=ParameterSets.NOWHERE)
    for set_ in silent.config.parameter_sets:
        assert all(set_ not in frame.template for frame in silent.frames)


def test_a_shelf_holds_one_copy_for_all_cameras(shelf: LoopShelf, tmp_path: Path) -> None:
    assert shelf.prepared(LOOP) is shelf.prepared(LOOP)
    assert shelf.prepared(LOOP) is not shelf.prepared(LOOP, sei=False)


def test_frames_are_due_in_phase_with_the_wall_clock() -> None:
    pacer = Pacer(ManualClock(), fps=25, phase_ns=2_000_000)
    number = pacer.following(NOW)
    assert pacer.due(number) == NOW + 2_000_000
    assert pacer.following(pacer.due(number)) == number + 1


@pytest.mark.parametrize("value", [10**400, float("inf"), float("nan"), -1])
def test_a_value_beyond_any_range_is_invalid(value: float) -> None:
    with pytest.raises(Invalid, match="fault-value"):
        Faults().with_fault(Fault.DROP, value)


@pytest.mark.parametrize("command", [b"[" * 60_000, b"", b"5", b'{"fault": "drop", "value": true}', b"\xff"])
def test_a_command_that_cannot_be_read_is_answered(command: bytes) -> None:
    assert json.loads(obey((), command))["error"]["code"] == "simulator.command"
