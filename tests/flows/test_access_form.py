"""The register form (article 22, paragraph 1, item 4): filled from facts, signed by both sides; then it closes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sealed_packages import sealed
from web_world import World

REQUESTS = "/api/access-requests"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def does(client: httpx.AsyncClient, path: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await client.post(path, json=form or {})
    assert answer.status_code < 300, (path, answer.text)
    return dict(answer.json())


async def handed_over(world: World) -> tuple[str, str, httpx.AsyncClient]:
    """A request whose package was handed over in its first visit; the visit; the staff at the counter."""
    request = (await does(await world.signed_in("officer1"), REQUESTS, world.request_form()))["id"]
    path = f"{REQUESTS}/{request}"
    await does(await world.signed_in("approver"), f"{path}/approve")
    staff = await world.signed_in("manager")
    page = await does(staff, f"{path}/papers", {"papers": ["certificate", "work_id"]})
    for name in ("officer1", "officer2"):
        await does(staff, f"{path}/presence", world.credentials(name))
    job = (await does(staff, f"{path}/export"))["export"]["id"]
    world.build(job)
    await sealed(staff, job)
    return path, f"{path}/visits/{page['visits'][0]['id']}", staff


async def test_A22_1_4_the_form_is_filled_from_facts_signed_by_both_sides_and_printed(world: World) -> None:
    path, visit, staff = await handed_over(world)
    open_still = await staff.post(f"{visit}/sign", json={})
    assert (open_still.status_code, open_still.json()["error"]["code"]) == (403, "access.visit-open")
    await does(staff, f"{path}/end-visit")
    blank = (await staff.get(f"{visit}/form")).json()
    assert blank["missing"] == ["执法人员甲", "执法人员乙"]
    assert [line["seconds"] for line in blank["lines"]] == ["120 秒"]
    assert len(blank["packages"]) == 1 and not blank["kept"]

    unfinished = await staff.post(f"{path}/complete", json={})
    assert unfinished.json()["error"]["code"] == "access.form-unsigned"
    lacks = "第 1 次现场执行还缺执法人员甲、执法人员乙、提供单位的签字"
    assert unfinished.json()["error"]["text"].endswith(lacks)
    (told,) = [step for step in (await staff.get(path)).json()["steps"] if step["step"] == "complete"]
    assert (told["allowed"], told["article"]) == (False, "第二十二条第一款第四项") and lacks in told["reason"]
    assert unfinished.json()["error"]["article"] == "第二十二条第一款第四项"
    world.clock.advance(60)  # each officer's code of the presence is spent
    for name in ("officer1", "officer2"):
        signed = await does(staff, f"{visit}/co-sign", world.credentials(name))
        assert signed["kept"]
    again = await staff.post(f"{visit}/sign", json={})
    assert again.json()["complete"], again.text
    entries = world.entries("form.signed")
    assert {entry["facts"]["fingerprint"] for entry in entries} == {blank["fingerprint"]}
    assert [entry["facts"]["side"] for entry in entries] == ["asker", "asker", "holder"]

    paper = await staff.get(f"{visit}/form.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert (await does(staff, f"{path}/complete"))["state"] == "completed"


async def test_A22_1_4_what_was_signed_stays_as_it_was_signed(world: World) -> None:
    path, visit, staff = await handed_over(world)
    await does(staff, f"{path}/end-visit")
    first = await does(staff, f"{visit}/sign")
    world.clock.advance(3600)
    with world.acting() as doing:
        camera = doing.uow.cameras.known(world.cameras[0])
        assert camera is not None
        doing.uow.cameras.save(camera.__class__(**{**_fields(camera), "name": "改过的名称"}))
    later = (await staff.get(f"{visit}/form")).json()
    assert later["fingerprint"] == first["fingerprint"]
    assert [line["camera"] for line in later["lines"]] == [line["camera"] for line in first["lines"]]


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.mark.parametrize("name", ["duty", "auditor", "approver"])
async def test_A22_1_4_only_those_who_came_and_the_units_manager_sign(world: World, name: str) -> None:
    path, visit, staff = await handed_over(world)
    await does(staff, f"{path}/end-visit")
    world.clock.advance(60)
    answer = await staff.post(f"{visit}/co-sign", json=world.credentials(name))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "access.signer")
    assert world.entries("form.signed") == []
