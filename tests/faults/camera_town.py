"""Simulated cameras that are really recorded in this process, in real time; the disk is in memory.

As a program it is a town on a bad line, in a network namespace of its own: `camera_town.py SECONDS PERCENT…` lets the
kernel drop so many of each camera's datagrams and prints what the chains say beside what the kernel counted;
`camera_town.py SECONDS half` leaves all of them half the bandwidth that they need.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from camera_chain import Recorded, Wrong, recorded_by

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.sources import open_source
from mingjian.capture.address import CameraAddress
from mingjian.capture.keeper import Keeper
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.media import TICKS_PER_SECOND, SourceSink
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.scene import Scene
from mingjian.simulator.shelf import LoopShelf
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.recorder import StreamRecorder

LOOP = LoopSpec(
    Scene(Place.CAR_PARK, "小区停车场", "CAR PARK"), width=320, height=180, seconds=2, gop=25, bitrate_bps=1_000_000
)
SPEC = CameraSpec(LOOP, guard=Guard.NONE, sei=False)

LIMIT_S, LOOK_S = 60, 0.1


class Town:
    """Made by `town`. Records from `record` on until the block ends."""

    def __init__(self, folder: Path) -> None:
        self.clock = SystemClock()
        self._house = recorded_by(folder)
        self.house = self._house.__enter__()
        self.house.limits = FragmentLimits(target_90k=TICKS_PER_SECOND)
        self.house.clock = self.clock  # type: ignore[assignment]  # real time, where the other tests have their own
        self.house.start(self.house.volumes)
        self._recorders: dict[str, StreamRecorder] = {}
        self._tasks: list[asyncio.Task[None]] = [asyncio.create_task(self._tick())]

    def record(self, name: str, camera: SimulatedCamera, *, transport: str = "tcp", wrong: type[Wrong] = Wrong) -> None:
        recorder = self._recorders[name] = self.house.open(name)
        sink: SourceSink = wrong(recorder)
        address = CameraAddress.parse(camera.url, transport=transport)  # type: ignore[arg-type]  # a text
        keeper = Keeper(
            open=lambda: open_source(address, self.clock),
            sink=sink,
            clock=self.clock,
            random=lambda: secrets.randbelow(1000) / 1000,
        )
        self._tasks.append(asyncio.create_task(keeper.run()))

    def found(self, name: str) -> Recorded:
        return Recorded(self.house, stream=name)

    def recorded_until(self, name: str) -> int:
        """The end of what is on the disk; 0 while nothing is."""
        return self._recorders[name].recorded_until or 0

    async def until(self, what: str, ready: Callable[[], object], limit_s: float = LIMIT_S) -> None:
        until = self.clock.monotonic_ns() + round(limit_s * SECOND_NS)
        while not ready():
            assert self.clock.monotonic_ns() < until, f"not within {limit_s} s: {what}"
            await asyncio.sleep(LOOK_S)

    async def whole_again(self, names: list[str], after_s: float = 0) -> None:
        """Each has a fragment that begins from then on and lacks nothing: what was missing before has shown by then."""
        since = self.clock.now() + round(after_s * SECOND_NS)
        for name in names:
            await self.until(f"{name} whole again", lambda name=name: whole_since(self.found(name), since))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            assert isinstance(outcome, asyncio.CancelledError), outcome
        for recorder in self._recorders.values():
            recorder.close()
        self._recorders.clear()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            for recorder in self._recorders.values():
                recorder.tick()
            self.house.committer.commit_once()

    def close(self) -> None:
        self._house.__exit__(None, None, None)


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    made = Town(folder)
    try:
        yield made
    finally:
        await made.stop()
        made.close()


@dataclass
class Line:
    """One camera's line: what the kernel dropped of it, and what its chain says."""

    percent: int
    transport: str
    dropped: int = 0
    passed: int = 0
    lost: int = 0
    unmarked: int = 0
    """Fragments that lack frames, and say nothing."""
    frames: int = 0
    seconds: float = 0
    causes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def told(line: Line, found: Recorded) -> Line:
    """What the chain says of a line."""
    line.lost, line.frames = found.total("lost"), found.total("frames")
    line.seconds = found.seconds
    line.unmarked = sum(
        one.integer("frames") < one.integer("dur") // 3600 and not one.integer("lost") and not one.integer("damaged")
        for one in found.fragments
    )
    line.causes, line.problems = tuple(found.causes), tuple(found.problems())
    return line


