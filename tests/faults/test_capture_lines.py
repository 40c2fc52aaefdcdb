"""Lines that lose, turn round and cut off, in real time: loss is marked, no other is touched, gaps can be read."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from camera_chain import Wrong
from camera_town import SPEC, Line, told, town

from mingjian.adapters.system_clock import SystemClock
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import GapCause
from mingjian.simulator.faults import Fault
from mingjian.simulator.park import CameraPark
from mingjian.simulator.rtsp_camera import SimulatedCamera
from mingjian.simulator.shelf import LoopShelf

HERE = Path(__file__).parent
SECONDS = 4.0


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


class Unmarked(Wrong):
    """mutant_loss_unmarked: what is missing is told to nobody."""

    def on_lost(self, packets: int) -> None:
        """Not handed on."""


async def on_udp(
    folder: Path, shelf: LoopShelf, faults: dict[str, tuple[Fault, float, type[Wrong]]]
) -> dict[str, Line]:
    """So many cameras on UDP, each with one fault, for some seconds."""
    async with AsyncExitStack() as running:
        cameras: dict[str, SimulatedCamera] = {}
        records = await running.enter_async_context(town(folder))
        for seed, (name, (_, _, wrong)) in enumerate(faults.items()):
            one = SimulatedCamera(SPEC, SystemClock(), shelf, seed=seed)
            cameras[name] = await running.enter_async_context(one)
            records.record(name, cameras[name], transport="udp", wrong=wrong)
        for name, camera in cameras.items():
            await records.until("a picture", lambda name=name: records.found(name).fragments)
            camera.set_fault(faults[name][0], faults[name][1])
        await asyncio.sleep(SECONDS)
        for name, camera in cameras.items():
            camera.clear_fault(faults[name][0])
        await records.whole_again(list(cameras))
        await records.stop()
        return {name: told(Line(0, "udp"), records.found(name)) for name in cameras}


async def test_loss_on_udp_is_marked_and_packets_out_of_order_are_none(tmp_path: Path, shelf: LoopShelf) -> None:
    found = await on_udp(
        tmp_path,
        shelf,
        {
            "one": (Fault.DROP, 1, Wrong),
            "five": (Fault.DROP, 5, Wrong),
            "thirty": (Fault.DROP, 30, Wrong),
            "turned": (Fault.REORDER, 30, Wrong),
            "unmarked": (Fault.DROP, 30, Unmarked),
        },
    )
    for line in found.values():
        assert (line.causes, line.problems) == ((), ()), "no second is missing"
        assert line.seconds >= SECONDS
    assert 0 < found["one"].lost < found["five"].lost < found["thirty"].lost
    assert all(found[name].unmarked == 0 for name in ("one", "five", "thirty"))
    assert (found["turned"].lost, found["turned"].unmarked) == (0, 0), "the order is restored"
    assert found["unmarked"].lost == 0, "which the line above would not let pass"


def in_a_namespace() -> str:
    """Why the kernel cannot be made to lose packets here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root, for a network namespace of its own"
    if shutil.which("nft") is None or shutil.which("ip") is None:
        return "nftables or iproute2 is not installed"
    tried = subprocess.run(["unshare", "-n", "nft", "add", "table", "inet", "town"], capture_output=True)
    return "" if tried.returncode == 0 else f"this kernel has no nftables in a namespace: {tried.stderr.decode()[:80]}"


LINES = {"loss": ("1", "5", "30"), "narrow": ("half",)}
Told = Callable[[str], list[Line]]


@pytest.fixture(scope="module")
def bad_lines() -> Iterator[Told]:
    """What `camera_town` tells of its cameras on each of the lines; they are tried side by side."""
    paths = os.pathsep.join((str(HERE), str(HERE.parent)))
    running = {
        name: subprocess.Popen(
            ["unshare", "-n", sys.executable, str(HERE / "camera_town.py"), str(SECONDS), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        for name, arguments in LINES.items()
    }

    def told_of(name: str) -> list[Line]:
        out, _ = running[name].communicate(timeout=100)
        assert running[name].returncode == 0
        return [Line(**line) for line in json.loads(out)]

    yield told_of
    for one in running.values():
        one.kill()
        one.communicate()


@pytest.mark.skipif(bool(in_a_namespace()), reason=in_a_namespace() or "it works")
def test_what_the_kernel_drops_is_what_the_chain_says(bad_lines: Told) -> None:
    """1, 5 and 30 % of the datagrams of a camera each; and 30 % of the segments of a TCP connection."""
    *datagrams, stream = bad_lines("loss")
    for line in datagrams:
        assert (line.causes, line.problems, line.unmarked) == ([], [], 0)
        reports = 6  # sender reports are datagrams too, and have no number in the stream
        assert line.lost <= line.dropped <= line.lost + reports
        assert line.dropped > 0
    assert stream.dropped > 0
    assert (stream.lost, stream.unmarked, stream.problems) == (0, 0, []), "TCP sends again what the line lost"


@pytest.mark.skipif(bool(in_a_namespace()), reason=in_a_namespace() or "it works")
def test_half_the_bandwidth_costs_pictures_that_are_marked_and_nothing_piles_up(bad_lines: Told) -> None:
    """The cameras leave out what does not fit, as real ones do; the recorder says so and goes on."""
    lines = bad_lines("narrow")
    for line in lines:
        assert (line.problems, line.unmarked) == ([], 0)
        assert set(line.causes) <= {"clock-step"}, "the picture falls behind by more than two seconds at most"
        assert line.frames > 25 * line.seconds / 4
        assert line.passed < 1_000_000, "bytes that waited for the disk"
    assert sum(line.lost > 0 for line in lines) >= 1


class Untold(Wrong):
    """mutant_interruption_untold: that the camera went is told to nobody."""

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        """Not handed on."""


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_fifty_cameras_that_start_again_and_again_disturb_no_other_and_their_gaps_can_be_read(
    tmp_path: Path, shelf: LoopShelf
) -> None:
    period, lasting, many = 5.0, 9.0, 50
    before = open_files()
    async with CameraPark([SPEC] * (many + 2), SystemClock(), shelf, port=0) as park, town(tmp_path) as records:
        well, ill = [f"well-{n}" for n in range(2)], [f"ill-{n}" for n in range(many)]
        for name, camera in zip(well + ill, park.cameras, strict=True):
            records.record(name, camera, wrong=Untold if name == "ill-0" else Wrong)
        await records.until("all recorded", lambda: all(map(records.recorded_until, well + ill)))
        for camera in park.cameras[2:]:
            camera.set_fault(Fault.REBOOT, period)
        await asyncio.sleep(lasting)
        during, back = open_files(), records.clock.now()
        for camera in park.cameras[2:]:
            camera.clear_fault(Fault.REBOOT)
        await records.until("all back", lambda: all(records.recorded_until(name) > back + SECOND_NS for name in ill))
        await records.stop()
        for name in well:
            found = records.found(name)
            assert (found.causes, found.total("lost"), found.problems()) == ([], 0, [])
        for name in ill[1:]:
            found = records.found(name)
            assert found.problems() == []
            assert 1 <= len(found.causes) <= 2 * (lasting / period + 2), "one for each time it went, at most two"
            assert set(found.causes) <= {"network", "camera-closed"}
            assert len(found.entries) <= 40
        assert set(records.found(ill[0]).causes) <= {"no-video", "unknown"}, "which the words above would not let pass"
    assert during - before <= 4 * len(park.cameras)
    assert open_files() <= before + 8
