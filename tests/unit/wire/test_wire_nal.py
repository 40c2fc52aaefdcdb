"""NAL units: sizes after cropping, codec strings, kinds, framing; garbage ends in named errors only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import Invalid, RemoteError
from mingjian.kernel.media import Codec
from mingjian.wire.bits import BitReader, escaped, unescaped
from mingjian.wire.nal import (
    NalKind,
    from_annex_b,
    from_length_prefixed,
    is_key,
    nal_kind,
    starts_new_picture,
    to_length_prefixed,
    video_config,
)

# Written by libx264 and libx265 through the ffmpeg program: a stranger's parameter sets.
AVC_1080P = bytes.fromhex("6742c028da01e0089f97011000000300100000030320f1832a")
AVC_638X358 = bytes.fromhex("6764001eacd940a02fea6c0440000003004000000c83c58b6580")
HEVC_638X358 = bytes.fromhex("42010101600000030090000003000003003fa005020169d565959a4932bc05a02000000300200000030321")
AVC_PPS = bytes.fromhex("68ce0fc8")


def sps_h265(width: int, height: int) -> bytes:
    """A Main profile, level 3.1 set of `width` x `height`, written field by field (H.265 §7.3.2.2.1)."""

    def ue(value: int) -> str:
        digits = f"{value + 1:b}"
        return "0" * (len(digits) - 1) + digits

    coded_width, coded_height = -(-width // 8) * 8, -(-height // 8) * 8
    fields = "0000" + "000" + "1"
    fields += f"{1:08b}" + f"{0x60000000:032b}" + f"{0xB00000000000:048b}" + f"{93:08b}"
    fields += ue(0) + ue(1) + ue(coded_width) + ue(coded_height)
    fields += "1" + ue(0) + ue((coded_width - width) // 2) + ue(0) + ue((coded_height - height) // 2)
    fields += ue(0) + ue(0) + ue(4) + "1"
    fields += "0" * (-len(fields) % 8)
    return b"\x42\x01" + escaped(int(fields, 2).to_bytes(len(fields) // 8, "big"))


def test_h264_size_and_codec_string_come_from_the_parameter_set() -> None:
    config = video_config(Codec.H264, [AVC_PPS, AVC_1080P, AVC_1080P])
    assert (config.width, config.height, config.codec_string) == (1920, 1080, "avc1.42C028")
    assert config.parameter_sets == (AVC_1080P, AVC_PPS)
    cropped = video_config(Codec.H264, [AVC_638X358])
    assert (cropped.width, cropped.height, cropped.codec_string) == (638, 358, "avc1.64001E")


def test_h265_size_is_cropped_and_the_codec_string_is_that_of_14496_15() -> None:
    config = video_config(Codec.H265, [HEVC_638X358])
    assert (config.width, config.height, config.codec_string) == (638, 358, "hvc1.1.6.L63.90")
    config = video_config(Codec.H265, [sps_h265(638, 358)])
    assert (config.width, config.height, config.codec_string) == (638, 358, "hvc1.1.6.L93.B0")


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.AAC])
def test_a_stream_without_parameter_sets_is_invalid(codec: Codec) -> None:
    with pytest.raises(Invalid):
        video_config(codec, [b"\x65\x88", b""])


def test_every_cut_of_a_parameter_set_is_invalid_or_readable_but_never_something_else() -> None:
    for whole, codec in ((AVC_1080P, Codec.H264), (sps_h265(640, 360), Codec.H265)):
        for size in range(len(whole)):
            try:
                video_config(codec, [whole[:size]])
            except Invalid as failure:
                assert failure.field == "parameter_sets"


@given(st.binary(max_size=200), st.sampled_from([(Codec.H264, b"\x67"), (Codec.H265, b"\x42\x01")]))
def test_random_parameter_sets_raise_only_invalid(tail: bytes, header: tuple[Codec, bytes]) -> None:
    codec, head = header
    try:
        config = video_config(codec, [head + tail])
    except Invalid:
        return
    assert config.width > 0 and config.height > 0


def test_kinds_and_picture_starts() -> None:
    assert nal_kind(Codec.H264, b"\x65\x88") is NalKind.IDR and is_key(Codec.H264, b"\x65")
    assert nal_kind(Codec.H264, b"\x41\x9a") is NalKind.SLICE
    assert nal_kind(Codec.H265, b"\x26\x01") is NalKind.IDR and is_key(Codec.H265, b"\x2a\x01")
    assert nal_kind(Codec.H265, b"\x40\x01") is NalKind.VPS
    assert nal_kind(Codec.H264, b"") is NalKind.OTHER
    assert starts_new_picture(Codec.H264, b"\x41\x9a") and not starts_new_picture(Codec.H264, b"\x41\x1a")
    assert starts_new_picture(Codec.H265, b"\x02\x01\xd0") and not starts_new_picture(Codec.H265, b"\x02\x01\x50")
    assert not starts_new_picture(Codec.H264, b"\x67\xff") and not starts_new_picture(Codec.H264, b"\x41")


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_length_prefix_round_trip(nals: list[bytes]) -> None:
    assert from_length_prefixed(to_length_prefixed(nals)) == nals


@given(st.binary(max_size=60))
def test_a_broken_sample_raises_only_remote_error(data: bytes) -> None:
    try:
        assert to_length_prefixed(from_length_prefixed(data)) == data
    except RemoteError as failure:
        assert failure.code == "nal.length"


def test_annex_b_is_split_at_both_start_codes() -> None:
    assert from_annex_b(b"junk\0\0\0\1\x67\1\0\0\1\x68\2\0\0\0\1\x65\3") == [b"\x67\1", b"\x68\2", b"\x65\3"]
    assert from_annex_b(b"no start code") == []


@given(st.binary(max_size=120))
def test_escaping_hides_start_codes_and_is_undone(payload: bytes) -> None:
    inside = escaped(payload + b"\x80")
    assert b"\0\0\1" not in inside and b"\0\0\0" not in inside
    assert unescaped(inside) == payload + b"\x80"


def test_exp_golomb_numbers_of_the_standard() -> None:
    # H.264 tables 9-2 and 9-3: code numbers 0 to 4 and their signed mapping.
    coded = int("10100110010000101" + "0" * 7, 2).to_bytes(3, "big")
    read = BitReader(coded)
    assert [read.ue() for _ in range(5)] == [0, 1, 2, 3, 4]
    signed = BitReader(coded)
    assert [signed.se() for _ in range(5)] == [0, 1, -1, 2, -2]
