"""The acceptance sheet (验收表) of a system: what was reviewed and measured, by whom, with which result."""

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
from mingjian.governance.forms.filing import PARTIES, PartyLine
from mingjian.governance.forms.parts import Head, PaperLine, Row, facts, papers, paragraph, table
from mingjian.kernel.clock import UtcNs


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing looked at or measured, and the result."""

    item: str
    result: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of the acceptance group."""

    name: str
    organisation: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class AcceptanceSheet:
    """What stands on an acceptance sheet."""

    number: str
    issued: UtcNs
    basis: str
    organiser: str
    """The government or unit that organises the acceptance."""
    project: str
    system_name: str
    place_name: str = ""
    category: str = ""
    commissioned_by: str = ""
    standards: str = ""
    first_acceptance: str = ""
    trial_run: str = ""
    test_report: str = ""
    accepted_on: str = ""
    parties: tuple[PartyLine, ...] = ()
    reviews: tuple[CheckLine, ...] = ()
    """Works, technique and documents, part by part."""
    measured: tuple[CheckLine, ...] = ()
    """What was measured on the system itself."""
    papers: tuple[PaperLine, ...] = ()
    problems: str = ""
    conclusion: str = ""
    members: tuple[MemberLine, ...] = ()


ROWS = (
    Row("project", "项目名称", "Project", True),
    Row("system_name", "系统名称", "System"),
    Row("commissioned_by", "建设单位", "Commissioned by"),
    Row("place_name", "场所名称", "Place"),
    Row("category", "场所类别", "Category of the place"),
    Row("organiser", "组织验收", "Organised by"),
    Row("accepted_on", "验收日期", "Date"),
    Row("standards", "依据标准", "Standards", True),
    Row("first_acceptance", "初步验收", "First acceptance"),
    Row("trial_run", "试运行", "Trial run"),
    Row("test_report", "检测报告", "Test report", True),
)
CHECKS = (Head("item", "项目", "Item", 3), Head("result", "结果", "Result", 2), Head("remark", "说明", "Remark", 4))
MEMBERS = (
    Head("name", "姓名", "Name", 2),
    Head("organisation", "单位", "Organisation", 4),
    Head("post", "职务", "Post", 3),
)


def acceptance_sheet(sheet: AcceptanceSheet, language: Language = Language.ZH) -> Document:
    """The acceptance sheet of a system."""
    return Document(
        DocumentKind.ACCEPTANCE,
        sheet.number,
        "公共安全视频图像信息系统验收表",
        "Acceptance of a public-safety video system",
        (
            facts(sheet, Words("项目情况", "The project"), ROWS, language),
            table(
                sheet.parties,
                Words("设计、施工、检测、监理单位", "Designer, installer, tester, supervisor"),
                PARTIES,
                language,
            ),
            table(sheet.reviews, Words("审查", "Review"), CHECKS, language),
            table(sheet.measured, Words("实测", "Measured"), CHECKS, language),
            papers(sheet.papers, language),
            paragraph(sheet, Row("problems", "问题与整改", "Problems and what was done"), language),
            paragraph(sheet, Row("conclusion", "验收结论", "Conclusion"), language),
            table(sheet.members, Words("验收组成员", "Members of the group"), MEMBERS, language),
            Signatures(
                tuple(SignaturePlace(Words("签名", "Signature").of(language), one.name) for one in sheet.members)
            ),
            Seals((SealPlace(sheet.organiser, sheet.accepted_on),)),
        ),
        sheet.issued,
        sheet.basis,
        language,
    )
