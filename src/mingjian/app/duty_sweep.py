"""The keeper's daily look at every open clock: days that became known, days that changed, and what ran out.

Nothing depends on how often it runs: a second look on the same day changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import cast

from mingjian.app.duties import OVERDUE, found_once, row_of, standing_of, today
from mingjian.app.performing import entry
from mingjian.app.ports import Store, UnitOfWork
from mingjian.governance.obligations import LegalFinding, Obligation, Standing
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rows import Builder, Duty, Regime
from mingjian.law.rulebook import Rulebook

BATCH = 200
"""Clocks changed in one transaction: the write lock is held for some tens of milliseconds, not for a county's list."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look did."""

    reckoned: int
    found: int


def sweep(store: Store, *, clock: Clock, law: Rulebook) -> Swept:
    """Reckon every open clock again under the law as it is now, and put on record, once each, what is overdue.

    A day that moves is entered with both days and both rows, so that whoever asks why sees it. While the holidays of
    the due year are not announced nobody is found late: the day may yet move back.
    """
    now = clock.now()
    day = today(law, now)
    with store.reading() as uow:
        due = [one for one in uow.obligations.all_open() if _changes(law, one, day, uow)]
    reckoned = found = 0
    for batch in _batches(due):
        with store.writing() as uow:
            for known in batch:
                obligation = uow.obligations.one(known.id)
                if obligation is None or obligation.met_on is not None or obligation.dropped:
                    continue  # met since we looked
                current = _reckoned(law, obligation)
                reckoned += _move(uow, obligation, current, now)
                found += _overdue(uow, law, current, day, now)
    return Swept(reckoned, found)


def _changes(law: Rulebook, obligation: Obligation, day: date, uow: UnitOfWork) -> bool:
    current = _reckoned(law, obligation)
    return current != obligation or (_is_late(law, current, day) and not _is_found(uow, current))


def _reckoned(law: Rulebook, obligation: Obligation) -> Obligation:
    """The clock as the law sets it now; unchanged where no instrument sets a day for it any more."""
    if obligation.due_on is None:
        return obligation
    again = law.deadline(
        obligation.duty,
        obligation.trigger_on,
        builder=cast("Builder", obligation.builder),
        regime=cast("Regime", obligation.regime),
    )
    if again is None:
        return obligation
    return replace(
        obligation,
        due_on=again.last_day,
        row=again.row.id,
        instrument=again.row.instrument,
        calendar_known=again.calendar_known,
    )


def _move(uow: UnitOfWork, before: Obligation, after: Obligation, now: UtcNs) -> bool:
    if before == after:
        return False
    uow.obligations.save(after)
    facts = {
        "duty": after.duty,
        "from": {"row": before.row, "due_on": str(before.due_on), "calendar_known": before.calendar_known},
        "to": {"row": after.row, "due_on": str(after.due_on), "calendar_known": after.calendar_known},
    }
    uow.ledger.append(entry("duty.reckoned", now, after.subject, facts, unit=after.unit))
    return True


def _is_late(law: Rulebook, obligation: Obligation, day: date) -> bool:
    return obligation.calendar_known and standing_of(law, obligation, day) is Standing.OVERDUE


def _is_found(uow: UnitOfWork, obligation: Obligation) -> bool:
    # an earlier clock of the same duty may have left a settled one: a new clock that runs out is found anew
    known = uow.findings.of_subject(obligation.subject)
    return any(one.code == OVERDUE + obligation.duty and one.found >= obligation.opened for one in known)


def _overdue(uow: UnitOfWork, law: Rulebook, obligation: Obligation, day: date, now: UtcNs) -> bool:
    if not _is_late(law, obligation, day) or _is_found(uow, obligation):
        return False
    row = row_of(law, obligation.row)
    name, name_en = (row.name, row.name_en) if isinstance(row, Duty) else (obligation.duty, obligation.duty)
    seed = hashlib.sha256(f"{obligation.id}\0overdue".encode()).digest()[:RANDOM_BYTES]
    finding = LegalFinding(
        id=uuid7(now, seed),
        code=OVERDUE + obligation.duty,
        row=obligation.row,
        unit=obligation.unit,
        owner=obligation.owner,
        territory=obligation.territory,
        subject_kind=obligation.subject_kind,
        subject=obligation.subject,
        subject_name=obligation.subject_name,
        text=f"{name}：期限为 {obligation.due_on}，已逾期",
        text_en=f"{name_en}: the last day was {obligation.due_on}, it is overdue",
        found=now,
    )
    found_once(uow, finding)
    facts = {"finding": finding.id, "code": finding.code, "row": finding.row, "due_on": str(obligation.due_on)}
    uow.ledger.append(entry("finding.recorded", now, obligation.subject, facts, unit=obligation.unit))
    return True


def _batches(due: Sequence[Obligation]) -> Iterator[list[Obligation]]:
    rest = iter(due)
    while batch := list(islice(rest, BATCH)):
        yield batch
