"""How far a build is and how long it still takes, each kind of work at what it costs on this machine. Pure.

What was measured in this build counts; until a kind has been measured, its usual cost, corrected by how much slower
or faster than usual this machine did the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from mingjian.kernel.clock import SECOND_NS


class Work(Enum):
    """A kind of work and its usual cost in nanoseconds: a byte, or of PICTURES a picture element."""

    COPY = 11.0
    """Read an original, hash it three ways, write it."""
    PICTURES = 12.0
    """Decode, mark, encode."""
    VERIFY = 8.5
    """The stand-alone verifier's pass."""
    HASH = 1.2
    """The hash of the finished file."""


MEASURED_NS = SECOND_NS
"""A kind of work that took less than this says nothing about its cost yet."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a screen shows. `share` grows with every moment of work and never falls; `spent_ns` leaves waiting out."""

    share: float
    spent_ns: int
    left_ns: int
    size_bytes: int
    """Of the package, as far as it is known."""


@dataclass
class PackageProgress:
    """One build. Times are monotonic nanoseconds."""

    expected: dict[Work, int]
    at_ns: int
    _kept: dict[Work, int] = field(default_factory=dict)
    _measured: dict[Work, tuple[int, int]] = field(default_factory=dict)
    """Nanoseconds and units."""
    _between_ns: int = 0
    _shown: float = 0.0

    def expect(self, work: Work, units: int) -> None:
        """Correct how much of `work` there is in all, once it is known."""
        self.expected[work] = units

    def ended(self, *kinds: Work) -> None:
        """There is no more of these, whatever was expected."""
        for work in kinds:
            self.expected[work] = self._done(work)

    def kept(self, work: Work, units: int) -> None:
        """An earlier build did it: it counts as done, at what such work costs."""
        self._kept[work] = self._kept.get(work, 0) + units

    def did(self, work: Work, units: int, now_ns: int) -> Progress:
        """The time since the last call went into `units` of `work`; with none, into beginning or ending it."""
        took, self.at_ns = now_ns - self.at_ns, now_ns
        if units:
            spent, over = self._measured.get(work, (0, 0))
            self._measured[work] = (spent + took, over + units)
        else:
            self._between_ns += took
        return self.now(took)

    def now(self, took_ns: int = 0) -> Progress:
        """Where the build stands, `took_ns` after it was asked last."""
        costs = _costs(self._measured)
        spent = self._between_ns + sum(took for took, _ in self._measured.values())
        spent += round(sum(units * costs[work] for work, units in self._kept.items()))
        left = round(sum(max(0, units - self._done(work)) * costs[work] for work, units in self.expected.items()))
        share = spent / (spent + left) if spent + left else 0.0
        # Where the work proves longer than it seemed, what is left of the bar is spread over what is left of the time.
        slower = self._shown + (1 - self._shown) * took_ns / (took_ns + left) if took_ns else 0.0
        self._shown = max(self._shown, share, slower)
        return Progress(self._shown, spent, left, self.expected.get(Work.HASH, 0))

    def _done(self, work: Work) -> int:
        return self._kept.get(work, 0) + self._measured.get(work, (0, 0))[1]


def _costs(measured: Mapping[Work, tuple[int, int]]) -> dict[Work, float]:
    known = {work: spent / units for work, (spent, units) in measured.items() if spent >= MEASURED_NS and units}
    usual = sum(measured[work][1] * work.value for work in known)
    slower = sum(measured[work][0] for work in known) / usual if usual else 1.0
    return {work: known.get(work, work.value * slower) for work in Work}
