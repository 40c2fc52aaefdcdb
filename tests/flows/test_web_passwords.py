"""Pass-phrases are changed by who has them; the rules of 等保三级 beside the default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mingjian.app.credentials import LEVEL_3_IDLE_S, REMEMBERED, policy_of
from mingjian.kernel.clock import DAY_NS
from web_world import World

NEW = "Correct horse 42 battery"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def under_level_3(world: World) -> None:
    world.keeper = replace(world.keeper, policy=policy_of("level-3", 90))
    world.services = replace(world.services, identity=world.keeper)
    world.app.state.services = world.services


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def changes(client: httpx.AsyncClient, now: str, new: str) -> httpx.Response:
    return await client.post("/api/session/password", json={"password": now, "new": new})


async def test_a_pass_phrase_is_changed_with_the_one_in_use_and_ends_the_other_sessions(world: World) -> None:
    old = world.accounts["duty"].password
    elsewhere, client = await world.signed_in("duty"), await world.signed_in("duty")
    wrong = await changes(client, "not the one in use", NEW)
    assert (wrong.status_code, code(wrong)) == (403, "password.wrong")
    assert code(await changes(client, old, "short")) == "password.short"
    assert (await changes(client, old, NEW)).status_code == 204
    assert (await elsewhere.get("/api/session")).status_code == 401
    assert (await client.get("/api/session")).status_code == 200
    assert (await world.client().post("/api/session", json=world.credentials("duty"))).status_code == 401
    world.accounts["duty"] = replace(world.accounts["duty"], password=NEW)
    assert (await world.client().post("/api/session", json=world.credentials("duty"))).status_code == 200
    assert world.entries("password.changed")[-1]["facts"] == {"rules": "asvs"}
    assert (await client.get("/api/setup")).json()["password"]["lasts_days"] == 0, "never asked for by default"


async def test_under_level_3_an_old_pass_phrase_opens_a_session_that_only_sets_a_new_one(world: World) -> None:
    old = world.accounts["duty"].password
    under_level_3(world)
    assert (await world.signed_in("duty")) is not None
    world.clock.advance(90 * DAY_NS // 1_000_000_000)
    client = await world.signed_in("duty")
    assert (await client.get("/api/session")).json()["stale"] is True
    shut = await client.get("/api/cameras")
    assert (shut.status_code, code(shut)) == (403, "session.password-expired")
    assert code(await changes(client, old, "correct horse battery")) == "password.kinds"
    assert code(await changes(client, old, old)) in ("password.former", "password.kinds")
    assert (await changes(client, old, NEW)).status_code == 204
    assert (await client.get("/api/session")).json()["stale"] is False
    assert (await client.get("/api/cameras")).status_code == 200
    world.clock.advance(LEVEL_3_IDLE_S + 1)
    assert (await client.get("/api/session")).status_code == 401, "idle"


async def test_under_level_3_the_last_pass_phrases_do_not_come_back_not_even_after_a_reset(world: World) -> None:
    under_level_3(world)
    client, used = await world.signed_in("duty"), [world.accounts["duty"].password]
    for turn in range(REMEMBERED + 1):
        used.append(f"{NEW} {turn}")
        world.clock.advance(1)
        assert (await changes(client, used[-2], used[-1])).status_code == 204
    world.clock.advance(1)
    assert code(await changes(client, used[-1], used[-REMEMBERED])) == "password.former"
    assert (await changes(client, used[-1], used[1])).status_code == 204, "older ones are forgotten"
    person = world.actor("duty").person
    with world.store.reading() as uow:
        assert len(uow.people.passwords_of(person)) == REMEMBERED
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    asked = (await admin.post(f"/api/people/{person}/credentials", json={"why": "遗忘口令"})).json()
    handed = (await security.post(f"/api/people/recoveries/{asked['id']}/confirm")).json()["code"]
    form = {"name": "duty", "code": handed, "password": used[1]}
    assert code(await world.client().post("/api/enrolment", json=form)) == "password.former"
    guess = {**form, "code": "AAAA-AAAA-AAAA-AAAA"}
    told = await world.client().post("/api/enrolment", json=guess)
    assert code(told) == "enrolment.code", "only the invited learn it"
    assert (await world.client().post("/api/enrolment", json={**form, "password": NEW})).status_code == 200
