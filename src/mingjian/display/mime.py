"""What a browser's `MediaSource` is asked, and which sound it takes."""

from __future__ import annotations

from mingjian.kernel.media import AudioConfig, Codec, StreamConfig


def playable_audio(config: StreamConfig) -> AudioConfig | None:
    """The audio a browser plays inside MP4: AAC. G.711 stays in the original and is left out of the view."""
    return config.audio if config.audio is not None and config.audio.codec is Codec.AAC else None


def mime_type(config: StreamConfig) -> str:
    """`video/mp4; codecs="avc1.64001F,mp4a.40.2"` (RFC 6381) for what is sent of `config`."""
    codecs = config.video.codec_string
    audio = playable_audio(config)
    if audio is not None:
        codecs += f",mp4a.40.{audio.specific[0] >> 3 if audio.specific else 2}"
    return f'video/mp4; codecs="{codecs}"'
