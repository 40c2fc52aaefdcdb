"""The sequence parameter set of H.265: size, profile, tier, level (ITU-T H.265 §7.3.2.2, §7.3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.errors import Invalid
from mingjian.wire.bits import BitReader, unescaped
from mingjian.wire.h264 import MAX_SIDE_PIXELS

LAST_VCL = 31
FIRST_KEY, LAST_KEY = 16, 21
"""Intra random access pictures with a defined type: BLA, IDR, CRA."""
VPS, SPS, PPS, AUD, SEI_PREFIX, SEI_SUFFIX = 32, 33, 34, 35, 39, 40

_GENERAL_BYTES = 12
"""profile_space to general_level_idc: the same twelve bytes stand in hvcC."""
_SUB_LAYER_PROFILE_BITS = 88
_SUB_LAYER_LEVEL_BITS = 8
_CROP_UNITS = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}


@dataclass(frozen=True, slots=True)
class Sps:
    """What a container and a browser must know of one sequence parameter set."""

    width: int
    height: int
    general: bytes
    """The twelve bytes of general profile, tier and level, as sent."""
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    temporal_layers: int
    temporal_nested: bool

    @property
    def codec_string(self) -> str:
        """ISO/IEC 14496-15 annex E.3, e.g. `hvc1.1.6.L93.B0`: compatibility bits reversed, trailing zeros left out."""
        space = ("", "A", "B", "C")[self.general[0] >> 6]
        tier = "H" if self.general[0] & 0x20 else "L"
        profile = self.general[0] & 0x1F
        flags = int.from_bytes(self.general[1:5], "big")
        reversed_flags = int(f"{flags:032b}"[::-1], 2)
        constraints = "".join(f".{byte:X}" for byte in self.general[5:11].rstrip(b"\0"))
        return f"hvc1.{space}{profile}.{reversed_flags:X}.{tier}{self.general[11]}{constraints}"


def kind_of(nal: bytes) -> int:
    """nal_unit_type; 63 (unspecified) for an empty unit."""
    return nal[0] >> 1 & 0x3F if nal else 63


def parse_sps(nal: bytes) -> Sps:
    """The set in `nal` (two header bytes included). Raises Invalid when it is not one, ends early or is absurd."""
    if kind_of(nal) != SPS:
        raise Invalid(
            "nal.not-sps",
            "这不是 H.265 序列参数集",
            text_en="this is not an H.265 sequence parameter set",
            field="parameter_sets",
        )
    read = BitReader(unescaped(nal)[2:])
    read.bits(4)
    sub_layers = read.bits(3)
    nested = read.flag()
    general = read.bits(8 * _GENERAL_BYTES).to_bytes(_GENERAL_BYTES, "big")
    _skip_sub_layers(read, sub_layers)
    read.ue()
    chroma_format = read.ue()
    if chroma_format > 3:
        raise Invalid(
            "nal.chroma", "参数集中的色度格式未知", text_en="the chroma format is unknown", field="parameter_sets"
        )
    planes = chroma_format == 3 and read.flag()
    width, height = read.ue(), read.ue()
    if read.flag():
        across, down = _CROP_UNITS[0 if planes else chroma_format]
        width -= across * (read.ue() + read.ue())
        height -= down * (read.ue() + read.ue())
    luma_bits, chroma_bits = 8 + read.ue(), 8 + read.ue()
    if luma_bits > 15 or chroma_bits > 15:
        raise Invalid(
            "nal.depth", "参数集中的位深不可能存在", text_en="the bit depth is impossible", field="parameter_sets"
        )
    if not (0 < width <= MAX_SIDE_PIXELS and 0 < height <= MAX_SIDE_PIXELS):
        raise Invalid(
            "nal.size",
            "参数集给出的画面尺寸不可能存在",
            text_en="the parameter set names an impossible picture size",
            field="parameter_sets",
        )
    return Sps(width, height, general, chroma_format, luma_bits, chroma_bits, sub_layers + 1, nested)


def _skip_sub_layers(read: BitReader, sub_layers: int) -> None:
    present = [(read.flag(), read.flag()) for _ in range(sub_layers)]
    if sub_layers:
        read.bits(2 * (8 - sub_layers))
    for profile, level in present:
        read.bits(_SUB_LAYER_PROFILE_BITS * profile + _SUB_LAYER_LEVEL_BITS * level)
