"""`mingjian witness`: a witness of other organs' ledgers, on a machine that the witnessed unit does not run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from mingjian.adapters.system_clock import SystemClock
from mingjian.audit.note import VerifierKey
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.witness import open_witness
from mingjian.cli.serve import WithParent
from mingjian.web.witness import witness_app

DEFAULT_PORT = 8490


def witness(
    data: Annotated[Path, typer.Option(help="见证方数据目录 / directory of this witness: key and memory")],
    log_key: Annotated[list[str], typer.Option(help="受见证账本的公钥行 / key line of a log to witness; repeatable")],
    name: Annotated[
        str, typer.Option(help="见证方名称（首次启动时定下）/ name of this witness, fixed at the first start")
    ] = ("mingjian.local/witness"),
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口，0 为任意 / port, 0 for any")] = DEFAULT_PORT,
    with_parent: WithParent = False,
) -> None:
    """Serve `POST /add-checkpoint`. The first start makes key and memory; prints the key line for the unit."""
    clock = SystemClock()
    signer, memory = open_witness(data, name, clock)
    logs: dict[str, list[VerifierKey]] = {}
    for line in log_key:
        key = VerifierKey.parse(line)
        logs.setdefault(key.name, []).append(key)
    typer.echo(f"见证方公钥 witness key: {VerifierKey.of(signer).line()}")
    for origin in logs:
        typer.echo(f"受见证账本 witnessing: {origin}")
    app = witness_app(logs=logs, signer=signer, memory=memory, clock=clock)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False)
    asyncio.run(_serve(uvicorn.Server(config), with_parent=with_parent))


async def _serve(server: uvicorn.Server, *, with_parent: bool) -> None:
    """Until a signal comes, or the parent is gone."""
    if not with_parent:
        await server.serve()
        return
    gone = asyncio.Event()
    watching = asyncio.create_task(until_input_ends(gone))
    serving, waiting = asyncio.create_task(server.serve()), asyncio.create_task(gone.wait())
    await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    for task in (watching, waiting):
        task.cancel()
