"""Every way in declares its policy, and what it declares is what it does: way × role, own and foreign unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, WebSocket
from fastapi.routing import RouteContext
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from good_calls import CITED, FORMS, NAMES, UNKNOWN, Town, good_call
from mingjian.app import own_copies, views
from mingjian.app.own_copies import OwnCopy
from mingjian.app.records import ExportJob, JobState
from mingjian.bootstrap.web import media_services
from mingjian.governance.authority import RULES, Act, Role, role_allows
from mingjian.governance.own_copy import Goes
from mingjian.kernel.errors import LocalError
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.period import Period
from mingjian.web.api import create_app, openapi_document
from mingjian.web.forms import instant
from mingjian.web.guard import ByGrant, Declared, Policy, Public, SignedIn, declared
from mingjian.web.media import media_router
from mingjian.web.media_protocol import OPERATIONS
from mingjian.web.witness import witness_app
from own_copy_world import INSURANCE, allow_copies
from web_world import World

MEDIA = "media"
MOST_OF_ONE = 16
"""More refusals than one call and its preparation can make."""
LAW = {
    "list_instruments", "list_matters", "read_article", "read_row", "list_place_kinds", "list_forbidden_places",
    "siting_words",
}  # fmt: skip
"""Public words, open to whoever is signed in."""
OWN = {
    "own_sessions", "end_other_sessions", "ask_new_key", "register_key", "remove_key", "ask_key_proof", "prove_by_key",
    "change_password", "begin_provider_proof", "prove_at_provider",
}  # fmt: skip
"""The own sessions, keys and proofs; `test_web_keys` and `test_web_provider` show each."""
ENTRIES = Path(__file__).parents[2] / "docs" / "ref" / "entries.md"
ENTRIES_HEAD = """# Which entry each command leaves

Each operation of the API that changes something, and those that read and are entered all the same, called once by
somebody who may: the kinds of ledger entry that the call left. A refusal leaves `act.refused` instead. Signing in
and the own credentials are in `tests/flows/test_web_session.py` and `test_web_keys.py`, what citizens send in
`test_web_signs.py`.
Written by `make matrix`, held to it by `tests/flows/test_web_policies.py`.

| operation | act | entries |
|---|---|---|
"""
_UNDER_A_VIEW = "a picture under a viewing of one's own, which has its entry"
NO_ENTRY = dict.fromkeys(("private_viewing_still", "redaction_picture", "watch_draft"), _UNDER_A_VIEW)
"""Commands that leave no entry, each with the reason."""
WRITTEN: dict[str, str] = {}
"""What all roles found, while the table is written."""
FORMLESS = {"begin_provider_sign_in": 200, "ask_provider_key": 403}
"""Public ways that take no form: anybody is sent to the provider, and nobody is asked for a key who never went."""


@dataclass(frozen=True)
class Way:
    """One way into the application: an operation of the API, the media socket, or the screens."""

    name: str
    route: RouteContext
    policy: Declared


def ways(app: Any) -> list[Way]:
    found = []
    for context, policies in declared(app):
        (policy,) = policies
        found.append(Way(getattr(context, "operation_id", None) or str(context.name), context, policy))
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The whole application, with media socket and screens, as the web process makes it."""
    screens = tmp_path / "screens"
    screens.mkdir()
    (screens / "index.html").write_text("<title>明鉴</title>")
    world = World(tmp_path, county=True)
    media = media_router(media_services(world.opened))
    world.app = create_app(replace(world.services, screens=screens), extra_routers=[media])
    world.publish()
    yield world
    world.close()


def test_every_way_in_declares_exactly_one_policy_and_a_name(world: World) -> None:
    found = ways(world.app)
    names = [way.name for way in found]
    assert len(names) == len(set(names)) > 38
    assert {way.name for way in found if isinstance(way.policy, ByGrant)} == {MEDIA}
    assert {way.name for way in found if isinstance(way.policy, SignedIn)} == {
        "own_session", "prove_session", "sign_out", "list_sectors", *OWN, *LAW,
    }  # fmt: skip
    assert {way.name for way in found if isinstance(way.policy, Public)} == {
        "setup_state", "set_up", "enrol", "sign_in", "ask_key_sign_in", "sign_in_by_key",
        "begin_provider_sign_in", "answer_provider", "finish_provider_by_code", "ask_provider_key",
        "finish_provider_by_key", "signed_out_at_provider", "trust_anchors", "verifier", "health", "screen",
        "public_sign", "public_complaint", "send_complaint",
    }  # fmt: skip


