"""RTP and RTCP: datagrams and interleaved frames of cameras, put together into pictures and sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from fuzz.harness import Harness, Pieces, strung
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.depacketize_audio import AacTrack, G711Track
from mingjian.wire.depacketize_video import H264Track, H265Track, VideoTrack
from mingjian.wire.nal import from_length_prefixed
from mingjian.wire.ntp import ntp_of, utc_of_ntp
from mingjian.wire.packetize import aac_payload, rtp_packet, sender_report, video_payloads
from mingjian.wire.rtcp import (
    Goodbye,
    ReportBlock,
    SenderReport,
    parse_rtcp,
    render_goodbye,
    render_receiver_report,
)
from mingjian.wire.rtp import MAX_REORDER_PACKETS, Reorderer, RtpTrack, Unwrapper, parse_rtp, timestamp_of
from mingjian.wire.rtsp import RtspConnection

if TYPE_CHECKING:
    from footage import Clip

PAYLOAD_TYPE = 96
SSRC = 0x1234_5678
CHANNEL = 0
SEED_LIMIT_BYTES = 300
"""Payloads of the seeds are short, so that one picture makes many packets."""
STREAM_BYTES = 16_384
NEW_TIME, MARKER, SKIP, ELSEWHERE = 1, 2, 4, 8
"""Flags before each payload: another picture, its last packet, a packet lost before it, another source."""
SPREAD_TIMES_INPUT = 100
"""What a listener may be given for each byte received: 68 for a unit of one byte, its length and its overhead."""


@dataclass
class Heard:
    """Keeps everything a track says."""

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
        assert packets > 0
        self.lost += packets


class Payloads(RtpTrack):
    """What `RtpTrack` hands on."""

    def __init__(self) -> None:
        super().__init__(PAYLOAD_TYPE)
        self.got: list[tuple[bytes, int, bool]] = []

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        assert 0 <= at <= end <= len(buffer)
        assert lost >= 0
        self.got.append((buffer[at:end], timestamp_of(moment), marker))


def datagrams(data: bytes) -> bool:
    """Track and whole-packet reader agree; the reorderer gives each datagram at most once and holds few back."""
    track, reorderer, unwrapper = Payloads(), Reorderer(), Unwrapper()
    due: list[bytes] = []
    pushed = list(Pieces(data).strings())
    for number, datagram in enumerate(pushed, 1):
        due += reorderer.push(datagram)
        assert len(due) <= number
    assert set(due) <= set(pushed)
    for datagram in (*pushed, *due):
        packet, before = parse_rtp(datagram), len(track.got)
        track.take(datagram, 0, len(datagram))
        if len(track.got) > before:
            assert packet is not None
            assert track.got[-1] == (packet.payload, packet.timestamp, packet.marker)
            nearest = unwrapper.nearest(packet.timestamp)
            assert nearest == unwrapper.unwrap(packet.timestamp)
    assert track.extended_highest() >= 0
    assert len(track.got) + track.ignored == len(pushed) + len(due)
    return bool(track.got)


def datagram_seeds() -> Iterator[bytes]:
    """Out of order over the end of the numbers, doubled, one lost for good; then an extension and a padding."""
    order = (65_534, 65_535, 0, 2, 1, 1, 3, *range(5, 5 + MAX_REORDER_PACKETS + 2))
    yield strung(
        rtp_packet(b"payload", marker=at % 3 == 0, payload_type=PAYLOAD_TYPE, sequence=at, timestamp=at // 3, ssrc=1)
        for at in order
    )
    extended = b"\x90\x60\0\1" + bytes(8) + b"\xbe\xde\0\1abcd" + b"payload"
    padded = b"\xa2\x60\0\2" + bytes(16) + b"payload\0\0\3"
    yield strung([extended, padded])


def stream_of(payloads: Iterable[tuple[int, bytes]]) -> bytes:
    """An input of the track harnesses: each payload behind its flags."""
    return strung(bytes((flags,)) + payload for flags, payload in payloads)


def packets(data: bytes, payload_type: int = PAYLOAD_TYPE) -> list[bytes]:
    """RTP of an input: sequence and time are kept by us, so that mutations reach what is inside the payloads."""
    found: list[bytes] = []
    sequence, time = 0xFFF8, 0
    for string in Pieces(data).strings():
        flags, payload = string[0] if string else 0, string[1:]
        sequence += 2 if flags & SKIP else 1
        time += 3600 * (flags & NEW_TIME)
        ssrc = SSRC + (flags & ELSEWHERE)
        marker = flags & MARKER != 0
        found.append(
            rtp_packet(payload, marker=marker, payload_type=payload_type, sequence=sequence, timestamp=time, ssrc=ssrc)
        )
    return found


def video(codec: Codec) -> Callable[[bytes], bool]:
    """Packets taken together are as if taken alone; pictures are whole samples; memory is bounded by the input."""
    maker: type[H264Track | H265Track] = H265Track if codec is Codec.H265 else H264Track

    def check(data: bytes) -> bool:
        stream = packets(data)
        sender = RtspConnection()
        sent = b"".join(sender.send_interleaved(CHANNEL, packet) for packet in stream)
        outcomes = []
        for together in (True, False):
            listener = Heard()
            track: VideoTrack = maker(PAYLOAD_TYPE, listener)
            connection = RtspConnection()
            connection.route(CHANNEL, track.take, track.take_alike if together else None)
            connection.receive_data(sent)
            track.flush()
            outcomes.append((listener, track.lost, track.ignored, track.oversized, track.extended_highest()))
        assert outcomes[0] == outcomes[1]
        listener = outcomes[0][0]
        for _, _, sample, _ in listener.pictures:
            assert from_length_prefixed(sample)
        assert sum(len(sample) for _, _, sample, _ in listener.pictures) <= SPREAD_TIMES_INPUT * len(data)
        return bool(listener.pictures)

    return check


@lru_cache
def clip(codec: Codec) -> Clip:
    """One second of real video."""
    from footage import make_clip  # late: only seeds need an encoder, and every fuzzing process would wait for it

    return make_clip(codec, seconds=1, width=64, height=48, gop=10)


def video_seeds(codec: Codec) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        made = clip(codec)
        pictures = [from_length_prefixed(unit.data) for unit in made.units[:4]]
        sets = [bytes(nal) for nal in made.config.video.parameter_sets]
        pictures[0] = [*sets, *pictures[0]]
        pictures.append([pictures[1][0] + bytes(9 * SEED_LIMIT_BYTES)])  # fragments of one length in a row
        for limit in (SEED_LIMIT_BYTES, 1400):
            found: list[tuple[int, bytes]] = []
            for nals in pictures:
                payloads = video_payloads(codec, nals, limit)
                found += [(MARKER * (n == len(payloads)) | (n == 1), p) for n, p in enumerate(payloads, 1)]
            for seed in (found, [(flags & ~MARKER, p) for flags, p in found], found[::2], found[: len(found) // 2]):
                if len(whole := stream_of(seed)) <= STREAM_BYTES:
                    yield whole
        yield stream_of((NEW_TIME | MARKER, nal) for nals in pictures for nal in nals)

    return seeds


def sound(data: bytes) -> bool:
    """AAC and G.711 of any payloads; no frame is empty, and none holds more than was sent."""
    stream = packets(data)
    heard = Heard()
    for track in (AacTrack(PAYLOAD_TYPE, heard), G711Track(PAYLOAD_TYPE, heard)):
        for packet in stream:
            track.take(packet, 0, len(packet))
    assert all(frame for _, frame, _ in heard.sounds)
    assert all(0 <= time < 1 << 32 for time, _, _ in heard.sounds)
    assert sum(len(frame) for _, frame, _ in heard.sounds) <= 2 * len(data)
    return bool(heard.sounds)


def sound_seeds() -> Iterator[bytes]:
    frames = [bytes((number,)) * 40 for number in range(1, 5)]
    yield stream_of((NEW_TIME | MARKER, aac_payload(frame)) for frame in frames)
    sizes = b"".join((len(frame) << 3).to_bytes(2, "big") for frame in frames[:2])
    several = b"\x00\x20" + sizes + b"".join(frames[:2])
    split = b"\x00\x10" + (80 << 3).to_bytes(2, "big")
    yield stream_of([(NEW_TIME, several), (NEW_TIME, split + frames[0]), (MARKER, split + frames[1])])
    yield stream_of((NEW_TIME | SKIP, frame) for frame in frames)


def reports(data: bytes) -> bool:
    """What a compound says can be said again; the sender's clock is an instant of our era."""
    found = parse_rtcp(data)
    for report in found:
        if isinstance(report, Goodbye):
            assert parse_rtcp(render_goodbye(report.ssrc)) == [report]
            continue
        assert utc_of_ntp(ntp_of(report.utc)) == report.utc
        again = sender_report(
            ssrc=report.ssrc,
            wall_clock=report.utc,
            rtp_time=report.rtp,
            packets=report.packets,
            octets=report.octets,
            canonical_name="",
        )
        (read,) = parse_rtcp(again)
        assert isinstance(read, SenderReport)
        assert (read.ssrc, read.utc, read.rtp, read.packets, read.octets) == (
            *(report.ssrc, report.utc, report.rtp),
            *(report.packets, report.octets),
        )
    return bool(found)


