"""Low-resolution pictures for scrubbing: one file per camera and hour, append-only, found again by reading heads.

Record: u64 BE UTC milliseconds | u32 BE length | JPEG. There is no index on disk, so there is none to be wrong: it is
rebuilt by walking the heads. A torn tail (power cut) is ignored by readers and cut off by the next writer. Previews
are a convenience and never evidence; losing them loses no footage.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mingjian.kernel.clock import SECOND_NS, UtcNs, from_datetime, to_datetime
from mingjian.kernel.ids import CameraId

JPEG_BYTES_MAX = 256 * 1024
"""A 320x180 JPEG is about 8 kB; a longer record is damage."""
HOUR_BYTES_MAX = 64 * 1024 * 1024
"""One picture a second of 16 kB for an hour; beyond it the hour takes no more pictures."""
INDEXES_KEPT = 256
"""Hours whose index stays in memory: four cameras over two and a half days, about 60 kB each."""
NEAREST_WITHIN_MS = 30_000
"""A picture further away says nothing about the instant under the pointer."""
HOUR_MS = 3_600_000

_HEAD = struct.Struct(">QI")
_JPEG_START = b"\xff\xd8"
_NAME = "%Y%m%d%H"
_SUFFIX = ".mjp"
_MS_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Preview:
    """One picture and when it was."""

    at: UtcNs
    jpeg: bytes


@dataclass
class _Index:
    """Records of one hour found so far, and up to where the file was walked."""

    walked: int = 0
    times_ms: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)


class PreviewFiles:
    """Reads, writes and expires previews under one directory. One writer per camera; readers disturb nobody.

    `nearest` may be called from several threads at once: each walks on from an index that no other holds.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._indexes: OrderedDict[Path, _Index] = OrderedDict()

    def append(self, camera: CameraId, preview: Preview) -> bool:
        """Store one picture. False where the hour is full or the picture too large. Raises OSError of the disk."""
        if len(preview.jpeg) > JPEG_BYTES_MAX:
            return False
        path = self._path(camera, preview.at // _MS_NS)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        record = _HEAD.pack(preview.at // _MS_NS, len(preview.jpeg)) + preview.jpeg
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            index = self._walk(path, descriptor)
            if index.walked + len(record) > HOUR_BYTES_MAX:
                return False
            if os.fstat(descriptor).st_size > index.walked:
                os.ftruncate(descriptor, index.walked)
            os.pwrite(descriptor, record, index.walked)
        finally:
            os.close(descriptor)
        return True

    def nearest(self, camera: CameraId, at: UtcNs) -> Preview | None:
        """The picture nearest to `at`, at most `NEAREST_WITHIN_MS` away, or None."""
        wanted = at // _MS_NS
        best: tuple[int, int, Path, tuple[int, int]] | None = None
        hours = {at_ms // HOUR_MS for at_ms in (wanted - NEAREST_WITHIN_MS, wanted, wanted + NEAREST_WITHIN_MS)}
        for hour in sorted(hours):
            path = self._path(camera, hour * HOUR_MS)
            index = self._index(path)
            if index is None or not index.times_ms:
                continue
            position = bisect_left(index.times_ms, wanted)
            for one in (position - 1, position):
                if 0 <= one < len(index.times_ms):
                    found = index.times_ms[one]
                    if best is None or abs(found - wanted) < best[0]:
                        best = (abs(found - wanted), found, path, index.places[one])
        if best is None or best[0] > NEAREST_WITHIN_MS:
            return None
        _, found, path, (offset, length) = best
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None  # expired between the look and the read
        try:
            return Preview(UtcNs(found * _MS_NS), os.pread(descriptor, length, offset))
        finally:
            os.close(descriptor)

    def expire(self, before: UtcNs) -> int:
        """Delete every hour that ended at or before `before` (the footage ceiling); how many."""
        gone = 0
        for path in self._directory.glob("*/*" + _SUFFIX):
            hour = _hour_of(path)
            if hour is not None and hour + 3600 * SECOND_NS <= before:
                path.unlink(missing_ok=True)
                self._indexes.pop(path, None)
                gone += 1
        return gone

    def size_bytes(self) -> int:
        """Bytes that all previews take now."""
        return sum(path.stat().st_size for path in self._directory.glob("*/*" + _SUFFIX))

    def _path(self, camera: CameraId, at_ms: int) -> Path:
        name = to_datetime(UtcNs(at_ms * _MS_NS)).strftime(_NAME)
        return self._directory / _safe(camera) / f"{name}{_SUFFIX}"

    def _index(self, path: Path) -> _Index | None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._indexes.pop(path, None)
            return None
        try:
            return self._walk(path, descriptor)
        finally:
            os.close(descriptor)

    def _walk(self, path: Path, descriptor: int) -> _Index:
        """The index of a file, walked on from where it was left; it stops at a torn or broken record."""
        index = self._indexes.pop(path, None) or _Index()
        size = os.fstat(descriptor).st_size
        if size < index.walked:
            index = _Index()
        while index.walked + _HEAD.size <= size:
            head = os.pread(descriptor, _HEAD.size + len(_JPEG_START), index.walked)
            if len(head) < _HEAD.size + len(_JPEG_START):
                break
            at_ms, length = _HEAD.unpack_from(head)
            start = index.walked + _HEAD.size
            later = not index.times_ms or at_ms >= index.times_ms[-1]
            if not 2 <= length <= JPEG_BYTES_MAX or start + length > size or head[_HEAD.size :] != _JPEG_START:
                break
            if later:  # a clock stepped back writes records that a search could not find
                index.places.append((start, length))  # first: a reader on another thread goes by the times
                index.times_ms.append(at_ms)
            index.walked = start + length
        self._indexes[path] = index
        while len(self._indexes) > INDEXES_KEPT:
            self._indexes.popitem(last=False)
        return index


def _safe(camera: CameraId) -> str:
    """The camera's id as a directory name. Raises ValueError for one that would leave the directory."""
    if not camera or camera.startswith(".") or "/" in camera or "\0" in camera:
        raise ValueError("a camera id is one plain name")
    return camera


def _hour_of(path: Path) -> UtcNs | None:
    try:
        return from_datetime(datetime.strptime(path.stem, _NAME).replace(tzinfo=UTC))
    except ValueError:
        return None
