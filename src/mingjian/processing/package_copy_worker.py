"""A process that makes one playable, marked copy: a `CopyJob` in on stdin, frames done out on stdout, line by line.

`python -m mingjian.processing.package_copy_worker`. It ends when its input does: whoever wanted the copy is gone. It
decodes what cameras sent, so it runs apart from what builds the evidence.
"""

from __future__ import annotations

import heapq
import json
import os
import sys
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import TICKS_PER_SECOND
from mingjian.processing.hidden_mark import FrameMarker
from mingjian.processing.package_copy import CopyJob, Source
from mingjian.processing.watermark import CopyMark, MarkLayer, ViewMark

NICE = 10
"""Recorders and viewers come first: a copy takes what is left of one core."""
READ_BYTES = 1 << 16
TELL_FRAMES = 5
"""At the slowest, a few pictures of 4K a second, this is a line a second."""
KEY_EVERY_FRAMES = 50
"""A player seeks in steps of two seconds."""
SOUND_HZ_MIN = 16_000
"""Telephone sound is raised to this: some players refuse AAC below it."""
ENCODER = {"preset": "veryfast", "crf": "23", "bf": "0", "threads": "1"}
"""Twice real time and better for 1080p on one core; without B frames, so that pieces join without rewriting times."""
_TIME_BASE = Fraction(1, TICKS_PER_SECOND)


class Spans:
    """Parts of one file as one, read once from the front."""

    def __init__(self, path: Path, spans: Sequence[tuple[int, int]]) -> None:
        self._file = path.open("rb")
        self._spans = list(reversed(spans))

    def read(self, size: int) -> bytes:
        while self._spans:
            offset, left = self._spans.pop()
            self._file.seek(offset)
            if data := self._file.read(min(size, left)):
                self._spans.append((offset + len(data), left - len(data)))
                return data
        return b""

    def close(self) -> None:
        self._file.close()


