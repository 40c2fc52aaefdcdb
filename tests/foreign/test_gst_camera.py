"""GStreamer's RTSP server as camera: both sources read it, FFmpeg decodes what they deliver, failures are named."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import av
import pytest
import uvloop

from gst_process import gst_camera
from mingjian.adapters.system_clock import SystemClock
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_source import AvSource
from mingjian.capture.probe import probe
from mingjian.capture.rtsp_source import RtspSource
from mingjian.capture.source import Source
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import (
    AccessUnit,
    CameraTime,
    Codec,
    GapCause,
    SourceSink,
    StreamConfig,
)
from mingjian.wire.nal import from_length_prefixed

pytestmark = pytest.mark.foreign

PASSWORD = "p@ss:w/rd"
FRAMES = 60
FRAME_90K = 3600
REORDERED = 3
"""Of the last pictures some that are shown earlier may not have come yet."""


class Heard(SourceSink):
    """Collects until `FRAMES` pictures came, and a sender report where `report` is asked for."""

    def __init__(self, *, report: bool = False) -> None:
        self._report = report
        self.configs: list[StreamConfig] = []
        self.pictures: list[AccessUnit] = []
        self.sounds: list[AccessUnit] = []
        self.times: list[CameraTime] = []
        self.lost = 0
        self.enough = asyncio.Event()

    def on_config(self, config: StreamConfig) -> None:
        self.configs.append(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        (self.sounds if unit.audio else self.pictures).append(unit)
        self._look()

    def on_camera_time(self, report: CameraTime) -> None:
        self.times.append(report)
        self._look()

    def _look(self) -> None:
        if len(self.pictures) >= FRAMES and (self.times or not self._report):
            self.enough.set()

    def on_lost(self, packets: int) -> None:
        self.lost += packets

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        raise AssertionError("a source does not interrupt")


def make_source(engine: str, port: int, path: str = "live", **fields: object) -> Source:
    address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/{path}", engine=engine, **fields)  # type: ignore[arg-type]  # a table of fields
    if engine == "av":
        return AvSource(address, SystemClock())
    return RtspSource(address, SystemClock(), lambda count: bytes(range(count)))


async def listen(source: Source, *, report: bool = False) -> Heard:
    heard = Heard(report=report)
    running = asyncio.ensure_future(source.run(heard))
    enough = asyncio.ensure_future(heard.enough.wait())
    await asyncio.wait({running, enough}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    assert not running.done() or running.exception() is None, running.exception()
    enough.cancel()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return heard


def decoded(heard: Heard) -> int:
    """How many pictures a stranger's decoder makes of the units, with errors made fatal."""
    video = heard.configs[0].video
    decoder = av.CodecContext.create("hevc" if video.codec is Codec.H265 else "h264", "r")
    decoder.extradata = b"".join(b"\0\0\0\1" + nal for nal in video.parameter_sets)
    decoder.options = {"err_detect": "explode"}
    frames = []
    for unit in heard.pictures:
        annex_b = b"".join(b"\0\0\0\1" + nal for nal in from_length_prefixed(unit.data))
        frames += decoder.decode(av.Packet(annex_b))
    frames += decoder.decode(None)
    assert {(frame.width, frame.height) for frame in frames} == {(video.width, video.height)}
    return len(frames)


