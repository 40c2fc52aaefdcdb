"""Main works and the standards checklist of a system as acts (articles 10 and 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import duties
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.obligations import FindingState
from mingjian.governance.reasons import reason
from mingjian.governance.systems import VideoSystem
from mingjian.governance.works import (
    NOT_TOGETHER,
    NOT_TOGETHER_ROW,
    STANDARDS,
    CheckResult,
    MainWorks,
    Passed,
    Standard,
    StandardCheck,
    known_standard,
    not_together,
)
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

NOTE_LONGEST = 1_000
MOST_EVIDENCE = 20
"""Files to one result: a test report and its pictures."""


@dataclass(frozen=True, slots=True)
class WorksForm:
    """What people record about the main works."""

    name: str
    number: str
    designed_as_one: bool
    note: str
    milestones: tuple[Passed, ...]


def system_of(doing: Performance, system: str) -> VideoSystem:
    """A system to which the actor's organ is something, decided for the act under way. Raises Missing otherwise."""
    found = doing.uow.systems.one(system)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    doing.permit_near(found.unit, found.territory, found.sector)
    return found


def main_works(store: Store, *, actor: Actor, clock: Clock, system: str) -> tuple[VideoSystem, MainWorks | None]:
    """A system and the works of which it is part, where they are on record."""
    with asking(store, Act.WORKS_LIST, actor=actor, clock=clock) as doing:
        found = system_of(doing, system)
        return found, doing.uow.works.one(system)


def record_works(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, system: str, form: WorksForm
) -> tuple[VideoSystem, MainWorks]:
    """Put the main works on record, or correct them. That they are in use without the system becomes a finding."""
    name = line(form.name, "name", shortest=2, longest=120)
    number = line(form.number, "number", shortest=0, longest=80)
    note = line(form.note, "note", shortest=0, longest=NOTE_LONGEST)
    if len({one.milestone for one in form.milestones}) != len(form.milestones):
        raise Invalid(
            "works.twice", "同一节点出现两次", text_en="A milestone comes twice", remedy="每个节点只填一行",
            remedy_en="One line a milestone", field="milestones",
        )  # fmt: skip
    with performing(store, Act.WORKS_RECORD, system, actor=actor, clock=clock) as doing:
        found = system_of(doing, system)
        for passed in form.milestones:
            if passed.passed_on is not None:
                past_day(law, doing, passed.passed_on, f"milestones.{passed.milestone}")
        works = MainWorks(system, found.unit, name, number, form.designed_as_one, note, form.milestones, doing.now)
        if doing.uow.works.one(system) is None:
            doing.uow.works.add(works)
        else:
            doing.uow.works.save(works)
        days = {str(one.milestone): one.passed_on.isoformat() for one in form.milestones if one.passed_on is not None}
        doing.enter("works.recorded", system, {"designed_as_one": form.designed_as_one, **days})
        reckon(doing, found)
        return found, works


def reckon(doing: Performance, system: VideoSystem) -> None:
    """Whether main works and system are in use together, anew: the finding is opened once, and settled when over."""
    works = doing.uow.works.one(system.id)
    since = not_together(works, system) if works is not None else None
    if works is not None and since is not None:
        duties.find(
            doing,
            code=NOT_TOGETHER,
            row=NOT_TOGETHER_ROW,
            unit=system.unit,
            owner=system.unit,
            territory=system.territory,
            subject_kind="system",
            subject=system.id,
            subject_name=system.name,
            text=f"主体工程“{works.name}”于 {since} 投入使用，系统尚未投入使用",
            text_en=f"The main works ({works.name}) are in use since {since}, the system is not",
        )
        return
    for finding in doing.uow.findings.of_subject(system.id):
        if finding.code == NOT_TOGETHER and finding.state is FindingState.OPEN:
            doing.uow.findings.save(replace(finding, state=FindingState.SETTLED, settled=doing.now))


def checklist(store: Store, *, actor: Actor, clock: Clock, system: str) -> list[tuple[Standard, StandardCheck | None]]:
    """Every standard with the latest result about a system; None: nobody has checked."""
    with asking(store, Act.WORKS_LIST, actor=actor, clock=clock) as doing:
        system_of(doing, system)
        latest = {check.code: check for check in doing.uow.checks.of_system(system)}
        return [(standard, latest.get(standard.code)) for standard in STANDARDS]


def check_standard(
    store: Store,
    law: Rulebook,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    system: str,
    code: str,
    result: CheckResult,
    on: date,
    note: str,
    evidence: Sequence[str],
) -> StandardCheck:
    """One result, beside those before it. What passes or fails names its evidence or says how it was seen."""
    note = line(note, "note", shortest=0, longest=NOTE_LONGEST)
    if known_standard(code) is None:
        raise _invalid("standard.unknown", "code", "清单中没有这项标准", "This standard is not on the list")
    if result is CheckResult.NOT_CHECKED:
        raise _invalid("standard.result", "result", "须写明检查结果", "A result is needed")
    if not note and not evidence:
        raise _invalid("standard.evidence", "note", "须写明依据或者附上证明材料", "State the ground or attach evidence")
    with performing(store, Act.STANDARD_CHECK, system, actor=actor, clock=clock) as doing:
        found = system_of(doing, system)
        past_day(law, doing, on, "on")
        check = StandardCheck(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=found.unit,
            system=system,
            code=code,
            result=result,
            note=note,
            evidence=papers_of(doing, system, evidence, "evidence"),
            by=doing.person.display_name,
            on=on,
            created=doing.now,
        )
        doing.uow.checks.add(check)
        facts = {"code": code, "result": result, "on": on.isoformat(), "evidence": list(check.evidence)}
        doing.enter("standard.checked", system, facts)
        return check


def papers_of(doing: Performance, system: str, named: Sequence[str], field: str) -> tuple[str, ...]:
    """Attachments of the system, each once. Raises Invalid for one that is not its."""
    chosen = tuple(dict.fromkeys(named))
    own = {paper.id for paper in doing.uow.attachments.of_subject(system)}
    if len(chosen) > MOST_EVIDENCE or not own.issuperset(chosen):
        raise _invalid(
            "system.paper",
            field,
            f"附件须已上传到本系统，最多 {MOST_EVIDENCE} 件",
            f"Papers are first uploaded to this system; at most {MOST_EVIDENCE}",
        )
    return chosen


def past_day(law: Rulebook, doing: Performance, on: date, field: str) -> None:
    """Raises Invalid when the day is yet to come: what is recorded has happened."""
    if on > duties.today(law, doing.now):
        raise _invalid("day.future", field, "日期不能晚于今天", "The day cannot lie in the future")


def _invalid(code: str, field: str, text: str, text_en: str) -> Invalid:
    return Invalid(code, text, text_en=text_en, remedy="改正后重试", remedy_en="Correct it and try again", field=field)
