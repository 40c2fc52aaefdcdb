"""Parameter sets, audio configurations and fragmented MP4: what cameras describe and what disks give back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from fuzz.harness import Harness, Pieces, strung
from fuzz.packets import clip
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, RemoteError
from mingjian.kernel.media import AudioConfig, Codec, StreamConfig
from mingjian.wire.aac import audio_config
from mingjian.wire.bits import BitReader, escaped, unescaped
from mingjian.wire.fmp4 import Sample, fragment, init_segment
from mingjian.wire.fmp4_boxes import boxes
from mingjian.wire.fmp4_parse import parse_fragment, parse_init
from mingjian.wire.h264 import MAX_SIDE_PIXELS
from mingjian.wire.h264 import parse_sps as parse_h264_sps
from mingjian.wire.h265 import parse_sps as parse_h265_sps
from mingjian.wire.nal import from_annex_b, from_length_prefixed, is_key, to_length_prefixed, video_config
from mingjian.wire.sample_entries import audio_entry

NOW = UtcNs(1_767_225_600_123_456_789)
CODECS = (Codec.H264, Codec.H265)


def parameter_sets(data: bytes) -> bool:
    """A configuration that can be read can be written into an init segment, and comes back from there."""
    pieces = Pieces(data)
    codec = CODECS[pieces.byte() % 2]
    nals = list(pieces.strings())
    assert from_length_prefixed(to_length_prefixed(nals)) == nals
    for nal in nals:
        with contextlib.suppress(Invalid):
            sps = (parse_h265_sps if codec is Codec.H265 else parse_h264_sps)(nal)
            assert sps.codec_string.isascii()
        payload = nal + b"\x80"
        assert b"\0\0\1" not in escaped(payload)
        assert unescaped(escaped(payload)) == payload
        is_key(codec, nal)
    try:
        config = video_config(codec, nals)
    except Invalid:
        return False
    assert 0 < config.width <= MAX_SIDE_PIXELS
    assert 0 < config.height <= MAX_SIDE_PIXELS
    assert parse_init(init_segment(StreamConfig(config))).video == config
    return True


def golomb(number: int) -> str:
    """An unsigned Exp-Golomb number in bits."""
    bits = f"{number + 1:b}"
    return "0" * (len(bits) - 1) + bits


def counted_by_cycle() -> bytes:
    """An H.264 parameter set of picture order type 1, which no encoder at hand writes: 160 by 144, baseline."""
    numbers = [golomb(number) for number in (0, 0, 1)], [golomb(number) for number in (0, 0, 1, 2, 1)]
    bits = "".join((*numbers[0], "0", *numbers[1], "0", golomb(9), golomb(8), "1", "1", "0", "0", "1"))
    bits += "0" * (-len(bits) % 8)
    return b"\x67\x42\x00\x1e" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def parameter_set_seeds() -> Iterator[bytes]:
    yield b"\0" + strung([counted_by_cycle(), b"\x68\xce\x0f\xc8"])
    for number, codec in enumerate(CODECS):
        sets = clip(codec).config.video.parameter_sets
        yield bytes((number,)) + strung(sets)
        yield bytes((number,)) + strung([sets[-1], *sets, sets[0][:9]])
    camera = ("6742c028da01e0089f97011000000300100000030320f1832a", "68ce0fc8")  # 1080p by a camera's own encoder
    yield b"\0" + strung(bytes.fromhex(nal) for nal in camera)


def byte_stream(data: bytes) -> bool:
    """Units split at start codes hold none, and each is found again."""
    nals = from_annex_b(data)
    for nal in nals:
        assert nal
        assert b"\0\0\1" not in nal
    assert from_annex_b(b"".join(b"\0\0\1" + nal for nal in nals)) == nals
    try:
        units = from_length_prefixed(data)
    except RemoteError:
        return bool(nals)
    assert to_length_prefixed(units) == data
    return True


def byte_stream_seeds() -> Iterator[bytes]:
    units = from_length_prefixed(clip(Codec.H264).units[0].data)
    yield b"".join(b"\0\0\0\1" + bytes(unit)[:300] for unit in units)
    yield to_length_prefixed(bytes(unit)[:300] for unit in units)


def audio(data: bytes) -> bool:
    """A configuration that can be read can be written as a sample entry."""
    try:
        config = audio_config(data)
    except Invalid:
        return False
    assert config.sample_rate_hz > 0
    assert 0 < config.channels <= 8
    assert audio_entry(config)
    return True


def audio_seeds() -> Iterator[bytes]:
    yield from (b"\x14\x08", b"\x12\x10", b"\x17\x80\x1f\x40\x10", b"\xf8\x48\x30", bytes(65))


def init(data: bytes) -> bool:
    """Only RemoteError; a configuration read can be written again and reads the same."""
    try:
        config = parse_init(data)
    except RemoteError:
        return False
    assert parse_init(init_segment(config)) == config
    return True


def init_seeds() -> Iterator[bytes]:
    for codec in CODECS:
        config = clip(codec).config.video
        for sound in (None, audio_config(b"\x14\x08"), AudioConfig(Codec.PCMA, 8000, 1)):
            yield init_segment(StreamConfig(config, sound))


def media(data: bytes) -> bool:
    """Only RemoteError; every sample lies inside what was given; whole boxes before a cut are found."""
    end = 0
    with contextlib.suppress(RemoteError):
        for kind, offset, size in boxes(data):
            assert (len(kind), offset) == (4, end)
            end = offset + size
            assert end <= len(data)
    try:
        parsed = parse_fragment(data)
    except RemoteError:
        return False
    assert end == len(data)
    samples = [sample for track in parsed.tracks for sample in track.samples]
    assert all(sample.duration_90k >= 0 for sample in samples)
    assert parse_fragment(memoryview(data)) == parsed
    return bool(samples)


def media_seeds() -> Iterator[bytes]:
    frames = [Sample(b"abcd", 3600, 0, True), Sample(b"ef", 3600, -10, False), Sample(b"", 3600, 10, False)]
    sound = [Sample(b"xyz", 1024, 0, True)]
    for samples, more in ((frames[:1], []), (frames, []), (frames, sound)):
        yield fragment(
            sequence=7,
            track_id=1,
            decode_time_90k=1 << 33,
            samples=samples,
            wall_clock=NOW,
            audio=more,
            audio_decode_time_90k=5,
        )


BOX_WORDS = (
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC", b"hvc1", b"hvcC", b"mp4a", b"esds"),
    *(b"alaw", b"prft", b"moof", b"mfhd", b"traf", b"tfhd", b"tfdt", b"trun", b"mdat", b"\0\0\0\1", b"\0\0\0\0"),
)

HARNESSES = (
    Harness(
        "parameter-sets",
        parameter_sets,
        parameter_set_seeds,
        (parse_h264_sps, parse_h265_sps, video_config, unescaped, BitReader.bits, BitReader.ue, BitReader.se),
        (b"\x67\x42", b"\x67\x64", b"\x42\x01", b"\x40\x01", b"\x44\x01", b"\x68", b"\0\0\3"),
    ),
    Harness(
        "byte-stream", byte_stream, byte_stream_seeds, (from_annex_b, from_length_prefixed), (b"\0\0\1", b"\0\0\0\1")
    ),
    Harness("aac", audio, audio_seeds, (audio_config,), max_bytes=80),
    Harness("fmp4-init", init, init_seeds, (parse_init, boxes), BOX_WORDS),
    Harness("fmp4-fragment", media, media_seeds, (parse_fragment, boxes), BOX_WORDS),
)
