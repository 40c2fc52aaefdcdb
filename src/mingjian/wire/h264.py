"""The sequence parameter set of H.264: size, profile, level (ITU-T H.264 §7.3.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.errors import Invalid
from mingjian.wire.bits import BitReader, unescaped

SLICE, IDR, SEI, SPS, PPS, AUD = 1, 5, 6, 7, 8, 9
FIRST_VCL, LAST_VCL = 1, 5

MAX_SIDE_PIXELS = 16_384
"""Level 6.2 ends below this; a larger picture is a broken parameter set, and would make a decoder reserve memory."""
_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""profile_idc values whose SPS carries chroma format and bit depths."""
_MAX_POC_CYCLE = 255
_CROP_UNITS = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}
"""chroma_format_idc -> luma samples per crop unit, across and down (table 6-1)."""


@dataclass(frozen=True, slots=True)
class Sps:
    """What a container and a browser must know of one sequence parameter set."""

    width: int
    height: int
    profile: int
    compatibility: int
    level: int
    chroma_format: int
    luma_bits: int
    chroma_bits: int

    @property
    def codec_string(self) -> str:
        """RFC 6381 §3.3: `avc1.PPCCLL`."""
        return f"avc1.{self.profile:02X}{self.compatibility:02X}{self.level:02X}"

    @property
    def with_chroma(self) -> bool:
        """Whether avcC repeats chroma format and bit depths (ISO/IEC 14496-15 §5.3.3.1.2)."""
        return self.profile in _WITH_CHROMA


def kind_of(nal: bytes) -> int:
    """nal_unit_type; 0 for an empty unit."""
    return nal[0] & 0x1F if nal else 0


def parse_sps(nal: bytes) -> Sps:
    """The set in `nal` (header byte included). Raises Invalid when it is not one, ends early or is absurd."""
    if kind_of(nal) != SPS:
        raise Invalid(
            "nal.not-sps",
            "这不是 H.264 序列参数集",
            text_en="this is not an H.264 sequence parameter set",
            field="parameter_sets",
        )
    read = BitReader(unescaped(nal)[1:])
    profile, compatibility, level = read.bits(8), read.bits(8), read.bits(8)
    read.ue()
    chroma_format, luma_bits, chroma_bits, planes = 1, 8, 8, False
    if profile in _WITH_CHROMA:
        chroma_format = read.ue()
        if chroma_format > 3:
            raise Invalid(
                "nal.chroma", "参数集中的色度格式未知", text_en="the chroma format is unknown", field="parameter_sets"
            )
        planes = chroma_format == 3 and read.flag()
        luma_bits, chroma_bits = 8 + read.ue(), 8 + read.ue()
        if luma_bits > 14 or chroma_bits > 14:
            raise Invalid(
                "nal.depth", "参数集中的位深不可能存在", text_en="the bit depth is impossible", field="parameter_sets"
            )
        read.flag()
        if read.flag():
            _skip_scaling_lists(read, 8 if chroma_format != 3 else 12)
    read.ue()
    _skip_picture_order(read)
    read.ue()
    read.flag()
    width_mbs, height_units = read.ue() + 1, read.ue() + 1
    frames_only = read.flag()
    if not frames_only:
        read.flag()
    read.flag()
    left = right = top = bottom = 0
    if read.flag():
        left, right, top, bottom = read.ue(), read.ue(), read.ue(), read.ue()
    across, down = _CROP_UNITS[0 if planes else chroma_format]
    fields = 1 if frames_only else 2
    width = 16 * width_mbs - across * (left + right)
    height = 16 * height_units * fields - down * fields * (top + bottom)
    if not (0 < width <= MAX_SIDE_PIXELS and 0 < height <= MAX_SIDE_PIXELS):
        raise Invalid(
            "nal.size",
            "参数集给出的画面尺寸不可能存在",
            text_en="the parameter set names an impossible picture size",
            field="parameter_sets",
        )
    return Sps(width, height, profile, compatibility, level, chroma_format, luma_bits, chroma_bits)


def _skip_scaling_lists(read: BitReader, lists: int) -> None:
    for index in range(lists):
        if not read.flag():
            continue
        last = following = 8
        for _ in range(16 if index < 6 else 64):
            if following:
                following = (last + read.se()) % 256
            last = following or last


def _skip_picture_order(read: BitReader) -> None:
    kind = read.ue()
    if kind > 2:
        raise Invalid(
            "nal.order",
            "参数集中的图像顺序类型未知",
            text_en="the picture order type is unknown",
            field="parameter_sets",
        )
    if kind == 0:
        read.ue()
    elif kind == 1:
        read.flag()
        read.se()
        read.se()
        cycle = read.ue()
        if cycle > _MAX_POC_CYCLE:
            raise Invalid(
                "nal.order",
                "参数集中的图像顺序周期过长",
                text_en="the picture order cycle is too long",
                field="parameter_sets",
            )
        for _ in range(cycle):
            read.se()
