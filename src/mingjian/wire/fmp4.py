"""Fragmented MP4 out: an init segment, then fragments of `prft`, `moof` and `mdat` (ISO/IEC 14496-12 §8.8).

`init_segment` followed by any run of `fragment`s is a file that plays in any player, and plays to the cut when it is
truncated. Every time is at 90 kHz, in both tracks. Samples are written byte for byte as given. The way back is
`fmp4_parse`, whose names are given here too.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import TICKS_PER_SECOND, AudioConfig, StreamConfig, VideoConfig
from mingjian.wire.fmp4_boxes import AUDIO_TRACK, DELTA_FLAGS, KEY_FLAGS, VIDEO_TRACK, Sample, box, boxes, full_box
from mingjian.wire.fmp4_parse import ParsedFragment, ParsedTrack, parse_fragment, parse_init
from mingjian.wire.ntp import ntp_of
from mingjian.wire.sample_entries import audio_entry, video_entry

__all__ = [
    "AUDIO_TRACK",
    "VIDEO_TRACK",
    "ParsedFragment",
    "ParsedTrack",
    "Sample",
    "boxes",
    "fragment",
    "init_segment",
    "parse_fragment",
    "parse_init",
]

MAX_SAMPLES = 4096
"""Samples of one track in one fragment: ten seconds at 120 frames a second are 1200."""

_MATRIX = struct.pack(">9i", 0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000)
_LANGUAGE_UNDETERMINED = b"\x55\xc4\0\0"
_PRFT_FLAGS = 8
"""The association of media time with UTC is arbitrary but consistent: we stamp arrival, not capture."""
_TFHD_FLAGS = 0x02_0000  # default-base-is-moof
_TRUN_FLAGS = 0x0100_0F01  # version 1 (signed offsets); data offset, duration, size, flags, composition offset

_PRFT_MOOF_MFHD = ">I4sIIQQ I4s I4sII".replace(" ", "")
_TRAF_TRUN = "I4s I4sII I4sIQ I4sIIi".replace(" ", "")
_ROW = "IIIi"
_ONE_FRAME = struct.Struct(_PRFT_MOOF_MFHD + _TRAF_TRUN + _ROW + "I4s")
_HEAD = struct.Struct(_PRFT_MOOF_MFHD)
_TRAF_HEAD = struct.Struct(">" + _TRAF_TRUN)
_MDAT = struct.Struct(">I4s")
_PRFT_BYTES = 32
_MOOF_HEAD_BYTES = 8 + 16
_TRAF_BYTES = _TRAF_HEAD.size
_ROW_BYTES = 16
_TRUN_HEAD_BYTES = 20
_ONE_MOOF_BYTES = _MOOF_HEAD_BYTES + _TRAF_BYTES + _ROW_BYTES


def init_segment(config: StreamConfig) -> bytes:
    """`ftyp` and `moov`: video is track 1, audio (if any) track 2. Raises Invalid when `config` cannot be written."""
    tracks = [_track(VIDEO_TRACK, config.video)]
    defaults = [_trex(VIDEO_TRACK)]
    if config.audio is not None:
        tracks.append(_track(AUDIO_TRACK, config.audio))
        defaults.append(_trex(AUDIO_TRACK))
    times = struct.pack(">IIII", 0, 0, TICKS_PER_SECOND, 0)
    movie = times + b"\0\1\0\0\1\0" + bytes(10) + _MATRIX + bytes(24) + (AUDIO_TRACK + 1).to_bytes(4, "big")
    brands = box(b"ftyp", b"iso6", b"\0\0\2\0", b"iso6iso5mp42")
    return brands + box(b"moov", full_box(b"mvhd", 0, 0, movie), *tracks, box(b"mvex", *defaults))


def fragment(
    *,
    sequence: int,
    track_id: int,
    decode_time_90k: int,
    samples: Sequence[Sample],
    wall_clock: UtcNs,
    audio: Sequence[Sample] = (),
    audio_decode_time_90k: int = 0,
) -> bytes:
    """One fragment of `samples` in decode order, and of `audio` in track 2 beside them, in one piece.

    `wall_clock` is when the first sample arrived; `prft` ties it to that sample's presentation time.
    Raises Invalid when there is no sample, too many, or a time that its field cannot hold.
    """
    try:
        if len(samples) == 1 and not audio:
            data, duration, offset, key = samples[0]
            size = len(data)
            head = _ONE_FRAME.pack(
                *(_PRFT_BYTES, b"prft", _PRFT_FLAGS | 1 << 24, track_id, ntp_of(wall_clock), decode_time_90k + offset),
                *(_ONE_MOOF_BYTES, b"moof", 16, b"mfhd", 0, sequence),
                *(_TRAF_BYTES + _ROW_BYTES, b"traf", 16, b"tfhd", _TFHD_FLAGS, track_id),
                *(20, b"tfdt", 1 << 24, decode_time_90k),
                *(_TRUN_HEAD_BYTES + _ROW_BYTES, b"trun", _TRUN_FLAGS, 1, _ONE_MOOF_BYTES + 8),
                *(duration, size, KEY_FLAGS if key else DELTA_FLAGS, offset, 8 + size, b"mdat"),
            )
            return head + data
    except struct.error as failure:
        raise _out_of_range(failure) from failure
    return b"".join(
        fragment_parts(
            sequence=sequence,
            track_id=track_id,
            decode_time_90k=decode_time_90k,
            samples=samples,
            wall_clock=wall_clock,
            audio=audio,
            audio_decode_time_90k=audio_decode_time_90k,
        )
    )


def fragment_parts(
    *,
    sequence: int,
    track_id: int,
    decode_time_90k: int,
    samples: Sequence[Sample],
    wall_clock: UtcNs,
    audio: Sequence[Sample] = (),
    audio_decode_time_90k: int = 0,
) -> list[bytes | memoryview]:
    """`fragment` as its pieces in order: headers, then the samples' own buffers, so that megabytes are not copied."""
    try:
        return _many(sequence, track_id, decode_time_90k, samples, wall_clock, audio, audio_decode_time_90k)
    except struct.error as failure:
        raise _out_of_range(failure) from failure


