"""Fragmented MP4 in: configuration and samples back out of what `fmp4` wrote, with every bound checked.

Garbage ends in RemoteError, never in another exception; no sample is copied that was not asked for.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError, RemoteError
from mingjian.kernel.media import AudioConfig, Codec, StreamConfig, VideoConfig
from mingjian.wire import aac
from mingjian.wire.fmp4_boxes import Sample, boxes, payload_of
from mingjian.wire.nal import video_config
from mingjian.wire.ntp import utc_of_ntp

MAX_PARSED_SAMPLES = 16_384
"""Samples of one fragment, all tracks together: four times what the writer allows."""
MAX_INIT_BYTES = 1 << 20
"""An init segment is a kilobyte; parameter sets may stretch it, not to a megabyte."""
MAX_DEPTH_BOXES = 64
"""Boxes of one kind inside one parent of an init segment or a `moof`."""
_SAMPLE_ENTRY_BYTES = {b"avc1": 78, b"hvc1": 78, b"hev1": 78, b"mp4a": 28, b"alaw": 28, b"ulaw": 28}
_BASE_IS_MOOF = 0x02_0000
_NOT_SYNC = 0x0001_0000


class ParsedTrack(NamedTuple):
    """The samples of one track of a fragment; their data are views into the bytes parsed."""

    track_id: int
    decode_time_90k: int
    samples: list[Sample]


class ParsedFragment(NamedTuple):
    """One fragment: when its first sample arrived (from `prft`), its number, its tracks."""

    wall_clock: UtcNs
    sequence: int
    tracks: list[ParsedTrack]


def parse_init(data: bytes | memoryview) -> StreamConfig:
    """The configuration in an init segment. Raises RemoteError(codes `fmp4.…`) when it holds no readable video."""
    if len(data) > MAX_INIT_BYTES:
        raise RemoteError("fmp4.init", "初始化段过长", text_en="the init segment is too long")
    plain = bytes(data)
    try:
        return _stream_config(plain)
    except (struct.error, IndexError) as failure:
        raise RemoteError("fmp4.init", "初始化段不完整", text_en="the init segment ends inside a field") from failure
    except RemoteError:
        raise
    except MingjianError as failure:
        raise RemoteError(
            "fmp4.init",
            f"初始化段无法读取：{failure.text}",
            text_en=f"the init segment cannot be read: {failure.text_en}",
        ) from failure


def parse_fragment(data: bytes | memoryview) -> ParsedFragment:
    """The one fragment in `data`. Raises RemoteError(codes `fmp4.…`) when it is not `prft`, `moof` and `mdat`."""
    view = memoryview(data)
    try:
        return _fragment(view)
    except (struct.error, IndexError) as failure:
        raise RemoteError("fmp4.fragment", "片段不完整", text_en="the fragment ends inside a field") from failure


def _children(data: bytes | memoryview, at: tuple[int, int]) -> list[tuple[bytes, tuple[int, int]]]:
    """The boxes inside a payload, each with its own payload."""
    found = []
    for kind, offset, size in boxes(data, *at):
        found.append((kind, payload_of(data, offset, size)))
        if len(found) > MAX_DEPTH_BOXES:
            raise RemoteError(
                "fmp4.too-many", "文件中的盒子（box）过多", text_en="there are more boxes than any file of ours has"
            )
    return found


def _find(data: bytes | memoryview, at: tuple[int, int], *path: bytes) -> tuple[int, int] | None:
    for wanted in path:
        inside = next((payload for kind, payload in _children(data, at) if kind == wanted), None)
        if inside is None:
            return None
        at = inside
    return at


def _stream_config(data: bytes) -> StreamConfig:
    movie = _find(data, (0, len(data)), b"moov")
    if movie is None:
        raise RemoteError("fmp4.init", "没有 moov 盒", text_en="there is no movie box")
    video: VideoConfig | None = None
    audio: AudioConfig | None = None
    for kind, payload in _children(data, movie):
        if kind != b"trak":
            continue
        described = _find(data, payload, b"mdia", b"minf", b"stbl", b"stsd")
        if described is None:
            raise RemoteError("fmp4.init", "轨道缺少样本描述", text_en="a track has no sample description")
        for entry, at in _children(data, (described[0] + 8, described[1])):
            if entry in (b"avc1", b"hvc1", b"hev1"):
                video = _video(data, entry, at)
            elif entry in _SAMPLE_ENTRY_BYTES:
                audio = _audio(data, entry, at)
    if video is None:
        raise RemoteError("fmp4.init", "没有可识别的视频轨道", text_en="there is no video track that we know")
    return StreamConfig(video, audio)


def _video(data: bytes, entry: bytes, at: tuple[int, int]) -> VideoConfig:
    inner = (at[0] + _SAMPLE_ENTRY_BYTES[entry], at[1])
    if entry == b"avc1":
        record = _find(data, inner, b"avcC")
        if record is None:
            raise RemoteError("fmp4.init", "样本描述缺少解码配置", text_en="the sample entry has no configuration")
        return video_config(Codec.H264, _avcc_sets(data[record[0] : record[1]]))
    record = _find(data, inner, b"hvcC")
    if record is None:
        raise RemoteError("fmp4.init", "样本描述缺少解码配置", text_en="the sample entry has no configuration")
    return video_config(Codec.H265, _hvcc_sets(data[record[0] : record[1]]))


def _lengths(record: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    found = []
    for _ in range(count):
        (size,) = struct.unpack_from(">H", record, at)
        if at + 2 + size > len(record):
            raise RemoteError("fmp4.init", "参数集被截断", text_en="a parameter set is cut")
        found.append(record[at + 2 : at + 2 + size])
        at += 2 + size
    return found, at


def _avcc_sets(record: bytes) -> list[bytes]:
    sequence, at = _lengths(record, 6, record[5] & 0x1F)
    picture, _ = _lengths(record, at + 1, record[at])
    return sequence + picture


def _hvcc_sets(record: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 23
    for _ in range(record[22]):
        (count,) = struct.unpack_from(">H", record, at + 1)
        units, at = _lengths(record, at + 3, count)
        found += units
    return found


def _audio(data: bytes, entry: bytes, at: tuple[int, int]) -> AudioConfig:
    if at[1] - at[0] < _SAMPLE_ENTRY_BYTES[entry]:
        raise RemoteError("fmp4.init", "样本描述被截断", text_en="a sample entry is cut")
    (channels,) = struct.unpack_from(">H", data, at[0] + 16)
    (rate,) = struct.unpack_from(">I", data, at[0] + 24)
    if entry != b"mp4a":
        return AudioConfig(Codec.PCMA if entry == b"alaw" else Codec.PCMU, rate >> 16, channels)
    record = _find(data, (at[0] + _SAMPLE_ENTRY_BYTES[entry], at[1]), b"esds")
    if record is None:
        raise RemoteError("fmp4.init", "样本描述缺少解码配置", text_en="the sample entry has no configuration")
    return aac.audio_config(_decoder_specific(data[record[0] + 4 : record[1]]))


def _decoder_specific(descriptor: bytes) -> bytes:
    """DecoderSpecificInfo inside an ES_Descriptor (14496-1 §7.2.6): tags 3, 4, 5 nested, lengths of 7-bit groups."""
    at = 0
    for tag, fixed in ((3, 3), (4, 13), (5, 0)):
        if descriptor[at] != tag:
            raise RemoteError("fmp4.init", "音频描述符无法识别", text_en="the audio descriptor is not one we know")
        at += 1
        size = 0
        for _ in range(4):
            byte = descriptor[at]
            at += 1
            size = size << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        if at + size > len(descriptor):
            raise RemoteError("fmp4.init", "音频描述符被截断", text_en="the audio descriptor is cut")
        if tag == 5:
            return descriptor[at : at + size]
        at += fixed
    raise RemoteError("fmp4.init", "音频描述符为空", text_en="the audio descriptor is empty")


def _fragment(view: memoryview) -> ParsedFragment:
    found = {kind: (offset, *payload_of(view, offset, size)) for kind, offset, size in boxes(view)}
    if not {b"prft", b"moof", b"mdat"} <= found.keys():
        raise RemoteError(
            "fmp4.fragment",
            "片段应由 prft、moof、mdat 各一个组成",
            text_en="a fragment is one prft, one moof and one mdat",
        )
    _, at, _ = found[b"prft"]
    (stamp,) = struct.unpack_from(">Q", view, at + 8)
    moof_at, start, end = found[b"moof"]
    _, mdat_start, mdat_end = found[b"mdat"]
    sequence = 0
    tracks: list[ParsedTrack] = []
    room = MAX_PARSED_SAMPLES
    for kind, payload in _children(view, (start, end)):
        if kind == b"mfhd":
            (sequence,) = struct.unpack_from(">I", view, payload[0] + 4)
        elif kind == b"traf":
            track = _traf(view, payload, moof_at, (mdat_start, mdat_end), room)
            room -= len(track.samples)
            tracks.append(track)
    return ParsedFragment(utc_of_ntp(stamp), sequence, tracks)


def _traf(view: memoryview, payload: tuple[int, int], moof_at: int, mdat: tuple[int, int], room: int) -> ParsedTrack:
    inside = dict(_children(view, payload))
    if not {b"tfhd", b"tfdt", b"trun"} <= inside.keys():
        raise RemoteError(
            "fmp4.fragment", "轨道片段缺少 tfhd、tfdt 或 trun", text_en="a track fragment lacks tfhd, tfdt or trun"
        )
    flags, track_id = struct.unpack_from(">II", view, inside[b"tfhd"][0])
    if flags != _BASE_IS_MOOF:
        raise RemoteError(
            "fmp4.fragment",
            "片段的偏移不是从 moof 起算",
            text_en="the offsets of this fragment are not counted from its moof",
        )
    (decode_time,) = struct.unpack_from(">Q", view, inside[b"tfdt"][0] + 4)
    table, table_end = inside[b"trun"]
    flags, count, data_offset = struct.unpack_from(">IIi", view, table)
    if flags != 0x0100_0F01 or count > room or table + 12 + 16 * count != table_end:
        raise RemoteError(
            "fmp4.fragment",
            "片段的样本表不是本系统所写，或被截断",
            text_en="the sample table of this fragment is not one of ours, or is cut",
        )
    samples = []
    at = moof_at + data_offset
    for duration, size, sample_flags, offset in struct.iter_unpack(">IIIi", view[table + 12 : table_end]):
        if at < mdat[0] or at + size > mdat[1]:
            raise RemoteError("fmp4.fragment", "样本位于媒体数据之外", text_en="a sample lies outside the media data")
        samples.append(Sample(view[at : at + size], duration, offset, sample_flags & _NOT_SYNC == 0))
        at += size
    return ParsedTrack(track_id, decode_time, samples)
