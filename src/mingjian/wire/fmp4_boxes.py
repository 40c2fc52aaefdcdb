"""Boxes of ISO BMFF (ISO/IEC 14496-12 §4.2): making them, walking them, and the sample both halves share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mingjian.kernel.errors import RemoteError

VIDEO_TRACK = 1
AUDIO_TRACK = 2
KEY_FLAGS = 0x0200_0000
"""sample_depends_on = 2: decodes alone (§8.8.3.1)."""
DELTA_FLAGS = 0x0101_0000
"""sample_depends_on = 1, sample_is_non_sync_sample."""
MAX_BOXES = 1_000_000
"""Boxes walked at one level: a ten-minute container of per-frame fragments has 45 000."""
_HEADER = 8
_LARGE_HEADER = 16


class Sample(NamedTuple):
    """One frame as stored: `data` is its length-prefixed NAL units, or one raw audio frame."""

    data: bytes | memoryview
    duration_90k: int
    composition_offset_90k: int
    key: bool


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box around `parts`."""
    body = b"".join(parts)
    return (_HEADER + len(body)).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """One box with version and flags (§4.2.2)."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *parts)


def boxes(data: bytes | memoryview, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(type, offset, size) of each whole box between `start` and `end`, header included in the size.

    Raises RemoteError(code `fmp4.cut`) at the first box that is broken or reaches past the end, after all whole
    boxes before it were given: the offset where a recovered file should end is that of the last box plus its size.
    """
    at, limit = start, len(data) if end is None else end
    for _ in range(MAX_BOXES):
        if at == limit:
            return
        size = int.from_bytes(data[at : at + 4], "big")
        smallest = _HEADER
        if size == 1:
            size, smallest = int.from_bytes(data[at + 8 : at + 16], "big"), _LARGE_HEADER
        elif size == 0:
            size = limit - at
        if size < smallest or at + size > limit:
            raise RemoteError(
                "fmp4.cut", f"第 {at} 字节处的盒子（box）被截断或损坏", text_en=f"the box at byte {at} is cut or broken"
            )
        yield bytes(data[at + 4 : at + 8]), at, size
        at += size
    raise RemoteError(
        "fmp4.too-many", "文件中的盒子（box）过多", text_en="there are more boxes than any file of ours has"
    )


def payload_of(data: bytes | memoryview, offset: int, size: int) -> tuple[int, int]:
    """(start, end) of the payload of the box at `offset`."""
    large = int.from_bytes(data[offset : offset + 4], "big") == 1
    return offset + (_LARGE_HEADER if large else _HEADER), offset + size
