"""What faults of the picture and of the clock look like at the other end: received by our source, decoded by FFmpeg."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from secrets import token_bytes

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from mingjian.adapters.system_clock import SystemClock
from mingjian.capture.address import CameraAddress
from mingjian.capture.rtsp_source import RtspSource
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig
from mingjian.simulator.faults import Fault
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.scene import Scene
from mingjian.simulator.sei import send_time
from mingjian.simulator.shelf import LoopShelf
from mingjian.simulator.strip import frame_index
from mingjian.wire.nal import from_length_prefixed

FPS = 25
LOOP = LoopSpec(
    Scene(Place.CAR_PARK, "小区停车场", "CAR PARK"),
    width=320,
    height=180,
    seconds=2,
    gop=5,
    bitrate_bps=600_000,
    grain=False,
)
GOPS = LOOP.frames // LOOP.gop
MOMENT = 20
"""The frame of the loop that is compared; any would do."""
NOW = {*range(38, 50), *range(13)}
"""Readings of a right clock, some of them late."""
A_SECOND_OFF = {(frames + 25) % 50 for frames in NOW}
PATIENCE_S = 30

Luma = NDArray[np.uint8]


@dataclass
class Watcher(SourceSink):
    """Keeps what came since it was last asked."""

    config: StreamConfig | None = None
    units: list[AccessUnit] = field(default_factory=list)
    reports: list[CameraTime] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def on_config(self, config: StreamConfig) -> None:
        self.config = config

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self.came.set()

    def on_camera_time(self, report: CameraTime) -> None:
        self.reports.append(report)
        self.came.set()

    def on_lost(self, packets: int) -> None:
        raise AssertionError("nothing is lost on this machine")

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        raise AssertionError("a source does not interrupt")

    async def look(self) -> list[tuple[AccessUnit, Luma]]:
        """One whole loop, sent from now on, with its pictures as a stranger's decoder makes them."""
        self.units.clear()
        async with asyncio.timeout(PATIENCE_S):
            while sum(unit.key for unit in self.units) <= GOPS:
                self.came.clear()
                await self.came.wait()
        keys = [place for place, unit in enumerate(self.units) if unit.key]
        units = self.units[keys[0] : keys[GOPS]]
        decoder = av.CodecContext.create("h264", "r")
        assert isinstance(decoder, av.VideoCodecContext)
        frames = []
        for unit in units:
            nals = from_length_prefixed(unit.data)
            frames += decoder.decode(av.Packet(b"".join(b"\0\0\0\1" + nal for nal in nals)))
        frames += decoder.decode(None)
        return list(zip(units, (frame.to_ndarray(format="gray") for frame in frames), strict=True))

    async def pictures(self) -> dict[int | None, Luma]:
        """One whole loop by the frame number that its strip shows."""
        return {frame_index(picture): picture for _, picture in await self.look()}

    async def until(self, reached: Callable[[], bool]) -> None:
        """Return once what came makes `reached` true."""
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                self.came.clear()
                await self.came.wait()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


@pytest.fixture
async def camera(shelf: LoopShelf) -> AsyncIterator[SimulatedCamera]:
    async with SimulatedCamera(CameraSpec(LOOP, guard=Guard.NONE), SystemClock(), shelf) as camera:
        yield camera


@pytest.fixture
async def watcher(camera: SimulatedCamera) -> AsyncIterator[Watcher]:
    """Watches the running camera on one connection."""
    watcher = Watcher()
    running = asyncio.ensure_future(
        RtspSource(CameraAddress.parse(camera.url), SystemClock(), token_bytes).run(watcher)
    )
    yield watcher
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def scenery(picture: Luma) -> NDArray[np.float64]:
    """The part between the burnt-in lines: neither name and time above nor the strip below."""
    return picture[36:150].astype(float)


def sharpness(picture: Luma) -> float:
    """Mean strength of edges."""
    part = scenery(picture)
    return float(np.abs(np.diff(part, axis=0)).mean() + np.abs(np.diff(part, axis=1)).mean())


