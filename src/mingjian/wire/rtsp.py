"""RTSP/1.0 on a byte stream (RFC 2326), for either side: `receive_data(bytes)` → events, `send_*` → bytes.

No I/O, no time. Buffers are bounded; a peer that breaks the protocol raises RemoteError and the connection is
dead from then on. Interleaved frames (§10.12) of a routed channel go straight to the route, without an event:
that path runs for every packet of every camera, so it does nothing but slice arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mingjian.kernel.errors import LocalError, Overloaded, RemoteError

MAX_HEADER_BYTES = 16_384
"""A head longer than this is an attack: real ones stay below 2 KiB even with long digest challenges."""
MAX_HEADERS = 64
"""Header lines in one message."""
MAX_BODY_BYTES = 262_144
"""A session description with hundreds of parameter sets still fits."""
MAX_INTERLEAVED_BYTES = 65_535
"""The length field has 16 bits."""
MAX_PENDING = 32
"""Requests without an answer; we never send more than two at once."""

Route = Callable[[bytes, int, int], object]
"""Called with `(buffer, start, end)`: one frame's payload is `buffer[start:end]`; the buffer never changes."""
RouteAlike = Callable[[bytes, int, int, int], int]
"""Called with `(buffer, start, end, limit)` after the frame `buffer[start:end]` went to its route, when the next frame
has the same channel and length. Takes as many whole frames of its channel as it likes before `limit`, in order, and
returns where the first one that it left begins, header included."""

_DOLLAR = 0x24
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_REQUEST_LINE = re.compile(r"([A-Z][A-Z_]{0,31}) (\S{1,4096}) RTSP/1\.\d\Z")
_STATUS_LINE = re.compile(r"RTSP/1\.\d (\d{3})(?: (.*))?\Z")
_START = re.compile(rb"[A-Z]")
_CHECK_PORT = "核对端口号：摄像机的 RTSP 端口通常为 554，网页端口（80、443）不是"
_CHECK_PORT_EN = "Check the port: RTSP usually has 554; those of web pages (80, 443) are not it"
_REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class Headers(tuple[tuple[str, str], ...]):
    """Header lines in the order received; names compare without case."""

    __slots__ = ()

    def first(self, name: str) -> str | None:
        """The value of the first line called `name`, or None."""
        wanted = name.lower()
        return next((value for key, value in self if key.lower() == wanted), None)

    def every(self, name: str) -> list[str]:
        """The values of all lines called `name`."""
        wanted = name.lower()
        return [value for key, value in self if key.lower() == wanted]


