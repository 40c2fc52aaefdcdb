"""The second source: FFmpeg through PyAV, for cameras that only FFmpeg understands. Same promises, about four times
the cost, one frame later, no sender reports.

A thread of its own reads; units cross to the event loop through a bounded hand-over. FFmpeg takes credentials in the
URL only: that URL is made in memory for one call, and no error text, log or process list ever holds it.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
import av.error
import av.logging

from mingjian.capture import failures
from mingjian.capture.address import CameraAddress
from mingjian.capture.rtsp_source import CONNECT_S, FIRST_PICTURE_S, SILENCE_S, inspect
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, MingjianError, RemoteError
from mingjian.kernel.media import (
    TICKS_PER_SECOND,
    AccessUnit,
    AudioConfig,
    Codec,
    SourceSink,
    StreamConfig,
    VideoConfig,
)
from mingjian.wire.aac import audio_config
from mingjian.wire.depacketize_video import MAX_UNIT_BYTES, ParameterSets
from mingjian.wire.nal import NalKind, from_annex_b, nal_kind, starts_new_picture, to_length_prefixed

HAND_OVER_UNITS = 512
"""About ten seconds of one camera with sound; a loop that far behind is overloaded, and the camera starts anew."""
HAND_OVER_WAIT_S = 5.0
STOP_WAIT_S = 2.0
"""How long a cancelled source waits for its thread; a silent camera's thread ends by FFmpeg's own read timeout."""
NOMINAL_FRAME_90K = 3600
PROTOCOLS = "rtsp,rtp,udp,tcp,tls"
"""Nothing that reads files, playlists or other hosts' pages."""
PROBE_BYTES = 1_000_000

_VIDEO = {"h264": Codec.H264, "hevc": Codec.H265}
_AUDIO = {"aac": Codec.AAC, "pcm_alaw": Codec.PCMA, "pcm_mulaw": Codec.PCMU}

Deliver = Callable[[SourceSink], None]


