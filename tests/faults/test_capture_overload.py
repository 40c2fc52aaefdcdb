"""More cameras than the machine carries: sub streams go first, then main streams under the cause `overload`.

The machine is a figure: what its cameras send beyond its capacity waits, as it would in sockets and queues. Keepers,
recorders and chain are the real ones; time is the test's.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mingjian.audit.chain import EntryKind, coverage, parse
from mingjian.bootstrap.health import recorder_said
from mingjian.bootstrap.overload import Overload, Pulled, wanted_core_ns
from mingjian.bootstrap.recorder_slot import RecorderSlot
from mingjian.capture.keeper import Keeper
from mingjian.capture.shedding import Load, Shed, Shedder
from mingjian.governance.health import Standing, Word, findings
from mingjian.governance.readings import Readings
from mingjian.kernel.clock import SECOND_NS, ManualClock
from mingjian.kernel.media import AccessUnit, SourceSink
from mingjian.storage.recorder import StreamRecorder
from mingjian.transport.backlog import Interrupted
from mingjian.transport.demand import run_on_demand
from mingjian.transport.hub import Hub
from mingjian.transport.meter import Tee
from storage_world import CONFIG, FRAME_90K, FakeDisk, House, frame_bytes

FRAMES = 5
"""A second has so few frames here: what is counted is seconds."""
BOUND_S = 16
"""Seconds of all main streams that may wait before the bound of what waits is passed."""
SUB_COST = 0.25
"""What a sub stream costs, in main streams."""


class Camera:
    """A source that delivers a second of video whenever it is told, as long as it is connected."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.sink: SourceSink | None = None
        self._pts = 0

    async def run(self, sink: SourceSink) -> None:
        sink.on_config(CONFIG)
        self.sink, self._pts = sink, 0
        try:
            await asyncio.Event().wait()
        finally:
            self.sink = None

    def frame(self, number: int) -> None:
        if self.sink is not None and (number == 0 or self._pts):
            self.sink.on_access_unit(AccessUnit(self._pts, number == 0, frame_bytes(self._pts), self._clock.now()))
            self._pts += 90_000 // FRAMES


