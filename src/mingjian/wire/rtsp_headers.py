"""The RTSP headers that carry structure: Transport (RFC 2326 §12.39), Session (§12.37) and RTP-Info (§12.33)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mingjian.kernel.errors import RemoteError

DEFAULT_SESSION_TIMEOUT_S = 60
"""RFC 2326 §12.37: when the server names none."""
MIN_SESSION_TIMEOUT_S = 5
"""Some firmware says 0 or 1; a shorter keep-alive than half of this would only be load."""
MAX_SESSION_TIMEOUT_S = 3600
MAX_VALUE_CHARS = 1024
_SSRC = re.compile(r"[0-9A-Fa-f]{1,8}\Z")
_NEWER_FIRMWARE = "升级摄像机固件"
_NEWER_FIRMWARE_EN = "Update the camera's firmware"


@dataclass(frozen=True, slots=True)
class TransportSpec:
    """One choice of transport. Pairs are (RTP, RTCP): channels when `tcp`, ports otherwise."""

    tcp: bool
    interleaved: tuple[int, int] | None = None
    client_port: tuple[int, int] | None = None
    server_port: tuple[int, int] | None = None
    source: str = ""
    ssrc: int | None = None

    def render(self) -> str:
        """The header's value."""
        parts = ["RTP/AVP/TCP" if self.tcp else "RTP/AVP", "unicast"]
        for name, pair in (
            ("interleaved", self.interleaved),
            ("client_port", self.client_port),
            ("server_port", self.server_port),
        ):
            if pair is not None:
                parts.append(f"{name}={pair[0]}-{pair[1]}")
        if self.source:
            parts.append(f"source={self.source}")
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        return ";".join(parts)


def parse_transport(value: str) -> list[TransportSpec]:
    """The unicast RTP choices of a Transport header, in order. Raises RemoteError when a pair cannot be read."""
    if len(value) > MAX_VALUE_CHARS:
        raise RemoteError(
            "rtsp.transport",
            "Transport 头过长",
            text_en="The Transport header is too long",
            remedy=_NEWER_FIRMWARE,
            remedy_en=_NEWER_FIRMWARE_EN,
        )
    return [spec for choice in value.split(",") if (spec := _choice(choice)) is not None]


def _choice(choice: str) -> TransportSpec | None:
    protocol, *rest = (part.strip() for part in choice.split(";"))
    if not protocol.upper().startswith("RTP/") or "multicast" in (part.lower() for part in rest):
        return None
    named = {name.strip().lower(): text.strip() for name, _, text in (part.partition("=") for part in rest)}
    return TransportSpec(
        tcp=protocol.upper().endswith("/TCP"),
        interleaved=_pair(named.get("interleaved"), 255),
        client_port=_pair(named.get("client_port"), 65_535),
        server_port=_pair(named.get("server_port"), 65_535),
        source=named.get("source", ""),
        ssrc=_hex(named.get("ssrc")),
    )


def _pair(text: str | None, most: int) -> tuple[int, int] | None:
    if text is None:
        return None
    low, _, high = text.partition("-")
    low, high = low.strip(), high.strip()
    if not (low.isascii() and low.isdigit() and len(low) <= 5):
        raise RemoteError(
            "rtsp.transport",
            "Transport 头里的端口或通道无法读取",
            text_en="The ports or channels in the Transport header cannot be read",
            remedy=_NEWER_FIRMWARE,
            remedy_en=_NEWER_FIRMWARE_EN,
        )
    first = int(low)
    second = int(high) if high.isascii() and high.isdigit() and len(high) <= 5 else first + 1
    if first > most or second > most:
        raise RemoteError(
            "rtsp.transport",
            "Transport 头里的端口或通道超出范围",
            text_en="The ports or channels in the Transport header are out of range",
            remedy=_NEWER_FIRMWARE,
            remedy_en=_NEWER_FIRMWARE_EN,
        )
    return first, second


def _hex(text: str | None) -> int | None:
    """The SSRC; unreadable is none, because half the firmware writes decimals here and nothing hangs on it."""
    return int(text, 16) if text is not None and _SSRC.match(text) else None


def parse_session(value: str) -> tuple[str, int]:
    """The session's id and timeout in seconds, the latter bounded. Raises RemoteError when there is no id."""
    name, *parameters = (part.strip() for part in value.split(";"))
    if not name or len(name) > MAX_VALUE_CHARS:
        raise RemoteError(
            "rtsp.session",
            "Session 头里没有会话号",
            text_en="The Session header holds no session id",
            remedy=_NEWER_FIRMWARE,
            remedy_en=_NEWER_FIRMWARE_EN,
        )
    seconds = DEFAULT_SESSION_TIMEOUT_S
    for parameter in parameters:
        key, _, text = parameter.partition("=")
        if key.strip().lower() == "timeout" and text.strip().isascii() and text.strip().isdigit():
            seconds = int(text.strip()[:6])
    return name, min(max(seconds, MIN_SESSION_TIMEOUT_S), MAX_SESSION_TIMEOUT_S)


def parse_rtp_info(value: str) -> dict[str, int]:
    """By URL, the RTP timestamp at which each track starts; what cannot be read is left out."""
    starts: dict[str, int] = {}
    for entry in value[:MAX_VALUE_CHARS].split(","):
        named = {
            name.strip().lower(): text.strip() for name, _, text in (part.partition("=") for part in entry.split(";"))
        }
        time = named.get("rtptime", "")
        if named.get("url") and time.isascii() and time.isdigit() and len(time) <= 10:
            starts[named["url"]] = int(time) & 0xFFFF_FFFF
    return starts
