"""How expiry goes on after a clock jump: a table `(state, step) -> (next, act)`; buttons and tests read it.

The administrator, who can set the clock, vouches that it is right; the unit's manager, who answers for the term of
article 17, confirms it. Neither role can be held together with the other, and no one confirms what he vouched for.
The auditor takes no part: who audits does nothing else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from mingjian.governance.authority import Act


class FreezeState(StrEnum):
    """Where one jump of the clock stands."""

    FROZEN = "frozen"
    VOUCHED = "vouched"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    """The clock jumped again before it was confirmed; what was said of it is void."""


class FreezeStep(StrEnum):
    """What may happen to it."""

    VOUCH = "vouch"
    CONFIRM = "confirm"
    DOUBT = "doubt"
    """The second person finds the clock wrong: it is to be set right, and vouched for anew."""
    JUMPED = "jumped"


class FreezePassage(NamedTuple):
    """One row: the state after the step, and the act that is decided on; None for the system's own steps."""

    next: FreezeState
    act: Act | None


FREEZE: dict[tuple[FreezeState, FreezeStep], FreezePassage] = {
    (FreezeState.FROZEN, FreezeStep.VOUCH): FreezePassage(FreezeState.VOUCHED, Act.CLOCK_VOUCH),
    (FreezeState.VOUCHED, FreezeStep.CONFIRM): FreezePassage(FreezeState.CONFIRMED, Act.CLOCK_CONFIRM),
    (FreezeState.VOUCHED, FreezeStep.DOUBT): FreezePassage(FreezeState.FROZEN, Act.CLOCK_DOUBT),
    (FreezeState.FROZEN, FreezeStep.JUMPED): FreezePassage(FreezeState.SUPERSEDED, None),
    (FreezeState.VOUCHED, FreezeStep.JUMPED): FreezePassage(FreezeState.SUPERSEDED, None),
}

OPEN = frozenset({FreezeState.FROZEN, FreezeState.VOUCHED})
"""Expiry stands still."""


def next_freeze_state(state: FreezeState, step: FreezeStep) -> FreezeState | None:
    """Where `step` leads from `state`; None when it is not possible there."""
    passage = FREEZE.get((state, step))
    return passage.next if passage is not None else None


def possible_freeze_steps(state: FreezeState) -> list[FreezeStep]:
    """The steps that a person may take in `state`."""
    return [step for (known, step), passage in FREEZE.items() if known is state and passage.act is not None]