def test_every_act_that_people_do_is_the_policy_of_a_route(world: World) -> None:
    inside = {Act.ACCESS_COSIGN, Act.COPY_COSIGN, Act.VIEW_UNDER, Act.STORAGE_WHOLE}
    """Decided on the officer who signs, inside the route of the staff who attends; inside the route of an execution;
    how much of the storage a page shows."""
    acts = {act for way in ways(world.app) if isinstance(way.policy, Policy) for act in way.policy.acts}
    assert acts | inside == set(Act)


def test_every_media_operation_names_its_acts_and_they_are_those_of_its_socket(world: World) -> None:
    assert all(operation.acts for operation in OPERATIONS.values())
    (media,) = [way for way in ways(world.app) if way.name == MEDIA]
    assert set(media.policy.acts) == {views.ACTS[act] for operation in OPERATIONS.values() for act in operation.acts}


def nothing() -> None:
    return None


async def silence(socket: WebSocket) -> None:
    await socket.close()


def planted_route(router: APIRouter, folder: Path) -> None:
    router.add_api_route("/planted", nothing)


def planted_twice(router: APIRouter, folder: Path) -> None:
    policies = [Depends(Policy(Act.CAMERA_LIST)), Depends(Public("and yet open"))]
    router.add_api_route("/planted", nothing, dependencies=policies)


def planted_socket(router: APIRouter, folder: Path) -> None:
    router.add_api_websocket_route("/planted", silence)


def planted_below(router: APIRouter, folder: Path) -> None:
    below = APIRouter(prefix="/planted")
    below.add_api_route("/deeper", nothing)
    router.include_router(below)


def planted_plain(router: APIRouter, folder: Path) -> None:
    router.routes.append(Route("/planted", lambda request: Response("anything")))


def planted_mount(router: APIRouter, folder: Path) -> None:
    router.routes.append(Mount("/planted", StaticFiles(directory=folder)))


def planted_folder(router: APIRouter, folder: Path) -> None:
    router.frontend("/planted", directory=folder)


PLANTED = [planted_route, planted_twice, planted_socket, planted_below, planted_plain, planted_mount, planted_folder]


@pytest.mark.parametrize("plant", PLANTED)
def test_an_application_with_an_undeclared_way_in_does_not_start(
    world: World, plant: Callable[[APIRouter, Path], None]
) -> None:
    router = APIRouter()
    plant(router, world.folder)
    with pytest.raises(LocalError, match=r"/planted|Frontend") as refused:
        create_app(world.services, extra_routers=[router])
    assert refused.value.code == "policy.undeclared"


def test_the_witness_declares_its_ways_in() -> None:
    app = witness_app(logs={}, signer=None, memory=None, clock=None)
    assert {type(way.policy) for way in ways(app)} == {Public}


async def asked(town: Town, way: Way, act: Act) -> tuple[httpx.Response, int]:
    """What an operation answers to a call that must succeed for whoever may do `act`; the ledger's end before it."""
    path = str(way.route.path)
    call = await good_call(town, way.name, path, act)
    for name in way.route.param_convertors:
        path = path.replace("{" + name + "}", call.known[name]).replace("{" + name + ":path}", call.known[name])
    (method,) = way.route.methods
    end = town.world.entries(newest=1)[-1]["index"]
    if call.files is not None:
        return await town.client.post(path, data=call.form, files=call.files, params=call.query), end
    form = call.form if method in ("POST", "PATCH", "PUT") else None
    return await town.client.request(method, path, json=form, params=call.query), end


def left_by(way: Way, world: World, end: int) -> str:
    """The kinds of entry that a call left, as the table has them; of a command that leaves none, why."""
    found = {one["kind"] for one in world.entries(newest=MOST_OF_ONE) if one["index"] > end}
    kinds = sorted(found - {"act.refused", "session.proven"})  # who had to prove himself again did, and asked again
    if kinds:
        assert way.name not in NO_ENTRY, (way.name, kinds)
        return ", ".join(f"`{kind}`" for kind in kinds)
    (method,) = way.route.methods
    assert method == "GET" or way.name in NO_ENTRY, f"{way.name} leaves no entry and does not say why"
    return f"none: {NO_ENTRY[way.name]}" if method != "GET" else ""


def entries_table(lines: dict[str, str]) -> str:
    return ENTRIES_HEAD + "".join(f"| {about} | {left} |\n" for about, left in sorted(lines.items()))


