"""The procedure of an access request: every state is reached, every state ends somewhere, no step skips a person."""

from __future__ import annotations

import pytest

from mingjian.governance.access import COPYING, LIVE_KINDS, AccessKind
from mingjian.governance.procedure import ACCESS, LABELS, State, Step, ended, next_state, possible

COPY, VIEW, USE = AccessKind.COPY, AccessKind.VIEW, AccessKind.DIRECT_USE


def reachable(start: State, kind: AccessKind = COPY, without: Step | None = None) -> set[State]:
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for state, step in ACCESS:
            after = next_state(state, step, kind)
            if state is at and step is not without and after is not None and after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def test_every_state_is_reached_and_every_state_can_end() -> None:
    assert reachable(State.SUBMITTED) == set(State)
    ends = {state for state in State if ended(state)}
    assert ends == {State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.COMPLETED}
    for kind in AccessKind:
        for state in reachable(State.SUBMITTED, kind):
            assert reachable(state, kind) & ends


@pytest.mark.parametrize("needed", [Step.APPROVE, Step.EXPORT, Step.BUILT, Step.HAND_OVER])
def test_no_copy_is_completed_without(needed: Step) -> None:
    assert State.COMPLETED not in reachable(State.SUBMITTED, without=needed)


@pytest.mark.parametrize("kind", [VIEW, USE])
def test_A21_nothing_leaves_the_house_under_an_approval_to_look(kind: AccessKind) -> None:
    assert reachable(State.SUBMITTED, kind).isdisjoint({State.EXPORTING, State.READY, State.DELIVERED})


def test_A20_only_a_live_kind_is_used_and_only_a_viewing_viewed() -> None:
    used = {kind for kind in AccessKind if next_state(State.APPROVED, Step.USE, kind) is not None}
    viewed = {kind for kind in AccessKind if next_state(State.APPROVED, Step.VIEW, kind) is not None}
    assert (used, viewed) == (LIVE_KINDS, {VIEW})


def test_every_step_has_a_row_and_words() -> None:
    assert {step for _, step in ACCESS} == set(Step) == set(LABELS)


def test_an_ended_request_takes_no_step_but_the_report_of_a_copy() -> None:
    for kind in AccessKind:
        for state in (State.REFUSED, State.WITHDRAWN, State.EXPIRED):
            assert possible(state, kind) == []
        taken = [step for step, _ in possible(State.COMPLETED, kind)]
        assert taken == ([Step.REPORT] if kind in COPYING else [])
