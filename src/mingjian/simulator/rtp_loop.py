"""A loop as RTP, prepared once: at send time only header fields and the SEI's digits are written.

A `PreparedLoop` is shared by every camera that plays the same loop; a `StreamSender` is one stream's own numbering.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND, Codec, VideoConfig
from mingjian.simulator.loops import Loop
from mingjian.simulator.sei import MESSAGE_ID, digits, send_time_nal
from mingjian.wire.nal import NalKind, nal_kind
from mingjian.wire.packetize import rtp_packet, sender_report, video_payloads

VIDEO_PAYLOAD_TYPE = 96
_FRAMED = 4
"""`$`, channel and two length bytes before each packet on a TCP connection (RFC 2326 §10.12)."""
_HEADER_BYTES = 12
_FIELDS = struct.Struct(">HII")
_NO_MESSAGE = -1


class ParameterSets(Enum):
    """Where a camera tells its parameter sets; `NOWHERE` is a broken one."""

    EVERYWHERE = "everywhere"
    IN_BAND = "in-band"
    NOWHERE = "nowhere"


class PreparedFrame(NamedTuple):
    """One picture as interleaved frames on channel 0."""

    template: bytes
    starts: tuple[int, ...]
    """Where each RTP packet begins; its `$` frame begins four bytes before."""
    message_at: int
    """Where the digits of the SEI stand; -1 without SEI."""
    key: bool


@dataclass(frozen=True, slots=True)
class PreparedLoop:
    """All pictures of a loop, ready to be sent."""

    config: VideoConfig
    fps: int
    frames: tuple[PreparedFrame, ...]


class Rendered(NamedTuple):
    """What one frame puts on the wire. The buffer is fresh and never changed afterwards, so that clients share it."""

    buffer: bytes | bytearray
    starts: Sequence[int]
    key: bool


def prepare_loop(loop: Loop, *, sei: bool, parameter_sets: ParameterSets) -> PreparedLoop:
    """The packets of `loop`, with room for the send time before every picture when `sei` is set."""
    codec = loop.config.codec
    message = send_time_nal(codec, UtcNs(0)) if sei else b""
    told = (NalKind.VPS, NalKind.SPS, NalKind.PPS)
    frames = []
    for frame in loop.frames:
        nals = list(frame.nals)
        if parameter_sets is ParameterSets.NOWHERE:
            nals = [nal for nal in nals if nal_kind(codec, nal) not in told]
        frames.append(_prepared(codec, _with_message(codec, nals, message), frame.key))
    return PreparedLoop(loop.config, loop.fps, tuple(frames))


def _shown(number: int, loop: PreparedLoop, clock_error_ns: int) -> PreparedFrame:
    """The picture of `loop` at frame `number`, as a clock so wrong has it."""
    return loop.frames[(number + round(clock_error_ns * loop.fps / SECOND_NS)) % len(loop.frames)]


def _with_message(codec: Codec, nals: list[bytes], message: bytes) -> list[bytes]:
    """The SEI goes before the first slice, behind the parameter sets (H.264 §7.4.1.2.3)."""
    if not message:
        return nals
    first = next(place for place, nal in enumerate(nals) if nal_kind(codec, nal) in (NalKind.SLICE, NalKind.IDR))
    return [*nals[:first], message, *nals[first:]]


def _prepared(codec: Codec, nals: list[bytes], key: bool) -> PreparedFrame:
    out = bytearray()
    starts = []
    payloads = video_payloads(codec, nals)
    for place, payload in enumerate(payloads):
        last = place == len(payloads) - 1
        packet = rtp_packet(payload, marker=last, payload_type=VIDEO_PAYLOAD_TYPE, sequence=0, timestamp=0, ssrc=0)
        out += b"$\0" + len(packet).to_bytes(2, "big")
        starts.append(len(out))
        out += packet
    found = out.find(MESSAGE_ID)
    return PreparedFrame(bytes(out), tuple(starts), found + len(MESSAGE_ID) if found >= 0 else _NO_MESSAGE, key)


class StreamSender:
    """The numbering of one stream: every client of a stream is sent the same packets.

    Its clock may be wrong: then the picture shows what that clock shows, as far as a loop can, which is the error
    rounded to a whole frame and taken modulo the loop (a multiple of its length does not show), and the SEI and the
    reports say it in full. RTP time stamps count time passed and are right. Pictures and clock change at a key frame.
    """

    def __init__(self, loop: PreparedLoop, *, ssrc: int, random: Callable[[], float]) -> None:
        self.loop = loop
        self.ssrc = ssrc
        self.clock_error_ns = 0
        """By how much the clock is wrong now."""
        self._random = random
        self._wanted: tuple[PreparedLoop, int] | None = None
        self._expected = -1
        self._sequence = int(random() * 0x10000)
        self._time_offset_90k = int(random() * 0x1_0000_0000)
        self._packets = 0
        self._octets = 0

    def change(self, loop: PreparedLoop) -> None:
        """Play `loop` from its next key frame on."""
        self._wanted = (loop, self._wanted[1] if self._wanted is not None else self.clock_error_ns)

    def set_clock_error(self, error_ns: int) -> None:
        """Be wrong by `error_ns` from the first key frame on that a clock so wrong shows."""
        self._wanted = (self._wanted[0] if self._wanted is not None else self.loop, error_ns)

    def time_back(self, seconds: float) -> None:
        """Let every later timestamp be `seconds` lower."""
        self._time_offset_90k -= round(seconds * TICKS_PER_SECOND)

    def rtp_time(self, moment: UtcNs) -> int:
        """The RTP time of a moment, for sender reports."""
        return moment * 9 // 100_000 + self._time_offset_90k

    def report(self, now: UtcNs) -> bytes:
        """A sender report as of `now`, by the stream's own clock."""
        return sender_report(
            ssrc=self.ssrc,
            wall_clock=UtcNs(now + self.clock_error_ns),
            rtp_time=self.rtp_time(now),
            packets=self._packets,
            octets=self._octets,
            canonical_name="camera",
        )

    def render(self, number: int, due: UtcNs, sent: UtcNs, *, drop: float = 0, corrupt: float = 0) -> Rendered | None:
        """Frame `number`, captured at `due` and sent at `sent`; `drop` and `corrupt` are shares of packets, 0 to 1.

        None while a gap in the numbers must be bridged to the next key frame: sending would only be garbage.
        """
        if self._wanted is not None and _shown(number, *self._wanted).key:
            (self.loop, self.clock_error_ns), self._wanted = self._wanted, None
        frame = _shown(number, self.loop, self.clock_error_ns)
        if number != self._expected and not frame.key:
            return None
        self._expected = number + 1
        buffer = bytearray(frame.template)
        if frame.message_at >= 0:
            text = digits(UtcNs(max(0, sent + self.clock_error_ns)))
            buffer[frame.message_at : frame.message_at + len(text)] = text
        timestamp = self.rtp_time(due) & 0xFFFF_FFFF
        sequence = self._sequence
        ssrc = self.ssrc
        write = _FIELDS.pack_into
        for start in frame.starts:
            write(buffer, start + 2, sequence, timestamp, ssrc)
            sequence = sequence + 1 & 0xFFFF
        self._sequence = sequence
        self._packets += len(frame.starts)
        self._octets += len(buffer) - len(frame.starts) * (_FRAMED + _HEADER_BYTES)
        if drop or corrupt:
            return self._spoilt(buffer, frame, drop, corrupt)
        return Rendered(buffer, frame.starts, frame.key)

    def _spoilt(self, buffer: bytearray, frame: PreparedFrame, drop: float, corrupt: float) -> Rendered:
        """What a bad line leaves of `buffer`."""
        out = bytearray()
        starts = []
        ends = [start - _FRAMED for start in frame.starts[1:]] + [len(buffer)]
        for start, end in zip(frame.starts, ends, strict=True):
            if self._random() < drop:
                continue
            packet = buffer[start - _FRAMED : end]
            if self._random() < corrupt:
                first = _FRAMED + _HEADER_BYTES
                at = first + int(self._random() * (len(packet) - first))
                packet[at] ^= 1 + int(self._random() * 255)
            starts.append(len(out) + _FRAMED)
            out += packet
        return Rendered(out, starts, frame.key)