@pytest.mark.parametrize("role", list(NAMES))
async def test_a_route_opens_to_exactly_the_roles_that_the_table_opens_it_to(world: World, role: Role) -> None:
    town = Town(world, role, await world.signed_in(NAMES[role]))
    found: dict[str, str] = {}
    for way in ways(world.app):
        for act in way.policy.acts if isinstance(way.policy, Policy) else ():
            before = {one["index"] for one in world.entries("act.refused", newest=1)}
            answer, end = await asked(town, way, act)
            # a person of the preparation who had to prove himself again is entered too
            entered = [
                one
                for one in world.entries("act.refused", newest=MOST_OF_ONE)
                if one["index"] > max(before, default=-1) and one["facts"]["code"] != "session.step-up"
            ]
            told = (way.name, act, role, answer.status_code, answer.text[:300])
            if role_allows(act, frozenset({role})):
                assert answer.status_code < 300, told
                if left := left_by(way, world, end):
                    found[f"`{way.name}` | `{act}`"] = left
            elif role is Role.PLANNER and answer.status_code == 404:
                assert entered == [], told  # of another unit: nothing is told
            else:
                assert answer.status_code == 403, told
                assert answer.json()["error"]["code"] == RULES[act].denial, told
                assert [entry["facts"]["act"] for entry in entered] == [act], told
        if isinstance(way.policy, SignedIn) and way.name not in OWN:
            (method,) = way.route.methods
            own = await world.signed_in(NAMES[role])
            form = {"code": world.code(NAMES[role])} if way.name == "prove_session" else None
            answer = await own.request(method, str(way.route.path).format(**CITED), json=form)
            assert answer.status_code < 300, (way.name, role)
    if os.environ.get("MATRIX") == "write":
        WRITTEN.update(found)
        ENTRIES.write_text(entries_table(WRITTEN))
    told_already = ENTRIES.read_text()
    assert [line for about, left in found.items() if (line := f"| {about} | {left} |") not in told_already] == [], (
        "run: make matrix"
    )


def test_the_table_of_entries_has_each_command_that_the_api_has_and_no_other(world: World) -> None:
    """What each leaves is held to its line wherever it is called."""
    policies = {way.name: way for way in ways(world.app) if isinstance(way.policy, Policy)}
    commands = {name for name, way in policies.items() if way.route.methods != {"GET"} and way.name != MEDIA}
    lines = [line.split("`")[1] for line in ENTRIES.read_text().splitlines() if line.startswith("| `")]
    assert commands <= set(lines) <= set(policies)
    assert set(NO_ENTRY) <= commands


MESSAGES = {
    "seek": {"id": 1, "t_ms": 1}, "more": {"id": 1, "until_ms": 1}, "preview": {"id": 1, "t_ms": 1}, "pause": {},
}  # fmt: skip


@pytest.mark.parametrize("role", list(NAMES))
async def test_the_media_socket_opens_to_the_holder_of_a_grant_and_does_what_its_act_names(
    world: World, role: Role
) -> None:
    client = await world.signed_in(NAMES[role])
    town = Town(world, role, client)
    for act in (MediaAct.LIVE, MediaAct.PLAYBACK):
        opening = {"op": "open", "grant": await town.view(act), "camera": world.cameras[0], "mode": act}
        told = await world.socket(client.cookies["mj_session"], opening)
        if not role_allows(views.ACTS[act], frozenset({role})):
            # the Grant is the manager's: knowing its id opens nothing
            assert [(one["op"], one.get("cause")) for one in told] == [("state", "no-grant"), ("closed", None)]
            continue
        assert told[0]["op"] == "opened"
        for name, operation in OPERATIONS.items():
            message = opening if name == "open" else {"op": name, **MESSAGES[name]}
            refused = name == "open" or act not in operation.acts
            told = await world.socket(client.cookies["mj_session"], opening, message)
            errors = [one["code"] for one in told if one["op"] == "error"]
            assert errors == (["media.undeclared"] if refused else []), (name, act)


async def test_nothing_opens_without_a_session_or_from_another_page(world: World) -> None:
    town = Town(world, Role.ADMINISTRATOR, world.client())
    for way in ways(world.app):
        if isinstance(way.policy, Public | ByGrant):
            continue
        path = str(way.route.path).replace("{path:path}", "checkpoint").replace("{index}", "0")
        for name in way.route.param_convertors:
            path = path.replace("{" + name + "}", UNKNOWN)
        (method,) = way.route.methods
        answer = await town.client.request(method, path, json=FORMS.get(way.name, {}))
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session.required"), way.name
    manager = await world.signed_in("manager")
    own = Town(world, Role.UNIT_MANAGER, manager)
    opening = {"op": "open", "grant": await own.view("live"), "camera": world.cameras[0], "mode": "live"}
    for cookie, origin in (("", None), ("forged", None), (manager.cookies["mj_session"], "http://evil.example")):
        (told,) = await world.socket(cookie, opening, origin=origin)
        assert told["op"] == "closed"  # before it was accepted: the browser sees 403


