"""`mingjian law`: check the instruments, show a row with what proves it, compare two versions, write the traces."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from mingjian.bootstrap.law import PACKAGED, instrument_from, named, packaged, proofs_known, rulebook
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.settings import load
from mingjian.governance import matters
from mingjian.kernel.errors import LocalError
from mingjian.law.check import check
from mingjian.law.difference import Changed, changes, moves
from mingjian.law.instrument import Instrument, kind_of
from mingjian.law.rows import Row
from mingjian.law.trace import article_id, article_of, proofs, proving, screens, table

law = typer.Typer(name="law", help="法规数据 / the law as data.", no_args_is_help=True)
QUIET = ("id", "article", "says", "instrument")
"""Fields of a row that stand in its head."""
Checkout = Annotated[Path, typer.Option(help="源码目录 / a checkout of the sources")]


@law.command("check")
def check_all(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="法规文件，不给出则为随软件的 / files; none: those that ship"),
    ] = None,
) -> None:
    """Hold every row to the official text. Exit status 1 where anything is not as the text has it."""
    wrong = 0
    for instrument in [instrument_from(path) for path in files] if files else map(packaged, PACKAGED):
        doubts = check(instrument)
        for doubt in doubts:
            typer.echo(f"✗ {doubt.where}: {doubt.text}\n  {doubt.text_en}")
        wrong += len(doubts)
        typer.echo(
            f"{instrument.id}  {len(instrument.articles)} 条 articles  {len(instrument.rows)} 行 rows  {len(doubts)} ✗"
        )
    if wrong:
        raise typer.Exit(1)


@law.command()
def show(name: Annotated[str, typer.Argument(metavar="ID", help="A13.2.file, A13.2, N14, 7.2.hotel")]) -> None:
    """Print rows with their words, readings, and the tests that prove them."""
    book = rulebook()
    found = [row for row in book.rows() if name in (row.id, article_of(book, row)) or row.id.startswith(f"{name}.")]
    reasons = [
        (one, said)
        for one in book.instruments
        for said in one.silent
        if name.partition(".")[0] == article_id(book, one.id, said.article)
    ]
    if not found and not reasons:
        book.row(name)  # raises what is missing
    for cited in dict.fromkeys((row.instrument, row.article) for row in found):
        _passage(book.instrument(cited[0]), cited[1])
        for row in found:
            if (row.instrument, row.article) == cited:
                _print(row)
    for instrument, said in reasons:
        _passage(instrument, said.article)
        typer.echo(f"  {said.reason}\n  {said.reason_en}")
    known = proofs_known()
    tests = dict.fromkeys(
        test for one in (name, *(article_of(book, row) for row in found)) for test in proving(known, one)
    )
    typer.echo(f"{len(tests)} 项测试 tests" + "".join(f"\n  {test}" for test in tests))


@law.command()
def diff(
    old: Annotated[str, typer.Argument(help="随软件的法规名或 TOML 文件 / a name that ships, or a file")],
    new: Annotated[str, typer.Argument(help="同上 / the same")],
    data: Annotated[
        Path | None, typer.Option("--data", envvar="MINGJIAN_DATA", help="数据目录：列出会变动的期限 / data directory")
    ] = None,
) -> None:
    """Rows that differ and, with --data, the open obligations whose last day would move."""
    before, after = named(old), named(new)
    for changed in changes(before, after):
        typer.echo(_change(changed))
    if data is None:
        return
    settings = load(data.absolute(), dict(os.environ))
    opened = open_installation(data.absolute(), settings)
    with opened.store.reading() as uow:
        owed = uow.obligations.all_open()
    moved = list(moves(before, after, owed, settings.law().calendar))
    for one in moved:
        typer.echo(f"{one.owed.row}  {one.owed.id}  {one.owed.due_on} → {one.due_on or '无期限 no day'}")
    typer.echo(f"{len(moved)} / {len(owed)} 项期限变动 clocks move")


@law.command()
def trace(root: Checkout = Path()) -> None:
    """Write docs/ref/traceability.md, and the index that `show` reads, from the tests and screens of a checkout."""
    tests = proofs(_sources(root / "tests", "test_*.py", root))
    shown = screens(rulebook(), _sources(root / "ui" / "src", "*.tsx", root / "ui" / "src"), matters.NAMED)
    page = root / "docs" / "ref" / "traceability.md"
    index = root / "src" / "mingjian" / "law" / "proofs.txt"
    if not page.parent.is_dir() or not index.parent.is_dir():
        raise LocalError(
            "law.no-checkout",
            f"{root.absolute()} 不是源码目录",
            text_en=f"{root.absolute()} is no checkout of the sources",
            remedy="在源码目录中运行，或用 --root 指明",
            remedy_en="Run it in a checkout, or name one with --root",
            field="root",
        )
    page.write_text(table(rulebook(), tests, shown), encoding="utf-8")
    index.write_text("".join(f"{one} {test}\n" for one, found in tests.items() for test in found), encoding="utf-8")
    typer.echo(f"{page}\n{index}")


def _sources(folder: Path, pattern: str, root: Path) -> Mapping[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob(pattern)}


def _passage(instrument: Instrument, article: str) -> None:
    typer.echo(f"{instrument.head.title} {article}")
    typer.echo("\n".join(f"    {line}" for line in instrument.cite(article).splitlines()))


def _print(row: Row) -> None:
    typer.echo(f"  {row.id}  [{kind_of(row)}]  “{row.says}”")
    for name in row.__dataclass_fields__:
        value = getattr(row, name)
        if name not in QUIET and value not in ("", None):
            typer.echo(f"    {name} = {value}")


def _change(changed: Changed) -> str:
    if changed.old is None or changed.new is None:
        return f"{'+' if changed.old is None else '-'} {changed.id}"
    said = (f"{name}: {getattr(changed.old, name)} → {getattr(changed.new, name)}" for name in changed.fields)
    return f"~ {changed.id}  " + "; ".join(said)
