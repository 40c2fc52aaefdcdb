"""Access between organs where the national regulation stands alone (its articles 16 and 20)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from access_town import Town, code
from mingjian.bootstrap.law import rulebook


async def test_N20_the_procedure_between_organs_works_under_the_national_text_alone(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.world.app.state.services = replace(town.world.services, law=rulebook("cn-799-2025"))
    ahead = {"start_ms": town.world.ago_ms(0), "end_ms": town.world.ago_ms(-3600)}
    live = await town.asks("officer1", kind="direct-use", **ahead)
    assert (live.status_code, code(live)) == (403, "access.live-unknown")  # it names viewing and retrieval alone
    request = await town.approved("officer1", "approver")
    held = (await (await town.user("hotel")).get(f"/api/access-requests/{request}")).json()
    assert [(paper["paper"], paper["article"]) for paper in held["papers"]] == [
        ("work_id", "第十六条第二款第三项"), ("certificate", "第十六条第二款第三项"),
    ]  # fmt: skip
    assert (await town.comes(request, "officer1")).status_code == 200
    assert code(await town.does("hotel", request, "export")) == "access.two-officers"
    assert (await town.does("hotel", request, "presence", **town.world.credentials("officer2"))).status_code == 200
    assert (await town.does("hotel", request, "export")).json()["state"] == "exporting"
    town.world.close()
