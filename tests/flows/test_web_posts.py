"""Posts of people: roles come and go with them, and sessions end at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def post(**changes: Any) -> dict[str, Any]:
    form = {"title": "值班长", "head": False, "roles": ["unit_manager"], "decision": "示范任〔2025〕9号"}
    return {**form, "begins_on": "2025-12-01", **changes}


async def test_a_post_brings_its_roles_and_takes_them_away_and_sessions_end_at_once(world: World) -> None:
    security, duty = await world.signed_in("security"), await world.signed_in("duty")
    path = f"/api/people/{world.accounts['duty'].person}"
    given = await security.post(f"{path}/posts", json=post())
    assert given.status_code == 201, given.text
    assert (await security.get(path)).json()["person"]["roles"] == ["duty", "unit_manager"]
    assert (await duty.get("/api/session")).status_code == 401
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/register")).status_code == 200
    ended = await security.post(
        f"{path}/posts/{given.json()['id']}/end", json={"ends_on": "2026-01-01", "why": "任期届满"}
    )
    assert ended.status_code == 200, ended.text
    assert (await duty.get("/api/session")).status_code == 401
    page = (await security.get(path)).json()
    assert page["person"]["roles"] == ["duty"]
    assert [(one["running"], one["ends_on"]) for one in page["posts"]] == [(False, "2026-01-01")]
    steps = [one["step"] for one in page["history"]]
    assert steps.index("post.given") < steps.index("post.ended")
    again = await security.post(
        f"{path}/posts/{given.json()['id']}/end", json={"ends_on": "2026-01-01", "why": "任期届满"}
    )
    assert (again.status_code, again.json()["error"]["code"]) == (409, "post.ended")


async def test_who_is_left_without_role_may_do_nothing(world: World) -> None:
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}"
    given = (await security.post(f"{path}/posts", json=post(roles=["duty"]))).json()
    await security.post(f"{path}/posts/{given['id']}/end", json={"ends_on": "2026-01-01", "why": "调离"})
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/cameras")).status_code == 403
    assert (await duty.get("/api/session")).json()["person"]["roles"] == []


async def test_a_unit_has_one_head_at_a_time(world: World) -> None:
    security = await world.signed_in("security")
    approver, manager = world.accounts["approver"].person, world.accounts["manager"].person
    head = post(title="局长", head=True, roles=[])
    first = (await security.post(f"/api/people/{approver}/posts", json=head)).json()
    second = await security.post(f"/api/people/{manager}/posts", json=head)
    assert (second.status_code, second.json()["error"]["code"]) == (409, "post.head-taken")
    await security.post(
        f"/api/people/{approver}/posts/{first['id']}/end", json={"ends_on": "2025-12-31", "why": "退休"}
    )
    assert (await security.post(f"/api/people/{manager}/posts", json=head)).status_code == 201
    with world.store.reading() as uow:
        unit = world.manager.unit
        on_the_day = [one.person for one in uow.people.heads(unit, date(2025, 12, 31))]
        after = [one.person for one in uow.people.heads(unit, date(2026, 1, 1))]
    assert (on_the_day, after) == ([approver, manager], [manager])
    page = (await security.get(f"/api/organs/{unit}")).json()
    assert [(one["person_name"], one["title"]) for one in page["posts"]] == [("视频管理员", "局长")]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"begins_on": "2026-01-02"}, 422, "post.future"),
        ({"begins_on": 5}, 422, "input.invalid"),
        ({"title": ""}, 422, "text.length"),
        ({"decision": ""}, 422, "text.length"),
        ({"roles": ["auditor"]}, 403, "people.exclusive-roles"),
    ],
)
async def test_a_post_that_cannot_be_is_refused(world: World, changes: dict[str, Any], status: int, code: str) -> None:
    security = await world.signed_in("security")
    answer = await security.post(f"/api/people/{world.accounts['duty'].person}/posts", json=post(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


async def test_nobody_gives_himself_a_post(world: World) -> None:
    security = await world.signed_in("security")
    answer = await security.post(f"/api/people/{world.accounts['security'].person}/posts", json=post(roles=[]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "people.oneself")
