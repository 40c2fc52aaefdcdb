"""The tables of plan, report and acceptance, and what follows from facts: coverage, works, who gets a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.governance.acceptance import SHEET, Conclusion, Found, ItemResult, Member, judged
from mingjian.governance.authority import RULES, Act, Role
from mingjian.governance.coverage import Covered, RequiredPart, ReuseDecision, standing_of, tallied, undecided, whole
from mingjian.governance.organs import Organ, OrganKind, Relation
from mingjian.governance.planning import (
    PLAN,
    Countersign,
    Plan,
    PlanItem,
    PlanState,
    PlanStep,
    UrbanPlan,
    lacking,
    near,
    objections,
    possible_plan,
    unsigned,
    visible,
)
from mingjian.governance.procurement import (
    REPORT,
    ReportState,
    Way,
    possible_report,
    recipient,
)
from mingjian.governance.reasons import REASONS
from mingjian.governance.systems import Builder, Life, VideoSystem
from mingjian.governance.works import BEFORE_USE, MainWorks, Milestone, Passed, days_apart, not_together
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

NOW = UtcNs(1_800_000_000_000_000_000)
DAY = date(2026, 11, 25)
COUNTY, CITY = "340421", "340400"
GOVERNMENT = Organ(UnitId("gov"), "县政府", OrganKind.GOVERNMENT, COUNTY)
POLICE = Organ(UnitId("police"), "县公安局", OrganKind.PUBLIC_SECURITY, COUNTY, UnitId("city"))
CITY_POLICE = Organ(UnitId("city"), "市公安局", OrganKind.PUBLIC_SECURITY, CITY)
OTHER_COUNTY = Organ(UnitId("other"), "邻县公安局", OrganKind.PUBLIC_SECURITY, "340422", UnitId("city"))
HOUSING = Organ(UnitId("housing"), "住建局", OrganKind.DEPARTMENT, COUNTY, UnitId("gov"), "housing")
OVERSIGHT = Organ(UnitId("oversight"), "监委", OrganKind.DEPARTMENT, COUNTY, None, "supervision")
HOTEL = Organ(UnitId("hotel"), "旅馆", OrganKind.UNIT, COUNTY)
ORGANS = (GOVERNMENT, POLICE, CITY_POLICE, OTHER_COUNTY, HOUSING, OVERSIGHT, HOTEL)
ITEM = PlanItem("item", "中心广场", "7.12.square", "key_part", COUNTY, "government", "A9.1.build")
PLANNED = Plan("plan", GOVERNMENT.id, COUNTY, "规划", 1, UrbanPlan("国土空间规划", "1号"), (HOUSING.id,), NOW)
SYSTEM = VideoSystem(
    "system", GOVERNMENT.id, "place", "广场系统", Builder.GOVERNMENT, "A9.1.build", COUNTY, "", NOW, Life.BUILT
)


def reachable() -> set[PlanState]:
    seen, found = set(), {PlanState.DRAFT}
    while found:
        state = found.pop()
        seen.add(state)
        found |= {row.next for row in PLAN if row.state is state} - seen
    return seen


def test_A6_every_reachable_state_of_the_plan_has_a_lawful_way_on_and_every_state_is_reached() -> None:
    ends = {PlanState.SUPERSEDED, PlanState.WITHDRAWN}
    assert reachable() == set(PlanState)
    assert {state for state in reachable() if not any(row.state is state for row in PLAN)} == ends
    for state in reachable() - ends - {PlanState.PUBLISHED}:
        assert possible_plan(state), f"{state} waits for nobody"


def test_A6_no_step_of_the_plan_without_its_role_and_no_way_past_countersign_and_adoption() -> None:
    assert all(RULES[row.act].roles for row in PLAN if row.act is not None)
    assert {row.step for row in PLAN if row.act is None} == {PlanStep.SUPERSEDE}
    assert {row.state for row in PLAN if row.next is PlanState.PUBLISHED} == {PlanState.ADOPTED}
    assert {row.state for row in PLAN if row.next is PlanState.ADOPTED} == {PlanState.CIRCULATED}
    assert RULES[Act.PLAN_ADOPT].roles == {Role.PLANNER}
    assert RULES[Act.PLAN_COMPILE].relations == {Relation.COMPETENT}


def test_A6_a_plan_without_items_is_not_circulated_and_one_without_all_opinions_not_adopted() -> None:
    assert lacking(PLANNED, PlanStep.CIRCULATE) is REASONS["procedure.no-items"]
    filled = replace(PLANNED, items=(ITEM,))
    assert lacking(filled, PlanStep.CIRCULATE) is None
    assert lacking(filled, PlanStep.ADOPT) is REASONS["procedure.not-countersigned"]
    against = replace(filled, countersigns=(Countersign(HOUSING.id, "某人", DAY, False, "重复建设"),))
    assert unsigned(against) == ()
    assert lacking(against, PlanStep.ADOPT) is None
    assert [one.organ for one in objections(against)] == [HOUSING.id]


@pytest.mark.parametrize(
    ("organ", "relation"),
    [
        (GOVERNMENT, Relation.OWN),
        (POLICE, Relation.COMPETENT),
        (CITY_POLICE, Relation.SUPERIOR),
        (HOUSING, Relation.SECTOR),
        (OTHER_COUNTY, None),
        (OVERSIGHT, None),
        (HOTEL, None),
    ],
)
def test_A6_the_governments_own_police_compile_and_only_named_departments_countersign(
    organ: Organ, relation: Relation | None
) -> None:
    assert near(organ, PLANNED) == ({relation} if relation else set())


def test_A6_a_department_does_not_see_what_is_still_drafted() -> None:
    assert visible(HOUSING, PLANNED) == set()
    assert visible(HOUSING, replace(PLANNED, state=PlanState.CIRCULATED)) == {Relation.SECTOR}


def test_A27_every_state_of_a_report_leads_to_its_close() -> None:
    assert {row.next for row in REPORT} | {ReportState.RECEIVED} == set(ReportState)
    for state in set(ReportState) - {ReportState.CLOSED}:
        assert ReportState.CLOSED in {row.next for row in possible_report(state)}


@pytest.mark.parametrize(
    ("accused", "way", "expected"),
    [
        (POLICE, Way.SUPERIOR, CITY_POLICE),
        (POLICE, Way.SUPERVISION, OVERSIGHT),
        (HOUSING, Way.SUPERIOR, GOVERNMENT),
        (replace(POLICE, parent=None), Way.SUPERIOR, CITY_POLICE),
        (CITY_POLICE, Way.SUPERIOR, None),
        (CITY_POLICE, Way.SUPERVISION, None),
        (OVERSIGHT, Way.SUPERVISION, None),
    ],
)
def test_A12_a_report_goes_above_or_to_supervision(accused: Organ, way: Way, expected: Organ | None) -> None:
    others = [accused if organ.id == accused.id else organ for organ in ORGANS]
    assert recipient(accused, way, others) == expected


@given(
    st.sampled_from(ORGANS),
    st.sampled_from(list(Way)),
    st.lists(st.tuples(st.sampled_from(ORGANS), st.sampled_from([None, *(organ.id for organ in ORGANS)]))),
)
def test_A12_no_tree_however_twisted_brings_a_report_to_the_accused_or_below(
    accused: Organ, way: Way, moved: list[tuple[Organ, UnitId | None]]
) -> None:
    organs = {organ.id: organ for organ in ORGANS} | {organ.id: replace(organ, parent=at) for organ, at in moved}
    found = recipient(organs[accused.id], way, organs.values())
    at, seen = found, set[UnitId]()
    while at is not None and at.id not in seen:
        assert at.id != accused.id
        seen.add(at.id)
        at = organs.get(at.parent) if at.parent is not None else None


def works(on: date | None) -> MainWorks:
    return MainWorks("system", GOVERNMENT.id, "广场工程", "", True, "", (Passed(Milestone.IN_USE, None, on),), NOW)


@pytest.mark.parametrize("state", list(Life))
def test_A11_works_in_use_without_the_system_is_a_fact_of_the_state_alone(state: Life) -> None:
    system = replace(SYSTEM, state=state)
    assert not_together(works(None), system) is None
    assert not_together(works(DAY), system) == (DAY if state in BEFORE_USE else None)


@given(st.dates(), st.integers(-400, 400))
def test_A11_days_apart_are_signed_and_none_while_one_is_not_in_use(on: date, days: int) -> None:
    try:
        used = on + timedelta(days=days)
    except OverflowError:
        return
    assert days_apart(works(on), SYSTEM) is None
    assert days_apart(works(on), replace(SYSTEM, state=Life.IN_USE, dates={"use": used})) == days


@pytest.mark.parametrize(
    ("in_use", "recording", "expected"),
    [
        (False, [True], Covered.UNCOVERED),
        (True, [True, False], Covered.COVERED),
        (True, [], Covered.UNKNOWN),
        (True, [None, False], Covered.UNKNOWN),
        (True, [False], Covered.UNCOVERED),
    ],
)
def test_A7_what_is_not_known_is_never_counted_as_covered(
    in_use: bool, recording: list[bool | None], expected: Covered
) -> None:
    assert standing_of(in_use=in_use, recording=recording) is expected


@given(st.lists(st.tuples(st.sampled_from(["7.2.hotel", "7.12.square"]), st.sampled_from(list(Covered)))))
def test_A7_tallies_add_up_and_nothing_required_has_no_share(rows: list[tuple[str, Covered]]) -> None:
    parts = [RequiredPart(kind, "lobby", COUNTY, "place", "大厅", standing) for kind, standing in rows]
    total = whole(parts)
    by_kind = tallied(parts, "kind")
    assert total.required == len(parts) == sum(one.required for one in by_kind)
    assert total.covered == sum(one.covered for one in by_kind) == sum(s is Covered.COVERED for _, s in rows)
    assert total.covered + total.unknown + total.uncovered == total.required
    assert (total.share is None) is (not parts)
    assert all(one.share is not None and 0 <= one.share <= 1 for one in by_kind)


def test_A9_1_a_camera_in_reach_without_decision_stays_undecided() -> None:
    decided = ReuseDecision("d", GOVERNMENT.id, "system", "c1", True, "覆盖广场南侧", "某人", NOW)
    assert undecided(["c1", "c2"], [decided]) == ["c2"]


def sheet(**changes: Found) -> list[Found]:
    measured = {"storage": 31.0, "clock": 0.4}
    whole = {item.id: Found(item.id, ItemResult.PASSES, measured.get(item.id)) for item in SHEET}
    return list((whole | changes).values())


MEMBERS = [Member("示范县住房和城乡建设局", "甲"), Member("示范县公安局", "乙")]


def test_A13_1_a_whole_sheet_passes() -> None:
    assert judged(Conclusion.PASSED, sheet(), MEMBERS, floor_days=30) is None


@pytest.mark.parametrize(
    ("conclusion", "found", "members", "field"),
    [
        (Conclusion.PASSED, sheet()[1:], MEMBERS, "items.pictures"),
        (Conclusion.PASSED, sheet(sign=Found("sign", ItemResult.NOT_APPLICABLE)), MEMBERS, "items.sign"),
        (Conclusion.PASSED, sheet(clock=Found("clock", ItemResult.PASSES)), MEMBERS, "items.clock"),
        (Conclusion.PASSED, sheet(storage=Found("storage", ItemResult.PASSES, 29.0)), MEMBERS, "items.storage"),
        (Conclusion.PASSED, sheet(sign=Found("sign", ItemResult.FAILS)), MEMBERS, "conclusion"),
        (Conclusion.FAILED, sheet(), MEMBERS, "conclusion"),
        (Conclusion.PASSED, sheet(), MEMBERS[:1], "members"),
        (Conclusion.PASSED, [*sheet(), Found("rank", ItemResult.PASSES)], MEMBERS, "items"),
        (Conclusion.PASSED, [*sheet(), Found("sign", ItemResult.FAILS)], MEMBERS, "items"),
    ],
)
def test_A13_1_a_sheet_that_does_not_bear_its_conclusion_names_the_field(
    conclusion: Conclusion, found: list[Found], members: list[Member], field: str
) -> None:
    judgement = judged(conclusion, found, members, floor_days=30)
    assert judgement is not None
    assert judgement[0] == field
