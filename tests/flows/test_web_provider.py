"""Sign-in by the identity provider: linked by an act, the own factor beside it, the administrators never without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mingjian.app.credentials import FREE_FAILURES
from mingjian.app.provider_sign_in import FLOW_S, SECOND_S
from mingjian.governance.authority import STEP_UP_S
from mingjian.web.api import create_app
from software_key import SoftwareKey
from web_world import ORIGIN, World

DOOR = "/api/session/provider"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def rules(world: World, **changes: Any) -> None:
    """The installation with another setting of its provider; None: without one."""
    said = world.services.provider
    assert said is not None
    world.app = create_app(replace(world.services, provider=replace(said, **changes)))


async def linked(world: World, name: str, *, by: str = "security") -> None:
    security = await world.signed_in(by)
    answer = await security.put(f"/api/people/{world.accounts[name].person}/link", json={"subject": f"{name}-sub"})
    assert answer.status_code == 200, answer.text


async def begun(client: httpx.AsyncClient, path: str = "") -> str:
    """The state that the provider is given."""
    answer = await client.post(f"{DOOR}{path}")
    assert answer.status_code == 200, answer.text
    return parse_qs(urlsplit(answer.json()["url"]).query)["state"][0]


async def back(client: httpx.AsyncClient, code: str) -> httpx.Response:
    """To the provider and back with `code`, which names the subject and how it was proven."""
    return await client.post(f"{DOOR}/answer", json={"state": await begun(client), "code": code})


async def entered(world: World, name: str) -> httpx.AsyncClient:
    """A session of a linked person, by the provider and the own code."""
    client = world.client()
    answer = await back(client, f"{name}-sub")
    assert answer.json()["factors"] == ["code"], answer.text
    done = await client.post(f"{DOOR}/code", json={"code": world.code(name)})
    assert done.status_code == 200, done.text
    world.clock.advance(60)
    return client


async def test_a_linked_person_comes_by_the_provider_and_the_own_code_and_the_ledger_says_so(world: World) -> None:
    assert (await world.client().get("/api/setup")).json()["provider"]["label"] == "县统一身份认证"
    await linked(world, "duty")
    client = await entered(world, "duty")
    assert (await client.get("/api/session")).json()["person"]["name"] == "duty"
    assert (await client.get("/api/cameras")).status_code == 200
    (made,), (opened,) = world.entries("person.linked"), world.entries("session.opened")[1:]
    assert made["actor"]["id"] == world.accounts["security"].person
    assert "duty-sub" not in str(made["facts"])
    assert opened["facts"]["factor"] == "provider+totp"
    assert [one["facts"]["link"] for one in world.entries("person.link_confirmed")] == [made["facts"]["link"]]


async def test_whoever_is_not_linked_is_refused_with_whom_to_ask_entered_and_slowed_down(world: World) -> None:
    client = world.client()
    for _ in range(FREE_FAILURES):
        answer = await back(client, "nobody-here")
        assert refused(answer) == (403, "oidc.unknown")
        assert "安全管理员" in answer.json()["error"]["remedy"]
        assert "nobody-here" in answer.json()["error"]["text"]
    assert refused(await back(client, "nobody-here")) == (429, "session.delayed")
    assert [one["facts"]["code"] for one in world.entries("act.refused")] == ["oidc.unknown"] * FREE_FAILURES
    assert (await client.post("/api/session", json=world.credentials("duty"))).status_code == 200, "by pass-phrase"


async def test_an_answer_belongs_to_one_browser_and_is_good_once_and_for_minutes(world: World) -> None:
    await linked(world, "duty")
    client, other = world.client(), world.client("192.0.2.2")
    state = await begun(client)
    await begun(other)
    form = {"state": state, "code": "duty-sub"}
    assert refused(await other.post(f"{DOOR}/answer", json=form)) == (403, "oidc.flow"), "of another browser"
    assert refused(await world.client("192.0.2.3").post(f"{DOOR}/answer", json=form)) == (403, "oidc.flow")
    kept = dict(client.cookies)
    assert (await client.post(f"{DOOR}/answer", json=form)).status_code == 200
    again = world.client("192.0.2.4")
    again.cookies.update(kept)
    assert refused(await again.post(f"{DOOR}/answer", json=form)) == (403, "oidc.flow"), "once"
    state = await begun(client)
    elsewhere = {"state": state, "code": "duty-sub", "iss": "https://other.test"}
    assert refused(await client.post(f"{DOOR}/answer", json=elsewhere)) == (403, "oidc.issuer")
    assert refused(await client.post(f"{DOOR}/answer", json={"state": state})) == (403, "oidc.denied")
    world.clock.advance(FLOW_S)
    assert refused(await client.post(f"{DOOR}/answer", json={**form, "state": state})) == (403, "oidc.flow")


async def test_the_ticket_of_the_second_step_is_good_once_for_its_person_while_the_link_stands(world: World) -> None:
    await linked(world, "duty")
    client = world.client()
    await back(client, "duty-sub")
    kept = dict(client.cookies)
    assert refused(await client.post(f"{DOOR}/code", json={"code": world.code("manager")})) == (403, "oidc.second")
    assert refused(await world.client().post(f"{DOOR}/code", json={"code": world.code("duty")})) == (403, "oidc.flow")
    assert (await client.post(f"{DOOR}/code", json={"code": world.code("duty")})).status_code == 200
    world.clock.advance(60)
    again = world.client()
    again.cookies.update(kept)
    assert refused(await again.post(f"{DOOR}/code", json={"code": world.code("duty")})) == (403, "oidc.flow"), "once"
    await back(client, "duty-sub")
    world.clock.advance(SECOND_S)
    assert refused(await client.post(f"{DOOR}/code", json={"code": world.code("duty")})) == (403, "oidc.flow")
    await back(client, "duty-sub")
    security = await world.signed_in("security")
    assert (await security.post(f"/api/people/{world.accounts['duty'].person}/unlink")).status_code == 204
    assert refused(await client.post(f"{DOOR}/code", json={"code": world.code("duty")})) == (403, "oidc.flow")


async def test_unlinking_ends_the_sessions_that_came_so_and_no_others(world: World) -> None:
    await linked(world, "duty")
    came, own = await entered(world, "duty"), await world.signed_in("duty")
    view = {"act": "live", "cameras": world.cameras[:1]}
    grant = (await came.post("/api/views", json=view)).json()["grant"]
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}"
    assert (await security.get(path)).json()["link"]["confirmed_ms"] is not None
    assert (await security.post(f"{path}/unlink")).status_code == 204
    assert (await came.get("/api/session")).status_code == 401
    assert (await own.get("/api/session")).status_code == 200
    with world.store.reading() as uow:
        assert grant not in {viewing.id for viewing in uow.register.open_viewings([])}
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "revoked"
    assert refused(await back(world.client(), "duty-sub")) == (403, "oidc.unknown")
    assert (await security.get(path)).json()["link"] is None
    assert (await security.post(f"{path}/unlink")).status_code == 404


async def test_one_subject_is_one_person_linked_by_the_security_administrator_alone_and_lately_proven(
    world: World,
) -> None:
    path = "/api/people/{}/link"
    duty, manager = (path.format(world.accounts[name].person) for name in ("duty", "manager"))
    form = {"subject": "zhang"}
    for name in ("admin", "auditor", "duty"):
        assert (await (await world.signed_in(name)).put(duty, json=form)).status_code == 403
    security = await world.signed_in("security")
    own = path.format(world.accounts["security"].person)
    assert refused(await security.put(own, json=form)) == (403, "people.oneself")
    for bad in ("", " ", "张", "x" * 256):
        assert refused(await security.put(duty, json={"subject": bad})) == (422, "people.subject")
    assert (await security.put(duty, json=form)).status_code == 200
    for taken, subject in ((manager, "zhang"), (duty, "li")):
        assert refused(await security.put(taken, json={"subject": subject})) == (403, "people.linked")
    security.proves = False
    world.clock.advance(STEP_UP_S + 1)
    assert refused(await security.post(duty.replace("/link", "/unlink"))) == (403, "session.step-up")


async def test_who_is_disabled_or_gone_gets_the_words_of_who_was_never_there(world: World) -> None:
    await linked(world, "duty")
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    came = await entered(world, "duty")
    path = f"/api/people/{world.accounts['duty'].person}"
    waiting = world.client()
    await back(waiting, "duty-sub")
    assert (await admin.patch(path, json={"disabled": True})).status_code == 200
    assert (await came.get("/api/session")).status_code == 401
    assert refused(await waiting.post(f"{DOOR}/code", json={"code": world.code("duty")})) == (403, "oidc.flow")
    assert refused(await back(world.client(), "duty-sub")) == (403, "oidc.unknown")
    await admin.patch(path, json={"disabled": False})
    asked = (await admin.post(f"{path}/credentials", json={"why": "丢失手机"})).json()["id"]
    await security.post(f"/api/people/recoveries/{asked}/confirm")
    assert refused(await back(world.client(), "duty-sub")) == (403, "oidc.unknown"), "restored: linked anew"


async def test_a_guessed_code_slows_the_next_down_as_at_the_pass_phrase(world: World) -> None:
    await linked(world, "duty")
    client = world.client()
    await back(client, "duty-sub")
    for _ in range(FREE_FAILURES):
        assert refused(await client.post(f"{DOOR}/code", json={"code": "000000"})) == (403, "oidc.second")
    assert refused(await client.post(f"{DOOR}/code", json={"code": world.code("duty")})) == (429, "session.delayed")
    assert refused(await back(client, "duty-sub")) == (429, "session.delayed")
    assert refused(await client.post("/api/session", json=world.credentials("duty"))) == (429, "session.delayed")


@pytest.mark.parametrize(
    ("setting", "code"), [({"second_factor": False}, "duty-sub"), ({"ways": frozenset({"hwk"})}, "duty-sub hwk")]
)
async def test_where_the_setting_leaves_the_own_factor_out_the_first_coming_still_asks_it(
    world: World, setting: dict[str, Any], code: str
) -> None:
    rules(world, **setting)
    await linked(world, "duty")
    client = world.client()
    assert (await back(client, code)).json()["factors"] == ["code"], "who linked alone becomes nobody"
    assert (await client.post(f"{DOOR}/code", json={"code": world.code("duty")})).status_code == 200
    second = await back(world.client(), code)
    assert second.json()["session"]["person"]["name"] == "duty"
    assert world.entries("session.opened")[-1]["facts"]["factor"] == "provider"
    if "ways" in setting:
        assert (await back(world.client(), "duty-sub pwd")).json()["factors"] == ["code"]


async def test_an_administrator_always_shows_the_own_factor_and_still_needs_a_key(world: World) -> None:
    rules(world, second_factor=False)
    await linked(world, "auditor")
    strict = replace(world.keeper, administrators_need_key=True)
    world.app.state.services = replace(world.app.state.services, identity=strict)
    for _ in range(2):
        client = world.client()
        assert (await back(client, "auditor-sub hwk")).json()["factors"] == ["code"]
        done = await client.post(f"{DOOR}/code", json={"code": world.code("auditor")})
        assert done.json()["limited"] is True
        world.clock.advance(60)
    key = SoftwareKey(ORIGIN)
    asked = (await client.post("/api/session/keys/question")).json()["options"]
    assert (
        await client.post("/api/session/keys", json={"name": "钥", "credential": key.create(asked)})
    ).status_code == 201
    client = world.client()
    assert (await back(client, "auditor-sub")).json()["factors"] == ["code", "key"]
    question = (await client.post(f"{DOOR}/key/question")).json()["options"]
    done = await client.post(f"{DOOR}/key", json={"credential": key.get(question)})
    assert (done.status_code, done.json()["limited"]) == (200, False)
    assert world.entries("session.opened")[-1]["facts"]["factor"] == "provider+key"


async def test_who_never_enrolled_comes_with_the_code_of_the_system_administrator_and_proves_himself_there(
    world: World,
) -> None:
    rules(world, second_factor=False)
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    added = (await admin.post("/api/people", json={"name": "new", "display_name": "新值班员"})).json()
    path = f"/api/people/{added['person']['id']}"
    await security.put(f"{path}/link", json={"subject": "new-sub"})
    client = world.client()
    assert (await back(client, "new-sub")).json()["factors"] == ["enrolment"]
    assert refused(await client.post(f"{DOOR}/code", json={"code": "AAAA-AAAA-AAAA-AAAA"})) == (403, "oidc.second")
    assert (await client.post(f"{DOOR}/code", json={"code": added["code"]})).status_code == 200
    assert (await client.get("/api/session")).json()["proves_at_provider"] is True
    world.clock.advance(STEP_UP_S + 1)
    assert refused(await client.post("/api/session/prove", json={"code": "000000"})) == (403, "session.proof")
    state = await begun(client, "/prove")
    assert world.provider.asked[-1].again
    form = {"state": state, "code": "new-sub"}
    assert refused(await client.post(f"{DOOR}/answer", json=form)) == (403, "oidc.flow"), "a proof is no sign-in"
    assert refused(await client.post(f"{DOOR}/proof", json={**form, "code": "other"})) == (403, "oidc.another")
    state = await begun(client, "/prove")
    assert (await client.get("/api/session")).json()["fresh"] is False
    assert (await client.post(f"{DOOR}/proof", json={**form, "state": state})).status_code == 204
    assert (await client.get("/api/session")).json()["fresh"] is True
    assert refused(await client.post(f"{DOOR}/proof", json={**form, "state": state})) == (403, "oidc.flow"), "once"
    rules(world, second_factor=True)
    assert refused(await back(world.client("192.0.2.9"), "new-sub")) == (403, "oidc.no-factor")


async def test_who_has_a_factor_of_his_own_proves_himself_by_it(world: World) -> None:
    await linked(world, "duty")
    client = await entered(world, "duty")
    assert (await client.get("/api/session")).json()["proves_at_provider"] is False
    assert refused(await client.post(f"{DOOR}/prove")) == (403, "oidc.own-factor")
    assert refused(await client.post(f"{DOOR}/proof", json={"state": "x", "code": "duty-sub"})) == (
        403,
        "oidc.own-factor",
    )
    assert (await client.post("/api/session/prove", json={"code": world.code("duty")})).status_code == 204


async def test_a_provider_that_is_away_or_none_leaves_the_pass_phrase_as_it_was(world: World) -> None:
    world.provider.away = True
    client = world.client()
    assert refused(await client.post(DOOR)) == (502, "oidc.away")
    assert (await client.post("/api/session", json=world.credentials("duty"))).status_code == 200
    world.app = create_app(replace(world.services, provider=None))
    client = await world.signed_in("duty")
    assert (await client.get("/api/setup")).json()["provider"] is None
    for path in ("", "/answer", "/code", "/key", "/prove", "/proof"):
        form = {"": None, "/prove": None, "/code": {"code": "1"}, "/key": {"credential": {}}}.get(path, {"state": "x"})
        assert refused(await client.post(f"{DOOR}{path}", json=form)) == (404, "oidc.off"), path
    assert refused(await client.post(f"{DOOR}/sign-out", data={"logout_token": "x"})) == (404, "oidc.off")
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}/link"
    assert refused(await security.put(path, json={"subject": "x"})) == (404, "oidc.off")


async def test_who_signs_out_is_out_of_here_whatever_the_provider_does_and_then_led_to_it(world: World) -> None:
    await linked(world, "duty")
    came = await entered(world, "duty")
    assert (await came.delete("/api/session")).json() == {"url": None}, "the setting does not ask for it"
    rules(world, sign_out=True)
    came = await entered(world, "duty")
    grant = (await came.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()["grant"]
    told = (await came.delete("/api/session")).json()
    assert parse_qs(urlsplit(told["url"]).query)["back"] == [f"{ORIGIN}/sign-in"]
    assert (await came.get("/api/session")).status_code == 401
    assert world.entries("viewing.closed")[-1]["subject"] == grant
    own = await world.signed_in("duty")
    assert (await own.delete("/api/session")).json() == {"url": None}, "came by pass-phrase"
    came = await entered(world, "duty")
    world.provider.away = True
    assert (await came.delete("/api/session")).json() == {"url": None}
    assert (await came.get("/api/session")).status_code == 401


async def test_whom_the_provider_signs_out_is_out_of_here_too_with_his_viewings_by_each_token_once(
    world: World,
) -> None:
    await linked(world, "duty")
    came, own = await entered(world, "duty"), await world.signed_in("duty")
    await came.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})
    there = world.client("192.0.2.50")
    there.headers.pop("origin")  # a server calls, no page

    async def told(token: str) -> tuple[int, str]:
        answer = await there.post(f"{DOOR}/sign-out", data={"logout_token": token, "more": "is passed over"})
        return answer.status_code, answer.text and answer.json()["error"]["code"]

    assert await told("nobody-here one") == (200, "")
    assert (await came.get("/api/session")).status_code == 200
    assert await told("duty-sub two") == (200, "")
    assert (await came.get("/api/session")).status_code == 401
    assert (await own.get("/api/session")).status_code == 200, "not the provider's to end"
    (closed,), (ended,) = world.entries("viewing.closed"), world.entries("session.ended_at_provider")
    assert (closed["facts"]["cause"], ended["subject"]) == ("signed-out", world.accounts["duty"].person)
    again = await entered(world, "duty")
    assert await told("duty-sub two") == (400, "oidc.token"), "once"
    assert (await again.get("/api/session")).status_code == 200
    for _ in range(FREE_FAILURES):
        await told("nonsense")
    assert await told("duty-sub three") == (429, "session.delayed")
    assert refused(await world.client("192.0.2.51").post(DOOR, headers={"Origin": "https://other.test"})) == (
        403,
        "http.origin",
    )
