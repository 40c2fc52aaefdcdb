"""A user of the running system, as a browser would be one: session cookie, JSON calls, media WebSocket."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.errors import RemoteError

MEDIA_HEADER = struct.Struct(">BIqdd")
"""kind, id, UTC ms of the first frame, media time s, duration s; the payload follows."""
STEP_S = 30
TIMEOUT_S = 20.0
MESSAGE_BYTES_MAX = 32 << 20
STEP_UP = "session.step-up"
"""The refusal that asks for the factors once more; `prove`, and the call is good."""


@dataclass(slots=True)
class Account:
    """A printed account of a demonstration, with the telephone that shows its codes."""

    name: str
    password: str
    totp_uri: str
    spent: int = 0

    def code(self, clock: Clock) -> str:
        """A dynamic code that was not used before: each is good once, and the next one is accepted early."""
        parsed = pyotp.parse_uri(self.totp_uri)
        assert isinstance(parsed, pyotp.TOTP)
        self.spent = max(clock.now() // SECOND_NS // STEP_S, self.spent + 1)
        return parsed.at(self.spent * STEP_S)

    def unspent(self, clock: Clock) -> bool:
        """Whether the server would accept the next code by now: it takes the one of the next step, no later one."""
        return clock.now() // SECOND_NS // STEP_S >= self.spent


@dataclass(frozen=True, slots=True)
class MediaFrame:
    """One binary message of the media WebSocket."""

    kind: int
    request: int
    utc_ms: int
    media_s: float
    duration_s: float
    payload: bytes


class User:
    """One signed-in person. Every call raises RemoteError with the server's own code and text when it is refused."""

    def __init__(self, url: str, account: Account, clock: Clock) -> None:
        self.account = account
        self._url = url
        self._clock = clock
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_S, headers={"Origin": url})
        try:
            self.session = self.call(
                "POST", "/api/session", name=account.name, password=account.password, code=account.code(clock)
            )
        except RemoteError:
            self.close()
            raise

    def call(self, method: str, path: str, **body: Any) -> Any:
        """A JSON call; GET parameters go into the query."""
        send: dict[str, Any] = {"params": body} if method == "GET" else {"json": body}
        response = self._answered(method, path, send if body else {})
        return response.json() if response.content else None

    def prove(self) -> None:
        """Show the second factor once more, as a person does whom the server asks for it."""
        self.call("POST", "/api/session/prove", code=self.account.code(self._clock))

    def _answered(self, method: str, path: str, send: dict[str, Any]) -> httpx.Response:
        response = self._asked(method, path, send)
        if response.is_error and _refusal(response).code == STEP_UP:
            self.prove()
            response = self._asked(method, path, send)
        if response.is_error:
            raise _refusal(response)
        return response

    def _asked(self, method: str, path: str, send: dict[str, Any]) -> httpx.Response:
        try:
            return self._http.request(method, path, **send)
        except httpx.TransportError as error:
            raise RemoteError(
                "http.unreachable",
                f"无法连接 {self._url}：{type(error).__name__}",
                text_en=f"{self._url} cannot be reached: {type(error).__name__}",
            ) from error

    def download(self, path: str) -> bytes:
        """The bytes of a file."""
        response = self._answered("GET", path, {})
        return response.content

    def media(self, grant: str, camera: str, **opening: Any) -> Media:
        """The media WebSocket, opened under a grant."""
        return Media(self._url, self.cookie, grant, camera, opening)

    @property
    def cookie(self) -> str:
        """The session's cookie, for whoever opens a socket in this person's place."""
        return str(self._http.cookies.get("mj_session"))

    def close(self) -> None:
        self._http.close()


class Media:
    """One tile's WebSocket: `messages` yields JSON objects and `MediaFrame`s until the server closes."""

    def __init__(self, url: str, cookie: str, grant: str, camera: str, opening: dict[str, Any]) -> None:
        address = url.replace("http", "ws", 1) + "/api/media"
        self._socket = connect(
            address, additional_headers={"Cookie": f"mj_session={cookie}"}, origin=url,  # type: ignore[arg-type] # Origin is a str NewType
            max_size=MESSAGE_BYTES_MAX, compression=None,
        )  # fmt: skip
        self.send(op="open", grant=grant, camera=camera, **opening)

    def send(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def messages(self) -> Iterator[dict[str, Any] | MediaFrame]:
        """What the server says, in order. Raises TimeoutError when it is silent for too long."""
        while True:
            try:
                message = self._socket.recv(timeout=TIMEOUT_S)
            except ConnectionClosed:
                return
            if isinstance(message, str):
                yield json.loads(message)
            else:
                kind, request, utc_ms, media_s, duration_s = MEDIA_HEADER.unpack_from(message)
                yield MediaFrame(kind, request, utc_ms, media_s, duration_s, message[MEDIA_HEADER.size :])

    def close(self) -> None:
        self._socket.close()


def _refusal(response: httpx.Response) -> RemoteError:
    try:
        error = response.json()["error"]
        return RemoteError(
            error["code"],
            error["text"],
            text_en=error["text_en"],
            remedy=error["remedy"],
            remedy_en=error["remedy_en"],
            article=error.get("article", ""),
        )
    except (ValueError, KeyError, TypeError):
        what = f"{response.status_code} {response.request.url}: {response.text[:200]}"
        return RemoteError("http.unexpected", f"意外的回答：{what}", text_en=f"Unexpected answer: {what}")


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(url: str) -> bool:
    """Whether the web server answers."""
    try:
        return httpx.get(f"{url}/api/health", timeout=TIMEOUT_S).status_code < 500
    except httpx.TransportError:
        return False
