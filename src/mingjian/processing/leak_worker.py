"""A process that looks for the hidden mark in a file from outside: order and file in on stdin, lines out on stdout.

`python -m mingjian.processing.leak_worker`. Pictures (PNG, JPEG) and clips (MP4) alone, judged by their content.
Whatever a decoder does with them costs this process: it has a bound of memory and of time, and writes nothing anywhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from PIL import Image

from mingjian.kernel.errors import RemoteError
from mingjian.processing.forensic import FRAMES_MOST, Luma, read

NICE = 10
MEMORY_BYTES = 3 << 30
CPU_S = 240
PIXELS_MOST = 64_000_000
"""Of one picture: the largest telephone's; what unpacks to more is no picture of a leak."""
PACKETS_MOST = 2_000
"""Read in search of one picture of a clip."""
PICTURES = ("PNG", "JPEG")
READ_BYTES = 1 << 16


def pictures_of(data: bytes) -> list[Luma]:
    """The picture, or pictures spread over the clip, as luma. Raises RemoteError `leak.type` or `leak.unreadable`."""
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return [_picture(data)]
    if data[4:8] == b"ftyp":
        return _clip(data)
    raise RemoteError("leak.type", "不是图片或者视频", text_en="It is neither a picture nor a clip")


def _picture(data: bytes) -> Luma:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture that unpacks to a bomb is a warning there
            with Image.open(BytesIO(data), formats=PICTURES) as picture:
                if picture.width * picture.height > PIXELS_MOST:
                    raise _unreadable()
                return np.asarray(picture.convert("L"))
    except RemoteError:
        raise
    except Exception as error:  # Pillow raises nearly everything at what is broken
        raise _unreadable() from error


def _clip(data: bytes) -> list[Luma]:
    found: list[Luma] = []
    try:
        with av.open(BytesIO(data), format="mp4") as container:
            assert isinstance(container, av.container.InputContainer)
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise _unreadable()
            stream.thread_count = 1
            if stream.width * stream.height > PIXELS_MOST:
                raise _unreadable()
            length = stream.duration or 0
            for number in range(FRAMES_MOST):
                container.seek((stream.start_time or 0) + length * number // FRAMES_MOST, stream=stream)
                if (luma := _next(container, stream)) is not None and not _had(found, luma):
                    found.append(luma)
    except (FFmpegError, IndexError, ValueError, OverflowError, MemoryError) as error:
        if not found:
            raise _unreadable() from error
    if not found:
        raise _unreadable()
    return found


def _next(container: av.container.InputContainer, stream: av.VideoStream) -> Luma | None:
    for number, packet in enumerate(container.demux(stream)):
        if number > PACKETS_MOST:
            return None
        for frame in packet.decode():
            if frame.width * frame.height > PIXELS_MOST:
                raise _unreadable()
            return np.ascontiguousarray(frame.reformat(format="gray").to_ndarray())
    return None


def _had(found: list[Luma], luma: Luma) -> bool:
    """Whether the clip is so short that the same picture came again, or one of another size came."""
    return bool(found) and (found[0].shape != luma.shape or any(np.array_equal(one, luma) for one in found))


def _unreadable() -> RemoteError:
    return RemoteError("leak.unreadable", "文件不能解码", text_en="The file cannot be decoded")


def _order() -> tuple[dict[str, Any], bytes]:
    data = bytearray()
    while part := os.read(0, READ_BYTES):
        data += part
        end = data.find(b"\n")
        if end >= 0:
            order = json.loads(data[:end])
            if len(data) >= end + 1 + order["bytes"]:
                return order, bytes(data[end + 1 : end + 1 + order["bytes"]])
    raise EOFError


def _say(**value: Any) -> None:
    os.write(1, json.dumps(value).encode() + b"\n")


def main() -> int:
    """Read the file that stdin brings. 0: it was read, found or not; 1: it could not be, and a line says why."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    order, data = _order()
    try:
        pictures = pictures_of(data)
    except RemoteError as error:
        _say(failed=error.code)
        return 1
    _say(pictures=len(pictures))
    keys = {int(number): bytes.fromhex(key) for number, key in order["keys"].items()}
    found = read(pictures, keys, order["entries"], did=lambda share: _say(share=share))
    if found is None:
        _say(found=None)
    else:
        _say(found={"entry": found.entry, "key": found.key, "score": found.score, "chance": found.chance})
    return 0


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)
    sys.exit(main())
