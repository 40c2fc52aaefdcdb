"""Fragmented MP4: what is written comes back identical; every cut or garbage ends in RemoteError."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, RemoteError
from mingjian.kernel.media import AudioConfig, Codec, StreamConfig
from mingjian.wire import aac
from mingjian.wire.fmp4 import Sample, boxes, fragment, init_segment, parse_fragment, parse_init
from mingjian.wire.nal import video_config
from mingjian.wire.ntp import ntp_of, utc_of_ntp

# Parameter sets written by libx264 and libx265 through the ffmpeg program.
AVC = video_config(
    Codec.H264, [bytes.fromhex("6764001eacd940a02fea6c0440000003004000000c83c58b6580"), bytes.fromhex("68ebe3cb22c0")]
)
HEVC = video_config(
    Codec.H265,
    [
        bytes.fromhex("42010101600000030090000003000003003fa005020169d565959a4932bc05a02000000300200000030321"),
        bytes.fromhex("40010c01ffff01600000030090000003000003003f9598090000"),
        bytes.fromhex("4401c172b46240"),
    ],
)
AUDIO = aac.audio_config(b"\x14\x08")
NOW = UtcNs(1_767_225_600_123_456_789)

samples_of = st.lists(
    st.builds(
        Sample,
        st.binary(max_size=40),
        st.integers(0, (1 << 32) - 1),
        st.integers(-(1 << 31), (1 << 31) - 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(
    "config",
    [
        StreamConfig(AVC),
        StreamConfig(HEVC),
        StreamConfig(AVC, AUDIO),
        StreamConfig(HEVC, AudioConfig(Codec.PCMA, 8000, 1)),
        StreamConfig(AVC, AudioConfig(Codec.PCMU, 8000, 1)),
    ],
)
def test_init_comes_back_and_every_cut_of_it_is_remote_error(config: StreamConfig) -> None:
    init = init_segment(config)
    assert parse_init(init) == config
    for size in range(len(init)):
        with pytest.raises(RemoteError):
            parse_init(init[:size])


def test_parameter_sets_that_cannot_be_read_are_invalid() -> None:
    with pytest.raises(Invalid):
        init_segment(StreamConfig(AVC.__class__(Codec.H264, (b"\x67",), 640, 360, "avc1.64001E")))
    with pytest.raises(Invalid):
        init_segment(StreamConfig(AVC, AudioConfig(Codec.AAC, 16_000, 1)))


@given(samples_of, st.lists(st.builds(Sample, st.binary(max_size=9), st.just(1024), st.just(0), st.just(True))))
def test_fragment_round_trip(video: list[Sample], audio: list[Sample]) -> None:
    base = 1 << 33
    data = fragment(
        sequence=7,
        track_id=1,
        decode_time_90k=base,
        samples=video,
        wall_clock=NOW,
        audio=audio,
        audio_decode_time_90k=base + 5,
    )
    parsed = parse_fragment(data)
    assert (parsed.wall_clock, parsed.sequence) == (NOW, 7)
    assert parsed.tracks[0] == (1, base, video)
    assert [track.samples for track in parsed.tracks[1:]] == ([audio] if audio else [])
    assert [kind for kind, _, _ in boxes(data)] == [b"prft", b"moof", b"mdat"]


def test_one_frame_and_many_are_written_alike() -> None:
    one = Sample(b"abcd", 3600, 0, True)
    data = fragment(sequence=1, track_id=1, decode_time_90k=9, samples=[one], wall_clock=NOW)
    silent = Sample(b"", 0, 0, True)
    both = fragment(sequence=1, track_id=1, decode_time_90k=9, samples=[one], wall_clock=NOW, audio=[silent])
    assert parse_fragment(data).tracks == parse_fragment(both).tracks[:1]


def test_times_that_do_not_fit_are_invalid() -> None:
    for sample in (Sample(b"", -1, 0, True), Sample(b"", 0, 1 << 31, True)):
        for samples in ([sample], [sample, sample]):
            with pytest.raises(Invalid):
                fragment(sequence=1, track_id=1, decode_time_90k=1 << 40, samples=samples, wall_clock=NOW)
    with pytest.raises(Invalid):
        fragment(sequence=1, track_id=1, decode_time_90k=0, samples=[], wall_clock=NOW)


def test_every_cut_of_a_fragment_is_remote_error() -> None:
    samples = [Sample(b"abcd", 3600, 0, True), Sample(b"ef", 3600, 10, False)]
    data = fragment(sequence=1, track_id=1, decode_time_90k=9, samples=samples, wall_clock=NOW)
    for size in range(len(data)):
        with pytest.raises(RemoteError):
            parse_fragment(data[:size])


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_a_damaged_fragment_raises_only_remote_error(at: int, damage: bytes) -> None:
    samples = [Sample(b"abcd", 3600, 0, True), Sample(b"ef", 3600, 10, False)]
    data = fragment(sequence=1, track_id=1, decode_time_90k=9, samples=samples, wall_clock=NOW, audio=samples)
    broken = data[:at] + damage + data[at + len(damage) :]
    try:
        parse_fragment(broken)
    except RemoteError as failure:
        assert failure.code.startswith("fmp4.")


@given(st.binary(max_size=120), st.integers(0, 700))
def test_a_damaged_init_raises_only_remote_error(damage: bytes, at: int) -> None:
    init = init_segment(StreamConfig(HEVC, AUDIO))
    for data in (damage, init[:at] + damage + init[at + len(damage) :]):
        try:
            parse_init(data)
        except RemoteError as failure:
            assert failure.code.startswith("fmp4.")


def test_boxes_gives_every_whole_box_before_a_cut() -> None:
    one = fragment(sequence=1, track_id=1, decode_time_90k=0, samples=[Sample(b"abcd", 1, 0, True)], wall_clock=NOW)
    seen = []
    with pytest.raises(RemoteError, match="cut"):
        for kind, _, size in boxes(one + one[:-1]):
            seen.append((kind, size))
    assert [kind for kind, _ in seen] == [b"prft", b"moof", b"mdat", b"prft", b"moof"]


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_ntp_keeps_every_nanosecond_across_2036(instant: int) -> None:
    assert utc_of_ntp(ntp_of(UtcNs(instant))) == instant


def test_aac_configurations() -> None:
    assert (AUDIO.sample_rate_hz, AUDIO.channels) == (16_000, 1)
    assert aac.audio_config(b"\x12\x10").sample_rate_hz == 44_100
    for broken in (b"", b"\x17\x80", bytes(65)):
        with pytest.raises(Invalid):
            aac.audio_config(broken)
