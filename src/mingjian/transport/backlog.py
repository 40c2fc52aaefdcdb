"""What one reader has not taken yet: bounded, and when it overflows it loses whole groups of pictures.

Pure: no loop, no lock. A decoder behind it never sees a frame whose reference was dropped here, because after a loss
the next video item is a key frame.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AccessUnit, GapCause, StreamConfig

GOP_BYTES_MAX = 8 * 1024 * 1024
"""The group of pictures kept for new readers: two 10 s GOPs of 3 Mb/s, one of 6 Mb/s."""

BACKLOG_BYTES_MAX = 2 * GOP_BYTES_MAX
"""A full kept GOP must fit at once and the next one behind it; beyond that the reader is too slow."""

BACKLOG_ITEMS_MAX = 4096
"""Bounds streams of tiny frames: over a minute of 30 frames and 32 audio frames a second."""

SLOW_READER = "slow-reader"
"""The reader's queue was full."""
BEHIND_LIVE = "behind-live"
"""The reader asked to skip to the newest key frame."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The source delivers nothing since `since`; a new StreamConfig follows when it is back."""

    cause: GapCause
    since: UtcNs


@dataclass(frozen=True, slots=True)
class Dropped:
    """`frames` video frames are missing here, whole groups of pictures; the next video item is a key frame."""

    frames: int
    reason: str


Item = StreamConfig | AccessUnit | Interrupted | Dropped


class Backlog:
    """A bounded queue of items. `push` never refuses and never grows beyond its bounds."""

    def __init__(self, *, bytes_max: int = BACKLOG_BYTES_MAX, items_max: int = BACKLOG_ITEMS_MAX) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._bytes_max = bytes_max
        self._items_max = items_max
        self._skipping = False

    def __len__(self) -> int:
        return len(self._items)

    @property
    def size_bytes(self) -> int:
        """Payload waiting. At most the bound, or one frame where a single frame exceeds it."""
        return self._bytes

    def push(self, item: Item) -> None:
        """Append `item`; where that would pass the bound, whole groups of pictures go, told by a `Dropped`."""
        if not isinstance(item, AccessUnit):
            if len(self._items) >= self._items_max:  # a source that does nothing but reconnect
                self._shed(len(self._items), SLOW_READER)
                self._skipping = True
            self._items.append(item)
            return
        starts = item.key and not item.audio
        if self._skipping and not starts:
            self._lose(item)
            return
        if self._items and self._over(item):
            self._shed(self._newest_key(), SLOW_READER)
            if self._over(item):
                self._shed(len(self._items), SLOW_READER)
                if not starts:
                    self._skipping = True
                    self._lose(item)
                    return
        self._skipping = False
        self._items.append(item)
        self._bytes += len(item.data)

    def pop(self) -> Item | None:
        """The oldest item, or None when there is none."""
        if not self._items:
            return None
        item = self._items.popleft()
        if isinstance(item, AccessUnit):
            self._bytes -= len(item.data)
        return item

    def skip_to_newest_key(self) -> None:
        """Drop what waits before the newest key frame, told by a `Dropped`; nothing where no key frame waits."""
        self._shed(self._newest_key(), BEHIND_LIVE)

    def _over(self, item: AccessUnit) -> bool:
        return self._bytes + len(item.data) > self._bytes_max or len(self._items) >= self._items_max

    def _lose(self, item: AccessUnit) -> None:
        if item.audio:
            return
        if self._items and isinstance(last := self._items[-1], Dropped):
            self._items[-1] = Dropped(last.frames + 1, last.reason)
        else:
            self._items.append(Dropped(1, SLOW_READER))

    def _newest_key(self) -> int:
        """How many items wait before the newest key frame; 0 where there is none."""
        for position in range(len(self._items) - 1, -1, -1):
            item = self._items[position]
            if isinstance(item, AccessUnit) and item.key and not item.audio:
                return position
        return 0

    def _shed(self, count: int, reason: str) -> None:
        """Replace the first `count` items by the state they leave behind and the number of frames lost."""
        lost = 0
        left: list[Item] = []
        for _ in range(count):
            item = self._items.popleft()
            if isinstance(item, AccessUnit):
                self._bytes -= len(item.data)
                lost += not item.audio
            elif isinstance(item, Dropped):
                lost += item.frames
            elif isinstance(item, StreamConfig):
                left = [item]
            else:
                left = [*left[:1], item]
        if lost:
            left.append(Dropped(lost, reason))
        self._items.extendleft(reversed(left))
