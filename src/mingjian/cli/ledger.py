"""`mingjian ledger`: what an auditor does with a published ledger, also on a machine that never ran Mingjian."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mingjian.adapters.ledger_audit import LedgerReport, audit
from mingjian.adapters.signers import sm2_available, sm2_valid
from mingjian.adapters.tiles import FileTiles
from mingjian.audit.note import VerifierKey, no_sm2
from mingjian.kernel.errors import Invalid, LocalError

MAX_KEY_FILE_BYTES = 1 << 20
"""Anchors and key lists are a few lines; anything longer is not one."""
MAX_PROBLEMS = 50
"""Lines of problems shown; more say nothing new."""

ledger = typer.Typer(name="ledger", help="账本核对 / audit the published ledger.", no_args_is_help=True)


@ledger.callback()
def _ledger() -> None:
    """账本核对 / audit the published ledger."""


@ledger.command()
def verify(
    directory: Annotated[Path, typer.Argument(help="账本目录，含 checkpoint 与 tile/ / directory with checkpoint")],
    trust: Annotated[
        Path | None, typer.Option(help="信任锚 anchors.json 或账本公钥行文件 / anchors, or a file of log key lines")
    ] = None,
    witness: Annotated[
        Path | None, typer.Option(help="见证方公钥行文件；须全部签署 / file of witness key lines, all must have signed")
    ] = None,
    since: Annotated[
        list[Path] | None, typer.Option(help="早先保存的检查点，可多次给出 / checkpoints kept from before")
    ] = None,
) -> None:
    """Recompute every leaf, tile and root. Exit status 0 VERIFIED, 1 NOT VERIFIED, 3 CANNOT DECIDE (no keys)."""
    tiles = FileTiles(directory)
    if not directory.is_dir():
        raise LocalError(
            "ledger.no-directory",
            f"没有这个目录: {directory}",
            text_en=f"There is no such directory: {directory}",
            remedy="给出含 checkpoint 文件的目录",
            remedy_en="Name the directory that holds the file checkpoint",
        )
    log, witnesses, quorum = _keys(trust, witness)
    if not log:
        typer.echo("未提供账本公钥（--trust）/ no log key given (--trust)")
        typer.echo("无法判定 CANNOT DECIDE")
        raise typer.Exit(3)
    report = audit(
        tiles,
        log=log,
        witnesses=witnesses,
        quorum=quorum,
        earlier=[_read(path) for path in since or ()],
        sm2=sm2_valid if sm2_available() else no_sm2,
    )
    _show(report)
    if report.problems:
        first = report.problems[0]
        typer.echo(f"核对不通过 NOT VERIFIED ({first.file})")
        raise typer.Exit(1)
    typer.echo("核对通过 VERIFIED")


def _show(report: LedgerReport) -> None:
    if report.head is not None:
        typer.echo(f"{report.head.origin}：{report.entries} 条 entries，根 root {report.head.root.hex()}")
    for algorithm in report.signed_by:
        typer.echo(f"账本签名 signed by the log: {algorithm}")
    for name in report.witnesses:
        typer.echo(f"见证 witnessed by {name}")
    for size in report.earlier:
        typer.echo(f"与早先 {size} 条的检查点一致 consistent with the checkpoint of {size}")
    for problem in report.problems[:MAX_PROBLEMS]:
        typer.echo(f"不符 problem {problem.file}: {problem.text}")


def _keys(trust: Path | None, witness: Path | None) -> tuple[list[VerifierKey], list[VerifierKey], int]:
    """Log keys, witness keys, and how many witnesses must have signed."""
    log: list[VerifierKey] = []
    witnesses: list[VerifierKey] = []
    quorum = 0
    if trust is not None:
        data = _read(trust)
        if data.lstrip().startswith(b"{"):
            log, witnesses, quorum = _anchors(trust, data)
        else:
            log = _lines(data)
    if witness is not None:
        witnesses = _lines(_read(witness))
        quorum = len(witnesses)
    return log, witnesses, quorum


def _anchors(path: Path, data: bytes) -> tuple[list[VerifierKey], list[VerifierKey], int]:
    try:
        value: dict[str, Any] = json.loads(data)
        log = [VerifierKey.parse(line) for line in value["log"]["keys"]]
        return log, [VerifierKey.parse(line) for line in value["witnesses"]], int(value["quorum"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Invalid(
            "ledger.anchors",
            f"信任锚文件无法解读: {path}",
            text_en=f"The trust anchors cannot be read: {path}",
            field="trust",
        ) from error


def _lines(data: bytes) -> list[VerifierKey]:
    return [VerifierKey.parse(line) for line in data.decode(errors="replace").splitlines() if line.strip()]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_KEY_FILE_BYTES)
    except OSError as error:
        raise LocalError(
            "ledger.unreadable",
            f"无法读取 {path}: {error.strerror}",
            text_en=f"{path} cannot be read: {error.strerror}",
        ) from error
