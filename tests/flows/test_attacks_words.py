"""SQL in every text that a list or a form takes (C7 of the list). `test_on_postgresql` asks the same there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from test_web_policies import ways

from good_calls import NAMES, Call, Town, good_call
from mingjian.governance.authority import Role, role_allows
from mingjian.web.api import openapi_document
from mingjian.web.guard import Policy
from web_world import World

WORDS = ("\\' OR '1'='1'; DROP TABLE people; -- %(x)s :x ? {x}", "\x00")
SAID = 15
"""At least so many forms take such a word for the text it is."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        return resolved(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def takes_any_text(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether a value may be any words: no choice, no pattern."""
    found = resolved(document, schema)
    return any(takes_any_text(document, one) for one in found.get("anyOf", ())) or (
        found.get("type") == "string" and not {"enum", "const", "pattern", "format"} & found.keys()
    )


def texts_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The names of the texts of its query and of its form."""
    asked = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query" and takes_any_text(
        document, one["schema"])]  # fmt: skip
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    form = resolved(document, content["schema"]).get("properties", {}) if content else {}
    return asked, [name for name, schema in form.items() if takes_any_text(document, schema)]


def form_of(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of its JSON form; one that takes nothing where there is none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return content["schema"] if content else {}


async def open_ways_take_words(
    world: World, operations: Mapping[str, Mapping[str, Any]], document: Mapping[str, Any]
) -> None:
    """The ways that perform no act: before signing in, about the own session, and of citizens."""
    client, place, tried = await world.signed_in("duty"), world.add_place(), 0
    for way in ways(world.app):
        properties = resolved(document, form_of(operations.get(way.name, {}))).get("properties", {})
        texts = [name for name, schema in properties.items() if takes_any_text(document, schema)]
        if isinstance(way.policy, Policy) or not texts:
            continue
        (method,) = way.route.methods
        path = str(way.route.path).replace("{code}", place.sign_code)
        for word in WORDS:
            answer = await client.request(method, path, json=dict.fromkeys(texts, word))
            assert answer.status_code < 500, (way.name, word, answer.text)
            assert "argon2" not in answer.text
            tried += 1
    assert tried > len(WORDS) * 4


def with_word(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, word: str) -> Any:
    """`value` with `word` in place of each text of it, at any depth, that may be any words."""
    found = resolved(document, schema)
    if isinstance(value, str) and takes_any_text(document, found):
        return word
    for choice in found.get("anyOf", (found,)):
        inner = resolved(document, choice)
        if isinstance(value, dict) and "properties" in inner:
            known = inner["properties"]
            return {name: with_word(document, known.get(name, {}), one, word) for name, one in value.items()}
        if isinstance(value, list) and "items" in inner:
            return [with_word(document, inner["items"], one, word) for one in value]
    return value


async def test_c7_sql_in_any_text_of_a_list_or_a_form_is_that_text_and_nothing_else(world: World) -> None:
    document = openapi_document()
    operations = {one["operationId"]: one for path in document["paths"].values() for one in path.values()}
    towns: dict[Role, Town] = {}
    said, searched, nested = set(), 0, 0
    for way in ways(world.app):
        asked, written = texts_of(document, operations.get(way.name, {}))
        act = way.policy.acts[0] if isinstance(way.policy, Policy) else None
        role = next((one for one in NAMES if act is not None and role_allows(act, frozenset({one}))), None)
        if act is None or role is None or not (asked or written):
            continue
        if role not in towns:
            towns[role] = Town(world, role, await world.signed_in(NAMES[role]))
        town, (method,) = towns[role], way.route.methods
        path = str(way.route.path)
        call: Call = await good_call(town, way.name, path, act)
        for name in way.route.param_convertors:
            path = path.replace("{" + name + "}", call.known[name])
        for word in WORDS:
            for name in asked:
                answer = await town.client.request(method, path, params={**call.query, name: word})
                assert answer.status_code < 500, (way.name, name, word, answer.text)
                assert "argon2" not in answer.text
                searched += 1
        for word in reversed(WORDS) if written and call.form is not None else ():
            form = {**call.form, **{name: word for name in written if isinstance(call.form.get(name, ""), str)}}
            answer = await town.client.request(method, path, json=form, params=call.query)
            assert answer.status_code < 500, (way.name, word, answer.text)
            if answer.status_code < 300:
                said.add(way.name)
            deeper = with_word(document, form_of(operations[way.name]), call.form, word)
            if deeper != form:
                answer = await town.client.request(method, path, json=deeper, params=call.query)
                assert answer.status_code < 500, (way.name, word, answer.text)
                nested += deeper != {**form, **{name: deeper[name] for name in written if name in deeper}}
    assert searched > len(WORDS) * 5
    assert len(said) >= SAID, sorted(said)
    assert nested > SAID
    await open_ways_take_words(world, operations, document)
    with world.store.reading() as uow:
        assert uow.people.named("manager") is not None
    assert world.entries("person.seeded")
