"""The three administrators: apart in one person, none alone another person, none alone the holder of a right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mingjian.app.people import enrol_on_the_spot, identity_of
from mingjian.app.records import Person
from mingjian.governance.authority import Role
from mingjian.kernel.errors import Refused
from web_world import World

PHRASE = "一句足够长而且容易记住的话"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def person(world: World, name: str) -> Person:
    with world.store.reading() as uow:
        found = uow.people.named(name)
    assert found is not None
    return found


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


MIXTURES = [
    ["administrator", "security"], ["administrator", "auditor"], ["security", "auditor"],
    ["administrator", "duty"], ["security", "approver"], ["auditor", "unit_manager"],
]  # fmt: skip


@pytest.mark.parametrize("roles", MIXTURES)
async def test_b11_three_administrators_exclude_one_another_by_api_and_by_sql(world: World, roles: list[str]) -> None:
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}"
    assert refused(await security.put(f"{path}/roles", json={"roles": roles})) == (403, "people.exclusive-roles")
    post = {"title": "兼任", "decision": "示范任〔2026〕2 号", "begins_on": "2026-01-01", "roles": roles}
    assert refused(await security.post(f"{path}/posts", json=post)) == (403, "people.exclusive-roles")
    held = json_list(roles)
    with world.engine.begin() as connection, pytest.raises(IntegrityError, match="exclude one another"):
        connection.execute(text("UPDATE people SET roles = :roles WHERE name = 'duty'"), {"roles": held})
    with world.engine.begin() as connection, pytest.raises(IntegrityError, match="exclude one another"):
        copy = "INSERT INTO people SELECT 'x', unit_id, 'x', display_name, :roles, created_ns, disabled_ns, "
        rest = "password_hash, totp_sealed, totp_step, enrolment_hash, enrolment_until_ns, identity, spot"
        connection.execute(text(f"{copy}{rest}, password_set_ns FROM people WHERE name = 'duty'"), {"roles": held})
    assert person(world, "duty").roles == {Role.DUTY}


def json_list(roles: list[str]) -> str:
    return "[" + ", ".join(f'"{role}"' for role in roles) + "]"


def test_b11_an_import_that_writes_past_the_acts_is_refused_in_words(world: World) -> None:
    mixed = replace(person(world, "duty"), roles=frozenset({Role.SECURITY, Role.AUDITOR}))
    with pytest.raises(Refused) as refusal, world.store.writing() as uow:
        uow.people.save(mixed)
    assert refusal.value.code == "people.exclusive-roles"


async def test_b11_two_accounts_of_one_natural_person_are_one_person(world: World) -> None:
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    made = []
    for name, work_id in (("first", "HN 012345"), ("second", "hn012345"), ("third", "HN 999")):
        answer = await admin.post("/api/people", json={"name": name, "display_name": name, "work_id": work_id})
        made.append(answer.json()["person"]["id"])
    assert person(world, "first").same_as(person(world, "second"))
    assert not person(world, "first").same_as(person(world, "third"))
    assert "012345" not in str(world.entries())
    given = [
        await security.put(f"/api/people/{one}/roles", json={"roles": [role]})
        for one, role in zip(made, ("auditor", "security", "security"), strict=True)
    ]
    assert [answer.status_code for answer in given] == [200, 403, 200]
    assert refused(given[1]) == (403, "people.exclusive-roles")
    assert refused(await security.put(f"/api/people/{made[1]}/roles", json={"roles": ["duty"]}))[0] == 403


async def test_the_system_administrator_makes_accounts_and_grants_nothing(world: World) -> None:
    admin = await world.signed_in("admin")
    for roles in (["duty"], ["approver"], ["administrator"], ["security"], ["auditor"]):
        form = {"name": "new", "display_name": "新人", "roles": roles}
        assert refused(await admin.post("/api/people", json=form)) == (403, "roles.security")
    path = f"/api/people/{world.accounts['duty'].person}"
    assert refused(await admin.put(f"{path}/roles", json={"roles": ["approver"]})) == (403, "roles.security")
    assert (await admin.patch(path, json={"roles": ["approver"]})).status_code == 422
    assert (await admin.patch(path, json={"unit_id": "x"})).status_code == 422
    own = f"/api/people/{world.accounts['admin'].person}"
    assert refused(await admin.patch(own, json={"disabled": True})) == (403, "people.oneself")


async def test_nobody_grants_himself(world: World) -> None:
    security = await world.signed_in("security")
    own = f"/api/people/{world.accounts['security'].person}"
    assert refused(await security.put(f"{own}/roles", json={"roles": ["duty"]})) == (403, "people.oneself")


async def test_a_grant_is_entered_with_what_was_before_and_none_is_allowed(world: World) -> None:
    security = await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}/roles"
    assert (await security.put(path, json={"roles": []})).json()["roles"] == []
    (entry,) = world.entries("roles.granted")
    assert (entry["facts"]["roles"], entry["facts"]["before"]) == ([], ["duty"])
    assert entry["actor"]["id"] == world.accounts["security"].person


async def test_a_unit_that_never_had_them_gets_its_other_two_from_its_first_administrator(world: World) -> None:
    with world.store.writing() as uow:
        for name in ("security", "auditor"):
            found = uow.people.named(name)
            assert found is not None
            uow.people.save(replace(found, roles=frozenset()))
    admin = await world.signed_in("admin")
    form = {"name": "guard", "display_name": "安全管理员", "roles": ["security"]}
    assert refused(await admin.post("/api/people", json={**form, "roles": ["duty"]})) == (403, "roles.security")
    assert (await admin.post("/api/people", json=form)).status_code == 201
    again = await admin.post("/api/people", json={**form, "name": "second"})
    assert refused(again) == (403, "roles.security"), "one each"
    watcher = {"name": "watcher", "display_name": "审计管理员", "roles": ["auditor"]}
    assert (await admin.post("/api/people", json=watcher)).status_code == 201
    assert [entry["facts"]["roles"] for entry in world.entries("person.added")] == [["security"], ["auditor"]]
    await admin.patch(f"/api/people/{person(world, 'guard').id}", json={"disabled": True})
    third = await admin.post("/api/people", json={**form, "name": "third"})
    assert refused(third) == (403, "roles.security"), "disabling the one does not let him name another"


async def test_f5_no_administrator_alone_becomes_another_person(world: World) -> None:
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    auditor, duty = await world.signed_in("auditor"), await world.signed_in("duty")
    path = f"/api/people/{world.accounts['duty'].person}/credentials"
    asked = await admin.post(path, json={"why": "丢失手机"})
    assert asked.status_code == 201 and "code" not in asked.json()
    assert (await duty.get("/api/session")).status_code == 200, "asking alone changes nothing"
    confirm = f"/api/people/recoveries/{asked.json()['id']}/confirm"
    assert (await admin.post(confirm)).status_code == 403
    assert refused(await auditor.post(confirm)) == (403, "people.two-administrators"), "an auditor grants nothing"
    listed = (await security.get("/api/people/recoveries")).json()
    assert [one["person_name"] for one in listed] == ["值班员"]
    done = await security.post(confirm)
    assert done.status_code == 200 and done.json()["code"]
    assert (await security.post(confirm)).status_code == 404, "once"
    assert (await duty.get("/api/session")).status_code == 401
    old = {"name": "duty", "password": world.accounts["duty"].password, "code": "000000"}
    assert (await world.client().post("/api/session", json=old)).status_code == 401
    (entry,) = world.entries("credentials.reset")
    assert entry["actor"]["id"] == world.accounts["security"].person
    assert entry["facts"]["asker"] == world.accounts["admin"].person


@pytest.mark.parametrize(
    ("lost", "asker", "confirmer"),
    [("admin", "security", "auditor"), ("security", "admin", "auditor"), ("auditor", "admin", "security")],
)
async def test_of_the_three_any_one_is_restored_by_the_other_two(
    world: World, lost: str, asker: str, confirmer: str
) -> None:
    one, two = await world.signed_in(asker), await world.signed_in(confirmer)
    asked = await one.post(f"/api/people/{world.accounts[lost].person}/credentials", json={"why": "遗忘口令"})
    done = await two.post(f"/api/people/recoveries/{asked.json()['id']}/confirm")
    assert done.status_code == 200, done.text
    form = {"name": lost, "code": done.json()["code"], "password": PHRASE}
    assert (await world.client().post("/api/enrolment", json=form)).status_code == 200


async def test_a_restoring_that_nobody_confirms_ends_after_a_day(world: World) -> None:
    admin, security = await world.signed_in("admin"), await world.signed_in("security")
    path = f"/api/people/{world.accounts['duty'].person}/credentials"
    asked = (await admin.post(path, json={"why": "丢失手机"})).json()["id"]
    world.clock.advance(86_400)
    security = await world.signed_in("security")
    assert (await security.get("/api/people/recoveries")).json() == []
    assert (await security.post(f"/api/people/recoveries/{asked}/confirm")).status_code == 404


async def test_a_unit_without_security_administrator_is_served_by_the_keepers_until_it_has_one(tmp_path: Path) -> None:
    world = World(tmp_path, county=True)
    security, admin = await world.signed_in("security"), await world.signed_in("admin")
    hotel, unit = f"/api/people/{world.accounts['hotel'].person}", world.unit("hotel")
    assert (await security.get("/api/people", params={"unit": unit})).json()[0]["name"] == "hotel"
    assert (await security.put(f"{hotel}/roles", json={"roles": ["unit_manager", "duty"]})).status_code == 200
    # its only way back: nobody administers there
    asked = await admin.post(f"{hotel}/credentials", json={"why": "经理遗忘口令"})
    assert asked.status_code == 201, asked.text
    assert (await security.post(f"/api/people/recoveries/{asked.json()['id']}/confirm")).status_code == 200
    with world.store.writing() as uow:
        school = uow.people.named("school")
        assert school is not None
        own = replace(school, id=world.accounts["duty"].person, name="own-security", roles=frozenset({Role.SECURITY}))
        uow.people.add(replace(own, id=type(own.id)("2" * 36), unit=unit))
    assert (await security.put(f"{hotel}/roles", json={"roles": []})).status_code == 404
    assert (await security.get("/api/people", params={"unit": unit})).status_code == 404
    for other in ("cityhead", "planner"):
        client = await world.signed_in(other)
        assert (await client.put(f"{hotel}/roles", json={"roles": []})).status_code in (403, 404)
    world.close()


async def test_A22_an_officer_enrolled_on_the_spot_signs_once_and_never_signs_in(world: World) -> None:
    unit = world.manager.unit
    with world.acting() as doing:
        known = {"random": world.services.random, "organ": unit, "name": "外来民警", "certificate": "file"}
        made = enrol_on_the_spot(doing, world.vault, **known, work_id="外 0001")
        again = enrol_on_the_spot(doing, world.vault, **known, work_id="外0001")
    assert made.person.id == again.person.id
    assert made.person.roles == {Role.OFFICER}
    assert made.person.identity == identity_of(world.vault, "外0001")
    form = {"name": made.person.name, "password": PHRASE, "code": again.code}
    assert (await world.client().post("/api/enrolment", json=form)).status_code == 403
    assert (await world.client().post("/api/session", json={**form, "password": ""})).status_code in (401, 422)
    request, manager = await approved(world), await world.signed_in("manager")
    path = f"/api/access-requests/{request}/presence"
    first = await manager.post(path, json={**form, "password": "", "code": made.code})
    assert first.status_code == 401, "a newer code ends the older"
    world.clock.advance(60)  # the wrong tries have their delay
    assert (await manager.post(path, json={**form, "password": ""})).status_code == 200
    assert (await manager.post(path, json={**form, "password": ""})).status_code == 401, "once"
    assert "外 0001" not in str([entry["facts"] for entry in world.entries("officer.enrolled")])


async def test_who_has_an_account_is_not_enrolled_on_the_spot(world: World) -> None:
    admin = await world.signed_in("admin")
    await admin.post("/api/people", json={"name": "first", "display_name": "某", "work_id": "HN 012345"})
    known = {"random": world.services.random, "organ": world.manager.unit, "name": "某", "certificate": ""}
    with pytest.raises(Refused) as refusal, world.acting() as doing:
        enrol_on_the_spot(doing, world.vault, **known, work_id="HN012345")
    assert refusal.value.code == "people.known"


async def approved(world: World) -> str:
    officer, approver = await world.signed_in("officer1"), await world.signed_in("approver")
    made = await officer.post("/api/access-requests", json=world.request_form())
    assert made.status_code == 201, made.text
    assert (await approver.post(f"/api/access-requests/{made.json()['id']}/approve", json={})).status_code == 200
    return str(made.json()["id"])
