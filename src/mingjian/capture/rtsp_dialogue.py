"""The conversation with one RTSP server: requests awaited one at a time, signed where asked, failures named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from mingjian.capture import failures
from mingjian.capture.address import CameraAddress
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError, RemoteError
from mingjian.transport.sockets import Connection
from mingjian.wire import rtsp_auth
from mingjian.wire.rtsp import Request, Response, RtspConnection

ANSWER_S = 10.0
"""An old camera that starts its encoder on DESCRIBE takes several seconds."""
USER_AGENT = "Mingjian"
Data = TypeVar("Data")
CNONCE_BYTES = 16


class Redirected(Exception):
    """The server names another place for the stream."""

    def __init__(self, location: str) -> None:
        super().__init__("redirected")
        self.location = location


class RtspDialogue:
    """Receives a connection's bytes (`StreamReceiver`) and pairs answers with requests.

    `ended` completes with the error that ended the connection, or with None when the camera closed it in order.
    """

    def __init__(self, address: CameraAddress, clock: Clock, entropy: Callable[[int], bytes]) -> None:
        self.wire = RtspConnection()
        self.connection: Connection | None = None
        self.ended: asyncio.Future[MingjianError | None] = asyncio.get_running_loop().create_future()
        self.last_bytes_ns = clock.monotonic_ns()
        self._address = address
        self._clock = clock
        self._entropy = entropy
        self._awaited: asyncio.Future[Response] | None = None
        self._said: tuple[str, str] | None = None
        self._challenge: rtsp_auth.Challenge | None = None
        self._challenge_uses = 0
        self._session = ""

    def on_bytes(self, data: memoryview) -> None:
        self.last_bytes_ns = self._clock.monotonic_ns()
        self.guarded(self._take, data)

    def guarded(self, take: Callable[[Data], None], data: Data) -> None:
        """Call `take(data)`; whatever it raises ends the connection and comes out of `run`, never of the loop."""
        try:
            take(data)
        except MingjianError as error:
            self.end(error)
        except Exception as fault:  # noqa: BLE001 - handed on to run() and its supervisor; the loop would swallow it
            if not self.ended.done():
                self.ended.set_exception(fault)

    def _take(self, data: memoryview) -> None:
        for event in self.wire.receive_data(data):
            if isinstance(event, Response):
                self._answered(event)
            elif isinstance(event, Request):
                self._serve(event)

    def on_closed(self, error: RemoteError | None) -> None:
        self.end(error)

    def set_session(self, session: str) -> None:
        """Name the session in all further requests."""
        self._session = session

    async def request(self, method: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Response:
        """The answer with status 2xx. Raises RemoteError (wrong password, 404, silence, …) or Redirected."""
        for _ in range(2):
            answer = await self._exchange(method, url, headers)
            if answer.status != 401:
                return self._accepted(method, answer)
            self._adopt_challenge(answer)
        raise failures.auth_failed(bool(self._address.user))

    def say(self, method: str, url: str) -> None:
        """Send a request that nobody waits for: keep-alive, goodbye."""
        self._said = (method, url)
        self._write(method, url, (), remember=False)

    def write(self, data: bytes) -> None:
        """Send bytes made by `wire`."""
        if self.connection is not None:
            self.connection.write(data)

    async def _exchange(self, method: str, url: str, headers: tuple[tuple[str, str], ...]) -> Response:
        awaited: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._awaited = awaited
        self._write(method, url, headers)
        both: set[asyncio.Future[Any]] = {awaited, self.ended}
        await asyncio.wait(both, timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
        self._awaited = None
        if awaited.done():
            return awaited.result()
        if self.ended.done():
            raise self.ended.result() or failures.closed()
        raise failures.no_answer(method, ANSWER_S)

    def _answered(self, answer: Response) -> None:
        if answer.request is not None:
            if self._awaited is not None and not self._awaited.done():
                self._awaited.set_result(answer)
        elif answer.status == 401 and self._said is not None:
            # The nonce expired under a keep-alive: sign it again, once, or the camera drops the session.
            (method, url), self._said = self._said, None
            fresh = rtsp_auth.strongest(rtsp_auth.parse_challenges(answer.headers.every("WWW-Authenticate")))
            if fresh is not None and fresh != self._challenge and self._address.user:
                self._challenge, self._challenge_uses = fresh, 0
                self._write(method, url, (), remember=False)

    def _write(self, method: str, url: str, headers: tuple[tuple[str, str], ...], *, remember: bool = True) -> None:
        own = [("User-Agent", USER_AGENT)]
        if self._session:
            own.append(("Session", self._session))
        if self._challenge is not None:
            self._challenge_uses += 1
            value = rtsp_auth.authorization(
                self._challenge,
                user=self._address.user,
                password=self._address.password.reveal(),
                method=method,
                uri=url,
                cnonce=self._entropy(CNONCE_BYTES).hex(),
                count=self._challenge_uses,
            )
            own.append(("Authorization", value))
        self.write(self.wire.send_request(method, url, (*own, *headers), remember=remember))

    def _adopt_challenge(self, answer: Response) -> None:
        """Take up the challenge of a 401; raises when we cannot answer it, or just did in vain."""
        challenge = rtsp_auth.strongest(rtsp_auth.parse_challenges(answer.headers.every("WWW-Authenticate")))
        if challenge is None:
            raise failures.no_challenge()
        if not self._address.user:
            raise failures.auth_failed(False)
        signed = answer.request is not None and answer.request.headers.first("Authorization") is not None
        if signed and not challenge.stale:
            raise failures.auth_failed(True)
        self._challenge = challenge
        self._challenge_uses = 0

    @staticmethod
    def _accepted(method: str, answer: Response) -> Response:
        if 200 <= answer.status < 300:
            return answer
        if answer.status in (301, 302, 303, 305, 307, 308):
            raise Redirected(answer.headers.first("Location") or "")
        raise failures.status_refused(method, answer.status, answer.reason)

    def _serve(self, request: Request) -> None:
        """A request of the server: some ping us with OPTIONS, some announce the end with TEARDOWN or REDIRECT."""
        if request.method in ("TEARDOWN", "REDIRECT"):
            self.write(self.wire.send_response(request, 200))
            self.end(None)
        elif request.method in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER"):
            self.write(self.wire.send_response(request, 200, (("Public", "OPTIONS, TEARDOWN"),)))
        else:
            self.write(self.wire.send_response(request, 501))

    def end(self, error: MingjianError | None) -> None:
        """The connection is over; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(error)
