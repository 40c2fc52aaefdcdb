"""A county of several organs with its people signed in, a square on record, and the steps that tests take there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import httpx

from mingjian.app.records import Person
from mingjian.app.seed import COUNTY
from mingjian.governance.acceptance import SHEET, Acceptance, Conclusion
from mingjian.governance.organs import OrganKind
from mingjian.governance.places import Place
from mingjian.governance.planning import Countersign, Plan, PlanItem, PlanState, UrbanPlan
from mingjian.governance.procurement import DesignationReport
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Builder, Life, VideoSystem
from mingjian.kernel.ids import UnitId
from web_world import World

SQUARE, INN = "7.12.square", "7.2.hotel"
URBAN = {"name": "示范县国土空间总体规划", "number": "示政〔2026〕1号", "attachment": ""}


@dataclass
class PlanningTown:
    """A world with its county. Objects that another slice puts on record are stored directly."""

    world: World
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.world.store.reading() as uow:
            self.organs = {organ.name: organ for organ in uow.organs.listed()}
        self.government = self.organs["示范县人民政府"].id
        self.police = next(
            o.id for o in self.organs.values() if o.kind is OrganKind.PUBLIC_SECURITY and o.territory == COUNTY
        )
        self.education = self.organs["示范县教育局"].id

    @property
    def today(self) -> date:
        return self.world.services.law.day(self.world.clock.now())

    async def person(self, name: str) -> httpx.AsyncClient:
        if name not in self.clients:
            self.clients[name] = await self.world.signed_in(name)
        return self.clients[name]

    async def does(self, name: str, path: str, form: Mapping[str, Any] | None = None) -> Any:
        """What the person's act answers; it must succeed."""
        answer = await (await self.person(name)).post(path, json=dict(form or {}))
        assert answer.status_code < 300, (name, path, answer.status_code, answer.text)
        return answer.json()

    async def refused(self, name: str, path: str, form: Mapping[str, Any] | None = None) -> tuple[int, str]:
        """The status and code with which an act is refused."""
        answer = await (await self.person(name)).post(path, json=dict(form or {}))
        assert answer.status_code >= 400, (name, path, answer.text)
        return answer.status_code, answer.json()["error"]["code"]

    async def sees(self, name: str, path: str) -> Any:
        answer = await (await self.person(name)).get(path)
        assert answer.status_code == 200, (name, path, answer.status_code, answer.text)
        return answer.json()

    def place(self, unit: UnitId, kind: str = SQUARE, name: str = "中心广场") -> Place:
        now = self.world.clock.now()
        place = Place(f"place-{name}"[:36], unit, name, kind, COUNTY, "示范路 1 号", now, 116.7, 32.7)
        with self.world.store.writing() as uow:
            uow.places.add(place)
        return place

    def system(
        self, place: Place, *, state: Life = Life.PLANNED, plan_item: str = "", government: bool | None = None
    ) -> VideoSystem:
        """A system in any state; the government's own, or any that it is said to build, is a government system."""
        government = place.unit == self.government if government is None else government
        builder, reason = (Builder.GOVERNMENT, "A9.1.build") if government else (Builder.UNIT, "A9.2.build")
        system = VideoSystem(
            f"system-{place.name}"[:36], place.unit, place.id, f"{place.name}系统", builder, reason, COUNTY, "",
            self.world.clock.now(), state, plan_item=plan_item,
        )  # fmt: skip
        with self.world.store.writing() as uow:
            uow.systems.add(system)
        return system

    def camera(self, system: VideoSystem, *, part: str = "") -> str:
        """A camera of the demonstration's unit, on record in its system some metres from where places lie."""
        camera, now = self.world.cameras[0], self.world.clock.now()
        siting = Siting(
            camera, self.world.manager.unit, system.place, system.id, COUNTY, "", now, part=part,
            longitude=116.7002, latitude=32.7, signed=now,
        )  # fmt: skip
        with self.world.store.writing() as uow:
            if uow.sitings.one(camera) is None:
                uow.sitings.add(siting)
        return camera

    def sheet(self, **changes: Any) -> dict[str, Any]:
        """An acceptance that passes."""
        measured = {"storage": 31.0, "clock": 0.4}
        items = [{"item": one.id, "result": "passes", "measured": measured.get(one.id)} for one in SHEET]
        members = [{"organ": "示范县住房和城乡建设局", "name": "甲"}, {"organ": "示范县公安局", "name": "乙"}]
        form = {"number": "示建验〔2026〕3号", "on": self.today.isoformat(), "conclusion": "passed", "items": items}
        return {**form, "members": members, **changes}

    def stored_plan(self, state: PlanState, department: UnitId) -> Plan:
        """A plan of the government with one item for it and one for whoever else builds, already countersigned."""
        now, today = self.world.clock.now(), self.today
        whose = department == self.government
        kind, builder = (SQUARE, "government") if whose else (INN, "unit")
        item = PlanItem(str(uuid4()), "点位", kind, "", COUNTY, builder, "A9.1.build")
        plan = Plan(
            str(uuid4()), self.government, COUNTY, "建设规划", 1, UrbanPlan("国土空间规划", "1号"), (department,), now,
            state, (item,), (Countersign(department, "某人", today, True, ""),),
        )  # fmt: skip
        with self.world.store.writing() as uow:
            uow.plans.add(plan)
        return plan

    def stored_system(self, unit: UnitId, name: str) -> VideoSystem:
        """A system of the unit where the operation `name` may be done; acceptance and use are of a government's."""
        kind = SQUARE if unit == self.government else INN
        place = self.place(unit, kind, f"{name}{uuid4()}"[:24])
        states = {"accept_system": Life.BUILT, "use_system": Life.ACCEPTED}
        system = self.system(place, state=states.get(name, Life.PLANNED), government=name in states or None)
        if name == "print_acceptance":
            accepted = Acceptance(
                str(uuid4()), unit, system.id, self.government, "示建验〔2026〕4号", self.today, Conclusion.PASSED,
                (), (), "", (), "某人", self.world.clock.now(),
            )  # fmt: skip
            with self.world.store.writing() as uow:
                uow.acceptances.add(accepted)
        return system

    def stored_report(self, person: Person) -> DesignationReport:
        """A report that the person made and that the own organ received."""
        report = DesignationReport(
            str(uuid4()), f"举{uuid4()}"[:12], person.unit, person.id, self.education, self.today, "示例",
            self.world.clock.now(),
        )  # fmt: skip
        with self.world.store.writing() as uow:
            uow.designations.add(report)
        return report

    async def organised(self) -> str:
        form = {"title": "示范县公共安全视频系统建设规划", "urban_plan": URBAN, "departments": [self.education]}
        return str((await self.does("planner", "/api/plans", form))["id"])

    async def circulated(self, *items: Mapping[str, Any]) -> str:
        plan = await self.organised()
        await self.does("registrar", f"/api/plans/{plan}/items", {"items": list(items)})
        await self.does("registrar", f"/api/plans/{plan}/circulate")
        return plan

    async def published(self, *items: Mapping[str, Any]) -> dict[str, Any]:
        plan = await self.circulated(*items)
        await self.does("bureau", f"/api/plans/{plan}/countersign", {"agreed": True})
        decision = {"number": "示政〔2026〕9号", "on": self.today.isoformat()}
        await self.does("planner", f"/api/plans/{plan}/adopt", decision)
        return dict(await self.does("planner", f"/api/plans/{plan}/publish"))


