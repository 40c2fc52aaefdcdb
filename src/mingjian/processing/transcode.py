"""Small H.264 for browsers without H.265 and, marked, for outsiders: a process per tile, few, and the limit is said."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import LocalError, Overloaded, RemoteError
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.media import AccessUnit, StreamConfig
from mingjian.processing.hidden_mark import HiddenMark, TranscodeOrder
from mingjian.processing.watermark import ViewMark
from mingjian.transport.backlog import Dropped, Item
from mingjian.transport.hub import Reader
from mingjian.transport.relay_codec import RelayDecoder, encode

CAP = 2
"""At once: each takes 0.15 to 0.2 of a core for 1080p, and recorders come first."""
HEIGHT = 360
"""A tile's picture; measured about ten times real time from 1080p on one core."""
HEIGHT_LARGE = 1080
CAP_MARKED = 6
"""At once for outsiders, beside those for our own browsers: neither takes the other's place."""
CAP_LARGE = 1
"""At once in `HEIGHT_LARGE`: encoding and marking it take most of a core."""
BEHIND_NS = SECOND_NS
"""A transcoder further behind than this skips to the newest key frame."""
READ_BYTES = 256 * 1024
GROUP_S = 20.0
"""A recorded fragment of at most 10 s must be done in twice its length, or playback would stand still anyway."""
_WORKER = ("-m", "mingjian.processing.transcode_worker")
_GROUP_END = "group-end"


