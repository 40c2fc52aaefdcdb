"""`mingjian simulate`: cameras that do not exist, for demonstration, tests and benches."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from mingjian.adapters.system_clock import SystemClock
from mingjian.cli.serve import WithParent
from mingjian.simulator.control import MAX_COMMAND_BYTES, obey, serve_control, switch
from mingjian.simulator.county import DEMO_PASSWORD, DEMO_USER, FIRST_PORT, MAX_CAMERAS, bench, county
from mingjian.simulator.faults import RULES
from mingjian.simulator.masks import read_mask, with_mask
from mingjian.simulator.park import CameraPark
from mingjian.simulator.rtsp_camera import cancelled
from mingjian.simulator.shelf import LoopShelf

_FAULT_HELP = "故障，如 drop=5；加序号只用于一台，如 2:black。可用：" + ", ".join(RULES)


def simulate(
    cameras: Annotated[int, typer.Option(min=1, max=MAX_CAMERAS, help="模拟摄像机台数 (cameras)")] = 4,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="第一台的端口，其余依次加一；0 为任意 (first port)")
    ] = FIRST_PORT,
    host: Annotated[str, typer.Option(help="监听地址 (address to listen on)")] = "127.0.0.1",
    loops: Annotated[Path, typer.Option(help="循环画面的缓存目录 (where loops are kept)")] = Path(".demo/loops"),
    bench_cameras: Annotated[
        int, typer.Option("--bench", min=0, max=MAX_CAMERAS, help="压力测试：N 台同码率摄像机 (N equal open cameras)")
    ] = 0,
    rate_mbps: Annotated[float, typer.Option(min=0.1, max=50, help="压力测试码率 Mb/s (bit rate of --bench)")] = 4.0,
    mask: Annotated[
        list[str] | None,
        typer.Option(help="摄像机内的遮挡区域，如 1:0.1,0.2,0.4,0.7（序号:左,上,右,下） (mask inside a camera)"),
    ] = None,
    fault: Annotated[list[str] | None, typer.Option(help=_FAULT_HELP)] = None,
    control_port: Annotated[int, typer.Option(min=0, max=65_535, help="HTTP 控制端口，仅本机 (control port)")] = 0,
    with_parent: WithParent = False,
) -> None:
    """Serve simulated RTSP cameras until interrupted; JSON lines on standard input switch faults.

    模拟摄像机：运行中可从标准输入写入一行 JSON 切换故障，如 {"camera":0,"fault":"black"}。
    """
    specs = bench(bench_cameras, rate_mbps=rate_mbps) if bench_cameras else [one.spec for one in county(cameras)]
    for text in mask or []:
        number, box = read_mask(text, len(specs))
        specs[number] = with_mask(specs[number], box)
    park = CameraPark(specs, SystemClock(), LoopShelf(loops), host=host, port=port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(park, fault or [], control_port, with_parent=with_parent))


async def _serve(park: CameraPark, faults: list[str], control_port: int, *, with_parent: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    typer.echo("正在准备画面，首次约需半分钟 … (preparing the loops)")
    async with park:
        for text in faults:
            switch(park.cameras, text)
        for camera in park.cameras:
            typer.echo(f"{camera.spec.name}\t{camera.url}\t{camera.sub_url}")
        if park.cameras[0].spec.password:
            typer.echo(f"用户 (user) {DEMO_USER}，口令 (password) {DEMO_PASSWORD}")
        if control_port:
            await serve_control(park.cameras, control_port)
            typer.echo(f"控制 (control) http://127.0.0.1:{control_port}")
        typer.echo("就绪 (ready)")
        commands = asyncio.StreamReader(limit=MAX_COMMAND_BYTES)
        _feed(commands)
        listening = asyncio.create_task(_listen(park, commands))
        if with_parent:
            listening.add_done_callback(lambda _: stop.set())
        await stop.wait()
        await cancelled(listening)


async def _listen(park: CameraPark, commands: asyncio.StreamReader) -> None:
    """Answer every line until there are no more; a line too long to be a command ends the listening."""
    while line := await commands.readline():
        typer.echo(obey(park.cameras, line).decode())


def _feed(commands: asyncio.StreamReader) -> None:
    """Let `commands` hear standard input where that is a terminal, pipe or socket; a file or nothing brings none."""
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError, AttributeError):
        return
    if not (os.isatty(descriptor) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return
    loop = asyncio.get_running_loop()

    def heard() -> None:
        data = os.read(descriptor, MAX_COMMAND_BYTES)
        if data:
            commands.feed_data(data)
        else:
            loop.remove_reader(descriptor)
            commands.feed_eof()

    loop.add_reader(descriptor, heard)
