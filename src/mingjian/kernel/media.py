"""What flows from a source to the disk and the screen: codec configuration, access units, gaps.

Media time is `Ticks90k`: integers at 90 kHz, unwrapped to grow beyond 32 bits. It never mixes with wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from mingjian.kernel.clock import UtcNs

Ticks90k = NewType("Ticks90k", int)
TICKS_PER_SECOND = 90_000


class Codec(StrEnum):
    """What a stream may carry; the value is what screens and manifests show."""

    H264 = "H.264"
    H265 = "H.265"
    AAC = "AAC"
    PCMA = "G.711A"
    PCMU = "G.711U"


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """One video configuration. `parameter_sets` are NAL units without start code, VPS, SPS, PPS in that order."""

    codec: Codec
    parameter_sets: tuple[bytes, ...]
    width: int
    height: int
    codec_string: str
    """RFC 6381, e.g. `avc1.64001F` or `hvc1.1.6.L93.B0`: what a browser is asked."""


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """One audio configuration; `specific` is the AudioSpecificConfig of AAC, empty for G.711."""

    codec: Codec
    sample_rate_hz: int
    channels: int
    specific: bytes = b""


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """What a decoder needs before the first access unit; a changed one starts a new container."""

    video: VideoConfig
    audio: AudioConfig | None = None


@dataclass(slots=True)
class AccessUnit:
    """One frame (or one audio frame) exactly as the camera sent it.

    `data` is the sample as ISO BMFF stores it: each NAL unit behind its 4-byte big-endian length, in the order
    sent, SEI included, parameter sets included where they came in band. Audio is the raw frame.
    Not frozen only for speed (one is made per frame of every camera); nobody changes one.
    """

    pts_90k: int
    key: bool
    data: bytes
    arrived: UtcNs
    audio: bool = False
    damaged: bool = False
    """A packet of this unit was lost; it is stored and shown all the same, and marked."""


class GapCause(StrEnum):
    """Why a second is missing: the closed list. Chain, catalogue and screen share these words."""

    CAMERA_TIMEOUT = "camera-timeout"
    CAMERA_CLOSED = "camera-closed"
    CAMERA_REFUSED = "camera-refused"
    AUTH_FAILED = "auth-failed"
    CERTIFICATE_REFUSED = "certificate-refused"
    NETWORK = "network"
    NO_VIDEO = "no-video"
    UNSUPPORTED = "unsupported"
    DISK_FULL = "disk-full"
    DISK_ERROR = "disk-error"
    OVERLOAD = "overload"
    RECORDER_CRASH = "recorder-crash"
    RECORDER_STOPPED = "recorder-stopped"
    PLANNED = "planned"
    CLOCK_STEP = "clock-step"
    VOLUME_AWAY = "volume-away"
    """Recorded, but its volume is not there now: said to a viewer only, no chain ever holds it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CameraTime:
    """An RTCP sender report: the camera's own clock at a media time. Recorded, never trusted (RFC 3550 §6.4.1)."""

    pts_90k: int
    camera: UtcNs
    received: UtcNs


class SourceSink(Protocol):
    """Who listens to a source. Calls come on the source's event loop, in stream order, and must not block."""

    def on_config(self, config: StreamConfig) -> None:
        """Precedes the first access unit of a connection and every change."""
        ...

    def on_access_unit(self, unit: AccessUnit) -> None: ...

    def on_camera_time(self, report: CameraTime) -> None: ...

    def on_lost(self, packets: int) -> None:
        """`packets` packets are missing before the next access unit."""
        ...

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        """No more data until a new `on_config`. `evidence` holds no credential; `last_data` is when bytes last came."""
        ...
