"""The recorder process of a run: what `bootstrap.recorder` does with its volumes, streams and expiry, call by call."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from mingjian.bootstrap.clock_watch import may_expire
from mingjian.bootstrap.recorder_slot import RecorderSlot
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, GapCause
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import ClockStep, Expiry, Hold
from mingjian.storage.group_commit import RETRY_BATCHES_MAX
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import Volume, still_there
from mingjian.storage.volume_set import CommitFailure
from simulation.parts import Parts
from storage_world import CONFIG

if TYPE_CHECKING:
    from simulation.world import World

Holds = list[Hold]
Steps = tuple[ClockStep, ...]
INTERRUPTIONS = [GapCause.CAMERA_TIMEOUT, GapCause.CAMERA_CLOSED, GapCause.NETWORK, GapCause.AUTH_FAILED]


class Camera:
    """What stands before the recorder: a frame for each fragment, and moods."""

    def __init__(self, stream: StreamId, rng: random.Random) -> None:
        self.stream, self._rng = stream, rng
        self.connected = False
        self.number = 0
        self.pts_90k = rng.randrange(1 << 20)
        self.last_ns = 0

    def frame(self, true_ns: int) -> tuple[int, bool, bytes]:
        """(pts, key, sample): its media time goes as the run's own time does, but for the camera's own faults."""
        self.pts_90k += (true_ns - self.last_ns) * 9 // 100_000 if self.last_ns else 0
        self.last_ns = true_ns
        if self._rng.random() < 0.01:
            self.pts_90k = max(0, self.pts_90k + self._rng.randrange(-60, 60) * TICKS_PER_SECOND)
        self.number += 1
        body = b"\x65" + self.stream.encode() + self.number.to_bytes(4, "big") * self._rng.randrange(20, 400)
        return self.pts_90k, self._rng.random() < 0.8, len(body).to_bytes(4, "big") + body


class Recorder:
    """One life of the process."""

    def __init__(self, world: World, parts: Parts, cameras: list[Camera]) -> None:
        self._world, self._parts = world, parts
        self._disk = parts.disk(world.disk)
        self._clock = parts.clock(world.clock)
        self.cameras = cameras
        self.slots = {camera.stream: RecorderSlot(self._clock.now()) for camera in cameras}
        for camera in cameras:
            if camera.connected:
                self.slots[camera.stream].on_config(CONFIG)
        self.committer: Committer | None = None
        self._no_volume = ""
        self._watch = world.watch(self._disk, self._clock)
        self._expiries: dict[str, Expiry] = {}
        self._awaits_key: set[StreamId] = set()
        """A recorder that comes to a running camera takes nothing before a key frame, which is no loss of ours."""

    def look(self) -> None:
        """Which volumes are there; a stream without recorder gets one as soon as a disk allows."""
        found = [volume for volume in self._world.volumes if still_there(self._disk, volume)]
        complete = len(found) == len(self._world.volumes)
        if self.committer is not None:
            if found:
                self.committer.use(found, complete=complete)
        elif found:
            self._no_volume = ""
            self.committer = self._parts.committer(
                self._disk, found, self._clock, on_failure=self._failed, memory=self._world.memory, complete=complete
            )
            self._world.begin_watch(self._disk, self._clock, found)
        else:
            self._no_volume = "no volume"
        for stream, slot in self.slots.items():
            if slot.recorder is None:
                self._fill(stream, slot)

    def _fill(self, stream: StreamId, slot: RecorderSlot) -> None:
        if self.committer is None:
            slot.failure = self._no_volume
            return
        no_disk = (slot.since, slot.failure) if slot.failure else None
        try:
            recorder = StreamRecorder.open(
                stream, self.committer, self._clock, acknowledged=self._acknowledged, no_disk=no_disk
            )
        except (LocalError, OSError) as error:
            self._world.say(f"{stream} cannot be recorded: {error}")
            slot.failure = str(error)
            self._world.tell("fault", what="no disk for the start", streams=[stream])
            return
        self._world.tell("opened", stream=stream)
        slot.fill(recorder)
        if any(camera.stream == stream and camera.connected for camera in self.cameras):
            self._awaits_key.add(stream)

    def _acknowledged(self, stream: StreamId, t1: UtcNs, seq: int) -> None:
        self._world.tell("acknowledged", stream=stream, t1=t1, seq=seq)

    def _failed(self, failure: CommitFailure) -> None:
        self._world.say(f"disk failed: {failure.stream} {failure.volume} {failure.error} {failure.cause}")

    def frame(self, camera: Camera) -> None:
        """The camera sends; what nobody is there to take is not sent."""
        pts, key, data = camera.frame(self._world.clock.monotonic)
        slot = self.slots[camera.stream]
        if key:
            self._awaits_key.discard(camera.stream)
        if slot.recorder is not None and camera.stream not in self._awaits_key:
            self._world.tell("sent", stream=camera.stream, sha256=hashlib.sha256(data).hexdigest())
        slot.on_access_unit(AccessUnit(pts, key, data, self._clock.now()))

    def connect(self, camera: Camera) -> None:
        camera.connected = True
        self._awaits_key.discard(camera.stream)
        self.slots[camera.stream].on_config(CONFIG)

    def interrupt(self, camera: Camera, cause: GapCause) -> None:
        camera.connected = False
        self.slots[camera.stream].on_interrupted(cause, "as the script says", self._clock.now())

    def tick(self) -> None:
        for slot in self.slots.values():
            if slot.recorder is not None:
                slot.recorder.tick()

    def commit(self) -> None:
        if self.committer is not None:
            self.committer.commit_once()

    def commit_through(self) -> None:
        """As many commits as a volume that failed is let alone for: of hours that a leap passes over, the first minute.

        A pause is counted in commits, and a living recorder makes one each second."""
        for _ in range(RETRY_BATCHES_MAX):
            self.commit()
            if self.committer is None or not any(lane.tries or lane.retry_in for lane in self.committer.lanes):
                return

    def expire(self) -> None:
        """One pass over each volume and stream; what one refuses holds up no other."""
        if self.committer is None:
            return
        held = self._world.holds_now()
        believed = self._watch.look(self.committer.volumes)
        if believed.freeze is not None:
            self._world.frozen(believed.freeze.mark)
        for volume in self.committer.volumes:
            expiry = self._expiries.get(volume.id) or self._parts.expiry(self._disk, volume, self.committer)
            self._expiries[volume.id] = expiry
            for stream, slot in self.slots.items():
                if slot.recorder is not None and may_expire(believed, volume):
                    self._expire(expiry, volume, stream, held, believed.steps)

    def _expire(self, expiry: Expiry, volume: Volume, stream: StreamId, held: Holds, confirmed: Steps) -> None:
        try:
            for gone in expiry.once([stream], self._clock.now(), lambda: held, confirmed):
                self._world.say(f"expired {gone.volume}:{gone.container.path}")
        except (LocalError, OSError) as error:
            self._world.say(f"expiry of {stream} on {volume.id} failed: {error}")
        else:
            if not self._world.disk.at(volume.id).away:
                self._world.tell("expired", volume=volume.id, stream=stream)

    def close(self) -> None:
        """An orderly end."""
        for stream, slot in self.slots.items():
            if slot.recorder is not None:
                slot.recorder.close()
                self._world.tell("closed", stream=stream)
        if self.committer is not None:
            self.committer.stop()
