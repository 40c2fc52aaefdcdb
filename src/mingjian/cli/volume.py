"""`mingjian volume`: mark a directory as a volume of this installation, and list the registered ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import is_set_up
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import FILE, load
from mingjian.bootstrap.volumes import create_volume, find_registered

volume = typer.Typer(help="Volumes: directories that hold footage.", no_args_is_help=True)
Data = Annotated[Path, typer.Option("--data", envvar="MINGJIAN_DATA", help="Data directory.")]


@volume.command("create")
def create(
    root: Annotated[Path, typer.Argument(help="An empty directory, best on a disk of its own.")],
    data: Data,
    throw_away: Annotated[bool, typer.Option(help="For demonstrations: minutes of footage, bounded size.")] = False,
    max_gib: Annotated[int, typer.Option(min=0, help="Bound on its size; 0: as large as its file system.")] = 0,
) -> None:
    """Mark ROOT with a signed identity and register it. Nothing is ever written to an unmarked directory."""
    places = DataDirectory(data.absolute())
    places.create()
    if throw_away and not is_set_up(places):
        (places.root / FILE).write_text('installation = "demonstration"\n', encoding="utf-8")
    made = create_volume(
        root,
        places=places,
        settings=load(places.root, dict(os.environ)),
        clock=SystemClock(),
        throw_away=throw_away,
        max_bytes=max_gib << 30,
    )
    typer.echo(f"{made.id}  {made.identity.kind}  {made.root}")


@volume.command("list")
def show(data: Data) -> None:
    """One line a registered volume: id, kind, floor, path, or why it cannot be used now."""
    places = DataDirectory(data.absolute())
    settings = load(places.root, dict(os.environ))
    found = find_registered(places, settings)
    for one in found.volumes:
        typer.echo(f"{one.id}  {one.identity.kind}  {one.identity.floor_s // 60} min  {one.root}")
    for missing in found.unusable:
        typer.echo(f"{missing.id}  ✗ {missing.error}  {missing.root}")
