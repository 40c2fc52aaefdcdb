"""The life of an access request as a table `(state, step) -> (next, act)`; buttons, history and tests read it.

`act` names the rule of `authority` that decides who may take the step; a step of the system itself has none. Which
kinds of access know a step at all is the table `KINDS`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.access import COPYING, LIVE_KINDS, AccessKind
from mingjian.governance.authority import Act


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    EXPORTING = "exporting"
    READY = "ready"
    DELIVERED = "delivered"
    COMPLETED = "completed"


class Step(StrEnum):
    """What may happen to a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    PRESENCE = "presence"
    VIEW = "view"
    USE = "use"
    EXPORT = "export"
    BUILT = "built"
    FAILED = "failed"
    HAND_OVER = "hand_over"
    COMPLETE = "complete"
    REPORT = "report"
    EXPIRE = "expire"


class Passage(NamedTuple):
    """One row: the state after the step, and the act that is decided on; None for the system's own steps."""

    next: State
    act: Act | None


ACCESS: dict[tuple[State, Step], Passage] = {
    (State.SUBMITTED, Step.APPROVE): Passage(State.APPROVED, Act.ACCESS_APPROVE),
    (State.SUBMITTED, Step.REFUSE): Passage(State.REFUSED, Act.ACCESS_REFUSE),
    (State.SUBMITTED, Step.WITHDRAW): Passage(State.WITHDRAWN, Act.ACCESS_WITHDRAW),
    (State.APPROVED, Step.WITHDRAW): Passage(State.WITHDRAWN, Act.ACCESS_WITHDRAW),
    (State.APPROVED, Step.PRESENCE): Passage(State.APPROVED, Act.ACCESS_ATTEND),
    (State.APPROVED, Step.VIEW): Passage(State.APPROVED, Act.ACCESS_VIEW),
    (State.APPROVED, Step.USE): Passage(State.APPROVED, Act.ACCESS_USE),
    (State.APPROVED, Step.EXPORT): Passage(State.EXPORTING, Act.ACCESS_EXPORT),
    (State.APPROVED, Step.COMPLETE): Passage(State.COMPLETED, Act.ACCESS_COMPLETE),
    (State.APPROVED, Step.EXPIRE): Passage(State.EXPIRED, None),
    (State.EXPORTING, Step.PRESENCE): Passage(State.EXPORTING, Act.ACCESS_ATTEND),
    (State.EXPORTING, Step.BUILT): Passage(State.READY, None),
    (State.EXPORTING, Step.FAILED): Passage(State.APPROVED, None),
    (State.READY, Step.PRESENCE): Passage(State.READY, Act.ACCESS_ATTEND),
    (State.READY, Step.HAND_OVER): Passage(State.DELIVERED, Act.ACCESS_HAND_OVER),
    (State.DELIVERED, Step.PRESENCE): Passage(State.DELIVERED, Act.ACCESS_ATTEND),
    (State.DELIVERED, Step.HAND_OVER): Passage(State.DELIVERED, Act.ACCESS_HAND_OVER),
    (State.DELIVERED, Step.COMPLETE): Passage(State.COMPLETED, Act.ACCESS_COMPLETE),
    (State.COMPLETED, Step.REPORT): Passage(State.COMPLETED, Act.ACCESS_REPORT),
}
"""Building may outlast the ceremony window, so officers may sign again at any time before completion. A viewing or a
use may be begun as often as the approval stands: each is a visit of its own."""

_ALL = frozenset(AccessKind)
KINDS: dict[Step, frozenset[AccessKind]] = {
    Step.PRESENCE: _ALL - LIVE_KINDS,
    Step.VIEW: frozenset({AccessKind.VIEW}),
    Step.USE: LIVE_KINDS,
    Step.EXPORT: COPYING,
    Step.HAND_OVER: COPYING,
    Step.REPORT: COPYING,
}
"""The kinds that know a step; a step that is not listed is known to all."""

OWN: dict[Act, Act] = {
    Act.ACCESS_APPROVE: Act.COPY_CONSENT,
    Act.ACCESS_REFUSE: Act.COPY_REFUSE,
    Act.ACCESS_COSIGN: Act.COPY_COSIGN,
}
"""What is decided on instead where a unit copies its own footage: its management consents, its own people are there.

Every other step is the same, so that an own copy is as strict as another's."""


def act_of(act: Act, *, own: bool) -> Act:
    """The act that is decided on, of a request between organs or of a unit's own copy."""
    return OWN.get(act, act) if own else act


STATE_NAMES: dict[State, tuple[str, str]] = {
    State.SUBMITTED: ("待批准", "waiting for approval"),
    State.APPROVED: ("已批准，待实施", "approved, to be executed"),
    State.REFUSED: ("已驳回", "refused"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.EXPIRED: ("批准已到期", "approval expired"),
    State.EXPORTING: ("正在制作", "being built"),
    State.READY: ("制作完成，待交付", "built, to be handed over"),
    State.DELIVERED: ("已交付", "handed over"),
    State.COMPLETED: ("已办结", "completed"),
}
"""What papers call a state."""

LABELS: dict[Step, tuple[str, str]] = {
    Step.APPROVE: ("批准", "Approve"),
    Step.REFUSE: ("驳回", "Refuse"),
    Step.WITHDRAW: ("撤回", "Withdraw"),
    Step.PRESENCE: ("执法人员签到", "Officers sign"),
    Step.VIEW: ("开始查阅", "Begin viewing"),
    Step.USE: ("开始接入、使用", "Begin the use"),
    Step.EXPORT: ("制作证据包", "Build the package"),
    Step.BUILT: ("证据包制作完成", "Package built"),
    Step.FAILED: ("制作失败", "Building failed"),
    Step.HAND_OVER: ("交付证据包", "Hand over the package"),
    Step.COMPLETE: ("办结", "Complete"),
    Step.REPORT: ("报告使用、归还或者销毁", "Report use, return or destruction"),
    Step.EXPIRE: ("批准到期", "Approval expired"),
}


OWN_LABELS: dict[Step, tuple[str, str]] = {
    **LABELS,
    Step.APPROVE: ("同意", "Consent"),
    Step.REFUSE: ("不同意", "Refuse"),
    Step.PRESENCE: ("两名本单位人员签到", "Two of the unit sign"),
    Step.REPORT: ("报告使用、销毁", "Report use or destruction"),
}
"""The same steps of a unit's own copy, in the words of a unit."""


def label_of(step: Step, *, own: bool) -> tuple[str, str]:
    """What a step is called, in Chinese and English."""
    return (OWN_LABELS if own else LABELS)[step]


def next_state(state: State, step: Step, kind: AccessKind) -> State | None:
    """Where `step` leads a request of `kind` from `state`; None when it is not possible there.

    A copy is completed when it was handed over, a viewing or a use at any time after its approval.
    """
    passage = ACCESS.get((state, step))
    if passage is None or kind not in KINDS.get(step, _ALL):
        return None
    unspent = step is Step.COMPLETE and state is State.APPROVED and kind in COPYING
    return None if unspent else passage.next


def possible(state: State, kind: AccessKind, *, own: bool = False) -> list[tuple[Step, Act]]:
    """The steps that people may take from `state`, in the order of the table. `own`: of a unit's own copy."""
    return [
        (step, act_of(passage.act, own=own))
        for (at, step), passage in ACCESS.items()
        if at is state and passage.act is not None and next_state(at, step, kind) is not None
    ]


ENDED = frozenset({State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.COMPLETED})
"""After these only a report may follow."""


def ended(state: State) -> bool:
    """Whether nothing can be had under a request in `state` any more."""
    return state in ENDED
