"""The published ledger's files (C2SP tlog-tiles, RFC 6962), read by this module alone.

Signatures are not judged here: the verifier of packages does that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping

WIDTH = 256


def head(files: Mapping[str, bytes]) -> tuple[int, str] | None:
    """(size, root in hexadecimal) of the published checkpoint; None where there is none. ValueError: torn."""
    data = files.get("checkpoint")
    if data is None:
        return None
    lines = data.decode("utf-8", "replace").split("\n")
    try:
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error):
        raise ValueError(f"the checkpoint of {len(data)} bytes cannot be read") from None
    if (
        lines[-1] != ""
        or len(root) != 32
        or lines[3] != ""
        or not any(line.startswith("\u2014 ") for line in lines[4:])
    ):
        raise ValueError(f"the checkpoint of {len(data)} bytes is not whole")
    return size, root.hex()


def leaves(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """The first `size` entries. ValueError names the bundle that is missing or damaged."""
    found: list[bytes] = []
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        data = _tile(files, "entries", number, width)
        if data is None:
            raise ValueError(f"entry bundle {number} of {width} entries is missing")
        bundle = list(_entries(data))
        if len(bundle) < width:
            raise ValueError(f"entry bundle {number} holds {len(bundle)} of {width} entries")
        found += bundle[:width]
    return found


def wrong_tiles(files: Mapping[str, bytes], hashes: list[bytes]) -> Iterator[str]:
    """The hash tiles of a tree with these leaf hashes that are missing or differ."""
    level, row = 0, hashes
    while row:
        for number in range(-(-len(row) // WIDTH)):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            data = _tile(files, str(level), number, len(part))
            if data is None or data[: len(part) * 32] != b"".join(part):
                yield f"tile {level}/{number} of {len(part)} hashes {'differs' if data else 'is missing'}"
        full = len(row) // WIDTH
        row = [root_of(row[number * WIDTH : (number + 1) * WIDTH]) for number in range(full)]
        level += 1


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def root_of(hashes: Iterable[bytes]) -> bytes:
    """RFC 6962 root of these leaf hashes."""
    return next(iter(roots(list(hashes), None)), hashlib.sha256(b"").digest())


def roots(hashes: list[bytes], sizes: Iterable[int] | None) -> Iterator[bytes]:
    """The roots of the trees of the first `sizes` leaves (ascending; None: of all), in one pass."""
    wanted = iter([len(hashes)] if sizes is None else sizes)
    peaks: list[tuple[int, bytes]] = []
    want = next(wanted, None)
    for number in range(len(hashes) + 1):
        while want == number:
            yield _bagged(peaks)
            want = next(wanted, None)
        if number < len(hashes):
            peaks.append((0, hashes[number]))
            while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
                right, left = peaks.pop(), peaks.pop()
                peaks.append((left[0] + 1, hashlib.sha256(b"\1" + left[1] + right[1]).digest()))


def _bagged(peaks: list[tuple[int, bytes]]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\1" + left + root).digest()
    return root


def _tile(files: Mapping[str, bytes], level: str, number: int, width: int) -> bytes | None:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    name = f"tile/{level}/" + "/".join(reversed(groups))
    data = files.get(name)
    return data if data is not None or width == WIDTH else files.get(f"{name}.p/{width}")


def _entries(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 2 <= len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if at + 2 + length > len(data):
            return
        yield data[at + 2 : at + 2 + length]
        at += 2 + length
