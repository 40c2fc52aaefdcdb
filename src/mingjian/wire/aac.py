"""AAC: what its AudioSpecificConfig says (ISO/IEC 14496-3 §1.6.2.1)."""

from __future__ import annotations

from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import AudioConfig, Codec
from mingjian.wire.bits import BitReader

FRAME_SAMPLES = 1024
"""Samples per channel in one AAC-LC frame."""
MAX_SPECIFIC_BYTES = 64
"""An AudioSpecificConfig is 2 to 5 bytes for what cameras send; the bound keeps esds lengths in one byte."""
_RATES_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_EXPLICIT_RATE = 15
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)


def audio_config(specific: bytes) -> AudioConfig:
    """The configuration in `specific`. Raises Invalid when it is short, reserved or longer than its bound."""
    if len(specific) > MAX_SPECIFIC_BYTES:
        raise Invalid("aac.too-long", "音频配置过长", text_en="the audio configuration is too long", field="config")
    read = BitReader(specific)
    if read.bits(5) == 31:
        read.bits(6)
    index = read.bits(4)
    if index == _EXPLICIT_RATE:
        rate = read.bits(24)
    elif index < len(_RATES_HZ):
        rate = _RATES_HZ[index]
    else:
        raise Invalid("aac.rate", "音频采样率为保留值", text_en="the audio sample rate is reserved", field="config")
    channels = read.bits(4)
    if channels >= len(_CHANNELS) or rate == 0:
        raise Invalid("aac.channels", "音频配置为保留值", text_en="the audio configuration is reserved", field="config")
    return AudioConfig(Codec.AAC, rate, _CHANNELS[channels] or 1, specific)
