"""The instruments that ship with this installation, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from mingjian.kernel.errors import Invalid
from mingjian.law.calendar import Announced, china, parse_days
from mingjian.law.check import check
from mingjian.law.instrument import Instrument, parse
from mingjian.law.rulebook import Rulebook
from mingjian.law.trace import Proofs

PACKAGED = ("anhui-2017", "cn-799-2025")
"""What an installation goes by unless its settings say otherwise; the province's text first: its words are cited."""


def packaged(name: str) -> Instrument:
    """One instrument of the package. Raises Invalid where its file and its text do not fit."""
    return read(files("mingjian.law"), name)


def read(folder: Traversable, name: str) -> Instrument:
    """`instruments/NAME.toml` of a folder, with the one file of its `texts/` that carries the same name."""
    toml = folder.joinpath("instruments", f"{name}.toml").read_bytes()
    texts = [text for text in folder.joinpath("texts").iterdir() if text.name.rpartition(".")[0] == name]
    return parse(toml, texts[0].read_bytes() if texts else b"")


def instrument_from(path: Path) -> Instrument:
    """An instrument that does not ship: its official text lies beside it, or in `texts/` beside its folder."""
    texts = [
        text
        for folder in (path.parent, path.parent.parent / "texts")
        for text in sorted(folder.glob(f"{path.stem}.*"))
        if text.suffix != path.suffix
    ]
    if not texts:
        raise Invalid(
            "law.no-text",
            f"{path} 旁没有官方文本",
            text_en=f"There is no official text beside {path}",
            remedy=f"把文本以 {path.stem}.txt 或 .md 为名放在同一目录",
            remedy_en=f"Put the text as {path.stem}.txt or .md into the same directory",
            field="text",
        )
    return parse(path.read_bytes(), texts[0].read_bytes())


def proofs_known() -> Proofs:
    """Which tests prove which article, as `mingjian law trace` wrote it before this version was built."""
    found: dict[str, list[str]] = {}
    for line in files("mingjian.law").joinpath("proofs.txt").read_text(encoding="utf-8").splitlines():
        article, _, test = line.partition(" ")
        found.setdefault(article, []).append(test)
    return {article: tuple(tests) for article, tests in found.items()}


def named(instrument: str) -> Instrument:
    """One that ships, by its name, or the one of a TOML file. Raises Invalid where there is neither."""
    if instrument in (
        path.name.removesuffix(".toml") for path in files("mingjian.law").joinpath("instruments").iterdir()
    ):
        return packaged(instrument)
    path = Path(instrument)
    if not path.is_file():
        raise Invalid(
            "law.no-file",
            f"没有法规或文件 {instrument}",
            text_en=f"There is neither an instrument nor a file {instrument}",
            remedy=f"给出 TOML 文件，或 {'、'.join(PACKAGED)}",
            remedy_en=f"Give a TOML file, or one of {', '.join(PACKAGED)}",
            field="instruments",
        )
    return instrument_from(path)


@lru_cache
def rulebook(instruments: str = ", ".join(PACKAGED), rest_days: str = "", work_days: str = "") -> Rulebook:
    """The law of an installation by its settings of these names. Read once: it does not change while a process runs.

    Raises Invalid for an instrument whose rows are not as its text has them: nobody works by a misquoted law.
    """
    found = [named(name.strip()) for name in instruments.split(",")]
    for doubt in (doubt for instrument in found for doubt in check(instrument)):
        raise Invalid(
            "law.misquoted",
            f"法规数据 {doubt.where}：{doubt.text}",
            text_en=f"instrument, {doubt.where}: {doubt.text_en}",
            remedy="改正后运行 mingjian law check",
            remedy_en="Correct it, then run mingjian law check",
            field="instruments",
        )
    rest, worked = parse_days(rest_days, "rest_days"), parse_days(work_days, "work_days")
    return Rulebook(found, Announced(china(), rest, worked) if rest else china())
