"""The samples in a fragment of ISO BMFF, found by this module alone (ISO/IEC 14496-12: moof, traf, trun, mdat)."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(type, first byte of the content, end) of each box. ValueError: they do not add up."""
    at, end = start, len(data) if end is None else end
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at) if end - at >= 8 else (0, b"")
        content = at + 8
        if size == 1 and end - at >= 16:
            (size,) = struct.unpack_from(">Q", data, content)
            content += 8
        if size < content - at or at + size > end:
            raise ValueError(f"a box of {size} bytes at {at} of {end}")
        yield kind, content, at + size
        at += size


def samples(data: bytes) -> list[bytes]:
    """The samples of the first track of one fragment, in order. ValueError: it is not a fragment."""
    lengths: list[int] = []
    begin = -1
    for kind, start, end in boxes(data):
        if kind == b"moof":
            for inner, first, last in boxes(data, start, end):
                if inner == b"traf" and not lengths:
                    for box, at, _ in boxes(data, first, last):
                        if box == b"trun":
                            lengths += _lengths(data, at)
        elif kind == b"mdat" and begin < 0:
            begin = start
            if sum(lengths) > end - start:
                raise ValueError("the samples are longer than their mdat")
    if begin < 0 or not lengths:
        raise ValueError("no samples")
    found = []
    for length in lengths:
        found.append(data[begin : begin + length])
        begin += length
    return found


def _lengths(data: bytes, at: int) -> list[int]:
    flags, count = struct.unpack_from(">II", data, at)
    flags &= 0xFFFFFF
    at += 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    if not flags & 0x200:
        raise ValueError("a trun without sizes")
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    step, place = 4 * len(fields), 4 * fields.index(0x200)
    return [struct.unpack_from(">I", data, at + number * step + place)[0] for number in range(count)]
