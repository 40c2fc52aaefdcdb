"""Organs, areas and objects as Cedar sees them: what an organ is to an object, asked of `relations.cedar`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import cedarpy
from cedar_oracle import NOW, Oracle, Question

from mingjian.governance.authority import Act, Facts, Subject
from mingjian.governance.organs import Organ, OrganKind, Relation
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import UnitId

ASKING, OTHER = UnitId("unit0"), UnitId("unit1")
AREAS = {"340000": "", "340400": "340000", "340421": "340400", "340422": "340400", "340500": "340000", "320000": ""}
"""Each with the one it lies in: a province, its cities, their counties, and another province."""
LEVELS = {"340000": "province", "320000": "province", "340400": "city", "340500": "city"}
SECTORS = ("", "education", "culture")


@dataclass(frozen=True, slots=True)
class Thing:
    """An object at a place."""

    owner: UnitId
    territory: str
    sector: str


OBJECTS = tuple(Thing(*parts) for parts in product((ASKING, OTHER), ("", *AREAS), ("", "education")))


ORGANS = tuple(
    Organ(ASKING, "", kind=kind, territory=territory, sector=sector)
    for kind, territory, sector in product(OrganKind, ("", *AREAS), SECTORS)
)


def organ_entities(organ: Organ) -> list[dict[str, Any]]:
    def area(code: str) -> dict[str, Any]:
        return {"__entity": {"type": "Area", "id": code}}

    found: list[dict[str, Any]] = [
        {"uid": {"type": "Area", "id": code}, "attrs": {}, "parents": [{"type": "Area", "id": outer}] if outer else []}
        for code, outer in AREAS.items()
    ]
    attrs: dict[str, Any] = {"kind": str(organ.kind), "sector": organ.sector}
    if organ.territory:
        attrs |= {"territory": area(organ.territory), "level": LEVELS.get(organ.territory, "county")}
    found.append({"uid": {"type": "Organ", "id": organ.id}, "attrs": attrs, "parents": []})
    for number, thing in enumerate(OBJECTS):
        of: dict[str, Any] = {"unit": {"__entity": {"type": "Organ", "id": thing.owner}}, "sector": thing.sector}
        if thing.territory:
            of["territory"] = area(thing.territory)
        found.append({"uid": {"type": "Object", "id": str(number)}, "attrs": of, "parents": []})
    return found


def stands(organ: Organ, policies: cedarpy.PolicySet) -> list[frozenset[Relation]]:
    """What the text says `organ` is to each of `OBJECTS`."""
    requests = [
        {
            "principal": f'Organ::"{organ.id}"',
            "action": f'Action::"{relation}"',
            "resource": f'Object::"{number}"',
            "context": {},
        }
        for number in range(len(OBJECTS))
        for relation in Relation
    ]
    entities = cedarpy.Entities.from_json_str(json.dumps(organ_entities(organ)))
    told = iter(cedarpy.is_authorized_batch(requests, policies, entities))
    found = []
    for _ in OBJECTS:
        near = set()
        for relation in Relation:
            result = next(told)
            assert not result.diagnostics.errors
            near |= {relation} if result.allowed else set()
        found.append(frozenset(near))
    return found


def allowed_objects(
    oracle: Oracle, asker: Subject, acts: Sequence[Act], near: Sequence[frozenset[Relation]]
) -> dict[Act, list[bool]]:
    """For each act, whether the rights' text allows it on each of `OBJECTS`."""
    wanted = [
        Question(asker, act, thing.owner, Facts(relations=relations), UtcNs(NOW * SECOND_NS))
        for act in acts
        for thing, relations in zip(OBJECTS, near, strict=True)
    ]
    told = iter(oracle.answers([asker], wanted))
    return {act: [next(told).allowed for _ in OBJECTS] for act in acts}