def likeness(one: Luma, other: Luma) -> float:
    """Correlation of two sceneries: 1 for the same view."""
    return float(np.corrcoef(scenery(one).ravel(), scenery(other).ravel())[0, 1])


async def spoilt(camera: SimulatedCamera, watcher: Watcher, fault: Fault) -> tuple[Luma, Luma]:
    """The same moment of the loop before and after `fault` was switched on in the running camera."""
    before, again = await watcher.pictures(), await watcher.pictures()
    assert likeness(before[MOMENT], again[MOMENT]) > 0.99, "the measure itself holds"
    camera.set_fault(fault)
    await camera.settled()
    await watcher.until(lambda: watcher.units[-1].key)  # it shows from a key frame on
    return before[MOMENT], (await watcher.pictures())[MOMENT]


async def test_a_blurred_picture_has_lost_its_edges_and_not_its_light(
    camera: SimulatedCamera, watcher: Watcher
) -> None:
    before, after = await spoilt(camera, watcher, Fault.BLURRED)
    assert sharpness(after) < sharpness(before) / 3
    assert abs(scenery(after).mean() - scenery(before).mean()) < 5
    assert 0.5 < likeness(before, after) < 0.95, "it is still this view"


async def test_a_covered_lens_is_dark_and_even_and_no_black_picture(camera: SimulatedCamera, watcher: Watcher) -> None:
    before, after = await spoilt(camera, watcher, Fault.COVERED)
    assert scenery(before).std() > 20
    assert scenery(after).std() < 3
    assert scenery(after).mean() < 40
    edge = after[-6:]
    assert edge.mean() > 60, "a hand leaves an edge open, and what is burnt in stays"
    assert frame_index(after) == MOMENT


async def test_a_moved_camera_shows_another_view_as_sharply(camera: SimulatedCamera, watcher: Watcher) -> None:
    before, after = await spoilt(camera, watcher, Fault.MOVED)
    assert likeness(before, after) < 0.3
    assert sharpness(after) > sharpness(before) / 2
    assert abs(scenery(after).mean() - scenery(before).mean()) < 40
    camera.clear_fault(Fault.MOVED)
    await camera.settled()
    await watcher.until(lambda: watcher.units[-1].key)
    assert likeness(before, (await watcher.pictures())[MOMENT]) > 0.99, "and back"


def offset_frames(unit: AccessUnit, picture: Luma, clock_error_ns: int) -> int:
    """How many frames the burnt-in reading is ahead of the true time of sending, modulo the loop."""
    sent, shown = send_time(unit.data), frame_index(picture)
    assert sent is not None
    assert shown is not None
    return (shown - (sent - clock_error_ns) * FPS // SECOND_NS) % LOOP.frames


async def test_a_wrong_clock_shows_in_report_sei_and_picture(camera: SimulatedCamera, watcher: Watcher) -> None:
    clock, error_ns = SystemClock(), -301 * SECOND_NS  # of a loop of two seconds one shows
    await watcher.until(lambda: bool(watcher.reports))
    # late by up to half a second on a busy machine, which is a quarter of the loop
    assert all(offset_frames(unit, picture, 0) in NOW for unit, picture in await watcher.look())
    right = watcher.reports[-1]
    camera.set_fault(Fault.CLOCK_WRONG, error_ns / SECOND_NS)
    await watcher.until(lambda: watcher.reports[-1].camera < right.camera - 60 * SECOND_NS)
    wrong = watcher.reports[-1]
    seen = await watcher.look()
    now = clock.now()
    assert all(offset_frames(unit, picture, error_ns) in A_SECOND_OFF for unit, picture in seen)
    assert all(abs(now + error_ns - (send_time(unit.data) or 0)) < 30 * SECOND_NS for unit, _ in seen)
    # Media time is no clock: between the two reports it counts the time that passed, not the step.
    passed_90k = (wrong.camera - error_ns - right.camera) * 9 // 100_000
    assert abs(wrong.pts_90k - right.pts_90k - passed_90k) <= 2
