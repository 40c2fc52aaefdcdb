"""One picture of a stream as JPEG with its mark burnt in: from the live key frame, or from recorded footage."""

from __future__ import annotations

import io

import av
from av.error import FFmpegError
from PIL import Image

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import AccessUnit, VideoConfig
from mingjian.processing.hidden_mark import HiddenMark, mark_image
from mingjian.processing.keyframes import KeyFrameDecoder, image_of
from mingjian.processing.watermark import Watermark, burn

JPEG_QUALITY = 92
"""A snapshot is looked at closely; the original stays in the recording."""
PICTURES_MAX = 4096
"""Pictures of one fragment: bounds the decoding of a broken one."""


def live_snapshot(video: VideoConfig, unit: AccessUnit, mark: Watermark, hidden: HiddenMark | None = None) -> bytes:
    """The picture of a key frame. Blocks for a decode (tens of ms): call from a thread. Raises RemoteError."""
    return _jpeg(KeyFrameDecoder(video).picture(unit), mark, hidden)


def recorded_snapshot(
    init: bytes, fragment: bytes, t0: UtcNs, at: UtcNs, mark: Watermark, hidden: HiddenMark | None = None
) -> bytes:
    """`recorded_frame` as JPEG with its marks. Blocks; raises RemoteError."""
    return _jpeg(image_of(recorded_frame(init, fragment, t0, at)), mark, hidden)


def recorded_frame(init: bytes, fragment: bytes, t0: UtcNs, at: UtcNs) -> av.VideoFrame:
    """The picture shown at `at` in the fragment whose first frame is at `t0`. Blocks; raises RemoteError.

    The last picture at or before `at`; the first one where `at` lies before it.
    """
    wanted_s = (at - t0) / SECOND_NS
    chosen: av.VideoFrame | None = None
    first_s: float | None = None
    try:
        with av.open(io.BytesIO(init + fragment), format="mp4") as container:
            assert isinstance(container, av.container.InputContainer)
            container.streams.video[0].thread_count = 1
            for number, frame in enumerate(container.decode(video=0)):
                first_s = frame.time if first_s is None else first_s
                if number >= PICTURES_MAX or (chosen is not None and frame.time - first_s > wanted_s):
                    break
                chosen = frame
    except (FFmpegError, IndexError) as error:
        raise _no_picture() from error
    if chosen is None:
        raise _no_picture()
    return chosen


def kept_snapshot(jpeg: bytes, mark: Watermark) -> bytes:
    """A picture that is on record, with another looker's mark over the first one's. Blocks; raises RemoteError."""
    try:
        with Image.open(io.BytesIO(jpeg)) as picture:
            return _jpeg(picture.convert("RGB"), mark, None)
    except (OSError, Image.DecompressionBombError) as error:
        raise _no_picture() from error


def _jpeg(picture: Image.Image, mark: Watermark, hidden: HiddenMark | None) -> bytes:
    out = io.BytesIO()
    burnt = burn(picture, mark)
    (burnt if hidden is None else mark_image(burnt, hidden)).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _no_picture() -> RemoteError:
    return RemoteError(
        "snapshot.no-picture",
        "该时刻没有可解码的画面",
        text_en="There is no picture at this moment that can be decoded",
        remedy="换一个时刻，或查看该时段的缺失原因",
        remedy_en="Choose another moment, or look at the cause of the gap there",
    )
