"""A county with a hotel that builds, files, changes and removes its system: what the flows of A13 to A16 share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from pypdf import PdfReader

from mingjian.app.records import Actor
from mingjian.bootstrap.law import packaged
from mingjian.governance.filing import DataSheet, Filing, FilingKind, FilingState
from mingjian.governance.obligations import Attachment, LegalFinding, Obligation
from mingjian.governance.places import Place
from mingjian.governance.removal import Removal, RemovalState
from mingjian.governance.systems import Builder, Life, LifeStep, VideoSystem
from mingjian.governance.visit import SiteVisit, VisitOfficer
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import UnitId
from mingjian.law.calendar import china
from mingjian.law.rulebook import Rulebook
from mingjian.web.api import create_app
from web_world import World

COUNTY = "340421"
PDF = b"%PDF-1.7 "
_SHOT = BytesIO()
Image.new("RGB", (64, 48), "navy").save(_SHOT, "JPEG")
JPEG = _SHOT.getvalue()
PAPERS = ("design", "technical_test", "works_acceptance")
DELIVERED = date(2026, 3, 10)
"""Thirty days later is a Thursday; no holiday lies there."""
SHEET: dict[str, Any] = {
    "unit_name": "示范旅馆",
    "unit_code": "91340421MA2ABCDE0X",
    "address": "示范县迎宾路 1 号",
    "retention": "30 天",
    "cameras": [{"kind": "半球", "count": 12}, {"kind": "枪机", "count": 4}],
}


@dataclass
class Hotel:
    """The county, the hotel's place and its system, which is built and waits for delivery."""

    world: World
    system: str
    place: str

    @classmethod
    def built(cls, folder: Path, *instruments: str, database: str = "", **changes: Any) -> Hotel:
        """A world on the day of delivery; with `instruments` under those alone."""
        world = World(folder, county=True, database=database)
        if instruments:
            law = Rulebook([packaged(name) for name in instruments], china())
            world.services = replace(world.services, law=law)
            world.app = create_app(world.services)
        hotel = cls(world, "", "")
        hotel.go(DELIVERED)
        hotel.system, hotel.place = hotel.add_system(hotel.unit("hotel"), **changes)
        return hotel

    def unit(self, account: str) -> UnitId:
        return self.world.unit(account)

    def add_system(
        self, unit: UnitId, *, territory: str = COUNTY, kind: str = "7.2.hotel", **changes: Any
    ) -> tuple[str, str]:
        with self.world.store.reading() as uow:
            number = len(uow.systems.of_unit(unit))
        place, system = f"place-{unit[-8:]}-{number}", f"system-{unit[-8:]}-{number}"
        dates = {LifeStep.DESIGN: date(2025, 11, 3), LifeStep.BUILD: date(2026, 2, 2)}
        now = self.world.clock.now()
        with self.world.store.writing() as uow:
            uow.places.add(Place(place, unit, "示范旅馆", kind, territory, "示范县迎宾路 1 号", now))
            built = VideoSystem(
                id=system,
                unit=unit,
                place=place,
                name="大堂和通道视频系统",
                builder=Builder.UNIT,
                reason="A9.2.build",
                territory=territory,
                sector="culture",
                created=now,
                state=Life.BUILT,
                dates=dates,
            )
            uow.systems.add(replace(built, **changes))
        return system, place

    def go(self, day: date, hour: int = 4) -> None:
        """Let the clock stand at noon in China on `day`."""
        at = int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp()) * SECOND_NS
        assert at >= self.world.clock.now()
        self.world.clock.wall = UtcNs(at)

    def actor(self, account: str) -> Actor:
        """An account as acts take it, without session."""
        known = self.world.accounts[account]
        roles = frozenset({known.role})
        return Actor(known.person, known.name, known.display_name, self.unit(account), "", roles, "test")

    async def person(self, name: str) -> httpx.AsyncClient:
        return await self.world.signed_in(name)

    async def deliver(self, on: date = DELIVERED) -> None:
        hotel = await self.person("hotel")
        await does(hotel, f"/api/systems/{self.system}/deliver", {"on": on.isoformat()})

    async def paper(self, client: httpx.AsyncClient, kind: str, *, about: str = "system", subject: str = "") -> str:
        content = JPEG if kind == "photograph" else PDF + kind.encode()
        answer = await client.post(
            "/api/attachments",
            data={"subject_kind": about, "subject": subject or self.system, "kind": kind},
            files={"file": (f"{kind}.bin", content)},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def file(self, *papers: str, **form: Any) -> dict[str, Any]:
        """Hand in a filing with these papers, all three unless named."""
        hotel = await self.person("hotel")
        kept = {kind: await self.paper(hotel, kind) for kind in papers or PAPERS}
        return await does(hotel, "/api/filings", {"system": self.system, "sheet": SHEET, "papers": kept, **form})

    async def visit(self, filing: str, **changes: Any) -> httpx.Response:
        registrar = await self.person("registrar")
        photograph = await self.paper(registrar, "photograph", about="filing", subject=filing)
        return await registrar.post(
            f"/api/filings/{filing}/visits", json=self.visit_form(**{"photographs": [photograph], **changes})
        )

    def visit_form(self, photographs: list[str], **changes: Any) -> dict[str, Any]:
        form = {
            "key": "0190aaaa-draft-one",
            "on": self.world.services.law.day(self.world.clock.now()).isoformat(),
            "officers": [{"name": "民警甲", "work_id": "340421001"}, {"name": "民警乙", "work_id": "340421002"}],
            "present": "旅馆经理",
            "items": [{"item": "sign", "seen": "wrong", "note": "大门处没有标识"}, {"item": "clear", "seen": "right"}],
            "guidance": "请在大门醒目处设置标识。",
            "conclusion": "基本符合",
            "photographs": photographs,
        }
        return {**form, **changes}

    def obligations(self, subject: str = "") -> dict[str, Obligation]:
        with self.world.store.reading() as uow:
            return {one.duty: one for one in uow.obligations.of_subject(subject or self.system)}

    def findings(self, subject: str = "") -> dict[str, LegalFinding]:
        with self.world.store.reading() as uow:
            return {one.code: one for one in uow.findings.of_subject(subject or self.system)}

    def stored(self) -> VideoSystem:
        with self.world.store.reading() as uow:
            found = uow.systems.one(self.system)
        assert found is not None
        return found


async def does(client: httpx.AsyncClient, path: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call that must succeed."""
    answer = await client.post(path, json=form or {}) if form is not None else await client.get(path)
    assert answer.status_code < 300, (path, answer.text)
    return dict(answer.json())


async def paper(client: httpx.AsyncClient, path: str) -> PdfReader:
    """A printed paper."""
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    return PdfReader(BytesIO(answer.content))


def words(printed: PdfReader) -> str:
    """All text of a paper without any white space: where a line breaks is the printer's matter."""
    return "".join("".join(page.extract_text() for page in printed.pages).split())


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a call that must not succeed."""
    assert answer.status_code >= 400, answer.text
    return answer.status_code, str(answer.json()["error"]["code"])


IN_USE = {LifeStep.DESIGN: date(2025, 11, 3), LifeStep.BUILD: date(2025, 12, 1), LifeStep.DELIVER: date(2025, 12, 2)}
_STATES = {"design_system": Life.PLANNED, "build_system": Life.DESIGNED, "deliver_system": Life.BUILT}
_REMOVING = {
    "retire_system": (Life.DISPOSED, RemovalState.DISPOSED),
    "withdraw_removal": (Life.NOTICED, RemovalState.NOTICED),
    "take_system_down": (Life.NOTICED, RemovalState.NOTICED),
    "supervise_disposal": (Life.TAKEN_DOWN, RemovalState.TAKEN_DOWN),
}
"""Where a system and its removal must stand for an operation; in use, without removal, for any other."""
ROUTE_FORMS: dict[str, dict[str, Any]] = {
    "design_system": {"on": "2026-01-01"},
    "build_system": {"on": "2026-01-01"},
    "deliver_system": {"on": "2026-01-01"},
    "change_system": {
        "changes": [{"matter": "purpose", "after": "巡查"}], "why": "经营范围调整", "decided_by": "经理",
        "decided_on": "2026-01-01",
    },
    "take_over_filing": {"received_on": "2026-01-01"},
    "return_filing": {"reason": "材料不齐全"},
    "keep_national_receipt": {"number": "PSVS-1"},
    "record_visit": {
        "key": "draft-of-the-matrix", "on": "2026-01-01", "officers": [{"name": "甲"}, {"name": "乙"}],
        "guidance": "按标准设置标识", "photographs": ["photograph"],
    },
    "submit_filing": {"system": "", "sheet": {}},
    "give_removal_notice": {
        "system": "", "ground": "房屋拆迁", "planned_on": "2026-02-01", "data_plan": "保存至期限届满",
    },
    "record_unnoticed_removal": {
        "system": "", "ground": "房屋拆迁", "on": "2026-01-01", "data_plan": "保存至期限届满",
    },
    "take_system_down": {"on": "2026-01-01"},
    "supervise_disposal": {
        "on": "2026-01-01", "form": "on_site", "fate": "kept_by_unit", "officers": ["甲"], "result": "资料完整保存",
    },
}  # fmt: skip
"""A good form of each operation; an empty `system` is to be filled in."""


ABOUT_SYSTEMS = (
    *ROUTE_FORMS, "read_system", "retire_system", "draft_filing", "read_filing", "print_receipt", "print_filing",
    "print_visit", "print_removal", "earliest_removal", "withdraw_removal",
)  # fmt: skip
"""Those about a system, a filing or a removal that `put` makes."""


@dataclass(frozen=True)
class Standing:
    """A system with a filing and a removal of a unit, put into the store as an operation needs them."""

    system: str
    filing: str
    removal: str


def put(world: World, unit: UnitId, operation: str, *, territory: str = COUNTY) -> Standing:
    """What `operation` acts on, owned by `unit`."""
    hotel = Hotel(world, "", "")
    life, removing = _REMOVING.get(operation, (_STATES.get(operation, Life.IN_USE), RemovalState.NOTICED))
    system, _ = hotel.add_system(unit, state=life, dates=IN_USE if life is Life.IN_USE else {}, territory=territory)
    held = FilingState.HELD if operation == "take_over_filing" else FilingState.RECEIVED
    number = len(world.entries())
    with world.store.writing() as uow:
        staff = uow.people.of_unit(unit)[0]
        common: dict[str, Any] = {
            "unit": unit, "system": system, "system_name": "视频系统", "territory": territory, "sector": "",
            "by": staff.id, "by_name": staff.display_name,
        }  # fmt: skip
        filing, removal = f"filing-{system[-27:]}", f"removal-{system[-27:]}"
        filed = Filing(
            id=filing, first=filing, kind=FilingKind.INITIAL, state=held, sheet=DataSheet(), papers=(), lacking=(),
            submitted=world.clock.now(), number=f"备收{number}", year=2000 + number, serial=number, **common,
        )  # fmt: skip
        if operation not in ("submit_filing", "draft_filing"):
            uow.filings.add(filed)
        if operation == "record_visit":
            uow.attachments.add(
                Attachment(
                    f"photo-{system[-27:]}",
                    unit,
                    "filing",
                    filing,
                    "photograph",
                    "门口",
                    "image/jpeg",
                    4,
                    "ab" * 32,
                    "民警甲",
                    world.clock.now(),
                )
            )
        if operation == "print_visit":
            uow.visits.add(
                SiteVisit(
                    id=f"visit-{system[-27:]}", key=system, filing=filing, first=filing, system=system, unit=unit,
                    organ=unit, territory=territory, on=date(2026, 1, 1), officers=(VisitOfficer("民警甲", ""),),
                    present="", items=(), guidance="设置标识", conclusion="", photographs=(),
                    recorded=world.clock.now(), by=staff.id,
                )
            )  # fmt: skip
        uow.removals.add(
            Removal(
                id=removal, state=removing, ground="房屋拆迁", data_plan="保存", recorded=world.clock.now(), **common
            )
        )
    return Standing(system, filing, removal)


def route_form(operation: str, standing: Standing) -> dict[str, Any]:
    """The good form of an operation about what was `put` there."""
    form = dict(ROUTE_FORMS.get(operation, {}))
    if "system" in form:
        form["system"] = standing.system
    if "photographs" in form:
        form |= {"photographs": [f"photo-{standing.system[-27:]}"], "key": standing.system}
    return form
