"""A county of several organs with its people signed in, a square on record, and the steps that tests take there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from mingjian.app.seed import COUNTY
from mingjian.governance.organs import OrganKind
from mingjian.governance.places import Place
from mingjian.governance.systems import Builder, Life, VideoSystem
from mingjian.kernel.ids import UnitId
from web_world import World

SQUARE = "7.12.square"
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
        place = Place(f"place-{name}", unit, name, kind, COUNTY, "示范路 1 号", now, 116.7, 32.7)
        with self.world.store.writing() as uow:
            uow.places.add(place)
        return place

    def system(
        self, place: Place, *, state: Life = Life.PLANNED, name: str = "系统", plan_item: str = ""
    ) -> VideoSystem:
        government = place.unit == self.government
        builder, reason = (Builder.GOVERNMENT, "A9.1.build") if government else (Builder.UNIT, "A9.2.build")
        system = VideoSystem(
            f"system-{place.name}", place.unit, place.id, f"{place.name}{name}", builder, reason, COUNTY, "",
            self.world.clock.now(), state, plan_item=plan_item,
        )  # fmt: skip
        with self.world.store.writing() as uow:
            uow.systems.add(system)
        return system

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
        await self.does("education", f"/api/plans/{plan}/countersign", {"agreed": True})
        decision = {"number": "示政〔2026〕9号", "on": self.today.isoformat()}
        await self.does("planner", f"/api/plans/{plan}/adopt", decision)
        return dict(await self.does("planner", f"/api/plans/{plan}/publish"))
