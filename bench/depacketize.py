"""What one RTP packet and one frame cost from the socket's bytes to the access unit.

Replays 1080p25-like video (16 packets of 1400 bytes a frame, STAP-A and FU-A) through RtspConnection and H264Track
from memory, a frame per read, so the figures are of a warm cache.
"""

from __future__ import annotations

import time

from bench.report import machine
from bench.section import Section
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.depacketize_video import H264Track, H265Track, VideoTrack
from mingjian.wire.packetize import rtp_packet, video_payloads
from mingjian.wire.rtsp import RtspConnection

NAME = "depacketize"
TITLE = "Packets to frames"
PACKET_US, FRAME_US = 1.0, 15.0
"""The gates: what one RTP packet and one frame may take."""
FRAMES = 500
FRAME_BYTES = 20_000
ROUNDS = 20


class Counter:
    """Counts what comes out."""

    def __init__(self) -> None:
        self.pictures = self.bytes = self.damaged = 0

    def on_video_config(self, config: VideoConfig) -> None:
        pass

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        self.pictures += 1
        self.bytes += len(data)
        self.damaged += damaged

    def on_packets_lost(self, packets: int) -> None:
        self.damaged += packets


def recorded(codec: Codec) -> tuple[list[bytes], int]:
    """`FRAMES` reads of one frame each, and how many packets they hold."""
    head = b"\x26\x01" if codec is Codec.H265 else b"\x65"
    later = b"\x02\x01" if codec is Codec.H265 else b"\x41"
    server, reads, sequence = RtspConnection(), [], 0
    for number in range(FRAMES):
        nal = (head if number % 50 == 0 else later) + b"\x80" + bytes(FRAME_BYTES)
        payloads = video_payloads(codec, [nal])
        read = b""
        for index, payload in enumerate(payloads):
            packet = rtp_packet(
                payload,
                marker=index == len(payloads) - 1,
                payload_type=96,
                sequence=sequence,
                timestamp=number * 3600,
                ssrc=7,
            )
            read += server.send_interleaved(0, packet)
            sequence += 1
        reads.append(read)
    return reads, sequence


def measure(codec: Codec) -> tuple[float, float]:
    """Best of `ROUNDS` replays: microseconds per packet and per frame."""
    reads, packets = recorded(codec)
    best = float("inf")
    for _ in range(ROUNDS):
        counter = Counter()
        track: VideoTrack = H265Track(96, counter) if codec is Codec.H265 else H264Track(96, counter)
        connection = RtspConnection()
        connection.route(0, track.take, track.take_alike)
        started = time.perf_counter()
        for read in reads:
            connection.receive_data(read)
        best = min(best, time.perf_counter() - started)
        if counter.pictures != FRAMES or counter.damaged:
            raise ValueError(f"{codec}: {counter.pictures} of {FRAMES} frames, {counter.damaged} damaged")
    return best / packets * 1e6, best / FRAMES * 1e6


def run(quick: bool) -> Section:
    found = {codec: measure(codec) for codec in (Codec.H264, Codec.H265)}
    return Section(report(found), all(p <= PACKET_US and f <= FRAME_US for p, f in found.values()))


def report(found: dict[Codec, tuple[float, float]]) -> str:
    rows = "\n".join(
        f"| {codec.value} | {packet:.2f} | {frame:.1f} "
        f"| {'met' if packet <= PACKET_US and frame <= FRAME_US else 'MISSED'} |"
        for codec, (packet, frame) in found.items()
    )
    return f"""
| codec | µs per RTP packet (≤ {PACKET_US:g}) | µs per frame (≤ {FRAME_US:g}) | |
|---|---:|---:|---|
{rows}

Machine: {machine()}.

Method: {FRAMES} frames of {FRAME_BYTES // 1000} kB in packets of 1400 bytes are replayed from memory, a frame per read,
through the RTSP connection and the depacketiser; best of {ROUNDS} rounds, so the cache is warm.
"""
