"""The register is searched by each filter, in the order of time, page after page, also after the clock was set back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import under_world
from mingjian.adapters.database import reading
from mingjian.adapters.register_store import SqlRegister
from mingjian.app.ports import UnitOfWork
from mingjian.app.records import ClosingCause, RegisterEntry, RegisterKind
from mingjian.app.register_pages import CAUSES, KINDS
from mingjian.app.register_ports import RegisterQuery
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.kernel.period import Period
from sited_camera import complete
from web_world import World

OFTEN, SELDOM, NEVER = CameraId("often"), CameraId("seldom"), CameraId("never")
COUNT, HOUR_NS = 30, 3600 * SECOND_NS
ORGAN = UnitId("some-organ")


def add(uow: UnitOfWork, index: int, **changes: Any) -> None:
    """An entry of the demonstration's unit, unless told otherwise."""
    person = uow.people.named("manager")
    assert person is not None
    about = {"at": 1000 * SECOND_NS, "unit": person.unit, "cameras": (OFTEN,), "organ": None, "request": ""} | changes
    at = UtcNs(about["at"])
    kind = RegisterKind.COPY if about["organ"] else RegisterKind.LIVE
    uow.register.add(
        RegisterEntry(
            index, at, kind, f"grant-{index}", person.id, "某人", about["unit"], "", "", "", about["cameras"], None,
            Period(at, at), "s", request=about["request"], organ=about["organ"],
        )
    )  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with made.store.writing() as uow:
        for number in range(COUNT):
            at = UtcNs((1000 + (number if number != 20 else 5)) * SECOND_NS)  # once the clock was set back
            cameras = (OFTEN, SELDOM) if number == 7 else (OFTEN,)
            organ = ORGAN if number % 10 == 0 else None
            request = "asked" if number == 10 else ""
            add(uow, 1000 + number, at=at, cameras=cameras, organ=organ, request=request)
    yield made
    made.close()


def found(world: World, **query: object) -> list[int]:
    with world.store.reading() as uow:
        return [one.index for one in uow.register.listed(world.manager.unit, RegisterQuery(**query))]


def test_A17_2_2_each_filter_finds_its_entries_newest_first(world: World) -> None:
    assert found(world, camera=SELDOM) == [1007]
    assert found(world, camera=NEVER) == []
    assert found(world, organ=ORGAN) == [1010, 1020, 1000]
    assert found(world, request="asked") == [1010]
    assert found(world, camera=OFTEN, kind=RegisterKind.COPY) == [1010, 1020, 1000]
    assert found(world, camera=SELDOM, organ=ORGAN) == []


def test_a_person_in_a_period_is_found_and_nobody_elses_unit(world: World) -> None:
    manager, elsewhere = world.manager.person, world.foreign_manager().unit
    with world.store.writing() as uow:
        add(uow, 2000, unit=elsewhere)
    late = UtcNs(1025 * SECOND_NS)
    assert found(world, person=manager, since=late, until=UtcNs(late + 2 * SECOND_NS), kind=RegisterKind.LIVE) == [
        1026, 1025,
    ]  # fmt: skip
    assert 2000 not in found(world, person=manager, since=UtcNs(1))


@pytest.mark.parametrize("camera", [None, OFTEN])
def test_no_entry_is_lost_between_pages_where_the_clock_was_set_back(world: World, camera: CameraId | None) -> None:
    pages: list[int] = []
    page = found(world, limit=7, camera=camera)
    while page:
        pages += page
        page = found(world, limit=7, camera=camera, before=pages[-1])
    assert len(pages) == COUNT
    assert sorted(pages) == [1000 + number for number in range(COUNT)]


@pytest.mark.parametrize("camera", [OFTEN, SELDOM])
def test_a_camera_in_many_entries_is_found_like_one_in_few(world: World, camera: CameraId) -> None:
    with reading(world.engine) as connection:
        register = SqlRegister(connection, often_shown=0)
        many = [one.index for one in register.listed(world.manager.unit, RegisterQuery(camera=camera))]
    assert many == found(world, camera=camera)


def test_the_camera_of_a_place_is_found_by_the_place_and_no_other(world: World) -> None:
    camera = complete(world, world.manager)
    with world.store.writing() as uow:
        siting = uow.sitings.one(camera)
        assert siting is not None
        add(uow, 2000, cameras=(camera,))
    assert 2000 in found(world, place=siting.place)
    assert found(world, place=siting.place) == found(world, camera=camera)
    assert found(world, place="nowhere") == []
    assert found(world, place=siting.place, camera=OFTEN) == []


def test_A17_2_2_the_basis_parts_the_own_people_from_those_under_an_approval(world: World) -> None:
    assert found(world, outside=True) == [1010, 1020, 1000]
    assert len(found(world, outside=False)) == COUNT - 3


def test_a_case_number_finds_what_the_own_organ_asked_for_and_to_the_holder_only_the_requests_number(
    world: World,
) -> None:
    own, holder = UnitId(world.actor("officer1").unit), world.foreign_manager()
    request = under_world.approved(world, case="X-77", unit=holder.unit)
    with world.store.writing() as uow:
        add(uow, 2000, request=request.id, organ=own, unit=holder.unit)
    with world.store.reading() as uow:

        def by(unit: UnitId, **query: object) -> list[int]:
            return [one.index for one in uow.register.listed(unit, RegisterQuery(**query))]

        assert by(own, case="X-77", theirs=True) == [2000]
        assert by(own, theirs=True, organ=holder.unit) == [2000]
        assert by(own, case="X-77") == []  # its own cameras showed nothing
        assert by(holder.unit, case="X-77") == []
        assert by(holder.unit, case=request.number) == [2000]
        assert by(holder.unit, theirs=True) == []


def test_a_summary_counts_by_legal_day_kind_and_organ_what_began_in_the_period(world: World) -> None:
    with world.store.writing() as uow:
        add(uow, 2000, at=16 * HOUR_NS - 1)  # the last instant of 1 January 1970 in China
        add(uow, 2001, at=16 * HOUR_NS)
    with world.store.reading() as uow:
        unit, east = world.manager.unit, UtcNs(8 * HOUR_NS)
        counted = uow.register.counted(unit, RegisterQuery(since=UtcNs(1001 * SECOND_NS)), east)
        of_organ = uow.register.counted(unit, RegisterQuery(organ=ORGAN), east)
        nothing = uow.register.counted(unit, RegisterQuery(camera=NEVER), east)
    assert {(one.day, one.kind.value, one.organ): one.entries for one in counted} == {
        (0, "live", None): COUNT - 3 + 1, (0, "copy", ORGAN): 2, (1, "live", None): 1,
    }  # fmt: skip
    assert [one.entries for one in of_organ] == [3]
    assert nothing == []


def test_every_kind_of_entry_and_every_end_has_its_word_on_paper() -> None:
    assert set(KINDS) == set(RegisterKind)
    assert set(CAUSES) == set(ClosingCause)
