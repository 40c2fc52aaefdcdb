"""One RTSP session with a camera, from OPTIONS to TEARDOWN, and the redirects that lead to it.

Both sources speak to a camera through here, whoever takes the media apart: the address rules, the login, the
certificate, the keep-alive, the reports and the names of failures are therefore the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from mingjian.capture import failures
from mingjian.capture.address import CameraAddress
from mingjian.capture.rtsp_dialogue import Redirected, RtspDialogue
from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.errors import LocalError, RemoteError
from mingjian.kernel.media import Codec
from mingjian.transport.sockets import TlsTrust, UdpPair, connect, open_udp_pair
from mingjian.wire.depacketize_video import VideoTrack
from mingjian.wire.rtcp import ReportBlock, SenderReport, parse_rtcp, render_receiver_report
from mingjian.wire.rtp import Reorderer, RtpTrack
from mingjian.wire.rtsp import Response
from mingjian.wire.rtsp_headers import (
    DEFAULT_SESSION_TIMEOUT_S,
    TransportSpec,
    parse_rtp_info,
    parse_session,
    parse_transport,
)
from mingjian.wire.sdp import Description, Media, control_url, parse_sdp

CONNECT_S = 5.0
SILENCE_S = 10.0
"""The longest a camera may send nothing: a gap is open within 15 s of its last frame."""
FIRST_PICTURE_S = 15.0
"""Longest wait for parameter sets and a key frame; usual GOPs are 1 to 4 s, the longest seen 10 s."""
CATCH_UP_S = 2.0
"""What waited while this process stood still has been read by then, if anything did."""
TICK_S = 1.0
REPORT_S = 5.0
"""RFC 3550 §6.2: the least time between reports."""
MAX_REDIRECTS = 2
MAX_RTCP_BYTES = 65_535
OUR_NAME = "mingjian"


def _ignore(_: object) -> None:
    """Nobody listens."""


@dataclass
class Track:
    """One media of the session. Whoever takes the media makes it; the session fills in the rest."""

    media: Media
    rtp: RtpTrack
    """Gets every RTP packet, in order."""
    audio: bool
    on_report: Callable[[SenderReport], object] = _ignore
    on_rtcp: Callable[[bytes], object] = _ignore
    """Gets every RTCP packet as it came."""
    on_start: Callable[[int | None], object] = _ignore
    """Told once the camera plays: the RTP timestamp of the first packet, where the camera names it."""
    on_end: Callable[[int], object] = _ignore
    """Told that nothing more comes, and how long ago (ns) the camera was last heard."""
    rtcp_channel: int = -1
    pair: UdpPair | None = None
    server_rtcp_port: int = 0
    reported_lost: int = 0
    reported_highest: int = 0
    last_report: int = 0
    last_report_ns: int = 0


class Flow(Protocol):
    """How far a session's media have come, for the watch over it."""

    @property
    def pictures(self) -> int:
        """Pictures that came, delivered or not."""
        ...

    @property
    def last_picture_ns(self) -> int:
        """Monotonic time of the last one."""
        ...

    @property
    def has_config(self) -> bool:
        """Whether readable parameter sets have come."""
        ...

    @property
    def started(self) -> bool:
        """Whether a key frame has come and units flow."""
        ...


TakeMedia = Callable[[Description], Awaitable[tuple[Sequence[Track], Flow]]]
"""Chooses the tracks to set up, from a description with at least one H.264 or H.265 video, and takes their packets."""


def media_to_take(description: Description, *, audio: bool) -> list[Media]:
    """The first video that we can take, then, where `audio` asks for it, the first such sound."""
    video = next(media for media in description.media if media.codec in (Codec.H264, Codec.H265))
    sound = next((media for media in description.media if media.kind == "audio" and media.codec is not None), None)
    return [video, sound] if audio and sound is not None else [video]


