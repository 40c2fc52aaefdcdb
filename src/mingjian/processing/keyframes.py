"""Key frames to pictures: one decoder per stream, one thread, each key frame alone. No other frame is ever decoded."""

from __future__ import annotations

import av
from av.error import FFmpegError
from PIL import Image

from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import AccessUnit, Codec, VideoConfig
from mingjian.wire.nal import from_length_prefixed

START_CODE = b"\0\0\0\1"
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}


def annex_b(video: VideoConfig, unit: AccessUnit) -> bytes:
    """The unit as a byte stream (Annex B); a key frame behind the parameter sets, so that it decodes alone."""
    nals = [*(video.parameter_sets if unit.key else ()), *from_length_prefixed(unit.data)]
    return b"".join(START_CODE + bytes(nal) for nal in nals)


def decoder(codec: Codec) -> av.VideoCodecContext:
    """A decoder of one thread: the machine's cores belong to the recorders. Raises RemoteError for no video codec."""
    if codec not in DECODERS:
        raise RemoteError(
            "picture.codec",
            f"{codec.value} 不是可解码的视频编码",
            text_en=f"{codec.value} is not a video codec that can be decoded",
            remedy="把摄像机改为 H.264 或 H.265",
            remedy_en="Set the camera to H.264 or H.265",
        )
    context = av.CodecContext.create(DECODERS[codec], "r")
    assert isinstance(context, av.VideoCodecContext)
    context.thread_count = 1
    return context


def image_of(frame: av.VideoFrame) -> Image.Image:
    """A decoded frame as an RGB picture of its own size."""
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


class KeyFrameDecoder:
    """Pictures of one stream's key frames. Not for several threads at once."""

    def __init__(self, video: VideoConfig) -> None:
        self._video = video
        self._context = decoder(video.codec)

    def picture(self, unit: AccessUnit, *, size: tuple[int, int] | None = None) -> Image.Image:
        """The picture of a key frame, at `size` (width, height) or its own. RemoteError where it does not decode."""
        try:
            frames = self._context.decode(av.Packet(annex_b(self._video, unit)))
            frames += self._context.decode(None)
            self._context.flush_buffers()
        except FFmpegError as error:
            self._context = decoder(self._video.codec)
            raise _undecodable() from error
        if not frames:
            raise _undecodable()
        frame = frames[-1]
        if size is not None:
            frame = frame.reformat(width=size[0], height=size[1], format="rgb24")
        return image_of(frame)


def _undecodable() -> RemoteError:
    return RemoteError(
        "picture.undecodable",
        "该帧无法解码",
        text_en="This frame cannot be decoded",
        remedy="检查摄像机与网络是否丢包；下一个关键帧会再试",
        remedy_en="Check whether the camera or the network loses packets; the next key frame is tried again",
    )
