"""Putting a stored fragment elsewhere in time."""

from __future__ import annotations

import pytest

from mingjian.display.retime import shift
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.wire.fmp4 import VIDEO_TRACK, Sample, fragment, parse_fragment
from mingjian.wire.fmp4_boxes import box

LAST = (1 << 64) - 1


def stored(decode_time_90k: int) -> bytes:
    samples = (Sample(b"abcd", 3600, 0, True),)
    return fragment(
        sequence=7,
        track_id=VIDEO_TRACK,
        decode_time_90k=decode_time_90k,
        samples=samples,
        wall_clock=UtcNs(1_767_225_600 * SECOND_NS),
    )


@pytest.mark.parametrize(
    ("before", "by", "after"),
    [(9000, 90, 9090), (9000, -90, 8910), (9000, -9001, 0), (LAST - 1, 90, LAST)],
    ids=["later", "earlier", "before the field begins", "behind its end"],
)
def test_times_move_and_stay_within_their_field(before: int, by: int, after: int) -> None:
    (track,) = parse_fragment(shift(stored(before), by)).tracks
    assert track.decode_time_90k == after
    assert [bytes(sample.data) for sample in track.samples] == [b"abcd"]


@pytest.mark.parametrize(
    "short",
    [box(b"prft", bytes(17)), box(b"moof", box(b"traf", box(b"tfdt", bytes(11))))],
    ids=["wall clock", "decode time"],
)
def test_a_time_that_its_box_is_too_short_for_is_an_error_not_a_write_beside_it(short: bytes) -> None:
    for data in (short, stored(9000) + short, short + stored(9000)):
        with pytest.raises(RemoteError, match=r"fmp4\.fragment"):
            shift(data, 90)
