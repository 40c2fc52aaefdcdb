"""`mingjian selftest`: the whole main job on a throw-away directory, each step seen to hold, in about a minute.

Real processes, real sockets, real files: the installation runs as `mingjian serve` would, users come over HTTP and
WebSocket, and the package is judged by the stand-alone verifier in a Python of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import typer

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import DemoCamera, prepare_demo, witness_arguments
from mingjian.cli.selftest_client import Account, free_port
from mingjian.cli.selftest_steps import STEPS, Selftest, StepFailed
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.media import Codec
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.park import CameraPark
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec
from mingjian.simulator.scene import Scene
from mingjian.simulator.shelf import LoopShelf

SETTLE_S = 10
"""How long a simulated camera may take to answer, first encoding included."""
STOP_S = 15


def selftest(
    keep: bool = typer.Option(False, help="Keep the directory and print its path."),
) -> None:
    """Run every step; exit status 0 only when all hold. The last line says `selftest: N of N`."""
    clock = SystemClock()
    started = clock.monotonic_ns()
    held = 0
    with (
        directory(keep=keep) as name,
        simulated(Path(name)) as sites,
    ):
        root = Path(name) / "data"
        port, witness_port = free_port(), free_port()
        printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=sites)
        accounts = {a.name: Account(a.name, a.password, a.totp_uri) for a in printed}
        with (
            process("serve", "--data", str(root)),
            process(*witness_arguments(root, witness_port)),
        ):
            run = Selftest(f"http://127.0.0.1:{port}", root, accounts, clock)
            for number, step in enumerate(STEPS, 1):
                try:
                    figure = step(run)
                except Exception as failure:  # noqa: BLE001 - whatever goes wrong is this step's failure, and is told
                    typer.echo(f"{number:>2} ✗ {summary(step)}: {failure!r}")
                    if keep:
                        typer.echo(f"   {root}")
                    break
                held += 1
                typer.echo(f"{number:>2} ✓ {summary(step)}: {figure}")
            run.close()
    seconds = (clock.monotonic_ns() - started) / SECOND_NS
    typer.echo(f"   {seconds:.0f} s")
    typer.echo(f"selftest: {held} of {len(STEPS)}")
    if held != len(STEPS):
        raise typer.Exit(1)


@contextlib.contextmanager
def directory(*, keep: bool) -> Iterator[str]:
    """A fresh directory, deleted at the end unless it is to be looked at."""
    name = tempfile.mkdtemp(prefix="mingjian-selftest-")
    try:
        yield name
    finally:
        if not keep:
            shutil.rmtree(name, ignore_errors=True)


def summary(step: object) -> str:
    """The first line of a step's docstring: what it shows."""
    return (step.__doc__ or "").strip().splitlines()[0].rstrip(".")


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `mingjian` process that ends with the block."""
    running = subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-m", "mingjian", *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def specs() -> list[CameraSpec]:
    """Two small cameras: H.264, and H.265 with an H.264 sub stream."""
    gate, platform = Scene(Place.GATE, "学校大门", "SCHOOL GATE"), Scene(Place.PLATFORM, "地铁站台", "METRO PLATFORM")

    def small(scene: Scene, codec: Codec) -> LoopSpec:
        return LoopSpec(scene, codec=codec, width=320, height=180, bitrate_bps=300_000, gop=25)

    return [
        CameraSpec(small(gate, Codec.H264), user="admin", password="selftest"),  # noqa: S106 - a simulated camera
        CameraSpec(
            small(platform, Codec.H265),
            small(platform, Codec.H264),
            user="admin",
            password="selftest",  # noqa: S106 - a simulated camera
        ),
    ]


@contextlib.contextmanager
def simulated(directory: Path) -> Iterator[list[DemoCamera]]:
    """The cameras, served from a thread with a loop of its own until the block ends."""
    loop = asyncio.new_event_loop()
    park = CameraPark(specs(), SystemClock(), LoopShelf(directory / "loops"), host="127.0.0.1", port=0)
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
        yield [
            DemoCamera(
                name=camera.spec.name,
                place="自检",
                url=camera.url,
                sub_url=camera.sub_url or "",
                user=camera.spec.user,
                password=camera.spec.password,
                bitrate_bps=camera.spec.main.bitrate_bps,
            )
            for camera in park.cameras
        ]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(STOP_S)
