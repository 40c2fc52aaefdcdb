"""The filing form (备案登记表): what a unit tells public security about its system."""

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
from mingjian.governance.forms.parts import HANDLED, RECEIPT, Head, PaperLine, Row, facts, papers, paragraph, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class CameraCount:
    """How many cameras of one type."""

    kind: str
    count: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A designer, installer, tester or maintainer."""

    role: str
    name: str
    qualification: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class FilingSheet:
    """What stands on the filing form, ready to print; an empty text leaves room to write."""

    number: str
    issued: UtcNs
    basis: str
    """Instrument and article, e.g. 《…管理办法》第…条, as the law room words it."""
    organ: str
    """The public security organ that receives it."""
    unit_name: str
    unit_code: str = ""
    """统一社会信用代码."""
    unit_kind: str = ""
    legal_representative: str = ""
    safety_officer: str = ""
    safety_telephone: str = ""
    agent: str = ""
    agent_telephone: str = ""
    system_name: str = ""
    system_number: str = ""
    built_by: str = ""
    """Whether a government or the unit built it."""
    place_name: str = ""
    category: str = ""
    address: str = ""
    coordinates: str = ""
    delivered_on: str = ""
    camera_total: str = ""
    entrances: str = ""
    cameras: tuple[CameraCount, ...] = ()
    storage_kind: str = ""
    storage_capacity: str = ""
    retention: str = ""
    network: str = ""
    monitoring_room: str = ""
    duty: str = ""
    parties: tuple[PartyLine, ...] = ()
    accepted_on: str = ""
    acceptance: str = ""
    signs: str = ""
    forbidden_places: str = ""
    """The result of the unit's own check for places where no camera may be."""
    papers: tuple[PaperLine, ...] = ()
    undertaking: str = ""
    received_by: str = ""
    received_on: str = ""
    receipt_number: str = ""
    visited_on: str = ""
    visit: str = ""


UNIT = (
    Row("unit_name", "单位名称", "Unit", True),
    Row("unit_code", "统一社会信用代码", "Unified social credit code"),
    Row("unit_kind", "单位类型、行业", "Kind and sector"),
    Row("legal_representative", "法定代表人", "Legal representative"),
    Row("safety_officer", "安全负责人", "Responsible for safety"),
    Row("safety_telephone", "安全负责人电话", "Telephone"),
    *HANDLED,
)
SYSTEM = (
    Row("system_name", "系统名称", "System", True),
    Row("system_number", "系统编号", "System number"),
    Row("built_by", "建设类别", "Built by"),
    Row("place_name", "场所名称", "Place"),
    Row("category", "场所类别", "Category of the place"),
    Row("address", "地址", "Address", True),
    Row("coordinates", "坐标", "Coordinates"),
    Row("delivered_on", "交付使用日期", "Delivered for use on"),
    Row("camera_total", "摄像机总数", "Cameras in all"),
    Row("entrances", "出入口数", "Entrances and exits"),
    Row("storage_kind", "存储方式", "Storage"),
    Row("storage_capacity", "存储容量", "Capacity"),
    Row("retention", "有效存储期限", "Retention"),
    Row("network", "传输网络", "Network"),
    Row("monitoring_room", "监控室位置", "Monitoring room"),
    Row("duty", "值守方式", "Duty"),
    Row("accepted_on", "验收日期", "Accepted on"),
    Row("acceptance", "验收结论", "Result of the acceptance"),
    Row("signs", "标识设置", "Signs", True),
    Row("forbidden_places", "禁装部位自查结论", "Own check for forbidden places", True),
)
RECEIVED = (
    *RECEIPT,
    Row("visited_on", "现场查看日期", "Visited on"),
    Row("visit", "现场查看结论", "Result of the visit", True),
)
CAMERAS = (
    Head("kind", "摄像机类型", "Type of camera", 3),
    Head("count", "数量", "Number"),
    Head("remark", "备注", "Remark", 3),
)
PARTIES = (
    Head("role", "职责", "Part", 2),
    Head("name", "单位", "Name", 4),
    Head("qualification", "资质", "Qualification", 3),
    Head("contact", "联系方式", "Contact", 3),
)


def filing_form(sheet: FilingSheet, language: Language = Language.ZH) -> Document:
    """The filing form of a system."""
    return Document(
        DocumentKind.FILING,
        sheet.number,
        "公共安全视频图像信息系统备案登记表",
        "Filing form of a public-safety video system",
        (
            facts(sheet, Words("单位情况", "The unit"), UNIT, language),
            facts(sheet, Words("系统情况", "The system"), SYSTEM, language),
            table(sheet.cameras, Words("摄像机", "Cameras"), CAMERAS, language),
            table(
                sheet.parties,
                Words("设计、施工、检测、维护单位", "Designer, installer, tester, maintainer"),
                PARTIES,
                language,
            ),
            papers(sheet.papers, language),
            paragraph(sheet, Row("undertaking", "承诺", "Undertaking"), language),
            Signatures(
                (
                    SignaturePlace(Words("经办人", "Handled by").of(language), sheet.agent),
                    SignaturePlace(
                        Words("法定代表人", "Legal representative").of(language), sheet.legal_representative
                    ),
                )
            ),
            facts(sheet, Words("受理情况", "Receipt"), RECEIVED, language),
            Seals((SealPlace(sheet.unit_name), SealPlace(sheet.organ))),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
