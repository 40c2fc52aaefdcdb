"""The receipt (收件回执): that something came in, when, what lacks, and which clock runs from it."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import Document, DocumentKind, Language, SealPlace, Seals, Words
from mingjian.governance.forms.parts import PaperLine, Row, facts, papers, paragraph
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """What stands on a receipt."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    matter: str
    """What was received: a filing, a change filing, a removal notice."""
    matter_number: str
    unit_name: str
    system_name: str = ""
    place_name: str = ""
    received_at: str = ""
    received_by: str = ""
    due: str = ""
    """What the organ must do by when, with its article; empty where no term runs."""
    in_time: str = ""
    """Whether the sender's own term was kept, in words."""
    contact: str = ""
    papers: tuple[PaperLine, ...] = ()
    lacking: str = ""
    """What is missing and how to hand it in; empty when nothing is."""
    remark: str = ""


ROWS = (
    Row("matter", "事项", "Matter"),
    Row("matter_number", "事项编号", "Number of the matter"),
    Row("unit_name", "提交单位", "Handed in by", True),
    Row("system_name", "系统名称", "System"),
    Row("place_name", "场所名称", "Place"),
    Row("received_at", "收件时间", "Received at"),
    Row("received_by", "收件人", "Received by"),
    Row("in_time", "提交期限", "Whether in time", True),
    Row("due", "后续办理期限", "What follows, and by when", True),
    Row("contact", "联系方式", "Contact", True),
)


def receipt(sheet: ReceiptSheet, language: Language = Language.ZH) -> Document:
    """The receipt of what was handed in."""
    return Document(
        DocumentKind.RECEIPT,
        sheet.number,
        "收件回执",
        "Receipt",
        (
            facts(sheet, Words("收件情况", "What was received"), ROWS, language),
            papers(sheet.papers, language),
            paragraph(sheet, Row("lacking", "欠缺材料", "What lacks"), language),
            paragraph(sheet, Row("remark", "备注", "Remark"), language),
            Seals((SealPlace(sheet.organ, sheet.received_at),)),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