class Marker:
    """Pictures of one size with the mark burnt in, as the encoder takes them."""

    def __init__(self, mark: CopyMark | ViewMark, frame: av.VideoFrame, at: UtcNs) -> None:
        self.width, self.height = max(2, frame.width // 2 * 2), max(2, frame.height // 2 * 2)
        self._mark = mark
        self._layer = MarkLayer((self.width, self.height), mark.lines(at))
        self._shown: tuple[str, av.VideoFrame] | None = None
        self._count = 0
        self._graph = graph = av.filter.Graph()  # its filters do not keep it
        self._below, self._above = (
            graph.add_buffer(
                width=self.width,
                height=self.height,
                format=av.VideoFormat(name, self.width, self.height),
                time_base=_TIME_BASE,
            )
            for name in ("yuv420p", "yuva420p")
        )
        blend = graph.add("overlay", "format=yuv420")
        self._sink = graph.add("buffersink")
        self._below.link_to(blend, 0, 0)
        self._above.link_to(blend, 0, 1)
        blend.link_to(self._sink)
        graph.configure()

    def marked(self, frame: av.VideoFrame, pts: int, at: UtcNs) -> av.VideoFrame:
        """`frame`, recorded at `at`, with its time set to `pts`."""
        first = self._mark.lines(at)[0]
        if self._shown is None or self._shown[0] != first:
            layer = av.VideoFrame.from_ndarray(np.asarray(self._layer.picture(first)), format="rgba")
            self._shown = first, layer.reformat(format="yuva420p")
        plain = frame.reformat(width=self.width, height=self.height, format="yuv420p")
        self._count += 1
        for picture, door in ((plain, self._below), (self._shown[1], self._above)):
            picture.pts, picture.time_base = self._count, _TIME_BASE  # each pair its own instant
            door.push(picture)
        made = self._sink.pull()
        assert isinstance(made, av.VideoFrame)
        made.pts, made.time_base, made.pict_type = pts, _TIME_BASE, PictureType.NONE
        return made


class Piece:
    """One piece being encoded; its file has its name once it is whole."""

    def __init__(self, path: Path, marker: Marker) -> None:
        self._path, self._new = path, path.with_suffix(".new")
        self._out = av.open(str(self._new), "w", format="mp4")
        self._stream = self._out.add_stream("libx264", rate=25)
        self._stream.width, self._stream.height, self._stream.pix_fmt = marker.width, marker.height, "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = _TIME_BASE
        self._stream.codec_context.gop_size = KEY_EVERY_FRAMES
        self._stream.codec_context.options = ENCODER

    def add(self, frame: av.VideoFrame) -> None:
        self._out.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._out.mux(self._stream.encode(None))
        self._out.close()
        with self._new.open("rb") as file:
            os.fsync(file.fileno())
        self._new.replace(self._path)


class CopyMaker:
    """One job, from its first piece that is not finished to the copy."""

    def __init__(self, job: CopyJob) -> None:
        self._job = job
        self._hidden = None if job.hidden is None else FrameMarker(job.hidden)
        self._bases = [piece[0].pts0_90k for piece in job.pieces]
        self._sources = [source for piece in job.pieces for source in piece]
        self._starts = [source.pts0_90k for source in self._sources]

    def run(self) -> int:
        """Make the copy; how many pictures it shows."""
        begun = 0
        while begun < len(self._bases) and self._job.piece(begun).exists():
            with av.open(str(self._job.piece(begun))) as piece:
                say(did=piece.streams.video[0].frames, kept=True)
            begun += 1
        try:
            self._encode(begun)
            return self._join()
        except FFmpegError:
            self._job.discard()  # one of the pieces may be what is wrong
            raise

    def _open(self, sources: Sequence[Source]) -> Any:
        spans = [self._job.init, *((source.offset, source.size) for source in sources)]
        return av.open(Spans(self._job.archive, spans), format="mp4")

    def _encode(self, begun: int) -> None:
        """The pieces from `begun` on. Decoding runs through them; each is encoded by itself."""
        at, piece, marker = -1, None, None
        last, untold = -1, 0
        say(did=0)  # what follows is pictures, what went before was beginning
        for pts, frame in self._pictures(begun):
            wall = self._wall(pts)
            if marker is None:
                marker = Marker(self._job.mark, frame, wall)
            number = max(begun, bisect_right(self._bases, pts) - 1)
            if number > at:
                if piece is not None:
                    piece.finish()
                at, piece, last = number, Piece(self._job.piece(number), marker), -1
            shown = max(0, pts - self._bases[at])
            if piece is None or shown <= last:
                continue
            made = marker.marked(frame, shown, wall)
            piece.add(made if self._hidden is None else self._hidden.marked(made))
            last, untold = shown, untold + 1
            if untold >= TELL_FRAMES:
                say(did=untold)
                untold = 0
        if piece is not None:
            piece.finish()
        say(did=untold)

    def _pictures(self, begun: int) -> Iterator[tuple[int, av.VideoFrame]]:
        """Each picture with its time, from the piece `begun` on."""
        if begun == len(self._bases):
            return
        with self._open([source for piece in self._job.pieces[begun:] for source in piece]) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for packet in container.demux(stream):
                with suppress(FFmpegError):  # a damaged picture is left out; the original keeps what there is of it
                    yield from ((frame.pts, frame) for frame in packet.decode() if frame.pts is not None)

    def _wall(self, pts: int) -> UtcNs:
        source = self._sources[max(0, bisect_right(self._starts, pts) - 1)]
        return UtcNs(source.t0 + (pts - source.pts0_90k) * SECOND_NS // TICKS_PER_SECOND)

    def _join(self) -> int:
        """The pieces one after the other, with the sound of the originals, in a file whose index comes first."""
        new, frames = self._job.out.with_suffix(".new"), 0
        with av.open(str(new), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            with av.open(str(next(self._finished()))) as first:
                video = out.add_stream_from_template(first.streams.video[0])
            with self._open(self._sources) as sound:
                heard = self._sound(sound, out)
                for packet in heapq.merge(
                    self._packets(video), heard, key=lambda packet: packet.dts * packet.time_base
                ):
                    frames += packet.stream is video
                    out.mux(packet)
        new.replace(self._job.out)
        return frames

    def _finished(self) -> Iterator[Path]:
        return (path for path in map(self._job.piece, range(len(self._bases))) if path.exists())

    def _packets(self, video: Any) -> Iterator[Any]:
        for number, base in enumerate(self._bases):
            if not self._job.piece(number).exists():
                continue  # nothing of it could be decoded
            with av.open(str(self._job.piece(number))) as piece:
                for packet in piece.demux(video=0):
                    if packet.dts is None or packet.pts is None:
                        continue
                    shift = round((base - self._bases[0]) * _TIME_BASE / packet.time_base)
                    packet.dts, packet.pts, packet.stream = packet.dts + shift, packet.pts + shift, video
                    yield packet
            say(did=0)

    def _sound(self, source: Any, out: Any) -> Iterator[Any]:
        if not source.streams.audio:
            return iter(())
        recorded = source.streams.audio[0]
        layout = "mono" if recorded.channels == 1 else "stereo"
        stream = out.add_stream("aac", rate=max(SOUND_HZ_MIN, recorded.rate), layout=layout)
        return self._sound_packets(source, recorded, stream)

    def _sound_packets(self, source: Any, recorded: Any, stream: Any) -> Iterator[Any]:
        resampler = av.AudioResampler("fltp", stream.layout, stream.rate, frame_size=1024)
        start = self._bases[0] * _TIME_BASE
        last = -1

        def encoded(frames: list[Any]) -> Iterator[Any]:
            nonlocal last
            for frame in frames:
                frame.pts = round(frame.pts - start / frame.time_base)
                if frame.pts > last:
                    last = frame.pts
                    yield from stream.encode(frame)

        for packet in source.demux(recorded):
            with suppress(FFmpegError):
                for frame in packet.decode():
                    yield from encoded(resampler.resample(frame))
        yield from encoded(resampler.resample(None))
        yield from stream.encode(None)


def _seconds(packet: Any) -> Fraction:
    return Fraction(packet.dts * packet.time_base)


def say(**value: Any) -> None:
    """One line to whoever wanted the copy."""
    os.write(1, json.dumps(value).encode() + b"\n")


def first_line() -> bytes:
    """The order on standard input."""
    line = b""
    while not line.endswith(b"\n"):
        data = os.read(0, READ_BYTES)
        if not data:
            raise EOFError
        line += data
    return line


def _until_input_ends() -> None:
    while os.read(0, READ_BYTES):
        continue
    os._exit(1)


def main() -> int:
    """Make the copy that stdin asks for. 0: it is made; 1: it cannot be, and a line says why."""
    os.nice(NICE)
    job = CopyJob.parse(first_line())
    threading.Thread(target=_until_input_ends, daemon=True).start()
    try:
        say(frames=CopyMaker(job).run())
    except MingjianError as error:
        say(failed=error.code)
        return 1
    except (FFmpegError, OSError, StopIteration):
        say(failed="copy.undecodable")
        return 1
    return 0


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)  # what does not decode is left out, not told frame by frame
    sys.exit(main())
