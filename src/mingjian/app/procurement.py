"""The unit's own record of what it chose, and confidential reports of designation, as acts (articles 12 and 27)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import duties
from mingjian.app.offers import Offer, offered
from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.app.works import papers_of, past_day
from mingjian.governance import matters
from mingjian.governance.authority import Act, role_allows
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.procurement import (
    MOST_CANDIDATES,
    DesignationReport,
    Handled,
    Method,
    Object,
    Procurement,
    ReportStep,
    Way,
    next_report,
    possible_report,
    recipient,
)
from mingjian.governance.reasons import reason
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rulebook import Rulebook

NUMBER_BYTES = 5
"""40 random bits as eight letters: two reports do not meet, and no number tells of another."""


@dataclass(frozen=True, slots=True)
class ProcurementForm:
    """What the unit writes about one purchase."""

    object: Object
    method: Method
    candidates: tuple[str, ...]
    chosen: str
    reason: str
    decided_on: date
    contracts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as its reporter or its recipient sees it. Only the recipient has steps."""

    report: DesignationReport
    accused: str
    recipient: str
    own: bool
    offers: tuple[Offer, ...]


def procurements(store: Store, *, actor: Actor, clock: Clock, system: str) -> Sequence[Procurement]:
    """What the unit recorded about its system. Nobody outside the unit learns that there is anything."""
    with asking(store, Act.PROCUREMENT_LIST, actor=actor, clock=clock) as doing:
        _own_system(doing, system)
        return doing.uow.procurements.of_system(system)


def record_procurement(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, system: str, form: ProcurementForm
) -> Procurement:
    """Record a purchase: how, among whom, whom, and why, as the unit says it. Nothing here ranks anybody."""
    if not 1 <= len(form.candidates) <= MOST_CANDIDATES:
        raise _invalid(
            "procurement.candidates",
            "candidates",
            f"写明 1 至 {MOST_CANDIDATES} 个候选产品或者单位",
            f"Name 1 to {MOST_CANDIDATES} candidates",
        )
    candidates = tuple(line(one, "candidates", longest=100) for one in form.candidates)
    chosen = line(form.chosen, "chosen", longest=100)
    if chosen not in candidates:
        raise _invalid("procurement.chosen", "chosen", "选定的须在候选之中", "The choice is one of the candidates")
    why = line(form.reason, "reason", shortest=4, longest=1_000)
    with performing(store, Act.PROCUREMENT_RECORD, system, actor=actor, clock=clock) as doing:
        found = _own_system(doing, system)
        past_day(law, doing, form.decided_on, "decided_on")
        record = Procurement(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=found.unit,
            system=system,
            object=form.object,
            method=form.method,
            candidates=candidates,
            chosen=chosen,
            reason=why,
            decided_on=form.decided_on,
            contracts=papers_of(doing, system, form.contracts, "contracts"),
            by=doing.person.display_name,
            created=doing.now,
        )
        doing.uow.procurements.add(record)
        doing.enter("procurement.recorded", record.id, {"object": form.object, "method": form.method})
        return record


