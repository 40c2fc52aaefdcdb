"""`mingjian fsck`: what the files of a volume prove about themselves, without any database. Writes nothing there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Verifier
from mingjian.kernel.errors import MingjianError
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.ports import Disk
from mingjian.storage.tailer import Seen, tail_once
from mingjian.storage.volume import IDENTITY_FILE, MAX_IDENTITY_BYTES, Volume, open_volume, signing_key


def fsck(
    volumes: Annotated[list[Path], typer.Argument(help="Volume directories; give all volumes of a stream together.")],
    depth: Annotated[Depth, typer.Option(help="structure: links, coverage, lengths, boxes. hash: every byte.")] = (
        Depth.STRUCTURE
    ),
    key: Annotated[str, typer.Option(help="Public key (hex) that must have signed the volumes; else any.")] = "",
    rebuild: Annotated[Path | None, typer.Option(help="Write a new catalogue to this file, which must not exist.")] = (
        None
    ),
) -> None:
    """Check volumes. Exit status 0: no problem; 1: at least one, one line each."""
    disk = OsDisk()
    try:
        opened = [_open(disk, path, key) for path in volumes]
    except (MingjianError, ValueError) as problem:
        typer.echo(f"问题 PROBLEM: {problem}")
        raise typer.Exit(1) from None
    tally, severe = Tally(), 0
    for finding in check(disk, opened, depth, tally):
        typer.echo(str(finding))
        severe += finding.severe
    if rebuild is not None:
        severe += _rebuild(disk, opened, rebuild)
    typer.echo(
        f"fsck: {severe} 个问题 problems; {tally.streams} 路 streams, {tally.entries} 条 entries, "
        f"{tally.fragments} 个片段 fragments, {tally.containers} 个文件 containers, "
        f"{tally.hashed_bytes} 字节 bytes hashed"
    )
    if severe:
        raise typer.Exit(1)


def _open(disk: Disk, path: Path, key: str) -> Volume:
    """The volume, whose signature must verify; by which key it may be signed is the caller's word or its own."""
    root = str(path.absolute())
    own = (
        signing_key(disk.read(f"{root}/{IDENTITY_FILE}", 0, MAX_IDENTITY_BYTES))
        if disk.size(f"{root}/{IDENTITY_FILE}")
        else b""
    )
    trusted = [bytes.fromhex(key) if key else own]
    return open_volume(disk, root, Ed25519Verifier(), trusted, throw_away_allowed=True)


def _rebuild(disk: Disk, volumes: list[Volume], target: Path) -> int:
    if target.exists():
        typer.echo(f"问题 PROBLEM: {target} 已存在，不覆盖 exists, not overwritten")
        return 1
    catalogue, seen = SqliteCatalogue(target), Seen()
    while tail_once(disk, volumes, catalogue, seen) or seen.behind:
        pass
    rows = sum(1 for _ in catalogue.tails())
    catalogue.close()
    typer.echo(f"目录库已重建 catalogue rebuilt: {target}, {rows} 个链文件 chain files")
    return 0
