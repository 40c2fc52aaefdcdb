"""The second source: FFmpeg through PyAV takes the packets apart, for cameras whose packets only FFmpeg understands.

Same promises, several times the cost, one frame later, no sender reports. Only our own session speaks to the camera;
FFmpeg connects to `av_relay` and nowhere else, and never holds a credential or an address of the camera. It reads in a
process of its own (`av_child`), so that its crash is the failure of this camera alone.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from mingjian.capture import failures
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_child import HAS_CONFIG
from mingjian.capture.av_relay import TOKEN_BYTES, AvRelay
from mingjian.capture.rtsp_session import Flow, RtspSession, Track, at_the_final_address, media_to_take
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import AccessUnit, SourceSink, StreamConfig
from mingjian.transport.backlog import Dropped
from mingjian.transport.relay_codec import Failed, Message, RelayDecoder
from mingjian.wire.rtp import RtpTrack
from mingjian.wire.sdp import Description

COMMAND = (sys.executable, "-m", "mingjian.capture.av_child")
READ_BYTES = 1 << 18
"""Half a second of 4 Mb/s in one go; the pipe's own buffer stops a child that is ahead of us."""
STOP_WAIT_S = 2.0
"""How long a source that ends waits for FFmpeg: it only has to take what the relay still held."""


class AvSource:
    """See `capture.source.Source`."""

    def __init__(
        self, address: CameraAddress, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._address = address
        self._clock = clock
        self._entropy = entropy

    async def run(self, sink: SourceSink) -> None:
        async def play(address: CameraAddress) -> None:
            session = RtspSession(address, self._clock, self._entropy)
            reading = _Reading(sink, self._clock, audio=address.audio, on_end=session.end)
            take_media = partial(reading.take_media, token=self._entropy(TOKEN_BYTES))
            try:
                await session.run(take_media)
            finally:
                await asyncio.shield(reading.close())
            if reading.error is not None:
                raise reading.error

        await at_the_final_address(self._address, play)


class _Reading:
    """One session's packets on their way through FFmpeg to the sink; tells how far they have come (`Flow`)."""

    def __init__(
        self, sink: SourceSink, clock: Clock, *, audio: bool, on_end: Callable[[Exception | None], None]
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._audio = audio
        self._on_end = on_end
        self._relay: AvRelay | None = None
        self._child: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.error: Exception | None = None
        """What ended the reading; None while it goes on or when it ended in order."""
        self.pictures = 0
        """Counted as they come: FFmpeg hands none on until it could decode some."""
        self.last_picture_ns = 0
        self.has_config = False
        self.started = False

    async def take_media(self, description: Description, *, token: bytes) -> tuple[list[Track], Flow]:
        """`rtsp_session.TakeMedia`: the tracks lead to FFmpeg, which runs from here on."""
        media = media_to_take(description, audio=self._audio)
        self.has_config = bool(media[0].parameter_sets)
        relay = self._relay = AvRelay(media, token)
        url = await relay.open()
        tracks = [
            Track(
                one,
                _PassedOn(one.payload_type, partial(relay.carry, 2 * n), partial(self._on_packet, n == 0)),
                audio=n > 0,
                on_rtcp=partial(_whole, partial(relay.carry, 2 * n + 1)),
                on_start=partial(relay.started, n),
            )
            for n, one in enumerate(media)
        ]
        self._child = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, limit=READ_BYTES)
        self._task = asyncio.create_task(self._read(self._child, url), name="av-source")
        return tracks, self

    async def close(self) -> None:
        """Let FFmpeg read what the relay still holds, briefly; then nothing more reaches the sink."""
        if self._relay is not None:
            self._relay.finish()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=STOP_WAIT_S)
            self._task.cancel()
        if self._relay is not None:
            self._relay.close()
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()

    async def _read(self, child: Process, url: str) -> None:
        """Everything the child says, until it ends; how it ended becomes the session's end."""
        error: Exception | None = None
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps({"url": url, "audio": self._audio}).encode() + b"\n")
            decoder = RelayDecoder()
            while data := await child.stdout.read(READ_BYTES):
                for message in decoder.receive_data(data):
                    self._take(message)
            if (status := await child.wait()) != 0:
                error = failures.ffmpeg_crashed(status)
        except Exception as fault:  # noqa: BLE001 - crosses to run(), which raises it
            error = fault
        self.error = error
        self._on_end(error)

    def _take(self, one: Message) -> None:
        if isinstance(one, AccessUnit):
            if not one.audio:
                self.started = True
                self.last_picture_ns = self._clock.monotonic_ns()
            self._sink.on_access_unit(replace(one, arrived=UtcNs(self._clock.now() - one.arrived)))
        elif isinstance(one, StreamConfig):
            self.has_config = True
            self._sink.on_config(one)
        elif isinstance(one, Dropped):
            self.has_config = one.reason == HAS_CONFIG
            if one.frames:
                self._sink.on_lost(one.frames)
        elif isinstance(one, Failed):
            raise RemoteError(one.code, one.text, text_en=one.text_en, remedy=one.remedy, remedy_en=one.remedy_en)

    def _on_packet(self, video: bool, marker: bool, lost: int) -> None:
        """A packet was passed on; `lost` are missing before it, `marker` ends a picture."""
        if lost and self.started:
            self._sink.on_lost(lost)
        if video and marker:
            self.pictures += 1


class _PassedOn(RtpTrack):
    """Passes every packet on as it came, and follows the numbering, so that our reports and losses are right."""

    def __init__(
        self,
        payload_type: int,
        pass_on: Callable[[bytes, int, int], None],
        on_packet: Callable[[bool, int], None],
    ) -> None:
        super().__init__(payload_type)
        self._pass_on = pass_on
        self._on_packet = on_packet

    def take(self, buffer: bytes, start: int, end: int) -> None:
        self._pass_on(buffer, start, end)
        super().take(buffer, start, end)

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        self._on_packet(marker, lost)


def _whole(carry: Callable[[bytes, int, int], None], data: bytes) -> None:
    carry(data, 0, len(data))
