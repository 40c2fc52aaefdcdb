"""How an act is done: one transaction, one decision on fresh facts, one ledger entry; a refusal is an entry too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import Actor, Person
from mingjian.audit import ledger
from mingjian.audit.ledger import SYSTEM, LedgerEntry
from mingjian.governance.authority import Act, Allow, Decision, Deny, Facts, Subject, decide, visible_scope
from mingjian.governance.organs import Scope, relations
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Missing, Refused
from mingjian.kernel.ids import UnitId

REFUSED = "act.refused"
"""The kind of a refusal's entry. Its `article` is a citation, or the matter by which the law of its day has one."""
NODE = "local"
"""Names the installation in its entries until nodes exchange acts."""


@dataclass(slots=True)
class Performance:
    """An act under way: its transaction, its instant, and who does it as stored at that instant."""

    uow: UnitOfWork
    now: UtcNs
    actor: Actor
    person: Person
    act: Act
    subject: str

    def permit(self, unit: UnitId | None, facts: Facts | None = None, *, act: Act | None = None) -> Allow:
        """Decide on facts loaded in this transaction. Raises Refused, or Missing for a foreign unit."""
        decision = self._decided(unit, facts, act)
        if isinstance(decision, Deny):
            raise refusal(decision.reasons[0])
        return decision

    def may(self, unit: UnitId | None, facts: Facts | None = None, *, act: Act | None = None) -> bool:
        """What `permit` would say, for an answer that shows less to whom it says no."""
        return isinstance(self._decided(unit, facts, act), Allow)

    def _decided(self, unit: UnitId | None, facts: Facts | None, act: Act | None) -> Decision:
        asker = Subject(self.person.id, self.person.unit, self.person.roles, self.person.disabled is None)
        proven = replace(facts or Facts(), proven=self.actor.proven)
        return decide(asker, act or self.act, unit, proven, self.now)

    def permit_near(
        self, owner: UnitId, territory: str, sector: str = "", facts: Facts | None = None, *, act: Act | None = None
    ) -> Allow:
        """Like `permit`, for an object at a place: organs may be competent for what another unit owns."""
        asking = self.uow.organs.one(self.person.unit)
        near = relations(asking, owner, territory, sector) if asking is not None else frozenset()
        return self.permit(owner, replace(facts or Facts(), relations=near), act=act)

    def scope(self, act: Act | None = None) -> Scope:
        """Which objects at places a list shows: those that `permit_near` would allow."""
        asking = self.uow.organs.one(self.person.unit)
        return visible_scope(act or self.act, self.person.roles, asking) if asking is not None else Scope()

    def keeps(self) -> bool:
        """Whether the actor's unit keeps the installation."""
        own = self.uow.organs.one(self.person.unit)
        return own is not None and own.keeps

    def enter(
        self,
        kind: str,
        subject: str,
        facts: Mapping[str, object] | None = None,
        *,
        personal: Mapping[str, str] | None = None,
    ) -> int:
        """Append this act's entry to the ledger; its index. Names and free text go into `personal`."""
        return self.uow.ledger.append(entry(kind, self.now, subject, facts, actor=self.actor, personal=personal))


def refusal(why: Reason) -> Refused | Missing:
    """The error of a reason."""
    family = Missing if why.code == "authority.unknown-object" else Refused
    return family(
        why.code,
        why.text,
        text_en=why.text_en,
        remedy=why.remedy,
        remedy_en=why.remedy_en,
        article=why.article,
    )


def entry(
    kind: str,
    now: UtcNs,
    subject: str,
    facts: Mapping[str, object] | None = None,
    *,
    actor: Actor | None = None,
    unit: str = "",
    personal: Mapping[str, str] | None = None,
) -> LedgerEntry:
    """The ledger entry of an act by `actor`, or by the system itself; empty personal texts are left out.

    What the system does about a `unit` belongs to that unit: its auditor reads it, no other does.
    """
    by = (
        ledger.Actor(SYSTEM.id, unit=unit)
        if actor is None
        else ledger.Actor(actor.person, actor.display_name, actor.unit)
    )
    texts = {name: text for name, text in (personal or {}).items() if text}
    return LedgerEntry(kind=kind, at=now, actor=by, node=NODE, subject=subject, facts=dict(facts or {}), personal=texts)


@contextmanager
def performing(store: Store, act: Act, subject: str, *, actor: Actor, clock: Clock) -> Iterator[Performance]:
    """One act in one transaction. A Refused raised inside undoes everything and is itself entered before it goes on."""
    now = clock.now()
    try:
        with store.writing() as uow:
            person = as_stored(uow, actor)
            yield Performance(uow, now, actor, person, act, subject)
    except Refused as refused:
        record_refusal(store, act, subject, refused, actor=actor, now=now)
        raise


@contextmanager
def asking(store: Store, act: Act, *, actor: Actor, clock: Clock, facts: Facts | None = None) -> Iterator[Performance]:
    """One question in one reading transaction, decided like an act. Leaves no entry unless it is refused.

    `facts` are those without which the act cannot be decided even in general, such as whom it is about.
    """
    now = clock.now()
    try:
        with store.reading() as uow:
            person = as_stored(uow, actor)
            performance = Performance(uow, now, actor, person, act, "")
            performance.permit(None, facts)
            yield performance
    except Refused as refused:
        record_refusal(store, act, "", refused, actor=actor, now=now)
        raise


def record_refusal(store: Store, act: str, subject: str, refused: Refused, *, actor: Actor | None, now: UtcNs) -> None:
    """Enter a refusal in a transaction of its own: the refused act's was undone."""
    facts = {"act": str(act), "code": refused.code, "article": refused.article, "text": refused.text}
    with store.writing() as uow:
        uow.ledger.append(entry(REFUSED, now, subject, facts, actor=actor))


def as_stored(uow: UnitOfWork, actor: Actor) -> Person:
    """The person as stored now. Raises Refused for one who is gone or disabled."""
    if actor.limited:
        raise refusal(reason("session.key-needed"))
    if actor.stale:
        raise refusal(reason("session.password-expired"))
    person = uow.people.one(actor.person)
    if person is None or person.disabled is not None:
        raise refusal(reason("authority.disabled"))
    return person
