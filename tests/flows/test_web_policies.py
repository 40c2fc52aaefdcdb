"""Every route declares its policy, and what it declares is what it does: route × role, own and foreign unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from mingjian.governance.authority import Act, Role, role_allows
from mingjian.web.api import openapi_document
from mingjian.web.guard import Policy, Public, SignedIn
from web_world import World

NAMES = {
    Role.ADMINISTRATOR: "admin",
    Role.UNIT_MANAGER: "manager",
    Role.DUTY: "duty",
    Role.APPROVER: "approver",
    Role.OFFICER: "officer1",
    Role.AUDITOR: "auditor",
}
UNKNOWN = "01900000-0000-7000-8000-000000000000"
FORMS: dict[str, dict[str, Any]] = {
    "add_person": {"name": "someone", "display_name": "某人", "roles": ["duty"]},
    "change_person": {"display_name": "某人"},
    "reset_credentials": {},
    "add_camera": {"name": "门口", "url": "rtsp://192.0.2.7/x"},
    "change_camera": {"name": "门口"},
    "retire_camera": {"reason": "设备更换"},
    "probe_camera": {"url": "rtsp://192.0.2.7/x"},
    "approve_request": {},
    "refuse_request": {"reason": "材料不全"},
    "sign_presence": {"name": "officer1", "password": "wrong wrong wrong", "code": "000000"},
    "take_snapshot": {"camera": UNKNOWN},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def routes(app: FastAPI) -> list[APIRoute]:
    return [context.route for context in iter_route_contexts(app.routes) if isinstance(context.route, APIRoute)]


def policies(dependant: Dependant) -> list[object]:
    found = [dependant.call] if isinstance(dependant.call, Policy | SignedIn | Public) else []
    return found + [policy for below in dependant.dependencies for policy in policies(below)]


def test_every_route_declares_exactly_one_policy_and_an_operation(world: World) -> None:
    declared = {route.operation_id: policies(route.dependant) for route in routes(world.app)}
    assert None not in declared
    assert len(declared) > 30
    assert {name: found for name, found in declared.items() if len(found) != 1} == {}
    public = {name for name, found in declared.items() if isinstance(found[0], Public)}
    assert public == {"setup_state", "set_up", "enrol", "sign_in", "trust_anchors", "health"}


def test_every_act_that_people_do_is_the_policy_of_a_route(world: World) -> None:
    declared = {
        policy.act for route in routes(world.app) for policy in policies(route.dependant) if isinstance(policy, Policy)
    }
    inside = {Act.VIEW_PLAYBACK, Act.ACCESS_COSIGN}
    """Decided inside another act's route: by the form, and by the officer who signs."""
    assert declared | inside == set(Act)


def form_of(world: World, operation: str) -> dict[str, Any]:
    if operation == "open_view":
        return {"act": "live", "cameras": [UNKNOWN]}
    if operation == "submit_request":
        return world.request_form(cameras=[UNKNOWN])
    return FORMS.get(operation, {})


async def asked(world: World, client: Any, route: APIRoute, name: str = UNKNOWN) -> Any:
    path = route.path.replace("{path:path}", "checkpoint").replace("{index}", "0")
    for parameter in route.param_convertors:
        path = path.replace("{" + parameter + "}", name)
    method = next(iter(route.methods or {"GET"}))
    body = form_of(world, str(route.operation_id)) if method in ("POST", "PATCH", "PUT") else None
    query = {"from_ms": 0, "to_ms": 1000} if route.operation_id == "camera_timeline" else {}
    return await client.request(method, path, json=body, params=query)


@pytest.mark.parametrize("role", list(Role))
async def test_a_route_refuses_exactly_the_roles_that_the_table_refuses(world: World, role: Role) -> None:
    client = await world.signed_in(NAMES[role])
    for route in routes(world.app):
        (policy,) = policies(route.dependant)
        if not isinstance(policy, Policy):
            continue
        before = len(world.entries("act.refused"))
        answer = await asked(world, client, route)
        if role_allows(policy.act, frozenset({role})):
            refused = answer.status_code == 403 and answer.json()["error"]["code"].startswith("authority.")
            assert not refused, (route.operation_id, role, answer.text)
            assert answer.status_code < 500, (route.operation_id, answer.text)
        else:
            # an object that is not there may be answered before the role is looked at: nothing is told either way
            assert answer.status_code in (403, 404), (route.operation_id, role, answer.text)
            if answer.status_code == 403:
                assert len(world.entries("act.refused")) == before + 1, (route.operation_id, role)


async def test_nothing_answers_without_a_session(world: World) -> None:
    client = world.client()
    for route in routes(world.app):
        (policy,) = policies(route.dependant)
        if not isinstance(policy, Public):
            assert (await asked(world, client, route)).status_code == 401, route.operation_id


async def test_objects_of_another_unit_are_not_there(world: World) -> None:
    foreign = world.foreign_manager()
    camera = world.add_camera(foreign, "外单位大厅")
    for name in NAMES.values():
        client = await world.signed_in(name)
        assert camera not in (await client.get("/api/cameras")).text
        listed = await client.get("/api/people")
        assert foreign.person not in listed.text
        for route in routes(world.app):
            identity = foreign.person if "{person}" in route.path else camera
            if "{" in route.path and "path:path" not in route.path and isinstance(policies(route.dependant)[0], Policy):
                answer = await asked(world, client, route, identity)
                assert answer.status_code in (403, 404), (route.operation_id, name, answer.text)
                assert "外单位" not in answer.text
        opened = await client.post("/api/views", json={"act": "live", "cameras": [camera]})
        assert opened.status_code in (403, 404)


async def test_every_refusal_of_a_right_is_a_ledger_entry_with_who_what_and_why(world: World) -> None:
    admin = await world.signed_in("admin")
    answer = await admin.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})
    assert answer.status_code == 403
    assert answer.json()["error"]["article"] == "第十七条第一款"
    (entry,) = world.entries("act.refused")
    assert entry["actor"]["id"] == world.accounts["admin"].person
    assert entry["subject"] == world.cameras[0]
    assert (entry["facts"]["act"], entry["facts"]["code"]) == ("view.live", "view.role")
    assert world.entries("viewing.opened") == []


def test_the_description_is_complete() -> None:
    document = openapi_document()
    assert "/api/views/{grant}/snapshots" in document["paths"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    identifiers = [operation["operationId"] for operation in operations]
    assert len(identifiers) == len(set(identifiers))
