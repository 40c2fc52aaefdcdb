"""Floods (C17 of the list): ten thousand viewings make rows of the register; no answer and no memory grows by them."""

from __future__ import annotations

from pathlib import Path

from mingjian.adapters.database import writing
from mingjian.adapters.tables.views import register_entries
from mingjian.app import register_pages
from mingjian.app.records import RegisterKind
from mingjian.app.register_ports import RegisterQuery
from mingjian.kernel.clock import SECOND_NS
from mingjian.web.viewings import Viewings
from web_world import World

VIEWINGS = 10_000
PAGE, MOST = 100, 500


async def test_c17_ten_thousand_viewings_are_listed_printed_and_remembered_within_bounds(tmp_path: Path) -> None:
    world = World(tmp_path)
    manager, now = await world.signed_in("manager"), world.clock.now()
    about = {
        "kind": RegisterKind.LIVE, "person_id": world.manager.person, "person_name": "某人",
        "unit_id": world.manager.unit, "unit_name": "", "purpose": "", "destination": "", "cameras": [],
        "footage_start_ns": None, "footage_end_ns": None, "valid_start_ns": now, "valid_end_ns": now, "session_id": "",
        "request_id": "", "organ_id": None, "officers": [], "execution_id": "",
    }  # fmt: skip
    rows = [
        {**about, "entry_index": 1_000 + number, "at_ns": now + number * SECOND_NS, "grant_id": f"grant-{number}"}
        for number in range(VIEWINGS)
    ]
    with writing(world.engine) as connection:
        connection.execute(register_entries.insert(), rows)
    for asked, listed in (({}, PAGE), ({"limit": MOST}, MOST)):
        answer = await manager.get("/api/register", params=asked)
        assert len(answer.json()) == listed
    for beyond in (0, MOST + 1, VIEWINGS):
        for path in ("/api/register", "/api/ledger/entries"):
            assert (await manager.get(path, params={"limit": beyond})).status_code == 422
    for most in (register_pages.PRINTED_MOST, register_pages.SHEET_MOST):
        sheet = register_pages.printed_register(
            world.store, actor=world.actor("manager"), clock=world.clock, query=RegisterQuery(), head=None, most=most
        )
        assert len(sheet.entries) == most
    viewings = Viewings()
    for number in range(VIEWINGS):
        with viewings.showing(f"grant-{number}"):
            assert viewings.pictures(f"grant-{number}") == 1
    assert viewings == Viewings()
    world.close()