async def test_what_is_public_answers_anyone_and_tells_nothing_of_the_house(world: World) -> None:
    client, signed = world.client(), world.add_place()
    for way in ways(world.app):
        if isinstance(way.policy, Public):
            (method,) = way.route.methods
            path = str(way.route.path).replace("{path:path}", "").replace("{code}", signed.sign_code)
            answer = await client.request(method, path, headers={"accept": "text/html"})
            wanted = FORMLESS.get(way.name, 422 if method == "POST" else 200)
            assert answer.status_code == wanted, (way.name, answer.text)
            assert "大厅" not in answer.text


async def test_objects_of_another_unit_are_not_there(world: World) -> None:
    foreign = world.foreign_manager()
    camera = world.add_camera(foreign, "外单位大厅")
    common = {"actor": foreign, "clock": world.clock, "law": world.services.law, "random": world.services.random}
    period = Period(instant(world.ago_ms(600)), instant(world.ago_ms(480)))
    grant = views.open_view(world.store, **common, act=MediaAct.LIVE, cameras=[camera])
    allow_copies(world, foreign.unit)
    copy = OwnCopy([camera], period, INSURANCE, "理赔取证用", Goes.INSIDE, "理赔卷")
    request = own_copies.ask(world.store, **common, copy=copy)
    job = ExportJob(
        UNKNOWN, request.id, foreign.unit, foreign.person, foreign.person, grant.id, grant.entry, JobState.QUEUED,
        world.clock.now(),
    )  # fmt: skip
    with world.store.writing() as uow:
        uow.exports.add(job)
    place = world.add_place(foreign.unit, territory="110101", name="外单位大厅")
    theirs = {
        "place": place.id, "complaint": world.add_complaint(place).id,
        "person": foreign.person, "camera": camera, "grant": grant.id, "access_request": request.id, "job": job.id,
    }  # fmt: skip
    for role, name in NAMES.items():
        client = await world.signed_in(name)
        for listing in (
            "/api/cameras",
            "/api/people",
            "/api/access-requests",
            "/api/exports",
            "/api/register",
            "/api/complaints",
        ):
            found = (await client.get(listing)).text
            assert not any(identity in found for identity in theirs.values()), (listing, name)
        for way in ways(world.app):
            named = [parameter for parameter in theirs if "{" + parameter + "}" in str(way.route.path)]
            if not named:
                continue
            path = str(way.route.path).replace("{" + named[0] + "}", theirs[named[0]])
            officer = world.credentials("officer1")
            form = {
                **dict.fromkeys(
                    ("sign_presence", "use_under_approval", "co_sign_register_form", "show_share_at_counter"), officer
                ),
                "take_snapshot": {"camera": camera}, "check_papers": {"papers": []},
                "turn_away": {"papers": ["work_id"]},
            }  # fmt: skip
            wanted = {
                "add_scan": {"paper": "work_id"},
                "camera_timeline": {"from_ms": 0, "to_ms": 1000},
                "try_code": {"code": "34042100001320000001"},
            }
            scanned = way.name in ("keep_post_decision", "add_scan", "enrol_officer")
            files = {"file": ("任命.pdf", b"%PDF-1.7")} if scanned else None
            (method,) = way.route.methods
            answer = await client.request(
                method,
                path,
                json=form.get(way.name, FORMS.get(way.name, {})) if method != "GET" and files is None else None,
                files=files,
                data={"name": "执法人员丙", "work_id": "100003"} if way.name == "enrol_officer" else None,
                params=wanted.get(way.name, {}),
            )
            allowed = role_allows(way.policy.acts[0], frozenset({role}))
            assert answer.status_code in ((404,) if allowed else (403, 404)), (way.name, name, answer.text)
            assert "外单位" not in answer.text
        opened = await client.post("/api/views", json={"act": "live", "cameras": [camera]})
        assert opened.status_code in (403, 404)
        opening = {"op": "open", "grant": grant.id, "camera": camera, "mode": "live"}
        told = await world.socket(client.cookies["mj_session"], opening)
        assert told[0]["cause"] == "no-grant"


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
