"""Recorded footage to one viewer, no more than his Grant opens and his player asked for.

The border rule: footage is clipped at fragments. A fragment wholly outside the Grant is never sent; one that
straddles its border is sent whole, because pictures before a key frame's end cannot be cut without re-encoding. The
margin is at most one fragment (10 s), and the seconds delivered count it in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Generic

from mingjian.display.media_line import MediaLine
from mingjian.display.mime import playable_audio
from mingjian.display.ports import FragmentReader, Stored, StoredFragment, StoredGap
from mingjian.display.retime import key_frames_alone, shift, video_alone, video_of
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import TICKS_PER_SECOND, GapCause, StreamConfig
from mingjian.kernel.period import Period
from mingjian.wire.fmp4 import init_segment, parse_fragment, parse_init

WINDOW_NS = 600 * SECOND_NS
"""Footage is looked up ten minutes at a time: about one container."""
WINDOW_MAX_NS = 86_400 * SECOND_NS
"""Where nothing is found the window grows up to this, so that a month-long gap is thirty look-ups."""
LOOK_BACK_NS = 60 * SECOND_NS
"""A group of pictures longer than a fragment begins at most this far back; longer ones start at their next key.
Media time 0 lies this far before the Grant, so that a fragment that straddles its border has a positive time."""
TOLERATED_NS = 3 * SECOND_NS // 2
"""A hole of at most this is jitter between fragments, not a gap."""
AHEAD_MAX_S = 120.0
"""The largest credit a player can ask for: beyond it the server would be a file server."""


@dataclass(frozen=True, slots=True)
class PlaybackInit:
    """What the player appends before the fragments that follow."""

    seek: int
    config: StreamConfig
    data: bytes


@dataclass(frozen=True, slots=True)
class PlaybackMedia:
    """One stored fragment, or its key frames alone; `period` is what it shows."""

    seek: int
    period: Period
    media_time_s: float
    duration_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class PlaybackGap:
    """Seconds without picture, with their cause."""

    seek: int
    period: Period
    cause: str


@dataclass(frozen=True, slots=True)
class PlaybackEnd:
    """Nothing follows: the end of the Grant's footage, or of what is recorded."""

    seek: int


Step = PlaybackInit | PlaybackMedia | PlaybackGap | PlaybackEnd


@dataclass
class _Cursor(Generic[Stored]):
    """One seek: where it stands, and how far it may go. Replaced as a whole by the next seek."""

    seek: int
    source: Iterator[Stored | StoredGap]
    at: UtcNs
    until: UtcNs
    key_frames: bool
    held: Stored | StoredGap | None = None
    ready: list[Step] = field(default_factory=list)
    init: bytes | None = None
    started: bool = False
    ended: bool = False


