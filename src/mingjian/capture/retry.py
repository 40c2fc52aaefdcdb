"""When to try a camera again: a pure schedule. After 1 s, every 2 s for ten minutes, then every 15 s, for ever."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_DELAY_S = 1.0
EAGER_DELAY_S = 2.0
"""A camera that is back is recorded again within 5 s, although its first key frame may take two of them."""
EAGER_FOR_S = 600.0
"""A reboot, a switch, a short power cut: all are over within ten minutes, or a person has to come."""
PATIENT_DELAY_S = 15.0
REFUSED_DELAY_S = 30.0
"""Cameras lock an account after some five failures in a row; doubled each time up to `REFUSED_MAX_S`."""
REFUSED_MAX_S = 300.0
JITTER = 0.2
"""A hundred cameras behind one switch must not all come back in the same second; never above the delay named."""


@dataclass(frozen=True, slots=True)
class Failures:
    """The failures since the last stable connection."""

    attempts: int
    """At least 1: the one that just failed counts."""
    for_s: float
    """Seconds since the first of them."""


def delay_s(failures: Failures, random: float) -> float:
    """Seconds to wait before the next attempt; `random` is in [0, 1)."""
    if failures.attempts <= 1:
        wait = FIRST_DELAY_S
    elif failures.for_s < EAGER_FOR_S:
        wait = EAGER_DELAY_S
    else:
        wait = PATIENT_DELAY_S
    return wait * (1 - JITTER * random)


def refused_delay_s(refusals: int, random: float) -> float:
    """Seconds to wait after the credentials were refused `refusals` times in a row, at least once."""
    return min(REFUSED_DELAY_S * (1 << min(refusals - 1, 10)), REFUSED_MAX_S) * (1 - JITTER * random)


def after(failures: Failures | None, seconds: float) -> Failures:
    """One more failure, `seconds` after the first."""
    return Failures((failures.attempts if failures else 0) + 1, seconds)
