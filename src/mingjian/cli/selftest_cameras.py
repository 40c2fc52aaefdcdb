"""Small simulated cameras on a thread of their own: for the self-test, and for tests that switch faults meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import DemoCamera
from mingjian.cli.selftest_steps import StepFailed
from mingjian.kernel.media import Codec
from mingjian.simulator.faults import Fault
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.park import CameraPark
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec
from mingjian.simulator.scene import Scene
from mingjian.simulator.shelf import LoopShelf

SETTLE_S = 10
"""How long a simulated camera may take to answer, first encoding included."""
STOP_S = 15
SIMULATED_PASSWORD = "selftest"  # noqa: S105 - of cameras that exist for a minute
GATE = Scene(Place.GATE, "学校大门", "SCHOOL GATE")
PLATFORM = Scene(Place.PLATFORM, "地铁站台", "METRO PLATFORM")


def small(scene: Scene, codec: Codec) -> LoopSpec:
    """A picture that costs next to nothing to make, send and decode."""
    return LoopSpec(scene, codec=codec, width=320, height=180, bitrate_bps=300_000, gop=25)


def guarded(main: LoopSpec, sub: LoopSpec | None = None, *, password: str = SIMULATED_PASSWORD) -> CameraSpec:
    """A camera that asks for a password."""
    return CameraSpec(main, sub, user="admin", password=password)


def specs() -> list[CameraSpec]:
    """Two small cameras: H.264, and H.265 with an H.264 sub stream."""
    return [guarded(small(GATE, Codec.H264)), guarded(small(PLATFORM, Codec.H265), small(PLATFORM, Codec.H264))]


@dataclass(frozen=True, slots=True)
class SimulatedSites:
    """Cameras that are being served; every call may come from another thread than theirs."""

    park: CameraPark
    loop: asyncio.AbstractEventLoop

    def on_record(self) -> list[DemoCamera]:
        """Each camera as a demonstration puts it on record."""
        return [
            DemoCamera(
                name=camera.spec.name,
                place="自检",
                url=camera.url,
                sub_url=camera.sub_url,
                user=camera.spec.user,
                password=camera.spec.password,
                bitrate_bps=camera.spec.main.bitrate_bps,
            )
            for camera in self.park.cameras
        ]

    def set_fault(self, number: int, fault: Fault, value: float | None = None) -> None:
        """Switch a fault of camera `number` on, and wait until it has taken hold. Raises Invalid for its value."""
        self._obeyed(number, fault, value, on=True)

    def clear_fault(self, number: int, fault: Fault) -> None:
        """Switch it off."""
        self._obeyed(number, fault, None, on=False)

    def _obeyed(self, number: int, fault: Fault, value: float | None, *, on: bool) -> None:
        camera = self.park.cameras[number]

        async def switch() -> None:
            if on:
                camera.set_fault(fault, value)
            else:
                camera.clear_fault(fault)
            await camera.settled()

        asyncio.run_coroutine_threadsafe(switch(), self.loop).result(SETTLE_S * 3)


@contextlib.contextmanager
def simulated(wanted: Sequence[CameraSpec], loops: Path) -> Iterator[SimulatedSites]:
    """The cameras, served from a thread with a loop of its own until the block ends."""
    loop = asyncio.new_event_loop()
    park = CameraPark(wanted, SystemClock(), LoopShelf(loops), host="127.0.0.1", port=0)
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with park:
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="simulated cameras", daemon=True)
    thread.start()
    if not ready.wait(SETTLE_S * len(park.cameras) * 3):
        raise StepFailed("simulated cameras did not start")
    try:
        yield SimulatedSites(park, loop)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(STOP_S)
        loop.close()
