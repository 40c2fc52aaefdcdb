"""The register form (查阅、复制、调取登记表) of one visit: who came, under which approval, what they saw or took away.

Article 22, paragraph 1, item 4. Everything on it is a fact that the acts before it put on record; both sides sign what
`fingerprint` names, so that a form printed later shows whether it is the one that was signed.
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
    SignaturePlace,
    Signatures,
    Words,
)
from mingjian.governance.forms.parts import Head, Row, facts, fingerprint, paragraph, table
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId


@dataclass(frozen=True, slots=True)
class PresentOfficer:
    """An officer who came and signed in, with the number of the work ID that was shown."""

    name: str
    work_id: str = ""
    signed_in: str = ""


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper that the instrument asks for, and whether the unit's staff checked it."""

    name: str
    article: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class SeenCamera:
    """Seconds of one camera that were seen or taken, under which register entry."""

    camera: str
    entry: str = ""
    way: str = ""
    footage: str = ""
    """The seconds that the entry opened."""
    seconds: str = ""
    """How many of them were delivered."""


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """A package that was handed over."""

    name: str
    size: str = ""
    sha256: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A signature on screen: the ledger entry that names the form's fingerprint stands for it."""

    name: str
    side: str = ""
    at: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class RegisterSheet:
    """What stands on a register form. Without fees: access by law is free of charge (articles 20 and 21)."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    unit_name: str
    way: str
    purpose: str
    destination: str
    legal_basis: str = ""
    request_number: str = ""
    approver: str = ""
    approver_organ: str = ""
    approved_on: str = ""
    approved_until: str = ""
    approval_entry: str = ""
    staff: str = ""
    began_at: str = ""
    ended_at: str = ""
    copies: str = ""
    report_due: str = ""
    """Until when use, return or destruction is to be reported."""
    confidentiality: str = ""
    officers: tuple[PresentOfficer, ...] = ()
    papers: tuple[ShownPaper, ...] = ()
    cameras: tuple[SeenCamera, ...] = ()
    carriers: tuple[CarrierLine, ...] = ()
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The form of one visit as its first signer saw it; later signatures and prints are of this one."""

    id: str
    """The visit."""
    request: str
    fingerprint: str
    sheet: RegisterSheet
    at: UtcNs


@dataclass(frozen=True, slots=True)
class FormSignature:
    """One person's signature on a kept form, given with the own credential."""

    id: int
    """Its ledger index."""
    execution: str
    person: PersonId
    name: str
    side: str
    """`governance.access.Side` of the signer."""
    at: UtcNs


APPLICATION = (
    Row("organ", "申请机关", "Asking organ", True),
    Row("request_number", "申请编号", "Request"),
    Row("way", "方式", "Way"),
    Row("approver_organ", "批准机关", "Approving organ"),
    Row("approver", "批准人", "Approved by"),
    Row("approved_on", "批准时间", "Approved on"),
    Row("approved_until", "批准有效期至", "Approval ends"),
    Row("approval_entry", "批准登记号", "Entry of the approval"),
    Row("unit_name", "提供单位", "Providing unit"),
    Row("legal_basis", "法律依据", "Legal basis", True),
    Row("purpose", "事由和用途", "Purpose", True),
    Row("destination", "去向", "Destination", True),
)
VISIT = (
    Row("staff", "单位经办人", "For the unit"),
    Row("copies", "份数", "Copies"),
    Row("began_at", "开始时间", "Began at"),
    Row("ended_at", "结束时间", "Ended at"),
    Row("report_due", "使用、归还、销毁报告期限", "Report of use, return or destruction by", True),
)
OFFICERS = (
    Head("name", "姓名", "Name", 3),
    Head("work_id", "工作证件号", "Work ID", 3),
    Head("signed_in", "签到时间", "Signed in", 4),
)
PAPERS = (
    Head("name", "证件、材料", "Paper", 4),
    Head("article", "依据", "Article", 4),
    Head("state", "核验", "Checked", 2),
)
CAMERAS = (
    Head("camera", "摄像机", "Camera", 4),
    Head("entry", "登记号", "Entry", 2),
    Head("way", "方式", "Way", 2),
    Head("footage", "起止时间", "From and to", 5),
    Head("seconds", "实际时长", "Delivered", 2),
)
CARRIERS = (
    Head("name", "文件", "File", 4),
    Head("size", "大小", "Size", 2),
    Head("outcome", "核验结论", "Verified", 3),
    Head("sha256", "SHA-256", "SHA-256", 6),
)
SIGNATURES = (
    Head("side", "签字方", "Side", 2),
    Head("name", "姓名", "Name", 2),
    Head("at", "签字时间", "Signed at", 3),
    Head("entry", "登记号", "Entry", 2),
)


def register_form(
    sheet: RegisterSheet, language: Language = Language.ZH, *, signed: tuple[SignedBy, ...] = (), address: str = ""
) -> Document:
    """The form with the signatures given so far. Its QR code leads to `address`, or holds the fingerprint alone."""
    named = fingerprint(sheet)
    return Document(
        DocumentKind.REGISTER,
        sheet.number,
        "查阅、复制、调取信息资料登记表",
        "Register of viewing, copying and retrieval",
        (
            facts(sheet, Words("申请与批准", "Request and approval"), APPLICATION, language),
            table(sheet.officers, Words("执法人员", "Officers"), OFFICERS, language),
            table(sheet.papers, Words("出示的证件、材料", "Papers shown"), PAPERS, language),
            facts(sheet, Words("现场执行", "The visit"), VISIT, language),
            table(sheet.cameras, Words("查阅、复制的内容", "What was seen or copied"), CAMERAS, language),
            table(sheet.carriers, Words("交付的证据包", "Packages handed over"), CARRIERS, language),
            paragraph(sheet, Row("confidentiality", "保密提示", "Confidentiality"), language),
            paragraph(sheet, Row("remarks", "备注", "Remarks"), language),
            table(signed, Words("屏幕签字", "Signed on screen"), SIGNATURES, language),
            Signatures(
                (
                    *(SignaturePlace(Words("执法人员", "Officer").of(language), one.name) for one in sheet.officers),
                    SignaturePlace(Words("单位经办人", "For the unit").of(language), sheet.staff),
                )
            ),
            Seals((SealPlace(sheet.unit_name, sheet.ended_at),)),
            Code(
                address or f"sha256:{named}", f"{Words('登记表校验值', 'Fingerprint of the form').of(language)} {named}"
            ),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
