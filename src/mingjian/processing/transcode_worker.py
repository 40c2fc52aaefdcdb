"""A process that turns one stream into a small, perhaps marked H.264 one: relay messages in on stdin, out on stdout.

`python -m mingjian.processing.transcode_worker`. A `TranscodeOrder` comes first, as a line. A `Dropped` ends a group of
pictures: everything before it comes out, then the `Dropped` itself. End of input ends the process. It decodes what
cameras send, so it runs apart: a decoder that crashes costs one tile.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction

import av
from av.error import FFmpegError

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, Codec, StreamConfig, VideoConfig
from mingjian.processing.cover import cover
from mingjian.processing.hidden_mark import UNSHOWN, FrameMarker, TranscodeOrder
from mingjian.processing.keyframes import annex_b, decoder
from mingjian.processing.package_copy_worker import Marker
from mingjian.transport.backlog import Dropped, Interrupted
from mingjian.transport.relay_codec import Message, RelayDecoder, encode
from mingjian.wire.nal import NalKind, from_annex_b, nal_kind, to_length_prefixed, video_config

GROUP_FRAMES = 25
"""A key frame about each second: a slow viewer loses at most that."""
ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26"}
NICE = 10
"""Recorders come first."""
ARRIVALS_KEPT = 512
READ_BYTES = 256 * 1024
ORDER_BYTES_MAX = 64 << 10
"""Sixteen masks of twenty-four corners take a quarter of it."""
_TIME_BASE = Fraction(1, TICKS_PER_SECOND)
_SETS = (NalKind.SPS, NalKind.PPS)


class Transcoder:
    """Relay messages in, relay messages out, in stream order. Frames that do not decode are left out."""

    def __init__(self, order: TranscodeOrder) -> None:
        self._height = order.height
        self._marker = None if order.hidden is None else FrameMarker(order.hidden)
        self._shown = order.shown
        self._masks = order.masks
        self._burner: Marker | None = None
        self._video: VideoConfig | None = None
        self._decoder: av.VideoCodecContext | None = None
        self._encoder: av.VideoCodecContext | None = None
        self._told: StreamConfig | None = None
        self._arrived: OrderedDict[int, UtcNs] = OrderedDict()
        self._last_pts: int | None = None

    def feed(self, message: Message) -> Iterator[Message]:
        match message:
            case StreamConfig(video):
                yield from self._finish()
                self._video = video
            case AccessUnit() if not message.audio:
                yield from self._decode(message)
            case Dropped() | Interrupted():
                yield from self._finish()
                yield message

    def _decode(self, unit: AccessUnit) -> Iterator[Message]:
        if self._video is None or (self._decoder is None and not unit.key):
            return
        if self._decoder is None:
            self._decoder = decoder(self._video.codec)
        self._arrived[unit.pts_90k] = unit.arrived
        while len(self._arrived) > ARRIVALS_KEPT:
            self._arrived.popitem(last=False)
        packet = av.Packet(annex_b(self._video, unit))
        packet.pts, packet.time_base = unit.pts_90k, _TIME_BASE
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError:
            return
        for frame in frames:
            yield from self._encode(frame)

    def _finish(self) -> Iterator[Message]:
        """Bring out what decoder and encoder hold; the next key frame begins anew."""
        old, self._decoder = self._decoder, None
        if old is not None:
            try:
                for frame in old.decode(None):
                    yield from self._encode(frame)
            except FFmpegError:
                pass  # the tail of a broken group: nothing to show
        yield from self._end_encoder()

    def _encode(self, frame: av.VideoFrame) -> Iterator[Message]:
        if frame.pts is None or self._arrived.get(frame.pts) == UNSHOWN:
            return
        if self._last_pts is not None and frame.pts <= self._last_pts:
            yield from self._end_encoder()
        pts = self._last_pts = frame.pts  # below, a frame that already fits is the same object
        width, height = _size(frame.width, frame.height, self._height)
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            yield from self._end_encoder()
            self._encoder = _encoder(width, height)
            self._last_pts = pts
        small = frame.reformat(width=width, height=height, format="yuv420p")
        if self._masks:
            small = cover(small, self._masks, 0)
        if self._shown is not None:
            at = self._arrived.get(pts, UtcNs(0))
            if self._burner is None or (self._burner.width, self._burner.height) != (width, height):
                self._burner = Marker(self._shown, small, at)
            small = self._burner.marked(small, pts, at)
        if self._marker is not None:
            small = self._marker.marked(small)
        small.pts, small.time_base = pts, _TIME_BASE
        for packet in self._encoder.encode(small):
            yield from self._packet(packet)

    def _end_encoder(self) -> Iterator[Message]:
        old, self._encoder, self._last_pts = self._encoder, None, None
        if old is not None:
            for packet in old.encode(None):
                yield from self._packet(packet)

    def _packet(self, packet: av.Packet[av.VideoStream]) -> Iterator[Message]:
        nals = from_annex_b(bytes(packet))
        if packet.is_keyframe:
            config = StreamConfig(video_config(Codec.H264, [n for n in nals if nal_kind(Codec.H264, n) in _SETS]))
            if config != self._told:
                self._told = config
                yield config
        pts = packet.pts or 0
        arrived = self._arrived.get(pts, UtcNs(0))
        yield AccessUnit(pts, packet.is_keyframe, to_length_prefixed(nals), arrived)


def _size(width: int, height: int, most: int) -> tuple[int, int]:
    """The size sent: at most `most` high, same shape, even as 4:2:0 asks."""
    scale = min(1.0, most / height)
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)


def _encoder(width: int, height: int) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.gop_size = _TIME_BASE, Fraction(25), GROUP_FRAMES
    encoder.thread_count = 1
    encoder.options = ENCODER
    return encoder


def main() -> int:
    """Run until end of input. 0: input ended; 1: the other side broke the protocol or went away."""
    os.nice(NICE)
    try:
        transcoder, incoming = Transcoder(_order()), RelayDecoder()
        while data := os.read(0, READ_BYTES):
            for message in incoming.receive_data(data):
                for made in transcoder.feed(message):
                    _write(encode(made))
    except (MingjianError, BrokenPipeError, EOFError, ValueError, KeyError):
        return 1
    return 0


def _order() -> TranscodeOrder:
    """The first line, read byte by byte: what follows belongs to the stream."""
    line = b""
    while not line.endswith(b"\n"):
        data = os.read(0, 1)
        if not data or len(line) > ORDER_BYTES_MAX:
            raise EOFError
        line += data
    return TranscodeOrder.parse(line)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)  # what does not decode is counted by the viewer, not printed per frame
    sys.exit(main())
