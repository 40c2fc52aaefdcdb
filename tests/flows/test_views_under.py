"""Views under an approval: only what was approved, by those who were named, not a moment longer (articles 20-22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import views
from mingjian.app.records import AccessRequest
from mingjian.governance.access import ExecutionState
from mingjian.governance.authority import Role
from mingjian.governance.procedure import State
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Refused
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.period import Period
from under_world import approved, around, change, direct_use, holder, open_under
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def test_A22_the_entry_of_a_view_under_an_approval_names_officers_request_purpose_and_destination(
    world: World,
) -> None:
    staff, request = await world.signed_in("manager"), approved(world)
    grant = open_under(world, holder(world, staff), request)
    (opened,) = world.entries("viewing.opened")
    assert (opened["index"], opened["facts"]["request"], opened["facts"]["number"]) == (
        grant.entry,
        request.id,
        request.number,
    )
    assert sorted(opened["facts"]["officers"]) == sorted(
        world.accounts[name].person for name in ("officer1", "officer2")
    )
    assert (grant.request, grant.marked, grant.unit_name) == (request.id, True, request.organ)
    (listed,) = (await staff.get("/api/register")).json()
    assert (listed["index"], listed["request"], listed["purpose"]) == (grant.entry, request.id, request.purpose)
    assert (listed["destination"], listed["person"].count("、")) == (request.destination, 1)


WIDER: list[Callable[[World, AccessRequest], dict[str, Any]]] = [
    lambda world, _: {"cameras": world.cameras},
    lambda world, request: {"period": Period(UtcNs(request.footage.start - 1), world.clock.now())},
    lambda *_: {"act": MediaAct.COPY},
    lambda *_: {"act": MediaAct.LIVE},
    lambda *_: {"officers": ("officer1", "officer1")},
    lambda *_: {"officers": ("officer1",)},
]


async def test_A21_nothing_wider_than_the_approval_opens_and_nothing_is_registered(world: World) -> None:
    staff, request = await world.signed_in("manager"), approved(world)
    for wider in WIDER:
        with pytest.raises(Refused):
            open_under(world, holder(world, staff), request, **wider(world, request))
    assert world.entries("viewing.opened") == []
    assert len(world.entries("act.refused")) == len(WIDER)


def _withdrawn(world: World, request: AccessRequest) -> None:
    change(world, request, state=State.WITHDRAWN)


def _narrowed_cameras(world: World, request: AccessRequest) -> None:
    change(world, request, cameras=(world.cameras[1],))


def _narrowed_seconds(world: World, request: AccessRequest) -> None:
    change(world, request, footage=around(world, 60, 0))


def _shortened(world: World, request: AccessRequest) -> None:
    change(world, request, approved_until=world.clock.now())


def _over(world: World, request: AccessRequest) -> None:
    world.clock.advance(3600)


def _stepped_across(world: World, request: AccessRequest) -> None:
    world.clock.wall = UtcNs(world.clock.wall + 3600 * SECOND_NS)


def _disabled(world: World, request: AccessRequest) -> None:
    _person(world, "officer2", disabled=world.clock.now())


def _post_ended(world: World, request: AccessRequest) -> None:
    _person(world, "officer1", roles=frozenset({Role.DUTY}))


def _staff_left(world: World, request: AccessRequest) -> None:
    _person(world, "manager", roles=frozenset({Role.DUTY}))


def _person(world: World, name: str, **changes: Any) -> None:
    with world.store.writing() as uow:
        person = uow.people.named(name)
        assert person is not None
        uow.people.save(replace(person, **changes))


def _visit_ended(world: World, request: AccessRequest) -> None:
    with world.store.writing() as uow:
        (visit,) = uow.requests.executions(request.id)
        uow.requests.save_execution(replace(visit, state=ExecutionState.ENDED, ended=world.clock.now()))


ENDS = [_visit_ended, _withdrawn, _narrowed_cameras, _narrowed_seconds, _shortened, _over, _stepped_across]
LEAVING = [_disabled, _post_ended, _staff_left]


async def test_A21_a_view_ends_with_whatever_it_rests_on(world: World) -> None:
    staff = await world.signed_in("manager")
    actor = holder(world, staff)

    def standing(grant: str) -> bool:
        return views.live_grant(world.store, grant, actor=holder(world, staff), clock=world.clock) is not None

    for end in ENDS:
        request = approved(world)
        grant = open_under(world, actor, request)
        assert standing(grant.id), end
        end(world, request)
        assert not standing(grant.id), end


@pytest.mark.parametrize("leave", LEAVING)
async def test_A22_a_view_ends_when_one_of_its_people_leaves(
    world: World, leave: Callable[[World, AccessRequest], None]
) -> None:
    staff, request = await world.signed_in("manager"), approved(world)
    grant = open_under(world, holder(world, staff), request)
    leave(world, request)
    assert views.live_grant(world.store, grant.id, actor=holder(world, staff), clock=world.clock) is None


async def test_an_ended_approval_closes_its_entry_as_revoked(world: World) -> None:
    staff, request = await world.signed_in("manager"), approved(world)
    open_under(world, holder(world, staff), request)
    assert views.close_expired(world.store, clock=world.clock) == 0
    change(world, request, state=State.WITHDRAWN)
    assert views.close_expired(world.store, clock=world.clock) == 1
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "revoked"


async def test_A20_direct_use_is_live_only_in_the_officers_own_session_and_ends_with_its_period(world: World) -> None:
    officer, request = await world.signed_in("officer1"), direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    assert (grant.footage, grant.valid.end) == (None, request.footage.end)
    assert (await officer.delete(f"/api/views/{grant.id}")).status_code == 204
    assert world.entries("viewing.closed")[-1]["facts"]["cause"] == "closed"


async def test_A21_a_viewing_gives_no_copy(world: World) -> None:
    staff, request = await world.signed_in("manager"), approved(world)
    grant = open_under(world, holder(world, staff), request)
    answer = await staff.post(
        f"/api/views/{grant.id}/snapshots", json={"camera": request.cameras[0], "at_ms": world.ago_ms(60)}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "view.no-copy")
    assert world.pictures.entries == []
