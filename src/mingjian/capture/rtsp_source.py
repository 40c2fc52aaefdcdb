"""The native source: RTP taken apart in our own hands, pictures as the camera sent them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mingjian.capture.address import CameraAddress
from mingjian.capture.assembler import Assembler
from mingjian.capture.rtsp_session import Flow, RtspSession, Track, at_the_final_address, media_to_take
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import AudioConfig, Codec, SourceSink
from mingjian.wire.aac import audio_config
from mingjian.wire.depacketize_audio import AacTrack, G711Track
from mingjian.wire.depacketize_video import H264Track, H265Track
from mingjian.wire.sdp import Description, Media


class RtspSource:
    """See `capture.source.Source`. Asks for sound only when the address says so."""

    def __init__(self, address: CameraAddress, clock: Clock, entropy: Callable[[int], bytes]) -> None:
        self._address = address
        self._clock = clock
        self._entropy = entropy

    async def run(self, sink: SourceSink) -> None:
        async def take_media(description: Description) -> tuple[list[Track], Flow]:
            return _depacketized(description, sink, self._clock, audio=self._address.audio)

        await at_the_final_address(
            self._address, lambda address: RtspSession(address, self._clock, self._entropy).run(take_media)
        )


def _depacketized(
    description: Description, sink: SourceSink, clock: Clock, *, audio: bool
) -> tuple[list[Track], Assembler]:
    """Our own depacketizers for the media that we take."""
    video, *sounds = media_to_take(description, audio=audio)
    configs = [(sound, config) for sound in sounds if (config := _audio_config(sound)) is not None]
    assembler = Assembler(sink, clock, configs[0][1] if configs else None)
    make = H265Track if video.codec is Codec.H265 else H264Track
    seen = make(video.payload_type, assembler, video.parameter_sets)
    tracks = [
        Track(
            video,
            seen,
            audio=False,
            on_report=partial(assembler.on_sender_report, audio=False),
            on_end=partial(assembler.end, seen),
        )
    ]
    for sound, config in configs:
        heard = (AacTrack if config.codec is Codec.AAC else G711Track)(sound.payload_type, assembler)
        on_report = partial(assembler.on_sender_report, audio=True)
        tracks.append(Track(sound, heard, audio=True, on_report=on_report))
    return tracks, assembler


def _audio_config(media: Media) -> AudioConfig | None:
    """The sound's configuration; None when it cannot be read, and the stream goes on without sound."""
    if media.codec is not Codec.AAC:
        assert media.codec is not None
        return AudioConfig(media.codec, media.clock_rate_hz, media.channels)
    try:
        config = audio_config(media.audio_specific)
    except Invalid:
        return None
    return AudioConfig(Codec.AAC, config.sample_rate_hz, config.channels, config.specific)
