"""Playback of one camera in one tile: fragments as the player gives credit, gaps with causes, previews."""

from __future__ import annotations

import asyncio
from typing import Any

from mingjian.display.mime import mime_type
from mingjian.display.playback import (
    PlaybackEnd,
    PlaybackGap,
    PlaybackInit,
    PlaybackMedia,
    PlaybackSession,
    Step,
)
from mingjian.display.rebuild import fragment_of, units_of
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Overloaded, RemoteError
from mingjian.kernel.ids import main_stream
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, Codec, GapCause, StreamConfig
from mingjian.kernel.period import Period
from mingjian.processing.hidden_mark import UNSHOWN
from mingjian.processing.transcode import GroupTranscoder
from mingjian.web.media_protocol import AskPreview, Kind, More, Pause, Request, Seek, binary
from mingjian.web.media_viewer import Viewer, words_of
from mingjian.wire.fmp4 import init_segment


class PlaybackView:
    """`take` hears the viewer, `run` sends; both on one loop. Runs until cancelled or Ended; `close` afterwards."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._session: PlaybackSession[Any] = PlaybackSession(
            viewer.services.fragments, main_stream(viewer.camera), viewer.grant
        )
        self._wake = asyncio.Event()
        self._paused = False
        self._preview: AskPreview | None = None
        self._preview_asked = asyncio.Event()
        self._config: StreamConfig | None = None
        self._transcoder: GroupTranscoder | None = None
        self._made: StreamConfig | None = None
        self._without_picture: int | None = None

    def take(self, request: Request) -> None:
        """One message of the viewer; the newest preview asked for replaces older ones."""
        match request:
            case Seek(number, to, key_frames, ahead_s):
                self._session.seek(number, to, key_frames=key_frames, ahead_s=ahead_s)
            case More(number, until):
                self._session.more(number, until)
            case AskPreview():
                self._preview = request
                self._preview_asked.set()
                return
        self._paused = isinstance(request, Pause)
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stream())
            group.create_task(self._previews())

    async def close(self) -> None:
        if self._transcoder is not None:
            await self._transcoder.close()

    async def _stream(self) -> None:
        while True:
            self._wake.clear()
            while not self._paused:
                number = self._session.seek_number
                try:
                    step = await asyncio.to_thread(self._session.step)
                    if step is None:
                        break
                    if step.seek == self._session.seek_number:
                        await self._send(step)
                except Overloaded as busy:
                    self._without_picture = number
                    await self._viewer.tell_state("codec", cause=busy.code, **words_of(busy))
            await self._wake.wait()

    async def _send(self, step: Step) -> None:
        match step:
            case PlaybackInit():
                self._config, self._made = step.config, None
                if not self._needs_transcoding():
                    await self._send_init(step.seek, step.config, step.data, transcoded=False)
            case PlaybackMedia() if self._needs_transcoding():
                await self._send_transcoded(step)
            case PlaybackMedia():
                head = (Kind.FRAGMENT, step.seek, step.period.start, step.media_time_s, step.duration_s)
                await self._viewer.send(binary(*head, step.data), step.period)
            case PlaybackGap(seek, period, cause):
                start, end = period.start // 1_000_000, period.end // 1_000_000
                await self._viewer.tell("gap", id=seek, from_ms=start, to_ms=end, cause=cause)
            case PlaybackEnd(seek):
                await self._viewer.tell("end", id=seek)

    def _needs_transcoding(self) -> bool:
        if self._viewer.grant.marked:  # an original never leaves for outside
            return True
        return self._config is not None and self._config.video.codec is Codec.H265 and not self._viewer.asked.hevc

    async def _send_init(self, seek: int, config: StreamConfig, data: bytes, *, transcoded: bool) -> None:
        facts = {
            "op": "init",
            "id": seek,
            "mime": mime_type(config),
            "quality": "main",
            "transcoded": transcoded,
            "width": config.video.width,
            "height": config.video.height,
        }
        await self._viewer.send(binary(Kind.INIT, seek, UtcNs(0), 0, 0, data), before=facts)

    async def _send_transcoded(self, step: PlaybackMedia) -> None:
        """The same seconds in H.264. Raises Overloaded where all transcoders are busy; said once per seek."""
        if self._without_picture == step.seek:
            return
        assert self._config is not None
        units, shown = self._opened(step)
        if all(unit.arrived == UNSHOWN for unit in units):
            return  # it ends milliseconds inside what was approved, behind its last picture: nothing is missing
        if self._transcoder is None:
            viewer, mark = self._viewer, await self._viewer.mark()
            self._transcoder = await viewer.services.transcoders.groups(
                mark=mark, height=viewer.height, masks=viewer.grant.masks.get(viewer.camera, ())
            )
        try:
            config, units = await self._transcoder.transcode(self._config, units)
        except RemoteError:  # these seconds do not decode; the next ones may
            await self._send(PlaybackGap(step.seek, shown, GapCause.UNSUPPORTED.value))
            return
        if config != self._made:
            self._made = config
            await self._send_init(step.seek, config, init_segment(config), transcoded=True)
        end_s = step.media_time_s + step.duration_s - (step.period.end - shown.end) / SECOND_NS
        start_s, data = fragment_of(units, round(end_s * TICKS_PER_SECOND), shown.start)
        head = (Kind.FRAGMENT, step.seek, shown.start, start_s, end_s - start_s)
        await self._viewer.send(binary(*head, data), shown)

    def _opened(self, step: PlaybackMedia) -> tuple[list[AccessUnit], Period]:
        """The pictures of a fragment and when they are shown. For outsiders not one lies beyond what was approved: the
        rest of a fragment across its border is decoded, since others build on it, and left out."""
        units, footage = units_of(step.data, step.period.start), self._viewer.grant.footage
        shown = step.period.intersection(footage) if footage is not None else None
        if not self._viewer.grant.marked or shown is None:
            return units, step.period
        for unit in units:
            if not shown.contains(unit.arrived):
                unit.arrived = UNSHOWN
        return units, shown

    async def _previews(self) -> None:
        viewer = self._viewer
        while True:
            await self._preview_asked.wait()
            self._preview_asked.clear()
            asked, self._preview = self._preview, None
            if asked is None or viewer.grant.marked:  # a small picture bears no mark
                continue
            found = await asyncio.to_thread(viewer.services.previews.nearest, viewer.camera, asked.at)
            if found is None or not viewer.grant.allowed_footage(Period(found.at, UtcNs(found.at + 1))):
                continue  # no picture there, or none that the Grant opens: the pointer keeps the one before
            shown = Period(found.at, UtcNs(found.at + SECOND_NS))
            await viewer.send(binary(Kind.PREVIEW, asked.number, found.at, 0, 1, found.jpeg), shown)
