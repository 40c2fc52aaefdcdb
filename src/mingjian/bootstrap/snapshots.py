"""Snapshots: the live key frame or the recorded moment, with the mark burnt in. The entry is committed before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from mingjian.bootstrap.assignment import recorder_of
from mingjian.bootstrap.opened import Opened
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, StreamId, main_stream
from mingjian.kernel.media import AccessUnit, StreamConfig, VideoConfig
from mingjian.kernel.period import Period
from mingjian.processing.snapshot import live_snapshot, recorded_snapshot
from mingjian.processing.watermark import Watermark
from mingjian.storage.reader import FragmentReader, FragmentRef
from mingjian.transport.relay import RelayClient
from mingjian.web.services import missing_picture, silent_camera

LIVE_TIMEOUT_S = 8.0
"""A running camera's last key frame is there at once; a starting one sends its first within a GOP."""


@dataclass(frozen=True, slots=True)
class InstallationSnapshots:
    """`web.services.Snapshots`. Called from a worker thread."""

    opened: Opened

    def check(self, camera: CameraId, at: UtcNs | None) -> None:
        """Of a live camera only its picture can tell: that is left to `jpeg`."""
        if at is not None and recorded_at(self._footage(), main_stream(camera), at) is None:
            raise missing_picture(at)

    def jpeg(self, grant: Grant, camera: CameraId, at: UtcNs | None, *, entry: int) -> bytes:
        now = self.opened.clock.now()
        mark = Watermark(grant.person_name, grant.unit_name, at or now, entry, self._name(camera, grant))
        if at is None:
            video, unit = asyncio.run(self._key_frame(camera))
            return live_snapshot(video, unit, mark)
        footage = self._footage()
        found = recorded_at(footage, main_stream(camera), at)
        if found is None:
            raise missing_picture(at)
        return recorded_snapshot(footage.init(found), footage.read(found), found.t0, at, mark)

    def _footage(self) -> FragmentReader:
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


def recorded_at(footage: FragmentReader, stream: StreamId, at: UtcNs) -> FragmentRef | None:
    """The fragment that shows `at` by itself; None where nothing was recorded. Reads catalogue and chain, no media."""
    for found in footage.fragments(stream, Period(at, UtcNs(at + SECOND_NS))):
        if isinstance(found, FragmentRef) and found.t0 <= at < found.t1 and found.key_seq is None:
            return found
    return None
