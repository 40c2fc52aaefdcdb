"""Removals: notice, withdrawal, taking down, supervised disposal (article 15). Nothing waits for the police."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from mingjian.app import duties, systems
from mingjian.app.cameras import retire_of_system
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance import matters
from mingjian.governance.authority import Act
from mingjian.governance.obligations import Obligation
from mingjian.governance.reasons import reason
from mingjian.governance.removal import (
    NOTICE_DUTY,
    SUPERVISION_DUTY,
    DataFate,
    Disposal,
    Removal,
    RemovalState,
    Supervision,
    Unlawful,
    notice_number,
    on_taking_down,
)
from mingjian.governance.systems import LifeStep, Row, VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

MOST_LISTED = 2_000
"""Removals of one county in several years."""
OFFICERS_MOST = 6
TEXTS = {
    Unlawful.SHORT_NOTICE: (
        "拆除通知不足法定期限：计划 {planned}，最早 {earliest}",
        "Short notice of removal: planned {planned}, earliest lawful day {earliest}",
    ),
    Unlawful.EARLY: (
        "早于最早合法日期拆除：拆除 {day}，最早 {earliest}",
        "Taken down early: on {day}, earliest lawful day {earliest}",
    ),
    Unlawful.BEFORE_PLANNED: (
        "早于通知所载日期拆除：拆除 {day}，通知 {planned}",
        "Taken down on {day}, before the day of the notice ({planned})",
    ),
    Unlawful.NO_NOTICE: ("未通知公安机关即拆除：拆除 {day}", "Taken down on {day} without notice to the police"),
}
"""What a finding says, in both languages."""


def earliest(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str) -> tuple[date, date | None]:
    """Today, and the first day on which taking down is lawful when notice is given today; None: the law sets none."""
    with asking(store, Act.REMOVAL_NOTICE, actor=actor, clock=clock) as doing:
        systems.reached(doing, system)
        today = duties.today(law, doing.now)
        return today, _earliest(law, today)


def listed(store: Store, *, actor: Actor, clock: Clock) -> list[tuple[Removal, Obligation | None, str]]:
    """The removals that the actor may see, the newest first: with the supervision that is owed and the unit's name."""
    with asking(store, Act.REMOVAL_LIST, actor=actor, clock=clock) as doing:
        found = doing.uow.removals.visible(doing.scope(), limit=MOST_LISTED)
        names = {organ.id: organ.name for organ in doing.uow.organs.listed()}
        return [(one, supervision_of(doing, one), names.get(one.unit, "")) for one in found]


def notice(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    system: str,
    ground: str,
    planned_on: date,
    data_plan: str,
) -> Removal:
    """Give notice. Received and stamped whatever day it names; a short one is marked and becomes a finding."""
    with performing(store, Act.REMOVAL_NOTICE, system, actor=actor, clock=clock) as doing:
        found, row = systems.stepping(doing, system, LifeStep.NOTICE)
        today = duties.today(law, doing.now)
        if planned_on < today:
            raise Invalid(
                "removal.planned-past",
                f"计划拆除日 {planned_on} 已过",
                text_en=f"The planned day {planned_on} is past",
                remedy="已经拆除的，登记为未通知拆除",
                remedy_en="If it is down already, record it as taken down without notice",
                field="planned_on",
                article=matters.REMOVAL,
            )
        removal = _begun(doing, law, random, found, ground, data_plan)
        removal = replace(removal, noticed_on=today, planned_on=planned_on, earliest_on=_earliest(law, today))
        if removal.organ is not None:
            serial = doing.uow.removals.next_serial(removal.organ, today.year)
            number = notice_number(today.year, serial)
            removal = replace(removal, year=today.year, serial=serial, number=number)
        doing.uow.removals.add(removal)
        systems.advanced(doing, law, found, row, today, about={"removal": removal.id})
        doing.enter("removal.noticed", removal.id, _facts(removal))
        _open_supervision(doing, law, found, removal, today)
        if removal.short:
            _find(doing, law, removal, Unlawful.SHORT_NOTICE, today)
        return removal


