"""One recorder process: cameras to hubs and disk, on one event loop; the disk is written by the committer's thread.

It gets assignments as JSON lines on standard input and keeps the last one sealed on disk; it opens no database. End
of input means that the supervisor is gone: what is open is committed and the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import random
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvloop

from mingjian.adapters.disk import OsDisk
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap import assignment as assignments
from mingjian.bootstrap.assignment import AssignedCamera, Assignment, Sealer
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.sources import camera_keeper
from mingjian.bootstrap.volumes import open_registered
from mingjian.capture.account import CameraAccount
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import StreamId, main_stream, sub_stream
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import Expiry, expire_forgotten
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import Volume
from mingjian.storage.volume_set import CommitFailure
from mingjian.transport.demand import run_on_demand
from mingjian.transport.hub import Hub
from mingjian.transport.meter import StreamMeter, Tee
from mingjian.transport.relay import RelayServer
from mingjian.transport.rest import Rests

TICK_S = 1.0
"""How soon silence and clock steps are noticed by the time line."""
VOLUME_RETRY_S = 5.0
"""A disk that is mounted late, or comes back, records again within this."""
EXPIRE_S = 60.0
"""A container lasts ten minutes; looking once a minute keeps deletion within the day that the law allows."""
GC_ALLOCATIONS = 100_000
"""Container objects between two looks of the garbage collector: a few seconds of a hundred cameras."""
RESTING_CAMERAS = 8
"""Fewer cameras cost too little to let their frames wait."""
INPUT_LIMIT_BYTES = 16 << 20
"""An assignment of some ten thousand cameras; a longer line is not from our supervisor."""


@dataclass
class CameraRuntime:
    """One camera at work: its tasks, hubs, meters and, where a volume is open, its recorder."""

    camera: AssignedCamera
    tasks: list[asyncio.Task[None]]
    meter: StreamMeter
    sub_meter: StreamMeter | None
    sinks: Tee
    recorder: StreamRecorder | None = None


class RecorderWorker:
    """Everything one process records. `run` ends only when input ends or a signal asks for it."""

    def __init__(self, *, number: int, places: DataDirectory, settings: Settings, sealer: Sealer, clock: Clock) -> None:
        self._number, self._places, self._settings = number, places, settings
        self._sealer, self._clock = sealer, clock
        self._log = structlog.get_logger("recorder").bind(recorder=number)
        self._hubs: dict[StreamId, Hub] = {}
        self._cameras: dict[str, CameraRuntime] = {}
        self._committer: Committer | None = None
        self._volumes: tuple[str, ...] = ()
        self._recorded: frozenset[StreamId] = frozenset()
        self._disk_failure = self._expiry_failure = ""
        self._opened_volumes: list[Volume] = []
        self._applying = asyncio.Lock()
        self._relay = RelayServer(places.socket(number), self._hubs, self._status)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        await self._relay.start()
        rests = Rests(self._may_rest)
        rests.start()
        tasks = [asyncio.create_task(duty) for duty in (self._ticks(), self._volume_retries(), self._expiries())]
        stored = self._stored()
        if stored is not None:
            await self._apply(stored)
        tasks.append(asyncio.create_task(self._listen()))
        await self._stopping.wait()
        rests.stop()
        for task in tasks:
            task.cancel()
        for camera in list(self._cameras):
            await self._drop(camera)
        if self._committer is not None:
            await asyncio.to_thread(self._committer.stop)
        await self._relay.close()

    def _may_rest(self) -> bool:
        """Nobody watches live, and no datagram is lost for want of room while the loop rests."""
        return (
            len(self._cameras) >= RESTING_CAMERAS
            and not self._applying.locked()
            and all(runtime.camera.transport == "tcp" for runtime in self._cameras.values())
            and not any(hub.live_readers for hub in self._hubs.values())
        )

    def _stored(self) -> Assignment | None:
        try:
            return assignments.load(self._places.assignment(self._number), self._sealer)
        except MingjianError as error:
            self._log.error("stored assignment unusable; waiting for a new one", code=error.code)
            return None

    async def _listen(self) -> None:
        """Assignments from the supervisor, until it is gone."""
        reader = asyncio.StreamReader(limit=INPUT_LIMIT_BYTES)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            assignment = Assignment.from_json(json.loads(line))
            await asyncio.to_thread(assignments.save, assignment, self._places.assignment(self._number), self._sealer)
            await self._apply(assignment)
        self._stopping.set()

    async def _apply(self, assignment: Assignment) -> None:
        """Start, restart and stop cameras until they are those of `assignment`; unchanged ones are not touched."""
        async with self._applying:
            self._volumes = assignment.volumes
            self._recorded = frozenset(StreamId(stream) for stream in assignment.recorded)
            if self._committer is None:
                await asyncio.to_thread(self._open_volumes)
            wanted = {camera.id: camera for camera in assignment.cameras}
            for identifier, runtime in list(self._cameras.items()):
                if wanted.get(runtime.camera.id) != runtime.camera:
                    await self._drop(identifier)
            for identifier, camera in wanted.items():
                if identifier not in self._cameras:
                    await self._start(camera)

    def _open_volumes(self) -> None:
        try:
            volumes = open_registered(self._places, self._settings, self._volumes)
            committer = Committer(OsDisk(), volumes, self._clock, on_failure=self._disk_failed)
        except (MingjianError, OSError) as error:
            self._disk_failure = str(error)
            self._log.error("no volume to record on", why=str(error))
            return
        committer.start()
        self._opened_volumes = volumes
        self._disk_failure = ""
        self._committer = committer

    def _disk_failed(self, failure: CommitFailure) -> None:
        self._disk_failure = f"{failure.cause}: {failure.error}"
        self._log.error("commit failed", stream=failure.stream, volume=failure.volume, why=self._disk_failure)

    async def _start(self, camera: AssignedCamera) -> None:
        meter = StreamMeter(self._clock)
        hub = self._hubs.setdefault(main_stream(camera.id), Hub())
        sub_meter = StreamMeter(self._clock) if camera.sub_url else None
        runtime = CameraRuntime(camera, [], meter, sub_meter, Tee(hub, meter))
        await self._attach_recorder(runtime)
        self._cameras[camera.id] = runtime
        account = CameraAccount(self._clock, random.random)
        main = camera_keeper(camera, camera.url, runtime.sinks, account, self._clock, random.random)
        runtime.tasks.append(self._supervised(f"{camera.id} main", main.run))
        if runtime.sub_meter is not None:
            sub_hub = self._hubs.setdefault(sub_stream(camera.id), Hub())
            sub_sinks = Tee(sub_hub, runtime.sub_meter)
            sub = camera_keeper(camera, camera.sub_url, sub_sinks, account, self._clock, random.random)

            async def on_demand() -> None:
                await run_on_demand(sub_hub, sub.run, self._clock)

            runtime.tasks.append(self._supervised(f"{camera.id} sub", on_demand))

    async def _attach_recorder(self, runtime: CameraRuntime) -> None:
        """Record the camera, if the disk allows; its connection and its viewers notice nothing."""
        if self._committer is not None:
            runtime.recorder = await self._open_recorder(runtime.camera)
        if runtime.recorder is not None:
            runtime.sinks.join(runtime.recorder)

    async def _open_recorder(self, camera: AssignedCamera) -> StreamRecorder | None:
        assert self._committer is not None
        try:
            return await asyncio.to_thread(StreamRecorder.open, main_stream(camera.id), self._committer, self._clock)
        except (MingjianError, OSError) as error:
            self._disk_failure = str(error)
            self._log.error("stream cannot be recorded", camera=camera.id, why=str(error))
            return None

    def _supervised(self, name: str, run: Any) -> asyncio.Task[None]:
        """A camera's task: an unforeseen failure is recorded and tried again; it never reaches another camera."""

        async def keep() -> None:
            while True:
                try:
                    await run()
                except Exception:  # noqa: BLE001 - a supervisor: recorded, told, tried again
                    self._log.exception("camera task failed", task=name)
                await asyncio.sleep(VOLUME_RETRY_S)

        return asyncio.create_task(keep(), name=name)

    async def _drop(self, identifier: str) -> None:
        runtime = self._cameras.pop(identifier)
        for task in runtime.tasks:
            task.cancel()
        await asyncio.gather(*runtime.tasks, return_exceptions=True)
        if runtime.recorder is not None:
            with contextlib.suppress(MingjianError, OSError):
                await asyncio.to_thread(runtime.recorder.close)
        for stream in (main_stream(runtime.camera.id), sub_stream(runtime.camera.id)):
            if (hub := self._hubs.pop(stream, None)) is not None:
                hub.close()

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self._committer is not None and not self._committer.alive:
                self._log.error("the committer has died; ending, to be started again")
                self._stopping.set()
            for runtime in self._cameras.values():
                if runtime.recorder is not None:
                    runtime.recorder.tick()

    async def _volume_retries(self) -> None:
        """Cameras that run without a recorder get one as soon as the disk allows."""
        while True:
            await asyncio.sleep(VOLUME_RETRY_S)
            async with self._applying:
                if self._committer is None and self._volumes:
                    await asyncio.to_thread(self._open_volumes)
                if self._committer is None:
                    continue
                for runtime in [r for r in self._cameras.values() if r.recorder is None]:
                    await self._attach_recorder(runtime)

    async def _expiries(self) -> None:
        """Delete what is past its ceiling; a failure is told and tried again in a minute."""
        expiries: list[Expiry] = []
        while True:
            await asyncio.sleep(EXPIRE_S)
            if self._committer is None:
                continue
            if not expiries:
                expiries = [Expiry(OsDisk(), volume, self._committer) for volume in self._opened_volumes]
            streams = [main_stream(r.camera.id) for r in self._cameras.values() if r.recorder is not None]
            try:
                for expiry in expiries:
                    gone = await asyncio.to_thread(expiry.once, streams, self._clock.now())
                    if self._number == 0:  # footage of cameras that nobody records any more is one worker's duty
                        gone += await asyncio.to_thread(
                            expire_forgotten, expiry, self._committer, self._recorded, self._clock.now()
                        )
                    for file in gone:
                        self._log.info("expired", volume=file.volume, file=file.container.path)
                self._expiry_failure = ""
            except (MingjianError, OSError) as error:
                self._expiry_failure = str(error)
                self._log.error("expiry failed", why=str(error))

    def _status(self) -> dict[str, Any]:
        """Per stream what the meters measured, and the end of the last fragment that is safe on disk."""
        streams: dict[str, Any] = {}
        for runtime in self._cameras.values():
            recorder = runtime.recorder
            streams[main_stream(runtime.camera.id)] = runtime.meter.status().to_json() | {
                "recorded_until": (recorder.recorded_until if recorder is not None else None) or 0,
                "recording": recorder is not None and recorder.interrupted is None,
                "disk_failure": self._disk_failure or self._expiry_failure,
            }
            if runtime.sub_meter is not None:
                streams[sub_stream(runtime.camera.id)] = runtime.sub_meter.status().to_json()
        return streams


def run_process(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run one process's main coroutine on uvloop until it ends."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(coroutine)


def run_recorder(number: int, data: Path, settings: Settings, sealer: Sealer) -> None:
    """The process `mingjian internal recorder`."""

    # Frames hold no cycles; the collector would walk every buffered access unit of every camera a dozen times a second.
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)

    async def main() -> None:
        places = DataDirectory(data)
        worker = RecorderWorker(number=number, places=places, settings=settings, sealer=sealer, clock=SystemClock())
        await worker.run()

    run_process(main())
