"""Many simulated cameras in one process, on consecutive ports, sharing timers and loops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType

from mingjian.kernel.clock import Clock
from mingjian.simulator.pacer import Pacer
from mingjian.simulator.rtsp_camera import CameraSpec, SimulatedCamera, cancelled
from mingjian.simulator.shelf import LoopShelf


class CameraPark:
    """Serves a camera per spec while entered: ports `port`, `port + 1`, … or, for 0, free ones.

    Raises LocalError when a loop cannot be made or a port is taken; then nothing is left running.
    """

    def __init__(
        self, specs: Sequence[CameraSpec], clock: Clock, shelf: LoopShelf, *, host: str = "127.0.0.1", port: int = 8554
    ) -> None:
        self._clock = clock
        self._shelf = shelf
        self._pacers: dict[tuple[int, int], Pacer] = {}
        self._tasks = AsyncExitStack()
        self.cameras = [
            SimulatedCamera(
                spec, clock, shelf, host=host, port=port + place if port else 0, pacers=self._pacer, seed=place
            )
            for place, spec in enumerate(specs)
        ]

    async def __aenter__(self) -> CameraPark:
        loops = [loop for camera in self.cameras for loop in (camera.spec.main, camera.spec.sub) if loop is not None]
        await asyncio.to_thread(self._shelf.stock, loops)
        try:
            for camera in self.cameras:
                await self._tasks.enter_async_context(camera)
        except BaseException:
            await self._tasks.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.aclose()

    @property
    def late_ns(self) -> int:
        """How late the last frames were sent, worst group: a bench asks this to know that the sender kept up."""
        return max((pacer.late_ns for pacer in self._pacers.values()), default=0)

    def _pacer(self, fps: int, phase_ns: int) -> Pacer:
        found = self._pacers.get((fps, phase_ns))
        if found is None:
            found = self._pacers[fps, phase_ns] = Pacer(self._clock, fps=fps, phase_ns=phase_ns)
            self._tasks.push_async_callback(cancelled, asyncio.create_task(found.run()))
        return found
