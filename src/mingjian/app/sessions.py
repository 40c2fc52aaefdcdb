"""A person's own sessions: seen, and ended from afar."""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.app.credentials import IDLE_S
from mingjian.app.identity import living
from mingjian.app.performing import entry
from mingjian.app.ports import Store
from mingjian.app.records import Actor, ClosingCause, Session
from mingjian.app.views import close_in
from mingjian.kernel.clock import Clock


def mine(store: Store, *, actor: Actor, clock: Clock, idle_s: int = IDLE_S) -> Sequence[Session]:
    """The person's living sessions, the latest first. Their ids are fingerprints and open nothing."""
    now = clock.now()
    with store.reading() as uow:
        return [one for one in uow.people.sessions_of(actor.person) if living(one, now, idle_s)]


def end_others(store: Store, *, actor: Actor, clock: Clock) -> int:
    """End every own session but this one, with the viewings opened in them. How many."""
    now = clock.now()
    with store.writing() as uow:
        others = [one.id for one in uow.people.sessions_of(actor.person) if one.id != actor.session]
        for session in others:
            uow.people.end_session(session)
        for viewing in uow.register.open_viewings(others) if others else ():
            close_in(uow, viewing, ClosingCause.SIGNED_OUT, now, actor=actor)
        uow.ledger.append(entry("session.others_ended", now, actor.person, {"sessions": len(others)}, actor=actor))
        return len(others)
