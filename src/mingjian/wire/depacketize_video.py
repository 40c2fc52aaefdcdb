"""RTP payloads of H.264 (RFC 6184) and H.265 (RFC 7798) as pictures: the sample's bytes as ISO BMFF stores them.

Never raises for what the network brings. A picture that lost a packet is delivered and marked; a fragmented NAL
unit that lost its middle keeps what came before the hole. A picture ends at the marker bit; where a camera sends
none, or sets it after every slice, at the next timestamp.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar, Protocol

from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.wire.bits import MAX_PARAMETER_SET_BYTES, BitReader, unescaped
from mingjian.wire.nal import NalKind, nal_kind, nal_kinds, starts_new_picture, video_config
from mingjian.wire.rtp import MIN_HEADER_BYTES, RtpTrack, timestamp_of

MAX_UNIT_BYTES = 4 * 1024 * 1024
"""A key frame of a 4K camera is below 2 MiB; a unit beyond this is dropped and counted as lost."""
NAL_OVERHEAD_BYTES = 64
"""What a NAL unit is charged beside its bytes, so that a million empty ones reach the bound as well."""
SMALL_FRAGMENT_BYTES = NAL_OVERHEAD_BYTES
"""A fragment this small is charged its overhead as well; no camera sends one but the last of a unit."""
MAX_PARAMETER_SETS = 32
"""Kept at once; the oldest goes when a camera invents new ids."""

MAX_ALIKE = 32
"""Packets taken in one step: a frame of a fast camera; what one step costs in vain stays small."""

_NUMBERS = tuple(number.to_bytes(2, "big") for number in range(0x10000))
"""Sequence numbers as they stand in a packet: made once, they cost less than the numbers of every picture."""
_SETS = (NalKind.SPS, NalKind.PPS, NalKind.VPS)


class VideoListener(Protocol):
    """Who receives a track's pictures, in decoding order."""

    def on_video_config(self, config: VideoConfig) -> None:
        """Precedes the first picture it describes."""
        ...

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        """One picture; `timestamp` is the 32-bit RTP one."""
        ...

    def on_packets_lost(self, packets: int) -> None: ...


class ParameterSets:
    """The parameter sets in force, by kind and id; tells when they change."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._sets: dict[tuple[NalKind, int], bytes] = {}
        self._config: VideoConfig | None = None

    def update(self, nals: Iterable[bytes]) -> VideoConfig | None:
        """The new configuration when `nals` change it and it can be read; None otherwise, and the old one stands."""
        wanted = dict(self._sets)
        for nal in nals:
            kind = nal_kind(self._codec, nal)
            if kind not in _SETS or len(nal) > MAX_PARAMETER_SET_BYTES:
                continue
            key = (kind, self._id(kind, nal))
            if wanted.get(key) != nal:
                wanted.pop(key, None)
                wanted = {key: nal, **wanted}
        while len(wanted) > MAX_PARAMETER_SETS:
            wanted.popitem()
        if wanted == self._sets:
            return None
        try:
            config = video_config(self._codec, tuple(wanted.values()))
        except Invalid:
            if self._config is None:
                self._sets = wanted  # an SPS may come apart from its PPS: keep what there is until it is whole
            return None
        if not any(kind is NalKind.PPS for kind, _ in wanted):
            self._sets = wanted
            return None
        self._sets = wanted
        if config == self._config:
            return None
        self._config = config
        return config

    def _id(self, kind: NalKind, nal: bytes) -> int:
        """The set's id; H.265 cameras use one SPS, whose id lies behind its profile, so it counts as 0."""
        try:
            if self._codec is Codec.H265:
                return BitReader(unescaped(nal[2:16])).ue() if kind is NalKind.PPS else 0
            return BitReader(unescaped(nal[1:16] if kind is NalKind.PPS else nal[4:20])).ue()
        except Invalid:
            return 0


