"""Places and cameras by the sheet: every error by line and column, all or nothing, and no way round the law."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from camera_sheet import FIRST_LINE, HALL, HEADINGS, KIND, PART, WRONG, camera_rows, with_bad_lines
from mingjian.adapters.sheets import parse_sheet, write_csv, write_xlsx
from mingjian.app import cameras
from mingjian.app.sheet_import import template
from sited_camera import hall
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


async def sent(client: httpx.AsyncClient, what: str, content: bytes, *, commit: bool = False) -> Any:
    answer = await client.post(
        f"/api/registry/{what}/import", files={"file": ("表.xlsx", content)}, params={"commit": commit}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(world: World, client: httpx.AsyncClient) -> None:
    place, _ = hall(world, world.manager, KIND, HALL)
    assert (await client.post(f"/api/places/{place}/parts", json=PART)).status_code == 201


async def test_five_hundred_cameras_with_seven_bad_lines_leave_nothing_and_the_corrected_sheet_all(
    world: World,
) -> None:
    manager = await world.signed_in("manager")
    await decided(world, manager)
    good = camera_rows(500)
    found = await sent(manager, "cameras", write_xlsx([HEADINGS, *with_bad_lines(good)]), commit=True)
    assert found["done"] is False
    assert [(one["line"], one["column"]) for one in found["errors"]] == [
        (line + FIRST_LINE, heading) for line, (_, _, heading) in WRONG.items()
    ]
    (forbidden,) = [one for one in found["errors"] if one["code"] == "siting.forbidden"]
    assert forbidden["article"] == "第八条第二项"
    assert world.entries("act.refused")[-1]["facts"]["code"] == "siting.forbidden"
    assert len((await manager.get("/api/cameras")).json()) == 2, "nothing is half imported"

    dry = await sent(manager, "cameras", write_xlsx([HEADINGS, *good[:3]]))
    assert (dry["lines"], dry["done"], dry["errors"]) == (3, False, [])
    assert len((await manager.get("/api/cameras")).json()) == 2
    done = await sent(manager, "cameras", write_xlsx([HEADINGS, *good]), commit=True)
    assert (done["lines"], done["done"]) == (500, True)
    listed = (await manager.get("/api/cameras")).json()
    assert sum(one["record"] == "draft" for one in listed) == 500
    (entry,) = world.entries("registry.imported")
    assert entry["facts"] == {"what": "cameras", "lines": 500}
    assert "camera-secret" not in str(world.entries())


async def test_what_does_not_fit_the_disks_is_not_imported(world: World) -> None:
    manager = await world.signed_in("manager")
    await decided(world, manager)
    rows = [[*row[:6], "4000", *row[7:]] for row in camera_rows(40)]
    found = await sent(manager, "cameras", write_csv([HEADINGS, *rows]), commit=True)
    assert (found["done"], [one["code"] for one in found["errors"]]) == (False, ["capacity.does-not-fit"])


async def test_A13_3_existing_cameras_are_imported_with_their_system_and_go_on_recording(world: World) -> None:
    hotel = await world.signed_in("hotel")
    places = [["名称", "场所种类", "行政区划代码", "地址"], ["老店", "旅馆", "340421", "示范路 9 号"]]
    assert (await sent(hotel, "places", write_csv(places).decode().encode("gb18030"), commit=True))["done"]
    rows = [
        ["Camera name", "Place", "Location", "Main stream address", "Existing"],
        ["大堂", "老店", "大厅", "rtsp://192.0.2.9/", "是"],
    ]
    assert (await sent(hotel, "cameras", write_csv(rows), commit=True))["done"]
    (camera,) = (await hotel.get("/api/cameras")).json()
    assert (camera["record"], camera["held"]) == ("draft", False)
    assert camera["id"] in {one.id for one in cameras.connections(world.store, world.vault)}
    with world.store.reading() as uow:
        (system,) = uow.systems.of_place(camera["place_id"])
        owed = uow.obligations.open_of(system.id, "filing.legacy")
        assert owed is not None and uow.obligations.open_of(system.id, "filing") is None
    assert (system.existing, system.name) == (True, "老店视频系统")
    assert (owed.row, owed.unit, str(owed.due_on)) == ("A13.3.file", system.unit, "2017-03-02")


async def test_A9_3_a_sheet_puts_no_place_on_record_for_someone_without_responsibility(world: World) -> None:
    hotel = await world.signed_in("hotel")
    rows = [["名称", "场所种类", "行政区划代码", "地址"], ["广场", "城市广场", "340421", "示范路"]]
    found = await sent(hotel, "places", write_csv(rows), commit=True)
    assert [(one["code"], one["article"]) for one in found["errors"]] == [("siting.not-responsible", "第九条第三款")]
    assert (await hotel.get("/api/places")).json() == []


async def test_an_export_is_imported_again_holds_no_password_and_runs_no_formula(world: World) -> None:
    manager = await world.signed_in("manager")
    await decided(world, manager)
    form = {
        "name": "=HYPERLINK(1)", "kind": "7.14.service_hall", "territory": "340421", "address": "@示范路",
        "telephone": "+86 554", "longitude": -116.5, "latitude": 32,
    }  # fmt: skip
    assert (await manager.post("/api/places", json=form)).status_code == 201
    await sent(manager, "cameras", write_csv([HEADINGS, *camera_rows(1)]), commit=True)
    for file in ("xlsx", "csv"):
        places = (await manager.get("/api/registry/places/export", params={"file": file})).content
        rows = parse_sheet(places)
        assert "=HYPERLINK(1)" in [row[0] for row in rows], "the apostrophe goes when it is read"
        if file == "csv":
            plain = list(csv.reader(io.StringIO(places.decode("utf-8-sig"))))
            assert {"'=HYPERLINK(1)", "'@示范路", "'+86 554", "-116.5"} <= {cell for row in plain for cell in row}
        assert (await sent(manager, "places", places))["errors"] == []
        exported = (await manager.get("/api/registry/cameras/export", params={"file": file})).content
        assert b"camera-secret" not in exported
        heads, *lines = parse_sheet(exported)
        assert len(lines) == 3
        assert not any("口令" in head for head in heads)


async def test_a_template_is_a_sheet_that_the_import_takes(world: World) -> None:
    manager = await world.signed_in("manager")
    for what in ("places", "cameras"):
        for file in ("xlsx", "csv"):
            content = (await manager.get(f"/api/registry/{what}/template", params={"file": file})).content
            assert parse_sheet(content) == template(what)
            assert (await sent(manager, what, content))["errors"] == []


@pytest.mark.parametrize(
    "rows", [[["名称"]], [["名称", "场所种类", "行政区划代码", "地址", "星座"]], [["名称", "名称"]], []]
)
async def test_headings_that_cannot_be_used_are_told_before_any_line(
    world: World, rows: Sequence[Sequence[str]]
) -> None:
    manager = await world.signed_in("manager")
    answer = await manager.post("/api/registry/places/import", files={"file": ("x.csv", write_csv(rows) + b"\n")})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "file")


async def test_names_are_found_by_initials_within_what_one_may_see(world: World) -> None:
    hotel, police, school = [await world.signed_in(name) for name in ("hotel", "registrar", "school")]
    await decided(world, await world.signed_in("manager"))
    place = {
        "name": "示范旅馆总店",
        "kind": "7.2.hotel",
        "territory": "340421",
        "address": "示范路",
        "sector": "culture",
    }
    assert (await hotel.post("/api/places", json=place)).status_code == 201
    await hotel.post("/api/cameras", json={"name": "大堂东", "url": "rtsp://192.0.2.9/"})

    async def hits(client: httpx.AsyncClient, q: str) -> list[tuple[str, str]]:
        return [(one["kind"], one["name"]) for one in (await client.get("/api/search", params={"q": q})).json()]

    assert await hits(hotel, "sflgzd") == await hits(police, "旅馆总") == [("place", "示范旅馆总店")]
    assert await hits(hotel, "dtd") == [("camera", "大堂东")]
    assert await hits(police, "dtd") == await hits(school, "sflg") == await hits(hotel, " ") == []
