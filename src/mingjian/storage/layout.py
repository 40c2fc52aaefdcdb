"""Where things stand on a volume, and what their names say. Pure; names sort in the order of writing."""

from __future__ import annotations

import re
from typing import NamedTuple

from mingjian.kernel.clock import UtcNs, to_datetime
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId

QUARANTINE = "quarantine"
WRITER_LOCK = "writer.lock"
WRITE_TRIAL = "write-trial"
"""Written to find out whether a volume that failed takes writes again; holds nothing."""
_STREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_CONTAINER = re.compile(r"(\d{6})-(\d{6,})-(\d{9,})\.mp4")
_CHAIN = re.compile(r"(\d{8})-(\d{6,})\.jsonl")


class ContainerName(NamedTuple):
    """What a container's file name says: epoch and seq of its first FRAG."""

    epoch: int
    seq: int


class ChainName(NamedTuple):
    """What a chain's file name says; sorts by epoch, then day."""

    epoch: int
    day: str


def checked_stream(stream: str) -> StreamId:
    """`stream` if it may be a directory's name; Invalid otherwise. `quarantine` is taken."""
    if not _STREAM.fullmatch(stream) or stream == QUARANTINE:
        raise Invalid(
            "storage.stream-name",
            f"视频流编号 {stream!r} 不能用作目录名",
            field="stream",
            text_en=f"{stream!r} cannot name a directory",
        )
    return StreamId(stream)


def container_path(stream: StreamId, t0: UtcNs, epoch: int, seq: int) -> str:
    """Relative to the volume."""
    return f"{stream}/{to_datetime(t0):%Y/%m/%d/%H%M%S}-{epoch:06d}-{seq:09d}.mp4"


def chain_path(stream: StreamId, day: str, epoch: int) -> str:
    """Relative to the volume; `day` is `YYYYMMDD`."""
    return f"{stream}/chain/{day}-{epoch:06d}.jsonl"


def container_name(name: str) -> ContainerName | None:
    """The parts of a container's name, None for any other file."""
    found = _CONTAINER.fullmatch(name)
    return ContainerName(int(found[2]), int(found[3])) if found else None


def chain_name(name: str) -> ChainName | None:
    """The parts of a chain file's name, None for any other file."""
    found = _CHAIN.fullmatch(name)
    return ChainName(int(found[2]), found[1]) if found else None


def chain_day(path: str) -> str:
    """The UTC day (`YYYYMMDD`) that the path of a chain file names; empty for any other path."""
    name = chain_name(path.rsplit("/", 1)[-1])
    return name.day if name else ""


def is_stream(name: str) -> bool:
    """Whether a directory of this name at the volume's root holds a stream."""
    return bool(_STREAM.fullmatch(name)) and name not in (QUARANTINE, "lost+found")
