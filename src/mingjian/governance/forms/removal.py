"""The removal notice (拆除通知书): which cameras come down, why, when, and what becomes of what they recorded."""

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
from mingjian.governance.forms.parts import HANDLED, RECEIPT, Head, Row, facts, paragraph, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class RemovedCamera:
    """A camera that comes down."""

    name: str
    code: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class RemovalSheet:
    """What stands on a removal notice."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    unit_name: str
    system_name: str
    filing_number: str = ""
    place_name: str = ""
    notified_on: str = ""
    planned_on: str = ""
    earliest_on: str = ""
    """The earliest lawful day, as the law room computes it."""
    in_time: str = ""
    """Whether the planned day keeps the term, in words."""
    agent: str = ""
    agent_telephone: str = ""
    cameras: tuple[RemovedCamera, ...] = ()
    ground: str = ""
    data_plan: str = ""
    kept_until: str = ""
    supervision: str = ""
    received_by: str = ""
    received_on: str = ""
    receipt_number: str = ""
    done_on: str = ""


ROWS = (
    Row("unit_name", "单位名称", "Unit", True),
    Row("system_name", "系统名称", "System"),
    Row("filing_number", "备案编号", "Filing"),
    Row("place_name", "场所名称", "Place"),
    Row("notified_on", "通知日期", "Notified on"),
    Row("planned_on", "计划拆除日期", "Planned for"),
    Row("earliest_on", "最早可拆除日期", "Earliest lawful day"),
    Row("in_time", "期限情况", "Whether the term is kept", True),
    *HANDLED,
)
RECEIVED = (
    *RECEIPT,
    Row("done_on", "拆除完成日期", "Taken down on"),
    Row("kept_until", "资料保存至", "Footage kept until", True),
    Row("supervision", "监督方式与人员", "Supervised how and by whom", True),
)
CAMERAS = (
    Head("name", "摄像机", "Camera", 3),
    Head("code", "编码", "Code", 3),
    Head("position", "位置", "Position", 4),
)


def removal_notice(sheet: RemovalSheet, language: Language = Language.ZH) -> Document:
    """The removal notice of a system or of some of its cameras."""
    return Document(
        DocumentKind.REMOVAL_NOTICE,
        sheet.number,
        "公共安全视频图像信息系统拆除通知书",
        "Removal notice of a public-safety video system",
        (
            facts(sheet, Words("拆除情况", "The removal"), ROWS, language),
            paragraph(sheet, Row("ground", "拆除原因", "Ground"), language),
            table(sheet.cameras, Words("拆除的摄像机", "Cameras that come down"), CAMERAS, language),
            paragraph(sheet, Row("data_plan", "存储资料处理方案", "What becomes of the stored footage"), language),
            Signatures((SignaturePlace(Words("经办人", "Handled by").of(language), sheet.agent),)),
            facts(sheet, Words("受理与监督", "Receipt and supervision"), RECEIVED, language),
            Seals((SealPlace(sheet.unit_name), SealPlace(sheet.organ))),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
