"""An officer without account comes: enrolled at the counter, he signs once for each code that the staff hand him."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from access_town import Town, code
from form_signing import visit_of

SCAN = {"file": ("工作证与证明.pdf", b"%PDF-1.7 work ID and certificate")}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.world.close()


async def enrols(town: Town, who: str, request: str, work_id: str = "外 0001", **files: Any) -> httpx.Response:
    client = await town.user(who)
    about = {"name": "外来民警", "work_id": work_id}
    return await client.post(f"/api/access-requests/{request}/officers", data=about, **files)


async def test_A22_1_1_an_officer_without_account_is_enrolled_at_the_counter_and_signs_with_his_code(
    town: Town,
) -> None:
    request = await town.approved("officer1", "approver")
    bare = await enrols(town, "hotel", request)
    assert (bare.status_code, code(bare)) == (422, "spot.certificate")
    assert bare.json()["error"]["article"] == "第二十二条第一款第二项"
    assert (await enrols(town, "officer1", request, files=SCAN)).status_code == 403
    made = (await enrols(town, "hotel", request, files=SCAN)).json()
    entry = town.world.entries("officer.enrolled")[-1]
    assert "外 0001" not in str(entry["facts"])
    scan = entry["facts"]["certificate"]
    paper = await (await town.user("hotel")).get(f"/api/access-requests/{request}/scans/{scan}")
    assert paper.content == SCAN["file"][1]
    others = await (await town.user("school")).get(f"/api/access-requests/{request}/scans/{scan}")
    assert others.status_code in (403, 404)
    loose = await (await town.user("hotel")).get(f"/api/attachments/{scan}")
    assert loose.status_code == 404, "reached through its request alone"

    assert (await town.comes(request, "officer1")).status_code == 200
    spot = {"name": made["name"], "password": "", "code": made["code"]}
    assert (await town.does("hotel", request, "presence", **spot)).status_code == 200
    assert (await town.does("hotel", request, "presence", **spot)).status_code == 401, "a code signs once"
    exporting = await town.does("hotel", request, "export")
    assert exporting.status_code == 200, exporting.text
    town.world.build(exporting.json()["export"]["id"])

    await town.does("hotel", request, "end-visit")
    town.world.clock.advance(60)
    again = (await enrols(town, "hotel", request)).json()  # he signed here: no second scan
    assert again["name"] == made["name"]
    visit, staff = await visit_of(await town.user("hotel"), request), await town.user("hotel")
    signed = await staff.post(f"{visit}/co-sign", json={**spot, "code": again["code"]})
    assert signed.status_code == 200, signed.text
    assert "外来民警" in [one["person"] for one in signed.json()["signatures"]]


async def test_A22_1_1_who_has_an_account_and_who_comes_without_approval_is_not_enrolled(town: Town) -> None:
    request = await town.request("officer1")
    assert (await enrols(town, "hotel", request, files=SCAN)).status_code == 404
    await town.does("approver", request, "approve")
    admin = await town.user("admin")
    made = await admin.post("/api/people", json={"name": "known", "display_name": "某", "work_id": "HN 012345"})
    assert made.status_code == 201, made.text
    known = await enrols(town, "hotel", request, "HN012345", files=SCAN)
    assert (known.status_code, code(known)) == (403, "people.known")