async def at_the_final_address(address: CameraAddress, play: Callable[[CameraAddress], Awaitable[None]]) -> None:
    """`play(address)`, again for each redirect that the record allows; raises Refused for one that it does not."""
    for _ in range(MAX_REDIRECTS + 1):
        try:
            await play(address)
            return
        except Redirected as turn:
            address = address.redirected(turn.location)
    raise RemoteError(
        "rtsp.refused",
        "摄像机反复要求转到别处",
        remedy="直接登记最终的取流地址",
        text_en="The camera redirects again and again",
        remedy_en="Record the final address",
    )


class RtspSession:
    """One connection from OPTIONS to TEARDOWN, used once."""

    def __init__(self, address: CameraAddress, clock: Clock, entropy: Callable[[int], bytes]) -> None:
        self._address, self._clock = address, clock
        self._dialogue = RtspDialogue(address, clock, entropy)
        self._ssrc = int.from_bytes(entropy(4), "big")
        self._tracks: Sequence[Track] = ()
        self._urls: list[str] = []
        self._control = address.url
        self._keep_alive = "OPTIONS"
        self._timeout_s = DEFAULT_SESSION_TIMEOUT_S
        self._in_session = False
        self._ending: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._ticking: asyncio.TimerHandle | None = None
        self._playing_since_ns = self._last_media_ns = 0
        self._next_alive_ns = self._next_report_ns = 0
        self._stood_s, self._stood_until_ns = 0.0, 0

    async def run(self, take_media: TakeMedia) -> None:
        """Play until the connection ends. Raises Redirected, or what `Source.run` raises."""
        try:
            await self._connect()
            description, base = await self._describe()
            self._control = control_url(base, description.control)
            self._tracks, flow = await take_media(description)
            for number, track in enumerate(self._tracks):
                await self._set_up(number, track, base)
            answer = await self._dialogue.request("PLAY", self._control, (("Range", "npt=0.000-"),))
            starts = parse_rtp_info(answer.headers.first("RTP-Info") or "")
            for track, url in zip(self._tracks, self._urls, strict=True):
                track.on_start(starts.get(url))
            await self._play(flow)
        finally:
            try:
                silent_ns = self._clock.monotonic_ns() - self._heard_ns
                for track in self._tracks:
                    track.on_end(silent_ns)
            finally:
                self._leave()

    def end(self, error: Exception | None) -> None:
        """The media are wanted no more: `run` raises `error`, or returns, once it plays. The first word counts."""
        if not self._ending.done():
            self._ending.set_result(error)

    async def _connect(self) -> None:
        address = self._address
        self._dialogue.connection = await connect(
            address.host,
            address.port,
            self._dialogue,
            timeout_s=CONNECT_S,
            permit=address.permit,
            trust=TlsTrust(address.tls_sha256) if address.secure else None,
        )

    async def _describe(self) -> tuple[Description, str]:
        """OPTIONS and DESCRIBE: the description and the URL that its controls are seen from."""
        ask = self._dialogue.request
        answer = await ask("OPTIONS", self._address.url)
        if "GET_PARAMETER" in (answer.headers.first("Public") or "").upper():
            self._keep_alive = "GET_PARAMETER"
        answer = await ask("DESCRIBE", self._address.url, (("Accept", "application/sdp"),))
        description = parse_sdp(answer.body)
        if not any(media.codec in (Codec.H264, Codec.H265) for media in description.media):
            names = (media.name[:20] for media in description.media[:4] if media.name.isprintable())
            raise failures.unsupported("、".join(names))
        base = answer.headers.first("Content-Base") or answer.headers.first("Content-Location") or self._address.url
        return description, base

    async def _set_up(self, number: int, track: Track, base: str) -> None:
        if self._address.transport == "udp":
            wanted = await self._udp_transport(track)
        else:
            wanted = TransportSpec(tcp=True, interleaved=(2 * number, 2 * number + 1))
        url = control_url(base, track.media.control)
        self._urls.append(url)
        answer = await self._dialogue.request("SETUP", url, (("Transport", wanted.render()),))
        session, self._timeout_s = parse_session(answer.headers.first("Session") or "")
        self._dialogue.set_session(session)
        self._in_session = True
        got = _chosen(answer, wanted)
        if wanted.tcp:
            channels = got.interleaved or wanted.interleaved
            assert channels is not None
            track.rtcp_channel = channels[1]
            alike = track.rtp.take_alike if isinstance(track.rtp, VideoTrack) else None
            self._dialogue.wire.route(channels[0], track.rtp.take, alike)
            self._dialogue.wire.route(channels[1], lambda buffer, start, end: self._on_rtcp(track, buffer[start:end]))
        elif got.server_port is not None:
            track.server_rtcp_port = got.server_port[1]

    async def _udp_transport(self, track: Track) -> TransportSpec:
        connection = self._dialogue.connection
        assert connection is not None
        reorderer = Reorderer()

        def take_rtp(data: bytes) -> None:
            self._last_media_ns = self._clock.monotonic_ns()
            for packet in reorderer.push(data):
                track.rtp.take(packet, 0, len(packet))

        track.pair = await open_udp_pair(
            local_ip=connection.local_ip,
            peer_ip=connection.peer_ip,
            take_rtp=lambda data: self._dialogue.guarded(take_rtp, data),
            take_rtcp=lambda data: self._dialogue.guarded(lambda data: self._on_rtcp(track, data), data),
        )
        return TransportSpec(tcp=False, client_port=track.pair.ports)

    async def _play(self, flow: Flow) -> None:
        """Until the connection ends: watch for silence, keep the session alive, report reception."""
        self._playing_since_ns = self._last_media_ns = self._clock.monotonic_ns()
        self._next_alive_ns = self._playing_since_ns + self._half_timeout_ns()
        self._next_report_ns = self._playing_since_ns + round(REPORT_S * SECOND_NS)
        self._tick_later(flow)
        ends: tuple[asyncio.Future[Any], ...] = (self._dialogue.ended, self._ending)
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        error = (self._ending if self._ending.done() else self._dialogue.ended).result()
        if error is not None:
            raise error

    def _tick_later(self, flow: Flow) -> None:
        """A bare timer: waiting with a timeout costs several times as much, each second, for each camera."""
        loop = asyncio.get_running_loop()
        self._ticking = loop.call_later(TICK_S, self._tick, flow, loop.time())

    def _tick(self, flow: Flow, ticked_s: float) -> None:
        """`ticked_s`: the loop's time at the last tick. The loop's, for its standing still is looked for."""
        try:
            now_ns = self._clock.monotonic_ns()
            self._check_flow(flow, now_ns, asyncio.get_running_loop().time() - ticked_s)
            if now_ns >= self._next_alive_ns:
                self._dialogue.say(self._keep_alive, self._control)
                self._next_alive_ns = now_ns + self._half_timeout_ns()
            if now_ns >= self._next_report_ns:
                self._report(now_ns)
                self._next_report_ns = now_ns + round(REPORT_S * SECOND_NS)
        except Exception as error:  # noqa: BLE001 - comes out of run(); the loop would swallow it
            self.end(error)
            self._leave()  # at once: what waits unread must not be taken before run() gets its turn
        else:
            self._tick_later(flow)

    @property
    def _heard_ns(self) -> int:
        """Monotonic time of what came last."""
        return self._dialogue.last_bytes_ns if self._address.transport == "tcp" else self._last_media_ns

    def _half_timeout_ns(self) -> int:
        return self._timeout_s * SECOND_NS // 2

    def _check_flow(self, flow: Flow, now_ns: int, stood_s: float) -> None:
        """Raises when the camera is silent, or shows nothing that can be decoded.

        What it sent while this process stood still waits unread: it is read first. Where nothing of it is there, the
        gap is ours, not the camera's.
        """
        heard_ns = self._heard_ns
        since_ns = now_ns - self._stood_until_ns if self._stood_s else SILENCE_S * SECOND_NS
        if stood_s > SILENCE_S / 2 and since_ns >= SILENCE_S * SECOND_NS:
            self._stood_s, self._stood_until_ns, since_ns = stood_s, now_ns, 0
        if flow.started:
            if now_ns - flow.last_picture_ns > SILENCE_S * SECOND_NS and since_ns >= CATCH_UP_S * SECOND_NS:
                if since_ns < SILENCE_S * SECOND_NS:
                    raise failures.stood_still(self._stood_s)
                if now_ns - heard_ns > SILENCE_S * SECOND_NS / 2:
                    raise failures.silent(SILENCE_S)
                raise failures.no_more_pictures(SILENCE_S)
        elif now_ns - self._playing_since_ns > FIRST_PICTURE_S * SECOND_NS:
            if flow.pictures == 0:
                raise failures.no_video(FIRST_PICTURE_S, udp=self._address.transport == "udp")
            if not flow.has_config:
                raise failures.no_parameter_sets(FIRST_PICTURE_S)
            raise failures.no_key_frame(FIRST_PICTURE_S)

    def _on_rtcp(self, track: Track, data: bytes) -> None:
        track.on_rtcp(data)
        for packet in parse_rtcp(data[:MAX_RTCP_BYTES]):
            if isinstance(packet, SenderReport):
                track.last_report = packet.ntp >> 16 & 0xFFFF_FFFF
                track.last_report_ns = self._clock.monotonic_ns()
                track.on_report(packet)
            elif not track.audio and packet.ssrc == track.rtp.ssrc:
                self._dialogue.end(None)

    def _report(self, now_ns: int) -> None:
        """Receiver reports: some cameras stop sending without them."""
        for track in self._tracks:
            if track.rtp.ssrc < 0:
                continue
            data = render_receiver_report(self._ssrc, (_report_block(track, now_ns),), OUR_NAME)
            if track.pair is not None and track.server_rtcp_port:
                track.pair.send_rtcp(data, track.server_rtcp_port)
            elif track.rtcp_channel >= 0:
                self._dialogue.write(self._dialogue.wire.send_interleaved(track.rtcp_channel, data))

    def _leave(self) -> None:
        """End the session at the camera, so that it frees its place at once; never waits, may be called twice."""
        if self._ticking is not None:
            self._ticking.cancel()
        if self._in_session and not self._dialogue.ended.done():
            with suppress(LocalError):
                self._dialogue.say("TEARDOWN", self._control)
            self._in_session = False
        elif self._dialogue.ended.done():
            self._dialogue.ended.exception()  # taken, so that the loop does not report it a second time
        for track in self._tracks:
            if track.pair is not None:
                track.pair.close()
        if self._dialogue.connection is not None:
            self._dialogue.connection.close()


def _report_block(track: Track, now_ns: int) -> ReportBlock:
    """What we received of a track since the last report (RFC 3550 §6.4.1, A.3); jitter is not measured."""
    highest, lost = track.rtp.extended_highest(), track.rtp.lost
    expected, missing = highest - track.reported_highest, lost - track.reported_lost
    track.reported_highest, track.reported_lost = highest, lost
    delay = (now_ns - track.last_report_ns) * 65_536 // SECOND_NS if track.last_report else 0
    fraction = missing * 256 // expected if expected > 0 else 0
    return ReportBlock(track.rtp.ssrc, fraction, lost, highest, 0, track.last_report, delay)


def _chosen(answer: Response, wanted: TransportSpec) -> TransportSpec:
    """What the server settled on; one that answers without a Transport header took what we asked."""
    value = answer.headers.first("Transport")
    if not value:
        return wanted
    found = parse_transport(value)
    if not found or found[0].tcp is not wanted.tcp:
        raise failures.status_refused("SETUP", 461, "")
    return found[0]
