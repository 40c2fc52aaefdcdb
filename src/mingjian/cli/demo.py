"""`mingjian demo`: the whole system with four simulated cameras; `mingjian demo code NAME` for signing in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import httpx
import typer

from mingjian.bootstrap.demo import DemoCamera, PrintedAccount, code_of, prepare_demo, refuse_real, witness_arguments
from mingjian.bootstrap.demo_looks import look_at_cameras
from mingjian.bootstrap.installation import Extra
from mingjian.bootstrap.serving import serve
from mingjian.cli.serve import UNTIL_INPUT_ENDS
from mingjian.kernel.errors import Invalid, MingjianError
from mingjian.simulator.county import FIRST_PORT, county
from mingjian.simulator.shelf import LoopShelf

WITNESS_PORT = 8490
OPENING_RETRIES = 8
"""With httpx's growing pauses (0.5, 1, 2 … s) about two minutes: a slow machine migrates and starts in ten seconds."""
demo = typer.Typer(help="The whole system with simulated cameras, in a throw-away directory.")
Data = Annotated[Path, typer.Option("--data", help="Demonstration directory; deleted whenever you like.")]
DEFAULT_DATA = Path(".demo")


@demo.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="Address to open in the browser.")] = 8080,
    cameras: Annotated[int, typer.Option(min=1, max=16, help="Simulated cameras.")] = 4,
    camera_port: Annotated[int, typer.Option(help="First port of the simulated cameras.")] = FIRST_PORT,
    witness_port: Annotated[int, typer.Option(help="Port of the witness.")] = WITNESS_PORT,
) -> None:
    """Set up on first use, run until Ctrl-C, print address and accounts."""
    if context.invoked_subcommand is None:
        run_demo(data, port=port, cameras=cameras, camera_port=camera_port, witness_port=witness_port)


def run_demo(
    data: Path, *, port: int, cameras: int, camera_port: int, witness_port: int, more: Sequence[Extra] = ()
) -> None:
    """Prepare the directory on its first use and run until a signal; `more` are further processes."""
    root = data.absolute()
    refuse_real(root)
    for wanted, option in ((port, "--port"), (witness_port, "--witness-port"), (camera_port, "--camera-port")):
        refuse_taken(wanted, option)
    typer.echo("正在准备模拟画面（首次约需半分钟）… preparing the simulated pictures")
    sites = county(cameras)
    LoopShelf(root / "loops").stock(loop for site in sites for loop in (site.spec.main, site.spec.sub) if loop)
    on_record = [
        DemoCamera(
            name=site.name,
            place=site.place_name,
            url=f"rtsp://127.0.0.1:{camera_port + number}/main",
            sub_url=f"rtsp://127.0.0.1:{camera_port + number}/sub",
            user=site.spec.user,
            password=site.spec.password,
            bitrate_bps=site.spec.main.bitrate_bps,
        )
        for number, site in enumerate(sites)
    ]
    printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=on_record, alive=True)
    url = f"http://127.0.0.1:{port}"
    simulate = ["simulate", "--cameras", str(cameras), "--port", str(camera_port), "--loops", str(root / "loops")]
    extras = [
        Extra("simulate", [*simulate, UNTIL_INPUT_ENDS]),
        Extra("witness", [*witness_arguments(root, witness_port), UNTIL_INPUT_ENDS]),
        *more,
    ]
    serve(root, extras=extras, on_started=lambda: announce_when_open(url, printed, data))


@demo.command()
def code(name: Annotated[str, typer.Argument(help="Account, e.g. duty.")], data: Data = DEFAULT_DATA) -> None:
    """Print the dynamic code of a demonstration account, as its telephone would show it."""
    typer.echo(code_of(data.absolute(), name))


def refuse_taken(port: int, option: str) -> None:
    """Raises Invalid where another program, perhaps another demonstration, listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Invalid(
                "demo.port-taken",
                f"端口 {port} 已被占用",
                text_en=f"port {port} is taken",
                remedy=f"结束占用它的程序，或换一个：{option}",
                remedy_en=f"end the program that uses it, or choose another with {option}",
                field=option,
            ) from error


def announce_when_open(url: str, printed: list[PrintedAccount], data: Path) -> None:
    """Announce as soon as the web server answers; tells when it does not."""

    def wait() -> None:
        transport = httpx.HTTPTransport(retries=OPENING_RETRIES)
        with httpx.Client(transport=transport) as client:
            try:
                client.get(f"{url}/api/health").raise_for_status()
            except httpx.HTTPError as error:
                typer.echo(f"网页服务没有启动 the web server did not start: {error}. {data}/logs/web.stderr", err=True)
                return
        announce(url, printed, data)
        try:
            look_at_cameras(data.absolute())
        except MingjianError as failure:
            typer.echo(f"{failure.text} {failure.text_en}", err=True)

    threading.Thread(target=wait, daemon=True).start()


def announce(url: str, printed: list[PrintedAccount], data: Path) -> None:
    """Address and accounts; they exist in this directory only."""
    typer.echo(f"\n明鉴演示 Mingjian demo: {url}\n")
    typer.echo(f"{'角色 role':<16}{'账号 name':<12}{'口令 password':<24}身份 person")
    for account in printed:
        shown = f"{account.unit} {account.display_name}".strip()
        typer.echo(f"{account.role:<16}{account.name:<12}{account.password:<24}{shown}")
    option = "" if data == DEFAULT_DATA else f" --data {data}"
    typer.echo(f"\n动态口令 dynamic code: .venv/bin/mingjian demo code duty{option}")
    typer.echo("Ctrl-C 结束 stops it.\n")
