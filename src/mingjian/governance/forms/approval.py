"""The approval (批准书) of a request as a sheet: what a head approved, for whom, and how it is found by its number.

The sheet opens nothing. Its code holds the way to the request and the number: whoever follows it sees what the own
right shows, and the unit checks the sheet against what is on record (article 22, paragraph 1, item 3).
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import (
    Code,
    Document,
    DocumentKind,
    Language,
    SealPlace,
    Seals,
    Words,
)
from mingjian.governance.forms.parts import Head, Row, facts, table
from mingjian.governance.forms.register import OFFICERS as REGISTER_OFFICERS
from mingjian.governance.forms.register import PresentOfficer
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class ApprovedCamera:
    """One camera that was approved, and where it stands."""

    camera: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A paper that the officers bring, with its article."""

    name: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalSheet:
    """What stands on an approval. Without fees: access by law is free of charge (articles 20 and 21)."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    unit_name: str
    way: str
    period: str
    purpose: str
    destination: str
    legal_basis: str = ""
    approver: str = ""
    approver_organ: str = ""
    approved_on: str = ""
    approved_until: str = ""
    entry: str = ""
    """The ledger entry of the decision."""
    officers: tuple[PresentOfficer, ...] = ()
    cameras: tuple[ApprovedCamera, ...] = ()
    papers: tuple[AskedPaper, ...] = ()


ROWS = (
    Row("organ", "申请机关", "Asking organ", True),
    Row("unit_name", "提供单位", "Providing unit", True),
    Row("way", "批准的方式", "Way approved"),
    Row("entry", "批准登记号", "Entry of the approval"),
    Row("period", "批准的时段", "Period approved", True),
    Row("legal_basis", "法律依据", "Legal basis", True),
    Row("purpose", "事由和用途", "Purpose", True),
    Row("destination", "去向", "Destination", True),
    Row("approver_organ", "批准机关", "Approving organ"),
    Row("approver", "批准人", "Approved by"),
    Row("approved_on", "批准时间", "Approved on"),
    Row("approved_until", "有效期至", "Ends"),
)
OFFICERS = tuple(head for head in REGISTER_OFFICERS if head.field != "signed_in")
CAMERAS = (Head("camera", "摄像机", "Camera", 5), Head("place", "位置", "Place", 5))
BY_NUMBER = Words("按编号在系统内核对", "Check it on record by its number")
PAPERS = (Head("name", "须出示的证件、材料", "Papers to bring", 6), Head("article", "依据", "Article", 4))


def approval_form(sheet: ApprovalSheet, language: Language = Language.ZH, *, address: str) -> Document:
    """The sheet; its QR code leads to `address`, which holds the number and nothing secret."""
    return Document(
        DocumentKind.APPROVAL,
        sheet.number,
        "查阅、复制、调取、接入、直接使用批准书",
        "Approval of access",
        (
            facts(sheet, Words("批准事项", "What is approved"), ROWS, language),
            Code(address, f"{BY_NUMBER.of(language)} {sheet.number}"),
            table(sheet.cameras, Words("批准的摄像机", "Cameras approved"), CAMERAS, language),
            table(sheet.officers, Words("派出人员", "Officers sent"), OFFICERS, language),
            table(sheet.papers, Words("到场须出示", "To be shown at the unit"), PAPERS, language),
            Seals((SealPlace(sheet.approver_organ, sheet.approved_on),)),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
