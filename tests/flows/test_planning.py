"""A plan from its first draft to obligations, main works beside a system, free choice and reports past the accused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mingjian.governance.obligations import FindingState
from mingjian.governance.systems import Life
from planning_town import SQUARE, URBAN, PlanningTown
from web_world import World

ITEM = {"name": "中心广场", "kind": SQUARE, "part": "key_part", "cameras": 8}
UNKNOWN = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[PlanningTown]:
    world = World(tmp_path, county=True)
    yield PlanningTown(world)
    world.close()


async def test_A6_a_plan_goes_from_draft_to_obligations_and_every_step_has_its_own_organ(town: PlanningTown) -> None:
    hotel = town.organs["示范旅馆"].id
    target = (town.today + timedelta(days=200)).isoformat()
    inn = {"name": "示范旅馆", "kind": "7.2.hotel", "unit": hotel, "due_on": target}
    plan = await town.organised()
    path = f"/api/plans/{plan}"
    assert await town.refused("planner", f"{path}/items", {"items": [ITEM]}) == (403, "plan.compile")
    assert await town.refused("registrar", f"{path}/circulate") == (409, "procedure.no-items")
    assert await town.refused("bureau", f"{path}/countersign", {"agreed": True}) == (404, "authority.unknown-object")
    page = await town.does("registrar", f"{path}/items", {"items": [ITEM, inn]})
    assert [(one["builder"], one["article"]) for one in page["listed"]] == [
        ("government", "第九条第一款"),
        ("unit", "第九条第二款"),
    ]
    await town.does("registrar", f"{path}/circulate")
    decision = {"number": "示政〔2026〕9号", "on": town.today.isoformat()}
    assert await town.refused("planner", f"{path}/adopt", decision) == (409, "procedure.not-countersigned")
    assert await town.refused("registrar", f"{path}/adopt", decision) == (403, "plan.organise")
    assert await town.refused("registrar", f"{path}/countersign", {"agreed": True}) == (403, "plan.countersign")
    assert await town.refused("education", f"{path}/countersign", {"agreed": True}) == (403, "plan.countersign")
    await town.does("bureau", f"{path}/countersign", {"agreed": False, "opinion": "学校周边点位重复"})
    assert await town.refused("planner", f"{path}/adopt", decision) == (409, "procedure.objection")
    await town.does("planner", f"{path}/adopt", {**decision, "settled": "已与教育局协调，利用学校已有系统"})
    assert (await town.sees("planner", path))["steps"][0]["may"] is True
    assert await town.refused("registrar", f"{path}/publish") == (403, "plan.organise")
    assert await town.refused("planner", f"{path}/items", {"items": []}) == (403, "plan.compile")
    published = await town.does("planner", f"{path}/publish")
    square, hotel_item = published["listed"]
    with town.world.store.reading() as uow:
        (owed,) = uow.obligations.of_subject(square["id"])
        (owing,) = uow.obligations.of_subject(hotel_item["id"])
    assert (owed.unit, owed.row, owed.due_on) == (town.government, "A9.1.build", None)
    assert (owing.unit, owing.row, owing.due_on) == (hotel, "A9.2.build", town.today + timedelta(days=200))
    kinds = [entry["kind"] for entry in town.world.entries() if entry["subject"] == plan]
    assert kinds == [
        "plan.organised", "act.refused", "act.refused", "plan.compiled", "plan.circulated", "act.refused",
        "act.refused", "act.refused", "act.refused", "plan.countersigned", "act.refused", "plan.adopted",
        "act.refused", "act.refused", "plan.published",
    ]  # fmt: skip


async def test_A6_a_new_version_supersedes_keeps_its_items_and_drops_what_is_listed_no_more(town: PlanningTown) -> None:
    first = await town.published(ITEM, {**ITEM, "name": "老广场"})
    kept, dropped = first["listed"]
    plan = await town.organised()
    assert await town.refused("planner", "/api/plans", {"title": "另一规划", "departments": [town.education]}) == (
        409, "procedure.plan-under-way",
    )  # fmt: skip
    page = await town.sees("registrar", f"/api/plans/{plan}")
    assert (page["version"], [one["id"] for one in page["listed"]]) == (2, [kept["id"], dropped["id"]])
    await town.does("registrar", f"/api/plans/{plan}/items", {"items": [{**ITEM, "id": kept["id"]}]})
    await town.does("registrar", f"/api/plans/{plan}/circulate")
    await town.does("registrar", f"/api/plans/{plan}/revise", {"why": "补充点位说明"})
    await town.does("registrar", f"/api/plans/{plan}/circulate")
    await town.does("bureau", f"/api/plans/{plan}/countersign", {"agreed": True})
    await town.does("planner", f"/api/plans/{plan}/return", {"why": "请再次征求意见"})
    await town.does("registrar", f"/api/plans/{plan}/circulate")
    await town.does("bureau", f"/api/plans/{plan}/countersign", {"agreed": True})
    await town.does("planner", f"/api/plans/{plan}/adopt", {"number": "示政〔2026〕12号", "on": town.today.isoformat()})
    await town.does("planner", f"/api/plans/{plan}/publish")
    states = {one["id"]: one["state"] for one in await town.sees("planner", "/api/plans")}
    assert states == {plan: "published", first["id"]: "superseded"}
    with town.world.store.reading() as uow:
        assert [one.dropped for one in uow.obligations.of_subject(kept["id"])] == [""]
        assert [one.dropped for one in uow.obligations.of_subject(dropped["id"])] != [""]


async def test_A3_a_plan_is_not_published_without_its_urban_plan(town: PlanningTown) -> None:
    form = {"title": "示范县建设规划", "departments": [town.education]}
    plan = (await town.does("planner", "/api/plans", form))["id"]
    await town.does("registrar", f"/api/plans/{plan}/items", {"items": [ITEM]})
    await town.does("registrar", f"/api/plans/{plan}/circulate")
    await town.does("bureau", f"/api/plans/{plan}/countersign", {"agreed": True})
    await town.does("planner", f"/api/plans/{plan}/adopt", {"number": "示政〔2026〕9号", "on": town.today.isoformat()})
    assert await town.refused("planner", f"/api/plans/{plan}/publish") == (409, "procedure.urban-plan")
    await town.does("planner", f"/api/plans/{plan}/publish", {"urban_plan": URBAN})


async def test_A6_a_draft_is_seen_by_its_organs_alone_and_a_published_plan_by_everyone(town: PlanningTown) -> None:
    plan = await town.organised()
    for stranger in ("hotel", "education"):
        assert plan not in {one["id"] for one in await town.sees(stranger, "/api/plans")}
        assert (await (await town.person(stranger)).get(f"/api/plans/{plan}")).status_code == 404
    await town.does("planner", f"/api/plans/{plan}/give-up", {"why": "另行编制"})
    published = await town.published(ITEM)
    page = await town.sees("hotel", f"/api/plans/{published['id']}")
    assert (page["state"], page["steps"], page["history"]) == ("published", [], [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "7.99.nowhere"}, "items.0.kind"),
        ({"part": "nowhere"}, "items.0.part"),
        ({"territory": "110000"}, "items.0.territory"),
        ({"place": UNKNOWN}, "items.0.place"),
        ({"unit": UNKNOWN}, "items.0.unit"),
        ({"longitude": 116.0}, "items.0.latitude"),
        ({"longitude": 216.0, "latitude": 1.0}, "items.0.latitude"),
        ({"name": ""}, "items.0.name"),
    ],
)
async def test_A6_an_unusable_item_names_its_field(town: PlanningTown, change: dict[str, object], field: str) -> None:
    plan = await town.organised()
    registrar = await town.person("registrar")
    answer = await registrar.post(f"/api/plans/{plan}/items", json={"items": [{**ITEM, **change}]})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_A11_works_in_use_before_the_system_are_one_finding_settled_when_it_is_over(town: PlanningTown) -> None:
    system = town.system(town.place(town.government), state=Life.BUILT)
    path = f"/api/systems/{system.id}/works"
    day = town.today.isoformat()
    form = {"name": "中心广场改造", "designed_as_one": True, "milestones": [{"milestone": "in_use", "passed_on": day}]}
    tomorrow = (town.today + timedelta(days=1)).isoformat()
    late = {**form, "milestones": [{"milestone": "in_use", "passed_on": tomorrow}]}
    assert await town.refused("planner", path, late) == (422, "day.future")
    for _ in range(2):
        shown = await town.does("planner", path, form)
        assert shown["in_use_without_system_since"] == day
    with town.world.store.reading() as uow:
        (found,) = uow.findings.of_subject(system.id)
    assert (found.code, found.row, found.state) == ("works.not-together", "A11.together", FindingState.OPEN)
    await town.does("planner", path, {**form, "milestones": []})
    with town.world.store.reading() as uow:
        (settled,) = uow.findings.of_subject(system.id)
    assert settled == replace(found, state=FindingState.SETTLED, settled=settled.settled)
    assert (await town.sees("registrar", path))["name"] == "中心广场改造"
    assert (await (await town.person("hotel")).get(path)).status_code == 404


async def test_A10_a_standard_nobody_checked_is_not_checked_and_a_result_needs_its_ground(town: PlanningTown) -> None:
    system = town.system(town.place(town.organs["示范旅馆"].id, "7.2.hotel", "旅馆"))
    path = f"/api/systems/{system.id}/standards"
    listed = await town.sees("hotel", path)
    assert {one["result"] for one in listed} == {"not_checked"}
    result = {"code": "GB/T 28181", "result": "passes", "on": town.today.isoformat()}
    assert await town.refused("hotel", path, result) == (422, "standard.evidence")
    assert await town.refused("hotel", path, {**result, "code": "GB 1"}) == (422, "standard.unknown")
    assert await town.refused("hotel", path, {**result, "evidence": [UNKNOWN]}) == (422, "system.paper")
    assert await town.refused("registrar", path, {**result, "note": "口头"}) == (403, "authority.role")
    await town.does("hotel", path, {**result, "result": "fails", "note": "信令测试未通过"})
    town.world.clock.advance(1)
    shown = await town.does("hotel", path, {**result, "note": "第三方检测报告第12号"})
    assert {one["code"]: one["result"] for one in shown}["GB/T 28181"] == "passes"


async def test_A12_the_choice_is_the_units_own_and_no_official_sees_or_writes_it(town: PlanningTown) -> None:
    system = town.system(town.place(town.organs["示范旅馆"].id, "7.2.hotel", "旅馆"))
    path = f"/api/systems/{system.id}/procurement"
    form = {
        "object": "products", "method": "inquiry", "candidates": ["乙厂摄像机", "甲厂摄像机"], "chosen": "甲厂摄像机",
        "reason": "价格和售后较优", "decided_on": town.today.isoformat(),
    }  # fmt: skip
    await town.does("hotel", path, form)
    assert (await town.sees("hotel", path))[0]["candidates"] == ["乙厂摄像机", "甲厂摄像机"]
    assert await town.refused("hotel", path, {**form, "chosen": "丙厂摄像机"}) == (422, "procurement.chosen")
    assert await town.refused("hotel", path, {**form, "recommended_by": "某官员"}) == (422, "input.invalid")
    for official in ("manager", "planner"):
        assert await town.refused(official, path, form) == (404, "authority.unknown-object")
        assert (await (await town.person(official)).get(path)).status_code == 404
    assert await town.refused("registrar", path, form) == (403, "procurement.own")


async def test_A12_a_report_reaches_the_superior_and_the_accused_cannot_see_or_infer_it(town: PlanningTown) -> None:
    form = {
        "accused": town.police, "way": "superior", "happened_on": town.today.isoformat(),
        "text": "备案时被要求购买指定品牌的设备",
    }  # fmt: skip
    before = {kind: len(town.world.entries(kind)) for kind in ("act.refused",)}
    made = await town.does("hotel", "/api/designation-reports", form)
    path = f"/api/designation-reports/{made['id']}"
    assert made["number"].startswith("举")
    assert made["recipient"] == "示范市公安局"
    for name in ("registrar", "approver", "officer1", "auditor", "manager", "admin", "school", "planner"):
        client = await town.person(name)
        assert (await client.get(path)).status_code == 404, name
        assert (await client.get("/api/designation-reports")).json() == [], name
    for name in ("approver", "officer1"):
        assert await town.refused(name, f"{path}/steps", {"step": "close", "told": "查无此事"}) == (
            404, "authority.unknown-object",
        )  # fmt: skip
    ledger = await town.sees("auditor", "/api/ledger/entries?limit=500")
    assert not [line for line in ledger if "designation" in line["kind"] or made["id"] in str(line)]
    assert len(town.world.entries("act.refused")) == before["act.refused"]
    (entry,) = town.world.entries("designation.reported")
    assert "指定品牌" not in str(entry)
    assert town.police not in str(entry)
    assert town.world.accounts["hotel"].person not in str(entry)
    (received,) = await town.sees("cityhead", "/api/designation-reports")
    assert [step["step"] for step in received["steps"]] == ["order", "sanction", "transfer", "close"]
    await town.does("cityhead", f"{path}/steps", {"step": "order", "told": "已责令改正"})
    await town.does("cityhead", f"{path}/steps", {"step": "transfer", "told": "已移送监察机关"})
    assert await town.refused("cityhead", f"{path}/steps", {"step": "order", "told": "再次责令"}) == (
        409, "procedure.step",
    )  # fmt: skip
    told = await town.sees("hotel", path)
    assert (told["state"], [one["told"] for one in told["handled"]]) == (
        "transferred", ["已责令改正", "已移送监察机关"],
    )  # fmt: skip
    assert told["steps"] == []


async def test_A12_an_officer_reports_his_own_organ_and_its_auditor_finds_no_trace(town: PlanningTown) -> None:
    form = {
        "accused": town.police, "way": "supervision", "happened_on": town.today.isoformat(),
        "text": "本单位领导指定施工单位，要求各企业选用",
    }  # fmt: skip
    made = await town.does("officer1", "/api/designation-reports", form)
    assert made["recipient"] == "示范县监察委员会"
    assert [one["own"] for one in await town.sees("officer1", "/api/designation-reports")] == [True]
    assert (await town.sees("approver", "/api/designation-reports")) == []
    ledger = await town.sees("auditor", "/api/ledger/entries?limit=500")
    assert made["id"] not in str(ledger)
    assert [one["id"] for one in await town.sees("oversight", "/api/designation-reports")] == [made["id"]]
    nobody = {**form, "accused": town.organs["示范县监察委员会"].id}
    assert await town.refused("officer1", "/api/designation-reports", nobody) == (422, "designation.recipient")
