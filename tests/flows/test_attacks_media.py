"""Attacks on running pictures (A5, B3, B4, B9, B10 of the list): what ends a right, ends the picture."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mingjian.app import access
from mingjian.bootstrap.web import Rights
from mingjian.governance.authority import Role
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.period import Period
from mingjian.web.media_protocol import OPERATIONS
from mingjian.web.media_services import MediaServices
from under_world import direct_use, holder, open_under
from web_world import World

LAW_S = 5
"""Disabling a person, ending a post or an approval ends running streams within so many seconds."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def test_a5_a_running_picture_asks_its_right_again_well_within_the_laws_seconds() -> None:
    recheck_s = MediaServices.__dataclass_fields__["recheck_s"].default
    assert isinstance(recheck_s, float)
    assert recheck_s * 2 < LAW_S, "one question may just have been answered, and one frame is on its way"


async def test_a5_b10_signing_out_disabling_and_losing_the_role_end_what_is_running(world: World) -> None:
    rights = Rights(world.opened, world.journal)
    admin = await world.signed_in("admin")
    duty = world.accounts["duty"].person
    for end in ("sign out", "role", "disable"):
        client = await world.signed_in("duty")
        view = (await client.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
        cookie = client.cookies["mj_session"]
        assert rights.grant(cookie, view["grant"]) is not None
        if end == "sign out":
            assert (await client.delete("/api/session")).status_code == 200
        elif end == "disable":
            assert (await admin.patch(f"/api/people/{duty}", json={"disabled": True})).status_code == 200
        else:
            with world.store.writing() as uow:
                person = uow.people.one(duty)
                assert person is not None
                uow.people.save(replace(person, roles=frozenset({Role.APPROVER})))
        assert rights.grant(cookie, view["grant"]) is None, end
        if end == "role":
            with world.store.writing() as uow:
                uow.people.save(person)
    opening = {"op": "open", "grant": view["grant"], "camera": world.cameras[0], "mode": "live"}
    assert (await world.socket(cookie, opening))[0]["op"] == "closed"


async def test_b3_every_message_of_the_socket_is_asked_for_its_own_right(world: World) -> None:
    manager = await world.signed_in("manager")
    view = (await manager.post("/api/views", json={"act": "live", "cameras": world.cameras[:1]})).json()
    opening = {"op": "open", "grant": view["grant"], "camera": world.cameras[0], "mode": "live"}
    for name in OPERATIONS:
        message = {"op": name, "id": 1, "t_ms": 1, "until_ms": 1, **(opening if name == "open" else {})}
        told = await world.socket(manager.cookies["mj_session"], opening, message)
        assert "media.undeclared" in [one.get("code") for one in told], name
    other = {**opening, "camera": world.cameras[1]}
    assert (await world.socket(manager.cookies["mj_session"], other))[0]["cause"] == "no-grant"


def test_b4_what_serves_media_inside_listens_on_no_network_and_its_folder_is_shut(world: World) -> None:
    places = world.opened.places
    assert stat.S_IMODE(places.run.stat().st_mode) == 0o700
    assert places.socket(0).parent == places.run
    assert stat.S_IMODE(places.journal.stat().st_mode) == 0o700


async def test_A21_who_looks_is_told_who_withdrew_the_approval_and_when(world: World) -> None:
    officer, request = await world.signed_in("officer1"), direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    rights = Rights(world.opened, world.journal)
    assert rights.why_ended(grant) is None
    asker = replace(holder(world, officer), person=request.requester)
    law = world.services.law
    access.withdraw(world.store, actor=asker, clock=world.clock, law=law, request=request.id)
    why = rights.why_ended(grant)
    assert why is not None
    assert (why.code, request.organ in why.text, request.organ in why.text_en) == ("access.withdrawn", True, True)
    assert law.told(world.clock.now()) in why.text
    assert rights.grant(officer.cookies["mj_session"], grant.id) is None


@pytest.mark.parametrize("at_ns", [-1_000_000, 0, 1_000_000])
def test_b9_a_grant_opens_nothing_before_its_first_and_after_its_last_instant(world: World, at_ns: int) -> None:
    begin, end = world.clock.now(), UtcNs(world.clock.now() + 60 * SECOND_NS)
    grant = Grant(
        "g", world.manager.person, "", world.manager.unit, "", MediaAct.LIVE, frozenset(world.cameras), None,
        Period(begin, end), 1,
    )  # fmt: skip
    assert grant.permits(MediaAct.LIVE, world.cameras[0], UtcNs(begin + at_ns)) == (at_ns >= 0)
    assert grant.permits(MediaAct.LIVE, world.cameras[0], UtcNs(end + at_ns)) == (at_ns < 0)


async def test_b9_a_clock_that_steps_across_the_end_and_back_revives_no_direct_use(world: World) -> None:
    officer, request = await world.signed_in("officer1"), direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    rights, cookie = Rights(world.opened, world.journal), officer.cookies["mj_session"]
    assert rights.grant(cookie, grant.id) is not None
    before = world.clock.wall
    world.clock.wall = UtcNs(request.footage.end)
    assert rights.grant(cookie, grant.id) is None
    rights.ended(grant)  # its last picture has gone
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "expired"
    world.clock.wall = before
    assert rights.grant(cookie, grant.id) is None, "what is closed stays closed"
