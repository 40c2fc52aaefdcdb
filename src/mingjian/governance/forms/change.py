"""The change filing (备案变更登记表): what about a filed system is no longer as filed."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import (
    Document,
    DocumentKind,
    Language,
    SealPlace,
    Seals,
    SignaturePlace,
    Signatures,
    Words,
)
from mingjian.governance.forms.parts import HANDLED, Head, PaperLine, Row, facts, papers, paragraph, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One matter as filed and as it is now."""

    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """What stands on a change filing."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    filing_number: str
    unit_name: str
    system_name: str
    place_name: str = ""
    decided_by: str = ""
    decided_on: str = ""
    changed_on: str = ""
    agent: str = ""
    agent_telephone: str = ""
    changes: tuple[ChangeLine, ...] = ()
    reason: str = ""
    papers: tuple[PaperLine, ...] = ()
    received_by: str = ""
    received_on: str = ""
    receipt_number: str = ""


ROWS = (
    Row("unit_name", "单位名称", "Unit", True),
    Row("system_name", "系统名称", "System"),
    Row("filing_number", "原备案编号", "Filing"),
    Row("place_name", "场所名称", "Place"),
    Row("changed_on", "变更日期", "Changed on"),
    Row("decided_by", "决定人", "Decided by"),
    Row("decided_on", "决定日期", "Decided on"),
    *HANDLED,
)
RECEIVED = (
    Row("received_by", "受理人", "Received by"),
    Row("received_on", "收件日期", "Received on"),
    Row("receipt_number", "收件编号", "Receipt number", True),
)
CHANGES = (
    Head("item", "事项", "Matter", 2),
    Head("before", "变更前", "Before", 4),
    Head("after", "变更后", "After", 4),
)


def change_form(sheet: ChangeSheet, language: Language = Language.ZH) -> Document:
    """The change filing of a system."""
    return Document(
        DocumentKind.CHANGE_FILING,
        sheet.number,
        "公共安全视频图像信息系统备案变更登记表",
        "Change filing of a public-safety video system",
        (
            facts(sheet, Words("系统情况", "The system"), ROWS, language),
            table(sheet.changes, Words("变更事项", "What changed"), CHANGES, language),
            paragraph(sheet, Row("reason", "变更原因", "Reason"), language),
            papers(sheet.papers, language),
            Signatures((SignaturePlace(Words("经办人", "Handled by").of(language), sheet.agent),)),
            facts(sheet, Words("受理情况", "Receipt"), RECEIVED, language),
            Seals((SealPlace(sheet.unit_name), SealPlace(sheet.organ))),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