STATES = {
    "compile_plan": PlanState.DRAFT, "circulate_plan": PlanState.DRAFT, "give_up_plan": PlanState.DRAFT,
    "publish_plan": PlanState.ADOPTED,
}  # fmt: skip
"""Where a plan must stand for the operation to succeed; circulated for all others."""


def good_call(world: World, person: str, name: str, path: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Parameters and form with which an operation of plans, works or reports succeeds for whoever may do its act."""
    town = PlanningTown(world)
    with world.store.reading() as uow:
        found = uow.people.named(person)
    assert found is not None
    known: dict[str, str] = {}
    if "{plan}" in path:
        known["plan"] = town.stored_plan(STATES.get(name, PlanState.CIRCULATED), found.unit).id
    if "{system}" in path and name in (*FORMS, *READ):
        known["system"] = town.stored_system(found.unit, name).id
    if "{report}" in path:
        known["report"] = town.stored_report(found).id
    today = town.today.isoformat()
    form = {key: today if value == TODAY else value for key, value in FORMS.get(name, {}).items()}
    if name == "accept_system":
        form = town.sheet()
    if name == "decide_reuse":
        near = town.camera(town.system(town.place(world.manager.unit, INN, str(uuid4())[:20])))
        form["choices"] = [{"camera": near, "reuse": True, "reason": "覆盖广场北侧"}]
    if name == "organise_plan":
        form["departments"] = [town.education]
    if name == "report_designation":
        form["accused"] = town.police
    if name == "link_plan_item":
        form["item"] = town.stored_plan(PlanState.PUBLISHED, found.unit).items[0].id
    return known, form


TODAY = "today"
READ = ("read_works", "read_checklist", "list_procurements", "read_acceptances", "read_reuse", "print_acceptance")
FORMS: dict[str, dict[str, Any]] = {
    "organise_plan": {"title": "示范县建设规划"},
    "compile_plan": {"items": []},
    "countersign_plan": {"agreed": True},
    "revise_plan": {"why": "补充点位"},
    "return_plan": {"why": "补充点位"},
    "give_up_plan": {"why": "另行编制"},
    "adopt_plan": {"number": "示政〔2026〕9号", "on": TODAY},
    "publish_plan": {},
    "record_works": {"name": "示范工程"},
    "check_standard": {"code": "GB 50395", "result": "passes", "on": TODAY, "note": "设计评审意见"},
    "record_procurement": {
        "object": "design", "method": "inquiry", "candidates": ["甲"], "chosen": "甲", "reason": "价格较优",
        "decided_on": TODAY,
    },
    "link_plan_item": {},
    "accept_system": {},
    "use_system": {"on": TODAY},
    "decide_reuse": {},
    "report_designation": {"way": "superior", "happened_on": TODAY, "text": "备案时被要求购买指定品牌的设备"},
    "handle_designation_report": {"step": "close", "told": "经核查不属实"},
}  # fmt: skip
