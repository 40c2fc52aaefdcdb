"""One run: a seed decides who acts when, what goes wrong, and what the media keep."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from history.acts import History
from history.judge import Finding, judge, judge_ledger
from mingjian.bootstrap.clock_watch import ClockWatch
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, ManualClock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.expiry import Hold
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume, VolumeIdentity, VolumeKind, create
from simulation.disk import Died, SimDisk
from simulation.ledger_side import Keeper, Template
from simulation.parts import REAL, Parts
from simulation.recorder_side import INTERRUPTIONS, Camera, Recorder
from storage_world import SIGNER, FakeHeads

DAY_S = 86_400
FLOOR_S, CEILING_S = 30 * DAY_S, 31 * DAY_S
"""The real terms: virtual time makes a month cheap."""
AGAIN_S = 5.0
"""How often a fault that lasts is told to the history."""
MACHINE = ("kill", "power", "stop", "keeper-kill", "second-writer", "catalogue")
DISKS = ("disk-error", "sync-error", "full", "read-only", "slow", "away", "both-away", "flip", "unreadable")
CLOCK = ("clock-forward", "clock-back", "clock-little")
FAULTS = (*MACHINE, *DISKS, *CLOCK, "camera")
"""What may go wrong; a hold is no fault, and comes by itself."""


@dataclass(frozen=True)
class Plan:
    """How a run is laid out: which faults may come, how long footage is recorded, whether a month passes."""

    faults: Sequence[str] = FAULTS
    spells: int = 3
    spell_s: int = 40
    month: float = 0.3
    """Probability that more than the ceiling passes."""
    dies_at: str = ""
    """Where the process dies, if it is to die: half-way in a call and path that begin so; anywhere when empty."""


USUAL = Plan()


class World:
    """The house of one seed. `run` gives what does not hold; `trace` says what happened."""

    def __init__(self, seed: int, folder: Path, template: Template, parts: Parts = REAL, plan: Plan = USUAL) -> None:
        self.rng, self._marks = random.Random(seed), random.Random(seed)
        self.clock = ManualClock()
        self.trace: list[str] = []
        self.history = History()
        self.disk = SimDisk(random.Random(self.rng.random()), lambda: self.clock.wall)
        self.disk.slept = self.clock.advance
        self.memory = FakeHeads()
        self._found: list[Finding] = []
        self._plan, self._parts = plan, parts
        self._queue: list[tuple[int, float, int, str, Callable[[], None]]] = []
        self._events = 0
        self._fatal: tuple[int, bool] | None = None
        self._fatal_half = False
        self._acting = ""
        self._lasting: dict[str, tuple[int, Callable[[], None]]] = {}
        self._folder, self._boots, self._frozen = folder, 0, ""
        self._holds: list[tuple[Hold, int]] = []
        self.volumes = [
            create(self.disk, f"/v{number}", self._identity(f"v{number}"), SIGNER)
            for number in range(1, self.rng.choice((1, 2, 2)) + 1)
        ]
        self.disk.call = self._called
        self.keeper = Keeper(self, folder, template, parts)
        self.keeper.files.call = self._called
        self.cameras = [
            Camera(StreamId(f"cam-{number}"), random.Random(self.rng.random()))
            for number in range(1, self.rng.choice((1, 2, 3)) + 1)
        ]
        self.recorder: Recorder | None = None

    def _identity(self, name: str) -> VolumeIdentity:
        return VolumeIdentity(name, VolumeKind.STANDARD, "test", self.clock.now(), FLOOR_S, CEILING_S)

    # --- told by the parts ---

    def say(self, text: str) -> None:
        """A line of the trace."""
        seconds = self.clock.monotonic / SECOND_NS
        self.trace.append(f"{seconds:>14.3f} {self.clock.wall // SECOND_NS} {self._acting:<9} {text}")

    def tell(self, kind: str, **fields: Any) -> None:
        """An act for the history."""
        self.history.add(kind, self.clock.monotonic, self.clock.wall, **fields)
        if kind not in ("sent", "acknowledged", "committed", "served", "left", "headed", "expired"):
            self.say(f"{kind} {fields or ''}")

    def broken(self, invariant: str, text: str) -> None:
        """A part of the product said itself that something is wrong."""
        self.say(f"BROKEN {invariant} {text}")
        self._found.append(Finding(invariant, text))

    def watch(self, disk: Disk, clock: Clock) -> ClockWatch:
        """The installation's look at its clock, as this start of the machine has it."""
        return ClockWatch(self._folder, disk, clock, f"boot-{self._boots}", self._random)

    def begin_watch(self, disk: Disk, clock: Clock, volumes: Sequence[Volume]) -> None:
        """The look before anything is recorded. Its mark is of another source: seeds stay what they were without it."""
        ClockWatch(self._folder, disk, clock, f"boot-{self._boots}", self._marks.randbytes).look(volumes)

    def _random(self, count: int) -> bytes:
        return self.rng.randbytes(count)

    def frozen(self, mark: str) -> None:
        """Expiry stands still; two persons will confirm the clock, sooner or later."""
        if mark == self._frozen:
            return
        self._frozen = mark
        self.say(f"expiry frozen: {mark}")
        self.tell("frozen")
        self._at(self.rng.choice((60, 3 * 3600, 2 * DAY_S)), "persons", lambda: self._confirm(mark))

    def _confirm(self, mark: str) -> None:
        if self.watch(self.disk, self.clock).release(mark) is not None:
            self.say(f"confirmed: {mark}")
            self.tell("believed")

    def holds_now(self) -> list[Hold]:
        return [hold for hold, until in self._holds if self.clock.monotonic < until]

    # --- the scheduler ---

    def _at(self, delay_s: float, name: str, what: Callable[[], None]) -> None:
        self._events += 1
        when = self.clock.monotonic + max(0, round(delay_s * SECOND_NS))
        heapq.heappush(self._queue, (when, self.rng.random(), self._events, name, what))

    def _every(self, seconds: float, name: str, what: Callable[[], None]) -> None:
        def again() -> None:
            self._every(seconds, name, what)  # first: whatever happens to this one, the next will come
            what()

        self._at(seconds * self.rng.uniform(0.9, 1.1), name, again)

    def _pass(self, seconds: float) -> None:
        """Let the events of so many seconds happen."""
        end = self.clock.monotonic + round(seconds * SECOND_NS)
        while self._queue and self._queue[0][0] <= end:
            when, _, _, name, what = heapq.heappop(self._queue)
            if when > self.clock.monotonic:
                self.clock.advance((when - self.clock.monotonic) / SECOND_NS)
            self._act(name, what)
        if end > self.clock.monotonic:
            self.clock.advance((end - self.clock.monotonic) / SECOND_NS)

    def _act(self, name: str, what: Callable[[], None]) -> None:
        self._acting = name
        try:
            what()
        except Died:
            self._crash(power=bool(self._fatal and self._fatal[1]))
        except MingjianError as error:
            self.say(f"not done: {error}")
        except OSError as error:
            self.say(f"not done: {error!r}")
        finally:
            self._acting = ""

    def _called(self, operation: str, path: str, half: bool) -> None:
        """Each call of a medium: perhaps the last one."""
        if self._fatal is None:
            return
        if self._plan.dies_at:
            if half and f"{operation} {path}".startswith(self._plan.dies_at):
                self.say(f"dies at {operation} {path} half-way")
                raise Died
            return
        if half and not self._fatal_half:
            return
        left, power = self._fatal
        self._fatal = (left - 1, power)
        if left <= 0:
            self.say(f"dies at {operation} {path}{' half-way' if half else ''}")
            raise Died

    # --- processes ---

    def _start(self) -> None:
        if self.recorder is not None:
            return
        self.tell("started")
        self.recorder = Recorder(self, self._parts, self.cameras)
        self.recorder.look()

    def _crash(self, *, power: bool) -> None:
        """The recorder is gone, and with the power the keeper too; both come back."""
        self._fatal = None
        self._acting = "world"
        self.tell("crashed", power=power)
        self.recorder = None
        if power:
            self.keeper.stop()
            self._boots += 1
            self.disk.power_cut()
            self.keeper.power_cut()
            self._judge_ledger()
            self.keeper.start()
        else:
            self.disk.kill()
            if self.rng.random() < 0.3:
                self.keeper.stop()
                self.keeper.start()
        self._at(self.rng.choice((0.1, 1.0, 5.0, 30.0)), "recorder", self._start)
        if self.rng.random() < 0.3:  # the start may die as well
            self._fatal, self._fatal_half = (self.rng.randrange(1, 40), self.rng.random() < 0.5), self._half()

    def _half(self) -> bool:
        return self.rng.random() < 0.5

    def _judge_ledger(self) -> None:
        for finding in judge_ledger(self.history, self.keeper.files.visible()):
            self.broken(finding.invariant, finding.text)

    def _with_recorder(self, what: Callable[[Recorder], None]) -> Callable[[], None]:
        def act() -> None:
            if self.recorder is not None:
                what(self.recorder)

        return act

    def _with_camera(self, camera: Camera) -> None:
        """The next frame of a camera; a GOP a fragment, now and then a longer one."""

        def frame() -> None:
            self._with_camera(camera)
            if self.recorder is not None and camera.connected:
                self.recorder.frame(camera)

        self._at(self.rng.uniform(3.6, 4.4), camera.stream, frame)

    # --- the run ---

    def run(self) -> list[Finding]:
        """The whole life of the house; what did not hold in it."""
        self._at(0, "recorder", self._start)
        for camera in self.cameras:
            self._at(self.rng.uniform(0, 2), camera.stream, lambda camera=camera: self._connect(camera))
            self._with_camera(camera)
        self._every(1.0, "recorder", self._with_recorder(Recorder.tick))
        self._every(1.0, "commit", self._with_recorder(Recorder.commit))
        self._every(5.0, "recorder", self._with_recorder(Recorder.look))
        self._every(30.0, "expiry", self._with_recorder(Recorder.expire))
        self._every(8.0, "keeper", self.keeper.tail)
        self._every(14.0, "keeper", self.keeper.append_heads)
        self._every(12.0, "keeper", self.keeper.publish)
        self._every(17.0, "viewer", lambda: self.keeper.view(self.rng.choice(self.cameras).stream))
        self._every(AGAIN_S, "world", self._last)
        for spell in range(self._plan.spells):
            for _ in range(self.rng.choice((1, 2, 2, 3))):
                fault = self.rng.choice(self._plan.faults)
                self._at(self.rng.uniform(4, self._plan.spell_s), "world", lambda fault=fault: self._fault(fault))
            self._pass(self._plan.spell_s)
            if self.rng.random() < self._plan.month:
                self._month()
            elif spell and self.rng.random() < 0.2:
                self._leap(self.rng.uniform(0.2, 3) * DAY_S, self.rng.choice((3, 6)))
        self._end()
        return sorted(set(self._found))

    def _connect(self, camera: Camera) -> None:
        if camera.connected:
            return
        camera.connected = True
        if self.recorder is not None:
            self.recorder.connect(camera)

    def _leap(self, seconds: float, steps: int) -> None:
        """Nobody films; now and then somebody wakes."""
        self._acting = "world"
        self.say(f"leap of {seconds / 3600:.1f} h")
        self._heal()
        for camera in self.cameras:
            if camera.connected:
                camera.connected = False
                if self.recorder is not None:
                    self.recorder.interrupt(camera, INTERRUPTIONS[0])
        later, self._queue = self._queue, []
        begin = self.clock.monotonic
        for step in range(steps):
            self.tell("paused")
            self.clock.advance(seconds / steps)
            self._pass(0)  # what the leap itself brought about: who starts again, who confirms the clock
            for name, what in (
                ("recorder", self._start),
                ("recorder", self._with_recorder(Recorder.look)),
                ("recorder", self._with_recorder(Recorder.tick)),
                ("commit", self._with_recorder(Recorder.commit_through)),
                ("expiry", self._with_recorder(Recorder.expire)),
                ("keeper", self.keeper.tail),
            )[: 6 if step % 6 == 0 else 5]:
                self._act(name, what)
        self.tell("paused")
        passed = self.clock.monotonic - begin
        self._queue += [(when + passed, *rest) for when, *rest in later]
        heapq.heapify(self._queue)
        for camera in self.cameras:
            self._at(self.rng.uniform(0.5, 3), camera.stream, lambda camera=camera: self._connect(camera))

    def _heal(self) -> None:
        """Every disk is well again."""
        for at in self.disk.faults.values():
            at.away = at.read_only = False
            at.failing = at.unreadable = 0.0
            at.sync_fails = at.slow = 0
            at.free_bytes = None
        self._lasting.clear()

    def _month(self) -> None:
        """More than the ceiling passes, so that what was recorded goes."""
        self._leap((CEILING_S + 2.5 * DAY_S), 50)

    # --- what goes wrong ---

    def _fault(self, name: str) -> None:
        volume = self.rng.choice(self.volumes).id
        at = self.disk.at(volume)
        calls = self.rng.randrange(1, 60)
        self.say(f"fault {name} {volume}")
        if name in ("kill", "power"):
            if self.recorder is not None:
                self._fatal, self._fatal_half = (calls, name == "power"), self._half()
        elif name == "keeper-kill":
            self.keeper.stop()
            self.keeper.start()
        elif name == "stop":
            self._stop()
        elif name == "disk-error":
            at.failing = self.rng.choice((0.1, 0.5, 1.0))
            self._for(volume, "failing", self.rng.uniform(1, 12), lambda: setattr(at, "failing", 0.0))
        elif name == "sync-error":
            at.sync_fails = self.rng.choice((1, 1, 2, 4))
            self._for(volume, "sync", 8, lambda: None)
        elif name == "full":
            at.free_bytes = self.rng.randrange(0, 9000)
            self._for(volume, "full", self.rng.uniform(3, 25), lambda: setattr(at, "free_bytes", None))
        elif name == "read-only":
            at.read_only = True
            self._for(volume, "read-only", self.rng.uniform(3, 20), lambda: setattr(at, "read_only", False))
        elif name == "slow":
            at.slow = self.rng.randrange(1, 5)
            self._for(volume, "slow", 15, lambda: None)
        elif name == "away":
            self._away([volume])
        elif name == "both-away":
            self._away([volume.id for volume in self.volumes])
        elif name == "unreadable":
            at.unreadable = 0.3
            self._for(volume, "unreadable", self.rng.uniform(2, 10), lambda: setattr(at, "unreadable", 0.0))
        elif name.startswith("clock"):
            self._step(name)
        elif name == "camera":
            self._interrupt(self.rng.choice(self.cameras))
        elif name == "flip":
            self._flip()
        elif name == "second-writer":
            self._second_writer()
        elif name == "catalogue":
            self.keeper.lose_catalogue()
        elif name == "hold":
            self._hold()

    def _for(self, volume: str, what: str, seconds: float, end: Callable[[], None]) -> None:
        """A fault that lasts: told again and again while it does, and a while longer."""

        def over() -> None:
            end()
            self.say(f"over: {what} on {volume}")

        self._lasting[f"{what} {volume}"] = (self.clock.monotonic + round((seconds + 20) * SECOND_NS), over)
        self.tell("fault", what=what, streams=["*"])
        self._at(seconds, "world", over)

    def _last(self) -> None:
        for what, (until, _) in list(self._lasting.items()):
            self.tell("fault", what=what, streams=["*"])
            if self.clock.monotonic > until:
                del self._lasting[what]

    def _away(self, volumes: list[str]) -> None:
        for volume in volumes:
            at = self.disk.at(volume)
            at.away = True
            self._for(volume, "away", self.rng.uniform(3, 25), lambda at=at: setattr(at, "away", False))

    def _step(self, name: str) -> None:
        seconds = {"clock-forward": 40.0 * DAY_S, "clock-back": -3600.0}.get(name) or self.rng.uniform(-30, 60)
        self.clock.step_wall(seconds)
        self.tell("stepped", by_ns=round(seconds * SECOND_NS))

    def _interrupt(self, camera: Camera) -> None:
        if not camera.connected:
            return
        camera.connected = False
        if self.recorder is not None:
            self.recorder.interrupt(camera, self.rng.choice(INTERRUPTIONS))
        self._at(self.rng.uniform(1, 40), camera.stream, lambda: self._connect(camera))

    def _flip(self) -> None:
        """A byte of footage reads wrong from now on."""
        files = sorted(
            path for path, file in self.disk.files.items() if path.endswith(".mp4") and len(file.medium) > 900
        )
        if not files:
            return
        path = self.rng.choice(files)
        offset = self.rng.randrange(len(self.disk.files[path].medium))
        self.disk.flip(path, offset)
        _, volume, file = path.split("/", 2)
        self.tell("damaged", volume=volume, file=file, off=offset, bytes=1)

    def _second_writer(self) -> None:
        """Another recorder is started while the first one only sleeps, and soon dies: it may not write, but where the
        first lost its lock with a volume."""
        if self.recorder is None:
            return
        first = self.disk.next_handle
        second = Recorder(self, self._parts, self.cameras)
        try:
            second.look()
            if second.committer is not None:
                second.commit()
        finally:
            self.disk.kill_since(first)
        self.say(f"second writer got {[s for s, slot in second.slots.items() if slot.recorder is not None]}")

    def _hold(self) -> None:
        stream = self.rng.choice(self.cameras).stream
        now = self.clock.now()
        period = Period(UtcNs(now - 20 * SECOND_NS), UtcNs(now + 10 * SECOND_NS))
        until = self.clock.monotonic + 400 * DAY_NS
        self._holds.append((Hold(stream, period), until))
        self.tell("held", stream=stream, t0=int(period.start), t1=int(period.end), until_ns=until)

    def _stop(self) -> None:
        if self.recorder is None:
            return
        self.recorder.close()
        self.tell("stopped")
        self.recorder = None
        self.disk.kill()
        self._at(self.rng.choice((0.5, 20.0)), "recorder", self._start)

    # --- the end ---

    def _end(self) -> None:
        """Every fault is over; one more start settles what is left, and the judge is called."""
        self._fatal = None
        self._heal()
        if self.rng.random() < 0.5:
            self._crash(power=True)
        else:
            self._act("world", self._stop)
        self._fatal = None
        self._queue = [event for event in self._queue if event[3] != "world"]
        heapq.heapify(self._queue)
        self._at(0.05, "recorder", self._start)
        self._pass(25)
        self._act("recorder", self._start)
        self._pass(8)
        self._act("expiry", self._with_recorder(Recorder.expire))
        self._acting = "recorder"
        assert self.recorder is not None
        self.recorder.close()
        self.tell("stopped")
        self._acting = "keeper"
        for _ in range(20):
            self.keeper.tail()
            if not self.keeper.seen.behind:
                break
        self.keeper.append_heads()
        self.keeper.publish()
        self.keeper.stop()
        visible = [self.disk.visible(volume.id) for volume in self.volumes]
        self._found += judge(
            self.history,
            visible,
            ledger_files=self.keeper.files.visible(),
            catalogue=self.keeper.catalogue_path,
        )
