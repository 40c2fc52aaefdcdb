"""The life of a system: articles 9, 13 and 15 as one table."""

from __future__ import annotations

import pytest

from mingjian.governance.systems import LIFE, Builder, Life, LifeStep, next_life, possible


def reachable(builder: Builder) -> set[tuple[Life, bool]]:
    """Every state with whether the system is filed there, from the beginning."""
    found, fresh = set(), [(Life.PLANNED, False)]
    while fresh:
        state, filed = fresh.pop()
        if (state, filed) in found:
            continue
        found.add((state, filed))
        fresh += [
            (row.next, filed or row.step is LifeStep.FILE) for row in possible(state, builder=builder, filed=filed)
        ]
    return found


@pytest.mark.parametrize("builder", Builder)
def test_every_reachable_state_has_a_lawful_way_on_to_its_end(builder: Builder) -> None:
    for state, filed in reachable(builder):
        ways, seen = [(state, filed)], set()
        while ways:
            at = ways.pop()
            if at in seen:
                continue
            seen.add(at)
            ways += [
                (row.next, at[1] or row.step is LifeStep.FILE) for row in possible(at[0], builder=builder, filed=at[1])
            ]
        assert any(end is Life.RETIRED for end, _ in seen), (state, filed)


@pytest.mark.parametrize("builder", Builder)
def test_every_state_is_reached_by_somebody(builder: Builder) -> None:
    missing = set(Life) - {state for state, _ in reachable(builder)}
    assert missing == ({Life.ACCEPTED} if builder is Builder.UNIT else set())


def test_A13_1_no_government_system_is_in_use_without_acceptance() -> None:
    before = {
        row.state
        for row in LIFE
        if row.next is Life.IN_USE
        and row.builder in (None, Builder.GOVERNMENT)
        and row.state not in (Life.IN_USE, Life.NOTICED)
    }
    assert before == {Life.ACCEPTED}
    assert next_life(Life.BUILT, LifeStep.FAIL, builder=Builder.GOVERNMENT, filed=False).next is Life.DESIGNED  # type: ignore[union-attr]  # the row is there, or this fails
    assert next_life(Life.BUILT, LifeStep.ACCEPT, builder=Builder.UNIT, filed=False) is None


def test_A15_a_withdrawn_notice_leads_back_to_where_the_system_stood() -> None:
    for filed, back in ((True, Life.FILED), (False, Life.IN_USE)):
        row = next_life(Life.NOTICED, LifeStep.WITHDRAW, builder=Builder.UNIT, filed=filed)
        assert row is not None
        assert row.next is back


def test_A15_a_record_is_retired_only_after_supervised_disposal() -> None:
    assert {row.state for row in LIFE if row.next is Life.RETIRED} == {Life.DISPOSED}
    assert {row.state for row in LIFE if row.next is Life.DISPOSED} == {Life.TAKEN_DOWN}
