"""What waits for the disks: bounded by bytes for each volume, so that one that stalls costs no other its queue (S8)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.notes import CloseNote, Fragment, GapNote, Note

MAX_QUEUED_BYTES = 256 * 1024 * 1024
"""Of one volume, what is being written included: five seconds of 100 streams of 4 Mb/s. A disk that stalls longer loses
footage, said as GAP overload (S8)."""
STREAM_QUEUED_BYTES = 2560 * 1024
"""Five seconds of one stream: from here the bound comes where one committer has more streams than those."""
MAX_BACKLOG_NOTES = 1000
"""Gaps waiting for a disk that takes no writes; merged by cause, and beyond this whatever their cause."""
QUEUE_FULL = "write queue full"


def queue_bound(streams: int) -> int:
    """Bytes that may wait for one volume where one committer has so many streams."""
    return max(MAX_QUEUED_BYTES, STREAM_QUEUED_BYTES * streams)


class Queues:
    """One queue for each stream. Safe to call from any thread; never waits for a disk."""

    def __init__(self, max_bytes: int | None = None) -> None:
        """`max_bytes`: for each volume; None: `queue_bound` of the streams that are open."""
        self._max_bytes = max_bytes
        self._queues: dict[StreamId, deque[Note]] = {}
        self._held: dict[str, int] = {}
        self._guard = threading.Lock()

    def open(self, stream: StreamId) -> None:
        with self._guard:
            self._queues[stream] = deque()

    def close(self, stream: StreamId) -> None:
        with self._guard:
            self._queues.pop(stream, None)

    def add(self, stream: StreamId, volume: str, notes: Sequence[Note]) -> bool:
        """Whether all fitted. What does not is a GAP overload; the time line stays whole."""
        fitted = True
        with self._guard:
            queue, bound = self._queues[stream], self._bound()
            for note in notes:
                if isinstance(note, Fragment):
                    held = self._held.get(volume, 0) + note.size_bytes
                    if held > bound:
                        append_merged(queue, GapNote(note.t0, note.t1, GapCause.OVERLOAD, QUEUE_FULL, note.t1))
                        fitted = False
                        continue
                    self._held[volume] = held
                append_merged(queue, note)
        return fitted

    def _bound(self) -> int:
        return self._max_bytes or queue_bound(len(self._queues))

    @property
    def held_bytes(self) -> int:
        """Of all volumes."""
        with self._guard:
            return sum(self._held.values())

    @property
    def least_held_share(self) -> float:
        """Of the volumes that streams are on, how full the least full one is of its bound; 0 where there is none."""
        with self._guard:
            return min(self._held.values(), default=0) / self._bound()

    def waits(self, stream: StreamId) -> bool:
        return bool(self._queues.get(stream))

    def take(self, stream: StreamId) -> list[Note]:
        """All that waits; its bytes count as held until the next `recount`."""
        with self._guard:
            taken = list(self._queues[stream])
            self._queues[stream].clear()
        return taken

    def recount(self, elsewhere: Mapping[StreamId, tuple[str, int]]) -> None:
        """What each volume holds up now; `elsewhere`: the volume of each stream and its bytes not yet durable."""
        with self._guard:
            held: dict[str, int] = {}
            for stream, (volume, size) in elsewhere.items():
                held[volume] = held.get(volume, 0) + size + bytes_of(self._queues.get(stream, ()))
            self._held = held


def bytes_of(notes: Sequence[Note] | deque[Note]) -> int:
    """The media among `notes`."""
    return sum(note.size_bytes for note in notes if isinstance(note, Fragment))


def append_merged(queue: deque[Note] | list[Note], note: Note) -> None:
    """Add `note`; a gap that goes on from the last one with the same cause becomes part of it."""
    last = queue[-1] if queue else None
    if (
        isinstance(note, GapNote)
        and isinstance(last, GapNote)
        and last.t1 == note.t0
        and (last.cause is note.cause or len(queue) >= MAX_BACKLOG_NOTES)
    ):
        queue[-1] = replace(last, t1=note.t1)
    else:
        queue.append(note)


def as_gaps(notes: Sequence[Note], cause: GapCause, evidence: str) -> list[Note]:
    """The notes with every fragment turned into a gap of `cause`; other notes stay, within the bound."""
    kept: list[Note] = []
    for note in notes:
        if isinstance(note, Fragment):
            append_merged(kept, GapNote(note.t0, note.t1, cause, evidence, note.t1))
        elif isinstance(note, GapNote) or len(kept) < MAX_BACKLOG_NOTES or isinstance(note, CloseNote):
            append_merged(kept, note)
    return kept
