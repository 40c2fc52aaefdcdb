"""One time line for picture and sound, configuration before the first key frame, the stream test's arithmetic."""

from __future__ import annotations

import pytest

from mingjian.capture.assembler import Assembler
from mingjian.capture.probe import probe
from mingjian.capture.source import Source
from mingjian.capture.timeline import Timeline
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import (
    AccessUnit,
    AudioConfig,
    CameraTime,
    Codec,
    GapCause,
    SourceSink,
    StreamConfig,
    VideoConfig,
)
from mingjian.wire.ntp import ntp_of
from mingjian.wire.rtcp import SenderReport

SMALL = VideoConfig(Codec.H264, (b"g", b"h"), 320, 240, "avc1.42C00D")
LARGE = VideoConfig(Codec.H264, (b"G", b"H"), 640, 480, "avc1.42C01E")
G711 = AudioConfig(Codec.PCMA, 8000, 1)


class Heard(SourceSink):
    """Keeps what a sink is told."""

    def __init__(self) -> None:
        self.configs: list[StreamConfig] = []
        self.units: list[AccessUnit] = []
        self.times: list[CameraTime] = []
        self.lost = 0

    def on_config(self, config: StreamConfig) -> None:
        self.configs.append(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def on_camera_time(self, report: CameraTime) -> None:
        self.times.append(report)

    def on_lost(self, packets: int) -> None:
        self.lost += packets

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        raise AssertionError("a source does not interrupt")


def report(at: UtcNs, rtp: int) -> SenderReport:
    return SenderReport(1, ntp_of(at), rtp, 0, 0)


def test_nothing_flows_before_configuration_and_key_frame() -> None:
    heard, clock = Heard(), ManualClock()
    assembler = Assembler(heard, clock, None)
    assembler.on_picture(0, True, b"no config yet", False)
    assembler.on_packets_lost(4)
    assembler.on_video_config(SMALL)
    assembler.on_picture(3600, False, b"no key yet", False)
    assembler.on_sender_report(report(clock.now(), 3600), audio=False)
    assert (heard.configs, heard.units, heard.times, heard.lost) == ([], [], [], 0)
    assert assembler.pictures == 2
    early = clock.now()
    clock.advance(1)
    assembler.on_picture(7200, True, b"key", False)
    assert heard.times == [CameraTime(3600, early, early)]
    assembler.on_packets_lost(2)
    assembler.on_picture(10_800, False, b"next", True)
    assert heard.configs == [StreamConfig(SMALL)]
    assert [(u.pts_90k, u.key, u.data, u.damaged) for u in heard.units] == [
        (7200, True, b"key", False),
        (10_800, False, b"next", True),
    ]
    assert heard.lost == 2


def test_a_changed_configuration_precedes_its_picture() -> None:
    heard = Heard()
    assembler = Assembler(heard, ManualClock(), None)
    for config in (SMALL, LARGE):
        assembler.on_video_config(config)
        assembler.on_picture(0, True, b"key", False)
    assert [c.video for c in heard.configs] == [SMALL, LARGE]


def test_the_cameras_clock_is_reported_at_its_media_time() -> None:
    heard, clock = Heard(), ManualClock()
    assembler = Assembler(heard, clock, None)
    assembler.on_video_config(SMALL)
    assembler.on_picture(0xFFFF_FFF0, True, b"key", False)
    camera = UtcNs(clock.now() - 3600 * SECOND_NS)
    assembler.on_sender_report(report(camera, 0x10), audio=False)
    assert heard.times == [CameraTime(0x1_0000_0010, camera, clock.now())]


def test_time_stamps_pass_through_wraps_and_jumps() -> None:
    line, clock = Timeline(), ManualClock()
    stamps = [0xFFFF_F000, 0x0000_0E10, 0x0000_1C20, 0x0000_0E10, 0x4000_0000]
    assert [line.picture(stamp, clock.now()) for stamp in stamps] == [
        0xFFFF_F000,
        0x1_0000_0E10,
        0x1_0000_1C20,
        0x1_0000_0E10,
        0x1_4000_0000,
    ]


def test_sound_lies_beside_the_picture_it_arrives_with() -> None:
    line, clock = Timeline(8000), ManualClock()
    assert line.sound(500, clock.now()) is None
    line.picture(90_000, clock.now())
    clock.advance(0.02)
    assert line.sound(660, clock.now()) == 91_800
    assert line.sound(820, clock.now()) == 93_600


def test_sender_reports_set_sound_exactly() -> None:
    line, clock = Timeline(8000), ManualClock()
    start = clock.now()
    line.picture(1_000_000, start)
    clock.advance(0.5)
    assert line.sound(40_000, clock.now()) == 1_045_000
    line.report_video(report(start, 1_000_000))
    line.report_audio(report(start, 40_000))
    assert line.sound(40_160, clock.now()) == 1_001_800


def test_sound_finds_its_place_again_after_a_jump_of_the_picture() -> None:
    line, clock = Timeline(8000), ManualClock()
    line.picture(0, clock.now())
    assert line.sound(0, clock.now()) == 0
    line.picture(9_000_000, clock.now())
    assert line.sound(160, clock.now()) == 9_000_000


class Script(Source):
    """25 pictures a second, a key frame each `gop`, then the end."""

    def __init__(self, pictures: int, gop: int, error: RemoteError | None = None) -> None:
        self._pictures, self._gop, self._error = pictures, gop, error

    async def run(self, sink: SourceSink) -> None:
        if self._pictures:
            sink.on_config(StreamConfig(LARGE, G711))
        for number in range(self._pictures):
            sink.on_access_unit(AccessUnit(3600 * number, number % self._gop == 0, bytes(5000), UtcNs(0)))
        if self._error is not None:
            raise self._error


async def test_a_probe_measures() -> None:
    result = await probe(Script(200, 50))
    assert (result.codec, result.width, result.height, result.audio) == ("H.264", 640, 480, "G.711A")
    assert (result.fps, result.gop_s) == (25.0, 2.0)
    assert result.bitrate_bps == pytest.approx(1_010_000)


async def test_a_probe_of_one_gop_leaves_its_length_open() -> None:
    assert (await probe(Script(10, 50))).gop_s == 0.0


async def test_a_probe_raises_what_the_source_raises() -> None:
    with pytest.raises(RemoteError, match=r"rtsp\.not-found"):
        await probe(Script(0, 1, RemoteError("rtsp.not-found", "没有该流", text_en="no")))
    with pytest.raises(RemoteError, match=r"capture\.no-video"):
        await probe(Script(0, 1))
