"""The visit record (现场查看记录): what officers saw at a filed system, and the guidance they gave."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.governance.documents import (
    Document,
    DocumentKind,
    Language,
    Picture,
    Pictures,
    SealPlace,
    Seals,
    SignaturePlace,
    Signatures,
    Words,
)
from mingjian.governance.forms.acceptance import CHECKS, CheckLine
from mingjian.governance.forms.parts import Head, Row, facts, paragraph, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An officer with the number of the work ID that was shown."""

    name: str
    work_id: str
    organ: str = ""


@dataclass(frozen=True, slots=True)
class SiteVisitSheet:
    """What stands on a visit record. `photographs` name the attachments given to the printer beside it."""

    number: str
    issued: UtcNs
    basis: str
    organ: str
    filing_number: str
    unit_name: str
    system_name: str
    place_name: str = ""
    address: str = ""
    began_at: str = ""
    ended_at: str = ""
    received_on: str = ""
    due_on: str = ""
    unit_present: str = ""
    officers: tuple[OfficerLine, ...] = ()
    items: tuple[CheckLine, ...] = ()
    guidance: str = ""
    unit_opinion: str = ""
    conclusion: str = ""
    photographs: tuple[Picture, ...] = ()


ROWS = (
    Row("unit_name", "单位名称", "Unit", True),
    Row("system_name", "系统名称", "System"),
    Row("filing_number", "备案编号", "Filing"),
    Row("place_name", "场所名称", "Place"),
    Row("address", "地址", "Address"),
    Row("received_on", "收到备案日期", "Filing received on"),
    Row("due_on", "查看期限", "Visit due by"),
    Row("began_at", "开始时间", "Began at"),
    Row("ended_at", "结束时间", "Ended at"),
    Row("unit_present", "单位在场人员", "Present for the unit", True),
)
OFFICERS = (
    Head("name", "姓名", "Name", 2),
    Head("work_id", "工作证件号", "Work ID", 3),
    Head("organ", "单位", "Organ", 4),
)


def visit_record(sheet: SiteVisitSheet, language: Language = Language.ZH) -> Document:
    """The record of a site visit."""
    return Document(
        DocumentKind.SITE_VISIT,
        sheet.number,
        "公共安全视频图像信息系统现场查看记录",
        "Record of a site visit",
        (
            facts(sheet, Words("查看情况", "The visit"), ROWS, language),
            table(sheet.officers, Words("查看人员", "Officers"), OFFICERS, language),
            table(sheet.items, Words("查看事项与结果", "What was looked at"), CHECKS, language),
            paragraph(sheet, Row("guidance", "指导意见", "Guidance"), language),
            paragraph(sheet, Row("conclusion", "查看结论", "Conclusion"), language),
            paragraph(sheet, Row("unit_opinion", "单位意见", "What the unit says"), language),
            Pictures(Words("现场照片", "Photographs").of(language), sheet.photographs),
            Signatures(
                (
                    *(SignaturePlace(Words("查看人员", "Officer").of(language), one.name) for one in sheet.officers),
                    SignaturePlace(Words("单位在场人员", "For the unit").of(language), sheet.unit_present),
                )
            ),
            Seals((SealPlace(sheet.organ, sheet.ended_at),)),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
