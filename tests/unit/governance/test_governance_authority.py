"""Rights by role and unit: the table, its conditions, and what no row may ever say."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.governance import matters
from mingjian.governance.authority import (
    RULES,
    STEP_UP_S,
    Act,
    Allow,
    Ceremony,
    Deny,
    Facts,
    Presence,
    Role,
    Subject,
    decide,
    exclusive_roles,
    sees_only_own,
    visible_scope,
)
from mingjian.governance.organs import Organ, OrganKind, Relation, relations
from mingjian.governance.reasons import REASONS
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import PersonId, UnitId

UNIT, FOREIGN = UnitId("unit"), UnitId("foreign")
ME, OTHER, THIRD = PersonId("me"), PersonId("other"), PersonId("third")
NOW = UtcNs(10_000 * SECOND_NS)
CEREMONY = Ceremony(officers=2, window_s=600)
VIDEO = (Act.VIEW_LIVE, Act.VIEW_PLAYBACK, Act.VIEW_SNAPSHOT, Act.ACCESS_EXPORT, Act.ACCESS_HAND_OVER)


def subject(*roles: Role, enabled: bool = True) -> Subject:
    return Subject(ME, UNIT, frozenset(roles), enabled)


def generous(owner: PersonId) -> Facts:
    """Facts under which every condition that can hold does: the subject's unit is all that it can be."""
    presences = (Presence(OTHER, "s", NOW), Presence(THIRD, "s", NOW))
    near = frozenset(Relation)
    return Facts(
        owner,
        OTHER,
        "s",
        presences,
        CEREMONY,
        UtcNs(NOW + 1),
        "a purpose",
        near,
        keeps=True,
        proven=NOW,
        head=True,
        papers_lack=frozenset(),
    )


def allowed(act: Act, who: Subject, facts: Facts | None = None, unit: UnitId | None = UNIT) -> bool:
    return any(
        isinstance(decide(who, act, unit, replace(known, proven=NOW), NOW), Allow)
        for known in ((facts,) if facts is not None else (generous(ME), generous(OTHER)))
    )


@pytest.mark.parametrize("act", VIDEO)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.APPROVER, Role.OFFICER])
def test_A5_no_administrator_auditor_approver_or_officer_reaches_video_by_the_role(act: Act, role: Role) -> None:
    assert not allowed(act, subject(role))


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_a_rule_and_each_of_its_roles_can_use_it(act: Act) -> None:
    for role in RULES[act].roles:
        assert allowed(act, subject(role)), (act, role)
    for role in set(Role) - RULES[act].roles:
        assert not allowed(act, subject(role)), (act, role)


@given(st.sampled_from(list(Act)), st.frozensets(st.sampled_from(list(Role))), st.booleans())
def test_a_foreign_unit_is_never_reached_and_a_disabled_person_never_acts(
    act: Act, roles: frozenset[Role], enabled: bool
) -> None:
    stranger = replace(generous(OTHER), relations=frozenset())
    foreign = decide(Subject(ME, UNIT, roles, enabled), act, FOREIGN, stranger, NOW)
    assert isinstance(foreign, Deny)
    if not enabled:
        assert isinstance(decide(Subject(ME, UNIT, roles, False), act, UNIT, generous(OTHER), NOW), Deny)


@pytest.mark.parametrize(
    ("act", "role", "near"),
    [
        (Act.SYSTEM_ACCEPT, Role.PLANNER, Relation.GOVERNMENT),
        (Act.REMOVAL_SUPERVISE, Role.REGISTRAR, Relation.COMPETENT),
    ],
)
def test_an_organ_reaches_what_it_is_competent_for_and_nothing_else(act: Act, role: Role, near: Relation) -> None:
    for relation in Relation:
        facts = Facts(relations=frozenset({relation}))
        assert allowed(act, subject(role), facts, FOREIGN) is (relation is near)
    assert not allowed(act, subject(role), Facts(), UNIT), "its own objects are no exception"


@given(st.sampled_from(list(Act)), st.frozensets(st.sampled_from(list(Role)), min_size=1))
def test_a_missing_fact_never_enlarges_a_right(act: Act, roles: frozenset[Role]) -> None:
    who = Subject(ME, UNIT, roles)
    if isinstance(decide(who, act, UNIT, Facts(), NOW), Allow):
        assert allowed(act, who)


FRESH = [act for act, rule in RULES.items() if rule.fresh]


@pytest.mark.parametrize("act", FRESH)
def test_what_decides_or_gives_away_needs_factors_proven_within_ten_minutes(act: Act) -> None:
    oldest = UtcNs(NOW - STEP_UP_S * SECOND_NS)
    who = subject(*RULES[act].roles)
    for proven, good in (
        (NOW, True),
        (oldest, True),
        (UtcNs(oldest - 1), False),
        (UtcNs(NOW + 1), False),
        (None, False),
    ):
        decision = decide(who, act, UNIT, replace(generous(OTHER), proven=proven), NOW)
        assert isinstance(decision, Allow) is good, (act, proven)
        if isinstance(decision, Deny):
            assert [why.code for why in decision.reasons] == ["session.step-up"]


