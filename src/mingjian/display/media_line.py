"""The viewer's time line: media time 0 is one fixed instant of a viewing, and one second is one second."""

from __future__ import annotations

from mingjian.display.ports import StoredFragment
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND

DRIFT_NS = SECOND_NS * 2 // 5
"""How far the camera's frame clock and our clock may part inside one container before we place its frames anew.
Below it frames keep their exact distances; arrival jitter of a busy network stays below it. Less than half a second,
so that a player finds the whole seconds between this line and its own by rounding."""
ANCHORS_MAX = 4096
"""Containers remembered: four weeks of ten-minute containers; the oldest is forgotten first."""


class MediaLine:
    """Places fragments so that a second seek to the same fragment gives the same media time, to the tick.

    Inside a container distances are the camera's; between containers they are our clock's, unless the frames
    continue without a break.
    """

    def __init__(self, origin: UtcNs) -> None:
        self._origin = origin
        self._anchors: dict[tuple[str, str], list[int]] = {}
        self._last: tuple[int, int] | None = None

    def place(self, ref: StoredFragment) -> int:
        """Media time in 90 kHz of the fragment's first decode time; never negative."""
        decode_ns = ref.pts0_90k * SECOND_NS // TICKS_PER_SECOND
        anchor = self._anchor(ref, decode_ns)
        self._last = (ref.pts0_90k + ref.duration_90k, anchor)
        return max(0, (anchor + decode_ns - self._origin) * TICKS_PER_SECOND // SECOND_NS)

    def _anchor(self, ref: StoredFragment, decode_ns: int) -> int:
        """The wall time of decode time 0 as seen by this fragment."""
        key = (ref.volume, ref.path)
        if key not in self._anchors and len(self._anchors) >= ANCHORS_MAX:
            del self._anchors[next(iter(self._anchors))]
        known = self._anchors.setdefault(key, [])
        continued = [self._last[1]] if self._last is not None and self._last[0] == ref.pts0_90k else []
        for anchor in (*known, *continued):
            if abs(anchor + decode_ns - ref.t0) <= DRIFT_NS:
                if anchor not in known:
                    known.append(anchor)
                return anchor
        known.append(ref.t0 - decode_ns)
        return known[-1]
