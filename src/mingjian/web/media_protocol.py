"""The media WebSocket's words: what a viewer may ask, under which policy, and how pictures are framed. Pure.

An operation that the table does not declare is refused and ends the connection.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, Refused
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import CameraId

MESSAGE_CHARACTERS_MAX = 4096
"""A viewer's message is a few numbers and an id."""
NUMBER_MAX = 2**31 - 1
MS_MAX = 4_102_444_800_000
"""The year 2100."""

_HEAD = struct.Struct(">BIqdd")


class Kind(IntEnum):
    """The first byte of a binary message."""

    INIT = 1
    LIVE = 2
    FRAGMENT = 3
    PREVIEW = 4


@dataclass(frozen=True, slots=True)
class Open:
    """The first message: which Grant, camera and act; whether this browser plays H.265.

    `quality` is `main`, `sub` or `auto`; people outside have high definition with `main` alone, while there is a place.
    """

    grant: str
    camera: CameraId
    act: MediaAct
    quality: str
    hevc: bool


@dataclass(frozen=True, slots=True)
class Seek:
    """Start anew at `to`; `number` marks every answer."""

    number: int
    to: UtcNs
    key_frames: bool
    ahead_s: float


@dataclass(frozen=True, slots=True)
class More:
    """Credit up to `until`."""

    number: int
    until: UtcNs


@dataclass(frozen=True, slots=True)
class AskPreview:
    """The small picture nearest to `at`."""

    number: int
    at: UtcNs


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing until the next seek or credit."""


Request = Open | Seek | More | AskPreview | Pause


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table: the acts of which its Grant must allow one, and how it is read."""

    acts: tuple[MediaAct, ...]
    read: Callable[[Mapping[str, Any]], Request]


def binary(kind: Kind, number: int, utc: UtcNs, media_s: float, duration_s: float, payload: bytes) -> bytes:
    """u8 kind | u32 BE id | i64 BE UTC ms | f64 BE media time s | f64 BE duration s | payload."""
    return _HEAD.pack(kind, number, utc // 1_000_000, media_s, duration_s) + payload


def parse(text: str) -> tuple[tuple[MediaAct, ...], Request]:
    """The acts of which a viewer's message needs one, and the message. Refused when undeclared, Invalid for garbage."""
    if len(text) > MESSAGE_CHARACTERS_MAX:
        raise _unreadable("", "消息过长", "it is too long")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable("", "不是 JSON", "it is not JSON") from error
    if not isinstance(message, dict):
        raise _unreadable("", "不是对象", "it is not an object")
    name = message.get("op")
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise undeclared()
    request = operation.read(message)
    return (request.act,) if isinstance(request, Open) else operation.acts, request


def undeclared() -> Refused:
    """What is answered to an operation that does not exist, comes out of turn, or belongs to another act."""
    return Refused(
        "media.undeclared",
        "不允许的媒体操作",
        text_en="This media operation is not allowed here",
        remedy="刷新页面后重试",
        remedy_en="Reload the page and try again",
    )


def _open(message: Mapping[str, Any]) -> Open:
    mode, quality = message.get("mode"), message.get("quality", "auto")
    if mode not in ("live", "playback"):
        raise _unreadable("mode", "应为 live 或 playback", "must be live or playback")
    if quality not in ("main", "sub", "auto"):
        raise _unreadable("quality", "应为 main、sub 或 auto", "must be main, sub or auto")
    return Open(
        _text(message, "grant"),
        CameraId(_text(message, "camera")),
        MediaAct(mode),
        quality,
        message.get("hevc") is True,
    )


def _seek(message: Mapping[str, Any]) -> Seek:
    ahead = message.get("ahead_s", 8)
    if isinstance(ahead, bool) or not isinstance(ahead, int | float) or not 0 <= ahead <= 3600:
        raise _unreadable("ahead_s", "应为 0 至 3600 秒", "must be from 0 to 3600 s")
    return Seek(_number(message), _instant(message, "t_ms"), message.get("keyframes") is True, float(ahead))


def _more(message: Mapping[str, Any]) -> More:
    return More(_number(message), _instant(message, "until_ms"))


def _preview(message: Mapping[str, Any]) -> AskPreview:
    return AskPreview(_number(message), _instant(message, "t_ms"))


def _pause(message: Mapping[str, Any]) -> Pause:
    return Pause()


OPERATIONS: Mapping[str, Operation] = {
    "open": Operation((MediaAct.LIVE, MediaAct.PLAYBACK), _open),
    "seek": Operation((MediaAct.PLAYBACK,), _seek),
    "more": Operation((MediaAct.PLAYBACK,), _more),
    "preview": Operation((MediaAct.PLAYBACK,), _preview),
    "pause": Operation((MediaAct.PLAYBACK,), _pause),
}
"""Every operation there is. `open` comes first, once, and needs the act of its own `mode`."""


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 128 or not value.isprintable():
        raise _unreadable(name, "应为文字", "is a text")
    return value


def _number(message: Mapping[str, Any]) -> int:
    return _integer(message, "id", NUMBER_MAX)


def _instant(message: Mapping[str, Any], name: str) -> UtcNs:
    return UtcNs(_integer(message, name, MS_MAX) * 1_000_000)


def _integer(message: Mapping[str, Any], name: str, most: int) -> int:
    value = message.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a browser's Number knows no integers
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _unreadable(name, f"应为 0 至 {most} 的整数", f"must be an integer from 0 to {most}")
    return value


def _unreadable(field: str, what: str, what_en: str) -> Invalid:
    return Invalid(
        "media.unreadable",
        f"媒体消息无法读取：{f'{field} {what}'.strip()}",
        text_en=f"The media message cannot be read: {f'{field} {what_en}'.strip()}",
        remedy="刷新页面后重试",
        remedy_en="Reload the page and try again",
        field=field,
    )
