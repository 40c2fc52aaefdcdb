"""One client's connection to a simulated camera: RTSP requests in, answers and pictures out (RFC 2326)."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Collection, Sequence
from typing import Protocol, cast
from urllib.parse import urlsplit

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.simulator.rtp_loop import Rendered
from mingjian.wire.rtsp import Request, RtspConnection
from mingjian.wire.rtsp_auth import Challenge
from mingjian.wire.rtsp_headers import TransportSpec, parse_transport

VIDEO_TRACK, AUDIO_TRACK = "track1", "track2"
SESSION_TIMEOUT_S = 60
MAX_UNSENT_BYTES = 4 << 20
"""Ten seconds of 3 Mb/s: a client further behind misses pictures up to a key frame, as with a real camera."""
REPORT_EVERY_NS = 5 * SECOND_NS
"""Sender reports, as RFC 3550 §6.2 has it; the first comes behind the client's first picture."""
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


class PlayedStream(Protocol):
    """One stream of a camera, as a session sees it."""

    def description(self) -> bytes:
        """The session description (SDP)."""
        ...

    def has_track(self, track: str) -> bool: ...

    def join(self, player: Player) -> None: ...

    def leave(self, player: Player) -> None: ...


class CameraFace(Protocol):
    """What a session may ask of its camera."""

    @property
    def host(self) -> str: ...

    @property
    def unsent_max(self) -> int:
        """Bytes a client may be behind before it misses pictures."""
        ...

    def silent(self) -> bool: ...

    def challenge(self, nonce: str) -> Challenge | None:
        """What a client must answer; None when the camera is open."""
        ...

    def admits(self, challenge: Challenge, value: str, method: str) -> bool:
        """Whether the value of Authorization is right."""
        ...

    def stream(self, path: str) -> PlayedStream | None: ...

    def opened(self, session: Session) -> None: ...

    def closed(self, session: Session) -> None: ...


class Player:
    """Where one client wants its packets: channels of its connection, or UDP ports."""

    def __init__(self, transport: asyncio.Transport, host: str, unsent_max: int = MAX_UNSENT_BYTES) -> None:
        self._transport = transport
        self._host = host
        self._unsent_max = unsent_max
        self.specs: dict[str, TransportSpec] = {}
        self._sockets: dict[str, tuple[socket.socket, socket.socket]] = {}
        self._waits_for_key = True
        self._reported_ns = 0
        self.skipped_frames = 0

    def setup(self, track: str, wanted: Sequence[TransportSpec]) -> TransportSpec | None:
        """Accept the first choice that we can serve; None when there is none."""
        for choice in wanted:
            if choice.tcp:
                default = (0, 1) if track == VIDEO_TRACK else (2, 3)
                spec = TransportSpec(tcp=True, interleaved=choice.interleaved or default)
            elif choice.client_port is not None:
                spec = TransportSpec(tcp=False, client_port=choice.client_port, server_port=self._open(track))
            else:
                continue
            self.specs[track] = spec
            return spec
        return None

    def _open(self, track: str) -> tuple[int, int]:
        self._close(track)
        pair = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        for one in pair:
            one.setblocking(False)
            one.bind((self._host, 0))
        self._sockets[track] = pair
        return pair[0].getsockname()[1], pair[1].getsockname()[1]

    def _close(self, track: str) -> None:
        for one in self._sockets.pop(track, ()):
            one.close()

    def close(self) -> None:
        """Let go of the ports."""
        for track in tuple(self._sockets):
            self._close(track)

    def play(self) -> None:
        """Begin anew with the next key frame."""
        self._waits_for_key = True
        self.report_soon()

    def report_soon(self) -> None:
        """Want a sender report behind the next picture."""
        self._reported_ns = 0

    def wants_report(self, now: UtcNs) -> bool:
        """Whether a sender report is due; saying so counts as having sent it."""
        if self._waits_for_key or abs(now - self._reported_ns) < REPORT_EVERY_NS:
            return False
        self._reported_ns = now
        return True

    def send_picture(self, rendered: Rendered, late: Collection[int] = ()) -> None:
        """Put one picture on the wire, or skip it while the client is too far behind.

        On UDP the packets at the places `late` go behind their next one.
        """
        spec = self.specs.get(VIDEO_TRACK)
        if spec is None:
            return
        if self._waits_for_key and not rendered.key:
            return
        if not rendered.starts:  # every packet of it was lost
            return
        if self._transport.get_write_buffer_size() > self._unsent_max:
            self._waits_for_key = True
            self.skipped_frames += 1
            return
        self._waits_for_key = False
        if not spec.tcp:
            ends = [start - 4 for start in rendered.starts[1:]] + [len(rendered.buffer)]
            view = memoryview(rendered.buffer)
            order = sorted(range(len(ends)), key=lambda place: place + 1.5 * (place in late))
            for place in order:
                self._send_datagram(VIDEO_TRACK, view[rendered.starts[place] : ends[place]], control=False)
            return
        channel = spec.interleaved[0] if spec.interleaved else 0
        buffer = rendered.buffer
        if channel:
            buffer = bytearray(buffer)
            for start in rendered.starts:
                buffer[start - 3] = channel
        self._transport.write(buffer)

    def send_packet(self, track: str, packet: bytes, *, control: bool = False) -> None:
        """Put one RTP or RTCP packet of `track` on the wire."""
        spec = self.specs.get(track)
        if spec is None or self._waits_for_key:
            return
        if spec.tcp:
            channel = (spec.interleaved or (0, 1))[control]
            self._transport.write(b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet)
        else:
            self._send_datagram(track, packet, control=control)

    def _send_datagram(self, track: str, packet: bytes | memoryview, *, control: bool) -> None:
        spec, pair = self.specs[track], self._sockets.get(track)
        peer = self._transport.get_extra_info("peername")
        if pair is None or peer is None or spec.client_port is None:
            return
        try:
            pair[control].sendto(packet, (peer[0], spec.client_port[control]))
        except OSError:
            # Datagrams may be lost: a full socket buffer and a closed port are part of the medium.
            return


