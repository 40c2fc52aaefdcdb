"""Sample entries: what a decoder is told before the first frame (ISO/IEC 14496-12 §8.5.2, 14496-14, 14496-15)."""

from __future__ import annotations

from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import AudioConfig, Codec, VideoConfig
from mingjian.wire import aac, h264, h265
from mingjian.wire.fmp4_boxes import box, full_box
from mingjian.wire.nal import NalKind, nal_kind

_DATA_REFERENCE = bytes(6) + b"\0\1"
_LENGTH_SIZE_MINUS_ONE = 3
_DPI_72 = b"\0\x48\0\0"
_MAX_AVC_SPS, _MAX_AVC_PPS = 31, 255
"""Five and eight bits count them in avcC."""
G711_ENTRIES = {Codec.PCMA: b"alaw", Codec.PCMU: b"ulaw"}
"""As QuickTime names them and ffmpeg reads them; browsers play neither, so the live path leaves G.711 out."""


def video_entry(video: VideoConfig) -> bytes:
    """`avc1` with avcC, or `hvc1` with hvcC. Raises Invalid when the parameter sets cannot be read."""
    kind, record = (b"hvc1", _hvcc(video)) if video.codec is Codec.H265 else (b"avc1", _avcc(video))
    size = video.width.to_bytes(2, "big") + video.height.to_bytes(2, "big")
    fixed = _DATA_REFERENCE + bytes(16) + size + _DPI_72 * 2 + bytes(4) + b"\0\1" + bytes(32) + b"\0\x18\xff\xff"
    return box(kind, fixed, record)


def audio_entry(audio: AudioConfig) -> bytes:
    """`mp4a` with esds, `alaw` or `ulaw`. Raises Invalid for another codec."""
    rate = audio.sample_rate_hz if audio.sample_rate_hz < 1 << 16 else 0
    fixed = _DATA_REFERENCE + bytes(8) + audio.channels.to_bytes(2, "big") + b"\0\x10" + bytes(4)
    fixed += (rate << 16).to_bytes(4, "big")
    if audio.codec in G711_ENTRIES:
        return box(G711_ENTRIES[audio.codec], fixed)
    if audio.codec is not Codec.AAC:
        raise Invalid(
            "fmp4.audio",
            f"{audio.codec} 没有音频样本描述",
            text_en=f"{audio.codec} has no sample entry for sound",
            field="audio",
        )
    if not 0 < len(audio.specific) <= aac.MAX_SPECIFIC_BYTES:
        raise Invalid(
            "aac.too-long", "音频配置为空或过长", text_en="the audio configuration is empty or too long", field="config"
        )
    return box(b"mp4a", fixed, full_box(b"esds", 0, 0, _es_descriptor(audio.specific)))


def _sets(video: VideoConfig, kind: NalKind) -> list[bytes]:
    return [nal for nal in video.parameter_sets if nal_kind(video.codec, nal) is kind]


def _with_length(nal: bytes) -> bytes:
    return len(nal).to_bytes(2, "big") + nal


def _first_sps(video: VideoConfig) -> bytes:
    found = _sets(video, NalKind.SPS)
    if not found:
        raise Invalid(
            "nal.no-sps",
            "码流没有发送序列参数集（SPS），无法得知画面尺寸",
            text_en="the stream has sent no sequence parameter set",
            field="parameter_sets",
        )
    return found[0]


def _avcc(video: VideoConfig) -> bytes:
    """AVCDecoderConfigurationRecord (14496-15 §5.3.3.1.2)."""
    first = h264.parse_sps(_first_sps(video))
    sequence = _sets(video, NalKind.SPS)[:_MAX_AVC_SPS]
    picture = _sets(video, NalKind.PPS)[:_MAX_AVC_PPS]
    record = bytes((1, first.profile, first.compatibility, first.level, 0xFC | _LENGTH_SIZE_MINUS_ONE))
    record += bytes((0xE0 | len(sequence),)) + b"".join(map(_with_length, sequence))
    record += bytes((len(picture),)) + b"".join(map(_with_length, picture))
    if first.with_chroma:
        depths = (0xF8 | first.luma_bits - 8, 0xF8 | first.chroma_bits - 8)
        record += bytes((0xFC | first.chroma_format, *depths, 0))
    return box(b"avcC", record)


def _hvcc(video: VideoConfig) -> bytes:
    """HEVCDecoderConfigurationRecord (14496-15 §8.3.3.1.2)."""
    first = h265.parse_sps(_first_sps(video))
    arrays = [
        (number, units)
        for number, kind in ((h265.VPS, NalKind.VPS), (h265.SPS, NalKind.SPS), (h265.PPS, NalKind.PPS))
        if (units := _sets(video, kind))
    ]
    layers = first.temporal_layers << 3 | first.temporal_nested << 2 | _LENGTH_SIZE_MINUS_ONE
    chroma = (0xFC | first.chroma_format, 0xF8 | first.luma_bits - 8, 0xF8 | first.chroma_bits - 8)
    record = b"\1" + first.general + b"\xf0\0\xfc" + bytes((*chroma, 0, 0, layers, len(arrays)))
    for number, units in arrays:
        record += bytes((0x80 | number,)) + len(units).to_bytes(2, "big") + b"".join(map(_with_length, units))
    return box(b"hvcC", record)


def _es_descriptor(specific: bytes) -> bytes:
    """ES_Descriptor with one-byte lengths (14496-1 §7.2.6.5); `specific` is bounded, so they suffice."""
    decoder = b"\x40\x15" + bytes(11) + b"\x05" + bytes((len(specific),)) + specific
    body = b"\0\2\0" + b"\x04" + bytes((len(decoder),)) + decoder + b"\x06\x01\x02"
    return b"\x03" + bytes((len(body),)) + body
