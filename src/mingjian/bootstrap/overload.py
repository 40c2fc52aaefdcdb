"""A recorder under overload: what it measures of itself, and the keepers that it stops and lets go on again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from mingjian.capture.keeper import Keeper
from mingjian.capture.shedding import Load, Shed, Shedder
from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.media import TICKS_PER_SECOND

LOOK_S = 1.0
"""How often the load is read: some microseconds a camera."""
WINDOW_LOOKS = 5
"""Over so many looks the video taken is compared with the clock: the frames of a second come in bursts."""
LATE_NS = 12 * SECOND_NS
"""A fragment, and a turn of a loop that is behind: so long after the strain what is closed may still have waited."""
SCHEDULED = Path("/proc/self/schedstat")
"""Of the first thread, which runs the event loop: nanoseconds on a core, and ready for one without getting it."""


def wanted_core_ns(scheduled: Path = SCHEDULED) -> int:
    """Core time that this process had, and for which its event loop stood ready in vain.

    Where other processes use the machine, or a container's limit holds, what it had alone would look like leisure.
    """
    try:
        waited_ns = int(scheduled.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):  # a kernel that does not tell
        waited_ns = 0
    return time.process_time_ns() + waited_ns


@dataclass(frozen=True, slots=True)
class Pulled:
    """One camera as it fares: its keepers, the media time taken (None while it delivers nothing), who watches."""

    main: Keeper
    sub: Keeper | None
    media_90k: Callable[[], int | None]
    watched: Callable[[], bool]


class Overload:
    """Acts for one recorder process; `look` about every `LOOK_S` on its event loop."""

    def __init__(
        self, clock: Clock, core_time_ns: Callable[[], int] = wanted_core_ns, shedder: Shedder | None = None
    ) -> None:
        self._clock, self._core_time_ns = clock, core_time_ns
        self._cameras: dict[str, Pulled] = {}
        self._shedder = shedder or Shedder()
        self._shed = Shed()
        self._since = 0
        self._looked_ns = clock.monotonic_ns()
        self._core_ns = core_time_ns()
        self._media: deque[tuple[int, Mapping[str, int]]] = deque(maxlen=WINDOW_LOOKS + 1)
        self._strained_ns: int | None = None

    def add(self, camera: str, pulled: Pulled) -> None:
        """Watch over a camera that starts; while sub streams are shed, its own waits as well."""
        self._cameras[camera] = pulled
        if self._shed.subs and pulled.sub is not None:
            pulled.sub.shed(self._shed.why)
        if camera in self._shed.mains:  # its record was changed meanwhile
            pulled.main.shed(self._shed.why)

    def remove(self, camera: str) -> None:
        self._cameras.pop(camera, None)

    def look(self, unwritten_share: float, *, every_s: float = LOOK_S) -> Shed:
        """Read the load, stop and let go on what the decision says; what is shed now."""
        now_ns = self._clock.monotonic_ns()
        load = self._load(unwritten_share, every_s, now_ns)
        if load.strained():
            self._strained_ns = now_ns
        shed = self._shedder.look(load, self._recording(), now_ns)
        before, self._shed = self._shed, shed
        if shed.subs and not before.subs:
            self._since = self._clock.now()
        for name, camera in self._cameras.items():
            if camera.sub is not None and shed.subs is not before.subs:
                camera.sub.shed(shed.why) if shed.subs else camera.sub.resume()
            if (name in shed.mains) is not (name in before.mains):
                camera.main.shed(shed.why) if name in shed.mains else camera.main.resume()
        return shed

    @property
    def late(self) -> bool:
        """Whether what cameras sent may have waited for this process, now or within the fragments that are open."""
        return self._strained_ns is not None and self._clock.monotonic_ns() - self._strained_ns < LATE_NS

    def report(self) -> dict[str, Any] | None:
        """What is shed, since when and why, in plain values; None while nothing is."""
        if not self._shed.subs:
            return None
        mains = sum(name in self._cameras for name in self._shed.mains)
        return {"since": self._since, "why": self._shed.why, "mains": mains, "cameras": len(self._cameras)}

    def _recording(self) -> list[str]:
        """Who delivers, least wanted first: whom nobody watches, and of these who was put on record last."""
        told = [name for name, camera in self._cameras.items() if camera.media_90k() is not None]
        return sorted(sorted(told, reverse=True), key=lambda name: self._cameras[name].watched())

    def _load(self, unwritten_share: float, every_s: float, now_ns: int) -> Load:
        core_ns = self._core_time_ns()
        passed_ns = max(1, now_ns - self._looked_ns)
        busy = (core_ns - self._core_ns) / passed_ns
        late_s = max(0.0, passed_ns / SECOND_NS - every_s)
        self._looked_ns, self._core_ns = now_ns, core_ns
        return Load(late_s, unwritten_share, self._taken_share(now_ns), busy)

    def _taken_share(self, now_ns: int) -> float | None:
        told = ((name, camera.media_90k()) for name, camera in self._cameras.items())
        self._media.append((now_ns, {name: media for name, media in told if media is not None}))
        (then_ns, before), (_, now) = self._media[0], self._media[-1]
        if len(self._media) <= WINDOW_LOOKS or now_ns <= then_ns:
            return None
        seconds = (now_ns - then_ns) / SECOND_NS
        shares = [(now[name] - before[name]) / TICKS_PER_SECOND / seconds for name in now.keys() & before.keys()]
        return median(shares) if shares else None
