"""The live view of one tile: frames as they arrive, the newest first where the viewer is slow, and a reason else."""

from __future__ import annotations

import asyncio

from mingjian.display.live import LiveFrame, LiveInit, LiveMuxer
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError, Overloaded, RemoteError
from mingjian.kernel.ids import CameraId, StreamId, main_stream, sub_stream
from mingjian.kernel.media import AccessUnit, Codec, GapCause, StreamConfig
from mingjian.kernel.period import Period
from mingjian.transport.backlog import Dropped, Interrupted, Item
from mingjian.transport.hub import Reader
from mingjian.web.media_protocol import Kind, binary
from mingjian.web.media_viewer import Viewer, words_of

BEHIND_NS = SECOND_NS
"""A viewer further behind than this skips to the newest key frame."""
SILENT_S = 10.0
"""A stream that says nothing for this long is shown as without picture."""
KEYLESS_S = 12.0
"""Longer than a camera in service lets a key frame wait; the recorder asks for one to four seconds."""
NO_KEY = RemoteError(
    "view.no-key-frame",
    "摄像机在发送画面，但没有关键帧，后来的观看者无从开始；录像照常进行",
    remedy="在摄像机上关闭帧内刷新（intra refresh），把关键帧间隔设为 1 至 4 秒",
    text_en="The camera sends pictures but no key frame, so a later viewer cannot begin; recording goes on",
    remedy_en="Switch off intra refresh in the camera and set its key frame interval to 1 to 4 s",
)
"""Browsers begin a stream at an IDR picture alone, whatever else is marked as a place to begin."""
RETRY_S = 2.0
"""A recorder that restarts is back within seconds."""
CAP_RETRY_S = 5.0
"""How often a tile that found all transcoders busy asks again."""

REMEDIES = {
    GapCause.AUTH_FAILED: ("检查摄像机的用户名和口令", "Check the camera's user name and password"),
    GapCause.CERTIFICATE_REFUSED: (
        "查明摄像机是否被更换；在摄像机登记中测试码流，核对证书",
        "Find out whether the camera was replaced; test the stream in its record and look at the certificate",
    ),
    GapCause.CAMERA_REFUSED: (
        "检查摄像机地址、通道和并发连接数",
        "Check the camera's address, channel and number of connections",
    ),
    GapCause.NETWORK: ("检查摄像机供电和网络", "Check the camera's power and network"),
    GapCause.CAMERA_TIMEOUT: ("检查摄像机供电和网络", "Check the camera's power and network"),
    GapCause.UNSUPPORTED: ("把摄像机编码改为 H.264 或 H.265", "Set the camera to H.264 or H.265"),
    GapCause.OVERLOAD: (
        "本机负荷过重，先保证录像；负荷下降后画面自动恢复，也可改看主码流",
        "This machine is overloaded and records first; the picture comes back by itself, or use the main stream",
    ),
    GapCause.NO_VIDEO: ("检查摄像机的视频通道", "Check the camera's video channel"),
}
"""What to do, by cause; other causes mend themselves or are told on the camera's page."""


class _Unplayable(Exception):
    """This stream is H.265 and this browser has none."""


