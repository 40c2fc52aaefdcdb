"""The life of an access request as a table `(state, step) -> (next, act)`; buttons, history and tests read it.

`act` names the rule of `authority` that decides who may take the step; a step of the system itself has none.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.authority import Act


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
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
    EXPORT = "export"
    BUILT = "built"
    FAILED = "failed"
    HAND_OVER = "hand_over"
    COMPLETE = "complete"


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
    (State.APPROVED, Step.EXPORT): Passage(State.EXPORTING, Act.ACCESS_EXPORT),
    (State.EXPORTING, Step.PRESENCE): Passage(State.EXPORTING, Act.ACCESS_ATTEND),
    (State.EXPORTING, Step.BUILT): Passage(State.READY, None),
    (State.EXPORTING, Step.FAILED): Passage(State.APPROVED, None),
    (State.READY, Step.PRESENCE): Passage(State.READY, Act.ACCESS_ATTEND),
    (State.READY, Step.HAND_OVER): Passage(State.DELIVERED, Act.ACCESS_HAND_OVER),
    (State.DELIVERED, Step.PRESENCE): Passage(State.DELIVERED, Act.ACCESS_ATTEND),
    (State.DELIVERED, Step.HAND_OVER): Passage(State.DELIVERED, Act.ACCESS_HAND_OVER),
    (State.DELIVERED, Step.COMPLETE): Passage(State.COMPLETED, Act.ACCESS_COMPLETE),
}
"""Building may outlast the ceremony window, so officers may sign again at any time before completion."""

LABELS: dict[Step, tuple[str, str]] = {
    Step.APPROVE: ("批准", "Approve"),
    Step.REFUSE: ("驳回", "Refuse"),
    Step.WITHDRAW: ("撤回", "Withdraw"),
    Step.PRESENCE: ("执法人员签到", "Officers sign"),
    Step.EXPORT: ("制作证据包", "Build the package"),
    Step.BUILT: ("证据包制作完成", "Package built"),
    Step.FAILED: ("制作失败", "Building failed"),
    Step.HAND_OVER: ("交付证据包", "Hand over the package"),
    Step.COMPLETE: ("办结", "Complete"),
}


def next_state(state: State, step: Step) -> State | None:
    """Where `step` leads from `state`; None when it is not possible there."""
    passage = ACCESS.get((state, step))
    return passage.next if passage is not None else None


def possible(state: State) -> list[tuple[Step, Act]]:
    """The steps that people may take from `state`, in the order of the table."""
    return [(step, passage.act) for (at, step), passage in ACCESS.items() if at is state and passage.act is not None]


def ended(state: State) -> bool:
    """Whether nothing can follow `state`."""
    return all(at is not state for at, _ in ACCESS)
