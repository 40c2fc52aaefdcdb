"""Putting a stored fragment on the viewer's time line: only times are changed, and only in the copy that is shown."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import TICKS_PER_SECOND
from mingjian.wire.fmp4 import VIDEO_TRACK, ParsedFragment, ParsedTrack, Sample, boxes, fragment
from mingjian.wire.fmp4_boxes import payload_of

_TIME = struct.Struct(">Q")
_LAST_TIME = (1 << 64) - 1


def shift(data: bytes, by_90k: int) -> bytes:
    """`data` with every track's decode time (`tfdt`) and the wall-clock reference (`prft`) moved by `by_90k`.

    A time stays within the 64 bits of its field: what would leave them is held at their end. Raises RemoteError
    (codes `fmp4.…`) where a box is cut, or too short for the time it should hold.
    """
    moved = bytearray(data)
    for kind, offset, size in boxes(data):
        start, end = payload_of(data, offset, size)
        if kind == b"prft":
            _move(moved, start + 16, end, by_90k)
        elif kind == b"moof":
            for at, inside in _decode_times(data, start, end):
                _move(moved, at, inside, by_90k)
    return bytes(moved)


def video_alone(parsed: ParsedFragment) -> bytes:
    """The fragment without its audio: for sound that a browser cannot play."""
    track = video_of(parsed)
    return fragment(
        sequence=parsed.sequence,
        track_id=VIDEO_TRACK,
        decode_time_90k=track.decode_time_90k,
        samples=track.samples,
        wall_clock=parsed.wall_clock,
    )


def key_frames_alone(parsed: ParsedFragment) -> bytes:
    """Each key frame as a fragment of its own, shown until the next one; empty where there is none."""
    track = video_of(parsed)
    starts: list[tuple[int, Sample]] = []
    at = track.decode_time_90k
    for sample in track.samples:
        if sample.key:
            starts.append((at, sample))
        at += sample.duration_90k
    pieces = []
    for number, (start, sample) in enumerate(starts):
        until = starts[number + 1][0] if number + 1 < len(starts) else at
        offset_ns = (start - track.decode_time_90k) * SECOND_NS // TICKS_PER_SECOND
        pieces.append(
            fragment(
                sequence=parsed.sequence,
                track_id=VIDEO_TRACK,
                decode_time_90k=start,
                samples=(Sample(sample.data, max(1, until - start), 0, True),),
                wall_clock=UtcNs(parsed.wall_clock + offset_ns),
            )
        )
    return b"".join(pieces)


def video_of(parsed: ParsedFragment) -> ParsedTrack:
    """The video track; a stored fragment always has one with at least one sample."""
    return next(track for track in parsed.tracks if track.track_id == VIDEO_TRACK)


def _decode_times(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each track's decode time begins, and where its box ends."""
    for kind, offset, size in boxes(data, start, end):
        if kind == b"traf":
            for inner, at, inner_size in boxes(data, *payload_of(data, offset, size)):
                if inner == b"tfdt":
                    first, last = payload_of(data, at, inner_size)
                    yield first + 4, last


def _move(data: bytearray, at: int, end: int, by_90k: int) -> None:
    if at + _TIME.size > end:
        raise RemoteError(
            "fmp4.fragment",
            "片段中的时间字段被截断",
            text_en="a time of this fragment is cut",
        )
    (before,) = _TIME.unpack_from(data, at)
    _TIME.pack_into(data, at, min(max(0, before + by_90k), _LAST_TIME))