def check(heard: Heard, *, off_90k: int = 2, one_key: bool = False) -> None:
    """What every stream promises, whoever read it. Shown in the order of their times, B frames or not."""
    assert len(heard.configs) == 1
    video = heard.configs[0].video
    assert (video.width, video.height) == (320, 240)
    assert heard.pictures[0].key
    assert heard.lost == 0
    assert not any(unit.damaged for unit in heard.pictures)
    times = sorted(unit.pts_90k for unit in heard.pictures)[:-REORDERED]
    steps = [b - a for a, b in pairwise(times)]
    assert all(abs(step - FRAME_90K) <= off_90k for step in steps), steps
    assert sum(unit.key for unit in heard.pictures) >= (1 if one_key else FRAMES // 25)
    assert decoded(heard) == len(heard.pictures)


CASES = [
    pytest.param(("--codec", "h264"), {}, id="h264-tcp"),
    pytest.param(("--codec", "h264", "--slices", "4"), {"transport": "udp"}, id="h264-slices-udp"),
    pytest.param(("--codec", "h265"), {"transport": "udp"}, id="h265-udp"),
    pytest.param(("--codec", "h265", "--audio", "aac"), {"audio": True}, id="h265-aac"),
    pytest.param(("--audio", "pcma", "--config-interval", "0"), {"audio": True}, id="h264-pcma-sets-in-sdp"),
    pytest.param(("--b-frames", "2"), {}, id="h264-b-frames"),
    pytest.param(("--intra-refresh",), {}, id="h264-intra-refresh"),
    pytest.param(("--digest", "md5", "--password", PASSWORD), {"user": "camera", "password": PASSWORD}, id="digest"),
    pytest.param(("--digest", "basic", "--password", PASSWORD), {"user": "camera", "password": PASSWORD}, id="basic"),
]


@pytest.mark.parametrize(("options", "fields"), CASES)
async def test_both_sources_deliver_the_same_frames(options: tuple[str, ...], fields: dict[str, object]) -> None:
    with gst_camera(*options) as port:
        native, second = await asyncio.gather(
            listen(make_source("native", port, **fields)), listen(make_source("av", port, **fields))
        )
    one_key = "--intra-refresh" in options
    check(native, one_key=one_key)
    check(
        second, one_key=one_key, off_90k=90
    )  # FFmpeg lays the tracks anew at the first sender report, by less than 1 ms
    assert native.configs[0].video.codec_string == second.configs[0].video.codec_string
    ours, theirs = [unit.data for unit in native.pictures], [unit.data for unit in second.pictures]
    start = ours.index(theirs[1])  # FFmpeg may leave the delimiter of its very first frame out
    common = min(len(ours) - start, len(theirs) - 1)
    assert common >= FRAMES // 3
    assert ours[start : start + common] == theirs[1 : 1 + common]
    if fields.get("audio"):
        for heard in (native, second):
            assert heard.configs[0].audio is not None
            assert len(heard.sounds) > 10
            span = heard.pictures[-1].pts_90k - heard.pictures[0].pts_90k
            assert abs(heard.sounds[-1].pts_90k - heard.sounds[0].pts_90k - span) < 90_000
            assert abs(heard.sounds[-1].pts_90k - heard.pictures[-1].pts_90k) < 90_000
        assert native.configs[0].audio == second.configs[0].audio
    else:
        assert not native.sounds
        assert not second.sounds


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_a_sender_report_tells_the_cameras_clock(transport: str) -> None:
    with gst_camera() as port:
        heard = await listen(make_source("native", port, transport=transport), report=True)
    assert heard.enough.is_set(), "GStreamer reports within 5 s (RFC 3550 §6.2)"
    for report in heard.times:
        assert abs(report.camera - report.received) < 2 * SECOND_NS
        times = [unit.pts_90k for unit in heard.pictures]
        assert times[0] - 90_000 < report.pts_90k < times[-1] + 90_000


async def test_sound_is_not_taken_unless_asked_for() -> None:
    with gst_camera("--audio", "aac") as port:
        heard = await listen(make_source("native", port))
    assert heard.configs[0].audio is None
    assert not heard.sounds


async def test_a_probe_measures_the_camera() -> None:
    with gst_camera("--width", "640", "--height", "360", "--gop", "50") as port:
        result = await probe(make_source("native", port))
    assert (result.codec, result.width, result.height) == ("H.264", 640, 360)
    assert result.fps == pytest.approx(25, abs=0.5)
    assert result.gop_s == pytest.approx(2, abs=0.1)
    assert 20_000 < result.bitrate_bps < 3_000_000


@pytest.mark.parametrize("engine", ["native", "av"])
async def test_failures_have_the_same_names(engine: str) -> None:
    with gst_camera("--digest", "md5", "--password", PASSWORD) as port:
        for fields, path, code in (
            ({"user": "camera", "password": "wrong"}, "live", "rtsp.auth-failed"),
            ({}, "live", "rtsp.auth-failed"),
        ):
            with pytest.raises(RemoteError) as caught:
                await make_source(engine, port, path, **fields).run(Heard())
            assert caught.value.code == code
    with gst_camera() as port:
        with pytest.raises(RemoteError) as caught:
            await make_source(engine, port, "nowhere").run(Heard())
        assert caught.value.code == "rtsp.not-found"
    with pytest.raises(RemoteError) as caught:
        await make_source(engine, port).run(Heard())
    assert caught.value.code == "net.refused"


@pytest.mark.parametrize("engine", ["native", "av"])
def test_the_sources_run_on_uvloop(engine: str) -> None:
    async def some() -> Heard:
        return await listen(make_source(engine, port, transport="udp"))

    with gst_camera() as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        check(runner.run(some()))
