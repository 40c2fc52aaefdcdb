"""RTP payloads of AAC (RFC 3640, mode AAC-hbr) and G.711 (RFC 3551) as audio frames.

Never raises for what the network brings. A frame is at most 8191 bytes of AAC (13 bits of size) or one packet.
"""

from __future__ import annotations

from typing import Protocol

from mingjian.wire.aac import FRAME_SAMPLES
from mingjian.wire.rtp import RtpTrack, timestamp_of

_HEADER_BYTES = 2
"""AAC-hbr: 13 bits of size, 3 of index."""


class AudioListener(Protocol):
    """Who receives a track's audio frames, in order."""

    def on_sound(self, timestamp: int, data: bytes, damaged: bool) -> None:
        """One frame; `timestamp` is the 32-bit RTP one, in the track's own clock rate."""
        ...

    def on_packets_lost(self, packets: int) -> None: ...


class AacTrack(RtpTrack):
    """Several frames in a packet, or one frame over several packets (RFC 3640 §3.2)."""

    def __init__(self, payload_type: int, listener: AudioListener, *, frame_samples: int = FRAME_SAMPLES) -> None:
        super().__init__(payload_type)
        self._listener = listener
        self._frame_samples = frame_samples
        self._parts: list[bytes] = []
        self._missing_bytes = 0
        self._damaged = False

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        if lost:
            self._listener.on_packets_lost(lost)
            self._damaged = True
            self._parts.clear()
            self._missing_bytes = 0
        if end - at < 2:
            return
        bits = buffer[at] << 8 | buffer[at + 1]
        header = at + 2
        body = header + (bits + 7) // 8
        if bits < 16 or body > end:
            self.ignored += 1
            return
        time = timestamp_of(moment)
        if self._missing_bytes:
            self._continue(buffer[body:end], time)
            return
        for number in range(bits // 16):
            size = (buffer[header] << 8 | buffer[header + 1]) >> 3
            header += _HEADER_BYTES
            if body + size > end:
                self._parts = [buffer[body:end]]
                self._missing_bytes = size - (end - body)
                return
            self._emit((time + number * self._frame_samples) & 0xFFFF_FFFF, buffer[body : body + size])
            body += size

    def _continue(self, more: bytes, time: int) -> None:
        self._parts.append(more)
        self._missing_bytes -= len(more)
        if not more or self._missing_bytes < 0:
            self.ignored += 1
            self._damaged = True
            self._parts.clear()
            self._missing_bytes = 0
        elif self._missing_bytes == 0:
            data = b"".join(self._parts)
            self._parts.clear()
            self._emit(time, data)

    def _emit(self, time: int, data: bytes) -> None:
        damaged, self._damaged = self._damaged, False
        if data:
            self._listener.on_sound(time, data, damaged)


class G711Track(RtpTrack):
    """Each packet is one frame."""

    def __init__(self, payload_type: int, listener: AudioListener) -> None:
        super().__init__(payload_type)
        self._listener = listener

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        if lost:
            self._listener.on_packets_lost(lost)
        if at < end:
            self._listener.on_sound(timestamp_of(moment), buffer[at:end], lost > 0)