def withdraw(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, removal: str) -> Removal:
    """Take the notice back: the system stays, nothing is supervised, and a short notice matters no more."""
    with performing(store, Act.REMOVAL_NOTICE, removal, actor=actor, clock=clock) as doing:
        before = reached(doing, removal)
        found, row = systems.stepping(doing, before.system, LifeStep.WITHDRAW)
        withdrawn = replace(before, state=RemovalState.WITHDRAWN)
        doing.uow.removals.save(withdrawn, expected=RemovalState.NOTICED)
        systems.advanced(doing, law, found, row, duties.today(law, doing.now), about={"removal": removal})
        doing.enter("removal.withdrawn", removal, {"system": before.system, "number": before.number})
        duties.drop_duty(doing, removal, SUPERVISION_DUTY, "拆除通知已撤回")
        duties.settle(doing, removal, Unlawful.SHORT_NOTICE)
        return withdrawn


def take_down(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, removal: str, on: date) -> Removal:
    """The system was taken down on `on`, not before its notice. Cameras retire, their footage stays for its term."""
    with performing(store, Act.SYSTEM_TAKE_DOWN, removal, actor=actor, clock=clock) as doing:
        before = reached(doing, removal)
        found, row = systems.stepping(doing, before.system, LifeStep.TAKE_DOWN)
        day = systems.past_day(doing, law, on, "on", since=before.noticed_on)
        return _taken_down(doing, law, found, row, before, day, stored=True)


def record_unnoticed(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    system: str,
    on: date,
    ground: str,
    data_plan: str,
) -> Removal:
    """The system was taken down without notice: recorded as what it is, and a finding (lead to article 24, item 3)."""
    with performing(store, Act.SYSTEM_TAKE_DOWN, system, actor=actor, clock=clock) as doing:
        found, row = systems.stepping(doing, system, LifeStep.REMOVED)
        day = systems.past_day(doing, law, on, "on")
        removal = _begun(doing, law, random, found, ground, data_plan)
        removal = _taken_down(doing, law, found, row, removal, day, stored=False)
        _open_supervision(doing, law, found, removal, day)
        return removal


def dispose(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    removal: str,
    on: date,
    form: Supervision,
    fate: DataFate,
    officers: Sequence[str],
    result: str,
) -> Removal:
    """The competent organ supervised what happened to the stored data, in a suitable form. Deletes nothing."""
    with performing(store, Act.REMOVAL_SUPERVISE, removal, actor=actor, clock=clock) as doing:
        before = reached(doing, removal)
        found, row = systems.stepping(doing, before.system, LifeStep.DISPOSE)
        named = tuple(dict.fromkeys(line(one, "officers", longest=64) for one in officers))
        if not 1 <= len(named) <= OFFICERS_MOST:
            raise Invalid(
                "removal.officers",
                f"写明 1 至 {OFFICERS_MOST} 名监督人员",
                text_en=f"Name 1 to {OFFICERS_MOST} officers",
                field="officers",
                article=matters.REMOVAL,
            )
        day = systems.past_day(doing, law, on, "on", since=before.taken_down_on)
        disposal = Disposal(
            on=day,
            form=form,
            fate=fate,
            officers=named,
            result=line(result, "result", shortest=4, longest=1_000),
            organ=doing.person.unit,
            by=doing.person.id,
        )
        disposed = replace(before, state=RemovalState.DISPOSED, disposal=disposal)
        doing.uow.removals.save(disposed, expected=RemovalState.TAKEN_DOWN)
        systems.advanced(doing, law, found, row, day, about={"removal": removal})
        facts = {"system": before.system, "form": form, "fate": fate, "on": day.isoformat()}
        entry = doing.enter("removal.supervised", removal, facts, personal={"officers": "、".join(named)})
        duties.meet_duty(doing, removal, SUPERVISION_DUTY, on=day, entry=entry)
        return disposed


def supervision_of(doing: Performance, removal: Removal) -> Obligation | None:
    """The supervision that is or was owed for a removal."""
    found = [one for one in doing.uow.obligations.of_subject(removal.id) if one.duty == SUPERVISION_DUTY]
    return found[-1] if found else None


