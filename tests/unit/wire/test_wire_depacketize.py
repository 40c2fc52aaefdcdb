"""Depacketizers: what the packetizer takes apart comes together byte by byte; loss marks, never raises."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.depacketize_audio import AacTrack, G711Track
from mingjian.wire.depacketize_video import MAX_UNIT_BYTES, H264Track, H265Track, VideoTrack
from mingjian.wire.nal import from_length_prefixed, to_length_prefixed
from mingjian.wire.packetize import aac_payload, rtp_packet, video_payloads
from mingjian.wire.rtsp import RtspConnection

# Made by x264 and a camera's encoder: 1080p and 638x358
SPS_1080 = bytes.fromhex("6742c028da01e0089f97011000000300100000030320f1832a")
SPS_358 = bytes.fromhex("6764001eacd940a02fea6c0440000003004000000c83c58b6580")
PPS = bytes.fromhex("68ce0fc8")


@dataclass
class Heard:
    """Keeps everything a track says, in order."""

    pictures: list[tuple[int, bool, bytes, bool]] = field(default_factory=list)
    sounds: list[tuple[int, bytes, bool]] = field(default_factory=list)
    configs: list[VideoConfig] = field(default_factory=list)
    lost: int = 0

    def on_video_config(self, config: VideoConfig) -> None:
        self.configs.append(config)

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        self.pictures.append((timestamp, key, data, damaged))

    def on_sound(self, timestamp: int, data: bytes, damaged: bool) -> None:
        self.sounds.append((timestamp, data, damaged))

    def on_packets_lost(self, packets: int) -> None:
        self.lost += packets


def track_for(codec: Codec, heard: Heard) -> VideoTrack:
    return H265Track(96, heard) if codec is Codec.H265 else H264Track(96, heard)


def slice_nal(codec: Codec, size: int, *, key: bool = False, first: bool = True, fill: int = 0x5A) -> bytes:
    body = bytes([0x80 if first else 0x20]) + bytes([fill]) * size
    if codec is Codec.H265:
        return (b"\x26\x01" if key else b"\x02\x01") + body
    return (b"\x65" if key else b"\x41") + body


def packets(codec: Codec, pictures: list[list[bytes]], *, marker: str = "last", limit: int = 1400) -> list[bytes]:
    """RTP of `pictures` at 3600 ticks; `marker` is `last`, `none` or `every`."""
    found: list[bytes] = []
    for number, nals in enumerate(pictures):
        groups = [[nal] for nal in nals] if marker == "every" else [nals]
        payloads = [p for group in groups for p in video_payloads(codec, group, limit)]
        for index, payload in enumerate(payloads):
            set_marker = marker == "every" or (marker == "last" and index == len(payloads) - 1)
            found.append(
                rtp_packet(
                    payload,
                    marker=set_marker,
                    payload_type=96,
                    sequence=len(found),
                    timestamp=3600 * number,
                    ssrc=1,
                )
            )
    return found


def run(codec: Codec, stream: list[bytes]) -> Heard:
    heard = Heard()
    track = track_for(codec, heard)
    for data in stream:
        track.take(data, 0, len(data))
    track.flush()
    return heard


BOTH = pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])


@BOTH
@pytest.mark.parametrize("marker", ["last", "none"])
@pytest.mark.parametrize("limit", [16, 100, 1400])
def test_pictures_come_together_byte_by_byte(codec: Codec, marker: str, limit: int) -> None:
    pictures = [
        [slice_nal(codec, 3000, key=True), slice_nal(codec, 2500, key=True, first=False)],
        [slice_nal(codec, 40), slice_nal(codec, 30, first=False)],
        [slice_nal(codec, 1397)],
        [slice_nal(codec, 5)],
    ]
    heard = run(codec, packets(codec, pictures, marker=marker, limit=limit))
    expected = [(3600 * n, n == 0, to_length_prefixed(nals)) for n, nals in enumerate(pictures)]
    assert [(time, key, data) for time, key, data, _ in heard.pictures] == expected
    damaged = [d for _, _, _, d in heard.pictures]
    assert not any(damaged[:-1])
    assert damaged[-1] is (marker == "none")


def test_a_marker_after_every_slice_is_found_out() -> None:
    pictures = [[slice_nal(Codec.H264, 50, key=n == 0), slice_nal(Codec.H264, 60, first=False)] for n in range(5)]
    heard = run(Codec.H264, packets(Codec.H264, pictures, marker="every"))
    whole = [(time, data) for time, _, data, damaged in heard.pictures if not damaged]
    assert whole[1:] == [(3600 * n, to_length_prefixed(pictures[n])) for n in range(1, 4)]


def test_parameter_sets_in_band_and_their_change() -> None:
    heard = Heard()
    track = H264Track(96, heard, (SPS_1080, PPS))
    assert [(c.width, c.height) for c in heard.configs] == [(1920, 1080)]
    key = slice_nal(Codec.H264, 20, key=True)
    pictures = [[SPS_1080, PPS, key], [slice_nal(Codec.H264, 20)], [SPS_358, PPS, key], [SPS_358, PPS, key]]
    for data in packets(Codec.H264, pictures):
        track.take(data, 0, len(data))
    assert [(c.width, c.height) for c in heard.configs] == [(1920, 1080), (638, 358)]
    assert heard.pictures[2][2] == to_length_prefixed(pictures[2])


@BOTH
def test_each_lost_packet_marks_its_picture_and_no_other(codec: Codec) -> None:
    pictures = [[slice_nal(codec, 4000, key=n == 0)] for n in range(4)]
    stream = packets(codec, pictures)
    per_picture = len(stream) // 4
    for gone in range(1, len(stream) - 1):
        heard = run(codec, stream[:gone] + stream[gone + 1 :])
        assert heard.lost == 1
        marked = {time // 3600 for time, _, _, damaged in heard.pictures if damaged}
        hit = gone // per_picture
        assert hit in marked or hit * 3600 not in {time for time, _, _, _ in heard.pictures}
        assert marked <= {hit, hit + 1}
        whole = {time // 3600: data for time, _, data, damaged in heard.pictures if not damaged}
        assert all(data == to_length_prefixed(pictures[n]) for n, data in whole.items())


@BOTH
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), loss=st.sampled_from([0.01, 0.05, 0.3]))
def test_random_loss_never_passes_unmarked(codec: Codec, seed: int, loss: float) -> None:
    chance = random.Random(seed)
    pictures = [[slice_nal(codec, 1000 + 50 * n, key=n % 10 == 0, fill=n)] for n in range(20)]
    stream = [p for p in packets(codec, pictures, limit=300) if chance.random() >= loss]
    expected = {3600 * n: to_length_prefixed(nals) for n, nals in enumerate(pictures)}
    for time, _, data, damaged in run(codec, stream).pictures[1:]:
        assert damaged or data == expected[time]


@BOTH
@given(payloads=st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 3), st.booleans()), max_size=30))
def test_any_payloads_are_survived(codec: Codec, payloads: list[tuple[bytes, int, bool]]) -> None:
    stream = [
        rtp_packet(payload, marker=marker, payload_type=96, sequence=n, timestamp=time, ssrc=1)
        for n, (payload, time, marker) in enumerate(payloads)
    ]
    heard = run(codec, stream)
    assert sum(len(data) for _, _, data, _ in heard.pictures) <= sum(len(p) + 8 * len(p) for p, _, _ in payloads)


@BOTH
def test_a_unit_without_end_is_bounded(codec: Codec) -> None:
    heard = Heard()
    track = track_for(codec, heard)
    head = b"\x62\x01\x93" if codec is Codec.H265 else b"\x7c\x85"
    middle = b"\x62\x01\x13" if codec is Codec.H265 else b"\x7c\x05"
    for number in range(MAX_UNIT_BYTES // 60_000 + 3):
        payload = (middle if number else head) + b"\x80" + bytes(60_000)
        data = rtp_packet(payload, marker=False, payload_type=96, sequence=number, timestamp=0, ssrc=1)
        track.take(data, 0, len(data))
    assert track.oversized == 1
    assert heard.pictures == []
    after = packets(codec, [[slice_nal(codec, 10, key=True)]])[0]
    late = after[:2] + (number + 1).to_bytes(2, "big") + (3600).to_bytes(4, "big") + after[8:]
    track.take(late, 0, len(late))
    assert [data for _, _, data, _ in heard.pictures] == [to_length_prefixed([slice_nal(codec, 10, key=True)])]


@BOTH
def test_empty_fragments_are_bounded(codec: Codec) -> None:
    heard = Heard()
    track = track_for(codec, heard)
    middle = b"\x62\x01\x13" if codec is Codec.H265 else b"\x7c\x05"
    head = b"\x62\x01\x93" if codec is Codec.H265 else b"\x7c\x85"
    for number in range(MAX_UNIT_BYTES // 64 + 10):
        payload = (middle if number else head) + b"\x80"
        data = rtp_packet(payload, marker=False, payload_type=96, sequence=number, timestamp=0, ssrc=1)
        track.take(data, 0, len(data))
    assert track.oversized == 1


@BOTH
@pytest.mark.parametrize("amid", ["single", "aggregated"])
def test_a_unit_amid_the_fragments_of_another_spoils_no_length(codec: Codec, amid: str) -> None:
    big, small = slice_nal(codec, 900, key=True), slice_nal(codec, 30, first=False)
    fragments = video_payloads(codec, [big], 300)
    between = video_payloads(codec, [small] if amid == "single" else [small, small], 300)
    stream = [
        rtp_packet(p, marker=n == len(fragments), payload_type=96, sequence=n, timestamp=0, ssrc=1)
        for n, p in enumerate([*fragments[:1], *between, *fragments[1:]])
    ]
    ((_, _, sample, damaged),) = run(codec, stream).pictures
    first, *others = from_length_prefixed(sample)
    assert damaged
    assert big.startswith(first)
    assert others == [small] * (1 if amid == "single" else 2)


@BOTH
def test_a_connection_that_ends_inside_a_unit_leaves_a_whole_sample(codec: Codec) -> None:
    big = slice_nal(codec, 900, key=True)
    payload = video_payloads(codec, [big], 300)[0]
    packet = rtp_packet(payload, marker=False, payload_type=96, sequence=0, timestamp=0, ssrc=1)
    ((_, _, sample, damaged),) = run(codec, [packet]).pictures
    (unit,) = from_length_prefixed(sample)
    assert damaged
    assert big.startswith(unit)


def test_aac_frames_alone_several_and_fragmented() -> None:
    heard = Heard()
    track = AacTrack(97, heard)
    several = b"\x00\x20" + (3 << 3).to_bytes(2, "big") + (2 << 3).to_bytes(2, "big") + b"abcde"
    split = (10 << 3).to_bytes(2, "big")
    payloads = [(aac_payload(b"one"), 0), (several, 1024), (b"\x00\x10" + split + b"01234", 3072)]
    payloads += [
        (b"\x00\x10" + split + b"56789", 3072),
        (b"\x00\x10\xff\xf8zz", 4096),
        (b"\x00", 0),
        (b"\xff\xff\0\0", 0),
    ]
    for number, (payload, time) in enumerate(payloads):
        data = rtp_packet(payload, marker=True, payload_type=97, sequence=number, timestamp=time, ssrc=1)
        track.take(data, 0, len(data))
    assert heard.sounds == [
        (0, b"one", False),
        (1024, b"abc", False),
        (2048, b"de", False),
        (3072, b"0123456789", False),
    ]


def test_g711_marks_what_follows_a_loss() -> None:
    heard = Heard()
    track = G711Track(8, heard)
    for sequence, time in ((0, 0), (1, 160), (3, 480)):
        data = rtp_packet(bytes(160), marker=False, payload_type=8, sequence=sequence, timestamp=time, ssrc=1)
        track.take(data, 0, len(data))
    assert [(time, damaged) for time, _, damaged in heard.sounds] == [(0, False), (160, False), (480, True)]
    assert heard.lost == 1


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_any_sound_is_survived(payloads: list[bytes]) -> None:
    heard = Heard()
    for track in (AacTrack(97, heard), G711Track(97, heard)):
        for number, payload in enumerate(payloads):
            data = rtp_packet(payload, marker=False, payload_type=97, sequence=number, timestamp=0, ssrc=1)
            track.take(data, 0, len(data))


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 1 << 32),
    spoiled=st.sampled_from(["nothing", "loss", "bytes", "order"]),
    first=st.sampled_from([0, 0xFFF0]),
    limit=st.sampled_from([90, 400, 1400]),
)
def test_packets_taken_together_are_as_if_taken_alone(
    codec: Codec, seed: int, spoiled: str, first: int, limit: int
) -> None:
    dice = random.Random(seed)
    pictures = [[slice_nal(codec, dice.choice([40, 3000, 30_000]), key=n == 0, fill=n + 1)] for n in range(6)]
    stream = [bytearray(packet) for packet in packets(codec, pictures, limit=limit)]
    for number, packet in enumerate(stream):
        packet[2:4] = ((first + number) & 0xFFFF).to_bytes(2, "big")
    for _ in range(0 if spoiled == "nothing" else 3):
        at = dice.randrange(len(stream) - 1)
        if spoiled == "loss":
            del stream[at]
        elif spoiled == "bytes":
            stream[at][dice.randrange(16)] ^= 1 << dice.randrange(8)
        else:
            stream[at], stream[at + 1] = stream[at + 1], stream[at]
    server = RtspConnection()
    sent = b"".join(server.send_interleaved(dice.choice([0, 0, 0, 1]) if spoiled == "bytes" else 0, p) for p in stream)
    cuts = [0, *sorted(dice.randrange(len(sent)) for _ in range(dice.randrange(8))), len(sent)]
    outcomes = []
    for together in (True, False):
        heard = Heard()
        track, connection = track_for(codec, heard), RtspConnection()
        connection.route(0, track.take, track.take_alike if together else None)
        for start, end in itertools.pairwise(cuts):
            connection.receive_data(sent[start:end])
        track.flush()
        outcomes.append((heard, track.lost, track.ignored, track.oversized, track.extended_highest()))
    assert outcomes[0] == outcomes[1]


def test_most_packets_of_a_picture_are_taken_together() -> None:
    heard = Heard()
    track, connection, calls = H264Track(96, heard), RtspConnection(), []

    def take(buffer: bytes, start: int, end: int) -> None:
        calls.append(end - start)
        track.take(buffer, start, end)

    connection.route(0, take, track.take_alike)
    stream = packets(Codec.H264, [[slice_nal(Codec.H264, 30_000, key=True)], [slice_nal(Codec.H264, 30_000)]])
    connection.receive_data(b"".join(connection.send_interleaved(0, packet) for packet in stream))
    track.flush()
    assert [len(picture[2]) for picture in heard.pictures] == [30_006, 30_006]
    assert len(calls) == 2  # of each picture the first packet
