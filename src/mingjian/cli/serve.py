"""`mingjian serve` and the processes it starts (`mingjian internal …`, not for people)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mingjian.bootstrap import logs
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings, load

Data = Annotated[Path, typer.Option("--data", envvar="MINGJIAN_DATA", help="Data directory.")]
UNTIL_INPUT_ENDS = "--until-input-ends"
"""What a process is started with by one that it must not outlive."""
WithParent = Annotated[
    bool, typer.Option(UNTIL_INPUT_ENDS, help="标准输入关闭时停止 / stop when standard input closes, as a child does")
]
internal = typer.Typer(
    help="Processes started by serve.", hidden=True, add_completion=False, pretty_exceptions_enable=False
)


def serve(data: Data, with_parent: WithParent = False) -> None:
    """Run an installation: recorders, keeper, web, previews, each supervised."""
    from mingjian.bootstrap.serving import serve as run

    run(data.absolute(), on_first_start=_show_code, until_input_end=with_parent)


def _show_code(code: str) -> None:
    typer.echo("尚无账号。在浏览器打开本系统，用下面的一次性代码建立首个管理员；重新启动会换新代码。")
    typer.echo("No account yet: open the system in a browser and make the first administrator with this one-time code.")
    typer.echo(f"\n    {code}\n")


def _begin(data: Path, process: str) -> tuple[Path, Settings]:
    root = data.absolute()
    settings = load(root, dict(os.environ))
    logs.configure(DataDirectory(root).logs / f"{process}.log", settings.log_level)
    return root, settings


@internal.command()
def recorder(number: int, data: Data) -> None:
    """One recorder; its assignment comes on standard input."""
    from mingjian.adapters.vault import open_vault
    from mingjian.bootstrap.recorder import run_recorder

    root, settings = _begin(data, f"recorder-{number}")
    run_recorder(number, root, settings, open_vault(DataDirectory(root).keys / "secret.key"))


@internal.command()
def keeper(data: Data) -> None:
    """Catalogue, ledger, exports, house-keeping."""
    from mingjian.bootstrap.keeper import run_keeper

    run_keeper(*_begin(data, "keeper"))


@internal.command()
def web(data: Data) -> None:
    """The HTTP and WebSocket face."""
    from mingjian.bootstrap.web import run_web

    run_web(*_begin(data, "web"))


@internal.command()
def previews(data: Data) -> None:
    """Scrub previews, under their share of a core."""
    from mingjian.bootstrap.previews import run_preview_process

    run_preview_process(*_begin(data, "previews"))


@internal.command()
def scrub(data: Data) -> None:
    """Reading what was recorded again, below everything else."""
    from mingjian.bootstrap.scrub import run_scrub_process

    run_scrub_process(*_begin(data, "scrub"))


@internal.command()
def export(data: Data) -> None:
    """One evidence package."""
    from mingjian.bootstrap.export import run_export

    run_export(*_begin(data, "export"))
