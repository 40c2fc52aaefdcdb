"""Site visits by the competent county organ: recorded once on the place, with photographs and guidance (A13.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import duties, filings, systems
from mingjian.app.attachments import PICTURES
from mingjian.app.performing import Performance, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance import matters
from mingjian.governance.authority import Act
from mingjian.governance.filing import VISIT_DUTY, Filing, FilingStep, next_filing
from mingjian.governance.reasons import reason
from mingjian.governance.visit import ITEMS, ItemSeen, Seen, SiteVisit, VisitOfficer, cited
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

PHOTOGRAPHS = (1, 20)
"""One at least shows that somebody was there; twenty fit on the record's pages."""
OFFICERS_MOST = 6
KEY = (8, 36)
"""A draft's own name, made by the telephone: a UUID."""


@dataclass(frozen=True, slots=True)
class VisitForm:
    """What the officers write on the place. `key` is the draft's: sent twice, it is one visit."""

    key: str
    on: date
    officers: tuple[VisitOfficer, ...]
    present: str
    items: tuple[ItemSeen, ...]
    guidance: str
    conclusion: str
    photographs: tuple[str, ...]


def record(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, filing: str, form: VisitForm
) -> SiteVisit:
    """Record a visit; the visit that was owed for the filing is done on its day. Sending a draft again changes nothing.

    Raises Refused for any other organ than the county's at the place, Invalid for fewer officers than the law asks
    for, a day outside receipt and today, or no photograph.
    """
    with performing(store, Act.VISIT_RECORD, filing, actor=actor, clock=clock) as doing:
        found = filings.reached(doing, filing)
        key = line(form.key, "key", shortest=KEY[0], longest=KEY[1])
        before = doing.uow.visits.keyed(doing.person.unit, key)
        if before is not None and before.filing == filing:
            return before
        row = next_filing(found.state, FilingStep.VISIT)
        if row is None:
            raise refusal(reason("procedure.step"))
        visit = SiteVisit(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            key=key,
            filing=filing,
            first=found.first,
            system=found.system,
            unit=found.unit,
            organ=doing.person.unit,
            territory=found.territory,
            on=systems.past_day(doing, law, form.on, "on", since=found.received_on),
            officers=_officers(law, form.officers),
            present=line(form.present, "present", shortest=0, longest=200),
            items=_items(form.items),
            guidance=line(form.guidance, "guidance", shortest=4, longest=2_000),
            conclusion=line(form.conclusion, "conclusion", shortest=0, longest=500),
            photographs=_photographs(doing, filing, form.photographs),
            recorded=doing.now,
            by=doing.person.id,
        )
        doing.uow.visits.add(visit)
        doing.uow.filings.save(replace(found, state=row.next), expected=found.state)
        facts = {
            "system": found.system,
            "visit": visit.id,
            "number": found.number,
            "on": visit.on.isoformat(),
            "items": {one.item: one.seen.value for one in visit.items},
            "photographs": len(visit.photographs),
        }
        entry = doing.enter(
            "visit.recorded", filing, facts, personal={"officers": "、".join(one.name for one in visit.officers)}
        )
        duties.meet_duty(doing, found.first, VISIT_DUTY, on=visit.on, entry=entry)
        _found_wrong(doing, law, found, visit)
        return visit


def _officers(law: Rulebook, officers: Sequence[VisitOfficer]) -> tuple[VisitOfficer, ...]:
    named: dict[str, VisitOfficer] = {}
    for one in officers:
        name = line(one.name, "officers", longest=64)
        named.setdefault(name, VisitOfficer(name, line(one.work_id, "officers", shortest=0, longest=32)))
    needed = officers_needed(law)
    if not needed <= len(named) <= OFFICERS_MOST:
        raise Invalid(
            "visit.officers",
            f"写明 {needed} 至 {OFFICERS_MOST} 名不同的查看人员，现为 {len(named)} 名",
            text_en=f"Name {needed} to {OFFICERS_MOST} different officers, not {len(named)}",
            remedy="补全共同查看的人员姓名",
            remedy_en="Name everyone who came",
            field="officers",
            article=matters.VISIT,
        )
    return tuple(named.values())


def officers_needed(law: Rulebook) -> int:
    """How many officers go together; one where no instrument of the installation says."""
    try:
        return law.setting("officers_needed")
    except Missing:
        return 1


def _items(seen: Sequence[ItemSeen]) -> tuple[ItemSeen, ...]:
    """One finding about every item, in the order of the form; what was not looked at is not counted as right."""
    given = {one.item: one for one in seen}
    if set(given) - {item.id for item in ITEMS}:
        raise Invalid("visit.items", "没有这个查看事项", text_en="There is no such item", field="items")
    every = []
    for item in ITEMS:
        one = given.get(item.id, ItemSeen(item.id, Seen.NOT_SEEN))
        every.append(ItemSeen(item.id, one.seen, line(one.note, "items", shortest=0, longest=500)))
    return tuple(every)


def _photographs(doing: Performance, filing: str, photographs: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(photographs))
    if not PHOTOGRAPHS[0] <= len(chosen) <= PHOTOGRAPHS[1]:
        raise Invalid(
            "visit.photographs",
            f"现场照片须有 {PHOTOGRAPHS[0]} 至 {PHOTOGRAPHS[1]} 张",
            text_en=f"{PHOTOGRAPHS[0]} to {PHOTOGRAPHS[1]} photographs of the place are needed",
            remedy="在现场拍照上传",
            remedy_en="Take a photograph on the place",
            field="photographs",
            article=matters.VISIT,
        )
    for one in chosen:
        kept = doing.uow.attachments.one(one)
        if kept is None or kept.subject != filing or kept.media_type not in PICTURES:
            raise Invalid(
                "visit.photograph",
                "照片须是本备案名下的 JPEG 或者 PNG 图片",
                text_en="A photograph is a JPEG or PNG kept with this filing",
                remedy="重新拍照上传",
                remedy_en="Take and upload it again",
                field="photographs",
            )
    return chosen


def _found_wrong(doing: Performance, law: Rulebook, filing: Filing, visit: SiteVisit) -> None:
    """What was found wrong is on record for supervision (article 23); the guidance says what to do."""
    named = {item.id: item for item in ITEMS}
    for one in visit.items:
        row = cited(law, named[one.item])
        if one.seen is Seen.WRONG and row is not None:
            item = named[one.item]
            duties.find(
                doing,
                code=f"visit.{one.item}",
                row=row.id,
                unit=filing.unit,
                owner=filing.unit,
                territory=filing.territory,
                subject_kind="system",
                subject=filing.system,
                subject_name=filing.system_name,
                text=f"实地查看（{visit.on}）：{item.name}——不符合。{one.note}",
                text_en=f"Site visit {visit.on}: {item.name_en}: not so. {one.note}",
            )
