"""The second opinion: the rules as Cedar text, asked about the same worlds as `governance.authority.decide`.

A world is some people and units; a question is one call of `decide`. Both are drawn from a seed. Cedar cannot count, so
a question with several signatures is asked once for each pair of them: allowed where any pair is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import cedarpy

from mingjian.governance.authority import RULES, STEP_UP_S, Act, Allow, Ceremony, Facts, Presence, Role, Subject, decide
from mingjian.governance.organs import Relation
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import PersonId, UnitId

HERE = Path(__file__).parent
RIGHTS = (HERE / "rights.cedar").read_text()
RELATIONS = (HERE / "relations.cedar").read_text()
PEOPLE = tuple(PersonId(f"person{number}") for number in range(6))
UNITS = (UnitId("unit0"), UnitId("unit1"))
QUESTIONS = 500
"""Of one world, in one batch: what a batch costs besides its questions then weighs little."""
NOW = 1_000_000
"""Seconds."""
WINDOW_S = 600
SIGNED = (WINDOW_S + 1, WINDOW_S, 300, 3, 1, 0, -1)
"""How many seconds before `NOW` officers signed: at the borders of the window, and in it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call of `decide`."""

    subject: Subject
    act: Act
    unit: UnitId | None
    facts: Facts
    now: UtcNs


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the text allows it, and what it wants kept."""

    allowed: bool
    obligations: frozenset[str]


def policies(text: str) -> dict[str, dict[str, Any]]:
    """The policies of a text by their names."""
    found = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return {policy["annotations"]["id"]: policy for policy in found.values()}


def actions(policy: object) -> set[str]:
    """Every action that a policy names, in scope or condition."""
    if isinstance(policy, dict):
        if policy.get("type") == "Action":
            return {str(policy["id"])}
        return set().union(*map(actions, policy.values()))
    return set().union(*map(actions, policy)) if isinstance(policy, list) else set()


def person(of: str) -> str:
    return f'Person::"{of}"'


def reference(of: str, kind: str = "Person") -> dict[str, Any]:
    return {"__entity": {"type": kind, "id": of}}


def world(seed: int) -> list[Subject]:
    """The people of one world."""
    random = Random(seed)
    roles = list(Role)
    return [
        Subject(
            who, random.choice(UNITS), frozenset(random.sample(roles, random.randint(0, 4))), random.random() > 0.05
        )
        for who in PEOPLE
    ]


def questions(seed: int, people: Sequence[Subject], count: int = QUESTIONS) -> list[Question]:
    """Questions about one world, near the borders of what is allowed: some facts are missing, or not quite enough."""
    random = Random(seed)
    acts = [act for act in Act for _ in range(1 + 2 * len(RULES[act].conditions))]
    return [_question(random, people, random.choice(acts)) for _ in range(count)]


def plain() -> tuple[list[Subject], list[Question]]:
    """Each act where every condition of it holds, asked by each role alone, by nobody's role and by a disabled person.

    Every act is allowed and denied among them. Each is asked of the person's own object and of another's, since some
    acts want the one and some the other.
    """
    people = [Subject(PersonId(f"the {role}"), UNITS[0], frozenset({role})) for role in Role]
    people += [
        Subject(PersonId("without a role"), UNITS[0], frozenset()),
        Subject(PersonId("disabled"), UNITS[0], frozenset(Role), enabled=False),
    ]
    now = UtcNs(NOW * SECOND_NS)
    signed = tuple(Presence(officer, "s", now) for officer in PEOPLE[:2])
    held = Facts(
        target=PEOPLE[0],
        session="s",
        presences=signed,
        ceremony=Ceremony(officers=2, window_s=WINDOW_S),
        approved_until=UtcNs(now + SECOND_NS),
        purpose="核实报案时间",
        keeps=True,
        head=True,
        papers_lack=frozenset(),
        proven=now,
    )
    return people, [
        Question(who, act, UNITS[0], replace(held, owner=owner, relations=RULES[act].relations), now)
        for act in Act
        for who in people
        for owner in (who.person, PEOPLE[0])
    ]