class VideoTrack(RtpTrack):
    """Puts NAL units together into pictures; the two codecs differ only in `payload`."""

    _fragment_head_bytes: ClassVar[int]
    """Of a fragment's payload; the last one is the FU header with the bits for first and last."""
    _fragment_kind: ClassVar[tuple[int, int]]
    """Mask and value of the first byte of a fragment's payload."""

    def __init__(
        self, codec: Codec, payload_type: int, listener: VideoListener, parameter_sets: Iterable[bytes] = ()
    ) -> None:
        super().__init__(payload_type)
        self.codec = codec
        self._kinds = nal_kinds(codec)
        self.oversized = 0
        """Units dropped for being larger than `MAX_UNIT_BYTES`."""
        self._listener = listener
        self._on_picture = listener.on_picture
        self._sets = ParameterSets(codec)
        self._seen_sets: list[bytes] = []
        self._parts: list[bytes] = []
        self._bytes = 0
        self._picture_moment = b""
        self._key = self._has_slice = self._damaged = False
        self._open = -1
        """Where in `_parts` the length of the NAL unit being put together belongs; -1 when there is none."""
        self._open_bytes = 0
        self._open_head = b""
        self._ended_by_marker = False
        self._markers_lie = False
        self._skipping = False
        if (config := self._sets.update(parameter_sets)) is not None:
            listener.on_video_config(config)

    def take_alike(self, buffer: bytes, start: int, end: int, limit: int) -> int:
        """The rest of a picture: middle fragments of the open NAL unit that follow `buffer[start:end]` and are as long,
        and its last fragment behind them.

        The same as `take` for each of them, at a fifth of the cost; see `wire.rtsp.RouteAlike`. Whatever is not plainly
        the next fragment of this picture is left to `take`.
        """
        at, head = start + MIN_HEADER_BYTES, self._fragment_head_bytes
        fragment_bytes = end - at - head
        mask, kind = self._fragment_kind
        if self._open < 0 or fragment_bytes <= SMALL_FRAGMENT_BYTES or buffer[at] & mask != kind:
            return end
        stride = end - start + 4
        reach = min(limit, end + stride * MAX_ALIKE)
        middle = buffer[at + head - 1] & 0x3F
        column = buffer[at + head - 1 + stride : reach : stride]
        count = min(
            len(column) - len(column.lstrip(bytes((middle,)))),
            (reach - end) // stride,
            0x10000 - self._expected,
            (MAX_UNIT_BYTES - self._open_bytes) // fragment_bytes,
        )
        if count < 2:
            return end
        fields = _alike(count, head, fragment_bytes).unpack_from(buffer, end)
        beginning = buffer[start - 4 : start] + bytes((0x80, self.payload_type))
        indicator = buffer[at : at + head - 1]
        moment = self._picture_moment + indicator + bytes((middle,))
        numbers = _NUMBERS[self._expected : self._expected + count]
        if (
            b"".join(fields[0::2]) != b"".join((beginning, (moment + beginning).join(numbers), moment))
            or self._moment != self._picture_moment
        ):
            return end
        self._parts += fields[1::2]
        self._open_bytes += count * fragment_bytes
        self._expected = (self._expected + count) & 0xFFFF
        return self._take_last(buffer, end + count * stride, limit, start, indicator + bytes((middle | 0x40,)))

    def _take_last(self, buffer: bytes, at: int, limit: int, start: int, fragment_head: bytes) -> int:
        """Take the frame at `at` too if it holds the picture's last fragment; the position behind what was taken.

        `start` is that of a packet of this picture, `fragment_head` that of a last fragment.
        """
        first = at + 4 + MIN_HEADER_BYTES + len(fragment_head)
        if first >= limit or buffer[at : at + 2] != buffer[start - 4 : start - 2]:
            return at
        end = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
        numbered = bytes((0x80, 0x80 | self.payload_type, self._expected >> 8, self._expected & 0xFF))
        if (
            not first < end <= limit
            or buffer[at + 4 : first] != numbered + self._picture_moment + fragment_head
            or self._open_bytes + end - first > MAX_UNIT_BYTES
        ):
            return at
        self._parts.append(buffer[first:end])
        self._open_bytes += end - first
        self._expected = (self._expected + 1) & 0xFFFF
        self._close()
        self._marked()
        return end

    def flush(self) -> None:
        """The connection ended: deliver the picture in hand, marked damaged unless its marker came."""
        if self._open >= 0:
            self._close()
        if self._has_slice:
            self._damaged = True
            self._emit()

    def _turn(self, moment: bytes, lost: int) -> None:
        """Packets are missing, or another picture begins."""
        if lost:
            self._listener.on_packets_lost(lost)
            self._damaged = self._damaged or bool(self._parts)
        if self._open >= 0 and (lost or moment != self._picture_moment):
            self._damaged = True
            self._close()
        if moment != self._picture_moment:
            if self._has_slice:
                self._emit()
            elif not self._parts:
                self._damaged = False  # of a picture whose beginning was lost nothing is left to mark
            self._picture_moment = moment
            self._ended_by_marker = self._skipping = False
        if lost:
            self._damaged = True

    def _nal(self, nal: bytes) -> None:
        """One whole NAL unit."""
        if not nal:
            return
        if self._open >= 0:  # it came amid the fragments of another: their lengths must not run into each other
            self._damaged = True
            self._close()
        self._begin(nal[:4])
        if self._skipping:
            return
        if self._kinds[nal[0]] in _SETS:
            self._seen_sets.append(nal)
        self._parts += (len(nal).to_bytes(4, "big"), nal)
        self._bytes += len(nal) + NAL_OVERHEAD_BYTES
        if self._bytes > MAX_UNIT_BYTES:
            self._drop()

    def _aggregated(self, buffer: bytes, at: int, end: int) -> None:
        """Several NAL units, each behind its 16-bit length."""
        while at + 2 < end:
            start = at + 2
            at = start + (buffer[at] << 8 | buffer[at + 1])
            if at > end:
                self._damaged = True
                return
            self._nal(buffer[start:at])

    def _begin(self, head: bytes) -> None:
        """A NAL unit that starts with `head` begins."""
        kind = self._kinds[head[0]]
        if kind is not NalKind.SLICE and kind is not NalKind.IDR:
            return
        if self._ended_by_marker and not self._has_slice and not starts_new_picture(self.codec, head):
            # The picture went on after its marker: this camera sets the bit after every slice.
            self._markers_lie = self._damaged = True
        self._has_slice = True
        if kind is NalKind.IDR:
            self._key = True

    def _open_fragmented(self, head: bytes, first: bytes) -> None:
        """The first fragment of a NAL unit whose header is `head`."""
        if self._open >= 0:
            self._damaged = True
            self._close()
        self._begin(head + first[:3])
        if self._skipping:
            return
        self._open = len(self._parts)
        self._open_head = head
        self._open_bytes = len(head) + len(first)
        self._parts += (b"", first)

    def _close(self) -> None:
        """The fragmented NAL unit is whole, or no more of it will come."""
        at, self._open = self._open, -1
        self._parts[at] = self._open_bytes.to_bytes(4, "big") + self._open_head
        self._bytes += self._open_bytes + NAL_OVERHEAD_BYTES
        if self._kinds[self._open_head[0]] in _SETS and not self._damaged:
            self._seen_sets.append(self._open_head + b"".join(self._parts[at + 1 :]))
        if self._bytes > MAX_UNIT_BYTES:
            self._drop()

    def _fragment(self, buffer: bytes, at: int, end: int, last: bool) -> None:
        """A following fragment; one without a beginning belongs to a unit whose start was lost."""
        if self._open < 0:
            self._damaged = self._damaged or not self._skipping
            return
        self._parts.append(buffer[at:end])
        self._open_bytes += end - at
        if last:
            self._close()
        elif self._open_bytes + NAL_OVERHEAD_BYTES * (len(self._parts) - self._open) > MAX_UNIT_BYTES:
            self._drop()

    def _marked(self) -> None:
        if self._open >= 0:
            self._damaged = True
            self._close()
        if self._has_slice and not self._markers_lie:
            self._emit()
            self._ended_by_marker = True

    def _emit(self) -> None:
        if self._seen_sets:
            config = self._sets.update(self._seen_sets)
            self._seen_sets.clear()
            if config is not None:
                self._listener.on_video_config(config)
        data = b"".join(self._parts)
        key, damaged = self._key, self._damaged
        self._reset()
        self._on_picture(timestamp_of(self._picture_moment), key, data, damaged)

    def _drop(self) -> None:
        """The unit outgrew its bound: nothing more of it is kept."""
        self.oversized += 1
        self._listener.on_packets_lost(max(1, len(self._parts) // 2))
        self._seen_sets.clear()
        self._reset()
        self._skipping = self._damaged = True

    def _reset(self) -> None:
        self._parts.clear()
        self._bytes = 0
        self._open = -1
        self._key = self._has_slice = self._damaged = False


@lru_cache(maxsize=512)
def _alike(count: int, head: int, fragment_bytes: int) -> struct.Struct:
    """So many interleaved frames, each as what precedes the fragment's payload, and the payload."""
    return struct.Struct(f"{4 + MIN_HEADER_BYTES + head}s{fragment_bytes}s" * count)


class H264Track(VideoTrack):
    """RFC 6184: single NAL units, STAP-A, FU-A (packetization modes 0 and 1)."""

    _fragment_head_bytes = 2
    _fragment_kind = (0x1F, 28)

    def __init__(self, payload_type: int, listener: VideoListener, parameter_sets: Iterable[bytes] = ()) -> None:
        super().__init__(Codec.H264, payload_type, listener, parameter_sets)

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        if lost or moment != self._picture_moment:
            self._turn(moment, lost)
        if end - at < 2:
            if marker:
                self._marked()
            return
        kind = buffer[at] & 0x1F
        if kind == 28:
            flags = buffer[at + 1]
            if (
                flags < 0x40
                and self._open >= 0
                and end - at > SMALL_FRAGMENT_BYTES
                and self._open_bytes < MAX_UNIT_BYTES
            ):
                self._parts.append(buffer[at + 2 : end])  # most packets by far, so no call is made for them
                self._open_bytes += end - at - 2
            elif flags & 0x80:
                self._open_fragmented(bytes((buffer[at] & 0xE0 | flags & 0x1F,)), buffer[at + 2 : end])
                if flags & 0x40 and self._open >= 0:
                    self._close()
            else:
                self._fragment(buffer, at + 2, end, flags & 0x40 != 0)
        elif 1 <= kind <= 23:
            self._nal(buffer[at:end])
        elif kind == 24:
            self._aggregated(buffer, at + 1, end)
        else:
            self.ignored += 1
            self._damaged = True
        if marker:
            self._marked()


class H265Track(VideoTrack):
    """RFC 7798: single NAL units, aggregation packets, fragmentation units; without decoding order numbers."""

    _fragment_head_bytes = 3
    _fragment_kind = (0x7E, 49 << 1)

    def __init__(self, payload_type: int, listener: VideoListener, parameter_sets: Iterable[bytes] = ()) -> None:
        super().__init__(Codec.H265, payload_type, listener, parameter_sets)

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        if lost or moment != self._picture_moment:
            self._turn(moment, lost)
        if end - at < 3:
            if marker:
                self._marked()
            return
        kind = buffer[at] >> 1 & 0x3F
        if kind == 49:
            flags = buffer[at + 2]
            if (
                flags < 0x40
                and self._open >= 0
                and end - at > SMALL_FRAGMENT_BYTES
                and self._open_bytes < MAX_UNIT_BYTES
            ):
                self._parts.append(buffer[at + 3 : end])  # most packets by far, so no call is made for them
                self._open_bytes += end - at - 3
            elif flags & 0x80:
                head = bytes((buffer[at] & 0x81 | (flags & 0x3F) << 1, buffer[at + 1]))
                self._open_fragmented(head, buffer[at + 3 : end])
                if flags & 0x40 and self._open >= 0:
                    self._close()
            else:
                self._fragment(buffer, at + 3, end, flags & 0x40 != 0)
        elif kind < 48:
            self._nal(buffer[at:end])
        elif kind == 48:
            self._aggregated(buffer, at + 2, end)
        else:
            self.ignored += 1
            self._damaged = True
        if marker:
            self._marked()
