"""The register is searched by each filter, in the order of time, page after page, also after the clock was set back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.adapters.database import reading
from mingjian.adapters.register_store import SqlRegister
from mingjian.app.ports import RegisterQuery
from mingjian.app.records import RegisterEntry, RegisterKind
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.kernel.period import Period
from web_world import World

OFTEN, SELDOM, NEVER = CameraId("often"), CameraId("seldom"), CameraId("never")
COUNT = 30
ORGAN = UnitId("some-organ")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    person = made.manager
    with made.store.writing() as uow:
        for number in range(COUNT):
            at = UtcNs((1000 + (number if number != 20 else 5)) * SECOND_NS)  # once the clock was set back
            cameras = (OFTEN, SELDOM) if number == 7 else (OFTEN,)
            organ = ORGAN if number % 10 == 0 else None
            uow.register.add(
                RegisterEntry(
                    1000 + number, at, RegisterKind.COPY if organ else RegisterKind.LIVE, f"grant-{number}",
                    person.person, person.display_name, person.unit, person.unit_name, "", "", cameras, None,
                    Period(at, at), "s", request="asked" if number == 10 else "", organ=organ,
                )
            )  # fmt: skip
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
