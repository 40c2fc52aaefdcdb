"""`mingjian trace`: which register entry a leaked picture or clip was handed over under."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

NO_MARK = 1


def trace(
    file: Annotated[Path, typer.Argument(help="泄露的图片（PNG、JPEG）或视频（MP4） / the leaked picture or clip")],
    data: Annotated[Path, typer.Option("--data", envvar="MINGJIAN_DATA", help="Data directory.")],
) -> None:
    """从泄露的画面查到登记 / from a leak to its register entry. Exit status 1: no mark found."""
    from mingjian.adapters.forensic_keys import forensic_keys
    from mingjian.app.leaks import trace_by_owner
    from mingjian.bootstrap.opened import open_installation
    from mingjian.bootstrap.settings import load
    from mingjian.kernel.clock import iso
    from mingjian.processing.leak import LARGEST_BYTES, ProcessLeakReader

    with file.open("rb") as leaked:
        content = leaked.read(LARGEST_BYTES + 1)
    root = data.absolute()
    opened = open_installation(root, load(root, dict(os.environ)))
    reader = ProcessLeakReader(forensic_keys(opened.vault, opened.settings.forensic_key))
    read, registered = trace_by_owner(opened.store, reader, clock=opened.clock, data=content)
    if read.found is None:
        typer.echo(f"未发现标记 no mark found（{read.pictures} 幅画面 pictures）")
        raise typer.Exit(NO_MARK)
    found = read.found
    typer.echo(f"登记第 {found.entry} 号 register entry；密钥 key {found.key}；误报概率 chance ≤ {found.chance:.1e}")
    if registered is None:
        typer.echo("账本中该号不是登记 / that number of the ledger is no register entry")
        return
    for label, text in (
        ("人员 person", registered.person_name),
        ("单位 unit", registered.unit_name),
        ("时间 time", iso(registered.at)),
        ("类型 kind", str(registered.kind)),
        ("用途 purpose", registered.purpose),
        ("去向 destination", registered.destination),
        ("申请 request", registered.request),
    ):
        if text:
            typer.echo(f"{label}: {text}")
