"""The preview process: key frames from the relays, decoded under a CPU cap, appended to the hour files."""

from __future__ import annotations

import asyncio
import io
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import CameraId, StreamId, camera_of
from mingjian.kernel.media import AccessUnit, StreamConfig, VideoConfig
from mingjian.processing.keyframes import KeyFrameDecoder
from mingjian.processing.preview_budget import CpuBudget, PreviewStatistics
from mingjian.processing.preview_files import Preview, PreviewFiles
from mingjian.transport.relay import RelayClient

SIZE = (320, 180)
"""Enough to recognise a scene under the pointer; about 8 kB."""
JPEG_QUALITY = 60
EVERY_NS = SECOND_NS
"""At most one picture a second and camera: the timeline's finest preview step."""
RETRY_S = 4.0
"""A recorder that restarts is back within seconds."""
LOOK_S = 2.0
"""How often the list of streams is looked at again."""
MARK_NS = SECOND_NS
"""Between two marks of spent CPU time: at most sixty are kept."""
LATELY_NS = 60 * SECOND_NS
"""The share of CPU that is told is that of this time; after it without a frame shed, shedding is over."""


class PreviewMaker:
    """Key frames in, hour files out. One for all cameras of the process, on one thread: the cap is one number."""

    def __init__(
        self, files: PreviewFiles, clock: Clock, cpu_cap: float, cpu_time_ns: Callable[[], int] = time.process_time_ns
    ) -> None:
        self._files = files
        self._clock = clock
        self._cap = cpu_cap
        self._cpu_time_ns = cpu_time_ns
        self._budget = CpuBudget(cpu_cap, clock.monotonic_ns())
        self._marks = deque([(clock.monotonic_ns(), cpu_time_ns())])
        self._spent_to = cpu_time_ns()
        self._decoders: dict[CameraId, tuple[VideoConfig, KeyFrameDecoder]] = {}
        self._last: dict[CameraId, UtcNs] = {}
        self._made = self._shed = self._failed = 0
        self._shedding: tuple[UtcNs, int] | None = None
        """Since when, and what `_shed` was before."""
        self._shed_ns = 0

    def take(self, camera: CameraId, video: VideoConfig, unit: AccessUnit) -> None:
        """Make the preview of one key frame, or shed it. Never raises for a picture that cannot be decoded."""
        if 0 <= unit.arrived - self._last.get(camera, -EVERY_NS) < EVERY_NS:
            return
        # All CPU time of the process counts, receiving included, so that the cap is true to the outside.
        spent, self._spent_to = self._spent_to, self._cpu_time_ns()
        self._budget.spend(self._spent_to - spent)
        if not self._budget.allows(self._clock.monotonic_ns()):
            self._shedding = self._shedding or (self._clock.now(), self._shed)
            self._shed_ns = self._clock.monotonic_ns()
            self._shed += 1
            return
        self._last[camera] = unit.arrived
        try:
            stored = self._files.append(camera, Preview(unit.arrived, self._jpeg(camera, video, unit)))
        except (MingjianError, OSError):
            stored = False
        self._made += stored
        self._failed += not stored

    def forget(self, camera: CameraId) -> None:
        """The camera is gone: free its decoder."""
        self._decoders.pop(camera, None)
        self._last.pop(camera, None)

    def statistics(self) -> PreviewStatistics:
        """What was done up to now. Call it every few seconds: each call is a mark that the share is measured from."""
        now_ns, cpu_ns = self._clock.monotonic_ns(), self._cpu_time_ns()
        while len(self._marks) > 1 and now_ns - self._marks[1][0] >= LATELY_NS:
            self._marks.popleft()
        wall_ns, share_ns = now_ns - self._marks[0][0], cpu_ns - self._marks[0][1]
        if now_ns - self._marks[-1][0] >= MARK_NS:
            self._marks.append((now_ns, cpu_ns))
        if self._shedding is not None and now_ns - self._shed_ns > LATELY_NS:
            self._shedding = None
        since, before = self._shedding or (None, self._shed)
        share = round(share_ns / max(1, wall_ns), 4)
        return PreviewStatistics(self._made, self._shed, self._failed, share, self._cap, since, self._shed - before)

    def _jpeg(self, camera: CameraId, video: VideoConfig, unit: AccessUnit) -> bytes:
        known = self._decoders.get(camera)
        if known is None or known[0] != video:
            known = (video, KeyFrameDecoder(video))
            self._decoders[camera] = known
        picture = known[1].picture(unit, size=SIZE)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue()


async def run_previews(
    streams: Callable[[], Mapping[StreamId, Path]],
    directory: Path,
    clock: Clock,
    cpu_cap: float,
    *,
    on_statistics: Callable[[PreviewStatistics], None] | None = None,
) -> None:
    """Make previews of `streams()` (stream → its recorder's socket) for ever; cancel to stop.

    The caller names the sub stream of each camera, or its main stream where there is none. The mapping is asked
    again every few seconds; recorders that are away are tried again.
    """
    maker = PreviewMaker(PreviewFiles(directory), clock, cpu_cap)
    running: dict[tuple[StreamId, Path], asyncio.Task[None]] = {}
    try:
        while True:
            wanted = set(streams().items())
            for key in running.keys() - wanted:
                await _end(running.pop(key))
                maker.forget(camera_of(key[0]))
            for key in wanted - running.keys():
                running[key] = asyncio.create_task(_follow(maker, *key))
            done = [key for key, task in running.items() if task.done()]
            for key in done:
                running.pop(key).result()
            if on_statistics is not None:
                on_statistics(maker.statistics())
            await asyncio.sleep(LOOK_S)
    finally:
        for task in running.values():
            await _end(task)


async def _follow(maker: PreviewMaker, stream: StreamId, path: Path) -> None:
    camera = camera_of(stream)
    while True:
        with suppress(MingjianError):  # the recorder is away; its own state is shown by the recorder's status
            reader = await RelayClient.open(path, stream, keys_only=True)
            try:
                video: VideoConfig | None = None
                async for item in reader:
                    if isinstance(item, StreamConfig):
                        video = item.video
                    elif isinstance(item, AccessUnit) and video is not None:
                        maker.take(camera, video, item)
                        await asyncio.sleep(0)  # one picture at a time: other cameras' sockets are read between
            finally:
                reader.close()
        await asyncio.sleep(RETRY_S)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
