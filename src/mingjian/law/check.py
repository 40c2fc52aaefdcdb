"""Whether an instrument says what its text says: quotations found, citations leading, every article spoken for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mingjian.kernel.errors import Invalid
from mingjian.law.citation import parse_citation
from mingjian.law.instrument import Instrument
from mingjian.law.rows import Duty, Exemption, FineRange, PlaceKind, PrivateViewingRule, Row


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is not as it should be, and where."""

    where: str
    text: str
    text_en: str


def check(instrument: Instrument) -> tuple[Doubt, ...]:
    """Everything wrong with the rows of one instrument; nothing where all is proven."""
    return (*_of_rows(instrument), *_of_articles(instrument))


def _of_rows(instrument: Instrument) -> Iterator[Doubt]:
    for row in instrument.rows:
        try:
            cited = parse_citation(row.article)
            instrument.cite(row.article)
        except Invalid:
            yield Doubt(f"{row.id}.article", f"没有{row.article}", f"there is no {row.article}")
            continue
        whole = "".join(paragraph.whole for paragraph in instrument.articles[cited.article])
        if plain(row.says) not in plain(whole):
            yield Doubt(f"{row.id}.says", f"{row.article}没有这句话：{row.says}", f"not in {row.article}: {row.says}")
        if bool(row.reading) != bool(row.reading_en):
            yield Doubt(f"{row.id}.reading", "理解应有中英两种文字", "a reading needs both languages")
        if row.house and not row.reading:
            yield Doubt(f"{row.id}.house", "内部规则没有说明", "a house rule needs its reading")
        yield from _of_row(instrument, row)


def _of_row(instrument: Instrument, row: Row) -> Iterator[Doubt]:
    if isinstance(row, Duty) and (row.days is None) is bool(row.trigger):
        yield Doubt(
            f"{row.id}.days", "days 与 trigger 应同时有或同时无", "`days` and `trigger` come together or not at all"
        )
    if isinstance(row, Duty) and not row.duty:
        yield Doubt(f"{row.id}.duty", "义务没有 duty", "a duty needs its key")
    if isinstance(row, FineRange) and row.min_yuan > row.max_yuan:
        yield Doubt(f"{row.id}.min_yuan", "下限高于上限", "the least is more than the most")
    if isinstance(row, PlaceKind) and len({part.id for part in row.parts}) != len(row.parts):
        yield Doubt(f"{row.id}.parts", "部位编号重复", "a part comes twice")
    if isinstance(row, PrivateViewingRule):
        for term in (*row.who, *row.grounds):
            if plain(term.name) not in plain(row.says):
                yield Doubt(f"{row.id}.{term.id}", f"引文没有“{term.name}”", f"the quotation has no {term.name}")
        if row.allowed is not bool(row.who and row.grounds):
            yield Doubt(
                f"{row.id}.allowed", "允许时须有人员和事由", "allowed needs who and for what; forbidden has none"
            )
    if isinstance(row, Exemption) and (strange := set(row.duties) - {other.duty for other in instrument.rows}):
        yield Doubt(f"{row.id}.duties", f"没有这些义务：{sorted(strange)}", f"no such duties: {sorted(strange)}")


def _of_articles(instrument: Instrument) -> Iterator[Doubt]:
    spoken: set[int] = set()
    for row in instrument.rows:
        try:
            spoken.add(parse_citation(row.article).article)
        except Invalid:
            continue  # said above
    silent = set()
    for reason in instrument.silent:
        try:
            silent.add(parse_citation(reason.article).article)
        except Invalid:
            yield Doubt(reason.article, "不是条款", "is no article")
    there = set(instrument.articles)
    for numbers, text, text_en in (
        (there - spoken - silent, "既没有规则行也没有理由", "has neither row nor reason"),
        (silent & spoken, "已有规则行，不应再列理由", "has rows and a reason for having none"),
        (silent - there, "不存在", "does not exist"),
    ):
        for number in sorted(numbers):
            yield Doubt(f"{instrument.id}#{number}", f"第 {number} 条{text}", f"article {number} {text_en}")


def plain(words: str) -> str:
    """Without spaces and line ends, which official copies set differently."""
    return re.sub(r"\s+", "", words)