class LiveView:
    """Runs until cancelled or Ended; recovers from everything the camera and the recorder do."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._told: tuple[str, str] | None = None

    async def run(self) -> None:
        has_sub = await asyncio.to_thread(self._viewer.services.has_sub, self._viewer.camera)
        attempts = _attempts(self._viewer.camera, has_sub, self._viewer.asked.quality)
        if self._viewer.grant.marked:  # made anew whatever the browser plays: an original never leaves for outside
            attempts = [(attempts[0][0], True)]
        at = 0
        while True:
            stream, transcoded = attempts[at]
            try:
                await self._follow(stream, transcoded)
                await asyncio.sleep(RETRY_S)  # the publisher closed: a recorder that stops in order
            except _Unplayable:
                at += 1  # the last attempt delivers H.264 whatever the camera sends
            except Overloaded as busy:
                await self._tell("codec", busy.code, **words_of(busy))
                await asyncio.sleep(CAP_RETRY_S)
            except MingjianError as error:
                await self._tell("offline", error.code, **words_of(error))
                await asyncio.sleep(RETRY_S)

    async def _follow(self, stream: StreamId, transcoded: bool) -> None:
        """Send one stream until its publisher closes it."""
        reader = await self._open(stream, transcoded)
        muxer = LiveMuxer()
        keyless_since: UtcNs | None = None
        try:
            while (item := await self._next(reader)) is not None:
                if isinstance(item, StreamConfig) and self._cannot_play(item):
                    raise _Unplayable
                for made in muxer.feed(item):
                    await self._send(made, reader, stream, transcoded)
                if isinstance(item, AccessUnit) and muxer.awaits_key:
                    keyless_since = keyless_since or item.arrived
                    if item.arrived - keyless_since > KEYLESS_S * SECOND_NS:
                        await self._tell("offline", NO_KEY.code, **words_of(NO_KEY))
                else:
                    keyless_since = None
        finally:
            reader.close()

    async def _open(self, stream: StreamId, transcoded: bool) -> Reader:
        services = self._viewer.services
        reader = await services.live(stream)
        if not transcoded:
            return reader
        try:
            mark = await self._viewer.mark()
            return await services.transcoders.live(reader, mark=mark, height=self._viewer.height)
        except BaseException:
            reader.close()
            raise

    async def _next(self, reader: Reader) -> Item | None:
        while True:
            try:
                async with asyncio.timeout(SILENT_S):
                    return await anext(reader, None)
            except TimeoutError:
                await self._tell_offline(GapCause.NO_VIDEO)

    def _cannot_play(self, config: StreamConfig) -> bool:
        return config.video.codec is Codec.H265 and not self._viewer.asked.hevc

    async def _send(
        self, made: LiveInit | LiveFrame | Interrupted | Dropped, reader: Reader, stream: StreamId, transcoded: bool
    ) -> None:
        match made:
            case LiveFrame():
                if self._viewer.services.clock.now() - made.arrived > BEHIND_NS:
                    reader.skip_to_newest_key()
                end = UtcNs(made.arrived + round(made.duration_s * SECOND_NS))
                head = (Kind.LIVE, 0, made.arrived, made.media_time_s, made.duration_s)
                await self._viewer.send(binary(*head, made.data), Period(made.arrived, end))
                await self._tell("online", "")
            case LiveInit():
                facts = {
                    "op": "init",
                    "id": 0,
                    "mime": made.mime,
                    "quality": "main" if stream == main_stream(self._viewer.camera) else "sub",
                    "transcoded": transcoded,
                    "width": made.video.width,
                    "height": made.video.height,
                }
                await self._viewer.send(binary(Kind.INIT, 0, UtcNs(0), 0, 0, made.data), before=facts)
            case Interrupted():
                await self._tell_offline(made.cause, made.since)
            case Dropped():
                await self._viewer.tell_state("online", cause=made.reason, dropped=made.frames)
                self._told = ("online", "")

    async def _tell_offline(self, cause: GapCause, since: UtcNs | None = None) -> None:
        remedy, remedy_en = REMEDIES.get(cause, ("", ""))
        await self._tell("offline", cause.value, since=since, remedy=remedy, remedy_en=remedy_en)

    async def _tell(self, state: str, cause: str, *, since: UtcNs | None = None, **more: str) -> None:
        """Say the state once, not with every frame or every attempt."""
        if self._told != (state, cause):
            self._told = (state, cause)
            await self._viewer.tell_state(state, cause=cause, since=since, **more)


def _attempts(camera: CameraId, has_sub: bool, quality: str) -> list[tuple[StreamId, bool]]:
    """(stream, transcoded) in the order to be tried where the browser has no H.265.

    The stream asked for; the camera's own sub stream, which costs us nothing; the smallest stream transcoded.
    """
    main, sub = main_stream(camera), sub_stream(camera)
    if not has_sub:
        return [(main, False), (main, True)]
    if quality == "main":
        return [(main, False), (sub, False), (sub, True)]
    return [(sub, False), (sub, True)]