def _out_of_range(failure: struct.error) -> Invalid:
    return Invalid(
        "fmp4.range",
        f"时间或长度超出字段范围：{failure}",
        text_en=f"a time or size does not fit its field: {failure}",
        field="samples",
    )


def _many(
    sequence: int,
    track_id: int,
    decode_time: int,
    samples: Sequence[Sample],
    wall_clock: UtcNs,
    audio: Sequence[Sample],
    audio_decode_time: int,
) -> list[bytes | memoryview]:
    if not samples or len(samples) > MAX_SAMPLES or len(audio) > MAX_SAMPLES:
        raise Invalid(
            "fmp4.count",
            f"每个片段每条轨道为 1 到 {MAX_SAMPLES} 个样本",
            text_en=f"a fragment takes 1 to {MAX_SAMPLES} samples a track",
            field="samples",
        )
    moof_bytes = _MOOF_HEAD_BYTES + _TRAF_BYTES + _ROW_BYTES * len(samples)
    if audio:
        moof_bytes += _TRAF_BYTES + _ROW_BYTES * len(audio)
    media_time = decode_time + samples[0].composition_offset_90k
    parts: list[bytes | memoryview] = [
        _HEAD.pack(
            *(_PRFT_BYTES, b"prft", _PRFT_FLAGS | 1 << 24, track_id, ntp_of(wall_clock), media_time),
            *(moof_bytes, b"moof", 16, b"mfhd", 0, sequence),
        )
    ]
    traf, video_bytes = _traf(track_id, decode_time, samples, moof_bytes + 8)
    parts += traf
    audio_bytes = 0
    if audio:
        traf, audio_bytes = _traf(AUDIO_TRACK, audio_decode_time, audio, moof_bytes + 8 + video_bytes)
        parts += traf
    parts.append(_MDAT.pack(8 + video_bytes + audio_bytes, b"mdat"))
    parts += [sample[0] for sample in samples]
    parts += [sample[0] for sample in audio]
    return parts


def _traf(track_id: int, decode_time: int, samples: Sequence[Sample], data_offset: int) -> tuple[list[bytes], int]:
    """The track fragment in two parts, and how many bytes of `mdat` its samples take."""
    table_bytes = _ROW_BYTES * len(samples)
    rows: list[int] = []
    for data, duration, offset, key in samples:
        rows += (duration, len(data), KEY_FLAGS if key else DELTA_FLAGS, offset)
    head = _TRAF_HEAD.pack(
        *(_TRAF_BYTES + table_bytes, b"traf", 16, b"tfhd", _TFHD_FLAGS, track_id),
        *(20, b"tfdt", 1 << 24, decode_time),
        *(_TRUN_HEAD_BYTES + table_bytes, b"trun", _TRUN_FLAGS, len(samples), data_offset),
    )
    return [head, _table(len(samples)).pack(*rows)], sum(rows[1::4])


@lru_cache(maxsize=256)
def _table(count: int) -> struct.Struct:
    return struct.Struct(">" + _ROW * count)


def _track(track_id: int, config: VideoConfig | AudioConfig) -> bytes:
    """One `trak` without samples: they come in fragments (§8.3)."""
    if isinstance(config, VideoConfig):
        entry, handler, media_header = video_entry(config), b"vide", full_box(b"vmhd", 0, 1, bytes(8))
        volume, width, height = 0, config.width, config.height
    else:
        entry, handler, media_header = audio_entry(config), b"soun", full_box(b"smhd", 0, 0, bytes(4))
        volume, width, height = 0x0100, 0, 0
    head = struct.pack(">IIIII", 0, 0, track_id, 0, 0) + bytes(8) + struct.pack(">HHHH", 0, 0, volume, 0)
    head += _MATRIX + struct.pack(">II", width << 16, height << 16)
    empty = bytes(4)
    table = box(
        b"stbl",
        full_box(b"stsd", 0, 0, b"\0\0\0\1", entry),
        full_box(b"stts", 0, 0, empty),
        full_box(b"stsc", 0, 0, empty),
        full_box(b"stsz", 0, 0, empty, empty),
        full_box(b"stco", 0, 0, empty),
    )
    reference = box(b"dinf", full_box(b"dref", 0, 0, b"\0\0\0\1", full_box(b"url ", 0, 1)))
    times = struct.pack(">IIII", 0, 0, TICKS_PER_SECOND, 0) + _LANGUAGE_UNDETERMINED
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, times),
        full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(13)),
        box(b"minf", media_header, reference, table),
    )
    return box(b"trak", full_box(b"tkhd", 0, 3, head), media)


def _trex(track_id: int) -> bytes:
    return full_box(b"trex", 0, 0, struct.pack(">IIIII", track_id, 1, 0, 0, 0))
