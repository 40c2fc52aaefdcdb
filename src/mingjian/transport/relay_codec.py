"""What passes between a recorder and the processes that show or process its pictures: bytes <-> messages, pure.

Frame: u32 BE length of the rest | u8 kind | body. Both directions; every length is bounded; no pickle, so that a
process that lost its head can send garbage but not code.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, AudioConfig, Codec, GapCause, StreamConfig, VideoConfig
from mingjian.transport.backlog import Dropped, Interrupted

MESSAGE_BYTES_MAX = 16 * 1024 * 1024
"""Twice the largest group of pictures we keep; a single frame is far smaller."""
REQUEST_BYTES_MAX = 4096
"""A reader's message is one short name."""

_HEAD = struct.Struct(">IB")
_UNIT = struct.Struct(">qqB")
_KEY, _AUDIO, _DAMAGED = 1, 2, 4


class _Kind(IntEnum):
    SUBSCRIBE = 1
    ASK_STATUS = 2
    CONFIG = 3
    UNIT = 4
    INTERRUPTED = 5
    DROPPED = 6
    STATUS = 7
    FAILED = 8


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The reader's first message: items of `stream` until the connection closes.

    With `keys_only` units that are not video key frames stay with the publisher: for previews and diagnosis.
    """

    stream: StreamId
    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class AskStatus:
    """The reader's first message: one `Status`, then the connection closes."""


@dataclass(frozen=True, slots=True)
class Status:
    """The recorder's own account of its streams, by stream id; plain JSON values."""

    streams: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why the publisher ends the connection."""

    code: str
    text: str
    text_en: str
    remedy: str = ""
    remedy_en: str = ""


Message = Subscribe | AskStatus | StreamConfig | AccessUnit | Interrupted | Dropped | Status | Failed


def encode(message: Message) -> bytes:
    """One framed message."""
    if isinstance(message, AccessUnit):
        flags = _KEY * message.key | _AUDIO * message.audio | _DAMAGED * message.damaged
        head = _HEAD.pack(1 + _UNIT.size + len(message.data), _Kind.UNIT)
        return b"".join((head, _UNIT.pack(message.pts_90k, message.arrived, flags), message.data))
    kind, body = _plain(message)
    content = json.dumps(body, separators=(",", ":")).encode()
    return _HEAD.pack(1 + len(content), kind) + content


class RelayDecoder:
    """Bytes in any portions → messages in order. Raises RemoteError for anything not of this protocol."""

    def __init__(self, *, message_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        self._buffer = bytearray()
        self._max = message_bytes_max

    def receive_data(self, data: bytes) -> Iterator[Message]:
        """The messages completed by `data`. Iterate to the end before giving more."""
        self._buffer += data
        at = 0
        try:
            while len(self._buffer) - at >= _HEAD.size:
                length, kind = _HEAD.unpack_from(self._buffer, at)
                if not 1 <= length <= self._max:
                    raise _broken(f"length {length}")
                end = at + 4 + length
                if len(self._buffer) < end:
                    return
                body = bytes(memoryview(self._buffer)[at + _HEAD.size : end])
                at = end
                yield _decode(kind, body)
        finally:
            del self._buffer[:at]


def _plain(message: Subscribe | AskStatus | StreamConfig | Interrupted | Dropped | Status | Failed) -> tuple[int, Any]:
    match message:
        case Subscribe(stream, keys_only):
            return _Kind.SUBSCRIBE, {"stream": stream, "keys_only": keys_only}
        case AskStatus():
            return _Kind.ASK_STATUS, {}
        case StreamConfig(video, audio):
            return _Kind.CONFIG, {"video": _video(video), "audio": _audio(audio) if audio else None}
        case Interrupted(cause, since):
            return _Kind.INTERRUPTED, {"cause": cause.value, "since": since}
        case Dropped(frames, reason):
            return _Kind.DROPPED, {"frames": frames, "reason": reason}
        case Status(streams):
            return _Kind.STATUS, streams
        case Failed():
            return _Kind.FAILED, asdict(message)


def _video(video: VideoConfig) -> dict[str, Any]:
    return {
        "codec": video.codec.value,
        "sets": [base64.b64encode(one).decode() for one in video.parameter_sets],
        "size": [video.width, video.height],
        "string": video.codec_string,
    }


def _audio(audio: AudioConfig) -> dict[str, Any]:
    return {
        "codec": audio.codec.value,
        "rate": audio.sample_rate_hz,
        "channels": audio.channels,
        "specific": base64.b64encode(audio.specific).decode(),
    }


def _decode(kind: int, body: bytes) -> Message:
    if kind == _Kind.UNIT:
        if len(body) < _UNIT.size:
            raise _broken("a unit without head")
        pts, arrived, flags = _UNIT.unpack_from(body)
        data = body[_UNIT.size :]
        return AccessUnit(
            pts, bool(flags & _KEY), data, UtcNs(arrived), audio=bool(flags & _AUDIO), damaged=bool(flags & _DAMAGED)
        )
    try:
        return _decode_plain(kind, json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _broken(f"kind {kind}: {type(error).__name__}") from error


def _decode_plain(kind: int, plain: Any) -> Message:
    match kind:
        case _Kind.SUBSCRIBE:
            return Subscribe(StreamId(_text(plain["stream"])), bool(plain["keys_only"]))
        case _Kind.ASK_STATUS:
            return AskStatus()
        case _Kind.CONFIG:
            video, audio = plain["video"], plain["audio"]
            width, height = video["size"]
            return StreamConfig(
                VideoConfig(
                    Codec(video["codec"]),
                    tuple(base64.b64decode(one, validate=True) for one in video["sets"]),
                    int(width),
                    int(height),
                    _text(video["string"]),
                ),
                AudioConfig(
                    Codec(audio["codec"]),
                    int(audio["rate"]),
                    int(audio["channels"]),
                    base64.b64decode(audio["specific"], validate=True),
                )
                if audio is not None
                else None,
            )
        case _Kind.INTERRUPTED:
            return Interrupted(GapCause(plain["cause"]), UtcNs(int(plain["since"])))
        case _Kind.DROPPED:
            return Dropped(int(plain["frames"]), _text(plain["reason"]))
        case _Kind.STATUS:
            return Status(dict(plain))
        case _Kind.FAILED:
            code, text, text_en = (_text(plain[name]) for name in ("code", "text", "text_en"))
            return Failed(code, text, text_en, _text(plain["remedy"]), _text(plain["remedy_en"]))
        case _:
            raise ValueError("unknown kind")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    value.encode()  # half a surrogate pair is no text: it could be shown and repeated nowhere
    return value


def _broken(what: str) -> RemoteError:
    return RemoteError(
        "relay.broken",
        f"录像进程的内部连接数据不可读：{what}",
        text_en=f"The recorder's internal connection sent what cannot be read: {what}",
        remedy="重新打开画面；重复出现时查看录像进程日志",
        remedy_en="Open the picture again; look into the recorder's log if this comes again",
    )
