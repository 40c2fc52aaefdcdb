"""How much of one core previews may take: spent CPU time is earned back slowly, what does not fit is shed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import SECOND_NS, UtcNs

BURST_S = 2
"""Unused time saved up: a wall of cameras whose key frames fall together is one burst."""


@dataclass(frozen=True, slots=True)
class PreviewStatistics:
    """What the preview process did since it started."""

    made: int
    shed: int
    """Left out for want of CPU time: first of all our loads to go."""
    failed: int
    """Did not decode, or did not fit on the disk."""
    cpu_share: float
    """Of one core, over the last minute."""
    cpu_cap: float
    shedding: UtcNs | None
    """Since when key frames are left out; None once none was for a minute."""
    shedding_count: int
    """How many since then."""


class CpuBudget:
    """A bucket of CPU nanoseconds, filled at `share` of one core; times are monotonic."""

    def __init__(self, share: float, now_ns: int) -> None:
        if not 0 < share <= 1:
            raise ValueError("a share of one core lies between 0 and 1")
        self._share = share
        self._most_ns = round(share * BURST_S * SECOND_NS)
        self._left_ns = self._most_ns
        self._at_ns = now_ns

    def allows(self, now_ns: int) -> bool:
        """Whether work may begin now. Work is not interrupted: what it overspends is earned back first."""
        earned = round((now_ns - self._at_ns) * self._share)
        self._left_ns = min(self._most_ns, self._left_ns + earned)
        self._at_ns = now_ns
        return self._left_ns > 0

    def spend(self, cpu_ns: int) -> None:
        self._left_ns -= cpu_ns
