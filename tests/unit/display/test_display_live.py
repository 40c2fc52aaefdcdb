"""The live view: each frame at once, in decodable order, on a time line without holes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from footage import FRAME_90K, Clip, decoded_times
from mingjian.display.decode_times import DecodeTimes
from mingjian.display.live import LiveFrame, LiveInit, LiveMuxer
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AccessUnit, AudioConfig, Codec, GapCause, StreamConfig
from mingjian.transport.backlog import Dropped, Interrupted, Item


def mux(items: list[Item]) -> list[LiveInit | LiveFrame | Interrupted | Dropped]:
    muxer = LiveMuxer()
    return [out for item in items for out in muxer.feed(item)]


def frames(out: list[LiveInit | LiveFrame | Interrupted | Dropped]) -> list[LiveFrame]:
    return [item for item in out if isinstance(item, LiveFrame)]


def joined(out: list[LiveInit | LiveFrame | Interrupted | Dropped]) -> bytes:
    return b"".join(item.data for item in out if isinstance(item, LiveInit | LiveFrame))


def test_every_frame_becomes_one_fragment_that_ffmpeg_decodes(h264_clip: Clip) -> None:
    out = mux([h264_clip.config, *h264_clip.units])
    assert isinstance(out[0], LiveInit)
    assert out[0].mime == f'video/mp4; codecs="{h264_clip.config.video.codec_string}"'
    assert len(frames(out)) == 100
    times = decoded_times(joined(out))
    assert [round(time * 25) for time in times] == list(range(100))
    assert [frame.arrived for frame in frames(out)] == [unit.arrived for unit in h264_clip.units]


def test_h265_and_reordered_frames_are_shown_in_their_order(h265_clip: Clip, reordered_clip: Clip) -> None:
    for clip in (h265_clip, reordered_clip):
        times = decoded_times(joined(mux([clip.config, *clip.units])))
        assert len(times) == 100
        assert all(abs((b - a) - 0.04) < 0.001 for a, b in pairwise(times))


def test_nothing_before_the_first_key_frame_nor_after_a_loss_until_the_next(h264_clip: Clip) -> None:
    units = h264_clip.units
    out = mux([h264_clip.config, *units[10:40], Dropped(20, "slow-reader"), *units[60:80]])
    keys = [index for index, item in enumerate(out) if isinstance(item, LiveFrame) and item.key]
    assert isinstance(out[keys[0] - 1], LiveInit)
    assert len(frames(out)) == 15 + 5
    assert Dropped(20, "slow-reader") in out


def test_a_time_jump_an_interruption_and_a_loss_leave_no_hole_in_media_time(h264_clip: Clip) -> None:
    units = list(h264_clip.units)
    late = [AccessUnit(unit.pts_90k + 10**9, unit.key, unit.data, unit.arrived) for unit in units[25:50]]
    early = [AccessUnit(unit.pts_90k - 10**6, unit.key, unit.data, unit.arrived) for unit in units[50:75]]
    items: list[Item] = [
        h264_clip.config,
        *units[:25],
        *late,
        *early,
        Interrupted(GapCause.NETWORK, UtcNs(3)),
        h264_clip.config,
        *units[75:],
    ]
    out = mux(items)
    assert len([item for item in out if isinstance(item, LiveInit)]) == 1, "an unchanged configuration is not repeated"
    times = [frame.media_time_s for frame in frames(out)]
    assert len(times) == 100
    assert all(0 < b - a <= 0.05 for a, b in pairwise(times))
    assert len(decoded_times(joined(out))) == 100


def test_sound_is_left_out_and_a_changed_picture_gets_a_new_init(h264_clip: Clip, reordered_clip: Clip) -> None:
    loud = StreamConfig(h264_clip.config.video, AudioConfig(Codec.AAC, 48_000, 2, b"\x11\x90"))
    sound = AccessUnit(0, True, b"aac", UtcNs(0), audio=True)
    out = mux([loud, h264_clip.units[0], sound, h264_clip.units[1], reordered_clip.config, reordered_clip.units[0]])
    assert [type(item) for item in out] == [LiveInit, LiveFrame, LiveFrame, LiveInit, LiveFrame]


@given(st.lists(st.integers(-(10**7), 10**7), max_size=60))
def test_decode_times_grow_whatever_the_camera_says(steps: list[int]) -> None:
    times = DecodeTimes()
    at, last = 0, -1
    for step in steps:
        at += step
        decode, offset, duration = times.place(at)
        assert decode > last
        assert duration > 0
        assert -(2**31) <= offset < 2**31
        assert decode < 2**62
        last = decode


def test_without_reordering_decode_time_is_presentation_time() -> None:
    times = DecodeTimes()
    placed = [times.place(10**12 + number * FRAME_90K) for number in range(50)]
    assert placed == [(number * FRAME_90K, 0, FRAME_90K) for number in range(50)]


def test_a_slow_but_steady_stream_is_not_a_row_of_jumps() -> None:
    times = DecodeTimes()
    placed = [times.place(number * 450_000)[0] for number in range(6)]
    assert all(b > a for a, b in pairwise(placed))
