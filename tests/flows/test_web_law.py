"""The law at the API: every signed-in person reads articles, rows, places; a citation that leads nowhere is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from web_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("law"))
    yield world
    world.close()


async def test_A13_2_an_article_comes_with_its_rows_and_the_word_of_the_other_instrument(world: World) -> None:
    client = await world.signed_in("duty")
    found = (await client.get("/api/law/articles/local/第十三条第二款")).json()
    assert found["text"].startswith("依照本办法第九条第二款规定建设的")
    assert (found["instrument"]["id"], found["instrument"]["in_force"]) == ("anhui-2017", True)
    filing = next(row for row in found["rows"] if row["id"] == "A13.2.file")
    assert (filing["kind"], filing["days"], filing["debtor"], filing["trigger"]) == (
        "duty", 30, "unit", "delivered-for-use",
    )  # fmt: skip
    assert filing["reading"] and filing["reading_en"]
    assert {other["article"] for other in found["others"]} >= {"第十四条第一款", "第九条第二款"}
    assert all(other["instrument"]["id"] == "cn-799-2025" for other in found["others"])


async def test_an_item_is_found_and_so_is_a_row(world: World) -> None:
    client = await world.signed_in("officer1")
    item = (await client.get("/api/law/articles/local/第二十二条第一款第一项")).json()
    assert item["text"] == "（一）由2名以上人员共同实施；"
    row = (await client.get("/api/law/rows/N14.file")).json()
    assert (row["article"], [one["id"] for one in row["rows"]]) == ("第十四条第一款", ["N14.file"])
    assert "A13.2.file" in {one["id"] for other in row["others"] for one in other["rows"]}


async def test_A7_every_kind_of_place_stays_readable(world: World) -> None:
    client = await world.signed_in("manager")
    kinds = {kind["id"]: kind for kind in (await client.get("/api/law/place-kinds")).json()}
    assert len({kind["category"] for kind in kinds.values()}) == 14
    assert [part["builder"] for part in kinds["7.12.open_park"]["parts"]] == ["government", "government", "unit"]
    assert len((await client.get("/api/law/articles/local/第七条")).json()["rows"]) == 24
    forbidden = {row["place"] for row in (await client.get("/api/law/forbidden")).json()}
    assert {"fitting_room", "private_dining_room"} <= forbidden
    assert [found["id"] for found in (await client.get("/api/law/instruments")).json()] == ["anhui-2017", "cn-799-2025"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("articles/local/第九十九条", 422, "law.citation"),
        ("articles/local/nonsense", 422, "law.citation"),
        ("articles/nowhere/第一条", 404, "law.unknown"),
        ("rows/A99", 404, "law.unknown"),
    ],
)
async def test_what_leads_nowhere_is_told(world: World, path: str, status: int, code: str) -> None:
    answer = await (await world.signed_in("auditor")).get(f"/api/law/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["remedy_en"]


async def test_nobody_reads_without_a_session(world: World, tmp_path: Path) -> None:
    assert (await world.client().get("/api/law/place-kinds")).status_code == 401
