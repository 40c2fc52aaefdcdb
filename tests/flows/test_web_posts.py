"""Posts of people: roles come and go with them, and sessions end at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import posts
from mingjian.bootstrap.web import media_services
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from web_world import World

BEGINS_NS = 1_767_225_600 * SECOND_NS + 16 * 3600 * SECOND_NS
"""2026-01-02 00:00 in China."""


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


def without_head(world: World) -> None:
    """The head of the seed was never one: these tests enter the first."""
    with world.store.writing() as uow:
        for held in uow.people.heads(world.manager.unit):
            uow.people.save_post(replace(held, head=False, ended=world.clock.now(), ends_on=held.begins_on))


async def test_a_unit_has_one_head_at_a_time(world: World) -> None:
    without_head(world)
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
        ({"begins_on": "2026-02-01", "ends_on": "2026-01-31"}, 422, "post.order"),
        ({"ends_on": "2025-12-31"}, 422, "post.order"),
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


async def turned(world: World) -> int:
    return posts.turn(world.store, clock=world.clock, law=world.services.law)


async def test_a_post_entered_ahead_begins_and_ends_with_its_days_in_the_instruments_zone(world: World) -> None:
    """2026-01-01 00:00 UTC is eight in the morning in China: sixteen hours later the second begins there."""
    security, duty = await world.signed_in("security"), await world.signed_in("duty")
    path = f"/api/people/{world.accounts['duty'].person}"
    asked = post(roles=["unit_manager"], begins_on="2026-01-02", ends_on="2026-01-03")
    given = (await security.post(f"{path}/posts", json=asked)).json()
    assert (given["running"], given["ahead"]) == (False, True)
    assert (await duty.get("/api/register")).status_code == 403
    now = world.clock.now()
    world.clock.wall = UtcNs(BEGINS_NS - 1)
    assert await turned(world) == 0
    world.clock.wall = UtcNs(BEGINS_NS)
    assert await turned(world) == 1
    assert await turned(world) == 0, "once"
    assert (await duty.get("/api/session")).status_code == 401, "whose rights change signs in anew"
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/register")).status_code == 200
    view = (await duty.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
    rights = media_services(world.opened)
    cookie = duty.cookies["mj_session"]
    assert await asyncio.to_thread(rights.grant, cookie, view["grant"]) is not None
    world.clock.wall = UtcNs(BEGINS_NS + 2 * DAY_NS)
    assert await turned(world) == 1
    assert await asyncio.to_thread(rights.grant, cookie, view["grant"]) is None
    assert posts.TURN_S + rights.recheck_s < 5, "a running picture is asked again in time"
    assert [one["facts"]["cause"] for one in world.entries("viewing.closed")] == ["revoked"]
    assert [entry["actor"]["id"] for entry in (*world.entries("post.begun"), *world.entries("post.ended"))] == [
        "system"
    ] * 2
    assert now < BEGINS_NS


async def test_a_post_that_is_to_come_can_be_taken_back_and_is_then_held_on_no_day(world: World) -> None:
    without_head(world)
    security = await world.signed_in("security")
    person = world.accounts["approver"].person
    head = post(title="局长", head=True, roles=[], begins_on="2026-02-01")
    given = (await security.post(f"/api/people/{person}/posts", json=head)).json()
    end = {"ends_on": "2026-02-01", "why": "任命撤销"}
    assert (await security.post(f"/api/people/{person}/posts/{given['id']}/end", json=end)).status_code == 200
    with world.store.reading() as uow:
        assert uow.people.heads(world.manager.unit, date(2026, 2, 1)) == []


async def test_the_next_head_is_entered_ahead_where_no_day_has_two(world: World) -> None:
    without_head(world)
    security = await world.signed_in("security")
    approver, manager = world.accounts["approver"].person, world.accounts["manager"].person
    first = post(title="局长", head=True, roles=[], ends_on="2026-01-31")
    assert (await security.post(f"/api/people/{approver}/posts", json=first)).status_code == 201
    early = post(title="局长", head=True, roles=[], begins_on="2026-01-31")
    taken = await security.post(f"/api/people/{manager}/posts", json=early)
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "post.head-taken")
    assert (
        await security.post(f"/api/people/{manager}/posts", json={**early, "begins_on": "2026-02-01"})
    ).status_code == 201
    with world.store.reading() as uow:
        days = (date(2026, 1, 31), date(2026, 2, 1))
        assert [[one.person for one in uow.people.heads(world.manager.unit, day)] for day in days] == [
            [approver],
            [manager],
        ]


async def test_b10_a_post_whose_roles_no_longer_go_together_ends_unbegun(world: World) -> None:
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}"
    await security.post(f"{path}/posts", json=post(roles=["officer"], begins_on="2026-01-02"))
    await security.put(f"{path}/roles", json={"roles": ["auditor"]})
    world.clock.wall = UtcNs(BEGINS_NS)
    assert await turned(world) == 1
    security = await world.signed_in("security")
    assert (await security.get(path)).json()["person"]["roles"] == ["auditor"]
    assert len(world.entries("post.barred")) == 1


@pytest.mark.parametrize("how", ["disable", "grant", "end"])
async def test_a5_a_running_picture_ends_when_its_right_does(world: World, how: str) -> None:
    security, admin = await world.signed_in("security"), await world.signed_in("admin")
    path = f"/api/people/{world.accounts['officer1'].person}"
    given = (await security.post(f"{path}/posts", json=post(roles=["duty"]))).json()
    viewer = await world.signed_in("officer1")
    view = (await viewer.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
    cookie, rights = viewer.cookies["mj_session"], media_services(world.opened)
    assert await asyncio.to_thread(rights.grant, cookie, view["grant"]) is not None
    match how:
        case "disable":
            await admin.patch(path, json={"disabled": True})
        case "grant":
            await security.put(f"{path}/roles", json={"roles": ["officer"]})
        case "end":
            await security.post(f"{path}/posts/{given['id']}/end", json={"ends_on": "2026-01-01", "why": "轮岗"})
    assert await asyncio.to_thread(rights.grant, cookie, view["grant"]) is None
    opening = {"op": "open", "grant": view["grant"], "camera": world.cameras[0], "mode": "live"}
    assert (await world.socket(cookie, opening))[0]["op"] == "closed"
    assert len(world.entries("viewing.closed")) == 1


async def test_the_file_of_a_decision_is_kept_with_the_post_and_read_by_whoever_sees_the_person(world: World) -> None:
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}"
    given = (await security.post(f"{path}/posts", json=post(roles=[]))).json()
    assert given["decision_file"] == ""
    where = f"{path}/posts/{given['id']}/decision"
    assert (await security.get(where)).json()["error"]["code"] == "post.no-decision"
    for name in ("草稿.pdf", "任职文件.pdf"):
        kept = await security.post(where, files={"file": (name, b"%PDF-1.7 " + name.encode())})
        assert kept.status_code == 201, kept.text
        world.clock.advance(1)
    auditor = await world.signed_in("auditor")
    (shown,) = (await auditor.get(path)).json()["posts"]
    assert shown["decision_file"] == "任职文件.pdf"
    read = await auditor.get(where)
    assert (read.status_code, read.headers["content-type"]) == (200, "application/pdf")
    assert read.content == b"%PDF-1.7 " + "任职文件.pdf".encode()
    assert [entry["facts"]["post"] for entry in world.entries("post.decision_kept")] == [given["id"]] * 2
    manager = await world.signed_in("manager")
    assert (await manager.get(where)).status_code == 403
    assert (await manager.get(f"/api/attachments/{kept.json()['id']}")).status_code == 404
    other = f"/api/people/{world.accounts['manager'].person}/posts/{given['id']}/decision"
    assert (await auditor.get(other)).status_code == 404
    wrong = await security.post(where, files={"file": ("x.exe", b"MZ")})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "attachment.type")
