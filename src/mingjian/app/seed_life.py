"""The county of a demonstration as it lives: places, filings, a visit, a notice, a plan and a complaint, by the acts.

Nothing is written past the acts: each entry of the ledger is the one that people would have made on the same day.
What lies in the past is what people tell of it, such as the day of delivery.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from mingjian.app import (
    acceptances,
    attachments,
    complaints,
    filings,
    key_parts,
    place_systems,
    places,
    plans,
    removals,
    signs,
    systems,
    visits,
)
from mingjian.app.acceptances import AcceptanceForm
from mingjian.app.plans import ItemForm, PlanForm
from mingjian.app.ports import Random, Store, Vault
from mingjian.app.records import Actor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.seed import COUNTY, DemoAccount
from mingjian.governance.acceptance import SHEET, Conclusion, Found, ItemResult, Member
from mingjian.governance.filing import DataSheet, Devices, Filing
from mingjian.governance.places import Place
from mingjian.governance.planning import UrbanPlan
from mingjian.governance.systems import VideoSystem
from mingjian.governance.visit import ItemSeen, Seen, VisitOfficer
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import UnitId
from mingjian.law.rulebook import Rulebook

HOTEL_SINCE, SCHOOL_SINCE, ESTATE_SINCE, OLD_SINCE = (timedelta(days=days) for days in (12, 25, 45, 20))
"""Since when the systems are in use: filed, soon due, overdue, and filed before it comes down."""
NOTICE = timedelta(days=9)
"""Shorter than the law asks for, so that the page of a removal shows what is found."""
PAPERS = {"design": "设计方案.pdf", "technical_test": "检测报告.pdf", "works_acceptance": "验收报告.pdf"}
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""One empty page."""
PICTURE_SIDE = 64
ACCEPTED_DAYS, ACCEPTED_OFFSET_S = 31.0, 0.4
"""What was measured when the old system was accepted."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the acts of the seeding need. `accounts` are those of `seed_demonstration` and `seed_county`."""

    store: Store
    vault: Vault
    files: AttachmentFiles
    law: Rulebook
    clock: Clock
    random: Random
    accounts: tuple[DemoAccount, ...]

    @property
    def today(self) -> date:
        return self.law.day(self.clock.now())

    def actor(self, name: str) -> Actor:
        """An account by its name, as acts take it. Raises Missing where it was not seeded."""
        account = next((one for one in self.accounts if one.name == name), None)
        with self.store.reading() as uow:
            person = uow.people.one(account.person) if account is not None else None
        if person is None:
            raise Missing("demo.none", f"没有账号 {name}", text_en=f"There is no account {name}")
        return Actor(person.id, name, person.display_name, person.unit, person.unit_name, person.roles, "demonstration")

    def place(self, by: str, name: str, kind: str, address: str, longitude: float, latitude: float) -> Place:
        form = places.PlaceForm(name, kind, COUNTY, address, longitude, latitude, telephone="0550-0000000")
        return places.add_place(
            self.store, self.law, actor=self.actor(by), clock=self.clock, random=self.random, form=form
        )

    def system(self, by: str, place: Place, name: str, *, existing: bool = False) -> VideoSystem:
        form = place_systems.SystemForm(name, "维护公共安全", existing=existing)
        return place_systems.add_system(
            self.store, self.law, actor=self.actor(by), clock=self.clock, random=self.random, place=place.id, form=form
        )

    def in_use(self, by: str, place: Place, name: str, since: timedelta) -> VideoSystem:
        """A unit's system that was delivered for use so long ago."""
        made, day, who = self.system(by, place, name), self.today - since, self.actor(by)
        for step, before in ((systems.design, 60), (systems.build, 20), (systems.deliver, 0)):
            on = day - timedelta(days=before)
            made = step(self.store, actor=who, clock=self.clock, law=self.law, system=made.id, on=on)
        return made

    def accepted(self, by: str, place: Place, name: str, since: date) -> VideoSystem:
        """A government's system from before the regulation: accepted by the county's government, then used."""
        made, who = self.system(by, place, name, existing=True), self.actor(by)
        accepted_on = since - timedelta(days=10)
        for step, before in ((systems.design, 400), (systems.build, 40)):
            on = since - timedelta(days=before)
            made = step(self.store, actor=who, clock=self.clock, law=self.law, system=made.id, on=on)
        acceptances.accept(
            self.store,
            self.law,
            actor=self.actor("planner"),
            clock=self.clock,
            random=self.random,
            system=made.id,
            form=_accepted_sheet(accepted_on),
        )
        return acceptances.use(self.store, self.law, actor=who, clock=self.clock, system=made.id, on=since)

    def filed(self, by: str, system: VideoSystem, sheet: DataSheet) -> Filing:
        who = self.actor(by)
        papers = {
            kind: self.attached(who, "system", system.id, kind, name, PAPER + kind.encode())
            for kind, name in PAPERS.items()
        }
        return filings.submit(
            self.store,
            self.files,
            actor=who,
            clock=self.clock,
            law=self.law,
            random=self.random,
            system=system.id,
            sheet=sheet,
            papers=papers,
        )

    def attached(self, who: Actor, about: str, subject: str, kind: str, name: str, content: bytes) -> str:
        kept = attachments.attach(
            self.store,
            self.files,
            actor=who,
            clock=self.clock,
            random=self.random,
            subject_kind=about,
            subject=subject,
            kind=kind,
            name=name,
            content=content,
        )
        return kept.id


