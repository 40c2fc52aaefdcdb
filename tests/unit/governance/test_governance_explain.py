"""The words of a decision: they say what the decision says, whoever asks, and each ground by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.governance import matters
from mingjian.governance.authority import (
    RULES,
    Act,
    Allow,
    Ceremony,
    Facts,
    Obligation,
    Presence,
    Role,
    Subject,
    decide,
)
from mingjian.governance.explain import (
    BROUGHT,
    MET_WORDS,
    OBLIGATION_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
    Approval,
    Asked,
    GroundStanding,
    Verdict,
    explain,
)
from mingjian.governance.organs import Relation
from mingjian.governance.posts import Post
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import PersonId, UnitId

ME, OURS, THEIRS = PersonId("me"), UnitId("ours"), UnitId("theirs")
NOW = UtcNs(10**6 * SECOND_NS)
TODAY = date(2026, 11, 25)


def asked(act: Act, *roles: Role, owner: UnitId | None = OURS, facts: Facts | None = None, **more: object) -> Asked:
    return replace(
        Asked(Subject(ME, OURS, frozenset(roles)), act, owner, "示范单位", facts or Facts(), NOW, TODAY), **more
    )


def test_every_word_of_the_table_can_be_told() -> None:
    conditions = {condition.__name__ for rule in RULES.values() for condition in rule.conditions}
    assert set(MET_WORDS) == conditions
    assert conditions >= BROUGHT
    assert set(ROLE_WORDS) == set(Role)
    assert set(RELATION_WORDS) == set(Relation)
    assert set(OBLIGATION_WORDS) == set(Obligation)


FACTS = st.builds(
    Facts,
    owner=st.sampled_from([None, ME, PersonId("you")]),
    target=st.sampled_from([None, ME, PersonId("you")]),
    session=st.just("s"),
    presences=st.sampled_from([(), (Presence(ME, "s", NOW), Presence(PersonId("you"), "s", NOW))]),
    ceremony=st.just(Ceremony(2, 600)),
    approved_until=st.sampled_from([None, NOW, UtcNs(NOW + 1)]),
    purpose=st.sampled_from(["", "用途"]),
    relations=st.frozensets(st.sampled_from(list(Relation))),
    keeps=st.booleans(),
    proven=st.sampled_from([None, NOW]),
)


@given(
    st.sampled_from(list(Act)), st.frozensets(st.sampled_from(list(Role))), st.booleans(),
    st.sampled_from([None, OURS, THEIRS]), FACTS,
)  # fmt: skip
def test_the_words_never_say_other_than_the_decision(
    act: Act, roles: frozenset[Role], enabled: bool, owner: UnitId | None, facts: Facts
) -> None:
    told = explain(asked(act, facts=facts, owner=owner, subject=Subject(ME, OURS, roles, enabled)))
    allowed = isinstance(decide(Subject(ME, OURS, roles, enabled), act, owner, facts, NOW), Allow)
    assert allowed is (told.verdict is Verdict.YES)
    assert all(line.text and line.text_en for line in told.lines)
    missing = [line for line in told.lines if line.standing is GroundStanding.MISSING]
    assert bool(missing) is (told.verdict is Verdict.NO)


def test_a_role_is_told_with_the_post_that_brought_it_since_when_and_by_which_decision() -> None:
    post = Post("p", OURS, ME, "视频值班员", False, (Role.DUTY,), "示范任〔2026〕1号", date(2026, 1, 1), NOW)
    told = explain(asked(Act.VIEW_LIVE, Role.DUTY, posts=[post]))
    assert told.verdict is Verdict.YES
    (role,) = [line for line in told.lines if line.about == "role"]
    assert "视频值班员" in role.text
    assert "2026-01-01" in role.text
    assert "示范任〔2026〕1号" in role.text
    ended = explain(asked(Act.VIEW_LIVE, Role.DUTY, posts=[replace(post, ends_on=date(2026, 2, 1))]))
    assert "视频值班员" not in ended.lines[1].text


def test_A17_1_who_has_no_role_is_told_which_is_missing_who_could_give_it_and_the_article() -> None:
    told = explain(asked(Act.VIEW_LIVE, Role.AUDITOR))
    assert told.verdict is Verdict.NO
    (missing,) = [line for line in told.lines if line.standing is GroundStanding.MISSING]
    assert "值守人员" in missing.text
    assert "安全管理员" in missing.remedy
    assert missing.article == matters.WATCH


def test_what_the_act_itself_brings_is_needed_and_not_missing() -> None:
    told = explain(asked(Act.VIEW_PLAYBACK, Role.DUTY))
    assert told.verdict is Verdict.IF
    assert "view.purpose" not in [line.text for line in told.lines]
    assert [
        line.text for line in told.lines if line.standing is GroundStanding.NEEDED and line.about == "condition"
    ] == ["回放录像须写明用途"]


@pytest.mark.parametrize(("until", "verdict"), [(None, Verdict.NO), (NOW, Verdict.NO), (UtcNs(NOW + 1), Verdict.YES)])
def test_A21_an_approval_is_told_with_its_number_and_its_end(until: UtcNs | None, verdict: Verdict) -> None:
    approval = Approval("2026-0001", until, "2026-12-01")
    facts = Facts(approved_until=until, proven=NOW)
    told = explain(asked(Act.VIEW_UNDER, Role.OFFICER, facts=facts, approvals=[approval]))
    assert told.verdict is verdict
    assert ("2026-0001" in "".join(line.text for line in told.lines)) is (verdict is Verdict.YES)
    if verdict is Verdict.NO:
        (missing,) = [line for line in told.lines if line.standing is GroundStanding.MISSING]
        assert missing.article == matters.APPROVAL


def test_an_object_of_another_unit_is_told_as_not_there() -> None:
    told = explain(asked(Act.VIEW_LIVE, Role.DUTY, owner=THEIRS, owner_name="另一单位"))
    (missing,) = [line for line in told.lines if line.standing is GroundStanding.MISSING]
    assert missing.about == "relation"
    assert "批准" in missing.remedy
