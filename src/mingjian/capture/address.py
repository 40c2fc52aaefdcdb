"""Where a camera is and how to sign in: parsed once, credentials apart from the URL and never shown."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from mingjian.capture.hosts import checked_hosts, is_host, literally_loopback, no_camera_has
from mingjian.kernel.errors import Invalid, Refused

MAX_URL_CHARS = 2048
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\U0010ffff\"<>\\^`{|}]")
_PASSWORD_IN_PATH = re.compile(r"(?i)(?:password|passwd|passwort|pwd|pass)=")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")


class Secret:
    """A password. Shows itself to nobody but `reveal`; equal secrets compare equal."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text, for the moment of use."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class CameraAddress:
    """One stream of a camera. Make it with `parse`, which checks every field."""

    url: str
    transport: str = "tcp"
    """`tcp` (RTP inside the RTSP connection) or `udp`."""
    engine: str = "native"
    """`native`, or `av` for cameras that only FFmpeg understands."""
    user: str = field(default="", repr=False)
    password: Secret = field(default=Secret(""), repr=False)
    audio: bool = False
    """Sound is taken only where the camera's record names a legal basis."""
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts beside the URL's own to which a redirect may lead."""
    tls_sha256: str = ""
    """RTSPS: the one certificate that is trusted, of whatever host, as hex SHA-256; empty: the system's authorities
    decide."""

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        transport: str = "tcp",
        engine: str = "native",
        user: str = "",
        password: str = "",
        audio: bool = False,
        allowed_hosts: Iterable[str] = (),
        tls_sha256: str = "",
    ) -> CameraAddress:
        """Check every field. Raises Invalid that names the field, what is wrong and what to write instead."""
        parts = split_url(url)
        if transport not in ("tcp", "udp"):
            raise Invalid(
                "camera.transport",
                "传输方式只能是 tcp 或 udp",
                field="transport",
                remedy="选 tcp",
                text_en="The transport is tcp or udp",
                remedy_en="Choose tcp",
            )
        if engine not in ("native", "av"):
            raise Invalid(
                "camera.engine",
                "取流引擎只能是 native 或 av",
                field="engine",
                remedy="选 native",
                text_en="The engine is native or av",
                remedy_en="Choose native",
            )
        for name, text in (("user", user), ("password", password)):
            if len(text) > 256 or any(character < " " for character in text):
                raise Invalid(
                    f"camera.{name}",
                    "用户名或密码过长，或含有控制字符",
                    field=name,
                    remedy="核对用户名和密码",
                    text_en="The user name or password is too long or holds a control character",
                    remedy_en="Check user name and password",
                )
        if ":" in user:
            raise Invalid(
                "camera.user",
                "用户名不能含有冒号",
                field="user",
                remedy="换一个用户名",
                text_en="A user name holds no colon",
                remedy_en="Use another user name",
            )
        fingerprint = normalized_fingerprint(tls_sha256)
        if fingerprint and not _FINGERPRINT.match(fingerprint):
            raise Invalid(
                "camera.tls-sha256",
                "证书指纹应为 64 位十六进制 SHA-256",
                field="tls_sha256",
                remedy="核对指纹",
                text_en="The fingerprint is a SHA-256 of 64 hexadecimal digits",
                remedy_en="Check the fingerprint",
            )
        if fingerprint and parts.scheme != "rtsps":
            raise Invalid(
                "camera.tls-sha256",
                "只有 rtsps 地址才有证书指纹",
                field="tls_sha256",
                remedy="改用 rtsps 地址，或清空指纹",
                text_en="Only an rtsps address has a fingerprint",
                remedy_en="Use an rtsps address, or clear the fingerprint",
            )
        if parts.scheme == "rtsps" and transport == "udp":
            raise Invalid(
                "camera.transport",
                "rtsps 不能配 udp：加密的只是信令，视频会在网络上明文传送",
                field="transport",
                remedy="选 tcp，视频便在加密的连接里传送",
                text_en="rtsps does not go with udp: only the signalling is encrypted, the video would travel in clear",
                remedy_en="Choose tcp: the video then travels inside the encrypted connection",
            )
        return cls(
            parts.geturl(), transport, engine, user, Secret(password), audio, checked_hosts(allowed_hosts), fingerprint
        )

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or DEFAULT_PORTS[parts.scheme]

    @property
    def secure(self) -> bool:
        """Whether the connection is TLS."""
        return is_secure(self.url)

    def redirected(self, location: str) -> CameraAddress:
        """The address a redirect leads to. Raises Refused unless host and protection are what the record allows."""
        try:
            parts = split_url(location)
        except Invalid:
            raise _refuse(
                "对方要求转到一个无法接受的地址", "It redirects to an address that cannot be accepted"
            ) from None
        host = (parts.hostname or "").lower()
        if host != self.host and host not in self.allowed_hosts:
            raise _refuse(
                f"对方要求转到登记之外的主机 {host}",
                f"It redirects to {host}, which its record does not allow",
                f"核实 {host} 后，在摄像机登记的“转向主机”中加上它",
                f"Make sure of {host}, then add it to the redirect hosts of the camera's record",
                "redirect_hosts",
            )
        if self.secure and parts.scheme != "rtsps":
            raise _refuse("对方要求转到不加密的地址", "It redirects to an address without encryption")
        if parts.scheme == "rtsps" and self.transport == "udp":
            raise _refuse(
                "对方要求转到 rtsps 地址，而传输方式为 udp",
                "It redirects to an rtsps address, but the transport is udp",
            )
        return CameraAddress(
            parts.geturl(),
            self.transport,
            self.engine,
            self.user,
            self.password,
            self.audio,
            self.allowed_hosts | {self.host},
            self.tls_sha256,
        )

    def permit(self, ip: str) -> None:
        """Raises Refused for an IP that no camera has, whatever its name resolved to.

        Loopback counts as a camera only where the URL says so literally (demo, tests, tunnels), so that a name
        cannot be turned towards this machine; link-local, multicast and unspecified addresses never do.
        """
        found = ip_address(ip.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if found.is_loopback and not literally_loopback(self.host):
            raise _forbidden(f"主机名 {self.host} 指向本机", f"The name {self.host} points at this machine")
        if no_camera_has(found):
            raise _forbidden(f"{found} 不是摄像机可用的地址", f"No camera has the address {found}")


def is_secure(url: str) -> bool:
    """Whether `url` is one of TLS: only such an address has a certificate."""
    return url.strip().lower().startswith("rtsps:")


def normalized_fingerprint(text: str) -> str:
    """A fingerprint as records keep it, however it was typed or copied."""
    return text.lower().replace(":", "").replace(" ", "").strip()


def split_url(url: str) -> SplitResult:
    """A camera's URL in its parts. Raises Invalid(field `url`); the message never repeats the URL."""
    text = url.strip()
    if not text:
        raise _bad(
            "camera.url-empty",
            "请填写取流地址",
            "例如 rtsp://192.0.2.10:554/stream1",
            "Enter the stream address",
            "For instance rtsp://192.0.2.10:554/stream1",
        )
    if len(text) > MAX_URL_CHARS:
        raise _bad(
            "camera.url-too-long", "取流地址过长", "核对地址", "The stream address is too long", "Check the address"
        )
    if _UNSAFE.search(text):
        raise _bad(
            "camera.url-characters",
            "取流地址含有空格、汉字或其他不允许的字符",
            "把特殊字符写成 %XX 形式",
            "The stream address holds a space or another character that is not allowed",
            "Write special characters as %XX",
        )
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise _bad(
            "camera.url-malformed",
            "取流地址格式不对",
            "应形如 rtsp://主机:端口/路径",
            "The stream address is malformed",
            "It looks like rtsp://host:port/path",
        ) from None
    if parts.scheme not in DEFAULT_PORTS:
        raise _bad(
            "camera.url-scheme",
            "取流地址应以 rtsp:// 或 rtsps:// 开头",
            "应形如 rtsp://主机:端口/路径",
            "The stream address begins with rtsp:// or rtsps://",
            "It looks like rtsp://host:port/path",
        )
    if "@" in parts.netloc:
        raise _bad(
            "camera.url-credentials",
            "取流地址里不能写用户名和密码",
            "把用户名和密码填到各自的栏里",
            "The stream address holds a user name or password",
            "Enter them in their own fields",
        )
    if _PASSWORD_IN_PATH.search(parts.path + "?" + parts.query):
        raise _bad(
            "camera.url-credentials",
            "取流地址里不能写密码",
            "删去地址中的密码，填到密码栏里",
            "The stream address holds a password",
            "Take it out and enter it in its own field",
        )
    if not host:
        raise _bad(
            "camera.url-host",
            "取流地址里没有主机",
            "应形如 rtsp://主机:端口/路径",
            "The stream address names no host",
            "It looks like rtsp://host:port/path",
        )
    if port == 0 or parts.netloc.endswith(":"):
        raise _bad(
            "camera.url-port",
            "端口应为 1 到 65535",
            "RTSP 端口通常为 554",
            "The port lies between 1 and 65535",
            "RTSP usually has port 554",
        )
    if not is_host(host):
        raise _bad(
            "camera.url-host",
            "主机应为域名、IPv4 或 [IPv6] 地址",
            "核对地址",
            "The host is a name, an IPv4 address or an [IPv6] address",
            "Check the address",
        )
    return parts._replace(fragment="")


def _bad(code: str, text: str, remedy: str, text_en: str, remedy_en: str) -> Invalid:
    return Invalid(code, text, remedy=remedy, field="url", text_en=text_en, remedy_en=remedy_en)


def _refuse(
    text: str,
    text_en: str,
    remedy: str = "直接登记最终的取流地址",
    remedy_en: str = "Record the final address",
    field: str = "url",
) -> Refused:
    return Refused("capture.redirect-refused", text, field=field, remedy=remedy, text_en=text_en, remedy_en=remedy_en)


def _forbidden(text: str, text_en: str) -> Refused:
    return Refused(
        "capture.address-refused",
        text,
        remedy="改用摄像机自己的地址",
        field="url",
        text_en=text_en,
        remedy_en="Use the camera's own address",
    )