def reached(doing: Performance, removal: str) -> Removal:
    """The removal, when the actor may do the act about it. Raises Missing for a stranger."""
    found = doing.uow.removals.one(removal)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    doing.permit_near(found.unit, found.territory, found.sector)
    return found


def _begun(
    doing: Performance, law: Rulebook, random: Random, system: VideoSystem, ground: str, data_plan: str
) -> Removal:
    return Removal(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        unit=system.unit,
        system=system.id,
        system_name=system.name,
        territory=system.territory,
        sector=system.sector,
        state=RemovalState.NOTICED,
        ground=line(ground, "ground", shortest=4, longest=500),
        data_plan=line(data_plan, "data_plan", shortest=4, longest=1_000),
        recorded=doing.now,
        by=doing.person.id,
        by_name=doing.person.display_name,
        organ=systems.county_organ(doing, system.territory),
    )


def _taken_down(
    doing: Performance, law: Rulebook, system: VideoSystem, row: Row, removal: Removal, day: date, *, stored: bool
) -> Removal:
    """Down on `day`: cameras retired, what is unlawful found, and until when its footage is inside its term."""
    place = doing.uow.places.one(system.place)
    term = law.retention(
        day,
        builder=system.builder.value,
        regime=systems.regime_of(doing, law, system),
        anti_terror=place is not None and place.anti_terror,
    )
    down = replace(
        removal,
        state=RemovalState.TAKEN_DOWN,
        taken_down_on=day,
        kept_until=day + timedelta(days=term.kept_days),
    )
    if stored:
        doing.uow.removals.save(down, expected=RemovalState.NOTICED)
    else:
        doing.uow.removals.add(down)
    systems.advanced(doing, law, system, row, day, about={"removal": down.id})
    retire_of_system(doing, law, system, f"系统拆除 {down.number}".strip())
    doing.enter("removal.taken_down", down.id, _facts(down))
    unlawful = on_taking_down(down, day)
    if Unlawful.EARLY not in unlawful:
        duties.settle(doing, down.id, Unlawful.SHORT_NOTICE)
    for one in sorted(unlawful):
        _find(doing, law, down, one, day)
    return down


def _open_supervision(doing: Performance, law: Rulebook, system: VideoSystem, removal: Removal, on: date) -> None:
    if removal.organ is None:
        return
    duties.open_duty(
        doing,
        law,
        duty=SUPERVISION_DUTY,
        debtor=removal.organ,
        owner=system.unit,
        subject_kind="removal",
        subject=removal.id,
        subject_name=system.name,
        trigger=on,
        builder=system.builder.value,
        regime=systems.regime_of(doing, law, system),
        territory=system.territory,
        sector=system.sector,
    )


def _earliest(law: Rulebook, notice_on: date) -> date | None:
    found = law.earliest_day(NOTICE_DUTY, notice_on)
    return found.last_day if found is not None else None


def _find(doing: Performance, law: Rulebook, removal: Removal, what: Unlawful, day: date) -> None:
    row = next((row for row in law.duties(day) if row.duty == NOTICE_DUTY), None)
    if row is None:  # no text in force asks for a notice: nothing is found wrong with it
        return
    text, text_en = TEXTS[what]
    days = {"day": day, "planned": removal.planned_on, "earliest": removal.earliest_on}
    duties.find(
        doing,
        code=what,
        row=row.id,
        unit=removal.unit,
        owner=removal.unit,
        territory=removal.territory,
        subject_kind="removal",
        subject=removal.id,
        subject_name=removal.system_name,
        text=text.format(**days),
        text_en=text_en.format(**days),
    )


def _facts(removal: Removal) -> dict[str, object]:
    return {
        "system": removal.system,
        "number": removal.number,
        "noticed_on": str(removal.noticed_on or ""),
        "planned_on": str(removal.planned_on or ""),
        "earliest_on": str(removal.earliest_on or ""),
        "taken_down_on": str(removal.taken_down_on or ""),
        "short": removal.short,
    }