@dataclass(frozen=True, slots=True)
class Request:
    """A request received or sent. `repr` shows no header: one may hold a credential."""

    method: str
    url: str
    headers: Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def cseq(self) -> int | None:
        return _cseq(self.headers)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `request` is what it answers, None when no request of ours fits."""

    status: int
    reason: str
    headers: Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    request: Request | None = None


class InterleavedData(NamedTuple):
    """A binary frame on a channel that has no route."""

    channel: int
    data: bytes


Event = Request | Response | InterleavedData


class RtspConnection:
    """One connection, client or server; both may send requests (RFC 2326 §1.4)."""

    def __init__(self, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_body_bytes = max_body_bytes
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._needed_bytes = 1
        self._routes: list[Route | None] = [None] * 256
        self._alike: list[RouteAlike | None] = [None] * 256
        self._pending: dict[int, Request] = {}
        self._next_cseq = 1
        self._broken: RemoteError | None = None

    @property
    def buffered_bytes(self) -> int:
        """Bytes received that make no whole message yet; stays below head, body and frame bounds together."""
        return self._waiting_bytes

    def route(self, channel: int, take: Route | None, take_alike: RouteAlike | None = None) -> None:
        """From the next `receive_data` on, hand frames of `channel` to `take` instead of making events.

        `take_alike` may take frames of equal length together: most of a picture's packets are as long as each other.
        """
        self._routes[channel] = take
        self._alike[channel] = take_alike

    def receive_data(self, data: bytes | memoryview) -> list[Event]:
        """Everything that `data` completes, which is copied once. Raises RemoteError when the peer speaks no RTSP."""
        if self._broken is not None:
            raise self._broken
        self._waiting_bytes += len(data)
        if self._waiting_bytes < self._needed_bytes:
            self._waiting.append(bytes(data))
            return []
        received = b"".join((*self._waiting, data))
        self._waiting.clear()
        events: list[Event] = []
        try:
            consumed = self._parse(received, events)
        except RemoteError as error:
            self._broken = error
            self._waiting_bytes = 0
            if events:
                return events
            raise
        self._waiting_bytes = len(received) - consumed
        if self._waiting_bytes:
            self._waiting.append(received[consumed:])
        return events

    def send_request(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        remember: bool = True,
    ) -> bytes:
        """The bytes of a request under the next CSeq; its answer arrives as a Response that names it.

        A request not remembered may stay unanswered; an answer to it names none.
        """
        if len(self._pending) >= MAX_PENDING:
            raise Overloaded(
                "rtsp.pending",
                "对方不回答任何请求",
                text_en="The other side answers no request",
                remedy="断开后重新连接",
                remedy_en="Close the connection and connect anew",
            )
        cseq, self._next_cseq = self._next_cseq, self._next_cseq + 1
        request = Request(method, url, Headers((("CSeq", str(cseq)), *headers)), body)
        line = f"{method} {url} RTSP/1.0"
        if _REQUEST_LINE.match(line) is None:
            raise LocalError(
                "rtsp.request-line", "请求行不合 RTSP 格式", text_en="The request line would not be valid RTSP"
            )
        data = _render(line, request.headers, body)
        if remember:
            self._pending[cseq] = request
        return data

    def send_response(
        self,
        request: Request,
        status: int,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        reason: str = "",
    ) -> bytes:
        """The bytes of an answer to `request`, its CSeq repeated."""
        cseq = request.headers.first("CSeq")
        echoed = (("CSeq", cseq),) if cseq is not None else ()
        line = f"RTSP/1.0 {status} {reason or _REASONS.get(status, 'Unknown')}"
        return _render(line, Headers((*echoed, *headers)), body)

    def send_interleaved(self, channel: int, data: bytes) -> bytes:
        """The bytes of one binary frame."""
        if not 0 <= channel <= 255 or len(data) > MAX_INTERLEAVED_BYTES:
            raise LocalError(
                "rtsp.interleaved",
                "交织数据的通道号应为 0 至 255，长度不超过 65535 字节",
                text_en="An interleaved frame has a channel from 0 to 255 and at most 65535 bytes",
            )
        return b"$" + bytes((channel, len(data) >> 8, len(data) & 0xFF)) + data

    def _parse(self, data: bytes, events: list[Event]) -> int:
        """Take every whole message at the head of `data`; return how many bytes they were."""
        at, end = 0, len(data)
        routes, alike = self._routes, self._alike
        while at < end:
            if data[at] == _DOLLAR:
                start = at + 4
                if start > end:
                    self._needed_bytes = 4
                    return at
                stop = start + (data[at + 2] << 8 | data[at + 3])
                if stop > end:
                    self._needed_bytes = stop - at
                    return at
                channel = data[at + 1]
                take = routes[channel]
                if take is None:
                    events.append(InterleavedData(channel, data[start:stop]))
                    at = stop
                    continue
                take(data, start, stop)
                take_alike = alike[channel]
                if take_alike is not None and data[stop : stop + 4] == data[at:start]:
                    stop = take_alike(data, start, stop, end)
                at = stop
                continue
            if data[at] in b"\r\n":
                at += 1
                continue
            stop = self._message(data, at, events)
            if stop < 0:
                return at
            at = stop
        self._needed_bytes = 1
        return at

    def _message(self, data: bytes, at: int, events: list[Event]) -> int:
        """The end of the text message at `at`, or -1 when it is not whole yet."""
        if _START.match(data, at) is None:
            raise not_rtsp()
        found = _HEAD_END.search(data, at, at + MAX_HEADER_BYTES)
        if found is None:
            if len(data) - at >= MAX_HEADER_BYTES:
                raise RemoteError(
                    "rtsp.head-too-long",
                    "对方发来的 RTSP 消息头过长",
                    remedy="检查该端口是否为 RTSP 服务",
                    text_en="It sent an RTSP head that is too long",
                    remedy_en="See whether the port is an RTSP service",
                )
            _check_beginning(data[at : at + 16])
            self._needed_bytes = len(data) - at + 1
            return -1
        first, headers = _head(data[at : found.start()])
        if _STATUS_LINE.match(first) is None and _REQUEST_LINE.match(first) is None:
            raise not_rtsp()  # before its body is waited for
        length = self._body_bytes(headers)
        stop = found.end() + length
        if stop > len(data):
            self._needed_bytes = stop - at
            return -1
        events.append(self._event(first, headers, data[found.end() : stop]))
        return stop

    def _body_bytes(self, headers: Headers) -> int:
        text = headers.first("Content-Length")
        if text is None:
            return 0
        if not (text.isascii() and text.isdigit()) or len(text) > 10:
            raise RemoteError(
                "rtsp.content-length",
                "对方的 Content-Length 无法读取",
                remedy=_CHECK_PORT,
                text_en="Its Content-Length cannot be read",
                remedy_en=_CHECK_PORT_EN,
            )
        if int(text) > self._max_body_bytes:
            raise RemoteError(
                "rtsp.body-too-long",
                "对方发来的 RTSP 消息体过长",
                remedy=_CHECK_PORT,
                text_en="It sent an RTSP body that is too long",
                remedy_en=_CHECK_PORT_EN,
            )
        return int(text)

    def _event(self, first: str, headers: Headers, body: bytes) -> Event:
        if (status := _STATUS_LINE.match(first)) is not None:
            return Response(int(status[1]), (status[2] or "").strip(), headers, body, self._answered(headers))
        request = _REQUEST_LINE.match(first)
        assert request is not None
        return Request(request[1], request[2], headers, body)

    def _answered(self, headers: Headers) -> Request | None:
        """Some cameras leave out CSeq; with one request open the answer can only be to that one."""
        cseq = _cseq(headers)
        if cseq is None and len(self._pending) == 1:
            cseq = next(iter(self._pending))
        return self._pending.pop(cseq, None) if cseq is not None else None


def not_rtsp() -> RemoteError:
    """What a port that answers in another language deserves."""
    return RemoteError(
        "rtsp.not-rtsp",
        "该端口应答的不是 RTSP 协议",
        remedy=_CHECK_PORT,
        text_en="What answers at this port is not RTSP",
        remedy_en=_CHECK_PORT_EN,
    )


def _check_beginning(beginning: bytes) -> None:
    """Fail early on another protocol: `HTTP/1.1 …` and `SSH-2.0-…` need not reach the end of a head."""
    word = re.split(rb"[ \r\n]", beginning, maxsplit=1)[0]
    if not re.fullmatch(rb"[A-Z_]*(/[0-9.]*)?", word) or (b"/" in word and not b"RTSP/".startswith(word[:5])):
        raise not_rtsp()


def _lines(block: bytes) -> Iterator[str]:
    """The lines of a head, folded continuation lines joined (RFC 2326 §15.1 inherits them from HTTP/1.1)."""
    current = ""
    for raw in block.split(b"\n"):
        # A bare CR inside a line counts as a blank (RFC 9112 §2.2), or it could not be repeated in an answer.
        line = raw.decode("utf-8", "replace").rstrip("\r").replace("\r", " ")
        if line[:1] in (" ", "\t") and current:
            current += " " + line.strip()
            continue
        if current:
            yield current
        current = line
    if current:
        yield current


def _head(block: bytes) -> tuple[str, Headers]:
    lines = _lines(block)
    first = next(lines, "").strip()
    pairs: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or _TOKEN.match(name.strip()) is None:
            continue  # some firmware puts stray text among its headers; nothing we need hangs on it
        if len(pairs) >= MAX_HEADERS:
            raise RemoteError(
                "rtsp.too-many-headers",
                "对方发来的 RTSP 消息头行数过多",
                remedy=_CHECK_PORT,
                text_en="It sent too many RTSP header lines",
                remedy_en=_CHECK_PORT_EN,
            )
        pairs.append((name.strip(), value.strip()))
    return first, Headers(pairs)


def _cseq(headers: Headers) -> int | None:
    text = headers.first("CSeq")
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 10 else None


def _render(line: str, headers: Headers, body: bytes) -> bytes:
    lines = [line, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in text or "\n" in text for text in lines):
        raise LocalError(
            "rtsp.line-break", "本方的消息头含有换行符", text_en="A header of ours would hold a line break"
        )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
