"""Papers of a system's life beside its filing: visit record, removal notice and acceptance sheet, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from mingjian.app import filings, removals
from mingjian.app.filing_papers import PARTIES, basis
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.works import system_of
from mingjian.governance.acceptance import SHEET, Conclusion, Found, ItemResult
from mingjian.governance.authority import Act
from mingjian.governance.documents import Attachments, Document, Language, Picture, Words
from mingjian.governance.filing import VISIT_DUTY
from mingjian.governance.forms import (
    AcceptanceSheet,
    CheckLine,
    MemberLine,
    OfficerLine,
    PaperLine,
    PartyLine,
    RemovalSheet,
    RemovedCamera,
    SiteVisitSheet,
    acceptance_sheet,
    removal_notice,
    visit_record,
)
from mingjian.governance.removal import NOTICE_DUTY, DataFate, Removal, Supervision
from mingjian.governance.siting import SPOTS, Spot
from mingjian.governance.visit import ITEMS, Seen, SiteVisit
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import UnitId
from mingjian.law.rulebook import Rulebook

SEEN = {
    Seen.RIGHT: Words("符合", "So"),
    Seen.WRONG: Words("不符合", "Not so"),
    Seen.NOT_SEEN: Words("未查看", "Not looked at"),
    Seen.NOT_APPLICABLE: Words("不适用", "Not applicable"),
}
RESULTS = {
    ItemResult.PASSES: Words("符合", "Passes"),
    ItemResult.FAILS: Words("不符合", "Fails"),
    ItemResult.NOT_APPLICABLE: Words("不适用", "Not applicable"),
}
MEASURES = {"days": Words("天", "days"), "s": Words("秒", "s")}
CONCLUSIONS = {Conclusion.PASSED: Words("通过", "Passed"), Conclusion.FAILED: Words("不通过", "Not passed")}
SUPERVISIONS = {
    Supervision.ON_SITE: Words("到场", "On site"),
    Supervision.REMOTE: Words("远程", "Remote"),
    Supervision.WRITTEN: Words("书面", "In writing"),
}
FATES = {
    DataFate.KEPT_BY_UNIT: Words("由单位保存至期限届满", "Kept by the unit for its term"),
    DataFate.MOVED: Words("转存至本单位其他系统", "Moved to another system of the unit"),
    DataFate.HANDED_OVER: Words("依法调取副本，其余保存至期限届满", "Copies lawfully retrieved, the rest kept"),
}


class Named(Protocol):
    """A record with an identity."""

    @property
    def id(self) -> str: ...


Record = TypeVar("Record", bound=Named)
PHOTOGRAPH = Words("现场照片", "Photograph of the place")


def visit_of(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    filing: str,
    visit: str,
    language: Language,
) -> tuple[Document, Attachments]:
    """The record of one visit with its photographs, of the latest where `visit` is empty. Raises Missing for none."""
    with asking(store, Act.FILING_LIST, actor=actor, clock=clock) as doing:
        found = filings.reached(doing, filing)
        made = [one for one in doing.uow.visits.of_system(found.system) if one.first == found.first]
        seen = _chosen(made, visit)
        organ = _name(doing, seen.organ)
        owed = filings.visit_of(doing, found)
        sheet = SiteVisitSheet(
            number=f"{found.number or found.id[:8]}-{seen.on:%Y%m%d}",
            issued=seen.recorded,
            basis=basis(law, VISIT_DUTY),
            organ=organ,
            filing_number=found.number,
            unit_name=found.sheet.unit_name or _name(doing, found.unit),
            system_name=found.system_name,
            place_name=found.sheet.place_name,
            address=found.sheet.address,
            began_at=str(seen.on),
            received_on=str(found.received_on or ""),
            due_on=str(owed.due_on or "") if owed is not None else "",
            unit_present=seen.present,
            officers=tuple(OfficerLine(one.name, one.work_id, organ) for one in seen.officers),
            items=_looked_at(seen, language),
            guidance=seen.guidance,
            conclusion=seen.conclusion,
            photographs=tuple(
                Picture(one, f"{PHOTOGRAPH.of(language)} {number}", f"{PHOTOGRAPH.of(language)} {number}")
                for number, one in enumerate(seen.photographs, 1)
            ),
        )
        kept = {one: doing.uow.attachments.one(one) for one in seen.photographs}
    pictures = {name: files.read(one.sha256) for name, one in kept.items() if one is not None}
    return visit_record(sheet, language), pictures


def removal_of(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, removal: str, language: Language
) -> Document:
    """The removal notice with its receipt, and with taking down and supervision as far as they have come."""
    with asking(store, Act.REMOVAL_LIST, actor=actor, clock=clock) as doing:
        found = removals.reached(doing, removal)
        uow = doing.uow
        system = uow.systems.one(found.system)
        place = uow.places.one(system.place) if system is not None else None
        filed = next((one.number for one in uow.filings.of_system(found.system) if one.number), "")
        organ = _name(doing, found.organ)
        sheet = RemovalSheet(
            number=found.number or found.id[:8],
            issued=found.recorded,
            basis=basis(law, NOTICE_DUTY),
            organ=organ,
            unit_name=_name(doing, found.unit),
            system_name=found.system_name,
            filing_number=filed,
            place_name=place.name if place is not None else "",
            notified_on=str(found.noticed_on or ""),
            planned_on=str(found.planned_on or ""),
            earliest_on=str(found.earliest_on or ""),
            in_time=_term(found, language),
            agent=found.by_name,
            cameras=_cameras(doing, found),
            ground=found.ground,
            data_plan=found.data_plan,
            kept_until=str(found.kept_until or ""),
            supervision=_supervised(found, language),
            received_by=organ if found.number else "",
            received_on=str(found.noticed_on or ""),
            receipt_number=found.number,
            done_on=str(found.taken_down_on or ""),
        )
        return removal_notice(sheet, language)


def acceptance_of(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str, acceptance: str, language: Language
) -> Document:
    """The sheet of one acceptance, of the latest where `acceptance` is empty. Raises Missing for none."""
    with asking(store, Act.WORKS_LIST, actor=actor, clock=clock) as doing:
        found = system_of(doing, system)
        one = _chosen(doing.uow.acceptances.of_system(system), acceptance)
        place = doing.uow.places.one(found.place)
        works = doing.uow.works.one(system)
        kinds = {kind.id: kind for kind in law.place_kinds(one.on)}
        kind = kinds.get(place.kind) if place is not None else None
        papers = [doing.uow.attachments.one(name) for name in one.attachments]
        sheet = AcceptanceSheet(
            number=one.number,
            issued=one.created,
            basis=basis(law, "acceptance"),
            organiser=_name(doing, one.organiser),
            project=works.name if works is not None else found.name,
            system_name=found.name,
            place_name=place.name if place is not None else "",
            category=Words(kind.name, kind.name_en).of(language) if kind is not None else "",
            commissioned_by=_name(doing, found.unit),
            accepted_on=str(one.on),
            parties=tuple(
                PartyLine(PARTIES.get(party.role, party.role), party.name, contact=party.contact)
                for party in found.parties
            ),
            reviews=_checks(one.items, language, measured=False),
            measured=_checks(one.items, language, measured=True),
            papers=tuple(PaperLine(paper.name, sha256=paper.sha256) for paper in papers if paper is not None),
            problems=one.issues,
            conclusion=CONCLUSIONS[one.conclusion].of(language),
            members=tuple(MemberLine(member.name, member.organ, member.title) for member in one.members),
        )
        return acceptance_sheet(sheet, language)


def _chosen(records: Sequence[Record], named: str) -> Record:
    """The one of this id, the latest for an empty one: ids are in the order of their times."""
    known = {one.id: one for one in records}
    found = known.get(named or max(known, default=""))
    if found is None:
        raise Missing(
            "paper.none",
            "还没有这份文书",
            text_en="There is no such paper yet",
            remedy="先登记查看或者验收",
            remedy_en="Record the visit or the acceptance first",
        )
    return found


def _name(doing: Performance, unit: UnitId | None) -> str:
    organ = doing.uow.organs.one(unit) if unit is not None else None
    return organ.name if organ is not None else ""


def _looked_at(visit: SiteVisit, language: Language) -> tuple[CheckLine, ...]:
    names = {item.id: Words(item.name, item.name_en) for item in ITEMS}
    return tuple(
        CheckLine(names[one.item].of(language), SEEN[one.seen].of(language), one.note)
        for one in visit.items
        if one.item in names
    )


def _checks(items: Iterable[Found], language: Language, *, measured: bool) -> tuple[CheckLine, ...]:
    known = {item.id: item for item in SHEET}
    lines = []
    for one in items:
        item = known.get(one.item)
        if item is None or bool(item.measures) is not measured:
            continue
        result = RESULTS[one.result].of(language)
        if one.measured is not None and item.measures:
            result = f"{one.measured:g} {MEASURES[item.measures].of(language)} · {result}"
        lines.append(CheckLine(Words(item.name, item.name_en).of(language), result, one.note))
    return tuple(lines)


def _term(removal: Removal, language: Language) -> str:
    if removal.noticed_on is None:
        return Words("未通知即拆除", "Taken down without notice").of(language)
    if removal.earliest_on is None:
        return Words("现行文本未规定期限", "No text in force sets a term").of(language)
    return (Words("期限不足", "Short notice") if removal.short else Words("期限足够", "Long enough")).of(language)


def _supervised(removal: Removal, language: Language) -> str:
    if (done := removal.disposal) is None:
        return ""
    said = (str(done.on), SUPERVISIONS[done.form].of(language), FATES[done.fate].of(language), *done.officers)
    return " · ".join((*said, done.result))


def _cameras(doing: Performance, removal: Removal) -> tuple[RemovedCamera, ...]:
    """The cameras of the system, those too that have retired with it; where each stands is on the paper by its word."""
    lines = []
    for siting in doing.uow.sitings.of_system(removal.system):
        camera = doing.uow.cameras.one(siting.id, siting.unit)
        if camera is not None:
            spot = SPOTS.get(Spot(siting.location)) if siting.location in set(Spot) else None
            lines.append(RemovedCamera(camera.name, siting.gb_code, spot[0] if spot is not None else siting.location))
    return tuple(lines)