def test_a_proof_is_asked_last_so_that_nobody_proves_himself_for_a_refusal() -> None:
    for act in FRESH:
        for who, facts in ((subject(Role.DUTY), generous(OTHER)), (subject(*RULES[act].roles), Facts())):
            decision = decide(who, act, FOREIGN, replace(facts, relations=frozenset(), proven=None), NOW)
            assert isinstance(decision, Deny) and decision.reasons[0].code == "authority.unknown-object"
    own = decide(subject(Role.APPROVER), Act.ACCESS_APPROVE, UNIT, Facts(owner=ME), NOW)
    assert isinstance(own, Deny) and own.reasons[0].code == "access.own-request"


def test_A21_an_applicant_does_not_approve_the_own_request() -> None:
    denied = decide(subject(Role.APPROVER), Act.ACCESS_APPROVE, UNIT, Facts(owner=ME), NOW)
    assert isinstance(denied, Deny)
    assert denied.reasons[0].code == "access.own-request"
    assert denied.reasons[0].article == matters.APPROVAL
    assert allowed(Act.ACCESS_APPROVE, subject(Role.APPROVER), Facts(owner=OTHER, head=True))
    assert not allowed(Act.ACCESS_APPROVE, subject(Role.APPROVER), Facts(owner=OTHER)), "only the head in office"


@pytest.mark.parametrize(
    ("presences", "enough"),
    [
        ((), False),
        ((Presence(OTHER, "s", NOW),), False),
        ((Presence(OTHER, "s", NOW), Presence(OTHER, "s", UtcNs(NOW - SECOND_NS))), False),
        ((Presence(OTHER, "s", NOW), Presence(THIRD, "elsewhere", NOW)), False),
        ((Presence(OTHER, "s", NOW), Presence(THIRD, "s", UtcNs(NOW + 1))), False),
        ((Presence(OTHER, "s", NOW), Presence(THIRD, "s", UtcNs(NOW - CEREMONY.window_s * SECOND_NS - 1))), False),
        ((Presence(OTHER, "s", NOW), Presence(THIRD, "s", UtcNs(NOW - CEREMONY.window_s * SECOND_NS))), True),
    ],
)
def test_A22_1_1_export_needs_two_different_officers_in_this_session_within_ten_minutes(
    presences: tuple[Presence, ...], enough: bool
) -> None:
    facts = Facts(
        owner=OTHER,
        session="s",
        presences=presences,
        ceremony=CEREMONY,
        approved_until=UtcNs(NOW + 1),
        papers_lack=frozenset(),
    )
    assert allowed(Act.ACCESS_EXPORT, subject(Role.UNIT_MANAGER), facts) is enough


def test_an_approval_ends_at_its_instant() -> None:
    present = generous(OTHER).presences
    for until, expected in ((None, False), (NOW, False), (UtcNs(NOW + 1), True)):
        facts = Facts(
            owner=OTHER,
            session="s",
            presences=present,
            ceremony=CEREMONY,
            approved_until=until,
            papers_lack=frozenset(),
        )
        assert allowed(Act.ACCESS_EXPORT, subject(Role.UNIT_MANAGER), facts) is expected


def test_playback_needs_a_purpose_and_live_does_not() -> None:
    assert not allowed(Act.VIEW_PLAYBACK, subject(Role.DUTY), Facts())
    assert allowed(Act.VIEW_LIVE, subject(Role.DUTY), Facts(), None)


def test_who_administers_or_audits_does_nothing_else() -> None:
    assert exclusive_roles(frozenset({Role.ADMINISTRATOR})) is None
    assert exclusive_roles(frozenset({Role.DUTY, Role.UNIT_MANAGER})) is None
    for lone in (Role.ADMINISTRATOR, Role.AUDITOR):
        for other in set(Role) - {lone}:
            assert exclusive_roles(frozenset({lone, other})) is not None
    assert exclusive_roles(frozenset()) is not None


def test_an_officer_lists_only_the_own_requests() -> None:
    assert sees_only_own(Act.ACCESS_LIST, frozenset({Role.OFFICER}))
    assert not sees_only_own(Act.ACCESS_LIST, frozenset({Role.OFFICER, Role.APPROVER}))


def test_every_reason_is_written_in_both_languages_and_used() -> None:
    folder = Path(__file__).parents[3] / "src" / "mingjian"
    used = {
        node.value
        for path in folder.rglob("*.py")
        if path.name != "reasons.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in REASONS
    }
    assert used == set(REASONS)
    assert all(reason.text and reason.text_en for reason in REASONS.values())


CODES = st.sampled_from(["", "340000", "340400", "340421", "340422", "340421103", "320000"])
SECTORS = st.sampled_from(["", "education", "culture"])
LISTED = [act for act, rule in RULES.items() if not rule.conditions]


@given(
    act=st.sampled_from(LISTED),
    roles=st.frozensets(st.sampled_from(Role)),
    asking=st.builds(
        Organ, id=st.just(UNIT), name=st.just(""), kind=st.sampled_from(OrganKind), territory=CODES, sector=SECTORS
    ),
    owner=st.sampled_from([UNIT, FOREIGN]),
    territory=CODES,
    sector=SECTORS,
)
def test_A4_a_list_shows_exactly_the_objects_on_which_the_decision_allows_its_act(
    act: Act, roles: frozenset[Role], asking: Organ, owner: UnitId, territory: str, sector: str
) -> None:
    near = Facts(relations=relations(asking, owner, territory, sector), proven=NOW)
    decided = decide(Subject(ME, asking.id, roles), act, owner, near, NOW)
    shown = visible_scope(act, roles, asking).shows(owner, territory, sector)
    assert shown is isinstance(decided, Allow)
