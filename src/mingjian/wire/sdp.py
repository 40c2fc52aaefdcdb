"""Session descriptions of cameras (RFC 4566), with what H.264 (RFC 6184), H.265 (RFC 7798), AAC (RFC 3640) and
G.711 (RFC 3551) put into them. Reading is bounded and lenient; unusable media stay in the list with no codec.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field

from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import Codec

MAX_DESCRIPTION_BYTES = 262_144
MAX_MEDIA = 16
"""Cameras describe two or three; an NVR some more."""
MAX_PARAMETER_SETS = 64
MIN_CLOCK_RATE_HZ = 1000
MAX_CLOCK_RATE_HZ = 384_000

_CODECS = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "HEVC": Codec.H265,
    "MPEG4-GENERIC": Codec.AAC,
    "PCMA": Codec.PCMA,
    "PCMU": Codec.PCMU,
}
_NAMES = {Codec.H264: "H264", Codec.H265: "H265", Codec.AAC: "MPEG4-GENERIC", Codec.PCMA: "PCMA", Codec.PCMU: "PCMU"}
_STATIC = {0: ("PCMU", 8000), 8: ("PCMA", 8000)}
"""RFC 3551 §6: payload types that need no rtpmap."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` section. `codec` is None for what we cannot take; `name` then says what it was."""

    kind: str
    payload_type: int
    codec: Codec | None
    name: str
    clock_rate_hz: int
    channels: int = 1
    control: str = ""
    fmtp: dict[str, str] = field(default_factory=dict)

    @property
    def parameter_sets(self) -> tuple[bytes, ...]:
        """The parameter sets that the description carries; unreadable ones are left out."""
        names = ("sprop-vps", "sprop-sps", "sprop-pps") if self.codec is Codec.H265 else ("sprop-parameter-sets",)
        texts = [text for name in names for text in self.fmtp.get(name, "").split(",")[:MAX_PARAMETER_SETS]]
        return tuple(data for text in texts if (data := _decoded(text)))

    @property
    def audio_specific(self) -> bytes:
        """The AudioSpecificConfig of AAC, empty when absent or unreadable."""
        try:
            return bytes.fromhex(self.fmtp.get("config", ""))
        except ValueError:
            return b""


@dataclass(frozen=True, slots=True)
class Description:
    """A session: its aggregate control and its media, in order."""

    media: tuple[Media, ...]
    control: str = ""
    name: str = ""


def parse_sdp(body: bytes) -> Description:
    """Read a description. Raises RemoteError when it is none at all."""
    if len(body) > MAX_DESCRIPTION_BYTES:
        raise RemoteError(
            "sdp.too-long",
            "摄像机的会话描述（SDP）过长",
            text_en="The camera's session description (SDP) is too long",
            remedy="核对流地址中的路径",
            remedy_en="Check the path in the stream address",
        )
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            if len(sections) > MAX_MEDIA:
                raise RemoteError(
                    "sdp.too-many-media",
                    "会话描述（SDP）列出的媒体过多",
                    text_en="The session description (SDP) lists too many media",
                    remedy="核对流地址中的路径",
                    remedy_en="Check the path in the stream address",
                )
            sections.append([])
        sections[-1].append(line)
    if not any(line.startswith("v=") for line in sections[0]):
        raise RemoteError(
            "sdp.unreadable",
            "摄像机没有给出可读的会话描述（SDP）",
            text_en="The camera gave no session description (SDP) that can be read",
            remedy="核对流地址中的路径",
            remedy_en="Check the path in the stream address",
        )
    media = tuple(found for section in sections[1:] if (found := _media(section)) is not None)
    name = next((line[2:] for line in sections[0] if line.startswith("s=")), "")
    return Description(media, _attribute(sections[0], "control"), name)


def render_sdp(description: Description, *, address: str = "0.0.0.0", session: int = 0) -> bytes:  # noqa: S104 - the SDP placeholder for "where you asked", no bind
    """The bytes of a description, as a camera would send them."""
    lines = ["v=0", f"o=- {session} 1 IN IP4 {address}", f"s={description.name or '-'}", f"c=IN IP4 {address}", "t=0 0"]
    if description.control:
        lines.append(f"a=control:{description.control}")
    for media in description.media:
        name = _NAMES[media.codec] if media.codec is not None else media.name
        channels = f"/{media.channels}" if media.kind == "audio" and media.channels > 1 else ""
        lines.append(f"m={media.kind} 0 RTP/AVP {media.payload_type}")
        lines.append(f"a=rtpmap:{media.payload_type} {name}/{media.clock_rate_hz}{channels}")
        if media.fmtp:
            lines.append(
                f"a=fmtp:{media.payload_type} " + ";".join(f"{key}={text}" for key, text in media.fmtp.items())
            )
        if media.control:
            lines.append(f"a=control:{media.control}")
    return ("\r\n".join(lines) + "\r\n").encode()


