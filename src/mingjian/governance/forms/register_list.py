"""The register (登记簿) as printed: the entries that a question found, newest first (article 17, para. 2, item 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import Document, DocumentKind, Language, SignaturePlace, Signatures, Words
from mingjian.governance.forms.parts import Head, Row, facts, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One entry in words."""

    number: str
    at: str
    kind: str
    person: str
    cameras: str
    footage: str
    purpose: str
    destination: str
    request: str
    seen: str


@dataclass(frozen=True, slots=True)
class RegisterList:
    """What was asked, when, by whom, and what the register answered."""

    unit_name: str
    asked: str
    printed_by: str
    printed_at: str
    count: str
    head: str
    """The ledger's newest signed head at that time."""
    entries: tuple[ListedEntry, ...]
    issued: UtcNs


ABOUT = (
    Row("unit_name", "单位", "Unit", True),
    Row("asked", "查询条件", "Asked for", True),
    Row("count", "条数", "Entries"),
    Row("printed_by", "打印人", "Printed by"),
    Row("printed_at", "打印时间", "Printed at", True),
    Row("head", "账本", "Ledger", True),
)
SIGNED = Words("查询人签字", "Signature of who asked")
COLUMNS = (
    Head("number", "登记号", "Entry", 2),
    Head("at", "时间", "Time", 4),
    Head("kind", "事项", "Kind", 2),
    Head("person", "人员", "Person", 4),
    Head("cameras", "摄像机", "Cameras", 4),
    Head("footage", "录像时段", "Footage", 4),
    Head("purpose", "用途", "Purpose", 5),
    Head("destination", "去向", "Destination", 3),
    Head("request", "申请", "Request", 3),
    Head("seen", "实际查看", "Seen", 3),
)


def register_list(sheet: RegisterList, basis: str, language: Language = Language.ZH) -> Document:
    """The list as a paper, `basis` the article that asks for it.

    What stands in it is the register's; the paper itself proves nothing, the ledger does.
    """
    return Document(
        DocumentKind.REGISTER,
        sheet.printed_at,
        "查阅、复制、调取登记簿",
        "Register of viewing, copying and retrieval",
        (
            facts(sheet, Words("查询", "The question"), ABOUT, language),
            table(sheet.entries, Words("登记", "Entries"), COLUMNS, language),
            Signatures((SignaturePlace(SIGNED.of(language)),)),
        ),
        sheet.issued,
        basis,
        language,
    )


def sheet_rows(sheet: RegisterList) -> list[tuple[str, ...]]:
    """The same for a spreadsheet: a heading, a line for each entry, and below them what was asked, when, by whom."""
    lines = [tuple(getattr(entry, head.field) for head in COLUMNS) for entry in sheet.entries]
    about = [(row.zh, getattr(sheet, row.field)) for row in ABOUT]
    return [tuple(head.zh for head in COLUMNS), *lines, (), *about, (SIGNED.zh, "")]
