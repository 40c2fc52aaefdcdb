"""Decode times for frames whose presentation times are all we have (RTP carries no decode time)."""

from __future__ import annotations

from mingjian.kernel.media import TICKS_PER_SECOND

REORDER_MAX = 16
"""H.264 and H.265 hold at most 16 pictures back."""
JUMP_90K = 2 * TICKS_PER_SECOND
"""A step of presentation time beyond this (and beyond four usual steps) is a jump, not a slow frame rate."""
FIRST_DURATION_90K = TICKS_PER_SECOND // 25
"""Until two frames came: 25 frames a second, the usual camera."""


class DecodeTimes:
    """Monotonic media times, starting at 0, continuous over jumps of the camera's clock and over lost groups.

    Promises for each frame: decode times strictly grow; presentation time = decode time + offset keeps the frames'
    order and, within one run, their distances. Without reordering the offset is always 0. Where a stream turns out
    to reorder, the first few frames after the discovery may carry a negative offset (`trun` version 1 has a sign).
    """

    def __init__(self) -> None:
        self._next = 0
        self._last = -1
        self._base: int | None = None
        self._newest: list[int] = []
        self._depth = 0
        self._step = FIRST_DURATION_90K

    def restart(self) -> None:
        """What comes next does not continue what came before: a new source, or frames left out."""
        self._base = None

    def place(self, pts_90k: int) -> tuple[int, int, int]:
        """(decode time, composition offset, duration) in 90 kHz of the next frame in decode order."""
        if self._base is None or self._jumped(pts_90k):
            self._base = pts_90k - self._next
            self._newest = []
        at = pts_90k - self._base
        before = self._newest[-1] if self._newest else None
        if before is not None and at <= before:
            self._depth = min(REORDER_MAX, max(self._depth, sum(1 for other in self._newest if other > at)))
        elif before is not None and self._depth == 0:
            self._step = at - before
        self._newest = sorted([*self._newest, at])[-(REORDER_MAX + 1) :]
        usual = self._newest[max(0, len(self._newest) - 1 - self._depth)]
        if self._depth and len(self._newest) > 1:
            self._step = min(b - a for a, b in zip(self._newest, self._newest[1:], strict=False)) or self._step
        decode = max(self._last + 1, usual if len(self._newest) > self._depth else usual - self._depth * self._step)
        self._last = decode
        self._next = max(self._next, at + self._step, decode + self._step)
        return decode, at - decode, self._step

    def _jumped(self, pts_90k: int) -> bool:
        assert self._base is not None
        newest = self._newest[-1] if self._newest else 0
        distance = abs(pts_90k - self._base - newest)
        return distance > JUMP_90K and distance > 4 * self._step
