"""Security keys: registered, recognised, bound to host, session and purpose, answered once, suspended when copied."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mingjian.app.credentials import FREE_FAILURES
from mingjian.app.security_keys import CHALLENGE_S, KEYS_MOST
from mingjian.governance.authority import STEP_UP_S
from software_key import SoftwareKey
from web_world import ORIGIN, ProvingClient, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def registered(client: httpx.AsyncClient, key: SoftwareKey, name: str = "值班室的密钥") -> httpx.Response:
    asked = (await client.post("/api/session/keys/question")).json()["options"]
    return await client.post("/api/session/keys", json={"name": name, "credential": key.create(asked)})


async def with_key(world: World, name: str) -> tuple[ProvingClient, SoftwareKey]:
    client, key = await world.signed_in(name), SoftwareKey(ORIGIN)
    answer = await registered(client, key)
    assert answer.status_code == 201, answer.text
    return client, key


def phrase(world: World, name: str) -> dict[str, str]:
    return {"name": name, "password": world.accounts[name].password}


async def test_a_person_signs_in_with_pass_phrase_and_key_and_the_ledger_says_by_what(world: World) -> None:
    _, key = await with_key(world, "duty")
    client = world.client()
    asked = (await client.post("/api/session/key/question", json=phrase(world, "duty"))).json()
    form = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    entered = await client.post("/api/session/key", json=form)
    assert entered.status_code == 200, entered.text
    assert entered.json()["person"]["name"] == "duty"
    assert (await client.get("/api/cameras")).status_code == 200
    assert [entry["facts"]["factor"] for entry in world.entries("session.opened")] == ["totp", "key"]
    assert refused(await world.client().post("/api/session/key", json=form)) == (403, "key.refused"), "once"


async def test_a_key_proves_its_holder_for_what_must_be_fresh(world: World) -> None:
    admin, key = await with_key(world, "admin")
    admin.proves = False
    world.clock.advance(STEP_UP_S + 1)
    path = f"/api/people/{world.accounts['duty'].person}"
    assert refused(await admin.patch(path, json={"disabled": True})) == (403, "session.step-up")
    asked = (await admin.post("/api/session/prove/question")).json()["options"]
    assert (await admin.post("/api/session/prove/key", json={"credential": key.get(asked)})).status_code == 204
    assert (await admin.patch(path, json={"disabled": True})).status_code == 200


async def test_keys_are_named_listed_and_removed_by_their_own_person_alone(world: World) -> None:
    duty, _ = await with_key(world, "duty")
    other = await world.signed_in("manager")
    (key,) = (await duty.get("/api/session/own")).json()["keys"]
    assert (key["name"], key["host"], key["suspended"]) == ("值班室的密钥", "mingjian.test", False)
    assert (await other.get("/api/session/own")).json()["keys"] == []
    assert (await other.delete(f"/api/session/keys/{key['id']}")).status_code == 404
    assert (await duty.delete(f"/api/session/keys/{key['id']}")).status_code == 204
    none = await world.client().post("/api/session/key/question", json=phrase(world, "duty"))
    assert none.status_code == 401, "without a key the pass-phrase alone tells nothing"


async def test_a_stolen_session_registers_no_key(world: World) -> None:
    duty = await world.signed_in("duty")
    duty.proves = False
    world.clock.advance(STEP_UP_S + 1)
    assert refused(await duty.post("/api/session/keys/question")) == (403, "session.step-up")
    assert refused(await duty.post("/api/session/keys", json={"name": "x", "credential": {}})) == (
        403,
        "session.step-up",
    )


@pytest.mark.parametrize(
    "how", ["origin", "unverified", "other key", "old challenge", "signature", "purpose", "nonsense"]
)
async def test_a_wrong_answer_opens_nothing_and_counts_as_a_failure(world: World, how: str) -> None:
    duty, key = await with_key(world, "duty")
    asked = (await duty.post("/api/session/prove/question")).json()["options"]
    match how:
        case "origin":
            answer = replace(key, origin="https://mingjian.test.evil.example").get(asked)
        case "unverified":
            answer = replace(key, verifies=False).get(asked)
        case "other key":
            answer = SoftwareKey(ORIGIN).get(asked)
        case "old challenge":
            answer = key.get(asked)
            world.clock.advance(CHALLENGE_S)
        case "signature":
            answer = replace(key, private=SoftwareKey(ORIGIN).private).get(asked)
        case "purpose":
            own = (await duty.post("/api/session/keys/question")).json()["options"]
            answer = key.get({"challenge": own["challenge"], "rpId": own["rp"]["id"]})
        case _:
            answer = {"id": key.get(asked)["id"], "response": {"clientDataJSON": "%%"}}
    assert refused(await duty.post("/api/session/prove/key", json={"credential": answer})) == (403, "key.refused")
    assert world.entries("session.proven") == []
    assert world.entries("act.refused")[-1]["facts"]["act"] == "session.prove"


async def test_a_challenge_is_answered_once_and_in_its_own_session(world: World) -> None:
    first, key = await with_key(world, "duty")
    second = await world.signed_in("duty")
    asked = (await first.post("/api/session/prove/question")).json()["options"]
    answer = key.get(asked)
    assert refused(await second.post("/api/session/prove/key", json={"credential": answer})) == (403, "key.refused")
    assert (await first.post("/api/session/prove/key", json={"credential": answer})).status_code == 204
    assert refused(await first.post("/api/session/prove/key", json={"credential": answer})) == (403, "key.refused")


async def test_a_copied_key_is_suspended_the_first_time_that_both_are_used(world: World) -> None:
    duty, key = await with_key(world, "duty")
    stolen = copy.copy(key)
    for one, status in ((key, 204), (key, 204), (stolen, 403), (key, 403)):
        asked = await duty.post("/api/session/prove/question")
        if asked.status_code != 200:
            assert refused(asked) == (403, "key.none"), "suspended: neither opens anything now"
            break
        answer = await duty.post("/api/session/prove/key", json={"credential": one.get(asked.json()["options"])})
        assert answer.status_code == status
    assert (await duty.get("/api/session/own")).json()["keys"][0]["suspended"] is True
    (entry,) = world.entries("key.cloned")
    assert (entry["facts"]["count"], entry["facts"]["known"]) == (1, 2)


async def test_guessing_the_pass_phrase_before_a_key_is_delayed_as_at_sign_in(world: World) -> None:
    await with_key(world, "duty")
    attacker = world.client(address="198.51.100.7")
    wrong = {"name": "duty", "password": "wrong wrong wrong"}
    for _ in range(FREE_FAILURES):
        answer = await attacker.post("/api/session/key/question", json=wrong)
        assert refused(answer) == (401, "session.credentials")
    assert refused(await attacker.post("/api/session/key/question", json=phrase(world, "duty")))[0] == 429


async def test_an_ip_address_knows_no_keys_and_says_what_to_do(world: World) -> None:
    duty, url = await world.signed_in("duty"), "http://192.0.2.1:8443"
    cookie = f"mj_session={duty.cookies['mj_session']}"
    client = world.client(Origin=url, Cookie=cookie)
    answer = await client.post(f"{url}/api/session/keys/question")
    assert refused(answer) == (403, "key.address")
    assert "主机名" in answer.json()["error"]["remedy"]


async def test_a_person_has_a_bounded_number_of_keys(world: World) -> None:
    duty = await world.signed_in("duty")
    for _ in range(KEYS_MOST):
        assert (await registered(duty, SoftwareKey(ORIGIN))).status_code == 201
    assert refused(await duty.post("/api/session/keys/question")) == (403, "key.many")


@pytest.mark.parametrize("name", ["admin", "security", "auditor"])
async def test_where_administrators_need_a_key_one_without_may_only_register_one(world: World, name: str) -> None:
    needing: Any = replace(world.services.identity, administrators_need_key=True)
    world.app.state.services = replace(world.services, identity=needing)
    limited = await world.signed_in(name)
    assert (await limited.get("/api/session")).json()["limited"] is True
    for path in ("/api/people", "/api/organs", "/api/workbench"):
        assert refused(await limited.get(path)) == (403, "session.key-needed")
    key = SoftwareKey(ORIGIN)
    assert (await registered(limited, key)).status_code == 201
    assert (await limited.get("/api/people")).status_code == 200
    assert (await (await world.signed_in(name)).get("/api/people")).status_code == 403, "a code alone is not enough"
    client = world.client()
    asked = (await client.post("/api/session/key/question", json=phrase(world, name))).json()
    form = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert (await client.post("/api/session/key", json=form)).json()["limited"] is False
    assert (await client.get("/api/people")).status_code == 200
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/cameras")).status_code == 200


async def test_a_person_ends_the_other_own_sessions_and_no_others(world: World) -> None:
    here, there, other = [await world.signed_in(name) for name in ("duty", "duty", "manager")]
    own = (await here.get("/api/session/own")).json()["sessions"]
    assert sorted(one["here"] for one in own) == [False, True]
    assert (await here.post("/api/session/others/end")).status_code == 204
    assert [client for client in (here, there, other) if (await client.get("/api/session")).status_code == 200] == [
        here,
        other,
    ]
    assert world.entries("session.others_ended")[0]["facts"]["sessions"] == 1