class AvSource:
    """See `capture.source.Source`."""

    def __init__(
        self, address: CameraAddress, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._address = address
        self._clock = clock
        self._entropy = entropy
        self._stop = threading.Event()
        self._room = threading.BoundedSemaphore(HAND_OVER_UNITS)

    async def run(self, sink: SourceSink) -> None:
        if self._address.tls_sha256:
            raise Invalid(
                "camera.engine",
                "av 引擎不能核对证书指纹",
                remedy="改用 native 引擎，或使用可验证的证书",
                text_en="The av engine cannot check a fingerprint",
                remedy_en="Use the native engine, or a certificate that can be verified",
                field="engine",
            )
        # FFmpeg would follow any redirect and names failures poorly: our own client asks first.
        address, release = await inspect(self._address, self._clock, self._entropy)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def deliver(pass_on: Deliver) -> None:
            self._room.release()
            if done.done():
                return
            try:
                pass_on(sink)
            except Exception as fault:  # noqa: BLE001 - handed on to run() and its supervisor
                done.set_exception(fault)

        def hand_over(pass_on: Deliver) -> None:
            if not self._room.acquire(timeout=HAND_OVER_WAIT_S):
                raise failures.overloaded()
            loop.call_soon_threadsafe(deliver, pass_on)

        def finish(error: Exception | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def work() -> None:
            error: Exception | None = None
            try:
                self._read(address, hand_over, lambda: loop.call_soon_threadsafe(release))
            except Exception as fault:  # noqa: BLE001 - crosses to run(), which raises it
                error = fault
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, error)

        thread = threading.Thread(target=work, name="av-source", daemon=True)
        thread.start()
        try:
            await asyncio.shield(done)
        finally:
            self._stop.set()
            release()
            if not done.done():
                await asyncio.wait({done}, timeout=STOP_WAIT_S)
            if done.done() and not done.cancelled():
                done.exception()  # taken, so that the loop does not report it a second time

    def _read(self, address: CameraAddress, hand_over: Callable[[Deliver], None], opened: Callable[[], object]) -> None:
        """On the thread: open, then hand over unit after unit until the end, a failure or `_stop`."""
        av.logging.set_level(None)  # FFmpeg's own messages repeat the URL, credentials included
        try:
            with av.open(
                _signed_url(address),
                options=_options(address),
                timeout=(CONNECT_S + FIRST_PICTURE_S, SILENCE_S),
                metadata_errors="replace",
            ) as container:
                opened()
                reader = _Reader(container, address.audio, self._clock)
                for pass_on in reader.units():
                    if self._stop.is_set():
                        return
                    hand_over(pass_on)
        except av.error.HTTPUnauthorizedError:
            raise failures.auth_failed(bool(address.user)) from None
        except av.error.HTTPNotFoundError:
            raise failures.status_refused("DESCRIBE", 404, "") from None
        except (av.error.ExitError, av.error.TimeoutError):
            raise failures.silent(SILENCE_S) from None
        except MingjianError:
            raise
        except (av.error.FFmpegError, OSError) as error:
            # from None and by type only: the error's own text holds the URL
            raise RemoteError(
                "capture.av-failed",
                f"FFmpeg 无法读取该流（{type(error).__name__}）",
                remedy="改用 native 引擎，或核对取流地址",
                text_en=f"FFmpeg cannot read this stream ({type(error).__name__})",
                remedy_en="Use the native engine, or check the address",
            ) from None


@dataclass(slots=True)
class _Picture:
    """One picture, until the next one shows that it is whole."""

    pts_90k: int | None
    key: bool
    nals: list[bytes]
    damaged: bool
    arrived: UtcNs
    config: VideoConfig


class _Reader:
    """FFmpeg's packets as what a sink is told."""

    def __init__(self, container: Any, audio: bool, clock: Clock) -> None:
        self._container = container
        self._clock = clock
        streams = container.streams
        video = next((s for s in streams.video if s.codec_context.name in _VIDEO), None)
        if video is None:
            raise failures.unsupported("、".join(s.codec_context.name for s in list(streams)[:4]))
        self._video = video
        self._codec = _VIDEO[video.codec_context.name]
        self._sets = ParameterSets(self._codec)
        self._video_config = self._sets.update(from_annex_b(bytes(video.codec_context.extradata or b"")))
        self._sound = next((s for s in streams.audio if s.codec_context.name in _AUDIO), None) if audio else None
        self._audio_config = _audio_of(self._sound) if self._sound is not None else None
        if self._audio_config is None:
            self._sound = None
        self._held: _Picture | None = None
        self._told: StreamConfig | None = None
        self._last_90k: int | None = None
        self._step_90k = NOMINAL_FRAME_90K

    def units(self) -> Iterator[Deliver]:
        """Calls for the sink, in order, from the first key frame on."""
        opened_ns = self._clock.monotonic_ns()
        wanted = [self._video] if self._sound is None else [self._video, self._sound]
        for packet in self._container.demux(wanted):
            if packet.size == 0:
                continue
            if packet.stream is self._sound:
                if self._told is not None and packet.pts is not None:
                    yield _unit(self._sound_unit(packet))
                continue
            nals = from_annex_b(bytes(packet))
            changed = self._sets.update(nal for nal in nals if nal_kind(self._codec, nal) in _PARAMETERS)
            held = self._held
            if held is not None and self._continues(nals):
                held.nals += nals
                held.key = held.key or packet.is_keyframe
                self._video_config = held.config = changed or held.config
                continue
            self._video_config = changed or self._video_config
            if held is None and (not packet.is_keyframe or self._video_config is None):
                self._check_patience(opened_ns)
                continue
            pts_90k = None if packet.pts is None else int(packet.pts * packet.time_base * TICKS_PER_SECOND)
            if held is not None:
                yield from self._release(held, pts_90k)
            assert self._video_config is not None
            corrupt = bool(packet.is_corrupt)
            self._held = _Picture(pts_90k, packet.is_keyframe, nals, corrupt, self._clock.now(), self._video_config)
        if self._held is not None:
            yield from self._release(self._held, None)

    def _continues(self, nals: list[bytes]) -> bool:
        """Whether these belong to the picture in hand: FFmpeg cuts where a camera repeats its SPS between slices."""
        first = next((nal for nal in nals if nal_kind(self._codec, nal) in _SLICES), None)
        return first is None or not starts_new_picture(self._codec, first)

    def _check_patience(self, opened_ns: int) -> None:
        if self._clock.monotonic_ns() - opened_ns > FIRST_PICTURE_S * SECOND_NS:
            if self._video_config is None:
                raise failures.no_parameter_sets(FIRST_PICTURE_S)
            raise failures.no_key_frame(FIRST_PICTURE_S)

    def _release(self, picture: _Picture, next_90k: int | None) -> Iterator[Deliver]:
        """The picture in hand; the time FFmpeg leaves out of some first ones follows from their neighbours."""
        if picture.pts_90k is not None:
            time_90k = picture.pts_90k
        elif self._last_90k is None and next_90k is not None:
            time_90k = next_90k - self._step_90k
        else:
            time_90k = (self._last_90k or 0) + self._step_90k
        if self._last_90k is not None and 0 < time_90k - self._last_90k < TICKS_PER_SECOND:
            self._step_90k = time_90k - self._last_90k
        self._last_90k = time_90k
        if self._told is None or self._told.video is not picture.config:
            self._told = StreamConfig(picture.config, self._audio_config)
            yield _config(self._told)
        data = to_length_prefixed(picture.nals)
        if len(data) > MAX_UNIT_BYTES:
            yield _lost(1)
            return
        yield _unit(AccessUnit(time_90k, picture.key, data, picture.arrived, damaged=picture.damaged))

    def _sound_unit(self, packet: Any) -> AccessUnit:
        time = int(packet.pts * packet.time_base * TICKS_PER_SECOND)
        return AccessUnit(time, True, bytes(packet), self._clock.now(), audio=True, damaged=bool(packet.is_corrupt))


_PARAMETERS = (NalKind.VPS, NalKind.SPS, NalKind.PPS)
_SLICES = (NalKind.SLICE, NalKind.IDR)


def _unit(unit: AccessUnit) -> Deliver:
    return lambda sink: sink.on_access_unit(unit)


def _config(config: StreamConfig) -> Deliver:
    return lambda sink: sink.on_config(config)


def _lost(packets: int) -> Deliver:
    return lambda sink: sink.on_lost(packets)


def _audio_of(stream: Any) -> AudioConfig | None:
    codec = _AUDIO[stream.codec_context.name]
    if codec is not Codec.AAC:
        return AudioConfig(codec, stream.codec_context.sample_rate, stream.codec_context.channels)
    try:
        return audio_config(bytes(stream.codec_context.extradata or b""))
    except Invalid:
        return None


def _signed_url(address: CameraAddress) -> str:
    """The URL with the credentials in it: for one call, never kept, never shown."""
    if not address.user:
        return address.url
    parts = urlsplit(address.url)
    signed = f"{quote(address.user, safe='')}:{quote(address.password.reveal(), safe='')}@{parts.netloc}"
    return urlunsplit(parts._replace(netloc=signed))


def _options(address: CameraAddress) -> dict[str, str]:
    options = {
        "rtsp_transport": address.transport,
        "protocol_whitelist": PROTOCOLS,
        "timeout": str(round(SILENCE_S * 1_000_000)),
        "analyzeduration": "1000000",
        "probesize": str(PROBE_BYTES),
        "allowed_media_types": "video+audio" if address.audio else "video",
    }
    if address.secure:
        authorities = ssl.get_default_verify_paths().cafile
        options |= {"tls_verify": "1", **({"ca_file": authorities} if authorities else {})}
    return options
