"""Identifiers: UUIDv7 (RFC 9562 §5.7), never a database's counter, so that nodes can exchange what they made."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

from mingjian.kernel.clock import UtcNs

CameraId = NewType("CameraId", str)
PersonId = NewType("PersonId", str)
UnitId = NewType("UnitId", str)
StreamId = NewType("StreamId", str)
"""One recorded or relayed stream of a camera: `<camera id>` for its main stream, `<camera id>.sub` for the sub."""

SUB_SUFFIX = ".sub"
RANDOM_BYTES = 10
"""How many random bytes `uuid7` consumes."""


def uuid7(now: UtcNs, random: bytes) -> str:
    """A time-ordered id from `now` and `RANDOM_BYTES` random bytes (the caller's source of randomness)."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"uuid7 takes {RANDOM_BYTES} random bytes, got {len(random)}")
    milliseconds = now // 1_000_000
    tail = int.from_bytes(random, "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (tail >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | tail & 0x3FFF_FFFF_FFFF_FFFF
    return str(UUID(int=value))


def main_stream(camera: CameraId) -> StreamId:
    """The stream that is recorded."""
    return StreamId(camera)


def sub_stream(camera: CameraId) -> StreamId:
    """The low-resolution stream: live tiles and previews, never recorded."""
    return StreamId(camera + SUB_SUFFIX)


def camera_of(stream: StreamId) -> CameraId:
    """The camera a stream belongs to."""
    return CameraId(stream.removesuffix(SUB_SUFFIX))
