"""A city square from plan to use, step by step; reuse before design; coverage in numbers; no way past acceptance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filing_world import paper, words
from mingjian.governance.systems import Life, LifeStep
from planning_town import INN, SQUARE, PlanningTown
from web_world import World


@pytest.fixture
def town(tmp_path: Path) -> Iterator[PlanningTown]:
    world = World(tmp_path, county=True)
    yield PlanningTown(world)
    world.close()


def failed(town: PlanningTown) -> dict[str, Any]:
    form = town.sheet(conclusion="failed", issues="三台摄像机没有标识")
    return {**form, "items": [{**one, "result": "fails"} if one["item"] == "sign" else one for one in form["items"]]}


def stored(town: PlanningTown, system: str) -> Any:
    with town.world.store.reading() as uow:
        return uow.systems.one(system)


async def test_A13_1_a_square_goes_from_plan_to_use_and_cannot_skip_a_step(town: PlanningTown) -> None:
    place = town.place(town.government)
    near = town.camera(town.system(town.place(town.world.manager.unit, INN, "邻近旅馆")))
    system = town.system(place).id
    path, day = f"/api/systems/{system}", {"on": town.today.isoformat()}
    assert await town.refused("planner", f"{path}/design", day) == (409, "procedure.not-planned")
    plan = await town.published({"name": "中心广场", "kind": SQUARE, "place": place.id, "cameras": 8})
    item = plan["listed"][0]["id"]
    await town.does("planner", f"{path}/plan-item", {"item": item})
    assert await town.refused("planner", f"{path}/design", day) == (409, "procedure.reuse-undecided")
    (shown,) = await town.sees("planner", f"{path}/reuse")
    assert (shown["camera"], shown["unit_name"], shown["reuse"]) == (near, "示范县公安局视频管理", None)
    assert await town.refused("registrar", f"{path}/reuse", {"choices": []}) == (403, "reuse.planner")
    choice = {"camera": near, "reuse": False, "reason": "朝向室内，不覆盖广场"}
    (decided,) = await town.does("planner", f"{path}/reuse", {"choices": [choice]})
    assert (decided["reuse"], decided["reason"]) == (False, "朝向室内，不覆盖广场")
    for step in ("build", "use", "acceptance"):
        status, _ = await town.refused("planner", f"{path}/{step}", town.sheet() if step == "acceptance" else day)
        assert status == 409, step
    await town.does("planner", f"{path}/design", day)
    await town.does("planner", f"{path}/build", day)
    assert await town.refused("planner", f"{path}/use", day) == (409, "procedure.not-accepted")
    assert await town.refused("planner", f"{path}/deliver", day) == (409, "procedure.step")
    for name, code in (("registrar", "system.acceptance"), ("manager", "system.acceptance")):
        assert await town.refused(name, f"{path}/acceptance", town.sheet()) == (403, code)
    short = town.sheet()
    short["items"] = [{**one, "measured": 29.0} if one["item"] == "storage" else one for one in short["items"]]
    assert await town.refused("planner", f"{path}/acceptance", short) == (422, "acceptance.storage")
    await town.does("planner", f"{path}/acceptance", failed(town))
    town.world.clock.advance(1)
    assert stored(town, system).state is Life.DESIGNED
    assert await town.refused("planner", f"{path}/use", day) == (409, "procedure.not-accepted")
    await town.does("planner", f"{path}/build", day)
    await town.does("planner", f"{path}/acceptance", town.sheet())
    assert stored(town, system).state is Life.ACCEPTED
    await town.does("planner", f"{path}/use", day)
    used = stored(town, system)
    assert (used.state, used.dates[LifeStep.USE]) == (Life.IN_USE, town.today)
    record = await town.sees("registrar", f"{path}/acceptance")
    assert [one["conclusion"] for one in record["acceptances"]] == ["failed", "passed"]
    for which, word in (("", "不通过"), (f"?acceptance={record['acceptances'][1]['id']}", "31天·符合")):
        printed = words(await paper(await town.person("registrar"), f"{path}/acceptance.pdf{which}"))
        assert "验收表" in printed
        assert (word in printed) is (which != ""), word
    with town.world.store.reading() as uow:
        (met,) = uow.obligations.of_subject(item)
    assert met.met_on == town.today
    assert met.met_entry == town.world.entries("system.use")[-1]["index"]
    assert (await town.sees("planner", f"/api/plans/{plan['id']}"))["listed"][0]["fulfilled"] is True
    steps = [
        entry["kind"] for entry in town.world.entries() if entry["subject"] == system and "refused" not in entry["kind"]
    ]
    assert steps == [
        "system.planned", "reuse.decided", "system.design", "system.build", "system.fail", "system.build",
        "system.accept", "system.use",
    ]  # fmt: skip


async def test_A13_1_acceptance_is_for_government_systems_and_delivery_for_units(town: PlanningTown) -> None:
    hotel = town.organs["示范旅馆"].id
    system = town.system(town.place(hotel, INN, "旅馆"), state=Life.BUILT)
    path, day = f"/api/systems/{system.id}", {"on": town.today.isoformat()}
    assert await town.refused("planner", f"{path}/acceptance", town.sheet()) == (
        409,
        "procedure.government-only",
    )
    assert await town.refused("hotel", f"{path}/use", day) == (409, "procedure.government-only")
    await town.does("hotel", f"{path}/deliver", day)
    assert stored(town, system.id).state is Life.IN_USE


async def test_A11_a_system_put_to_use_settles_the_finding_of_its_works(town: PlanningTown) -> None:
    system = town.system(town.place(town.government), state=Life.ACCEPTED)
    day = town.today.isoformat()
    works = {"name": "广场改造", "milestones": [{"milestone": "in_use", "passed_on": day}]}
    await town.does("planner", f"/api/systems/{system.id}/works", works)
    await town.does("planner", f"/api/systems/{system.id}/use", {"on": day})
    with town.world.store.reading() as uow:
        (found,) = [one for one in uow.findings.of_subject(system.id) if one.code == "works.not-together"]
    assert found.settled is not None


async def test_A9_1_a_decision_names_a_camera_in_reach_and_its_reason(town: PlanningTown) -> None:
    place = town.place(town.government)
    near = town.camera(town.system(town.place(town.world.manager.unit, INN, "邻近旅馆")))
    path = f"/api/systems/{town.system(place).id}/reuse"
    far = {"camera": town.world.cameras[1], "reuse": True, "reason": "可以利用"}
    assert await town.refused("planner", path, {"choices": [far]}) == (422, "reuse.choice")
    assert await town.refused("planner", path, {"choices": []}) == (422, "reuse.choice")
    bare = {"camera": near, "reuse": True, "reason": ""}
    assert await town.refused("planner", path, {"choices": [bare]}) == (422, "text.length")
    for reuse, why in ((True, "覆盖广场北侧"), (False, "产权单位即将拆除")):
        town.world.clock.advance(1)
        await town.does("planner", path, {"choices": [{"camera": near, "reuse": reuse, "reason": why}]})
    assert [one["reuse"] for one in await town.sees("planner", path)] == [False]


async def test_A7_coverage_counts_working_parts_and_leaves_what_is_unknown_apart(town: PlanningTown) -> None:
    await town.published({"name": "规划中的广场", "kind": SQUARE})
    unit = town.world.manager.unit
    seen = town.place(unit, INN, "甲旅馆")
    working = town.system(seen, state=Life.IN_USE)
    town.system(town.place(unit, INN, "乙旅馆"), state=Life.IN_USE)
    town.place(unit, INN, "丙旅馆")
    parts = [part.id for part in town.world.services.law.place_kind(INN).parts]
    town.camera(working, part=parts[0])
    shown = await town.sees("registrar", "/api/coverage")
    whole = shown["whole"]
    assert (whole["required"], whole["covered"]) == (3 * len(parts) + 1, 1)
    assert whole["unknown"] == 2 * len(parts) - 1
    assert whole["uncovered"] == len(parts) + 1
    assert whole["share"] == pytest.approx(1 / whole["required"])
    kinds = {row["key"]: row for row in shown["by_kind"]}
    assert (kinds[SQUARE]["required"], kinds[SQUARE]["uncovered"]) == (1, 1)
    assert sum(row["required"] for row in shown["by_territory"]) == whole["required"]
    covered = await town.sees("planner", "/api/coverage/parts?standing=covered")
    assert [(one["place"], one["part"], one["longitude"]) for one in covered] == [(seen.id, parts[0], 116.7)]
    assert (await town.sees("school", "/api/coverage"))["whole"] == {
        "key": "", "name": "", "name_en": "", "required": 0, "covered": 0, "uncovered": 0, "unknown": 0, "share": None,
    }  # fmt: skip


async def test_A7_a_camera_that_is_not_signed_covers_nothing(town: PlanningTown) -> None:
    unit = town.world.manager.unit
    system = town.system(town.place(unit, INN, "甲旅馆"), state=Life.IN_USE)
    part = town.world.services.law.place_kind(INN).parts[0].id
    town.camera(system, part=part)
    assert (await town.sees("registrar", "/api/coverage"))["whole"]["covered"] == 1
    with town.world.store.writing() as uow:
        siting = uow.sitings.one(town.world.cameras[0])
        assert siting is not None
        uow.sitings.save(replace(siting, signed=None))
    assert (await town.sees("registrar", "/api/coverage"))["whole"]["covered"] == 0
