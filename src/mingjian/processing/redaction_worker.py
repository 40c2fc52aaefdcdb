"""A process that makes one redacted copy: a `RedactionJob` in on stdin, its progress out on stdout, line by line.

`python -m mingjian.processing.redaction_worker`. Masks come first, then the visible and the hidden mark on top, so that
neither mark lies under a mask. Seconds without footage are black and say so. Sound is never written. It ends when its
input does.
"""

from __future__ import annotations

import os
import sys
import threading
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import av
import numpy as np
from av.error import FFmpegError
from PIL import Image, ImageDraw, ImageFont

from mingjian.kernel.clock import SECOND_NS, UtcNs, to_datetime
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import TICKS_PER_SECOND
from mingjian.kernel.period import Period
from mingjian.processing.cover import cover
from mingjian.processing.hidden_mark import FrameMarker
from mingjian.processing.package_copy_worker import ENCODER, KEY_EVERY_FRAMES, NICE, Marker, Spans, first_line, say
from mingjian.processing.redaction import Part, RedactionJob
from mingjian.processing.watermark import CHINA, cjk_font

TELL_FRAMES = 5
MS_NS = 1_000_000
GAP_NS = 2 * SECOND_NS
"""Longer than a camera in service rests between two pictures: the one before would pass for what was there."""
FRAME_NS = SECOND_NS // 25
"""How long the last picture before a gap stands."""
BLACK_NS = SECOND_NS
"""A black picture each second: the time at its foot goes on, and players seek in it."""
WORDS_HEIGHT = 1 / 16
"""Of the picture's height."""
_TIME_BASE = Fraction(1, TICKS_PER_SECOND)


def make(job: RedactionJob) -> int:
    """Write the copy; how many pictures it shows."""
    hidden = None if job.hidden is None else FrameMarker(job.hidden)
    marker: Marker | None = None
    new, shown, frames = job.out.with_suffix(".new"), -1, 0
    with av.open(str(new), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=25)
        for wall, frame, gap in _timeline(job):
            if marker is None:
                marker = Marker(job.mark, frame, wall)
                stream.width, stream.height, stream.pix_fmt = marker.width, marker.height, "yuv420p"
                stream.time_base = stream.codec_context.time_base = _TIME_BASE
                stream.codec_context.gop_size = KEY_EVERY_FRAMES
                stream.codec_context.options = ENCODER
            pts = (wall - job.start) * TICKS_PER_SECOND // SECOND_NS
            if pts <= shown:
                continue
            shown = pts
            if gap is None:
                plain = frame.reformat(width=marker.width, height=marker.height, format="yuv420p")
                plain = cover(plain, job.masks, (wall - job.start) / MS_NS)
                frames += 1
            else:
                plain = _nothing((marker.width, marker.height), gap)
            made = marker.marked(plain, pts, wall)
            out.mux(stream.encode(made if hidden is None else hidden.marked(made)))
            if frames % TELL_FRAMES == 0:
                say(share=(wall - job.start) / (job.end - job.start))
        if frames:
            out.mux(stream.encode(None))
    if frames:
        new.replace(job.out)
    else:
        new.unlink()
    return frames


def _timeline(job: RedactionJob) -> Iterator[tuple[UtcNs, av.VideoFrame, Period | None]]:
    """The pictures of the period in their order; between them, for the seconds of a gap, the one beside it with the
    gap in which it must not be shown."""
    shown_to, last = UtcNs(job.start), None
    for part in job.parts:
        for wall, frame in _pictures(job, part):
            if wall < shown_to:
                continue  # a clock that was set back: what was shown stays
            yield from _gap(shown_to, wall, frame)
            yield wall, frame, None
            shown_to, last = UtcNs(wall + FRAME_NS), frame
    if last is not None:
        yield from _gap(shown_to, UtcNs(job.end), last)


def _gap(start: UtcNs, end: UtcNs, frame: av.VideoFrame) -> Iterator[tuple[UtcNs, av.VideoFrame, Period]]:
    if end - start > GAP_NS:
        for at in range(start, end, BLACK_NS):
            yield UtcNs(at), frame, Period(start, end)


def _nothing(size: tuple[int, int], gap: Period) -> av.VideoFrame:
    """A black picture that says from when to when there is nothing to show."""
    start, end = (to_datetime(at).astimezone(CHINA).strftime("%H:%M:%S") for at in (gap.start, gap.end))
    words = f"{start} – {end}\n没有录像\nNo footage"
    picture = Image.new("RGB", size)
    points = round(size[1] * WORDS_HEIGHT)
    font = ImageFont.truetype(str(cjk_font()), max(1, min(points, size[0] // len(start + end))))
    middle = size[0] // 2, size[1] // 2
    ImageDraw.Draw(picture).multiline_text(middle, words, fill="white", font=font, anchor="mm", align="center")
    return av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24").reformat(format="yuv420p")


def _pictures(job: RedactionJob, part: Part) -> Iterator[tuple[UtcNs, av.VideoFrame]]:
    """Each picture of the period that lies in `part`, with the instant it was recorded at."""
    spans = [part.init, *((one.offset, one.size) for one in part.fragments)]
    starts = [one.pts0_90k for one in part.fragments]
    with av.open(Spans(job.footage, spans), format="mp4") as container:
        assert isinstance(container, av.container.InputContainer)
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for packet in container.demux(stream):
            with suppress(FFmpegError):  # a damaged picture is left out
                for frame in packet.decode():
                    if frame.pts is None:
                        continue
                    source = part.fragments[max(0, bisect_right(starts, frame.pts) - 1)]
                    wall = UtcNs(source.t0 + (frame.pts - source.pts0_90k) * SECOND_NS // TICKS_PER_SECOND)
                    if job.start <= wall < job.end:
                        yield wall, frame


def _until_input_ends() -> None:
    while os.read(0, 1 << 16):
        continue
    os._exit(1)


def main() -> int:
    """Make the copy that stdin asks for. 0: it is made; 1: it cannot be, and a line says why."""
    os.nice(NICE)
    job = RedactionJob.parse(first_line())
    threading.Thread(target=_until_input_ends, daemon=True).start()
    try:
        say(frames=make(job))
    except MingjianError as error:
        say(failed=error.code)
        return 1
    except (FFmpegError, OSError, IndexError) as error:
        say(failed=type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)
    sys.exit(main())
