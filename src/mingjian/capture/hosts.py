"""Names and addresses of hosts: which of them can be a camera's, and where a redirect may lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from mingjian.kernel.errors import Invalid

MAX_REDIRECT_HOSTS = 8
"""A recorder that hands its streams to its neighbours names a few; a longer list allows everything in effect."""
MAX_SHOWN_CHARACTERS = 60
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?\Z")
_LOOKS_NUMERIC = re.compile(r"(0[xX][0-9A-Fa-f]+|[0-9]+)(\.(0[xX][0-9A-Fa-f]+|[0-9]+))*\.?\Z")

Address = IPv4Address | IPv6Address


def address_of(host: str) -> Address | None:
    """The IP address that `host` is, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_host(text: str) -> bool:
    """Whether `text` is an IP address or a name, read the same way by every resolver."""
    # 2130706433, 0x7f.1 and 127.1 are addresses to some resolvers and names to others: neither is accepted.
    return address_of(text) is not None or (not _LOOKS_NUMERIC.match(text) and bool(_HOST_NAME.match(text)))


def no_camera_has(found: Address) -> bool:
    """Link-local, multicast, unspecified and broadcast addresses."""
    broadcast = isinstance(found, IPv4Address) and int(found) == 0xFFFF_FFFF
    return found.is_link_local or found.is_multicast or found.is_unspecified or broadcast


def literally_loopback(host: str) -> bool:
    """Whether `host` says itself that it is this machine."""
    found = address_of(host)
    return host == "localhost" or (found is not None and found.is_loopback)


def checked_hosts(hosts: Iterable[str]) -> frozenset[str]:
    """Hosts to which a redirect may lead, as `CameraAddress.host` writes them. Raises Invalid(`redirect_hosts`)."""
    return frozenset(_checked(text) for text in hosts if text.strip())


def _checked(text: str) -> str:
    host = text.strip().lower().removeprefix("[").removesuffix("]")
    ip = address_of(host)
    if not is_host(host) or (ip is not None and no_camera_has(ip)):
        shown = "".join(character for character in host if character.isprintable())[:MAX_SHOWN_CHARACTERS]
        raise Invalid(
            "camera.redirect-hosts",
            f"转向主机 {shown} 不是域名，也不是摄像机可用的 IP 地址",
            text_en=f"{shown} is no host name, and no IP address that a camera has",
            remedy="每个主机只写域名或 IP 地址，不带端口和路径",
            remedy_en="Write a name or an IP address each, without port and path",
            field="redirect_hosts",
        )
    return host