class PlaybackSession(Generic[Stored]):
    """One stream for one viewer. `step` blocks on the disk: call it from a thread, one call at a time.

    `seek` and `more` may be called meanwhile; a step of an older seek carries its number and is for the caller to
    throw away.
    """

    def __init__(self, reader: FragmentReader[Stored], stream: StreamId, grant: Grant) -> None:
        if grant.footage is None:
            raise ValueError("a Grant for playback names its footage")
        self._reader = reader
        self._stream = stream
        self._allowed = grant.footage
        self._line = MediaLine(UtcNs(grant.footage.start - LOOK_BACK_NS))
        self._cursor: _Cursor[Stored] | None = None

    @property
    def seek_number(self) -> int | None:
        """The number of the current seek, None before the first."""
        return self._cursor.seek if self._cursor is not None else None

    def seek(self, number: int, to: UtcNs, *, key_frames: bool, ahead_s: float) -> None:
        """Start anew at the fragment that holds `to`, or at the next one behind a gap. Clipped to the Grant."""
        at = min(max(to, self._allowed.start), self._allowed.end)
        ahead_ns = round(min(max(ahead_s, 0.0), AHEAD_MAX_S) * SECOND_NS)
        self._cursor = _Cursor(number, self._walk(UtcNs(at)), UtcNs(at), UtcNs(at + ahead_ns), key_frames)

    def more(self, number: int, until: UtcNs) -> None:
        """Credit: fragments that start before `until` may be sent. Ignored for an older seek; never taken back."""
        if (cursor := self._cursor) is not None and cursor.seek == number:
            limit = cursor.at + round(AHEAD_MAX_S * SECOND_NS)
            cursor.until = UtcNs(max(cursor.until, min(until, limit)))

    def step(self) -> Step | None:
        """The next thing to send, or None while there is no seek, no credit, or nothing left after the end.

        A fragment that cannot be read as it was recorded (damaged, its volume absent) is a gap of cause `disk-error`.
        """
        cursor = self._cursor
        if cursor is None or cursor.ended:
            return None
        while not cursor.ready:
            item = cursor.held if cursor.held is not None else next(cursor.source, None)
            cursor.held = None
            if item is None:
                cursor.ended = True
                cursor.ready.append(PlaybackEnd(cursor.seek))
            elif item.t0 >= cursor.until and cursor.started:
                cursor.held = item
                return None
            elif isinstance(item, StoredGap):
                self._gap(cursor, Period(item.t0, item.t1), item.cause)
            else:
                self._hole(cursor, item)
                cursor.at = max(cursor.at, item.t1)
                self._fragment(cursor, item)
        return cursor.ready.pop(0)

    def _gap(self, cursor: _Cursor[Stored], period: Period, cause: str) -> None:
        if period.end > cursor.at:
            start = max(period.start, cursor.at)
            cursor.ready.append(PlaybackGap(cursor.seek, Period(start, period.end), cause))
            cursor.at = period.end

    def _hole(self, cursor: _Cursor[Stored], ref: StoredFragment) -> None:
        """FRAG and GAP should cover time; where neither does, the viewer is told that we do not know why."""
        if ref.t0 - cursor.at > TOLERATED_NS:
            self._gap(cursor, Period(cursor.at, ref.t0), GapCause.UNKNOWN.value)

    def _fragment(self, cursor: _Cursor[Stored], ref: Stored) -> None:
        for piece in self._from_key(ref) if not cursor.started else [ref]:
            self._send(cursor, piece)

    def _from_key(self, ref: Stored) -> list[Stored]:
        """`ref` and, where it begins in the middle of a group of pictures, what it needs before it."""
        if ref.key_seq is None:
            return [ref]
        earliest = max(self._allowed.start, ref.t0 - LOOK_BACK_NS)
        if earliest >= ref.t0:
            return [ref]
        found: list[Stored] = [ref]
        before = [
            one
            for one in self._reader.fragments(self._stream, Period(UtcNs(earliest), ref.t0))
            if not isinstance(one, StoredGap) and one.t0 < ref.t0
        ]
        for one in reversed(before):
            found.insert(0, one)
            if one.key_seq is None:
                return found
        return [ref]

    def _send(self, cursor: _Cursor[Stored], ref: Stored) -> None:
        try:
            data, init = self._reader.read(ref), self._reader.init(ref)
            parsed, config = parse_fragment(data), parse_init(init)
        except MingjianError:  # the store has recorded the damage; the viewer must not get other bytes instead
            cursor.ready.append(PlaybackGap(cursor.seek, Period(ref.t0, ref.t1), GapCause.DISK_ERROR.value))
            return
        if not cursor.started and not any(sample.key for sample in video_of(parsed).samples):
            return  # nothing before the first key frame can be decoded
        if cursor.key_frames:
            data = key_frames_alone(parsed)
            shown = replace(config, audio=None)
        elif config.audio is not None and playable_audio(config) is None:
            data = video_alone(parsed)
            shown = replace(config, audio=None)
        else:
            shown = config
        if init != cursor.init:
            cursor.init = init
            whole = init if shown is config else init_segment(shown)
            cursor.ready.append(PlaybackInit(cursor.seek, shown, whole))
        cursor.started = True
        if not data:
            return  # key frames only, and this piece of a long group has none
        decode = video_of(parsed).decode_time_90k
        placed = self._line.place(ref)
        cursor.ready.append(
            PlaybackMedia(
                cursor.seek,
                Period(ref.t0, ref.t1),
                placed / TICKS_PER_SECOND,
                ref.duration_90k / TICKS_PER_SECOND,
                shift(data, placed - decode),
            )
        )

    def _walk(self, at: UtcNs) -> Iterator[Stored | StoredGap]:
        """Everything from `at` to the end of the Grant, gaps of one cause joined, each fragment once."""
        start, width, last = at, WINDOW_NS, -1
        gap: _Gap | None = None
        while start < self._allowed.end:
            window = Period(start, UtcNs(min(start + width, self._allowed.end)))
            found = False
            for item in self._reader.fragments(self._stream, window):
                if isinstance(item, StoredGap):
                    gap, whole = _joined(gap, item)
                    if whole is not None:
                        yield whole
                elif item.t0 > last and item.t1 > self._allowed.start:
                    if gap is not None:
                        yield gap
                        gap = None
                    last = item.t0
                    found = True
                    yield item
            start = window.end
            width = WINDOW_NS if found else min(width * 4, WINDOW_MAX_NS)
        if gap is not None:
            yield gap


@dataclass(frozen=True, slots=True)
class _Gap:
    t0: UtcNs
    t1: UtcNs
    cause: str


def _joined(before: _Gap | None, item: StoredGap) -> tuple[_Gap, _Gap | None]:
    """The gap being gathered and, where `item` does not continue it, the one that is complete."""
    if before is not None and item.cause == before.cause and item.t0 <= before.t1:
        return _Gap(before.t0, max(before.t1, item.t1), before.cause), None
    return _Gap(item.t0, item.t1, item.cause), before
