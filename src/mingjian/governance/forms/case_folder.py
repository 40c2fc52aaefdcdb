"""The folder of a case (案卷目录) as a paper: what an organ asked for in it, and everything that happened, in order."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import Document, DocumentKind, Language, SealPlace, Seals, Words
from mingjian.governance.forms.parts import Head, Row, facts, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One request of the case, and where it stands."""

    number: str
    way: str = ""
    unit_name: str = ""
    state: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class HappenedLine:
    """One thing that happened, with its ledger entry."""

    at: str
    number: str = ""
    what: str = ""
    person: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """What stands in a folder."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    printed_by: str = ""
    requests: tuple[AskedLine, ...] = ()
    lines: tuple[HappenedLine, ...] = ()


ROWS = (
    Row("number", "案件编号", "Case", True),
    Row("organ", "机关", "Organ"),
    Row("printed_by", "打印人", "Printed by"),
)
REQUESTS = (
    Head("number", "申请编号", "Request", 4),
    Head("way", "方式", "Way", 2),
    Head("unit_name", "提供单位", "Providing unit", 5),
    Head("state", "状态", "State", 3),
    Head("report", "使用、归还、销毁", "Use, return, destruction", 5),
)
LINES = (
    Head("at", "时间", "Time", 4),
    Head("number", "申请编号", "Request", 5),
    Head("what", "事项", "What", 6),
    Head("person", "经办人", "By", 3),
    Head("entry", "登记号", "Entry", 2),
)


def case_folder(sheet: CaseSheet, language: Language = Language.ZH) -> Document:
    """The folder as it stands."""
    return Document(
        DocumentKind.CASE,
        sheet.number,
        "案件查阅、复制、调取卷内目录",
        "Folder of a case",
        (
            facts(sheet, Words("案件", "Case"), ROWS, language),
            table(sheet.requests, Words("申请", "Requests"), REQUESTS, language),
            table(sheet.lines, Words("经过", "What happened"), LINES, language),
            Seals((SealPlace(sheet.organ, ""),)),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
