"""The papers of a filing, from what is on record: receipt and filing form, ready to print."""

from __future__ import annotations

from dataclasses import fields

from mingjian.app import filings
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.change import ChangedMatter, SystemChange
from mingjian.governance.documents import Document, Language, Words
from mingjian.governance.filing import DUTIES, DataSheet, Filing, FilingKind
from mingjian.governance.forms import (
    CameraCount,
    ChangeLine,
    ChangeSheet,
    FilingSheet,
    PaperLine,
    PartyLine,
    ReceiptSheet,
    change_form,
    filing_form,
    receipt,
)
from mingjian.governance.obligations import Obligation
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.law.rows import Row
from mingjian.law.rulebook import Rulebook

MATTERS = {FilingKind.INITIAL: "系统备案", FilingKind.EXISTING: "已建系统备案", FilingKind.CHANGE: "变更备案"}
CHANGES = {
    ChangedMatter.PURPOSE: Words("用途", "Purpose"),
    ChangedMatter.POSITION: Words("位置", "Position"),
    ChangedMatter.CAMERAS: Words("摄像机数量、类型", "Cameras"),
    ChangedMatter.RETENTION: Words("保存期限", "Term of storage"),
    ChangedMatter.UNIT: Words("单位信息", "Facts of the unit"),
}
PARTIES = {
    "commissioning": "建设", "design": "设计", "construction": "施工", "supervision": "监理", "testing": "检测",
    "maintenance": "维护",
}  # fmt: skip


def receipt_of(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, filing: str, language: Language) -> Document:
    """The receipt of a filing. Raises Missing where it was not received yet."""
    with asking(store, Act.FILING_LIST, actor=actor, clock=clock) as doing:
        found = filings.reached(doing, filing)
        if not found.number:
            raise Missing(
                "filing.not-received",
                "这份备案尚未收件，没有回执",
                text_en="This filing was not received yet: there is no receipt",
                remedy="等所在地县级公安机关登记在册并受理",
                remedy_en="Wait until the county's public security organ of the place is on record and takes it over",
            )
        organ = doing.uow.organs.one(found.organ) if found.organ is not None else None
        sheet = ReceiptSheet(
            number=found.number,
            issued=found.submitted,
            basis=basis(law, DUTIES[found.kind]),
            organ=organ.name if organ is not None else "",
            matter=MATTERS[found.kind],
            matter_number=found.number,
            unit_name=found.sheet.unit_name,
            system_name=found.system_name,
            place_name=found.sheet.place_name,
            received_at=str(found.received_on or ""),
            received_by=organ.name if organ is not None else "",
            due=_due(law, filings.visit_of(doing, found)),
            in_time=_in_time(found),
            papers=_papers(law, found),
            lacking="\n".join(getattr(law.row(row), "name", row) for row in found.lacking),
            remark="备案不是行政许可；在全国备案平台的办理以该平台回执为准。",
        )
        return receipt(sheet, language)


def form_of(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, filing: str, language: Language) -> Document:
    """The form as it was handed in: of a change, what changed and by whose decision; else what the system is."""
    with asking(store, Act.FILING_LIST, actor=actor, clock=clock) as doing:
        found = filings.reached(doing, filing)
        decided = doing.uow.changes.one(found.change) if found.change else None
        if decided is not None:
            return change_form(_change_sheet(doing, law, found, decided, language), language)
        organ = doing.uow.organs.one(found.organ) if found.organ is not None else None
        printed = {field.name for field in fields(FilingSheet)}
        texts = {
            field.name: getattr(found.sheet, field.name)
            for field in fields(DataSheet)
            if field.name in printed and field.name not in ("cameras", "parties")
        }
        sheet = FilingSheet(
            **texts,
            number=found.number or found.id[:8],
            issued=found.submitted,
            basis=basis(law, DUTIES[found.kind]),
            organ=organ.name if organ is not None else "",
            camera_total=str(sum(one.count for one in found.sheet.cameras) or ""),
            cameras=tuple(CameraCount(one.kind, str(one.count), one.remark) for one in found.sheet.cameras),
            parties=tuple(
                PartyLine(PARTIES.get(one.role, one.role), one.name, "", one.contact) for one in found.sheet.parties
            ),
            papers=_papers(law, found),
            undertaking="本单位对备案信息的真实性负责。",
            received_on=str(found.received_on or ""),
            receipt_number=found.number,
        )
        return filing_form(sheet, language)


def _change_sheet(
    doing: Performance, law: Rulebook, filing: Filing, change: SystemChange, language: Language
) -> ChangeSheet:
    organ = doing.uow.organs.one(filing.organ) if filing.organ is not None else None
    received = organ.name if organ is not None else ""
    before = next((one.number for one in doing.uow.filings.of_system(filing.system) if one.number != filing.number), "")
    return ChangeSheet(
        number=filing.number or filing.id[:8],
        issued=filing.submitted,
        basis=basis(law, DUTIES[filing.kind]),
        organ=received,
        filing_number=before,
        unit_name=filing.sheet.unit_name,
        system_name=filing.system_name,
        place_name=filing.sheet.place_name,
        decided_by=change.decided_by,
        decided_on=str(change.decided_on),
        agent=filing.sheet.agent or filing.by_name,
        agent_telephone=filing.sheet.agent_telephone,
        changes=tuple(ChangeLine(CHANGES[one.matter].of(language), one.before, one.after) for one in change.changes),
        reason=change.why,
        papers=_papers(law, filing),
        received_by=received,
        received_on=str(filing.received_on or ""),
        receipt_number=filing.number,
    )


def basis(law: Rulebook, duty: str) -> str:
    """Instrument and article of a duty, as officials cite them; empty where no instrument knows it."""
    row = next((row for row in law.rows() if row.duty == duty), None)
    return cited(law, row) if row is not None else ""


def cited(law: Rulebook, row: Row) -> str:
    """A row as officials cite it."""
    return f"《{law.instrument(row.instrument).head.title}》{row.article}"


def _due(law: Rulebook, visit: Obligation | None) -> str:
    if visit is None or visit.due_on is None:
        return ""
    return f"公安机关 {visit.due_on} 前实地查看、指导（{law.row(visit.row).article}）"


def _in_time(filing: Filing) -> str:
    if filing.in_time is None:
        return "无期限"
    return f"期限至 {filing.due_on}，{'按期' if filing.in_time else '逾期'}"


def _papers(law: Rulebook, filing: Filing) -> tuple[PaperLine, ...]:
    named = {row.paper: row.name for row in law.papers("filing", law.day(filing.submitted))}
    there = tuple(PaperLine(named.get(one.paper, one.paper), one.name, "已收", one.sha256) for one in filing.papers)
    missing = tuple(PaperLine(getattr(law.row(row), "name", row), "", "欠缺") for row in filing.lacking)
    return (*there, *missing)
