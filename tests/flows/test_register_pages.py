"""The register as a page, as a paper and as a sheet: the same entries, for both sides, and nothing that runs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from mingjian.app import views
from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.period import Period
from under_world import direct_use, holder, open_under
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def test_A17_2_2_the_page_of_an_entry_tells_its_segments_its_end_and_its_request_to_both_sides(
    world: World,
) -> None:
    officer, manager = await world.signed_in("officer1"), await world.signed_in("manager")
    request = direct_use(world)
    grant = open_under(world, holder(world, officer), request, MediaAct.LIVE)
    now = world.clock.now()
    for start, length in ((0, 5), (60, 10)):
        at = UtcNs(now + start * SECOND_NS)
        seen = [Period(at, UtcNs(at + length * SECOND_NS))]
        views.record_delivery(world.store, clock=world.clock, grant=grant.id, camera=request.cameras[0], periods=seen)
    await officer.delete(f"/api/views/{grant.id}")
    page = (await manager.get(f"/api/register/{grant.entry}")).json()
    ms = now // 1_000_000
    (camera,) = page["cameras"]
    assert (camera["name"], camera["seconds"], camera["segments"]) == (
        "大厅1", 15, [[ms, ms + 5000], [ms + 60_000, ms + 70_000]],
    )  # fmt: skip
    assert (page["closing"], page["seconds"], page["number"], page["outside"]) == ("closed", 15, request.number, True)
    assert world.entries("viewing.closed")[-1]["index"] == page["closing_index"]
    assert (await manager.get("/api/register/999999")).status_code == 404


async def test_c12_no_cell_of_the_printed_register_runs_and_taking_it_away_is_an_entry(world: World) -> None:
    manager = await world.signed_in("manager")
    evil = '=HYPERLINK("http://evil.example","点此")'
    form = {
        "act": "playback",
        "cameras": world.cameras[:1],
        "ground": DEFAULTS[0],
        "start_ms": world.ago_ms(600),
        "end_ms": world.ago_ms(300),
        "purpose": evil,
    }
    await manager.put("/api/purposes", json={"purposes": ["=1+1", DEFAULTS[0]]})
    assert (await manager.post("/api/views", json={**form, "ground": "=1+1"})).status_code == 201
    answer = await manager.get("/api/register/paper", params={"file": "xlsx", "kind": "playback"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    heading, line, _, *about = sheet.iter_rows()
    assert [cell.value for cell in heading][:2] == ["登记号", "时间"]
    told = {row[0].value: row[1].value for row in about}
    assert (told["查询条件"], told["条数"]) == ("回放查阅", "1")
    assert {"账本", "查询人签字"} <= set(told)
    assert all(cell.data_type != "f" for cell in line)
    assert not any(str(cell.value).startswith(("=", "+", "-", "@")) for cell in line)
    assert evil in str([cell.value for cell in line])
    paper = await manager.get("/api/register/paper")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    printed = world.entries("register.printed")
    assert [entry["facts"]["entries"] for entry in printed] == [1, 1]
    assert printed[0]["facts"]["kind"] == "playback"
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/register/paper")).status_code == 403