async def lossy(folder: Path, seconds: float, percents: list[int]) -> list[Line]:
    """Each percentage on UDP at an address of its own, and the greatest once more on TCP."""
    lines = [Line(percent, "udp") for percent in percents] + [Line(max(percents), "tcp")]
    nft("add table inet town")
    nft("add chain inet town in { type filter hook input priority 0 ; }")
    async with AsyncExitStack() as running:
        shelf = LoopShelf(folder / "loops")
        clock = SystemClock()
        records = await running.enter_async_context(town(folder))
        for number, line in enumerate(lines, 2):
            host = f"127.0.0.{number}"
            camera = await running.enter_async_context(SimulatedCamera(SPEC, clock, shelf, host=host, seed=number))
            nft(f"add rule inet town in ip saddr {host} meta l4proto {line.transport} counter")
            # connections are made before the line is bad: a lost SYN alone would cost seconds
            records.record(f"cam-{number}", camera, transport=line.transport)
        for number, line in enumerate(lines, 2):
            await records.until("a picture", lambda name=f"cam-{number}": records.found(name).fragments)
            bad = f"ip saddr 127.0.0.{number} meta l4proto {line.transport}"
            # of six hundred datagrams one in a hundred, drawn by chance, may be none
            drawn = "inc" if line.percent == 1 else "random"
            nft(f"add rule inet town in {bad} numgen {drawn} mod 100 < {line.percent} counter drop")
        await asyncio.sleep(seconds)
        nft("flush chain inet town in", before=lambda: counted(lines))
        await records.whole_again([f"cam-{number}" for number, _ in enumerate(lines, 2)])
        await records.stop()
        return [told(line, records.found(f"cam-{number}")) for number, line in enumerate(lines, 2)]


NARROW = 3
BUFFERS = "4096 16384 65536"
"""Of sockets: those of a loopback would hide a narrow line for half a minute."""


async def narrow(folder: Path, seconds: float) -> list[Line]:
    """Cameras on TCP whose line has half of what they need, for a while; `passed` is what the recorder held at most."""
    lines = [Line(50, "tcp") for _ in range(NARROW)]
    async with AsyncExitStack() as running:
        shelf = LoopShelf(folder / "loops")
        records = await running.enter_async_context(town(folder))
        spec = replace(SPEC, unsent_max=SMALL_BYTES)
        for number in range(NARROW):
            camera = SimulatedCamera(spec, SystemClock(), shelf, seed=number)
            records.record(f"cam-{number}", await running.enter_async_context(camera))
        for number in range(NARROW):
            await records.until("some", lambda name=f"cam-{number}": len(records.found(name).fragments) > 1)
        found = [records.found(f"cam-{number}") for number in range(NARROW)]
        needed = sum(one.total("bytes") / one.seconds for one in found)
        tc(f"add dev lo root tbf rate {round(needed * 8 / 2)}bit burst 128kb latency 200ms")
        peak = 0
        for _ in range(round(seconds / LOOK_S)):
            await asyncio.sleep(LOOK_S)
            peak = max(peak, records.house.committer.waiting_bytes)
        tc("del dev lo root")
        await records.whole_again([f"cam-{number}" for number in range(NARROW)], after_s=2)
        await records.stop()
        lines = [told(line, one) for line, one in zip(lines, found, strict=True)]
        for line in lines:
            line.passed = peak
        return lines


def small_buffers() -> None:
    for name in ("tcp_rmem", "tcp_wmem"):
        Path("/proc/sys/net/ipv4", name).write_text(BUFFERS)


def tc(command: str) -> None:
    subprocess.run(["tc", "qdisc", *command.split()], check=True)


SMALL_BYTES = 60_000
"""Half a second of a camera here."""


def whole_since(found: Recorded, since: int) -> bool:
    late = [one for one in found.fragments if one.t0 > since]
    return any(not one.integer("lost") and not one.integer("damaged") for one in late)


def counted(lines: list[Line]) -> None:
    """Read the kernel's counters into the lines."""
    listed = json.loads(subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True, check=True).stdout)
    for item in listed["nftables"]:
        parts = item.get("rule", {}).get("expr", [])
        (address,) = [part["match"]["right"] for part in parts if _of_address(part)] or [""]
        counters = [part["counter"]["packets"] for part in parts if "counter" in part]
        if address and counters:
            line = lines[int(address.rpartition(".")[2]) - 2]
            name = "dropped" if any("drop" in part for part in parts) else "passed"
            setattr(line, name, counters[0])


def _of_address(part: dict[str, object]) -> bool:
    match = part.get("match")
    return isinstance(match, dict) and match["left"].get("payload", {}).get("field") == "saddr"


def nft(command: str, before: Callable[[], None] | None = None) -> None:
    if before is not None:
        before()
    subprocess.run(["nft", *command.split()], check=True)


if __name__ == "__main__":
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder, lasting = Path(scratch), float(sys.argv[1])
        (folder / "loops").mkdir()
        if sys.argv[2] == "half":
            small_buffers()
            out = asyncio.run(narrow(folder, lasting))
        else:
            out = asyncio.run(lossy(folder, lasting, [int(text) for text in sys.argv[2:]]))
    print(json.dumps([asdict(line) for line in out]))
