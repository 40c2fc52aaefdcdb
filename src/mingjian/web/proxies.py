"""Whose address a request is counted under, when own proxies stand between (attack C16: headers are anyone's)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HOPS_MOST = 16
"""Proxies in a row that are looked at; a longer list was written by somebody who wants to be looked for in it."""


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks separated by commas. Raises ValueError naming the first that is neither."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """The address of whoever asks: `peer`, unless that is a trusted proxy.

    Then it is the rightmost address of the `X-Forwarded-For` lines `forwarded` that is not one itself: each proxy adds
    its own peer at the right, so what stands further left was written by the asker. A word that is no address ends
    the search at the proxy that passed it on.
    """
    hop = peer
    words = [word for line in forwarded for word in line.split(",")]
    for word in reversed(words[-HOPS_MOST:]):
        if not _among(hop, trusted):
            break
        try:
            hop = str(_address(word.strip()))
        except ValueError:
            break
    return hop


def _among(address: str, trusted: Sequence[Network]) -> bool:
    try:
        known = _address(address)
    except ValueError:
        return False
    return any(known in network for network in trusted)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that came as IPv6 counts as what it is."""
    found = ipaddress.ip_address(text)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
