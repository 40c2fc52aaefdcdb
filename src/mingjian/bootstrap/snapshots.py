"""Snapshots: the live key frame or the recorded moment, with the mark burnt in. The entry is committed before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import av

from mingjian.adapters.forensic_keys import forensic_key
from mingjian.bootstrap.assignment import recorder_of
from mingjian.bootstrap.opened import Opened
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, StreamId, main_stream
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, StreamConfig, VideoConfig
from mingjian.kernel.period import Period
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.snapshot import live_snapshot, recorded_frame, recorded_snapshot
from mingjian.processing.watermark import Watermark
from mingjian.storage.reader import FragmentReader, FragmentRef
from mingjian.transport.relay import RelayClient
from mingjian.web.services import missing_picture, silent_camera

LIVE_TIMEOUT_S = 8.0
"""A running camera's last key frame is there at once; a starting one sends its first within a GOP."""
LOOK_BACK_NS = 600 * SECOND_NS
"""How far back the key frame of a group of pictures may lie: a container is no longer."""


def recorded_at(reader: FragmentReader, stream: StreamId, at: UtcNs) -> list[FragmentRef]:
    """The fragments that show `at`, from the one that holds the key frame on; empty where nothing was recorded.

    Reads catalogue and chain, no media.
    """
    for found in _footage(reader, stream, Period(at, UtcNs(at + 1))):
        if pieces := _from_key(reader, found):
            return pieces
    return []


def picture_at(
    reader: FragmentReader, stream: StreamId, at: UtcNs, mark: Watermark, hidden: HiddenMark | None = None
) -> bytes:
    """`frame_at` as JPEG with its marks."""
    return recorded_snapshot(*_group(reader, stream, at), at, mark, hidden)


def frame_at(reader: FragmentReader, stream: StreamId, at: UtcNs) -> av.VideoFrame:
    """The recorded picture of `at`, decoded from the key frame of its group of pictures on.

    Raises Missing where nothing is recorded, or where the key frame is not known.
    """
    return recorded_frame(*_group(reader, stream, at), at)


def _group(reader: FragmentReader, stream: StreamId, at: UtcNs) -> tuple[bytes, bytes, UtcNs]:
    """Initialisation, media from the key frame on, and when they begin."""
    pieces = recorded_at(reader, stream, at)
    if not pieces:
        raise missing_picture(at)
    first, last = pieces[0], pieces[-1]
    before_ns = (last.pts0_90k - first.pts0_90k) * SECOND_NS // TICKS_PER_SECOND
    return reader.init(last), b"".join(map(reader.read, pieces)), UtcNs(last.t0 - before_ns)


def _from_key(reader: FragmentReader, found: FragmentRef) -> list[FragmentRef]:
    """From the fragment that holds the key frame up to `found`; empty where one of them is not there."""
    if found.key_seq is None:
        return [found]
    before = Period(UtcNs(max(0, found.t0 - LOOK_BACK_NS)), found.t0)
    group = [
        one
        for one in _footage(reader, found.stream, before)
        if one.epoch == found.epoch and one.init_sha256 == found.init_sha256 and found.key_seq <= one.seq < found.seq
    ]
    return [*group, found] if group and group[0].key_seq is None else []


def _footage(reader: FragmentReader, stream: StreamId, period: Period) -> list[FragmentRef]:
    return [one for one in reader.fragments(stream, period) if isinstance(one, FragmentRef)]


@dataclass(frozen=True, slots=True)
class InstallationSnapshots:
    """`web.services.Snapshots`. Called from a worker thread."""

    opened: Opened

    def check(self, camera: CameraId, at: UtcNs | None) -> None:
        """Of a live camera only its picture can tell: that is left to `jpeg`."""
        if at is not None and not recorded_at(self._reader(), main_stream(camera), at):
            raise missing_picture(at)

    def jpeg(self, grant: Grant, camera: CameraId, at: UtcNs | None, *, entry: int) -> bytes:
        now = self.opened.clock.now()
        mark = Watermark(grant.person_name, grant.unit_name, at or now, entry, self._name(camera, grant))
        hidden = HiddenMark(entry, forensic_key(self.opened.vault, self.opened.settings.forensic_key))
        if at is None:
            video, unit = asyncio.run(self._key_frame(camera))
            return live_snapshot(video, unit, mark, hidden)
        return picture_at(self._reader(), main_stream(camera), at, mark, hidden)

    def _reader(self) -> FragmentReader:
        return self.opened.reader(self.opened.volumes())

    def _name(self, camera: CameraId, grant: Grant) -> str:
        with self.opened.store.reading() as uow:
            found = uow.cameras.one(camera, grant.unit)
        return found.name if found is not None else ""

    async def _key_frame(self, camera: CameraId) -> tuple[VideoConfig, AccessUnit]:
        number = recorder_of(camera, self.opened.settings.recorders)
        reader = await RelayClient.open(self.opened.places.socket(number), main_stream(camera))
        video: VideoConfig | None = None
        try:
            async with asyncio.timeout(LIVE_TIMEOUT_S):
                async for item in reader:
                    if isinstance(item, StreamConfig):
                        video = item.video
                    elif isinstance(item, AccessUnit) and video is not None and item.key and not item.audio:
                        return video, item
        except TimeoutError:
            raise silent_camera() from None
        finally:
            reader.close()
        raise silent_camera()