def seed_life(scene: Scene) -> None:
    """Let the county of `seed_county` live. A throw-away installation is the caller's condition, as there."""
    hotel = _hotel(scene)
    _waiting(scene)
    _removal(scene)
    _plan(scene)
    _complaint(scene, hotel)


def _hotel(scene: Scene) -> Place:
    place = scene.place("hotel", "示范旅馆", "7.2.hotel", "示范县迎宾路 1 号", 116.7702, 32.6301)
    decided = key_parts.PartForm(
        "一楼大厅", "lobby", "示范性国家有关规定", "大厅人员往来多，确定为重要部位", "旅馆经理", scene.today
    )
    part = key_parts.decide_part(
        scene.store,
        scene.law,
        actor=scene.actor("hotel"),
        clock=scene.clock,
        random=scene.random,
        place=place.id,
        form=decided,
    )
    key_parts.guide_part(
        scene.store,
        scene.law,
        actor=scene.actor("registrar"),
        clock=scene.clock,
        place=place.id,
        part=part.id,
        text="服务台和大门都要看得清。",
    )
    system = scene.in_use("hotel", place, "大堂和通道视频系统", HOTEL_SINCE)
    _visited(scene, scene.filed("hotel", system, data_sheet("示范旅馆", "示范县迎宾路 1 号", 12)))
    return place


def _visited(scene: Scene, filing: Filing) -> None:
    registrar = scene.actor("registrar")
    photograph = scene.attached(registrar, "filing", filing.id, "photograph", "大门.png", _picture())
    form = visits.VisitForm(
        key=f"demonstration-{filing.id[-12:]}",
        on=scene.today,
        officers=(VisitOfficer("备案民警", "000001"), VisitOfficer("民警乙", "000002")),
        present="旅馆经理",
        items=(
            ItemSeen("papers", Seen.RIGHT, ""),
            ItemSeen("sign", Seen.WRONG, "大门处没有标识"),
            ItemSeen("clear", Seen.RIGHT, ""),
        ),
        guidance="请在大门醒目处设置标识。",
        conclusion="基本符合",
        photographs=(photograph,),
    )
    visits.record(
        scene.store,
        actor=registrar,
        clock=scene.clock,
        law=scene.law,
        random=scene.random,
        filing=filing.id,
        form=form,
    )


def _waiting(scene: Scene) -> None:
    """One filing that is soon due and one that is overdue."""
    school = scene.place("school", "示范中学", "7.11.school", "示范县学府路 2 号", 116.7751, 32.6352)
    scene.in_use("school", school, "校门和围墙视频系统", SCHOOL_SINCE)
    estate = scene.place("estate", "示范小区停车场", "7.6.car_park", "示范县安居路 3 号", 116.7650, 32.6255)
    scene.in_use("estate", estate, "停车场出入口视频系统", ESTATE_SINCE)


