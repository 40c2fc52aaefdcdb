"""The second source: FFmpeg through PyAV takes the packets apart, for cameras whose packets only FFmpeg understands.

Same promises, about four times the cost, one frame later, no sender reports. Only our own session speaks to the
camera; FFmpeg connects to `av_relay` and nowhere else, and never holds a credential or an address of the camera.
A thread of its own reads; units cross to the event loop through a bounded hand-over.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from functools import partial

from mingjian.capture import failures
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_reader import Read, Skipped, read
from mingjian.capture.av_relay import TOKEN_BYTES, AvRelay
from mingjian.capture.rtsp_session import Flow, RtspSession, Track, at_the_final_address, media_to_take
from mingjian.kernel.clock import Clock
from mingjian.kernel.media import SourceSink, StreamConfig
from mingjian.wire.rtp import RtpTrack
from mingjian.wire.sdp import Description

HAND_OVER_UNITS = 512
"""About ten seconds of one camera with sound; a loop that far behind is overloaded, and the camera starts anew."""
HAND_OVER_WAIT_S = 5.0
STOP_WAIT_S = 2.0
"""How long a source that ends waits for its thread: it only has to take what the relay still held."""


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
                await reading.close()
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
        self._loop = asyncio.get_running_loop()
        self._room = threading.BoundedSemaphore(HAND_OVER_UNITS)
        self._stopping = threading.Event()
        self._relay: AvRelay | None = None
        self._done: asyncio.Future[None] = self._loop.create_future()
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
        threading.Thread(target=self._work, args=(url,), name="av-source", daemon=True).start()
        return tracks, self

    async def close(self) -> None:
        """Let FFmpeg read what the relay still holds, briefly; then nothing more reaches the sink."""
        if self._relay is None:
            return
        self._relay.finish()
        if not self._done.done():
            await asyncio.wait({self._done}, timeout=STOP_WAIT_S)
        self._stopping.set()
        self._relay.close()

    def _work(self, url: str) -> None:
        """On the thread."""
        error: Exception | None = None
        try:
            read(
                url,
                audio=self._audio,
                clock=self._clock,
                hand_over=self._hand_over,
                stopped=self._stopping.is_set,
            )
        except Exception as fault:  # noqa: BLE001 - crosses to run(), which raises it
            error = fault
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._finish, error)

    def _hand_over(self, one: Read) -> None:
        """On the thread."""
        if not self._room.acquire(timeout=HAND_OVER_WAIT_S):
            raise failures.overloaded()
        self._loop.call_soon_threadsafe(self._deliver, one)

    def _deliver(self, one: Read) -> None:
        self._room.release()
        if self._done.done() or self._stopping.is_set():
            return
        try:
            self._take(one)
        except Exception as fault:  # noqa: BLE001 - handed on to run() and its supervisor
            self._finish(fault)

    def _take(self, one: Read) -> None:
        if isinstance(one, StreamConfig):
            self.has_config = True
            self._sink.on_config(one)
            return
        if isinstance(one, Skipped):
            self.has_config = one.has_config
            if one.too_long:
                self._sink.on_lost(1)
            return
        if not one.audio:
            self.started = True
            self.last_picture_ns = self._clock.monotonic_ns()
        self._sink.on_access_unit(one)

    def _finish(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)
            self._stopping.set()
            self.error = error
            self._on_end(error)

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
