"""The life of a video system: one act for each step of `governance.systems.LIFE`, and what its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import duties, plans, reuse, works
from mingjian.app.attachments import of_subject
from mingjian.app.offers import Offer, offered
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, PastAct
from mingjian.app.texts import line
from mingjian.governance import matters
from mingjian.governance.authority import Act
from mingjian.governance.change import CHANGE_DUTY, Changed, ChangedMatter, SystemChange
from mingjian.governance.filing import DUTIES, Filing, FilingKind
from mingjian.governance.obligations import Attachment, LegalFinding, Obligation
from mingjian.governance.organs import COUNTY_DIGITS, OrganKind, significant
from mingjian.governance.places import Place
from mingjian.governance.reasons import reason
from mingjian.governance.removal import Removal
from mingjian.governance.systems import LIFE, Life, LifeStep, Party, Row, VideoSystem, next_life, possible
from mingjian.governance.visit import SiteVisit
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rows import Regime
from mingjian.law.rulebook import Rulebook

PARTY_ROLES = ("commissioning", "design", "construction", "supervision", "testing", "maintenance")
_ORDERED = frozenset(
    (
        LifeStep.DESIGN,
        LifeStep.BUILD,
        LifeStep.ACCEPT,
        LifeStep.FAIL,
        LifeStep.USE,
        LifeStep.DELIVER,
        LifeStep.TAKE_DOWN,
        LifeStep.REMOVED,
    )
)
"""Steps whose days follow one another; a filing or a decision may tell of a day before the latest of them."""
PARTIES_MOST = 20
"""A large site has a dozen; the form has twenty lines."""
CHANGES_MOST = 10
"""Matters in one decision; more are several decisions."""
HISTORY = 200
"""Entries on a system's page; the auditor's ledger has them all."""


@dataclass(frozen=True, slots=True)
class SystemView:
    """All that the page of a system shows to who may see it."""

    system: VideoSystem
    place: Place | None
    unit_name: str
    regime: Regime
    today: date
    steps: tuple[Offer, ...]
    papers: tuple[Attachment, ...]
    obligations: Sequence[Obligation]
    findings: Sequence[LegalFinding]
    filings: Sequence[Filing]
    visits: Sequence[SiteVisit]
    changes: Sequence[SystemChange]
    removals: Sequence[Removal]
    history: Sequence[PastAct]


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[VideoSystem]:
    """The systems of the actor's unit and, for an organ, those in its area that it has to do with; by name."""
    with asking(store, Act.SYSTEM_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.systems.visible(doing.scope())


def view(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str) -> SystemView:
    """One system with its steps, papers, clocks and history. Raises Missing for a stranger."""
    with asking(store, Act.SYSTEM_LIST, actor=actor, clock=clock) as doing:
        found = reached(doing, system)
        uow = doing.uow
        unit = uow.organs.one(found.unit)
        rows = possible(found.state, builder=found.builder, filed=is_filed(found))
        why = reuse.before_design(doing, law, found) if found.state is Life.PLANNED else None
        return SystemView(
            system=found,
            place=uow.places.one(found.place),
            unit_name=unit.name if unit is not None else "",
            regime=regime_of(doing, law, found),
            today=duties.today(law, doing.now),
            steps=offered(
                ((row.step, row.act) for row in rows),
                lambda act: doing.permit_near(found.unit, found.territory, found.sector, act=act),
                held={LifeStep.DESIGN: why} if why is not None else {},
            ),
            papers=of_subject(doing, "system", found.id),
            obligations=[one for about in _subjects(doing, found.id) for one in uow.obligations.of_subject(about)],
            findings=[one for about in _subjects(doing, found.id) for one in uow.findings.of_subject(about)],
            filings=uow.filings.of_system(found.id),
            visits=uow.visits.of_system(found.id),
            changes=uow.changes.of_system(found.id),
            removals=uow.removals.of_system(found.id),
            history=uow.ledger.history(found.id, HISTORY),
        )


def design(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str, on: date, parties: Sequence[Party] = ()
) -> VideoSystem:
    """The design is made, with the parties that the unit chose freely (article 12).

    That of a government's system waits for its plan item and for the decisions on reuse (articles 6 and 9).
    """
    with performing(store, Act.SYSTEM_DESIGN, system, actor=actor, clock=clock) as doing:
        found, row = stepping(doing, system, LifeStep.DESIGN)
        if (why := reuse.before_design(doing, law, found)) is not None:
            raise refusal(why)
        designed = replace(found, parties=checked_parties(parties) or found.parties)
        return advanced(doing, law, found, row, on, designed)


def build(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str, on: date, parties: Sequence[Party] = ()
) -> VideoSystem:
    """The system is built."""
    with performing(store, Act.SYSTEM_BUILD, system, actor=actor, clock=clock) as doing:
        found, row = stepping(doing, system, LifeStep.BUILD)
        return advanced(doing, law, found, row, on, replace(found, parties=checked_parties(parties) or found.parties))


def deliver(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str, on: date) -> VideoSystem:
    """The unit's system is delivered for use on `on`: from that day the term of filing runs (article 13, para. 2)."""
    with performing(store, Act.SYSTEM_USE, system, actor=actor, clock=clock) as doing:
        found, row = stepping(doing, system, LifeStep.DELIVER)
        delivered = advanced(doing, law, found, row, on)
        open_filing_duties(doing, law, delivered, on)
        return delivered


def change(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    system: str,
    changes: Sequence[Changed],
    why: str,
    decided_by: str,
    decided_on: date,
) -> SystemChange:
    """Record a decision before something changes (article 16, item 3). A filed system then owes a change filing."""
    if not 1 <= len(changes) <= CHANGES_MOST:
        raise Invalid(
            "change.matters",
            f"一次决定写明 1 至 {CHANGES_MOST} 项变更",
            text_en=f"One decision names 1 to {CHANGES_MOST} changes",
            field="changes",
            article=matters.CHANGE,
        )
    with performing(store, Act.SYSTEM_CHANGE, system, actor=actor, clock=clock) as doing:
        found, row = stepping(doing, system, LifeStep.CHANGE)
        day = past_day(doing, law, decided_on, "decided_on")
        recorded = SystemChange(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=found.unit,
            system=found.id,
            changes=tuple(
                Changed(
                    one.matter,
                    line(one.before, "changes", shortest=0, longest=500),
                    line(one.after, "changes", longest=500),
                )
                for one in changes
            ),
            why=line(why, "why", shortest=4, longest=500),
            decided_by=line(decided_by, "decided_by", longest=64),
            decided_on=day,
            recorded=doing.now,
            by=doing.person.id,
        )
        doing.uow.changes.add(recorded)
        purpose = next((one.after for one in recorded.changes if one.matter is ChangedMatter.PURPOSE), found.purpose)
        advanced(doing, law, found, row, day, replace(found, purpose=purpose), about={"change": recorded.id})
        if is_filed(found):
            open_duty(doing, law, found, CHANGE_DUTY, day)
        return recorded


def lost_camera(doing: Performance, law: Rulebook, random: Random, system: str, why: str) -> None:
    """One camera of a filed system was taken down in this act: recorded as a change, of which a filing is owed.

    Before a filing was received there is nothing that would have to be told anew.
    """
    found = doing.uow.systems.one(system)
    if found is None or found.state is not Life.FILED:
        return
    left = sum(
        camera.retired is None
        for siting in doing.uow.sitings.of_system(system)
        if (siting.signed is not None or siting.existing)
        and (camera := doing.uow.cameras.one(siting.id, siting.unit)) is not None
    )
    today = duties.today(law, doing.now)
    recorded = SystemChange(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        unit=found.unit,
        system=found.id,
        changes=(Changed(ChangedMatter.CAMERAS, f"{left + 1} 台", f"{left} 台"),),
        why=why,
        decided_by=doing.person.display_name,
        decided_on=today,
        recorded=doing.now,
        by=doing.person.id,
    )
    doing.uow.changes.add(recorded)
    open_duty(doing, law, found, CHANGE_DUTY, today)


def retire(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str) -> VideoSystem:
    """Close the record after supervised disposal. Footage inside its term stays where it is."""
    with performing(store, Act.SYSTEM_RETIRE, system, actor=actor, clock=clock) as doing:
        found, row = stepping(doing, system, LifeStep.RETIRE)
        return advanced(doing, law, found, row, duties.today(law, doing.now))


def reached(doing: Performance, system: str, *, act: Act | None = None) -> VideoSystem:
    """The system, when the actor may do the act there. Raises Missing for a stranger, Refused for who may not."""
    found = doing.uow.systems.one(system)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    doing.permit_near(found.unit, found.territory, found.sector, act=act)
    return found


def stepping(doing: Performance, system: str, step: LifeStep) -> tuple[VideoSystem, Row]:
    """The system and the row of `LIFE` by which `step` is lawful now. Right is asked before state."""
    found = reached(doing, system, act=next(row.act for row in LIFE if row.step is step))
    row = next_life(found.state, step, builder=found.builder, filed=is_filed(found))
    if row is None:
        raise refusal(reason("procedure.step"))
    return found, row


def advanced(
    doing: Performance,
    law: Rulebook,
    before: VideoSystem,
    row: Row,
    on: date,
    after: VideoSystem | None = None,
    *,
    about: dict[str, object] | None = None,
) -> VideoSystem:
    """Take the step on the day `on`: state, day and entry. Raises Invalid for a future day or one before the last."""
    day = past_day(doing, law, on, "on", since=_last_day(before))
    stepped = replace(after or before, state=row.next, dates={**before.dates, row.step: day})
    doing.uow.systems.save(stepped, expected=before.state)
    facts = {"state": row.next, "on": day.isoformat(), **(about or {})}
    entry = doing.enter(f"system.{row.step}", before.id, facts)
    if row.next is Life.IN_USE:
        plans.fulfil(doing, stepped, on=day, entry=entry)
        works.reckon(doing, stepped)
    return stepped


def open_filing_duties(doing: Performance, law: Rulebook, system: VideoSystem, on: date) -> None:
    """Start the clocks of filing from the day of use, each where an instrument knows it (A13.2, A13.3, 799 art. 14).

    A system that was in use before an instrument came into force owes what that one asks of existing systems.
    """
    for kind in (FilingKind.INITIAL, FilingKind.EXISTING):
        open_duty(doing, law, system, DUTIES[kind], on)


def open_duty(doing: Performance, law: Rulebook, system: VideoSystem, duty: str, on: date) -> Obligation | None:
    """Start a clock of the system's own unit."""
    return duties.open_duty(
        doing,
        law,
        duty=duty,
        debtor=system.unit,
        owner=system.unit,
        subject_kind="system",
        subject=system.id,
        subject_name=system.name,
        trigger=on,
        builder=system.builder.value,
        regime=regime_of(doing, law, system),
    )


def regime_of(doing: Performance, law: Rulebook, system: VideoSystem) -> Regime:
    """Where the system's place stands in the national regulation; article 7 for a kind that no instrument knows."""
    place = doing.uow.places.one(system.place)
    kinds = {kind.id: kind for instrument in law.instruments for kind in law.place_kinds(instrument.head.valid_from)}
    known = kinds.get(place.kind) if place is not None else None
    return known.regime if known is not None else "art7"


def is_filed(system: VideoSystem) -> bool:
    """Whether a filing of it was ever received."""
    return LifeStep.FILE in system.dates


def past_day(doing: Performance, law: Rulebook, day: date, field: str, *, since: date | None = None) -> date:
    """`day`, when it is not in the future, and not before `since`. Raises Invalid naming the field."""
    today = duties.today(law, doing.now)
    if day > today:
        raise Invalid(
            "day.future",
            f"日期 {day} 尚未到来，今天是 {today}",
            text_en=f"{day} has not come yet; today is {today}",
            remedy="填写实际发生的日期",
            remedy_en="Enter the day on which it happened",
            field=field,
        )
    if since is not None and day < since:
        raise Invalid(
            "day.before",
            f"日期 {day} 早于前一步的日期 {since}",
            text_en=f"{day} lies before the step before it ({since})",
            remedy="核对两个日期；前一步登记有误的，由登记人更正",
            remedy_en="Compare the two days; if the earlier one is wrong, whoever recorded it corrects it",
            field=field,
        )
    return day


def county_organ(doing: Performance, territory: str) -> UnitId | None:
    """The public security organ of the county of the place (所在地县级人民政府公安机关), where one is on record."""
    organ = doing.uow.organs.competent(OrganKind.PUBLIC_SECURITY, territory)
    of_county = organ is not None and len(significant(organ.territory)) == COUNTY_DIGITS
    return organ.id if organ is not None and of_county else None


def _last_day(system: VideoSystem) -> date | None:
    return max((day for step, day in system.dates.items() if step in _ORDERED), default=None)


def _subjects(doing: Performance, system: str) -> tuple[str, ...]:
    """The system and what its clocks and findings may be about: its filings and removals."""
    uow = doing.uow
    return (
        system,
        *(one.id for one in uow.filings.of_system(system)),
        *(one.id for one in uow.removals.of_system(system)),
    )


def checked_parties(parties: Sequence[Party]) -> tuple[Party, ...]:
    """The parties with clean texts. Raises Invalid for too many, or for a part that is none."""
    if len(parties) > PARTIES_MOST or any(one.role not in PARTY_ROLES for one in parties):
        raise Invalid(
            "system.parties",
            f"最多 {PARTIES_MOST} 个参建单位，职责须从所列中选择",
            text_en=f"At most {PARTIES_MOST} parties, each with a role of the list",
            field="parties",
        )
    return tuple(
        Party(
            one.role,
            line(one.name, "parties", longest=100),
            line(one.credit_code, "parties", shortest=0, longest=18),
            line(one.contact, "parties", shortest=0, longest=100),
        )
        for one in parties
    )
