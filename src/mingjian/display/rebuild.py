"""A shown fragment as access units and back: for the one case where the viewer gets other bytes than were recorded."""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.display.retime import video_of
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit
from mingjian.wire.fmp4 import VIDEO_TRACK, Sample, boxes, fragment, parse_fragment


def units_of(data: bytes, t0: UtcNs) -> list[AccessUnit]:
    """The video of one or more fragments in decode order, at the media times written there; `t0` is the first's."""
    units: list[AccessUnit] = []
    for piece in _pieces(data):
        track = video_of(parse_fragment(piece))
        at = track.decode_time_90k
        for sample in track.samples:
            units.append(AccessUnit(at + sample.composition_offset_90k, sample.key, bytes(sample.data), t0))
            at += sample.duration_90k
    first = min((unit.pts_90k for unit in units), default=0)
    for unit in units:
        unit.arrived = UtcNs(t0 + (unit.pts_90k - first) * SECOND_NS // TICKS_PER_SECOND)
    return units


def fragment_of(units: Sequence[AccessUnit], end_90k: int, wall_clock: UtcNs) -> tuple[float, bytes]:
    """(media time in seconds, fragment) of units without reordering; the last one is shown until `end_90k`."""
    ends = [*(unit.pts_90k for unit in units[1:]), max(end_90k, units[-1].pts_90k + 1)]
    samples = [
        Sample(unit.data, max(1, end - unit.pts_90k), 0, unit.key) for unit, end in zip(units, ends, strict=True)
    ]
    start = max(0, units[0].pts_90k)
    data = fragment(sequence=1, track_id=VIDEO_TRACK, decode_time_90k=start, samples=samples, wall_clock=wall_clock)
    return start / TICKS_PER_SECOND, data


def _pieces(data: bytes) -> list[bytes]:
    """The single fragments in a row of them: each begins with its `prft`."""
    starts = [offset for kind, offset, _ in boxes(data) if kind == b"prft"]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]
