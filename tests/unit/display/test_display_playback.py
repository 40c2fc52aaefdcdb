"""Playback: the right seconds, never others, credit kept, gaps named, seconds placed to the tick."""

from __future__ import annotations

from itertools import pairwise

import pytest

from footage import FRAME_90K, Clip, MemoryFragments, MemoryRef, decoded_times
from mingjian.display.playback import (
    PlaybackEnd,
    PlaybackGap,
    PlaybackInit,
    PlaybackMedia,
    PlaybackSession,
    Step,
)
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import CameraId, PersonId, StreamId, UnitId
from mingjian.kernel.media import AudioConfig, Codec, StreamConfig
from mingjian.kernel.period import Period
from mingjian.wire.fmp4 import Sample, parse_fragment, parse_init

STREAM = StreamId("gate")
T0 = UtcNs(1_767_225_600 * SECOND_NS)


def at(seconds: float) -> UtcNs:
    return UtcNs(T0 + round(seconds * SECOND_NS))


def grant(start: float, end: float) -> Grant:
    return Grant(
        id="g",
        person=PersonId("p"),
        person_name="值班员",
        unit=UnitId("u"),
        unit_name="县公安局",
        act=MediaAct.PLAYBACK,
        cameras=frozenset({CameraId("gate")}),
        footage=Period(at(start), at(end)),
        valid=Period(at(0), at(100_000)),
        entry=7,
    )


def run(session: PlaybackSession[MemoryRef]) -> list[Step]:
    steps = []
    while (step := session.step()) is not None:
        steps.append(step)
    return steps


def media(steps: list[Step]) -> list[PlaybackMedia]:
    return [step for step in steps if isinstance(step, PlaybackMedia)]


def starts(steps: list[Step]) -> list[float]:
    return [(step.period.start - T0) / SECOND_NS for step in media(steps)]


@pytest.fixture
def store(h264_clip: Clip) -> MemoryFragments:
    """Twenty seconds in one-second fragments: 0-8 and, behind a gap with cause, 12-20 in another container."""
    kept = MemoryFragments()
    end = kept.record(STREAM, h264_clip, T0, turns=2)
    kept.gap(STREAM, end, at(10), "network")
    kept.gap(STREAM, at(10), at(12), "network")
    kept.record(STREAM, h264_clip, at(12), path="b.mp4", turns=2)
    return kept


def test_seek_begins_with_the_fragment_that_holds_the_instant_and_stops_at_the_credit(store: MemoryFragments) -> None:
    session = PlaybackSession(store, STREAM, grant(0, 20))
    assert session.step() is None
    session.seek(1, at(2.5), key_frames=False, ahead_s=2)
    steps = run(session)
    assert isinstance(steps[0], PlaybackInit)
    assert starts(steps) == [2, 3, 4]
    assert run(session) == []
    session.more(1, at(6))
    assert starts(run(session)) == [5]
    session.more(0, at(20))
    assert run(session) == []


def test_one_run_of_a_seek_is_a_file_that_ffmpeg_decodes(store: MemoryFragments) -> None:
    session = PlaybackSession(store, STREAM, grant(0, 8))
    session.seek(1, at(0), key_frames=False, ahead_s=60)
    steps = run(session)
    assert steps[-1] == PlaybackEnd(1)
    whole = b"".join(step.data for step in steps if isinstance(step, PlaybackInit | PlaybackMedia))
    times = decoded_times(whole)
    assert len(times) == 200
    assert all(abs(b - a - 0.04) < 1e-3 for a, b in pairwise(times))


def test_media_time_is_wall_time_and_the_same_for_every_seek(store: MemoryFragments) -> None:
    session = PlaybackSession(store, STREAM, grant(0, 20))
    session.seek(1, at(5), key_frames=False, ahead_s=10)
    first = {step.period.start: step for step in media(run(session))}
    session.seek(2, at(0), key_frames=False, ahead_s=60)
    again = {step.period.start: step for step in media(run(session))}
    for start, step in first.items():
        assert again[start].media_time_s == step.media_time_s
        assert again[start].data == step.data
    origin = again[at(0)].media_time_s
    assert again[at(15)].media_time_s - origin == pytest.approx(15, abs=1e-4)
    track = parse_fragment(again[at(15)].data).tracks[0]
    assert track.decode_time_90k / 90_000 == again[at(15)].media_time_s


def test_a_gap_is_told_once_with_its_cause_and_the_next_fragment_comes_whatever_the_credit(
    store: MemoryFragments,
) -> None:
    session = PlaybackSession(store, STREAM, grant(0, 20))
    session.seek(3, at(9), key_frames=False, ahead_s=1)
    steps = run(session)
    assert steps[0] == PlaybackGap(3, Period(at(9), at(12)), "network")
    assert isinstance(steps[1], PlaybackInit)
    assert starts(steps) == [12]


def test_playing_over_a_gap_changes_the_init_only_if_the_container_differs(
    store: MemoryFragments, h265_clip: Clip
) -> None:
    store.record(STREAM, h265_clip, at(20), path="c.mp4")
    session = PlaybackSession(store, STREAM, grant(0, 30))
    session.seek(1, at(7), key_frames=False, ahead_s=100)
    steps = run(session)
    inits = [step for step in steps if isinstance(step, PlaybackInit)]
    assert [init.config.video.codec for init in inits] == [Codec.H264, Codec.H265]
    assert [type(step) for step in steps[1:3]] == [PlaybackMedia, PlaybackGap]