def _removal(scene: Scene) -> None:
    old = scene.place("hotel", "示范旅馆旧楼", "7.2.hotel", "示范县老街 4 号", 116.7685, 32.6322)
    system = scene.in_use("hotel", old, "旧楼视频系统", OLD_SINCE)
    scene.filed("hotel", system, data_sheet("示范旅馆", "示范县老街 4 号", 4))
    removals.notice(
        scene.store,
        actor=scene.actor("hotel"),
        clock=scene.clock,
        law=scene.law,
        random=scene.random,
        system=system.id,
        ground="旧楼拆迁，不再营业",
        planned_on=scene.today + NOTICE,
        data_plan="录像由本单位保存至期限届满",
    )


def _plan(scene: Scene) -> None:
    """A square of the government whose plan item is published; its system waits for the design."""
    planner, store, clock, law = scene.actor("planner"), scene.store, scene.clock, scene.law
    square = scene.place("planner", "示范广场", "7.12.square", "示范县中心路 5 号", 116.7722, 32.6278)
    urban = UrbanPlan("示范县国土空间总体规划", "示政〔2026〕1号")
    form = PlanForm("示范县公共安全视频建设规划", urban, (_unit(scene, "education"),))
    plan = plans.organise(store, actor=planner, clock=clock, random=scene.random, form=form)
    items = [ItemForm("示范广场", "7.12.square", place=square.id, cameras=6, due_on=scene.today + timedelta(days=180))]
    plan = plans.compile_items(
        store, law, actor=scene.actor("registrar"), clock=clock, random=scene.random, plan=plan.id, items=items
    )
    plans.circulate(store, actor=scene.actor("registrar"), clock=clock, plan=plan.id)
    plans.countersign(store, law, actor=scene.actor("bureau"), clock=clock, plan=plan.id, agreed=True, opinion="同意")
    plans.adopt(
        store, law, actor=planner, clock=clock, plan=plan.id, number="示政〔2026〕9号", on=scene.today, settled=""
    )
    plans.publish(store, law, actor=planner, clock=clock, plan=plan.id, urban_plan=None)
    system = scene.system("planner", square, "示范广场视频系统")
    plans.link(store, actor=planner, clock=clock, system=system.id, item=plan.items[0].id)


def _complaint(scene: Scene, place: Place) -> None:
    signed = signs.issue(
        scene.store, actor=scene.actor("hotel"), clock=scene.clock, random=scene.random, place=place.id
    )
    complaints.taken(
        scene.store,
        scene.vault,
        scene.law,
        clock=scene.clock,
        random=scene.random,
        code=signed.sign_code,
        text="二楼走廊的摄像机好像正对着一间客房的门。",
    )


def _unit(scene: Scene, name: str) -> UnitId:
    return scene.actor(name).unit


def data_sheet(unit: str, address: str, cameras: int) -> DataSheet:
    """What a filing tells of so many cameras of one type."""
    return DataSheet(
        unit_name=unit,
        unit_code="91340421MA2ABCDE0X",
        address=address,
        retention="30 天",
        cameras=(Devices("半球", cameras),),
    )


def _accepted_sheet(on: date) -> AcceptanceForm:
    measured = {"days": ACCEPTED_DAYS, "s": ACCEPTED_OFFSET_S}
    items = tuple(Found(one.id, ItemResult.PASSES, measured.get(one.measures)) for one in SHEET)
    members = (Member("示范县住房和城乡建设局", "验收员甲"), Member("示范县公安局", "验收员乙"))
    return AcceptanceForm("示建验〔2015〕3号", on, Conclusion.PASSED, items, members)


def _picture() -> bytes:
    """A grey square as PNG."""
    rows = (b"\0" + b"\x80" * PICTURE_SIDE) * PICTURE_SIDE
    head = struct.pack(">IIBBBBB", PICTURE_SIDE, PICTURE_SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")))


def _chunks(*parts: tuple[bytes, bytes]) -> Iterable[bytes]:
    for name, body in parts:
        yield struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