def report_seeds() -> Iterator[bytes]:
    now = UtcNs(1_767_225_600_123_456_789)
    made = sender_report(ssrc=1, wall_clock=now, rtp_time=90_000, packets=7, octets=4711, canonical_name="camera")
    block = ReportBlock(SSRC, 3, -2, 70_000, 5, 6, 7)
    yield made
    yield render_receiver_report(2, (block,), "mingjian") + render_goodbye(2)
    yield made + render_goodbye(1)


HARNESSES = (
    Harness(
        "rtp",
        datagrams,
        datagram_seeds,
        (parse_rtp, RtpTrack.take, Reorderer.push, Unwrapper.unwrap),
        (b"\x80\x60", b"\x90\xe0", b"\xa0\x60", b"\xbe\xde\0\1"),
    ),
    Harness(
        "video-h264",
        video(Codec.H264),
        video_seeds(Codec.H264),
        (H264Track.payload, VideoTrack.take_alike, VideoTrack.flush, from_length_prefixed),
        (b"\x7c\x85", b"\x7c\x05", b"\x7c\x45", b"\x78\0\3", b"\x67\x64\0", b"\x68\xeb", b"\x65\x88", b"\x41\x9a"),
        STREAM_BYTES,
    ),
    Harness(
        "video-h265",
        video(Codec.H265),
        video_seeds(Codec.H265),
        (H265Track.payload, VideoTrack.take_alike, VideoTrack.flush, from_length_prefixed),
        (b"\x62\1\x93", b"\x62\1\x13", b"\x62\1\x53", b"\x60\1\0\4", b"\x40\1", b"\x42\1", b"\x44\1", b"\x26\1\xaf"),
        STREAM_BYTES,
    ),
    Harness("sound", sound, sound_seeds, (AacTrack.payload, G711Track.payload), (b"\0\x10", b"\0\x20", b"\xff\xf8")),
    Harness(
        "rtcp",
        reports,
        report_seeds,
        (parse_rtcp, utc_of_ntp),
        (b"\x80\xc8\0\6", b"\x81\xcb\0\1", b"\x81\xc9\0\7"),
        1024,
    ),
)
