"""What holds of every decision, whoever asks and whatever is known: the properties that no single case shows.

P10 and P11 stand beside the second text, in `test_cedar_oracle.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mingjian.governance.authority import (
    RULES,
    Act,
    Allow,
    Ceremony,
    Deny,
    Facts,
    Obligation,
    Presence,
    Role,
    Subject,
    decide,
)
from mingjian.governance.organs import Relation
from mingjian.governance.procedure import ACCESS, State, Step
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import PersonId, StreamId, UnitId
from mingjian.kernel.period import Period
from mingjian.storage.expiry import ClockStep, HeldContainer, Hold, due
from web_world import World

NOW = UtcNs(10**6 * SECOND_NS)
WINDOW_S = 600
PEOPLE = st.sampled_from([PersonId("me"), PersonId("you"), PersonId("they")])
UNITS = st.sampled_from([UnitId("ours"), UnitId("theirs")])
ACTS = st.sampled_from(list(Act))
ROLES = st.frozensets(st.sampled_from(list(Role)))
OFTEN = st.integers(-WINDOW_S - 1, 2).map(lambda seconds: UtcNs(NOW + seconds * SECOND_NS))
SUBJECTS = st.builds(Subject, st.just(PersonId("me")), UNITS, ROLES, st.booleans())
FACTS = st.builds(
    Facts,
    owner=st.none() | PEOPLE,
    target=st.none() | PEOPLE,
    session=st.sampled_from(["", "s"]),
    presences=st.lists(st.builds(Presence, PEOPLE, st.sampled_from(["", "s"]), OFTEN), max_size=4).map(tuple),
    ceremony=st.none() | st.just(Ceremony(2, WINDOW_S)),
    approved_until=st.none() | OFTEN,
    purpose=st.sampled_from(["", "核实报案时间"]),
    relations=st.frozensets(st.sampled_from(list(Relation))),
    keeps=st.booleans(),
    proven=st.none() | OFTEN,
)
OBJECTS = st.none() | UNITS
TAKEN = (Act.ACCESS_EXPORT, Act.ACCESS_HAND_OVER)
"""What leaves the house."""
PICTURES = [act for act, rule in RULES.items() if rule.obligations & {Obligation.WATERMARK, Obligation.REGISTER_ENTRY}]


def allows(who: Subject, act: Act, unit: UnitId | None, facts: Facts, now: UtcNs = NOW) -> bool:
    return isinstance(decide(who, act, unit, facts, now), Allow)


@given(SUBJECTS, ACTS, FACTS)
def test_p1_an_object_of_a_foreign_unit_is_not_there_for_whom_the_law_gives_nothing(
    who: Subject, act: Act, facts: Facts
) -> None:
    foreign = UnitId("theirs" if who.unit == "ours" else "ours")
    decision = decide(who, act, foreign, replace(facts, relations=frozenset()), NOW)
    assert isinstance(decision, Deny)
    if who.enabled:
        assert [reason.code for reason in decision.reasons] == ["authority.unknown-object"]


@given(SUBJECTS, ACTS, OBJECTS, FACTS)
def test_p2_disabling_a_person_never_enlarges_a_right(
    who: Subject, act: Act, unit: UnitId | None, facts: Facts
) -> None:
    assert not allows(replace(who, enabled=False), act, unit, facts)


LESS: dict[str, Any] = {
    "owner": None, "target": None, "presences": (), "ceremony": None, "approved_until": None, "purpose": "",
    "keeps": False, "proven": None,
}  # fmt: skip
"""What each fact is when it is not known."""


@given(SUBJECTS, ACTS, OBJECTS, FACTS, st.sampled_from(sorted(LESS)))
def test_p2_taking_a_fact_away_never_enlarges_a_right(
    who: Subject, act: Act, unit: UnitId | None, facts: Facts, lost: str
) -> None:
    if not allows(who, act, unit, facts):
        assert not allows(who, act, unit, replace(facts, **{lost: LESS[lost]}))


@given(SUBJECTS, OBJECTS, FACTS)
def test_p3_no_copy_without_an_approval_in_force(who: Subject, unit: UnitId | None, facts: Facts) -> None:
    if allows(who, Act.ACCESS_EXPORT, unit, facts):
        assert facts.approved_until is not None
        assert facts.approved_until > NOW
        assert unit in (None, who.unit) or Relation.OWN in facts.relations


@given(SUBJECTS, st.sampled_from(TAKEN), OBJECTS, FACTS)
def test_p4_nothing_leaves_without_two_different_officers_in_the_same_session(
    who: Subject, act: Act, unit: UnitId | None, facts: Facts
) -> None:
    if allows(who, act, unit, facts):
        oldest = NOW - WINDOW_S * SECOND_NS
        here = {one.officer for one in facts.presences if one.session == facts.session and oldest <= one.at <= NOW}
        assert len(here) >= 2


def test_p5_no_path_through_the_procedure_spends_an_approval_twice() -> None:
    """After a package was handed over no step leads back to where one is made."""

    def after(state: State) -> set[State]:
        found: set[State] = set()
        waiting = [state]
        while waiting:
            at = waiting.pop()
            following = {passage.next for (start, _), passage in ACCESS.items() if start is at}
            waiting += following - found
            found |= following
        return found

    exporting = [passage.next for (_, step), passage in ACCESS.items() if step is Step.EXPORT]
    assert exporting
    handed_over = {passage.next for (_, step), passage in ACCESS.items() if step is Step.HAND_OVER}
    assert handed_over
    assert not any(state in after(delivered) for delivered in handed_over for state in exporting)


@given(SUBJECTS, ACTS, OBJECTS, FACTS, st.integers(0, 10**9))
def test_p6_what_has_expired_stays_expired(
    who: Subject, act: Act, unit: UnitId | None, facts: Facts, later: int
) -> None:
    """Once time alone has ended a right (approval, signatures), no later instant brings it back by itself."""
    begun = max([NOW, *(one.at for one in facts.presences), facts.proven or NOW])
    if not allows(who, act, unit, facts, begun):
        assert not allows(who, act, unit, facts, UtcNs(begun + later * SECOND_NS))


@given(SUBJECTS, FACTS)
def test_p6_an_approval_ends_at_its_instant_and_a_signature_with_its_window(who: Subject, facts: Facts) -> None:
    if facts.approved_until is not None:
        assert not allows(who, Act.ACCESS_EXPORT, who.unit, facts, facts.approved_until)
    latest = max((one.at for one in facts.presences), default=NOW)
    past = UtcNs(latest + (WINDOW_S + 1) * SECOND_NS)
    assert not allows(who, Act.ACCESS_HAND_OVER, who.unit, facts, past)


LOOKING = {Role.UNIT_MANAGER, Role.DUTY}
"""The roles to which a picture is shown at all."""


@given(SUBJECTS, st.sampled_from(PICTURES), OBJECTS, FACTS)
def test_p7_no_administrator_sees_video_by_being_one(who: Subject, act: Act, unit: UnitId | None, facts: Facts) -> None:
    if allows(who, act, unit, facts):
        assert who.roles & LOOKING


HOUR_NS = 3600 * SECOND_NS
HOURS = st.integers(0, 2_000)
CONTAINERS = st.builds(
    lambda start, length: HeldContainer(
        StreamId("a"), "a/x.mp4", 0, 1, 2, Period(UtcNs(start * HOUR_NS), UtcNs((start + length) * HOUR_NS)), 1
    ),
    HOURS,
    st.integers(1, 24),
)
HOLDS = st.lists(st.builds(lambda c: Hold(StreamId("a"), c.period), CONTAINERS), max_size=3)
STEPS = st.lists(st.builds(lambda at, by: ClockStep(UtcNs(at * HOUR_NS), by * HOUR_NS), HOURS, HOURS), max_size=3)


def test_p8_no_act_deletes_footage_and_no_rule_could_allow_one() -> None:
    """Deleting is the system's own doing after the term; nobody has a right to it that could be granted."""
    deleting = ("delete", "erase", "expire", "purge", "destroy", "truncate")
    assert [act for act in Act if any(word in act for word in deleting)] == []


