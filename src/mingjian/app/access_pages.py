"""What people read of access requests: lists, and one request's page with the steps open to the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app.access import facts_of, found_request, unknown_request
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import AccessRequest, Actor, ExportJob, PastAct
from mingjian.governance.authority import Act, Deny, Subject, decide, sees_only_own
from mingjian.governance.procedure import LABELS, Step, possible
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import PersonId
from mingjian.law.rulebook import Rulebook

HISTORY_LIMIT = 200
"""Entries about one request: a dozen in practice."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step from the present state: whether this person may take it now, and why not."""

    step: Step
    label: str
    label_en: str
    allowed: bool
    reason: str
    reason_en: str
    article: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as its page shows it."""

    request: AccessRequest
    steps: tuple[OpenStep, ...]
    history: Sequence[PastAct]
    export: ExportJob | None


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[AccessRequest]:
    """The unit's requests, newest first; an officer sees the own ones."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.requests.listed(doing.person.unit, _only_own(doing, Act.ACCESS_LIST))


def page(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> RequestPage:
    """One request with its lawful steps for this person, its history and its export."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        found = found_request(doing, request)
        if _only_own(doing, Act.ACCESS_LIST) not in (None, found.requester):
            raise unknown_request()
        history = doing.uow.ledger.history(request, HISTORY_LIMIT)
        return RequestPage(found, _steps(doing, law, found), history, doing.uow.exports.of_request(request))


def _steps(doing: Performance, law: Rulebook, request: AccessRequest) -> tuple[OpenStep, ...]:
    facts = replace(facts_of(doing, law, request), proven=doing.now)  # a step that asks for a proof is offered
    person = doing.person
    steps = []
    for step, act in possible(request.state):
        verdict = decide(Subject(person.id, person.unit, person.roles), act, request.unit, facts, doing.now)
        why = verdict.reasons[0] if isinstance(verdict, Deny) else None
        label, label_en = LABELS[step]
        steps.append(
            OpenStep(
                step,
                label,
                label_en,
                why is None,
                why.text if why else "",
                why.text_en if why else "",
                why.article if why else "",
            )
        )
    return tuple(steps)


def _only_own(doing: Performance, act: Act) -> PersonId | None:
    return doing.person.id if sees_only_own(act, doing.person.roles) else None