def _question(random: Random, people: Sequence[Subject], act: Act) -> Question:
    def often(value: Any, otherwise: Any) -> Any:
        return value if random.random() < 0.85 else otherwise

    # half of the questions come from who might, near what he might: else a rare act is never allowed in a whole shard
    able = [who for who in people if who.roles & RULES[act].roles]
    hopeful = bool(able) and random.random() < 0.5
    subject = random.choice(able if hopeful else people)
    unit = random.choice((subject.unit, subject.unit, *UNITS, None))
    near = frozenset(random.sample(list(Relation), random.choice((0, 0, 1, 1, 2, 5))))
    if hopeful:
        near |= {random.choice(sorted(RULES[act].relations))}
    presences = tuple(
        Presence(random.choice(PEOPLE), often("s", "t"), UtcNs((NOW - random.choice(SIGNED)) * SECOND_NS))
        for _ in range(random.choice((0, 1, 2, 2, 2, 3)))
    )
    facts = Facts(
        owner=random.choice((subject.person, random.choice(PEOPLE), None)),
        target=often(random.choice(PEOPLE), None),
        session=often("s", ""),
        presences=presences,
        ceremony=often(Ceremony(officers=2, window_s=WINDOW_S), None),
        approved_until=often(UtcNs(NOW * SECOND_NS + random.choice((-1, 0, 1, SECOND_NS))), None),
        purpose=often("核实报案时间", ""),
        relations=near,
        keeps=random.random() < 0.5,
        head=often(True, False),
        papers_lack=often(frozenset(), random.choice((None, frozenset({"work_id"})))),
        proven=UtcNs((NOW - random.choice((STEP_UP_S + 1, STEP_UP_S, 9, 1, 0, -1))) * SECOND_NS),
    )
    return Question(subject, act, unit, facts, UtcNs(NOW * SECOND_NS))


def entities(people: Iterable[Subject]) -> cedarpy.Entities:
    """The world as Cedar sees it."""
    found: list[dict[str, Any]] = [
        {
            "uid": {"type": "Person", "id": who.person},
            "attrs": {"unit": who.unit, "disabled": not who.enabled},
            "parents": [{"type": "Role", "id": str(role)} for role in sorted(who.roles)],
        }
        for who in people
    ]
    found += [{"uid": {"type": "Object", "id": unit}, "attrs": {"unit": unit}, "parents": []} for unit in UNITS]
    return cedarpy.Entities.from_json_str(json.dumps(found))


def asked(question: Question) -> list[dict[str, Any]]:
    """A question in Cedar's words: one request, or one for each pair of signatures."""
    facts = question.facts
    context: dict[str, Any] = {
        "now": question.now,
        "near": [str(relation) for relation in sorted(facts.relations)],
        "session": facts.session,
        "purpose": facts.purpose,
        "keeps": facts.keeps,
        "head": facts.head,
        "papersChecked": facts.papers_lack is not None and not facts.papers_lack,
        "stepUpS": STEP_UP_S * SECOND_NS,
    }
    if facts.proven is not None:
        context["proven"] = facts.proven
    if facts.owner is not None:
        context["owner"] = reference(facts.owner)
    if facts.target is not None:
        context["target"] = reference(facts.target)
    if facts.approved_until is not None:
        context["approvedUntil"] = facts.approved_until
    if facts.ceremony is not None:
        context["windowS"] = facts.ceremony.window_s * SECOND_NS
    request = {
        "principal": person(question.subject.person),
        "action": f'Action::"{question.act}"',
        "resource": f'Object::"{question.unit}"' if question.unit is not None else 'Nothing::"new"',
        "context": context,
    }
    pairs = list(combinations(facts.presences, 2)) if "access." in question.act else []
    signed = [
        {"officer": reference(one.officer), "session": one.session, "at": one.at} for pair in pairs for one in pair
    ]
    return [
        request | {"context": context | {"one": signed[number], "other": signed[number + 1]}}
        for number in range(0, len(signed), 2)
    ] or [request]


class Oracle:
    """A Cedar text, read once."""

    def __init__(self, text: str = RIGHTS) -> None:
        self._policies = cedarpy.PolicySet.from_str(text)
        self._obliges = {
            name: frozenset(policy["annotations"].get("obliges", "").split()) for name, policy in policies(text).items()
        }

    def answers(self, people: Iterable[Subject], wanted: Sequence[Question]) -> list[Answer]:
        """What the text says to each question. Raises AssertionError where it could not be evaluated."""
        requests = [asked(question) for question in wanted]
        flat = [request for one in requests for request in one]
        told = iter(cedarpy.is_authorized_batch(flat, self._policies, entities(people)))
        found = []
        for one in requests:
            results = [next(told) for _ in one]
            assert not any(result.diagnostics.errors for result in results), results[0].diagnostics.errors
            allowing = [result for result in results if result.allowed]
            names = {name for result in allowing for name in result.diagnostics.id_annotations_by_reason.values()}
            found.append(Answer(bool(allowing), frozenset().union(*(self._obliges[name] for name in names))))
        return found


def decided(question: Question) -> Answer:
    """What the program says."""
    decision = decide(question.subject, question.act, question.unit, question.facts, question.now)
    if not isinstance(decision, Allow):
        return Answer(False, frozenset())
    return Answer(True, frozenset(map(str, decision.obligations)))


def disagreements(
    people: Sequence[Subject], wanted: Sequence[Question], oracle: Oracle
) -> tuple[list[tuple[Question, Answer, Answer]], list[tuple[Act, bool]]]:
    """Where text and program differ (question, text, program), and what was decided about which act."""
    found = [
        (question, text, decided(question))
        for question, text in zip(wanted, oracle.answers(people, wanted), strict=True)
    ]
    return [one for one in found if one[1] != one[2]], [(one[0].act, one[2].allowed) for one in found]
