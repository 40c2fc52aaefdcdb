"""The procedure of an access request: every state is reached, every state ends somewhere, no step skips a person."""

from __future__ import annotations

import pytest

from mingjian.governance.procedure import ACCESS, LABELS, State, Step, ended, next_state, possible


def reachable(start: State, without: Step | None = None) -> set[State]:
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for (state, step), passage in ACCESS.items():
            if state is at and step is not without and passage.next not in seen:
                seen.add(passage.next)
                waiting.append(passage.next)
    return seen


def test_every_state_is_reached_and_every_state_can_end() -> None:
    assert reachable(State.SUBMITTED) == set(State)
    ends = {state for state in State if ended(state)}
    assert ends == {State.REFUSED, State.WITHDRAWN, State.COMPLETED}
    for state in State:
        assert reachable(state) & ends


@pytest.mark.parametrize("needed", [Step.APPROVE, Step.EXPORT, Step.BUILT, Step.HAND_OVER])
def test_nothing_is_completed_without(needed: Step) -> None:
    assert State.COMPLETED not in reachable(State.SUBMITTED, without=needed)


def test_every_step_has_a_row_and_words() -> None:
    assert {step for _, step in ACCESS} == set(Step) == set(LABELS)


def test_an_ended_request_takes_no_step() -> None:
    for state in (State.REFUSED, State.WITHDRAWN, State.COMPLETED):
        assert possible(state) == []
        assert all(next_state(state, step) is None for step in Step)
