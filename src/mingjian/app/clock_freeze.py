"""A clock jump and the two persons who let expiry go on: each step one transaction with one ledger entry.

The order of steps is the table of `governance.clock_freeze`; the freeze itself holds without database, and is lifted
by the keeper once the second step is committed here.
"""

from __future__ import annotations

from dataclasses import replace

from mingjian.app.performing import Performance, entry, performing, refusal
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import Actor, ClockFreeze
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Facts
from mingjian.governance.clock_freeze import FREEZE, OPEN, FreezeState, FreezeStep, next_freeze_state
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock, UtcNs

SUBJECT = "clock"
"""What these ledger entries are about: one installation has one clock."""


def noticed(store: Store, *, clock: Clock, mark: str, seen: str, found: UtcNs, expected: UtcNs) -> bool:
    """The keeper sees that expiry stands still for the jump `mark`. Whether two persons have confirmed that one.

    A jump not known yet is entered, and what was said of an earlier one is void.
    """
    with store.reading() as uow:
        known = uow.clock_freezes.one(mark)
    if known is not None:
        return known.state is FreezeState.CONFIRMED
    with store.writing() as uow:
        _supersede(uow)
        freeze = ClockFreeze(mark, FreezeState.FROZEN, seen, found, expected)
        uow.clock_freezes.add(freeze)
        uow.ledger.append(entry("clock.frozen", clock.now(), SUBJECT, _facts(freeze)))
    return False


def over(store: Store) -> None:
    """The keeper sees that the clock is believed: a jump still open here concerned volumes that are no more."""
    if standing(store) is not None:
        with store.writing() as uow:
            _supersede(uow)


def standing(store: Store) -> ClockFreeze | None:
    """The jump for which expiry stands still; None while the clock is believed."""
    with store.reading() as uow:
        found = uow.clock_freezes.latest()
    return found if found is not None and found.state in OPEN else None


def vouch(store: Store, *, actor: Actor, clock: Clock, mark: str, how: str) -> ClockFreeze:
    """The first person has compared the clock with another, and says how. Refused for all but administrators."""
    with performing(store, Act.CLOCK_VOUCH, SUBJECT, actor=actor, clock=clock) as doing:
        found, after = _step(doing, mark, FreezeStep.VOUCH)
        how = line(how, "how", shortest=4, longest=200)
        vouched = replace(
            found,
            state=after,
            vouched=doing.now,
            voucher=doing.person.id,
            voucher_name=doing.person.display_name,
        )
        doing.uow.clock_freezes.save(vouched, expected=found.state)
        doing.enter("clock.vouched", SUBJECT, _facts(found), personal={"how": how})
        return vouched


def confirm(store: Store, *, actor: Actor, clock: Clock, mark: str, how: str) -> ClockFreeze:
    """The second person confirms, and expiry goes on. Refused for all but managers, and for who vouched."""
    with performing(store, Act.CLOCK_CONFIRM, SUBJECT, actor=actor, clock=clock) as doing:
        found, after = _step(doing, mark, FreezeStep.CONFIRM)
        how = line(how, "how", shortest=4, longest=200)
        confirmed = replace(
            found,
            state=after,
            confirmed=doing.now,
            confirmer=doing.person.id,
            confirmer_name=doing.person.display_name,
        )
        doing.uow.clock_freezes.save(confirmed, expected=found.state)
        doing.enter(
            "clock.confirmed", SUBJECT, {**_facts(found), "voucher": found.voucher or ""}, personal={"how": how}
        )
        return confirmed


def doubt(store: Store, *, actor: Actor, clock: Clock, mark: str, how: str) -> ClockFreeze:
    """The second person finds the clock wrong: expiry stays frozen, and the clock is to be vouched for anew."""
    with performing(store, Act.CLOCK_DOUBT, SUBJECT, actor=actor, clock=clock) as doing:
        found, after = _step(doing, mark, FreezeStep.DOUBT)
        how = line(how, "how", shortest=4, longest=200)
        again = replace(found, state=after, vouched=None, voucher=None, voucher_name="")
        doing.uow.clock_freezes.save(again, expected=found.state)
        doing.enter("clock.doubted", SUBJECT, {**_facts(found), "voucher": found.voucher or ""}, personal={"how": how})
        return again


def _supersede(uow: UnitOfWork) -> None:
    before = uow.clock_freezes.latest()
    if before is None:
        return
    after = next_freeze_state(before.state, FreezeStep.JUMPED)
    if after is not None:
        uow.clock_freezes.save(replace(before, state=after), expected=before.state)


def _step(doing: Performance, mark: str, step: FreezeStep) -> tuple[ClockFreeze, FreezeState]:
    """The jump and its state after `step`, when the actor may take it now.

    Right is asked before state, so that a refusal names it.
    """
    found = doing.uow.clock_freezes.one(mark)
    latest = doing.uow.clock_freezes.latest()
    act = next(passage.act for (_, known), passage in FREEZE.items() if known is step)
    # one clock for every unit's footage: its own people do not let that of others go
    doing.permit(None, Facts(owner=found.voucher if found is not None else None, keeps=doing.keeps()), act=act)
    if found is None or latest is None or found.mark != latest.mark or found.state not in OPEN:
        raise refusal(reason("clock.believed"))
    after = next_freeze_state(found.state, step)
    if after is None:
        raise refusal(reason("procedure.step"))
    return found, after


def _facts(freeze: ClockFreeze) -> dict[str, object]:
    return {
        "mark": freeze.mark,
        "seen": freeze.seen,
        "found_ms": freeze.found // 1_000_000,
        "expected_ms": freeze.expected // 1_000_000,
        "by_s": (freeze.found - freeze.expected) // 1_000_000_000,
    }
