"""NAL units of H.264 and H.265: what they are, where a picture begins, how they are framed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from mingjian.kernel.errors import Invalid, RemoteError
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire import h264, h265
from mingjian.wire.bits import MAX_PARAMETER_SET_BYTES

MAX_PARAMETER_SETS = 64
"""More than any camera sends (H.264 allows 32 SPS); keeps a hostile description small."""


class NalKind(Enum):
    """What a unit is for, whichever codec it belongs to."""

    SLICE = "slice"
    IDR = "idr"
    """A slice of a picture where decoding can start: IDR; in H.265 also CRA and BLA."""
    SPS = "sps"
    PPS = "pps"
    VPS = "vps"
    SEI = "sei"
    AUD = "aud"
    OTHER = "other"


def _h264_kind(number: int) -> NalKind:
    named = {
        h264.IDR: NalKind.IDR,
        h264.SEI: NalKind.SEI,
        h264.SPS: NalKind.SPS,
        h264.PPS: NalKind.PPS,
        h264.AUD: NalKind.AUD,
    }
    return named.get(number, NalKind.SLICE if h264.FIRST_VCL <= number <= h264.LAST_VCL else NalKind.OTHER)


def _h265_kind(number: int) -> NalKind:
    named = {
        h265.VPS: NalKind.VPS,
        h265.SPS: NalKind.SPS,
        h265.PPS: NalKind.PPS,
        h265.AUD: NalKind.AUD,
        h265.SEI_PREFIX: NalKind.SEI,
        h265.SEI_SUFFIX: NalKind.SEI,
    }
    if h265.FIRST_KEY <= number <= h265.LAST_KEY:
        return NalKind.IDR
    return named.get(number, NalKind.SLICE if number <= h265.LAST_VCL else NalKind.OTHER)


# By the whole first byte, because this is asked for every packet of every camera.
_H264_KINDS = tuple(_h264_kind(byte & 0x1F) for byte in range(256))
_H265_KINDS = tuple(_h265_kind(byte >> 1 & 0x3F) for byte in range(256))


def nal_kinds(codec: Codec) -> Sequence[NalKind]:
    """What a unit is, by its first byte."""
    return _H265_KINDS if codec is Codec.H265 else _H264_KINDS


def nal_kind(codec: Codec, nal: bytes) -> NalKind:
    """What `nal` is, by its header; OTHER for an empty unit."""
    return nal_kinds(codec)[nal[0]] if nal else NalKind.OTHER


def is_key(codec: Codec, nal: bytes) -> bool:
    """Whether decoding can start at the picture this slice belongs to."""
    return nal_kind(codec, nal) is NalKind.IDR


def starts_new_picture(codec: Codec, nal: bytes) -> bool:
    """Whether `nal` is the first slice of its picture: first_mb_in_slice is 0 (H.264 §7.4.3), or
    first_slice_segment_in_pic_flag is set (H.265 §7.4.7.1). False for a unit that is no slice."""
    if nal_kind(codec, nal) not in (NalKind.SLICE, NalKind.IDR):
        return False
    at = 2 if codec is Codec.H265 else 1
    return len(nal) > at and nal[at] & 0x80 != 0


def video_config(codec: Codec, parameter_sets: Sequence[bytes]) -> VideoConfig:
    """The configuration these units describe, ordered VPS, SPS, PPS; duplicates and other units are left out.

    The size is that of the first SPS after cropping. Raises Invalid when there is no readable SPS.
    """
    if codec not in (Codec.H264, Codec.H265):
        raise Invalid("nal.codec", f"{codec} 没有参数集", text_en=f"{codec} has no parameter sets", field="codec")
    order = {NalKind.VPS: 0, NalKind.SPS: 1, NalKind.PPS: 2}
    wanted = dict.fromkeys(bytes(nal) for nal in parameter_sets if nal_kind(codec, nal) in order)
    if len(wanted) > MAX_PARAMETER_SETS or any(len(nal) > MAX_PARAMETER_SET_BYTES for nal in wanted):
        raise Invalid(
            "nal.too-many",
            "参数集过多或过长",
            text_en="the parameter sets are too many or too long",
            field="parameter_sets",
        )
    kept = tuple(sorted(wanted, key=lambda nal: order[nal_kind(codec, nal)]))
    first = next((nal for nal in kept if nal_kind(codec, nal) is NalKind.SPS), None)
    if first is None:
        raise Invalid(
            "nal.no-sps",
            "码流没有发送序列参数集（SPS），无法得知画面尺寸",
            text_en="the stream has sent no sequence parameter set",
            field="parameter_sets",
        )
    sps: h264.Sps | h265.Sps = h265.parse_sps(first) if codec is Codec.H265 else h264.parse_sps(first)
    return VideoConfig(codec, kept, sps.width, sps.height, sps.codec_string)


def to_length_prefixed(nals: Iterable[bytes]) -> bytes:
    """The units as a sample of ISO BMFF: each behind its 4-byte big-endian length."""
    parts: list[bytes] = []
    for nal in nals:
        parts += (len(nal).to_bytes(4, "big"), nal)
    return b"".join(parts)


def from_length_prefixed(data: bytes) -> list[bytes]:
    """The units of a sample. Raises RemoteError(code `nal.length`) when a length points past the end."""
    nals = []
    at, end = 0, len(data)
    while at < end:
        start = at + 4
        at = start + int.from_bytes(data[at:start], "big")
        if start > end or at > end:
            raise RemoteError(
                "nal.length", "样本中的 NAL 单元超出样本长度", text_en="a unit of this sample is longer than the sample"
            )
        nals.append(data[start:at])
    return nals


def from_annex_b(data: bytes) -> list[bytes]:
    """The units of a byte stream (H.264 annex B): split at `00 00 01`, trailing zero bytes dropped.

    Bytes before the first start code belong to no unit.
    """
    nals = []
    at = data.find(b"\0\0\1")
    while at >= 0:
        following = data.find(b"\0\0\1", at + 3)
        nal = data[at + 3 : following if following >= 0 else len(data)].rstrip(b"\0")
        if nal:
            nals.append(nal)
        at = following
    return nals
