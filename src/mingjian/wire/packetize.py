"""Access units into RTP: what a camera sends (RFC 3550 §5, RFC 6184, RFC 7798, RFC 3640, RFC 3551).

Payload makers return the payloads of one access unit in order; the last one carries the marker bit. No payload is
longer than its `limit`, for which 1400 leaves room in an Ethernet frame for every header below.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import Codec
from mingjian.wire.ntp import ntp_of

PAYLOAD_LIMIT_BYTES = 1400
RTP_HEADER = struct.Struct(">BBHII")
_VERSION = 2 << 6
_STAP_A, _FU_A = 24, 28
_AP, _FU = 48, 49
_AAC_SIZE_BITS = 13
_MIN_LIMIT_BYTES = 16


def rtp_packet(payload: bytes, *, marker: bool, payload_type: int, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """One RTP packet; sequence and timestamp are cut to their fields."""
    head = RTP_HEADER.pack(_VERSION, marker << 7 | payload_type, sequence & 0xFFFF, timestamp & 0xFFFF_FFFF, ssrc)
    return head + payload


def sender_report(
    *, ssrc: int, wall_clock: UtcNs, rtp_time: int, packets: int, octets: int, canonical_name: str
) -> bytes:
    """A compound RTCP packet: sender report, then source description with the CNAME (RFC 3550 §6.1, §6.4.1, §6.5)."""
    stamp, time = ntp_of(wall_clock), rtp_time & 0xFFFF_FFFF
    counts = (packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
    report = struct.pack(">BBHIQIII", _VERSION, 200, 6, ssrc, stamp, time, *counts)
    name = canonical_name.encode()[:255]
    item = struct.pack(">IBB", ssrc, 1, len(name)) + name
    item += bytes(4 - len(item) % 4)
    return report + struct.pack(">BBH", _VERSION | 1, 202, len(item) // 4) + item


def video_payloads(codec: Codec, nals: Sequence[bytes], limit: int = PAYLOAD_LIMIT_BYTES) -> list[bytes]:
    """The payloads of one picture: small units aggregated, large ones fragmented. Raises Invalid for another codec."""
    if limit < _MIN_LIMIT_BYTES:
        raise Invalid(
            "rtp.limit",
            f"载荷上限至少为 {_MIN_LIMIT_BYTES} 字节",
            text_en=f"a payload takes at least {_MIN_LIMIT_BYTES} bytes",
            field="limit",
        )
    if codec is Codec.H264:
        return _pack(nals, limit, 1, _stap_a, _fu_a)
    if codec is Codec.H265:
        return _pack(nals, limit, 2, _ap, _fu)
    raise Invalid("rtp.codec", f"{codec} 不是视频编码", text_en=f"{codec} is not video", field="codec")


def aac_payload(frame: bytes) -> bytes:
    """One AAC frame in mode AAC-hbr, sizeLength 13, indexLength 3 (RFC 3640 §3.3.6). Raises Invalid when too long."""
    if len(frame) >= 1 << _AAC_SIZE_BITS:
        raise Invalid(
            "rtp.aac",
            "AAC 帧超过其长度字段所能表示",
            text_en="the AAC frame is longer than its size field can say",
            field="frame",
        )
    return struct.pack(">HH", 16, len(frame) << 3) + frame


def _pack(
    nals: Sequence[bytes],
    limit: int,
    header_bytes: int,
    aggregate: Callable[[list[bytes]], bytes],
    fragments: Callable[[bytes, int], list[bytes]],
) -> list[bytes]:
    found: list[bytes] = []
    waiting: list[bytes] = []
    waiting_bytes = header_bytes

    def flush() -> None:
        nonlocal waiting_bytes
        if waiting:
            found.append(waiting[0] if len(waiting) == 1 else aggregate(waiting))
            waiting.clear()
            waiting_bytes = header_bytes

    for nal in nals:
        if len(nal) <= header_bytes:
            continue
        if len(nal) > limit:
            flush()
            found += fragments(nal, limit)
            continue
        if waiting_bytes + 2 + len(nal) > limit:
            flush()
        waiting.append(nal)
        waiting_bytes += 2 + len(nal)
    flush()
    return found


def _with_sizes(nals: list[bytes]) -> bytes:
    return b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def _stap_a(nals: list[bytes]) -> bytes:
    """RFC 6184 §5.7.1: the highest reference indication of the units, forbidden bit if any has it."""
    forbidden = max(nal[0] & 0x80 for nal in nals)
    reference = max(nal[0] & 0x60 for nal in nals)
    return bytes((forbidden | reference | _STAP_A,)) + _with_sizes(nals)


def _fu_a(nal: bytes, limit: int) -> list[bytes]:
    """RFC 6184 §5.8."""
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    room = limit - 2
    starts = range(1, len(nal), room)
    return [
        bytes((indicator, (at == 1) << 7 | (at + room >= len(nal)) << 6 | kind)) + nal[at : at + room] for at in starts
    ]


def _ap(nals: list[bytes]) -> bytes:
    """RFC 7798 §4.4.2: the lowest layer and temporal id of the units."""
    forbidden = max(nal[0] & 0x80 for nal in nals)
    layer = min((nal[0] & 1) << 5 | nal[1] >> 3 for nal in nals)
    temporal = min(nal[1] & 7 for nal in nals)
    return bytes((forbidden | _AP << 1 | layer >> 5, (layer & 0x1F) << 3 | temporal)) + _with_sizes(nals)


def _fu(nal: bytes, limit: int) -> list[bytes]:
    """RFC 7798 §4.4.3."""
    first, kind = nal[0] & 0x81 | _FU << 1, nal[0] >> 1 & 0x3F
    room = limit - 3
    starts = range(2, len(nal), room)
    return [
        bytes((first, nal[1], (at == 2) << 7 | (at + room >= len(nal)) << 6 | kind)) + nal[at : at + room]
        for at in starts
    ]