class Session(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, camera: CameraFace) -> None:
        self._camera = camera
        self._connection = RtspConnection()
        self._transport: asyncio.Transport | None = None
        self._challenge = camera.challenge(secrets.token_hex(16))
        self._session_id = secrets.token_hex(8)
        self._stream: PlayedStream | None = None
        self._player: Player | None = None
        self._playing = False
        self.heard = False
        """Set by whatever the client sends, cleared by who watches for its silence."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream server makes stream transports, though uvloop's are not registered as such.
        self._transport = cast(asyncio.Transport, transport)
        self._player = Player(self._transport, self._camera.host, self._camera.unsent_max)
        self._camera.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        if self._player is not None:
            self._player.close()
        self._camera.closed(self)

    def abort(self) -> None:
        """Reset the connection: the client sees no orderly end."""
        if self._transport is None:
            return
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            # Linger of zero seconds makes close send RST instead of FIN.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self.heard = True
        if self._camera.silent() or self._transport is None:
            return
        try:
            events = self._connection.receive_data(data)
        except RemoteError:
            self._transport.close()
            return
        for event in events:
            if isinstance(event, Request):
                self._transport.write(self._answer(event))
                if event.method == "PLAY" and self._stream is not None and self._playing:
                    # Only now: the answer to PLAY comes before the first packet.
                    self._stream.join(self._player_of())
                if event.method == "TEARDOWN":
                    self._stop()
                    self._transport.close()

    def _player_of(self) -> Player:
        assert self._player is not None, "requests arrive after connection_made"
        return self._player

    def _stop(self) -> None:
        if self._stream is not None and self._playing and self._player is not None:
            self._stream.leave(self._player)
        self._playing = False

    def _answer(self, request: Request) -> bytes:
        respond = self._connection.send_response
        if request.method == "OPTIONS":
            return respond(request, 200, [("Public", _METHODS)])
        if self._challenge is not None:
            given = request.headers.first("Authorization")
            if given is None or not self._camera.admits(self._challenge, given, request.method):
                return respond(request, 401, [("WWW-Authenticate", self._challenge.render())])
        session = ("Session", f"{self._session_id};timeout={SESSION_TIMEOUT_S}")
        match request.method:
            case "DESCRIBE":
                stream = self._camera.stream(_parts(request.url)[0])
                if stream is None:
                    return respond(request, 404)
                base = request.url.rstrip("/") + "/"
                headers = [("Content-Base", base), ("Content-Type", "application/sdp")]
                return respond(request, 200, headers, stream.description())
            case "SETUP":
                return self._setup(request, session)
            case "PLAY":
                if self._stream is None:
                    return respond(request, 455)
                self._stop()
                self._player_of().play()
                self._playing = True
                return respond(request, 200, [session, ("Range", "npt=now-")])
            case "PAUSE":
                self._stop()
                return respond(request, 200, [session])
            case "GET_PARAMETER" | "SET_PARAMETER" | "TEARDOWN":
                return respond(request, 200, [session])
        return respond(request, 501, [("Public", _METHODS)])

    def _setup(self, request: Request, session: tuple[str, str]) -> bytes:
        respond = self._connection.send_response
        path, track = _parts(request.url)
        stream = self._camera.stream(path)
        if stream is None or not stream.has_track(track):
            return respond(request, 404)
        if self._playing or (self._stream is not None and self._stream is not stream):
            return respond(request, 455)
        try:
            wanted = parse_transport(request.headers.first("Transport") or "")
        except RemoteError:
            return respond(request, 400)
        spec = self._player_of().setup(track, wanted)
        if spec is None:
            return respond(request, 461)
        self._stream = stream
        return respond(request, 200, [session, ("Transport", spec.render())])


def _parts(url: str) -> tuple[str, str]:
    """(stream path, track) of a request's URL: the first track where none is named, no path where none can be read."""
    try:
        path = urlsplit(url).path.strip("/")
    except ValueError:
        return "", VIDEO_TRACK
    head, slash, tail = path.rpartition("/")
    return (head, tail) if slash and tail in (VIDEO_TRACK, AUDIO_TRACK) else (path, VIDEO_TRACK)
