"""What the packetizers write, the depacketizers read back byte for byte; layouts are those of the RFCs."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.depacketize_audio import AacTrack
from mingjian.wire.depacketize_video import H264Track, H265Track
from mingjian.wire.nal import from_length_prefixed
from mingjian.wire.packetize import aac_payload, rtp_packet, sender_report, video_payloads
from mingjian.wire.rtcp import SenderReport, parse_rtcp
from mingjian.wire.rtp import parse_rtp


class Listener:
    def __init__(self) -> None:
        self.pictures: list[tuple[int, bool, bytes, bool]] = []
        self.sounds: list[tuple[int, bytes, bool]] = []
        self.lost = 0

    def on_video_config(self, config: VideoConfig) -> None:
        raise AssertionError(f"these units hold no parameter sets: {config}")

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        self.pictures.append((timestamp, key, data, damaged))

    def on_sound(self, timestamp: int, data: bytes, damaged: bool) -> None:
        self.sounds.append((timestamp, data, damaged))

    def on_packets_lost(self, packets: int) -> None:
        self.lost += packets


def sei(codec: Codec, body: bytes) -> bytes:
    return (b"\x4e\x01" if codec is Codec.H265 else b"\x06") + body


def idr(codec: Codec, body: bytes) -> bytes:
    return (b"\x26\x01\x80" if codec is Codec.H265 else b"\x65\x80") + body


@given(
    st.sampled_from([Codec.H264, Codec.H265]),
    st.lists(st.binary(min_size=2, max_size=60), max_size=5),
    st.lists(st.binary(min_size=2, max_size=400), min_size=1, max_size=3),
    st.integers(16, 120),
)
def test_a_picture_comes_back_byte_for_byte(codec: Codec, notes: list[bytes], slices: list[bytes], limit: int) -> None:
    nals = [*(sei(codec, body) for body in notes), idr(codec, slices[0])]
    nals += [idr(codec, b"\0" + body).replace(b"\x80\0", b"\0\0", 1) for body in slices[1:]]
    payloads = video_payloads(codec, nals, limit)
    assert all(0 < len(payload) <= limit for payload in payloads)
    listener = Listener()
    track = (H265Track if codec is Codec.H265 else H264Track)(96, listener)
    for place, payload in enumerate(payloads):
        last = place == len(payloads) - 1
        packet = rtp_packet(payload, marker=last, payload_type=96, sequence=65_530 + place, timestamp=7, ssrc=9)
        track.take(packet, 0, len(packet))
    assert [(timestamp, key, damaged) for timestamp, key, _, damaged in listener.pictures] == [(7, True, False)]
    assert from_length_prefixed(listener.pictures[0][2]) == nals
    assert listener.lost == 0


def test_small_units_share_a_packet_and_large_ones_are_cut_as_the_rfcs_say() -> None:
    sps, pps, picture = b"\x67\1\2", b"\x28\3", b"\x65" + bytes(range(1, 30))
    assert video_payloads(Codec.H264, [sps, pps, picture], 16) == [
        b"\x78\0\3\x67\1\2\0\2\x28\3",
        b"\x7c\x85" + picture[1:15],
        b"\x7c\x05" + picture[15:29],
        b"\x7c\x45" + picture[29:],
    ]
    vps, sps, picture = b"\x40\1\7", b"\x42\1\7", b"\x26\1" + bytes(range(1, 30))
    assert video_payloads(Codec.H265, [vps, sps, picture], 16) == [
        b"\x60\1\0\3\x40\1\7\0\3\x42\1\7",
        b"\x62\1\x93" + picture[2:15],
        b"\x62\1\x13" + picture[15:28],
        b"\x62\1\x53" + picture[28:],
    ]


def test_empty_units_vanish_and_sound_is_no_picture() -> None:
    assert video_payloads(Codec.H264, [b"", b"\x65", b"\x65\x80"]) == [b"\x65\x80"]
    for codec, limit in ((Codec.AAC, 1400), (Codec.H264, 5)):
        with pytest.raises(Invalid):
            video_payloads(codec, [b"\x65\x80"], limit)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4))
def test_sound_comes_back_byte_for_byte(frames: list[bytes]) -> None:
    listener = Listener()
    track = AacTrack(97, listener)
    for place, frame in enumerate(frames):
        packet = rtp_packet(
            aac_payload(frame), marker=True, payload_type=97, sequence=place, timestamp=place * 1024, ssrc=3
        )
        track.take(packet, 0, len(packet))
    assert listener.sounds == [(place * 1024, frame, False) for place, frame in enumerate(frames)]


def test_a_frame_too_long_for_its_size_field_is_invalid() -> None:
    with pytest.raises(Invalid):
        aac_payload(bytes(8192))


def test_the_header_is_that_of_rfc_3550() -> None:
    packet = rtp_packet(b"xy", marker=True, payload_type=96, sequence=65_537, timestamp=1 << 32 | 5, ssrc=0xAABBCCDD)
    assert packet == bytes.fromhex("80e00001 00000005 aabbccdd") + b"xy"
    read = parse_rtp(packet)
    assert read is not None and (read.marker, read.sequence, read.timestamp, read.payload) == (True, 1, 5, b"xy")


@given(st.integers(0, 4_000_000_000_000_000_000), st.text(max_size=300))
def test_a_sender_report_ties_the_clock_to_the_media(now: int, name: str) -> None:
    compound = sender_report(
        ssrc=5, wall_clock=UtcNs(now), rtp_time=now * 9 // 100_000, packets=1, octets=2, canonical_name=name
    )
    assert len(compound) % 4 == 0
    (report,) = [one for one in parse_rtcp(compound) if isinstance(one, SenderReport)]
    assert (report.utc, report.rtp, report.packets) == (now, now * 9 // 100_000 & 0xFFFF_FFFF, 1)
    # The description behind it fills its length exactly and ends in at least one zero octet (§6.5).
    _, kind, words = struct.unpack_from(">BBH", compound, 28)
    assert kind == 202 and 28 + 4 + 4 * words == len(compound) and compound[-1] == 0
