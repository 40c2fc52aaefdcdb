"""What a simulated camera hears: a quiet tone whose pitch names the second, as G.711 or AAC."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import AudioConfig, Codec
from mingjian.wire import aac
from mingjian.wire.packetize import aac_payload, rtp_packet

AUDIO_PAYLOAD_TYPES = {Codec.PCMA: 8, Codec.PCMU: 0, Codec.AAC: 97}
_SECONDS = 10
_G711_HZ = 8000
_AAC_HZ = 16_000
_AAC_SPECIFIC = b"\x14\x08"
"""AAC-LC, 16 kHz, mono."""
_LOUDNESS = 0.1
_FFMPEG_NAMES = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw", Codec.AAC: "aac"}


def sound_config(codec: Codec) -> AudioConfig:
    """The configuration of the simulated sound. Raises Invalid for a codec that is no sound."""
    if codec is Codec.AAC:
        return aac.audio_config(_AAC_SPECIFIC)
    if codec in (Codec.PCMA, Codec.PCMU):
        return AudioConfig(codec, _G711_HZ, 1)
    raise Invalid("simulator.codec", f"{codec} 不是音频编码", text_en=f"{codec} is not a sound codec", field="audio")


class SoundSender:
    """The numbering of one sound track; its packets follow the frames of the picture."""

    def __init__(self, codec: Codec, *, ssrc: int) -> None:
        self.config = sound_config(codec)
        self._frames = _encoded(codec)
        self._frame_samples = aac.FRAME_SAMPLES if codec is Codec.AAC else _G711_HZ // 50
        self._ssrc = ssrc
        self._sequence = 0
        self._heard = -1

    def render(self, due: UtcNs) -> list[bytes]:
        """The packets of all sound up to `due` that was not sent yet; after a pause, only the latest."""
        newest = due * self.config.sample_rate_hz // SECOND_NS // self._frame_samples
        first = self._heard + 1 if 0 <= newest - self._heard <= 10 else newest
        self._heard = newest
        packets = []
        for number in range(first, newest + 1):
            frame = self._frames[number % len(self._frames)]
            payload = aac_payload(frame) if self.config.codec is Codec.AAC else frame
            packets.append(
                rtp_packet(
                    payload,
                    marker=True,
                    payload_type=AUDIO_PAYLOAD_TYPES[self.config.codec],
                    sequence=self._sequence,
                    timestamp=number * self._frame_samples,
                    ssrc=self._ssrc,
                )
            )
            self._sequence = self._sequence + 1 & 0xFFFF
        return packets


def _tone(rate: int) -> NDArray[np.int16]:
    """Ten seconds; the pitch names the second, as the picture does."""
    moment = np.arange(rate * _SECONDS) / rate
    pitch = 300 + 40 * np.floor(moment)
    return (np.sin(2 * np.pi * pitch * moment) * _LOUDNESS * 32_767).astype(np.int16)


@lru_cache(maxsize=3)
def _encoded(codec: Codec) -> tuple[bytes, ...]:
    rate = sound_config(codec).sample_rate_hz
    samples = aac.FRAME_SAMPLES if codec is Codec.AAC else rate // 50
    encoder = AudioCodecContext.create(_FFMPEG_NAMES[codec], "w")
    assert isinstance(encoder, AudioCodecContext), "the encoders named here encode sound"
    encoder.sample_rate, encoder.layout, encoder.time_base = rate, "mono", Fraction(1, rate)
    encoder.format = av.AudioFormat("fltp" if codec is Codec.AAC else "s16")
    tone = _tone(rate)
    found = []
    for start in range(0, len(tone) - samples + 1, samples):
        piece = tone[np.newaxis, start : start + samples]
        if codec is Codec.AAC:
            frame = av.AudioFrame.from_ndarray(piece.astype(np.float32) / 32_768, format="fltp", layout="mono")
        else:
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        found += [bytes(packet) for packet in encoder.encode(frame)]
    found += [bytes(packet) for packet in encoder.encode(None)]
    return tuple(found)