def report_designation(
    store: Store,
    law: Rulebook,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    accused: str,
    way: Way,
    happened_on: date,
    text: str,
) -> ReportView:
    """Report that an organ or its staff designated; the number is the acknowledgment.

    It goes to the organ above or to the supervisory organ, never to the accused or below it. Raises Refused
    `designation.recipient` where no such organ is on record.
    """
    text = line(text, "text", shortest=10, longest=4_000)
    with performing(store, Act.DESIGNATION_REPORT, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        past_day(law, doing, happened_on, "happened_on")
        organ = doing.uow.organs.one(UnitId(accused))
        if organ is None or organ.kind is OrganKind.UNIT:
            raise _invalid("designation.accused", "accused", "须选择一个机关", "Choose an organ")
        receiver = recipient(organ, way, doing.uow.organs.listed())
        if receiver is None:
            # entered by nobody: a refusal on the ledger would tell the accused's own auditor who tried
            raise Invalid(
                "designation.recipient",
                reason("designation.recipient").text,
                text_en=reason("designation.recipient").text_en,
                remedy=reason("designation.recipient").remedy,
                remedy_en=reason("designation.recipient").remedy_en,
                field="way",
                article=matters.DESIGNATION,
            )
        report = DesignationReport(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            number="举" + base64.b32encode(random(NUMBER_BYTES)).decode(),
            unit=receiver.id,
            reporter=doing.person.id,
            accused=organ.id,
            happened_on=happened_on,
            text=text,
            created=doing.now,
        )
        doing.uow.designations.add(report)
        hidden = {"reporter": doing.person.display_name, "accused": organ.name, "text": text}
        # the receiving organ's, and by the system: neither the reporter's colleagues nor the accused's auditor
        # may learn from the ledger that somebody reported
        doing.uow.ledger.append(entry("designation.reported", doing.now, report.id, unit=receiver.id, personal=hidden))
        return ReportView(report, organ.name, receiver.name, True, ())


def reports(store: Store, *, actor: Actor, clock: Clock) -> list[ReportView]:
    """One's own reports, and for the handlers of an organ those that it received."""
    with asking(store, Act.DESIGNATION_LIST, actor=actor, clock=clock) as doing:
        found = {report.id: report for report in doing.uow.designations.made_by(doing.person.id)}
        if role_allows(Act.DESIGNATION_HANDLE, doing.person.roles):
            found |= {report.id: report for report in doing.uow.designations.received(doing.person.unit)}
        newest = sorted(found.values(), key=lambda report: report.created, reverse=True)
        return [_seen(doing, report) for report in newest]


def report(store: Store, *, actor: Actor, clock: Clock, report: str) -> ReportView:
    """One report. Raises Missing for everybody but its reporter and the handlers of the receiving organ."""
    with asking(store, Act.DESIGNATION_LIST, actor=actor, clock=clock) as doing:
        return _seen(doing, _reachable(doing, report))


def handle(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, report: str, step: ReportStep, told: str
) -> ReportView:
    """A step of the receiving organ; `told` is what the reporter reads of it."""
    told = line(told, "told", shortest=4, longest=1_000)
    with performing(store, Act.DESIGNATION_HANDLE, report, actor=actor, clock=clock) as doing:
        doing.permit(None)  # before the report is looked for: a refusal then tells nothing about it
        found = _reachable(doing, report)
        doing.permit(found.unit)
        row = next_report(found.state, step)
        if row is None:
            raise refusal(reason("procedure.step"))
        taken = Handled(step, doing.person.display_name, duties.today(law, doing.now), told)
        after = replace(found, state=row.next, steps=(*found.steps, taken))
        doing.uow.designations.save(after, expected=found.state)
        doing.enter("designation.handled", report, {"step": step, "state": row.next}, personal={"told": told})
        return _seen(doing, after)


def accusable(store: Store, *, actor: Actor, clock: Clock) -> list[Organ]:
    """The organs that article 12 binds: public security and every department, with the governments above them."""
    with asking(store, Act.DESIGNATION_LIST, actor=actor, clock=clock) as doing:
        return [organ for organ in doing.uow.organs.listed() if organ.kind is not OrganKind.UNIT]


def _reachable(doing: Performance, report: str) -> DesignationReport:
    found = doing.uow.designations.one(report)
    handler = role_allows(Act.DESIGNATION_HANDLE, doing.person.roles) and doing.person.unit
    if found is None or (found.reporter != doing.person.id and found.unit != handler):
        raise refusal(reason("authority.unknown-object"))
    return found


def _seen(doing: Performance, report: DesignationReport) -> ReportView:
    accused, receiver = doing.uow.organs.one(report.accused), doing.uow.organs.one(report.unit)
    handles = report.unit == doing.person.unit
    rows = [(str(row.step), Act.DESIGNATION_HANDLE) for row in possible_report(report.state)] if handles else []
    return ReportView(
        report,
        accused.name if accused is not None else "",
        receiver.name if receiver is not None else "",
        report.reporter == doing.person.id,
        offered(rows, lambda act: doing.permit(report.unit, act=act)),
    )


def _own_system(doing: Performance, system: str) -> VideoSystem:
    """A system of the actor's own unit; for anybody else, however competent, it is not there."""
    doing.permit(None)
    found = doing.uow.systems.one(system)
    if found is None or found.unit != doing.person.unit:
        raise refusal(reason("authority.unknown-object"))
    doing.permit(found.unit)
    return found


def _invalid(code: str, field: str, text: str, text_en: str) -> Invalid:
    return Invalid(code, text, text_en=text_en, remedy="改正后重试", remedy_en="Correct it and try again", field=field)
