"""NTP timestamps, as RTCP sender reports and `prft` boxes carry them (RFC 5905 §6, ISO/IEC 14496-12 §8.16.5)."""

from __future__ import annotations

from mingjian.kernel.clock import SECOND_NS, UtcNs

UNIX_EPOCH_S = 2_208_988_800
"""1970-01-01 in seconds since 1900-01-01."""
_ERA_S = 1 << 32
_ERA_1_STARTS_BELOW = 1 << 31
"""Seconds without the top bit are read as after 2036-02-07 (RFC 4330 §3): nothing we meet was made before 1968."""


def ntp_of(instant: UtcNs) -> int:
    """`instant` as 32.32 fixed point; the fraction is rounded up so that `utc_of_ntp` gives `instant` back exactly."""
    seconds, rest = divmod(instant, SECOND_NS)
    fraction = ((rest << 32) + SECOND_NS - 1) // SECOND_NS
    return (seconds + UNIX_EPOCH_S) % _ERA_S << 32 | fraction


def utc_of_ntp(stamp: int) -> UtcNs:
    """The instant of a 64-bit stamp, between 1968 and 2104."""
    seconds = stamp >> 32 & 0xFFFF_FFFF
    if seconds < _ERA_1_STARTS_BELOW:
        seconds += _ERA_S
    return UtcNs((seconds - UNIX_EPOCH_S) * SECOND_NS + ((stamp & 0xFFFF_FFFF) * SECOND_NS >> 32))