class Transcoders:
    """Starts and bounds transcoding processes. `in_use`, `cap` and the refusals are for the screen.

    With `mark`, what outsiders' pictures show, they bear its register entry hidden too, under `key`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        cap: int = CAP,
        cap_marked: int = CAP_MARKED,
        cap_large: int = CAP_LARGE,
        key: bytes = b"",
        command: Sequence[str] = (sys.executable, *_WORKER),
    ) -> None:
        self._clock = clock
        self._command = tuple(command)
        self._key = key
        self.cap_large = cap_large
        self.large_in_use = 0
        self.cap_marked = cap_marked
        self.marked_in_use = 0
        self._pumps: set[asyncio.Task[None]] = set()
        self.cap = cap
        self.in_use = 0
        self.refused = 0
        self.last_refused: UtcNs | None = None

    async def live(self, source: Reader, *, mark: ViewMark | None = None, height: int = HEIGHT) -> Reader:
        """A reader of the same stream in H.264; closing it closes `source` and ends the process.

        Raises Overloaded (`transcode.cap` or `transcode.cap-large`) where all are in use; `source` then stays open.
        """
        process = await self._start(mark, height)

        def stop(_: Reader) -> None:
            pump.cancel()

        target = Reader(on_close=stop)
        pump = asyncio.create_task(self._live(process, source, target, mark, height))
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)
        try:
            await asyncio.sleep(0)  # the pump enters its `try`: from here on a cancellation finds its `finally`
        except asyncio.CancelledError:
            target.close()
            raise
        return target

    async def groups(
        self, *, mark: ViewMark | None = None, height: int = HEIGHT, masks: Sequence[RedactionMask] = ()
    ) -> GroupTranscoder:
        """A transcoder for recorded footage, a group of pictures at a time, `masks` burnt into each.

        Raises Overloaded as `live`.
        """
        return GroupTranscoder(await self._start(mark, height, masks), partial(self._release, mark, height))

    async def close(self) -> None:
        """End every live transcoding and return when its process is gone: for the end of the server."""
        pumps = list(self._pumps)
        for pump in pumps:
            if not pump.cancelling():  # a second cancellation would stop it from waiting for its process
                pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _start(self, mark: ViewMark | None, height: int, masks: Sequence[RedactionMask] = ()) -> Process:
        if mark is not None and not self._key:
            raise ValueError("no key to mark with")
        order = TranscodeOrder(height, None if mark is None else HiddenMark(mark.entry, self._key), mark, tuple(masks))
        large = height > HEIGHT
        if large and self.large_in_use >= self.cap_large:
            self.refused += 1
            self.last_refused = self._clock.now()
            raise Overloaded(
                "transcode.cap-large",
                f"高清转码已达上限（{self.large_in_use}/{self.cap_large} 路）",
                text_en=f"As many pictures are transcoded in high definition as may be "
                f"({self.large_in_use} of {self.cap_large})",
                remedy="以标准清晰度查看，或关闭另一路高清画面",
                remedy_en="Watch in standard definition, or close another picture in high definition",
            )
        if mark is not None and self.marked_in_use >= self.cap_marked:
            self.refused += 1
            self.last_refused = self._clock.now()
            raise Overloaded(
                "transcode.cap-marked",
                f"外部人员的画面已达上限（{self.marked_in_use}/{self.cap_marked} 路）",
                text_en=f"As many pictures as may be are shown to people outside "
                f"({self.marked_in_use} of {self.cap_marked})",
                remedy="关闭另一个画面，或稍候自动重试；上限由 transcode_cap_marked 设定",
                remedy_en="Close another picture, or wait: it is tried again by itself; transcode_cap_marked sets the "
                "limit",
            )
        if mark is None and self.in_use >= self.cap:
            self.refused += 1
            self.last_refused = self._clock.now()
            raise Overloaded(
                "transcode.cap",
                f"服务器转码已达上限（{self.in_use}/{self.cap} 路）",
                text_en=f"The server transcodes as many pictures as it may ({self.in_use} of {self.cap})",
                remedy="关闭另一个转码画面，或改用支持 H.265 的浏览器，或为摄像机设置 H.264 子码流",
                remedy_en="Close another transcoded picture, use a browser with H.265, "
                "or give the camera an H.264 sub stream",
            )
        self.in_use += mark is None
        self.marked_in_use += mark is not None
        self.large_in_use += large
        try:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=READ_BYTES)
            assert process.stdin is not None
            process.stdin.write(order.line())
            return process
        except OSError as error:
            self._release(mark, height)
            raise _failed(error.strerror or "start") from error

    def _release(self, mark: ViewMark | None, height: int) -> None:
        self.in_use -= mark is None
        self.marked_in_use -= mark is not None
        self.large_in_use -= height > HEIGHT

    async def _live(self, process: Process, source: Reader, target: Reader, mark: ViewMark | None, height: int) -> None:
        feeding = asyncio.create_task(self._feed(process, source))
        try:
            decoder = RelayDecoder()
            assert process.stdout is not None
            while data := await process.stdout.read(READ_BYTES):
                for message in decoder.receive_data(data):
                    if isinstance(message, Item):
                        target.push(message)
            target.end(None if feeding.done() else _failed("ended"))
        except RemoteError as error:
            target.end(error)
        finally:
            feeding.cancel()
            source.close()
            await _end(process)
            self._release(mark, height)

    async def _feed(self, process: Process, source: Reader) -> None:
        assert process.stdin is not None
        with suppress(ConnectionError, RemoteError):  # the process or the recorder ended: its reader is told by stdout
            async for item in source:
                if isinstance(item, AccessUnit) and self._clock.now() - item.arrived > BEHIND_NS:
                    source.skip_to_newest_key()
                process.stdin.write(encode(item))
                await process.stdin.drain()
        process.stdin.close()


class GroupTranscoder:
    """One process for one playback. Not for two groups at once; `close` when done."""

    def __init__(self, process: Process, release: Callable[[], None]) -> None:
        self._process = process
        self._release: Callable[[], None] | None = release
        self._decoder = RelayDecoder()
        self._config: StreamConfig | None = None

    async def transcode(
        self, config: StreamConfig, units: Sequence[AccessUnit]
    ) -> tuple[StreamConfig, list[AccessUnit]]:
        """The pictures of whole groups in H.264, times kept, in order. LocalError where the process fails.

        Cancelling leaves the process in the middle of a group: then only `close` may follow.
        """
        try:
            async with asyncio.timeout(GROUP_S):
                sending = asyncio.create_task(self._send([config, *units, Dropped(0, _GROUP_END)]))
                try:
                    made = await self._receive()
                finally:
                    sending.cancel()
        except TimeoutError as error:
            raise _failed("timeout") from error
        if self._config is None or not made:
            raise RemoteError(
                "picture.undecodable",
                "这一段画面无法解码",
                text_en="The pictures of this stretch cannot be decoded",
                remedy="查看相邻时段",
                remedy_en="Look at the stretch before or after it",
            )
        return self._config, made

    async def close(self) -> None:
        """End the process and give the place back. May be called twice."""
        await _end(self._process)
        if self._release is not None:
            release, self._release = self._release, None
            release()

    async def _send(self, items: Sequence[Item]) -> None:
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            for item in items:
                self._process.stdin.write(encode(item))
                await self._process.stdin.drain()

    async def _receive(self) -> list[AccessUnit]:
        assert self._process.stdout is not None
        made: list[AccessUnit] = []
        while data := await self._process.stdout.read(READ_BYTES):
            ended = False
            for message in self._decoder.receive_data(data):
                if isinstance(message, StreamConfig):
                    self._config = message
                elif isinstance(message, AccessUnit):
                    made.append(message)
                else:
                    ended = isinstance(message, Dropped)
            if ended:
                return made
        raise _failed("ended")


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    with suppress(ConnectionError):
        await process.stdout.read()  # to its end, or the pipe stays open with its last bytes unread
    await process.wait()


def _failed(what: str) -> LocalError:
    return LocalError(
        "transcode.failed",
        f"转码进程失败：{what}",
        text_en=f"The transcoding process failed: {what}",
        remedy="重新打开画面；重复出现时查看日志",
        remedy_en="Open the picture again; look into the log if this comes again",
    )
