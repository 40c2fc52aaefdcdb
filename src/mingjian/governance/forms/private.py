"""The sheet (登记表) of a private person's viewing: who, related how, why, what was seen beside whom, and the promise.

National regulation, article 21, and its article 16, paragraph 2, item 3. Filled from facts. Free of charge.
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


@dataclass(frozen=True, slots=True)
class ViewedCamera:
    """One camera of one sitting, under one register entry."""

    camera: str
    entry: str = ""
    began: str = ""
    place: str = ""
    companion: str = ""
    seconds: str = ""
    """How many of the seconds consented to were really seen."""


@dataclass(frozen=True, slots=True)
class PrivateSheet:
    """What stands on the sheet."""

    number: str
    issued: UtcNs
    basis: str
    unit_name: str
    applicant: str
    paper: str
    """The identity paper with its number, masked."""
    relation: str
    concerned: str
    ground: str
    why: str
    asked_on: str
    staff: str
    consenter: str
    consented_on: str
    cameras: str
    footage: str
    masked: str
    promise: str
    promised_on: str = ""
    outcome: str = ""
    companion: str = ""
    viewed: tuple[ViewedCamera, ...] = ()
    keep_until: str = ""


APPLICATION = (
    Row("applicant", "申请人", "Applicant"),
    Row("paper", "身份证明", "Proof of identity"),
    Row("relation", "与当事人关系", "Relation"),
    Row("concerned", "当事人", "Person concerned"),
    Row("ground", "保护的权益", "To protect"),
    Row("asked_on", "申请时间", "Applied on"),
    Row("why", "事由", "Reason", True),
    Row("cameras", "摄像机", "Cameras", True),
    Row("footage", "时间范围", "Footage from and to", True),
)
CONSENT = (
    Row("unit_name", "管理单位", "Managing unit"),
    Row("consenter", "单位同意人", "Consented by"),
    Row("consented_on", "同意时间", "Consented on"),
    Row("staff", "受理人", "Received by"),
    Row("masked", "遮挡", "Masked", True),
)
VIEWED = (
    Head("camera", "摄像机", "Camera", 4),
    Head("entry", "登记号", "Entry", 2),
    Head("began", "开始时间", "Began at", 4),
    Head("place", "地点", "Where", 3),
    Head("companion", "陪同人", "Accompanied by", 3),
    Head("seconds", "实际时长", "Seen", 2),
)


def private_form(sheet: PrivateSheet, language: Language = Language.ZH, *, address: str = "") -> Document:
    """The sheet as a paper, with places for both signatures. Its QR code leads to `address`, or holds the
    fingerprint alone."""
    named = fingerprint(sheet)
    return Document(
        DocumentKind.PRIVATE_VIEWING,
        sheet.number,
        "个人查阅视频图像信息登记表",
        "Sheet of a private person's viewing",
        (
            facts(sheet, Words("申请", "Application"), APPLICATION, language),
            facts(sheet, Words("同意", "Consent"), CONSENT, language),
            table(sheet.viewed, Words("查看", "Viewed"), VIEWED, language),
            paragraph(sheet, Row("outcome", "查看结果", "Result"), language),
            paragraph(sheet, Row("promise", "不得外传承诺", "Promise not to pass on"), language),
            facts(
                sheet,
                Words("保存", "Keeping"),
                (
                    Row("promised_on", "承诺时间", "Promised on"),
                    Row("keep_until", "登记表保存至", "The sheet is kept until"),
                ),
                language,
            ),
            Signatures(
                (
                    SignaturePlace(Words("申请人", "Applicant").of(language), sheet.applicant),
                    SignaturePlace(Words("陪同人", "Accompanied by").of(language), sheet.companion),
                )
            ),
            Seals((SealPlace(sheet.unit_name, ""),)),
            Code(
                address or f"sha256:{named}", f"{Words('登记表校验值', 'Fingerprint of the form').of(language)} {named}"
            ),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
