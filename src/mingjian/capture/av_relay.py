"""The only place FFmpeg connects to: an RTSP server of ours on loopback that hands it a camera's packets.

FFmpeg sees a description written here, and RTP; none of the camera's addresses, headers or credentials. So nothing
that a camera answers can send it anywhere, and nothing that it keeps or logs can tell a password.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mingjian.capture import failures
from mingjian.kernel.errors import RemoteError
from mingjian.transport.sockets import LOOPBACK, Connection, Listener, listen_on_loopback
from mingjian.wire.rtsp import Request, RtspConnection
from mingjian.wire.rtsp_headers import TransportSpec
from mingjian.wire.sdp import Description, Media, render_sdp

HELD_BYTES_MAX = 8 * 1024 * 1024
"""Several key frames of a 4K camera, or ten seconds of 6 Mb/s: FFmpeg further behind than that is overloaded."""
CLIENTS_MAX = 4
"""One is expected; strangers beside it are turned away once they speak, and too many before."""
TOKEN_BYTES = 16
REQUEST_BODY_BYTES_MAX = 1024
"""FFmpeg's requests have no body."""
_SESSION = ("Session", "1")
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"


class AvRelay:
    """Serves one client that knows the address, once; the listener is gone as soon as that client has spoken.

    Track `n` is carried on the channels `2n` (RTP) and `2n + 1` (RTCP). Packets are held until the client plays, and
    the client's PLAY is answered once every track has started.
    """

    def __init__(self, media: Sequence[Media], token: bytes) -> None:
        """`token`: random bytes that make the address unguessable for other programs of this machine."""
        self._body = render_sdp(Description(tuple(replace(one, control=str(n)) for n, one in enumerate(media))))
        self._starts: list[int | None] = [None] * len(media)
        self._waits_for = set(range(len(media)))
        self._token = token.hex()
        self._url = ""
        self._listener: Listener | None = None
        self._clients: set[_Client] = set()
        self._client: _Client | None = None
        self._asked: Request | None = None
        self._playing = False
        self._finished = self._closed = False
        self._held: list[bytes] = []
        self._held_bytes = 0

    async def open(self) -> str:
        """Listen. The address for the one client."""
        self._listener = await listen_on_loopback(self._accept, max_unsent_bytes=2 * HELD_BYTES_MAX)
        self._url = f"rtsp://{LOOPBACK}:{self._listener.port}/{self._token}"
        return self._url

    def started(self, number: int, timestamp: int | None) -> None:
        """Track `number` plays; `timestamp` is its first RTP timestamp where the camera told it."""
        self._starts[number] = timestamp
        self._waits_for.discard(number)
        self._play()

    def carry(self, channel: int, buffer: bytes, start: int, end: int) -> None:
        """Pass the packet `buffer[start:end]` on. Raises LocalError when the client is too far behind."""
        if self._closed:
            return
        unsent = self._client.connection.unsent_bytes if self._client is not None else 0
        if self._held_bytes + unsent > HELD_BYTES_MAX:
            raise failures.overloaded()
        if self._playing and not self._held:
            asyncio.get_running_loop().call_soon(self._flush)  # one write for all packets of one read
        length = end - start
        self._held += (b"$%c%c%c" % (channel, length >> 8, length & 0xFF), buffer[start:end])
        self._held_bytes += 4 + length

    def finish(self) -> None:
        """No more will come: send what is held, then close. Waits for a client that has yet to play."""
        self._finished = True
        if self._waits_for:
            self.close()
        elif self._playing:
            self._send_the_rest()

    def close(self) -> None:
        """Close at once, whatever was not sent."""
        self._closed = True
        self._held.clear()
        if self._listener is not None:
            self._listener.close()
        for client in tuple(self._clients):
            client.connection.abort()

    def _send_the_rest(self) -> None:
        self._flush()
        if self._client is not None:
            self._client.connection.close()

    def _accept(self, connection: Connection) -> _Client:
        client = _Client(self, connection)
        if self._closed or len(self._clients) >= CLIENTS_MAX:
            connection.abort()
        else:
            self._clients.add(client)
        return client

    def forget(self, client: _Client) -> None:
        """It has closed."""
        self._clients.discard(client)

    def serve(self, client: _Client, request: Request) -> None:
        """Answer a request; whoever does not know the address, or comes second, is cut off."""
        known = hmac.compare_digest(request.url[: len(self._url)].encode(), self._url.encode())
        if not known or self._client not in (None, client):
            client.connection.abort()
            return
        self._client = client
        assert self._listener is not None
        self._listener.close()
        if request.method == "DESCRIBE":
            about = (("Content-Base", f"{self._url}/"), ("Content-Type", "application/sdp"))
            client.answer(request, 200, about, self._body)
        elif request.method == "SETUP":
            self._set_up(client, request)
        elif request.method == "PLAY":
            self._asked = request
            self._play()
        elif request.method in ("OPTIONS", "GET_PARAMETER", "TEARDOWN"):
            client.answer(request, 200, (("Public", _METHODS),))
        else:
            client.answer(request, 501)

    def _set_up(self, client: _Client, request: Request) -> None:
        name = request.url[len(self._url) + 1 :]
        number = next((n for n in range(len(self._starts)) if name == str(n)), None)
        if number is None:
            client.answer(request, 404)
            return
        transport = TransportSpec(tcp=True, interleaved=(2 * number, 2 * number + 1))
        client.answer(request, 200, (_SESSION, ("Transport", transport.render())))

    def _play(self) -> None:
        if self._client is None or self._asked is None or self._waits_for or self._playing:
            return
        starts = ",".join(f"url={self._url}/{n};rtptime={at}" for n, at in enumerate(self._starts) if at is not None)
        self._client.answer(self._asked, 200, (_SESSION, *([("RTP-Info", starts)] if starts else [])))
        self._playing = True
        if self._finished:
            self._send_the_rest()
        else:
            self._flush()

    def _flush(self) -> None:
        if self._client is not None and self._held:
            self._client.connection.write(b"".join(self._held))
        self._held.clear()
        self._held_bytes = 0


class _Client:
    """One connection to the relay (`StreamReceiver`)."""

    def __init__(self, relay: AvRelay, connection: Connection) -> None:
        self.connection = connection
        self._relay = relay
        self._wire = RtspConnection(max_body_bytes=REQUEST_BODY_BYTES_MAX)

    def on_bytes(self, data: memoryview) -> None:
        try:
            events = self._wire.receive_data(data)
        except RemoteError:
            self.connection.abort()
            return
        for event in events:
            if isinstance(event, Request):
                self._relay.serve(self, event)

    def on_closed(self, error: RemoteError | None) -> None:
        self._relay.forget(self)

    def answer(self, request: Request, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> None:
        self.connection.write(self._wire.send_response(request, status, headers, body))
