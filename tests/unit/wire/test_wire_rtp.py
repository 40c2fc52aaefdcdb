"""RTP and RTCP: headers, gaps, wraps, reordering, reports."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import UtcNs
from mingjian.wire.packetize import rtp_packet, sender_report
from mingjian.wire.rtcp import Goodbye, ReportBlock, SenderReport, parse_rtcp, render_goodbye, render_receiver_report
from mingjian.wire.rtp import MAX_REORDER_PACKETS, Reorderer, RtpTrack, Unwrapper, parse_rtp, timestamp_of


class Payloads(RtpTrack):
    """Keeps what the track hands on."""

    def __init__(self) -> None:
        super().__init__(96)
        self.got: list[tuple[bytes, int, bool, int]] = []

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        self.got.append((buffer[at:end], timestamp_of(moment), marker, lost))


def packet(sequence: int, payload: bytes = b"x", *, ssrc: int = 1, payload_type: int = 96, timestamp: int = 0) -> bytes:
    return rtp_packet(
        payload, marker=False, payload_type=payload_type, sequence=sequence, timestamp=timestamp, ssrc=ssrc
    )


def losses(track: Payloads, packets: list[bytes]) -> list[int]:
    for data in packets:
        track.take(b"??" + data + b"??", 2, 2 + len(data))
    return [lost for _, _, _, lost in track.got]


def test_padding_extension_and_contributors_are_left_out() -> None:
    data = bytes((0xB2, 0x80 | 96)) + b"\0\1" + b"\0\0\0\2" + b"\0\0\0\3" + bytes(8)
    data += b"\xbe\xde\0\1" + b"ext!" + b"payload" + b"\0\0\3"
    track = Payloads()
    track.take(data, 0, len(data))
    assert track.got == [(b"payload", 2, True, 0)]
    whole = parse_rtp(data)
    assert whole is not None
    assert (whole.payload, whole.ssrc, whole.sequence) == (b"payload", 3, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 11,
        b"\x40\x60" + bytes(10),
        b"\x8f\x60" + bytes(10),
        b"\x90\x60" + bytes(10),
        b"\x90\x60" + bytes(12) + b"\xff\xff",
        b"\xa0\x60" + bytes(10),
        b"\xa0\x60" + bytes(9) + b"\x20",
    ],
)
def test_broken_headers_are_ignored(data: bytes) -> None:
    track = Payloads()
    track.take(data, 0, len(data))
    assert track.got == []
    assert parse_rtp(data) is None


def test_loss_is_counted_across_the_wrap() -> None:
    track = Payloads()
    assert losses(track, [packet(65_534), packet(65_535), packet(2), packet(3)]) == [0, 0, 2, 0]
    assert track.lost == 2
    assert track.extended_highest() == 65_539


def test_late_doubled_and_foreign_packets_are_ignored() -> None:
    track = Payloads()
    packets = [packet(10), packet(10), packet(9), packet(11, payload_type=97), packet(500, ssrc=9), packet(11)]
    assert losses(track, packets) == [0, 0]
    assert track.ignored == 4


def test_another_source_is_taken_when_it_goes_on() -> None:
    track = Payloads()
    assert losses(track, [packet(10), packet(500, ssrc=9), packet(501, ssrc=9), packet(502, ssrc=9)]) == [0, 1, 0]
    assert track.ssrc == 9


def test_a_new_numbering_is_taken_when_it_goes_on() -> None:
    track = Payloads()
    assert losses(track, [packet(10), packet(30_000), packet(30_001), packet(30_002)]) == [0, 1, 0]


@given(st.binary(max_size=80))
def test_any_bytes_are_survived(data: bytes) -> None:
    track = Payloads()
    track.take(data, 0, len(data))
    parse_rtp(data)
    parse_rtcp(data)


def test_time_unwraps_forward_and_back() -> None:
    unwrapper = Unwrapper()
    values = [0xFFFF_FF00, 0x100, 0xFFFF_FFF0, 0x200]
    assert [unwrapper.unwrap(v) for v in values] == [0xFFFF_FF00, 0x1_0000_0100, 0xFFFF_FFF0, 0x1_0000_0200]
    assert unwrapper.nearest(0xFFFF_FFFF) == 0xFFFF_FFFF
    assert unwrapper.unwrap(0x300) == 0x1_0000_0300


@given(st.integers(0, 0xFFFF), st.integers(0, 2**32), st.integers(1, 30))
def test_reordered_packets_come_out_in_order(first: int, seed: int, distance: int) -> None:
    packets = [packet((first + n) & 0xFFFF, bytes([n])) for n in range(100)]
    shuffled = sorted(enumerate(packets), key=lambda pair: pair[0] + random.Random(seed + pair[0]).random() * distance)
    start = next(index for index, (number, _) in enumerate(shuffled) if number == 0)
    reorderer = Reorderer()
    out = [p for _, data in [shuffled[start], *shuffled[:start], *shuffled[start + 1 :]] for p in reorderer.push(data)]
    assert out == packets


def test_a_lost_packet_holds_the_others_only_so_long() -> None:
    reorderer = Reorderer()
    out = [p for n in range(200) if n != 5 for p in reorderer.push(packet(n))]
    assert len(out) == 199
    assert reorderer.push(packet(5)) == []
    assert reorderer.push(b"short") == []
    held = Reorderer()
    held.push(packet(0))
    assert all(held.push(packet(2 + n)) == [] for n in range(MAX_REORDER_PACKETS))
    assert len(held.push(packet(2 + MAX_REORDER_PACKETS))) == MAX_REORDER_PACKETS + 1


def test_a_new_numbering_passes_the_reorderer() -> None:
    reorderer = Reorderer()
    reorderer.push(packet(0))
    reorderer.push(packet(2))
    assert reorderer.push(packet(40_000)) == []
    assert reorderer.push(packet(40_001)) == [packet(2), packet(40_001)]
    assert reorderer.push(packet(40_002)) == [packet(40_002)]


def test_a_sender_report_is_read() -> None:
    now = UtcNs(1_767_225_600_123_456_789)
    data = sender_report(ssrc=7, wall_clock=now, rtp_time=90_000, packets=3, octets=400, canonical_name="camera")
    (report,) = parse_rtcp(data)
    assert isinstance(report, SenderReport)
    assert (report.ssrc, report.rtp, report.packets, report.octets, report.utc) == (7, 90_000, 3, 400, now)
    assert parse_rtcp(render_goodbye(7)) == [Goodbye(7)]
    assert parse_rtcp(data + render_goodbye(7))[1:] == [Goodbye(7)]


def test_a_receiver_report_has_the_rfcs_layout() -> None:
    data = render_receiver_report(0x01020304, (ReportBlock(0x0A0B0C0D, 300, -1, 0x10005, 0, 9, 65_536),), "mj")
    assert data[:8] == bytes.fromhex("81c9000701020304")
    assert data[8:32] == bytes.fromhex("0a0b0c0dffffffff0001000500000000") + bytes.fromhex("0000000900010000")
    assert data[32:34] == b"\x81\xca"
    assert len(data) % 4 == 0
    assert parse_rtcp(data) == []
