"""RTCP (RFC 3550 §6): read sender reports and goodbyes, write receiver reports with their SDES, and goodbyes.

Sender reports are written by `wire.packetize`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import UtcNs
from mingjian.wire.ntp import utc_of_ntp

MAX_PACKETS = 32
"""Packets read of one compound; real ones hold two or three."""
SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION, GOODBYE = 200, 201, 202, 203


@dataclass(frozen=True, slots=True)
class SenderReport:
    """A sender's own clock beside its media time (§6.4.1)."""

    ssrc: int
    ntp: int
    """64-bit NTP time: seconds and 2^-32 parts."""
    rtp: int
    packets: int
    octets: int

    @property
    def utc(self) -> UtcNs:
        return utc_of_ntp(self.ntp)


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The sender leaves (§6.6)."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one sender (§6.4.1). Delays count 1/65536 s."""

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_sequence: int
    jitter: int = 0
    last_report: int = 0
    delay: int = 0


def parse_rtcp(data: bytes) -> list[SenderReport | Goodbye]:
    """The sender reports and goodbyes of a compound; reading stops at the first thing that is no RTCP."""
    found: list[SenderReport | Goodbye] = []
    at = 0
    for _ in range(MAX_PACKETS):
        if at + 4 > len(data) or data[at] & 0xC0 != 0x80:
            break
        kind = data[at + 1]
        end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3])
        if end > len(data):
            break
        if kind == SENDER_REPORT and end - at >= 28:
            words = [int.from_bytes(data[i : i + 4], "big") for i in range(at + 4, at + 28, 4)]
            found.append(SenderReport(words[0], words[1] << 32 | words[2], words[3], words[4], words[5]))
        elif kind == GOODBYE and end - at >= 8:
            found.append(Goodbye(int.from_bytes(data[at + 4 : at + 8], "big")))
        at = end
    return found


def render_receiver_report(ssrc: int, blocks: tuple[ReportBlock, ...], cname: str) -> bytes:
    """A compound of receiver report and SDES; at most 31 blocks."""
    body = ssrc.to_bytes(4, "big") + b"".join(_block(block) for block in blocks[:31])
    return _packet(RECEIVER_REPORT, min(len(blocks), 31), body) + _cname(ssrc, cname)


def render_goodbye(ssrc: int) -> bytes:
    """A goodbye alone."""
    return _packet(GOODBYE, 1, ssrc.to_bytes(4, "big"))


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return bytes((0x80 | count, kind)) + (len(body) // 4).to_bytes(2, "big") + body


def _block(block: ReportBlock) -> bytes:
    lost = max(-0x80_0000, min(block.cumulative_lost, 0x7F_FFFF)) & 0xFF_FFFF
    numbers = (
        (block.ssrc, 4),
        (max(0, min(block.fraction_lost, 255)), 1),
        (lost, 3),
        (block.highest_sequence & 0xFFFF_FFFF, 4),
        (block.jitter, 4),
        (block.last_report, 4),
        (block.delay & 0xFFFF_FFFF, 4),
    )
    return b"".join(number.to_bytes(size, "big") for number, size in numbers)


def _cname(ssrc: int, cname: str) -> bytes:
    text = cname.encode()[:255]
    chunk = ssrc.to_bytes(4, "big") + bytes((1, len(text))) + text + b"\0"
    return _packet(SOURCE_DESCRIPTION, 1, chunk + b"\0" * (-len(chunk) % 4))