def test_an_unexplained_hole_is_a_gap_of_unknown_cause(h264_clip: Clip) -> None:
    kept = MemoryFragments()
    kept.record(STREAM, h264_clip, T0)
    kept.record(STREAM, h264_clip, at(10), path="b.mp4")
    session = PlaybackSession(kept, STREAM, grant(0, 20))
    session.seek(1, at(3), key_frames=False, ahead_s=60)
    gaps = [step for step in run(session) if isinstance(step, PlaybackGap)]
    assert gaps == [PlaybackGap(1, Period(at(4), at(10)), "unknown")]


def test_nothing_wholly_outside_the_grant_is_sent_and_the_straddling_fragment_is_counted_in_full(
    store: MemoryFragments,
) -> None:
    session = PlaybackSession(store, STREAM, grant(3.5, 5.5))
    session.seek(1, at(-100), key_frames=False, ahead_s=100)
    steps = run(session)
    assert starts(steps) == [3, 4, 5]
    session.seek(2, at(1000), key_frames=False, ahead_s=100)
    assert run(session) == [PlaybackEnd(2)]
    session.seek(3, at(5.4), key_frames=False, ahead_s=100)
    session.more(3, at(1000))
    assert starts(run(session)) == [5]
    assert all(period.start >= at(3.5) and period.end <= at(5.5) for period in store.looked_up)


def test_media_time_never_overlaps_where_the_first_fragment_straddles_the_border(store: MemoryFragments) -> None:
    session = PlaybackSession(store, STREAM, grant(3.5, 8))
    session.seek(1, at(3.5), key_frames=False, ahead_s=100)
    times = [step.media_time_s for step in media(run(session))]
    assert all(b - a == pytest.approx(1) for a, b in pairwise(times))


def test_key_frames_alone_cover_the_same_seconds_with_one_picture_each(store: MemoryFragments) -> None:
    session = PlaybackSession(store, STREAM, grant(0, 8))
    session.seek(1, at(0), key_frames=True, ahead_s=60)
    steps = run(session)
    assert starts(steps) == list(range(8))
    whole = b"".join(step.data for step in steps if isinstance(step, PlaybackInit | PlaybackMedia))
    times = decoded_times(whole)
    assert len(times) == 8
    assert all(b - a == pytest.approx(1, abs=1e-3) for a, b in pairwise(times))


def test_a_seek_into_a_long_group_of_pictures_starts_at_its_key_frame(h264_clip: Clip) -> None:
    kept = MemoryFragments()
    kept.record(STREAM, h264_clip, T0, frames_each=10)  # key frames at 0, 1, 2, 3 s only
    session = PlaybackSession(kept, STREAM, grant(0, 4))
    session.seek(1, at(1.9), key_frames=False, ahead_s=0)
    steps = run(session)
    whole = b"".join(step.data for step in steps if isinstance(step, PlaybackInit | PlaybackMedia))
    assert parse_fragment(media(steps)[0].data).tracks[0].samples[0].key
    assert len(decoded_times(whole)) == sum(len(parse_fragment(s.data).tracks[0].samples) for s in media(steps))
    assert media(steps)[-1].period.contains(at(1.9))


def test_a_damaged_fragment_is_a_gap_and_playback_goes_on_behind_it(store: MemoryFragments) -> None:
    store.damaged.add(("a.mp4", 3 * 25 * FRAME_90K))
    session = PlaybackSession(store, STREAM, grant(0, 8))
    session.seek(1, at(2), key_frames=False, ahead_s=4)
    steps = run(session)
    assert starts(steps) == [2, 4, 5]
    assert [one for one in steps if isinstance(one, PlaybackGap)] == [
        PlaybackGap(1, Period(at(3), at(4)), "disk-error")
    ]
    session.seek(2, at(3.5), key_frames=False, ahead_s=0)
    assert starts(run(session)) == [4], "the first picture behind the damage comes whatever the credit"


def test_sound_a_browser_cannot_play_is_left_out_and_aac_is_kept(h264_clip: Clip) -> None:
    sound = [Sample(b"\x55" * 160, 1800, 0, True)]
    for audio, tracks in ((AudioConfig(Codec.PCMA, 8000, 1), 1), (AudioConfig(Codec.AAC, 48_000, 2, b"\x11\x90"), 2)):
        kept = MemoryFragments()
        kept.record(STREAM, Clip(StreamConfig(h264_clip.config.video, audio), h264_clip.units), T0, audio=sound)
        session = PlaybackSession(kept, STREAM, grant(0, 4))
        session.seek(1, at(0), key_frames=False, ahead_s=0)
        init, first = session.step(), session.step()
        assert isinstance(init, PlaybackInit)
        assert isinstance(first, PlaybackMedia)
        assert (parse_init(init.data).audio is not None) == (tracks == 2)
        parsed = parse_fragment(first.data)
        assert len(parsed.tracks) == tracks
        assert len({track.decode_time_90k for track in parsed.tracks}) == 1


def test_a_month_without_footage_is_few_look_ups(h264_clip: Clip) -> None:
    kept = MemoryFragments()
    kept.gap(STREAM, T0, at(30 * 86_400), "planned")
    session = PlaybackSession(kept, STREAM, grant(0, 30 * 86_400))
    session.seek(1, at(0), key_frames=False, ahead_s=8)
    assert run(session) == [PlaybackGap(1, Period(T0, at(30 * 86_400)), "planned"), PlaybackEnd(1)]
    assert len(kept.looked_up) < 40
