"""Obligations with their clocks, as acts open, meet and drop them, and findings of what does not accord with the law.

Everything here runs inside the act's own transaction: the clock starts, stops or moves with what moved it, or not at
all. Days are legal days of the instrument's zone; of several instruments in force the earliest day binds.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Protocol

from mingjian.app.ports import UnitOfWork
from mingjian.governance.obligations import FindingState, LegalFinding, Obligation, Standing, standing
from mingjian.governance.organs import Organ
from mingjian.governance.places import Place
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rows import Builder, Duty, Regime, Row
from mingjian.law.rulebook import Rulebook

SOON, SOON_SHORT = "due_soon_days", "due_soon_short_days"
OVERDUE = "overdue."
"""Begins the code of a finding that a last day has passed; the duty's key follows."""


class Doing(Protocol):
    """What is under way in one transaction: an act (`Performance`), or what somebody without account sets going."""

    @property
    def uow(self) -> UnitOfWork: ...

    @property
    def now(self) -> UtcNs: ...


def today(law: Rulebook, now: UtcNs) -> date:
    """The legal day of `now`: days are counted in the instrument's own zone."""
    return law.day(now)


def row_of(law: Rulebook, name: str) -> Row | None:
    """A row of the law as it is now; None where an instrument does not have it any more."""
    try:
        return law.row(name)
    except Missing:
        return None


def soon_days(law: Rulebook, obligation: Obligation) -> int:
    """How many days before its last one a duty shows as due soon: by the instrument, fewer for a short term.

    A term is short when it is not longer than twice the usual warning.
    """
    usual = law.setting(SOON)
    if obligation.due_on is None or (obligation.due_on - obligation.trigger_on).days > 2 * usual:
        return usual
    return law.setting(SOON_SHORT)


def standing_of(law: Rulebook, obligation: Obligation, day: date) -> Standing:
    """How it stands on the legal day `day`."""
    return standing(obligation, day, soon_days=soon_days(law, obligation))


def open_duty(
    doing: Doing,
    law: Rulebook,
    *,
    duty: str,
    debtor: UnitId,
    owner: UnitId,
    subject_kind: str,
    subject: str,
    subject_name: str,
    trigger: date,
    builder: Builder = "unit",
    regime: Regime = "art7",
    territory: str = "",
    sector: str = "",
) -> Obligation | None:
    """Start the clock of `duty` about `subject`; None where no instrument in force knows it there.

    A duty without a number of days (promptly) is open without a last day. One that is open already stays the same
    one: a second trigger can only make its day earlier. Without `territory` the subject's own is taken: the place's,
    the system's, else its owner's seat.
    """
    reckoned = law.deadline(duty, trigger, builder=builder, regime=regime)
    row = reckoned.row if reckoned is not None else _without_day(law, duty, trigger, builder, regime)
    if row is None:
        return None
    uow = doing.uow
    before = uow.obligations.open_of(subject, duty)
    due = reckoned.last_day if reckoned is not None else None
    if before is not None:
        if due is None or (before.due_on is not None and before.due_on <= due):
            return before
        return _saved(uow, replace(before, due_on=due, row=row.id, instrument=row.instrument, trigger_on=trigger))
    if not territory:
        territory, sector = _where(uow, owner, subject_kind, subject)
    earlier = len(uow.obligations.of_subject(subject))
    opened = Obligation(
        id=_name(doing.now, subject, duty, str(earlier)),
        duty=duty,
        row=row.id,
        instrument=row.instrument,
        unit=debtor,
        owner=owner,
        subject_kind=subject_kind,
        subject=subject,
        subject_name=subject_name,
        trigger_on=trigger,
        due_on=due,
        opened=doing.now,
        calendar_known=reckoned.calendar_known if reckoned is not None else True,
        builder=builder,
        regime=regime,
        territory=territory,
        sector=sector,
    )
    uow.obligations.add(opened)
    return opened


def meet_duty(doing: Doing, subject: str, duty: str, *, on: date, entry: int) -> Obligation | None:
    """Stop the clock: met on the day `on` by the act of ledger index `entry`. None where none was running.

    What was found only because its last day had passed is settled with it; that it was late stays with the duty.
    """
    found = doing.uow.obligations.open_of(subject, duty)
    return _ended(doing, replace(found, met_on=on, met_entry=entry)) if found is not None else None


def drop_duty(doing: Doing, subject: str, duty: str, why: str) -> Obligation | None:
    """The duty does not apply any more, for the reason `why` (not empty). None where none was running."""
    found = doing.uow.obligations.open_of(subject, duty)
    return _ended(doing, replace(found, dropped=why)) if found is not None else None


def find(
    doing: Doing,
    *,
    code: str,
    row: str,
    unit: UnitId,
    owner: UnitId,
    territory: str,
    subject_kind: str,
    subject: str,
    subject_name: str,
    text: str,
    text_en: str,
) -> LegalFinding:
    """Put on record what does not accord with the law; the open one of this code and subject where there is one."""
    return found_once(
        doing.uow,
        LegalFinding(
            id=_name(doing.now, subject, code, str(len(doing.uow.findings.of_subject(subject)))),
            code=code,
            row=row,
            unit=unit,
            owner=owner,
            territory=territory,
            subject_kind=subject_kind,
            subject=subject,
            subject_name=subject_name,
            text=text,
            text_en=text_en,
            found=doing.now,
        ),
    )


def settle(doing: Doing, subject: str, code: str) -> None:
    """What was found under this code about this subject is not so any more."""
    for one in doing.uow.findings.of_subject(subject):
        if one.code == code and one.state is FindingState.OPEN:
            doing.uow.findings.save(replace(one, state=FindingState.SETTLED, settled=doing.now))


def found_once(uow: UnitOfWork, finding: LegalFinding) -> LegalFinding:
    """The open finding of this code about this subject; `finding` itself, now stored, where there is none."""
    for known in uow.findings.of_subject(finding.subject):
        if known.code == finding.code and known.state is FindingState.OPEN:
            return known
    uow.findings.add(finding)
    return finding


def _without_day(law: Rulebook, duty: str, on: date, builder: Builder, regime: Regime) -> Duty | None:
    known = law.duties(on, builder=builder, regime=regime)
    return next((row for row in known if row.duty == duty and row.days is None), None)


def _where(uow: UnitOfWork, owner: UnitId, subject_kind: str, subject: str) -> tuple[str, str]:
    """Territory and sector in which the duty is counted: of the place, since competence follows it."""
    found: Place | VideoSystem | Organ | None = uow.organs.one(owner)
    if subject_kind == "system":
        found = uow.systems.one(subject) or found
    elif subject_kind == "place":
        found = uow.places.one(subject) or found
    return (found.territory, found.sector) if found is not None else ("", "")


def _name(now: UtcNs, *about: str) -> str:
    # derived, not drawn: nothing is secret about it, and an act that is tried again names the same clock
    return uuid7(now, hashlib.sha256("\0".join(about).encode()).digest()[:RANDOM_BYTES])


def _ended(doing: Doing, obligation: Obligation) -> Obligation:
    settle(doing, obligation.subject, OVERDUE + obligation.duty)
    return _saved(doing.uow, obligation)


def _saved(uow: UnitOfWork, obligation: Obligation) -> Obligation:
    uow.obligations.save(obligation)
    return obligation
