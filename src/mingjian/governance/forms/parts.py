"""What all forms are laid out with: labels in both languages beside the name of the sheet's own field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from mingjian.governance.documents import Column, Fact, Facts, Language, Paragraph, Table, Words

NONE = Words("无", "None")


class Row(NamedTuple):
    """One labelled field of a sheet."""

    field: str
    zh: str
    en: str
    wide: bool = False


class Head(NamedTuple):
    """One column: the field of a line, its label and its part of the width."""

    field: str
    zh: str
    en: str
    share: int = 1


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper handed in: its name as the instrument calls it, the file, and what is kept of it."""

    name: str
    file: str = ""
    state: str = ""
    """What is said of it: received, missing, or why it does not count."""
    sha256: str = ""


PAPERS = Words("材料", "Papers")
_PAPER_LINES = (
    Head("name", "材料", "Paper", 3),
    Head("file", "文件", "File", 4),
    Head("state", "情况", "State", 2),
    Head("sha256", "SHA-256", "SHA-256", 5),
)


HANDLED = (
    Row("agent", "经办人", "Handled by"),
    Row("agent_telephone", "经办人电话", "Telephone"),
)
"""Who handles it on the unit's side, on every form that a unit hands in."""
RECEIPT = (
    Row("received_by", "受理人", "Received by"),
    Row("received_on", "收件日期", "Received on"),
    Row("receipt_number", "收件编号", "Receipt number"),
)
"""What the receiving organ adds."""


def facts(sheet: Any, heading: Words, rows: Sequence[Row], language: Language) -> Facts:
    """A section of the sheet's own fields."""
    return Facts(
        heading.of(language),
        tuple(Fact(Words(row.zh, row.en).of(language), getattr(sheet, row.field), row.field, row.wide) for row in rows),
    )


def table(lines: Sequence[Any], heading: Words, heads: Sequence[Head], language: Language) -> Table:
    """A section with one row for each of `lines`."""
    return Table(
        heading.of(language),
        tuple(Column(Words(head.zh, head.en).of(language), head.share, head.field) for head in heads),
        tuple(tuple(getattr(line, head.field) for head in heads) for line in lines),
        NONE.of(language),
    )


def papers(lines: Sequence[PaperLine], language: Language) -> Table:
    """The papers of a form with their hashes, by which each can be told from any other."""
    return table(lines, PAPERS, _PAPER_LINES, language)


def paragraph(sheet: Any, row: Row, language: Language) -> Paragraph:
    """A section of running text from one field of the sheet."""
    return Paragraph(Words(row.zh, row.en).of(language), getattr(sheet, row.field), row.field)


def fingerprint(sheet: Any) -> str:
    """What a signature on a form names: SHA-256 over every field of its sheet, in hex."""
    return sha256(json.dumps(asdict(sheet), ensure_ascii=False, sort_keys=True).encode()).hexdigest()
