"""The program against the same rules as Cedar text: whoever asks, whatever is known, both give one answer.

`make oracle WORLDS=20000` asks about more worlds than the suite does.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from random import Random

import cedarpy
import pytest
from cedar_oracle import (
    QUESTIONS,
    RELATIONS,
    RIGHTS,
    Oracle,
    actions,
    decided,
    disagreements,
    plain,
    policies,
    questions,
    world,
)
from cedar_organs import OBJECTS, ORGANS, allowed_objects, organ_entities, stands

from mingjian.governance.authority import RULES, Act, Facts, Role, Subject, visible_scope
from mingjian.governance.organs import Relation, relations
from mingjian.kernel.clock import UtcNs

SHARDS = 4
WORLDS = int(os.environ.get("WORLDS", "160"))
"""Of 500 questions each."""
LISTED_ACTS = 4
"""Acts whose lists are compared for each organ."""
PER_SHARD = WORLDS // SHARDS


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def test_the_text_names_every_act_and_no_other() -> None:
    named = [actions(policy) for policy in policies(RIGHTS).values() if policy["effect"] == "permit"]
    assert set().union(*named) == {str(act) for act in Act}
    of_places = set(Relation) - {Relation.KEEPER}  # the keeper stands to the people of a unit, not to a place
    assert {relation for policy in policies(RELATIONS).values() for relation in actions(policy)} == of_places


def test_the_text_names_roles_that_there_are() -> None:
    named = {word for word in RIGHTS.replace("(", " ").replace(",", " ").split() if word.startswith('Role::"')}
    assert {word.removeprefix('Role::"').partition('"')[0] for word in named} - {"…"} == set(Role)


def test_enough_decisions_are_compared() -> None:
    by_object = len(ORGANS) * len(OBJECTS)
    assert PER_SHARD * SHARDS * QUESTIONS + by_object * (LISTED_ACTS + len(Relation)) >= 100_000


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.timeout(3600)
def test_p10_the_program_decides_as_the_text(shard: int, oracle: Oracle) -> None:
    differing, answers = disagreements(*plain(), oracle)
    told = Counter(answers)
    assert not differing, (len(differing), differing[0])
    for seed in range(shard * PER_SHARD, (shard + 1) * PER_SHARD):
        people = world(seed)
        differing, answers = disagreements(people, questions(seed, people), oracle)
        told.update(answers)
        assert not differing, (seed, len(differing), differing[0])
    # a comparison in which an act is never allowed, or never denied, would say nothing about it
    assert [act for act in Act if not told[act, True] or not told[act, False]] == []


@pytest.mark.parametrize("act", list(Act))
def test_the_oracle_sees_a_role_too_many(act: Act, oracle: Oracle) -> None:
    """What a slip in the table would look like: a person with every other role may do the act."""
    others = frozenset(set(Role) - RULES[act].roles)
    if not others:
        return
    people = [replace(who, roles=others, enabled=True) for who in world(1)]
    asked = [replace(question, act=act, subject=people[0]) for question in questions(1, people, 20)]
    assert not any(answer.allowed for answer in oracle.answers(people, asked))
    assert not any(decided(question).allowed for question in asked)


def test_p10_what_an_organ_is_to_an_object_is_what_the_text_says() -> None:
    policies_of = cedarpy.PolicySet.from_str(RELATIONS)
    for organ in ORGANS:
        for thing, text in zip(OBJECTS, stands(organ, policies_of), strict=True):
            assert relations(organ, thing.owner, thing.territory, thing.sector) == text, (organ, thing)


def test_p11_a_list_shows_exactly_what_the_text_allows_of_each_object(oracle: Oracle) -> None:
    """`visible_scope` against both texts together, for every object of a county and its neighbours."""
    policies_of = cedarpy.PolicySet.from_str(RELATIONS)
    listed = [act for act, rule in RULES.items() if not rule.conditions and not rule.fresh]
    for seed, organ in enumerate(ORGANS):
        random = Random(seed)
        roles = frozenset(random.sample(list(Role), random.randint(1, 3)))
        asker = Subject(world(0)[0].person, organ.id, roles)
        acts = random.sample(listed, LISTED_ACTS)
        for act, shown in allowed_objects(oracle, asker, acts, stands(organ, policies_of)).items():
            scope = visible_scope(act, roles, organ)
            seen = [scope.shows(thing.owner, thing.territory, thing.sector) for thing in OBJECTS]
            assert seen == shown, (seed, act, roles, organ)


def test_the_entities_of_areas_lie_in_one_another() -> None:
    parents = {one["uid"]["id"]: [up["id"] for up in one["parents"]] for one in organ_entities(ORGANS[0])}
    assert parents["340421"] == ["340400"]
    assert parents["340400"] == ["340000"]


def test_a_missing_fact_is_left_out_of_the_question() -> None:
    (question,) = questions(5, world(5), 1)
    bare = replace(question, facts=Facts(), now=UtcNs(0))
    assert not decided(bare).allowed or Oracle().answers(world(5), [bare])[0].allowed
