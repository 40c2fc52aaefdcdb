"""Whether bytes on a disk are whole boxes (ISO/IEC 14496-12 §4.2), by their headers alone."""

from __future__ import annotations

from collections.abc import Callable

HEADER_BYTES = 16
"""Size, type, and the large size where there is one."""
MAX_BOXES = 64
"""In one fragment or init segment: ours have three and two."""
INIT = (b"ftyp", b"moov")
FRAGMENT = (b"prft", b"moof", b"mdat")


def fault(read: Callable[[int], bytes], start: int, end: int, wanted: tuple[bytes, ...]) -> str:
    """What is wrong with the boxes of `[start, end)`: empty when they end there and are the `wanted` ones in order.

    Other boxes may stand between them. `read` gives at least the header at an offset, less at the end of the file.
    """
    at, left = start, list(wanted)
    for _ in range(MAX_BOXES):
        if at == end:
            return f"缺少盒子 box missing: {left[0].decode()}" if left else ""
        header = read(at)
        size, smallest = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, smallest = int.from_bytes(header[8:16], "big"), HEADER_BYTES
        if size < smallest or at + size > end:
            return f"偏移 {at} 处的盒子头不符 box header is wrong at {at}"
        if left and header[4:8] == left[0]:
            del left[0]
        at += size
    return f"盒子过多 more than {MAX_BOXES} boxes"
