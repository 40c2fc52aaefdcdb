"""One recorder process: cameras to hubs and disk, on one event loop; each volume is written on a thread of its own.

It gets assignments as JSON lines on standard input and keeps the last one sealed on disk; it opens no database. End
of input means that the supervisor is gone: what is open is committed and the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import json
import random
import resource
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import structlog
import uvloop

from mingjian.adapters.clock_file import boot_id
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.head_files import FileHeads
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap import assignment as assignments
from mingjian.bootstrap.assignment import AssignedCamera, Assignment, Sealer
from mingjian.bootstrap.clock_watch import ClockWatch
from mingjian.bootstrap.expiring import Expiring, holds_of
from mingjian.bootstrap.overload import LOOK_S, Overload, Pulled
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.recorder_slot import RecorderSlot
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.sources import camera_keeper
from mingjian.bootstrap.volumes import FoundVolumes, VolumeLook
from mingjian.capture.account import CameraAccount
from mingjian.governance.readings import Problem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import LocalError, MingjianError
from mingjian.kernel.ids import StreamId, main_stream, sub_stream
from mingjian.kernel.media import TICKS_PER_SECOND
from mingjian.storage.commit import Committer
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume_set import STREAM_TAKEN, CommitFailure
from mingjian.transport.demand import run_on_demand
from mingjian.transport.hub import Hub
from mingjian.transport.meter import StreamMeter, Tee
from mingjian.transport.relay import RelayServer
from mingjian.transport.rest import Rests

TICK_S = 1.0
"""How soon silence and clock steps are noticed by the time line."""
VOLUME_LOOK_S = 5.0
"""A volume that is mounted late, or comes back, is recorded on within this; one that is gone is left within this."""
OFFER_S = 5.0
"""How soon live pictures and states are offered again when the socket could not be made, or its name is gone."""
CAMERA_AGAIN_S = 5.0
"""A camera's task that failed unforeseen is tried again after this: a bug must not fill the log."""
OPEN_FILES = 65_536
"""A stream holds a socket, two files and a lock a volume; the usual soft limit of 1024 ends at some 200 cameras."""
EXPIRE_S = 60.0
"""A container lasts ten minutes; looking once a minute keeps deletion within the day that the law allows."""
GC_ALLOCATIONS = 100_000
"""Container objects between two looks of the garbage collector: a few seconds of a hundred cameras."""
FIRST_FRAGMENTS = (TICKS_PER_SECOND, 2 * TICKS_PER_SECOND, 3 * TICKS_PER_SECOND, 4 * TICKS_PER_SECOND)
"""Cameras in turn begin with a fragment so long (90 kHz): those that begin together do not close theirs together."""
KEPT_FREE_BYTES = 64 << 20
"""Free memory kept at the end of the heap: what a commit of a hundred cameras frees at once."""
MAPPED_FROM_BYTES = 16 << 20
"""What is smaller comes from the heap: key frames are, and would be mapped and cleared each time."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # <malloc.h>
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
    slot: RecorderSlot


class RecorderWorker:
    """Everything one process records. `run` ends only when input ends or a signal asks for it."""

    def __init__(self, *, number: int, places: DataDirectory, settings: Settings, sealer: Sealer, clock: Clock) -> None:
        self._number, self._places, self._settings = number, places, settings
        self._sealer, self._clock = sealer, clock
        self._log = structlog.get_logger("recorder").bind(recorder=number)
        self._hubs: dict[StreamId, Hub] = {}
        self._cameras: dict[str, CameraRuntime] = {}
        self._committer: Committer | None = None
        self._assignment: Assignment | None = None
        self._look = VolumeLook(places, settings, self._log)
        self._no_volume = ""
        watch = ClockWatch(places.run, OsDisk(), clock, boot_id(), secrets.token_bytes)
        self._expiring = Expiring(OsDisk(), clock, watch, self._log, forgotten=number == 0)
        self._applying = asyncio.Lock()
        self._overload = Overload(clock)
        self._first_fragments = cycle(FIRST_FRAGMENTS)
        self._relay = RelayServer(places.socket(number), self._hubs, self._status)
        self._offered = False
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        await self._offer()
        rests = Rests(self._may_rest)
        rests.start()
        duties = (
            ("ticks", TICK_S, self._tick),
            ("overload", LOOK_S, self._shed),
            ("volumes", VOLUME_LOOK_S, self._settle),
            ("relay", OFFER_S, self._offer),
            ("expiry", EXPIRE_S, self._expire),
        )
        tasks = [asyncio.create_task(self._every(*duty)) for duty in duties]
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

    async def _offer(self) -> None:
        """Let other processes reach the hubs. Where that fails, or a predecessor that ended late took the socket's name
        with it, it is tried again: recording does not wait for it."""
        if self._offered and self._places.socket(self._number).exists():
            return
        await self._relay.close()
        try:
            await self._relay.start()
        except MingjianError as error:
            self._log.error("live pictures cannot be offered", why=str(error))
        self._offered = self._places.socket(self._number).exists()

    async def _every(self, name: str, seconds: float, duty: Callable[[], Awaitable[None]]) -> None:
        """`duty` again and again; what goes wrong in it is told and does not end it."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await duty()
            except Exception:  # noqa: BLE001 - a duty's supervisor: recorded and tried again
                self._log.exception("duty failed", duty=name)

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
        except (MingjianError, OSError, ValueError) as error:
            self._log.error("stored assignment unusable; waiting for a new one", why=str(error))
            return None

    async def _listen(self) -> None:
        """Assignments from the supervisor, until it is gone."""
        reader = asyncio.StreamReader(limit=INPUT_LIMIT_BYTES)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        try:
            while line := await reader.readline():
                try:
                    await self._obey(Assignment.from_json(json.loads(line)))
                except Exception:  # noqa: BLE001 - whatever is wrong with one assignment, the next may be right
                    self._log.exception("assignment not carried out")
        finally:
            self._stopping.set()

    async def _obey(self, assignment: Assignment) -> None:
        try:
            path = self._places.assignment(self._number)
            await asyncio.to_thread(assignments.save, assignment, path, self._sealer)
        except OSError as error:  # a full system disk is no reason not to record
            self._log.error("assignment not stored; a start without database would not know it", why=str(error))
        await self._apply(assignment)

    async def _apply(self, assignment: Assignment) -> None:
        """Start, restart and stop cameras until they are those of `assignment`; unchanged ones are not touched."""
        async with self._applying:
            self._assignment = assignment
            if self._committer is None:
                await asyncio.to_thread(self._use_volumes, assignment.volumes)
            wanted = {camera.id: camera for camera in assignment.cameras}
            for identifier, runtime in list(self._cameras.items()):
                if wanted.get(runtime.camera.id) != runtime.camera:
                    await self._drop(identifier)
            for identifier, camera in wanted.items():
                if identifier not in self._cameras:
                    await self._start(camera)

    def _use_volumes(self, roots: Sequence[str]) -> None:
        """Record on those of `roots` that verify now; each of the others is told for itself. Blocks on the disks."""
        try:
            found = self._look(roots)
            if self._committer is None:
                self._committer = self._committing_to(found)
            elif found.volumes:
                self._committer.use(found.volumes, complete=not found.unusable)
        except (MingjianError, OSError) as error:
            self._no_volume = str(error)
            self._log.error("no volume to record on", why=str(error))
        else:
            self._no_volume = ""

    def _committing_to(self, found: FoundVolumes) -> Committer:
        committer = Committer(
            OsDisk(),
            found.or_refuse(),
            self._clock,
            on_failure=self._disk_failed,
            memory=FileHeads(self._places.run, self._number),
            complete=not found.unusable,
        )
        self._expiring.begin(committer.volumes)
        committer.start()
        return committer

    def _disk_failed(self, failure: CommitFailure) -> None:
        self._log.error(
            "disk failed", stream=failure.stream, volume=failure.volume, cause=failure.cause, why=failure.error
        )

    async def _start(self, camera: AssignedCamera) -> None:
        hub = self._hubs.setdefault(main_stream(camera.id), Hub())
        slot = RecorderSlot(self._clock.now())
        meter, sub_meter = StreamMeter(self._clock), StreamMeter(self._clock) if camera.sub_url else None
        runtime = CameraRuntime(camera, [], meter, sub_meter, slot)
        await self._fill(runtime)
        self._cameras[camera.id] = runtime
        account = CameraAccount(self._clock, random.random)
        main = camera_keeper(camera, camera.url, Tee(hub, meter, slot), account, self._clock, random.random)
        sub = None
        if runtime.sub_meter is not None:
            sub_hub = self._hubs.setdefault(sub_stream(camera.id), Hub())
            sub_sinks = Tee(sub_hub, runtime.sub_meter)
            sub = camera_keeper(camera, camera.sub_url, sub_sinks, account, self._clock, random.random)
            sub_run = sub.run

            async def on_demand() -> None:
                await run_on_demand(sub_hub, sub_run, self._clock)

            runtime.tasks.append(self._supervised(f"{camera.id} sub", on_demand))
        self._overload.add(camera.id, Pulled(main, sub, lambda: slot.newest_media_90k, lambda: hub.live_readers > 0))
        runtime.tasks.append(self._supervised(f"{camera.id} main", main.run))

    async def _fill(self, runtime: CameraRuntime) -> None:
        """Give the camera its recorder if a disk allows now; that none did is then why it has a gap."""
        slot, stream = runtime.slot, main_stream(runtime.camera.id)
        if self._committer is None:
            slot.failure = self._no_volume
            return
        no_disk = (slot.since, slot.failure) if slot.failure else None
        limits = FragmentLimits(first_90k=next(self._first_fragments))
        try:
            recorder = await asyncio.to_thread(
                StreamRecorder.open, stream, self._committer, self._clock, limits=limits, no_disk=no_disk
            )
        except (MingjianError, OSError) as error:
            self._log.error("stream cannot be recorded", stream=stream, why=str(error))
            if not (isinstance(error, LocalError) and error.code == STREAM_TAKEN):  # a predecessor still ends: no fault
                slot.failure = str(error)
        else:
            slot.fill(recorder)

    def _supervised(self, name: str, run: Any) -> asyncio.Task[None]:
        """A camera's task: an unforeseen failure is recorded and tried again; it never reaches another camera."""

        async def keep() -> None:
            while True:
                try:
                    await run()
                except Exception:  # noqa: BLE001 - a supervisor: recorded, told, tried again
                    self._log.exception("camera task failed", task=name)
                await asyncio.sleep(CAMERA_AGAIN_S)

        return asyncio.create_task(keep(), name=name)

    async def _drop(self, identifier: str) -> None:
        runtime = self._cameras.pop(identifier)
        self._overload.remove(identifier)
        for task in runtime.tasks:
            task.cancel()
        await asyncio.gather(*runtime.tasks, return_exceptions=True)
        if runtime.slot.recorder is not None:
            with contextlib.suppress(MingjianError, OSError):
                await asyncio.to_thread(runtime.slot.recorder.close)
        for stream in (main_stream(runtime.camera.id), sub_stream(runtime.camera.id)):
            if (hub := self._hubs.pop(stream, None)) is not None:
                hub.close()

    async def _tick(self) -> None:
        if self._committer is not None and not self._committer.alive:
            self._log.error("the committer has died; ending, to be started again")
            self._stopping.set()
        for runtime in self._cameras.values():
            if runtime.slot.recorder is not None:
                runtime.slot.recorder.tick(late=self._overload.late)

    async def _shed(self) -> None:
        """Give up, or take up again, what the machine cannot or can carry."""
        before = self._overload.report()
        self._overload.look(self._committer.unwritten_share if self._committer is not None else 0.0)
        if (now := self._overload.report()) != before:
            self._log.warning("shedding", shed=now or "nothing more")

    async def _settle(self) -> None:
        """Look again at the volumes, and give cameras that run without a recorder one as soon as a disk allows."""
        async with self._applying:
            if self._assignment is None:
                return
            await asyncio.to_thread(self._use_volumes, self._assignment.volumes)
            for runtime in self._cameras.values():
                if runtime.slot.recorder is None:
                    await self._fill(runtime)

    async def _expire(self) -> None:
        if self._committer is None or self._assignment is None:
            return
        streams = [main_stream(r.camera.id) for r in self._cameras.values() if r.slot.recorder is not None]
        recorded = frozenset(StreamId(stream) for stream in self._assignment.recorded)
        # an assignment that comes during the pass brings its holds into it
        await asyncio.to_thread(
            self._expiring.once, self._committer, streams, recorded, lambda: holds_of(self._assignment)
        )

    def _status(self) -> dict[str, Any]:
        """Per stream what the meters measured, and the end of the last fragment that is safe on disk."""
        streams: dict[str, Any] = {}
        faults = self._committer.faults if self._committer is not None else {}
        told = {root: asdict(Problem.of(fault)) for root, fault in faults.items()}
        for runtime in self._cameras.values():
            recorder, stream = runtime.slot.recorder, main_stream(runtime.camera.id)
            trouble = self._committer.trouble(stream) if self._committer is not None else None
            streams[stream] = runtime.meter.status().to_json() | {
                "recorded_until": (recorder.recorded_until if recorder is not None else None) or 0,
                "recording": recorder is not None and recorder.interrupted is None,
                "disk_failure": runtime.slot.failure or trouble or "",
                "expiry_failure": self._expiring.failure,
                "overload": self._overload.report(),
                "volume_faults": told,
            }
            if runtime.sub_meter is not None:
                streams[sub_stream(runtime.camera.id)] = runtime.sub_meter.status().to_json()
        return streams


def keep_freed_memory() -> None:
    """Let the C library keep what is freed for the frames that come next, up to a bound, instead of giving it back.

    Given back, it must be mapped and cleared again, page by page, which costs several times the copy of a frame.
    Nothing happens where the C library has no `mallopt`.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)
        mallopt(_M_TRIM_THRESHOLD, KEPT_FREE_BYTES)


def run_process(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run one process's main coroutine on uvloop until it ends."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(coroutine)


def run_recorder(number: int, data: Path, settings: Settings, sealer: Sealer) -> None:
    """The process `mingjian internal recorder`."""

    limit = min(OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    # Frames hold no cycles; the collector would walk every buffered access unit of every camera a dozen times a second.
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)
    keep_freed_memory()

    async def main() -> None:
        places = DataDirectory(data)
        worker = RecorderWorker(number=number, places=places, settings=settings, sealer=sealer, clock=SystemClock())
        await worker.run()

    run_process(main())