@dataclass
class Machine:
    """So many cameras, each with a sub stream that somebody watches, on a machine that carries `capacity` of them."""

    folder: Path
    cameras: int
    capacity: float
    shedder: Shedder
    keeper: type[Keeper] = Keeper
    waiting: float = 0.0
    peak: float = 0.0
    history: list[tuple[int, Shed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.house = House(FakeDisk(), self.folder / "catalogue.sqlite")
        self.clock = self.house.clock
        self.overload = Overload(self.clock, lambda: self.clock.monotonic_ns(), self.shedder)
        self.mains = {f"cam-{number:02}": Camera(self.clock) for number in range(self.cameras)}
        self.subs = {name: Camera(self.clock) for name in self.mains}
        self.hubs = {name: Hub() for name in self.mains}
        self.recorders: dict[str, StreamRecorder] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for name, camera in self.mains.items():
            slot = RecorderSlot(self.clock.now())
            slot.fill(self.house.open(name))
            self.recorders[name] = slot.recorder or pytest.fail("no recorder")
            main = self._keeper(camera, slot)
            sub = self._keeper(self.subs[name], Tee(self.hubs[name]))
            self._run(main.run())
            self._run(run_on_demand(self.hubs[name], sub.run, self.clock))
            self.overload.add(name, Pulled(main, sub, lambda slot=slot: slot.newest_media_90k, lambda: False))

    def _keeper(self, camera: Camera, sink: SourceSink) -> Keeper:
        return self.keeper(open=lambda: camera, sink=sink, clock=self.clock, random=lambda: 0.0)

    def _run(self, work: object) -> None:
        self.tasks.append(asyncio.ensure_future(work))  # type: ignore[arg-type]  # two kinds of coroutines

    async def seconds(self, count: int) -> None:
        for _ in range(count):
            for number in range(FRAMES):
                for camera in (*self.mains.values(), *self.subs.values()):
                    camera.frame(number)
                self.clock.advance(1 / FRAMES)
            load = sum(camera.sink is not None for camera in self.mains.values())
            load += SUB_COST * sum(camera.sink is not None for camera in self.subs.values())
            self.waiting = max(0.0, self.waiting + (load - self.capacity) / self.cameras / BOUND_S)
            self.peak = max(self.peak, self.waiting)
            self.history.append((self.clock.now(), self.overload.look(self.waiting)))
            for recorder in self.recorders.values():
                recorder.tick()
            self.house.committer.commit_once()
            await settle()

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for recorder in self.recorders.values():
            recorder.close()
        self.house.catalogue.close()

    def recording(self) -> int:
        return sum(recorder.interrupted is None for recorder in self.recorders.values())


async def settle() -> None:
    """Let every task take the steps that it can take."""
    for _ in range(20):
        await asyncio.sleep(0)


def broken(machine: Machine) -> list[str]:
    """The promises that a life under overload broke, read from its history and from the chains alone."""
    found = []
    if any(shed.mains and not shed.subs for _, shed in machine.history):
        found.append("a main stream was given up before the sub streams")
    if machine.peak >= 1:
        found.append("the bound of what waits was passed")
    for name in machine.mains:
        lines = [
            line
            for path, file in sorted(machine.house.disk.files.items())
            if path.startswith(f"/v1/{name}/chain/")
            for line in bytes(file.data).splitlines()
        ]
        entries = [entry for entry in map(parse, lines) if entry.kind in (EntryKind.FRAG, EntryKind.GAP)]
        if any(after.t0 != before.t1 for before, after in itertools.pairwise(entries)):
            found.append("a second is neither recorded nor a gap")
        shed = [at for at, shed in machine.history if name in shed.mains]
        for at in shed:
            causes = {
                entry.text("cause") for entry in entries if entry.kind is EntryKind.GAP and entry.t0 < at <= entry.t1
            }
            if causes not in ({"overload"}, set()):
                found.append(f"a gap of overload is called {causes}")
        gaps = [gap for gap in coverage(entries)[1] if gap.cause == "overload"]
        if shed and not gaps:
            found.append("footage given up is in no gap of that cause")
        if not all(entry.text("evidence") for entry in entries if entry.text("cause") == "overload"):
            found.append("an overload without evidence")
    return sorted(set(found))


async def lived(folder: Path, shedder: Shedder, keeper: type[Keeper] = Keeper) -> Machine:
    """Sixteen cameras where ten fit, for a minute."""
    machine = Machine(folder, cameras=16, capacity=10.0, shedder=shedder, keeper=keeper)
    machine.start()
    readers = [hub.open() for hub in machine.hubs.values()]
    await settle()
    await machine.seconds(60)
    for reader in readers:
        reader.close()
    await machine.stop()
    return machine


async def test_it_sheds_sub_streams_first_then_the_least_wanted_and_the_rest_is_recorded_whole(tmp_path: Path) -> None:
    machine = Machine(tmp_path, cameras=16, capacity=10.0, shedder=Shedder())
    machine.start()
    readers = {name: hub.open() for name, hub in machine.hubs.items()}
    await settle()
    await machine.seconds(180)
    assert 5 <= machine.recording() <= 10
    kept = [name for name, recorder in machine.recorders.items() if recorder.interrupted is None]
    assert kept == list(machine.mains)[: len(kept)], "those put on record last are given up first"
    told = [item async for item in taken(readers["cam-00"]) if isinstance(item, Interrupted)]
    assert [item.cause.value for item in told] == ["overload"], "a viewer is told why"
    late = machine.hubs["cam-00"].open()
    assert isinstance(await anext(late), Interrupted), "and so is one who comes meanwhile"

    report = machine.overload.report()
    assert report is not None
    assert (report["mains"], report["cameras"]) == (16 - len(kept), 16)
    said = recorder_said(0, machine.clock.now(), {"main": {"expiry_failure": None, "overload": report}})
    (finding,) = [
        one for one in findings(Readings(machine.clock.now(), machine.clock.now(), recorders=[said])) if one.name == "0"
    ]
    assert (finding.standing, finding.word) == (Standing.BREACHED, Word.RECORDER_OVERLOADED)
    assert finding.figures == {"shed": 16 - len(kept), "cameras": 16}

    machine.capacity = 100.0
    await machine.seconds(600)
    assert machine.recording() == 16
    assert machine.overload.report() is None
    assert all(camera.sink is not None for camera in machine.subs.values()), "watched sub streams come back"
    await machine.stop()
    assert broken(machine) == []
    assert machine.house.problems() == []
    never = [name for name in machine.mains if not any(name in shed.mains for _, shed in machine.history)]
    assert len(never) >= 5
    for name in never:
        chain = [path for path in machine.house.disk.files if path.startswith(f"/v1/{name}/chain/")]
        entries = [parse(line) for path in chain for line in bytes(machine.house.disk.files[path].data).splitlines()]
        assert [entry.text("cause") for entry in entries if entry.kind is EntryKind.GAP and entry.seq > 1] == []


async def taken(reader: object) -> Sequence[object]:
    """What waits for a reader now."""
    while True:
        try:
            async with asyncio.timeout(0):
                yield await anext(reader)
        except TimeoutError:
            return


class MainsFirst(Shedder):
    """mutant_mains_first: sub streams stay until main streams have gone."""

    def look(self, load: Load, recording: Sequence[str], now_ns: int) -> Shed:
        shed = super().look(load, recording, now_ns)
        return Shed(False, shed.mains | frozenset(recording[:2] if shed.subs else ()), shed.why)


class Never(Shedder):
    """mutant_never_sheds: everything is taken until something breaks."""

    def look(self, load: Load, recording: Sequence[str], now_ns: int) -> Shed:
        return Shed()


class NoCause(Keeper):
    """mutant_gap_without_cause: the connection is ended and nobody is told why."""

    def shed(self, evidence: str) -> None:
        super().shed("")
        self._told = None
        self._tell = lambda cause, said: None  # type: ignore[method-assign]  # the planted fault


MUTANTS = [
    pytest.param(MainsFirst, Keeper, "a main stream was given up before the sub streams", id="mutant_mains_first"),
    pytest.param(Never, Keeper, "the bound of what waits was passed", id="mutant_never_sheds"),
    pytest.param(Shedder, NoCause, "footage given up is in no gap of that cause", id="mutant_gap_without_cause"),
]


@pytest.mark.parametrize(("shedder", "keeper", "said"), MUTANTS)
async def test_mutants_are_caught(shedder: type[Shedder], keeper: type[Keeper], said: str, tmp_path: Path) -> None:
    assert said in broken(await lived(tmp_path, shedder(), keeper))


async def test_a_camera_whose_record_changes_meanwhile_stays_given_up(tmp_path: Path) -> None:
    clock = ManualClock()
    overload = Overload(clock, lambda: 0, shedder := Shedder())
    names = ["a", "b"]
    told: dict[str, list[str]] = {}

    class Told(Keeper):
        def __init__(self, name: str) -> None:
            self._name = name

        def shed(self, evidence: str) -> None:
            told.setdefault(self._name, []).append(evidence)

        def resume(self) -> None:
            told.setdefault(self._name, []).append("")

    def pulled(name: str) -> Pulled:
        return Pulled(Told(f"{name} main"), Told(f"{name} sub"), lambda: 1, lambda: name == "b")

    for name in names:
        overload.add(name, pulled(name))
    for _ in range(40):
        clock.advance(1)
        overload.look(0.9)
    assert {name for name, words in told.items() if words[-1]} == {"a sub", "b sub", "a main"}, "b is watched"
    told.clear()
    overload.remove("a")
    overload.add("a", pulled("a"))
    assert all(told[f"a {stream}"] == ["write queue 90% full"] for stream in ("main", "sub"))
    assert shedder.look(Load(0, 0, None, 0), names, clock.monotonic_ns()).subs


async def test_video_that_is_not_taken_in_time_is_overload_only_of_a_machine_that_is_busy() -> None:
    for busy, speed, sheds in ((1.0, 0.8, True), (1.0, 1.0, False), (0.3, 0.5, False)):
        clock, spent, media = ManualClock(), 0, 0
        overload = Overload(clock, lambda: spent)  # noqa: B023 - read within this turn
        overload.add("a", Pulled(Keeper.__new__(Keeper), None, lambda: media, lambda: False))  # noqa: B023 - as above
        for _ in range(20):
            clock.advance(1)
            spent += round(busy * SECOND_NS)
            media += round(speed * 90_000)
            overload.look(0.0)
        assert (overload.report() is not None) is sheds


def test_what_comes_late_may_be_late_by_us_until_the_strain_has_been_over_for_a_while() -> None:
    """Busy, or woken late: else an idle process has read all that came, and the camera's clock is to blame."""
    for busy, late_s in ((1.0, 0.0), (0.3, 1.5)):
        clock, spent = ManualClock(), 0
        overload = Overload(clock, lambda: spent)  # noqa: B023 - read within this turn
        told = []
        for look in range(40):
            strained = 5 <= look < 10
            passed = 1 + (late_s if strained else 0)
            clock.advance(passed)
            spent += round((busy if strained else 0.3) * passed * SECOND_NS)
            overload.look(0.0)
            told.append(overload.late)
        assert told[:5] == [False] * 5
        assert told[5:20] == [True] * 15
        assert told[25:] == [False] * 15


def test_a_core_that_was_waited_for_is_no_leisure(tmp_path: Path) -> None:
    """Where others have the machine, or a container's limit holds, an overloaded process has little of a core."""
    scheduled = tmp_path / "schedstat"
    for text, waited_ns in (("5 7000000000 3\n", 7 * SECOND_NS), ("", 0)):
        scheduled.write_text(text)
        before = time.process_time_ns()
        assert before + waited_ns <= wanted_core_ns(scheduled) <= time.process_time_ns() + waited_ns
    assert wanted_core_ns(tmp_path / "nothing") <= time.process_time_ns()
    assert wanted_core_ns() >= time.process_time_ns() - SECOND_NS, "as this kernel tells it"


def test_what_a_slow_disk_is_writing_counts_as_waiting(tmp_path: Path) -> None:
    house = House(FakeDisk(), tmp_path / "catalogue.sqlite")
    seen: list[float] = []
    recorder = house.open()
    house.committer.commit_once()
    house.disk.before = lambda operation, path: seen.append(house.committer.unwritten_share)
    recorder.on_config(CONFIG)
    for number in range(250):
        unit = AccessUnit(number * FRAME_90K, number % 25 == 0, frame_bytes(number, 4000), house.clock.now())
        recorder.on_access_unit(unit)
        house.clock.advance(0.04)
    queued = house.committer.unwritten_share
    assert queued > 0
    house.committer.commit_once()
    assert set(seen) == {queued}, "as long as it is written"
    assert house.committer.unwritten_share == 0
    recorder.close()
    house.catalogue.close()
