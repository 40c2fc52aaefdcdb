"""What one RTP packet and one frame cost from the socket's bytes to the access unit: `python bench/depacketize.py`.

Replays 1080p25-like video (16 packets of 1400 bytes a frame, STAP-A and FU-A) through RtspConnection and H264Track
from memory, a frame per read, so the figures are of a warm cache. Targets: 1 µs per packet, 15 µs per frame.
"""

from __future__ import annotations

import sys
import time

from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.depacketize_video import H264Track, H265Track, VideoTrack
from mingjian.wire.packetize import rtp_packet, video_payloads
from mingjian.wire.rtsp import RtspConnection

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
            sys.exit(f"{codec}: {counter.pictures} of {FRAMES} frames, {counter.damaged} damaged")
    return best / packets * 1e6, best / FRAMES * 1e6


if __name__ == "__main__":
    for codec in (Codec.H264, Codec.H265):
        per_packet_us, per_frame_us = measure(codec)
        print(f"{codec.value}: {per_packet_us:.2f} µs per RTP packet, {per_frame_us:.1f} µs per frame")
