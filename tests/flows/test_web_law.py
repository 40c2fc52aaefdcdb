"""The law at the API: every signed-in person reads articles, rows, places; a citation that leads nowhere is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mingjian
from mingjian.cli.main import app
from mingjian.governance.obligations import Obligation
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


def test_A28_a_new_version_names_the_open_clocks_it_would_move(world: World, tmp_path: Path) -> None:
    """`mingjian law diff --data`: the same rows with other days, and what is owed now."""
    home = Path(mingjian.__file__).parent / "law"
    text = (home / "instruments" / "anhui-2017.toml").read_text()
    (tmp_path / "draft.toml").write_text(text.replace("days = 30\nroll", "days = 20\nroll", 1))
    (tmp_path / "draft.txt").write_bytes((home / "texts" / "anhui-2017.txt").read_bytes())
    with world.store.writing() as uow:
        for row in ("A13.2.file", "A13.2.visit"):
            uow.obligations.add(owed(world, row))
    data = str(world.opened.places.root)
    done = CliRunner().invoke(app, ["law", "diff", "anhui-2017", str(tmp_path / "draft.toml"), "--data", data])
    assert done.exception is None, done.exception
    assert "~ A13.2.file  days: 30 → 20" in done.output
    assert "A13.2.file  obligation-A13.2.file  2026-04-01 → 2026-03-23" in done.output
    assert done.output.endswith("1 / 2 项期限变动 clocks move\n")


def owed(world: World, row: str) -> Obligation:
    """By a row of thirty days from 2 March 2026."""
    return Obligation(
        id=f"obligation-{row}",
        duty=row,
        row=row,
        instrument="anhui-2017",
        unit=world.manager.unit,
        owner=world.manager.unit,
        subject_kind="system",
        subject="system-1",
        subject_name="大厅系统",
        trigger_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        opened=world.clock.now(),
    )