def video_fmtp(codec: Codec, parameter_sets: tuple[bytes, ...]) -> dict[str, str]:
    """The format parameters that carry `parameter_sets` (VPS, SPS, PPS in that order for H.265)."""
    texts = [b64encode(nal).decode() for nal in parameter_sets]
    if codec is Codec.H265:
        names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
        found: dict[str, str] = {}
        for nal, text in zip(parameter_sets, texts, strict=True):
            name = names.get(nal[0] >> 1 & 0x3F, "")
            if name:
                found[name] = f"{found[name]},{text}" if name in found else text
        return found
    sps = next((nal for nal in parameter_sets if nal[0] & 0x1F == 7), b"")
    profile = {"profile-level-id": sps[1:4].hex().upper()} if len(sps) >= 4 else {}
    return {"packetization-mode": "1", **profile, "sprop-parameter-sets": ",".join(texts)}


def aac_fmtp(specific: bytes) -> dict[str, str]:
    """The format parameters of AAC-hbr (RFC 3640 §3.3.6)."""
    sizes = {"sizelength": "13", "indexlength": "3", "indexdeltalength": "3"}
    return {"streamtype": "5", "profile-level-id": "1", "mode": "AAC-hbr", **sizes, "config": specific.hex()}


def control_url(base: str, control: str) -> str:
    """The URL a control attribute names, seen from `base` (Content-Base, else the URL asked).

    Absolute ones stand as they are; `*` and nothing mean the base; others are appended, which is what every
    camera expects, although RFC 2326 §C.1.1 would resolve them as relative references.
    """
    if control in ("", "*"):
        return base
    if _ABSOLUTE.match(control):
        return control
    return base + control if base.endswith("/") or control.startswith(("/", "?")) else f"{base}/{control}"


def _media(section: list[str]) -> Media | None:
    words = section[0][2:].split()
    if len(words) < 4 or not words[2].upper().startswith("RTP/"):
        return None
    if not (words[3].isascii() and words[3].isdigit()) or len(words[3]) > 3 or int(words[3]) > 127:
        return None
    payload_type = int(words[3])
    name, clock_rate_hz, channels = _rtpmap(section, payload_type)
    codec = _CODECS.get(name.upper()) if MIN_CLOCK_RATE_HZ <= clock_rate_hz <= MAX_CLOCK_RATE_HZ else None
    fmtp = _fmtp(section, payload_type)
    if codec is Codec.AAC and fmtp.get("mode", "").lower() not in ("aac-hbr", ""):
        codec = None
    if codec is not None and (codec in (Codec.H264, Codec.H265)) != (words[0] == "video"):
        codec = None
    return Media(words[0], payload_type, codec, name, clock_rate_hz, channels, _attribute(section, "control"), fmtp)


def _rtpmap(section: list[str], payload_type: int) -> tuple[str, int, int]:
    """Name, clock rate and channels of the section's first payload type."""
    prefix = f"a=rtpmap:{payload_type} "
    text = next((line[len(prefix) :].strip() for line in section if line.startswith(prefix)), "")
    if not text:
        name, rate = _STATIC.get(payload_type, ("", 0))
        return name, rate, 1
    name, _, rest = text.partition("/")
    rate_text, _, channel_text = rest.partition("/")
    rate = int(rate_text) if rate_text.isascii() and rate_text.isdigit() and len(rate_text) <= 6 else 0
    channels = int(channel_text) if channel_text in ("1", "2", "3", "4", "5", "6", "7", "8") else 1
    return name.strip(), rate, channels


def _fmtp(section: list[str], payload_type: int) -> dict[str, str]:
    prefix = f"a=fmtp:{payload_type} "
    text = next((line[len(prefix) :] for line in section if line.startswith(prefix)), "")
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.strip():
            found.setdefault(name.strip().lower(), value.strip())
    return found


def _attribute(section: list[str], name: str) -> str:
    prefix = f"a={name}:"
    return next((line[len(prefix) :].strip() for line in section if line.startswith(prefix)), "")


def _decoded(text: str) -> bytes:
    """Base64 with or without its padding; empty when it is none."""
    stripped = text.strip().rstrip("=")
    try:
        return b64decode(stripped + "=" * (-len(stripped) % 4), validate=True)
    except (Base64Error, ValueError):
        return b""
