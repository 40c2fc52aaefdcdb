"""Approvals put on record, and views opened under them, for tests of what happens afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from secrets import token_bytes
from typing import Any

import httpx

from mingjian.app import views
from mingjian.app.identity import actor_of
from mingjian.app.performing import performing
from mingjian.app.records import AccessRequest, Actor, Execution, Person
from mingjian.governance.access import AccessKind, ExecutionState, NamedOfficer
from mingjian.governance.authority import Act
from mingjian.governance.procedure import State
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, uuid7
from mingjian.kernel.period import Period
from web_world import World

OFFICERS = ("officer1", "officer2")


def around(world: World, before_s: int, after_s: int) -> Period:
    now = world.clock.now()
    return Period(UtcNs(now - before_s * SECOND_NS), UtcNs(now + after_s * SECOND_NS))


def approved(world: World, **changes: Any) -> AccessRequest:
    """A request for the first camera, approved for an hour: the last ten minutes and the next; a visit is on."""
    now = world.clock.now()
    asker = world.actor("officer1")
    request = AccessRequest(
        id=uuid7(now, token_bytes(RANDOM_BYTES)),
        number="",
        unit=world.manager.unit,
        state=State.APPROVED,
        cameras=(world.cameras[0],),
        footage=around(world, 600, 600),
        purpose="调查一起盗窃案件",
        destination="刑事侦查部门",
        legal_basis="本办法第二十一条",
        organ="示范县公安局",
        officers=(NamedOfficer("执法人员甲"), NamedOfficer("执法人员乙")),
        asker=asker.unit,
        approving=asker.unit,
        requester=asker.person,
        requester_name=asker.display_name,
        submitted=now,
        approver=world.actor("approver").person,
        approver_name="主要负责人",
        approved_until=UtcNs(now + 3600 * SECOND_NS),
        kind=AccessKind.VIEW,
    )
    with world.store.writing() as uow:
        serial = uow.requests.next_serial(request.unit, 2026)
        request = replace(request, number=f"查〔2026〕{serial:04d}号", **changes)
        uow.requests.add(request, year=2026, serial=serial)
        staff = world.manager
        uow.requests.add_execution(
            Execution(
                id=request.id,
                request=request.id,
                unit=request.unit,
                n=1,
                staff=staff.person,
                staff_name=staff.display_name,
                session="test",
                began=now,
                state=ExecutionState.OPEN,
            )
        )
    return request


def direct_use(world: World, **changes: Any) -> AccessRequest:
    """The same for live pictures, in the officers' own session."""
    return approved(world, kind=AccessKind.DIRECT_USE, **changes)


def change(world: World, request: AccessRequest, **changes: Any) -> AccessRequest:
    """The stored request becomes another, as a later step would make it."""
    changed = replace(request, **changes)
    with world.store.writing() as uow:
        uow.requests.save(changed, expected=request.state)
    return changed


def people(world: World, names: Sequence[str]) -> list[Person]:
    with world.store.reading() as uow:
        found = [uow.people.named(name) for name in names]
    return [person for person in found if person is not None]


def holder(world: World, client: httpx.AsyncClient) -> Actor:
    """Who is signed in with this browser."""
    actor = actor_of(world.store, client.cookies["mj_session"], clock=world.clock)
    assert actor is not None
    return actor


def open_under(
    world: World,
    actor: Actor,
    request: AccessRequest,
    act: MediaAct = MediaAct.PLAYBACK,
    *,
    officers: Sequence[str] = OFFICERS,
    cameras: Sequence[CameraId] | None = None,
    period: Period | None = None,
) -> Grant:
    """What the route of an execution does."""
    past = Period(request.footage.start, world.clock.now())
    with performing(world.store, Act.VIEW_UNDER, request.id, actor=actor, clock=world.clock) as doing:
        return views.open_under(
            doing,
            world.services.law,
            token_bytes,
            request=request,
            execution=request.id,
            officers=people(world, officers),
            act=act,
            cameras=cameras or request.cameras,
            period=period or (past if act is MediaAct.PLAYBACK else request.footage),
        )
