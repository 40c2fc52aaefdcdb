"""Attacks on sign-in and session (A1 to A6), setup, enrolment, origin and headers."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import httpx
import pyotp
import pytest
from argon2.low_level import verify_secret

from good_calls import Town
from mingjian.app import identity
from mingjian.app.credentials import FREE_FAILURES, delay_s
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.web import services
from mingjian.governance.authority import RULES, STEP_UP_S, Act, Role
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import Refused
from mingjian.web.api import create_app
from web_world import ORIGIN, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, seeded=False)
    yield world
    world.close()


def code_of(uri: str, world: World) -> str:
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    return parsed.at(world.clock.now() // SECOND_NS)


SETUP = {"name": "chief", "display_name": "管理员", "password": "五个不相关的词组成一句话", "unit_name": "某单位"}


async def test_a1_a_fresh_installation_has_no_account_and_only_the_printed_code_makes_one(fresh: World) -> None:
    client = fresh.client()
    assert (await client.get("/api/setup")).json()["needed"] is True
    former = identity.first_start(fresh.store, random=fresh.services.random)
    code = identity.first_start(fresh.store, random=fresh.services.random)
    assert code and former and code != former
    for wrong in ("", "AAAA-AAAA-AAAA-AAAA", former):
        answer = await client.post("/api/setup", json={**SETUP, "code": wrong})
        assert answer.json()["error"]["code"] == "setup.code"
    assert [entry["facts"]["code"] for entry in fresh.entries("act.refused")] == ["setup.code"] * 3
    fresh.clock.advance(5)

    made = await client.post("/api/setup", json={**SETUP, "code": code.lower()})
    assert made.status_code == 200, made.text
    uri = made.json()["totp_uri"]
    assert (await client.get("/api/setup")).json()["sectors"] == []
    assert identity.first_start(fresh.store, random=fresh.services.random) is None
    again = await client.post("/api/setup", json={**SETUP, "code": code, "name": "second"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "setup.done")

    sign_in = {"name": "chief", "password": SETUP["password"], "code": code_of(uri, fresh)}
    session = await client.post("/api/session", json=sign_in)
    assert session.json()["person"]["roles"] == ["administrator"]
    assert session.json()["unit"]["name"] == "某单位"


async def test_an_administrator_never_learns_password_or_seed_of_whom_he_adds(world: World) -> None:
    admin = await world.signed_in("admin")
    added = await admin.post("/api/people", json={"name": "new", "display_name": "新值班员"})
    assert added.status_code == 201
    assert set(added.json()) == {"person", "code", "valid_until_ms"}
    assert not added.json()["person"]["enrolled"]
    newcomer = world.client()
    form = {"name": "new", "code": added.json()["code"], "password": "一句足够长而且容易记住的话"}
    assert (await newcomer.post("/api/enrolment", json={**form, "code": "AAAA"})).status_code == 403
    uri = (await newcomer.post("/api/enrolment", json=form)).json()["totp_uri"]
    assert (await newcomer.post("/api/enrolment", json=form)).json()["error"]["code"] == "enrolment.code"
    credentials = {"name": "new", "password": form["password"], "code": code_of(uri, world)}
    assert (await newcomer.post("/api/session", json=credentials)).status_code == 200


async def test_an_enrolment_code_expires_after_a_day(world: World) -> None:
    admin = await world.signed_in("admin")
    added = await admin.post("/api/people", json={"name": "new", "display_name": "新"})
    world.clock.advance(86_400)
    form = {"name": "new", "code": added.json()["code"], "password": "一句足够长而且容易记住的话"}
    assert (await world.client().post("/api/enrolment", json=form)).json()["error"]["code"] == "enrolment.code"


async def test_a2_a_code_is_spent_once_also_by_parallel_tries_and_so_is_every_earlier_one(world: World) -> None:
    credentials = world.credentials("duty")
    clients = [world.client(address=f"192.0.2.{number}") for number in range(5)]
    answers = await asyncio.gather(*(client.post("/api/session", json=credentials) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    world.clock.advance(30)
    replay = await world.client().post("/api/session", json=credentials)
    assert replay.status_code == 401


async def test_a3_every_wrong_sign_in_looks_the_same(world: World) -> None:
    admin = await world.signed_in("admin")
    await admin.patch(f"/api/people/{world.accounts['officer2'].person}", json={"disabled": True})
    right = world.credentials("duty")
    tries = [
        {**right, "password": "wrong wrong wrong"},
        {**right, "code": "000000"},
        {**right, "name": "nobody-here"},
        {**right, "name": ""},
        {**right, "name": "' OR 1=1 --"},
        world.credentials("officer2"),
    ]
    answers = [
        await world.client(address=f"192.0.2.{number}").post("/api/session", json=form)
        for number, form in enumerate(tries)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert len(world.entries("act.refused")) == len(tries)


def test_a3_a_name_that_nobody_has_costs_the_same_hashing(world: World) -> None:
    """What takes the time of a sign-in is one check of a hash, whoever is asked for."""
    with world.store.writing() as uow:
        gone = uow.people.named("officer2")
        assert gone is not None
        uow.people.save(replace(gone, disabled=world.clock.now()))
    common = {"clock": world.clock, "random": world.services.random}
    for number, name in enumerate(("duty", "officer2", "nobody-here")):
        hashed = 0

        def called(frame: FrameType, event: str, _argument: object) -> None:
            nonlocal hashed
            hashed += event == "call" and frame.f_code is verify_secret.__code__

        sys.setprofile(called)
        try:
            with pytest.raises(Refused):
                about = {"name": name, "password": "wrong wrong wrong", "code": "000000"}
                identity.sign_in(world.keeper, **about, address=f"192.0.2.{number}", **common)
        finally:
            sys.setprofile(None)
        assert hashed == 1, name


async def test_a4_guessing_is_delayed_by_account_and_address_and_nobody_else_is_locked_out(world: World) -> None:
    attacker = world.client(address="198.51.100.7")
    wrong = {"name": "duty", "password": "wrong wrong wrong", "code": "000000"}
    for _ in range(FREE_FAILURES):
        assert (await attacker.post("/api/session", json=wrong)).status_code == 401
    delayed = await attacker.post("/api/session", json=world.credentials("duty"))
    assert (delayed.status_code, delayed.json()["error"]["code"]) == (429, "session.delayed")
    owner = await world.client(address="192.0.2.9").post("/api/session", json=world.credentials("duty"))
    assert owner.status_code == 200
    colleague = await world.client(address="198.51.100.7").post("/api/session", json=world.credentials("officer1"))
    assert colleague.status_code == 200
    world.clock.advance(delay_s(FREE_FAILURES))
    assert (await attacker.post("/api/session", json=world.credentials("duty"))).status_code == 200


async def test_a4_a_parallel_burst_of_guesses_is_counted_one_by_one(world: World) -> None:
    attacker = world.client()
    wrong = {"name": "duty", "password": "wrong wrong wrong", "code": "000000"}
    answers = await asyncio.gather(*(attacker.post("/api/session", json=wrong) for _ in range(12)))
    assert sum(answer.status_code == 401 for answer in answers) == FREE_FAILURES
    assert sum(answer.status_code == 429 for answer in answers) == 12 - FREE_FAILURES


async def test_a_proof_opens_for_ten_minutes_what_must_be_fresh_and_is_entered(world: World) -> None:
    admin = await world.signed_in("admin")
    admin.proves = False
    path = f"/api/people/{world.accounts['duty'].person}"
    assert (await admin.get("/api/session")).json()["fresh"] is True
    world.clock.advance(STEP_UP_S)
    refused = await admin.patch(path, json={"disabled": True})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "session.step-up")
    assert (await admin.get("/api/session")).json()["fresh"] is False
    code = world.code("admin")
    assert (await admin.post("/api/session/prove", json={"code": code})).status_code == 204
    assert (await admin.patch(path, json={"disabled": True})).status_code == 200
    assert [entry["actor"]["id"] for entry in world.entries("session.proven")] == [world.accounts["admin"].person]
    again = await admin.post("/api/session/prove", json={"code": code})
    assert (again.status_code, again.json()["error"]["code"]) == (403, "session.proof"), "a code works once"


async def test_a_guesser_with_a_stolen_cookie_is_delayed_as_at_sign_in(world: World) -> None:
    admin = await world.signed_in("admin")
    for _ in range(FREE_FAILURES):
        assert (await admin.post("/api/session/prove", json={"code": "000000"})).status_code == 403
    delayed = await admin.post("/api/session/prove", json={"code": world.code("admin")})
    assert (delayed.status_code, delayed.json()["error"]["code"]) == (429, "session.delayed")
    assert {entry["facts"]["act"] for entry in world.entries("act.refused")} == {"session.prove"}


@pytest.mark.parametrize(
    "token",
    ["", "x", "null", "undefined", "constructor", "__class__", "A" * 43, "A" * 5000, "eyJhbGciOiJub25lIn0.e30.", "%00"],
)
async def test_a6_no_token_but_a_living_one_is_anyone(world: World, token: str) -> None:
    await world.signed_in("duty")
    client = world.client(Cookie=f"mj_session={token}")
    for path in ("/api/session", "/api/cameras", "/api/register"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session.required")


LOOK_ALIKES = [
    "__class__",
    "constructor",
    "__proto__",
    "",
    "x" * 4000,
    "ａｄｍｉｎ\u200b",
    "аdmin",
    "admin\x00",
    "toString",
]
"""Names of attributes, nothing, too much, zero width, a Cyrillic а, a NUL."""


@pytest.mark.parametrize("name", LOOK_ALIKES)
async def test_a7_names_that_mean_something_to_a_program_mean_nobody_here(world: World, name: str) -> None:
    client, right = world.client(), world.credentials("admin")
    signed = await client.post("/api/session", json={**right, "name": name})
    assert signed.status_code in (401, 422), signed.text
    assert (await client.post("/api/session", json={**right, name: "x"})).status_code == 422
    assert (await client.get(f"/api/people/{quote(name or 'none', safe='')}")).status_code in (401, 404)


async def test_a10_the_step_up_is_asked_by_the_act_itself_whatever_address_is_called(world: World) -> None:
    approver = await world.signed_in("approver")
    request, _ = await Town(world, Role.APPROVER, approver).request("submitted")
    world.clock.advance(STEP_UP_S + 1)
    approver.proves = False
    answer = await approver.post(f"/api/access-requests/{request}/approve", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "session.step-up")
    assert world.entries("access.approved") == []
    assert world.entries("act.refused")[-1]["facts"]["code"] == "session.step-up"
    leaving = {
        Act.ACCESS_APPROVE,
        Act.ACCESS_ATTEND,
        Act.ACCESS_COSIGN,
        Act.ACCESS_EXPORT,
        Act.ACCESS_HAND_OVER,
        Act.SHARE_TAKE,
    }
    assert {act for act in leaving if not RULES[act].fresh} == set(), "the table, which every inner way asks"


async def test_a5_the_cookie_is_strict_and_a_token_given_beforehand_is_not_taken_over(world: World) -> None:
    fixed = "F" * 43
    client = world.client(Cookie=f"mj_session={fixed}")
    answer = await client.post("/api/session", json=world.credentials("duty"))
    cookie = answer.headers["set-cookie"]
    assert fixed not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # this world is loopback without TLS; see the next test
    stored = world.engine.connect().exec_driver_sql("select id from sessions").scalars().all()
    assert len(stored) == 1
    assert re.search("mj_session=([^;]+)", cookie)[1] not in stored  # type: ignore[index]  # the header has it


async def test_the_cookie_is_secure_where_there_is_tls(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.app = create_app(replace(world.services, secure_cookies=True))
    answer = await world.client().post("/api/session", json=world.credentials("duty"))
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
    world.close()


async def test_a5_a_session_ends_by_sign_out_disabling_idleness_and_age(world: World) -> None:
    async def alive(client: httpx.AsyncClient) -> bool:
        return (await client.get("/api/cameras")).status_code == 200

    out = await world.signed_in("duty")
    token = out.cookies["mj_session"]
    assert (await out.delete("/api/session")).status_code == 200
    assert not await alive(world.client(Cookie=f"mj_session={token}"))

    disabled = await world.signed_in("officer1")
    admin = await world.signed_in("admin")
    await admin.patch(f"/api/people/{world.accounts['officer1'].person}", json={"disabled": True})
    assert not await alive(disabled)

    idle = await world.signed_in("duty")
    world.clock.advance(identity.IDLE_S + 1)
    assert not await alive(idle)

    busy = await world.signed_in("duty")
    for _ in range(identity.ABSOLUTE_S // 3600):
        assert await alive(busy)
        world.clock.advance(3600)
    assert not await alive(busy)


async def test_a_change_of_roles_counts_at_once(world: World) -> None:
    duty, security = await world.signed_in("duty"), await world.signed_in("security")
    await security.put(f"/api/people/{world.accounts['duty'].person}/roles", json={"roles": ["officer"]})
    assert (await duty.get("/api/cameras")).status_code == 401
    officer = await world.signed_in("duty")
    answer = await officer.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://mingjian.test.evil.example", ""])
async def test_what_changes_something_must_come_from_an_own_page(world: World, origin: str) -> None:
    client = await world.signed_in("duty")
    answer = await client.post("/api/views", json={"act": "live", "cameras": []}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "http.origin")
    assert (await client.get("/api/session", headers={"Origin": origin})).status_code == 200


async def test_every_answer_carries_the_headers_that_hold_a_page_to_its_word(world: World) -> None:
    for path in ("/api/health", "/api/cameras", "/api/nothing"):
        headers = (await world.client().get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]  # so scripts fall under default-src 'self'
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


async def test_a_body_beyond_the_limit_is_not_read(world: World) -> None:
    client = world.client()
    answer = await client.post("/api/session", content=b"x" * (2 << 20), headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_an_error_never_repeats_a_password(world: World) -> None:
    secret = "very-secret-pass-phrase"
    answer = await world.client().post("/api/session", json={"name": 5, "password": secret, "code": 7})
    assert answer.status_code == 422
    assert secret not in answer.text


async def test_a_foreign_page_opens_no_websocket(world: World) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/api/media",
        "raw_path": b"/api/media",
        "query_string": b"",
        "scheme": "ws",
        "headers": [(b"host", ORIGIN.removeprefix("http://").encode()), (b"origin", b"https://evil.example")],
    }
    await world.app(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "origin"}]


@pytest.mark.parametrize(("kind", "banner"), [("demonstration", {"kind": "throw-away"}), ("standard", None)])
async def test_every_session_of_a_demonstration_is_told_so_and_none_of_a_real_installation(
    world: World, kind: str, banner: dict[str, str] | None
) -> None:
    opened = replace(world.opened, settings=Settings(installation=kind))
    served = services(opened, world.services.recordings)
    world.app = create_app(replace(world.services, throw_away=served.throw_away))
    for name in world.accounts:
        client = world.client()
        opened_session = await client.post("/api/session", json=world.credentials(name))
        assert opened_session.json()["banner"] == banner
        assert (await client.get("/api/session")).json()["banner"] == banner
    assert served.secure_cookies
    assert bool(served.extra_origins) == (banner is not None)


async def test_a_form_too_large_is_refused_in_our_own_words(world: World) -> None:
    client = await world.signed_in("officer1")
    answer = await client.post("/api/access-requests", content=b" " * ((1 << 20) + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "http.too-large")
