"""What a recorder gives up when its machine cannot keep up: sub streams first, then main streams, least wanted first.

Pure. Readings in, decision out, with hysteresis: only what lasts sheds, each step is given time to help, and what was
given up last comes back first, slower each time it had to go again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import SECOND_NS

LATE_HEAVY_S, LATE_LIGHT_S = 1.0, 0.25
"""How late the event loop may wake: sockets hold several seconds of a stream, so that a second loses nothing yet."""
UNWRITTEN_HEAVY, UNWRITTEN_LIGHT = 0.4, 0.2
"""Share of the committer's bound that waits for the disk; at all of it footage is lost without choice."""
BEHIND_HEAVY, BEHIND_LIGHT = 0.95, 0.98
"""Media seconds taken per second: below 0.95 sockets fill by more than a frame a second."""
BUSY = 0.9
"""Share of a core, had or waited for. Cameras that send too little are no overload of a machine that is idle."""
LASTING_NS = 3 * SECOND_NS
"""A burst of reconnecting cameras, or a process that was stopped for a while, is over within it."""
EFFECT_NS = 5 * SECOND_NS
"""Before so long a step cannot be judged; a queue that is shorter by then is working itself off."""
CALM_NS, CALM_MAX_NS = 60 * SECOND_NS, 900 * SECOND_NS
"""How long all must be light before a step is taken back; doubled after each relapse up to a quarter of an hour."""
RELAPSE_NS = 300 * SECOND_NS
"""Overload so soon after a step was taken back was caused by taking it back."""
STEP_SHARE = 8
"""One step sheds an eighth of the cameras that still record, at least one."""


@dataclass(frozen=True, slots=True)
class Load:
    """How one recorder process fares, measured since the last look."""

    late_s: float
    """How late its event loop woke."""
    unwritten_share: float
    """Bytes that wait for the disk, as a share of their bound."""
    taken_share: float | None
    """Media seconds taken per second, the median of its streams; None where none tells."""
    busy_share: float
    """Seconds of a core per second: those it had, and those for which it stood ready and got none."""

    def heavy(self) -> str:
        """Which reading says that the machine cannot keep up, as evidence for the chain; empty where none does."""
        if self.unwritten_share >= UNWRITTEN_HEAVY:
            return f"write queue {self.unwritten_share:.0%} full"
        if self.late_s >= LATE_HEAVY_S:
            return f"event loop {self.late_s:.1f} s late"
        if self.taken_share is not None and self.taken_share < BEHIND_HEAVY and self.busy_share >= BUSY:
            return f"only {self.taken_share:.0%} of the video taken in time"
        return ""

    def strained(self) -> bool:
        """Whether sockets may not be read as their bytes come: then their lateness is ours."""
        return self.busy_share >= BUSY or self.late_s >= LATE_HEAVY_S

    def light(self) -> bool:
        """Whether there is room again."""
        behind = self.taken_share is not None and self.taken_share < BEHIND_LIGHT and self.busy_share >= BUSY
        return self.unwritten_share < UNWRITTEN_LIGHT and self.late_s < LATE_LIGHT_S and not behind


@dataclass(frozen=True, slots=True)
class Shed:
    """What is given up now. Main streams are only while sub streams are too."""

    subs: bool = False
    mains: frozenset[str] = frozenset()
    why: str = ""
    """The evidence of the last step."""


class Shedder:
    """The decision of one recorder process; `look` about every second."""

    def __init__(self) -> None:
        self._subs = False
        self._steps: list[frozenset[str]] = []
        self._why = ""
        self._heavy_since: int | None = None
        self._light_since: int | None = None
        self._stepped_ns: int | None = None
        self._unwritten_then = 0.0
        self._released_ns: int | None = None
        self._calm_ns = CALM_NS

    def look(self, load: Load, recording: Sequence[str], now_ns: int) -> Shed:
        """What is to be given up from now on; `recording` are the main streams that deliver, least wanted first.

        The last one that records is never shed.
        """
        if why := load.heavy():
            self._light_since = None
            self._heavy_since = now_ns if self._heavy_since is None else self._heavy_since
            had_time = self._stepped_ns is None or now_ns - self._stepped_ns >= EFFECT_NS
            if had_time and now_ns - self._heavy_since >= LASTING_NS:
                if self._stepped_ns is None or not UNWRITTEN_HEAVY <= load.unwritten_share < self._unwritten_then:
                    self._give_up(recording, why, now_ns)
                self._stepped_ns, self._unwritten_then = now_ns, load.unwritten_share
        elif load.light():
            self._heavy_since = None
            self._light_since = now_ns if self._light_since is None else self._light_since
            if self._subs and now_ns - self._light_since >= self._calm_ns:
                self._take_back(now_ns)
        else:
            self._heavy_since = self._light_since = None
        mains = frozenset[str]().union(*self._steps)
        return Shed(self._subs, mains, self._why if self._subs else "")

    def _give_up(self, recording: Sequence[str], why: str, now_ns: int) -> None:
        if self._subs:
            count = min(-(-len(recording) // STEP_SHARE), len(recording) - 1)
            if count < 1:
                return
            self._steps.append(frozenset(recording[:count]))
        self._subs, self._why = True, why
        if self._released_ns is not None:
            relapsed = now_ns - self._released_ns < RELAPSE_NS
            self._calm_ns = min(2 * self._calm_ns, CALM_MAX_NS) if relapsed else CALM_NS
            self._released_ns = None

    def _take_back(self, now_ns: int) -> None:
        if self._steps:
            self._steps.pop()
        else:
            self._subs = False
        self._light_since = self._released_ns = now_ns
