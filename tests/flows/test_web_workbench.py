"""The workbench: what is overdue first, counted in the instrument's zone; each sees his own, an organ who is late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import duties, duty_sweep
from mingjian.app.workbench import Item, by_urgency
from mingjian.bootstrap.law import packaged, rulebook
from mingjian.governance.obligations import Obligation, Standing
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.clock import DAY_NS
from mingjian.kernel.ids import UnitId
from mingjian.law.rulebook import Rulebook
from planning_town import SQUARE, URBAN, PlanningTown
from web_world import World

HOUR_S = 3600


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


class Unannounced:
    """A calendar before the State Council has said anything."""

    def working(self, day: date) -> bool | None:
        return None


def unannounced() -> Rulebook:
    return Rulebook((packaged("anhui-2017"),), Unannounced())


def owed(world: World, subject: str, days_left: int, unit: str = "", **changes: Any) -> Obligation:
    """A filing duty whose last day is `days_left` days from today."""
    due = duties.today(rulebook(), world.clock.now()) + timedelta(days=days_left)
    debtor = UnitId(unit or world.manager.unit)
    row = "A13.2.file"
    obligation = Obligation(
        subject, "filing", row, "anhui-2017", debtor, debtor, "system", subject, f"系统 {subject}",
        due - timedelta(days=30), due, world.clock.now(), territory="340421",
    )  # fmt: skip
    obligation = replace(obligation, **changes)
    with world.store.writing() as uow:
        uow.obligations.add(obligation)
    return obligation


def to_midnight_s(world: World) -> int:
    """Seconds until it is midnight in China."""
    return (16 * HOUR_S - world.clock.now() // 10**9) % (24 * HOUR_S)


async def bench(world: World, name: str) -> dict[str, Any]:
    client = await world.signed_in(name)
    answer = await client.get("/api/workbench")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_is_overdue_stands_first_and_longest_first_and_no_term_last(world: World) -> None:
    for subject, left in (("soon", 5), ("late", -2), ("far", 20), ("later", -9), ("today", 0)):
        owed(world, subject, left)
    owed(world, "open", 0, due_on=None)
    found = await bench(world, "manager")
    listed = [(item["subject"], item["days"], item["standing"]) for item in found["todo"]]
    assert listed == [
        ("later", -9, "overdue"), ("late", -2, "overdue"), ("today", 0, "due_soon"), ("soon", 5, "due_soon"),
        ("far", 20, "due"), ("open", None, "not_measured"),
    ]  # fmt: skip
    assert (found["open"], found["overdue"], found["soon"]) == (6, 2, 2)
    assert (found["todo"][0]["label"], found["todo"][0]["article"]) == ("备案", "第十三条第二款")


async def test_days_are_counted_in_the_instruments_zone(world: World) -> None:
    owed(world, "s", 0)
    world.clock.advance(to_midnight_s(world) - 600)
    manager = await world.signed_in("manager")
    world.clock.advance(to_midnight_s(world) - 1)
    assert (await manager.get("/api/workbench")).json()["overdue"] == 0
    world.clock.advance(1)
    (late,) = (await manager.get("/api/workbench")).json()["todo"]
    assert (late["days"], late["standing"]) == (-1, "overdue")


def test_a_short_term_is_due_soon_later_than_a_long_one(world: World) -> None:
    law = rulebook()
    obligation = owed(world, "s", 30)
    assert obligation.due_on is not None
    short = replace(obligation, trigger_on=obligation.due_on - timedelta(days=14))
    for one, left, expected in (
        (obligation, 7, Standing.DUE_SOON),
        (obligation, 8, Standing.DUE),
        (short, 2, Standing.DUE_SOON),
        (short, 3, Standing.DUE),
    ):
        assert duties.standing_of(law, one, obligation.due_on - timedelta(days=left)) is expected


async def test_a_request_waits_for_the_approver_and_is_the_officers_own(world: World) -> None:
    officer = await world.signed_in("officer1")
    request = (await officer.post("/api/access-requests", json=world.request_form())).json()["id"]
    waiting = (await bench(world, "approver"))["todo"]
    assert [(one["subject_kind"], one["subject"], one["label"]) for one in waiting] == [("request", request, "批准")]
    own = await bench(world, "officer1")
    assert ([one["subject"] for one in own["started"]], own["todo"]) == ([request], [])
    approver = await world.signed_in("approver")
    assert (await approver.post(f"/api/access-requests/{request}/approve", json={})).status_code == 200
    assert [one["subject"] for one in (await bench(world, "approver"))["done"]] == [request]
    assert [one["label"] for one in (await bench(world, "manager"))["todo"]] == ["执法人员签到"]


async def test_A6_a_plan_waits_for_whoever_takes_its_next_step_and_for_nobody_else(tmp_path: Path) -> None:
    world = World(tmp_path / "county", county=True)
    town = PlanningTown(world)

    async def waiting() -> dict[str, list[str]]:
        seen = {name: (await bench(world, name))["todo"] for name in ("planner", "registrar", "bureau")}
        return {name: [one["label"] for one in todo if one["kind"] == "plan"] for name, todo in seen.items()}

    try:
        plan = await town.organised()
        assert await waiting() == {"planner": [], "registrar": ["编制规划并送会签"], "bureau": []}
        await town.does("registrar", f"/api/plans/{plan}/items", {"items": [{"name": "广场", "kind": SQUARE}]})
        await town.does("registrar", f"/api/plans/{plan}/circulate")
        assert await waiting() == {"planner": [], "registrar": [], "bureau": ["会签规划"]}
        await town.does("bureau", f"/api/plans/{plan}/countersign", {"agreed": True})
        assert await waiting() == {"planner": ["通过规划"], "registrar": [], "bureau": []}
        decision = {"number": "示政〔2026〕9号", "on": town.today.isoformat()}
        await town.does("planner", f"/api/plans/{plan}/adopt", decision)
        assert await waiting() == {"planner": ["公布规划"], "registrar": [], "bureau": []}
        await town.does("planner", f"/api/plans/{plan}/publish", {"urban_plan": URBAN})
        assert await waiting() == {"planner": [], "registrar": [], "bureau": []}
        benches = {name: await bench(world, name) for name in ("planner", "bureau", "registrar")}
        done = {name: [one["label"] for one in seen["done"] if one["kind"] == "plan"] for name, seen in benches.items()}
        assert done == {"planner": ["公布规划"], "bureau": ["会签规划"], "registrar": []}
        begun = [(one["subject"], one["standing"]) for one in benches["planner"]["started"] if one["kind"] == "plan"]
        assert begun == [(plan, "met")]
        assert benches["bureau"]["started"] == []
    finally:
        world.close()


async def test_a_complaint_that_no_organ_answers_waits_for_the_unit_until_it_has(world: World) -> None:
    complaint = world.add_complaint(world.add_place(world.manager.unit))
    waiting = [one for one in (await bench(world, "manager"))["todo"] if one["kind"] == "complaint"]
    assert [(one["subject"], one["label"]) for one in waiting] == [(complaint.id, "答复投诉举报")]
    assert (await bench(world, "duty"))["todo"] == []
    manager = await world.signed_in("manager")
    answer = await manager.post(f"/api/complaints/{complaint.id}/replies", json={"text": "已经核查，情况属实"})
    assert answer.status_code < 300, answer.text
    found = await bench(world, "manager")
    assert found["todo"] == []
    assert [(one["kind"], one["subject"], one["standing"]) for one in found["done"]] == [
        ("complaint", complaint.id, "met")
    ]


async def test_a_person_sees_only_what_the_table_opens(world: World) -> None:
    owed(world, "own", 1)
    foreign = world.foreign_manager()
    owed(world, "foreign", -3, unit=foreign.unit)
    assert [one["subject"] for one in (await bench(world, "manager"))["todo"]] == ["own"]
    for name in ("duty", "admin", "officer1"):
        found = await bench(world, name)
        assert (found["todo"], found["open"], found["area"]) == ([], 0, None)
    duty = await world.signed_in("duty")
    assert (await duty.get("/api/duties")).status_code == 403


async def test_A4_the_police_see_who_is_late_in_their_territory_and_only_there(world: World) -> None:
    foreign = world.foreign_manager()
    owed(world, "near", -3, unit=foreign.unit)
    owed(world, "soon", 3, unit=foreign.unit)
    owed(world, "elsewhere", -3, unit=foreign.unit, territory="340422")
    found = await bench(world, "registrar")
    assert found["area"] is not None
    assert (found["area"]["units"], found["area"]["duties"]) == (1, 1)
    assert found["area"]["first"][0]["name"] == "另一单位"
    registrar = await world.signed_in("registrar")
    late = (await registrar.get("/api/duties/late-around")).json()["duties"]
    assert [(one["subject"], one["unit"]) for one in late] == [("near", foreign.unit)]
    manager = await world.signed_in("manager")  # of the same organ, without its power
    assert (await bench(world, "manager"))["area"] is None
    assert (await manager.get("/api/duties/late-around")).status_code == 403


async def test_A4_2_a_department_sees_its_sector_alone(world: World) -> None:
    with world.store.writing() as uow:
        organ = uow.organs.one(world.manager.unit)
        assert organ is not None
        uow.organs.save(Organ(organ.id, organ.name, OrganKind.DEPARTMENT, "340400", sector="education"))
    foreign = world.foreign_manager()
    owed(world, "school", -3, unit=foreign.unit, sector="education")
    owed(world, "hotel", -3, unit=foreign.unit, sector="tourism")
    registrar = await world.signed_in("registrar")
    late = (await registrar.get("/api/duties/late-around")).json()["duties"]
    assert [one["subject"] for one in late] == ["school"]


async def test_the_list_of_duties_is_paged(world: World) -> None:
    for number in range(5):
        owed(world, f"s{number}", number)
    manager = await world.signed_in("manager")
    pages = [(await manager.get("/api/duties", params={"limit": 2, "offset": at})).json() for at in (0, 2, 4)]
    assert [one["subject"] for page in pages for one in page["duties"]] == [f"s{number}" for number in range(5)]
    assert (await manager.get("/api/duties", params={"limit": 201})).status_code == 422


def test_the_sweep_finds_what_is_overdue_once_and_nothing_that_is_not(world: World) -> None:
    law = rulebook()
    with world.acting() as doing:
        day = duties.today(law, doing.now)
        for subject, back in (("late", 90), ("fresh", 1)):
            about = {"subject_kind": "system", "subject": subject, "subject_name": subject}
            owner = world.manager.unit
            trigger = day - timedelta(days=back)
            duties.open_duty(doing, law, duty="filing", debtor=owner, owner=owner, trigger=trigger, **about)
    for expected in (1, 0):
        assert duty_sweep.sweep(world.store, clock=world.clock, law=law).found == expected
    with world.store.reading() as uow:
        (finding,) = uow.findings.of_owner(world.manager.unit, limit=10)
    assert (finding.code, finding.subject, finding.row) == ("overdue.filing", "late", "A13.2.file")
    (entered,) = world.entries("finding.recorded")
    assert entered["subject"] == "late"


def test_holidays_that_become_known_move_the_day_and_nobody_is_late_before(world: World) -> None:
    before, law = unannounced(), rulebook()
    day = date(2026, 9, 1)  # the thirtieth day after it lies in the National Day holidays
    about = {"subject_kind": "system", "subject": "s", "subject_name": "s", "trigger": day}
    with world.acting() as doing:
        owner = world.manager.unit
        opened = duties.open_duty(doing, before, duty="filing", debtor=owner, owner=owner, **about)
    assert opened is not None
    assert opened.calendar_known is False
    world.clock.advance(400 * DAY_NS // 10**9)
    assert duty_sweep.sweep(world.store, clock=world.clock, law=before) == duty_sweep.Swept(0, 0)
    swept = duty_sweep.sweep(world.store, clock=world.clock, law=law)
    assert swept == duty_sweep.Swept(1, 1)
    with world.store.reading() as uow:
        moved = uow.obligations.one(opened.id)
    reckoned = law.deadline("filing", day)
    assert moved is not None
    assert reckoned is not None
    assert (moved.due_on, moved.calendar_known) == (reckoned.last_day, True)
    (entered,) = world.entries("duty.reckoned")
    assert entered["facts"]["to"]["due_on"] == str(reckoned.last_day)
    assert duty_sweep.sweep(world.store, clock=world.clock, law=law) == duty_sweep.Swept(0, 0)


def test_urgency_is_a_total_order() -> None:
    items = [Item("duty", "system", str(n), "", "", "", days=days) for n, days in enumerate((3, None, -1, 0, None, -5))]
    assert [item.days for item in by_urgency(items)] == [-5, -1, 0, 3, None, None]
    assert by_urgency(reversed(items)) == by_urgency(items)