@given(CONTAINERS, st.integers(0, 3_000), st.integers(0, 1_000), st.integers(0, 1_000), HOLDS, STEPS, STEPS)
def test_p8_nothing_inside_its_floor_is_due_whatever_the_state(
    held: HeldContainer,
    hour: int,
    floor: int,
    ceiling: int,
    holds: list[Hold],
    own: list[ClockStep],
    others: list[ClockStep],
) -> None:
    now = UtcNs(hour * HOUR_NS)
    gone = due(
        [held], now, floor_ns=floor * HOUR_NS, ceiling_ns=ceiling * HOUR_NS, holds=holds, steps=own, confirmed=others
    )
    if now < held.period.end + floor * HOUR_NS:
        assert gone == []
    if any(hold.period.overlaps(held.period) for hold in holds):
        assert gone == []


@given(CONTAINERS, st.integers(0, 1_000), st.integers(0, 1_000))
def test_p9_past_the_ceiling_and_without_a_hold_it_is_due(held: HeldContainer, floor: int, over: int) -> None:
    ceiling_ns = (floor + over) * HOUR_NS
    going = UtcNs(held.period.end + ceiling_ns)
    terms: dict[str, Any] = {"floor_ns": floor * HOUR_NS, "ceiling_ns": ceiling_ns, "holds": [], "steps": []}
    assert due([held], going, **terms) == [held]
    assert due([held], UtcNs(going - 1), **terms) == []


@given(SUBJECTS, OBJECTS, FACTS, st.text(max_size=20))
def test_p12_an_act_that_nobody_wrote_down_is_denied(
    who: Subject, unit: UnitId | None, facts: Facts, word: str
) -> None:
    assume(word not in set(Act))
    unknown: Any = word
    assert isinstance(decide(who, unknown, unit, facts, NOW), Deny)


@pytest.mark.parametrize("act", [act for act, rule in RULES.items() if rule.conditions])
def test_p12_an_act_with_conditions_is_denied_where_nothing_is_known(act: Act) -> None:
    managing_at_home = {Act.ATTACHMENT_ADD, Act.COMPLAINT_LIST, Act.COMPLAINT_REPLY}
    """Their one condition is about other units' objects alone."""
    who = Subject(PersonId("me"), UnitId("ours"), RULES[act].roles)
    assert allows(who, act, UnitId("ours"), Facts()) is (act in managing_at_home)


def test_p12_an_error_while_the_facts_are_read_leaves_no_view_and_no_entry(tmp_path: Path) -> None:
    """The one place where facts are loaded is the act's own transaction: what breaks there undoes the act."""
    world = World(tmp_path)
    try:
        before = len(world.entries("viewing.opened"))
        with pytest.raises(ZeroDivisionError), world.acting() as doing:
            doing.enter("viewing.opened", "x", {"act": "live"})
            _ = 1 // 0
        assert len(world.entries("viewing.opened")) == before
    finally:
        world.close()
