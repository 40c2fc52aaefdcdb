"""How often one address may use what is open to everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Overloaded

MINUTE_NS, HOUR_NS = 60 * SECOND_NS, 3_600 * SECOND_NS
PAGES_MINUTE = 120
"""A whole shopping centre may stand behind one address; a program that tries codes finds none at this pace."""
COMPLAINTS_HOUR = 10
"""Of one address: more than any person has to say."""
ADDRESSES_MAX = 10_000
"""Counted at a time; the oldest is forgotten first."""


@dataclass
class Visits:
    """Counts by address in windows of `window_ns` from the first visit; safe among threads, bounded in memory."""

    most: int
    window_ns: int
    _seen: dict[str, tuple[UtcNs, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, address: str, now: UtcNs) -> None:
        """Count one visit. Raises Overloaded beyond `most` within the window."""
        with self._lock:
            began, number = self._seen.pop(address, (now, 0))
            if not 0 <= now - began < self.window_ns:
                began, number = now, 0
            while len(self._seen) >= ADDRESSES_MAX:
                del self._seen[next(iter(self._seen))]
            self._seen[address] = (began, min(number, self.most) + 1)
        if number >= self.most:
            raise Overloaded(
                "public.too-often",
                "访问过于频繁",
                text_en="Too many requests from your address",
                remedy="稍后再试",
                remedy_en="Try again later",
            )
