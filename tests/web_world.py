"""A whole installation without media: real database, acts and HTTP face; small real parts at the ports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine

import world_seeds
from mingjian.adapters import migrations
from mingjian.adapters.argon2_passwords import Argon2Passwords
from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.database import open_engine, reading
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.forensic_keys import forensic_keys
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.sealer import FolderSealer
from mingjian.adapters.sheets import Sheets
from mingjian.adapters.sql_store import SqlStore
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.typst_printer import TypstPrinter
from mingjian.adapters.vault import AesVault
from mingjian.adapters.witnessing import Witnesses
from mingjian.app import attachments, cameras, complaints, exports
from mingjian.app.identity import IdentityKeeper
from mingjian.app.performing import Performance, performing
from mingjian.app.provider_sign_in import ProviderRules
from mingjian.app.records import Actor, Person, Unit
from mingjian.app.seed import COUNTY, DemoAccount, next_code, seed_demonstration
from mingjian.app.seed_county import seed_county
from mingjian.bootstrap.law import rulebook
from mingjian.bootstrap.opened import Opened, open_journal
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.published import PublishedLedger
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.web import media_services
from mingjian.governance.authority import Act, Role
from mingjian.governance.complaints import CODE_BYTES, Complaint, letters
from mingjian.governance.obligations import Attachment
from mingjian.governance.organs import Organ
from mingjian.governance.places import Datum, Place
from mingjian.kernel.clock import SECOND_NS, ManualClock
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, PersonId, UnitId, uuid7
from mingjian.processing.leak import ProcessLeakReader
from mingjian.web.api import create_app
from mingjian.web.media import PATH, media_router
from mingjian.web.rendering import Rendering
from mingjian.web.services import (
    Basemap,
    Services,
)
from world_parts import (
    KnownProvider,
    OneCameraEverywhere,
    OnePicture,
    OneSight,
    PaintedCopies,
    QuietRecordings,
    SmallDisks,
    world_map,
)
from world_seeds import Seeds

ORIGIN = "http://mingjian.test"


class ProvingClient(httpx.AsyncClient):
    """A person at a browser: who is asked to prove himself does so, and repeats what he asked for.

    `proves` False leaves the refusal to the test.
    """

    def __init__(self, world: World, name: str) -> None:
        super().__init__(**world.browser())
        self.proves = True
        self._world, self._name = world, name

    async def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        answer = await super().send(request, **how)
        if not self.proves or answer.status_code != 403 or b"session.step-up" not in answer.content:
            return answer
        shown = await self.post("/api/session/prove", json={"code": self._world.code(self._name)})
        assert shown.status_code == 204, shown.text
        return await super().send(request, **how)


@dataclass
class World:
    """One installation with an account for each role and two cameras, at a time that moves only when told.

    With `county` the organs and units of the county are there too, with accounts of their own (`planner`, `hotel`, …).
    """

    folder: Path
    seeded: bool = True
    county: bool = False
    clock: ManualClock = field(default_factory=ManualClock)
    database: str = ""
    """URL; empty: an SQLite file of its own."""

    def __post_init__(self) -> None:
        places = DataDirectory(self.folder / "data")
        places.create()
        self.engine = self._opened(places.database)
        self.ledger = LedgerStore(token_bytes)
        self.store = SqlStore(self.engine, self.ledger)
        self.vault = AesVault(bytes(32))
        self.keeper = IdentityKeeper(self.store, Argon2Passwords(memory_kib=8, passes=1, lanes=1), self.vault)
        self.pictures = OnePicture()
        self.provider = KnownProvider()
        self.redactor = PaintedCopies(self.folder)
        self.looks = OneSight(self.clock)
        self.probe = OneCameraEverywhere()
        self.rules = cameras.CameraRules(SmallDisks(), self.vault, rulebook())
        self.opened = Opened(
            places=places,
            settings=Settings(installation="demonstration", host="127.0.0.1", tls=False),
            clock=self.clock,
            disk=OsDisk(),
            vault=self.vault,
            engine=self.engine,
            ledger=self.ledger,
            store=self.store,
            keys=world_seeds.signing_keys(places),
            catalogue=SqliteCatalogue(places.catalogue),
        )
        self.journal = open_journal(self.opened)
        self.services = Services(
            store=self.store,
            identity=self.keeper,
            cameras=self.rules,
            clock=self.clock,
            random=token_bytes,
            law=rulebook(),
            recordings=QuietRecordings(self.clock.now()),
            probe=self.probe,
            snapshots=self.pictures,
            looks=self.looks,
            sealed=FolderSealer(self.folder),
            attachments=DiskAttachments(places.attachments),
            sheets=Sheets(),
            ledger=PublishedLedger(self.opened),
            journal=self.journal,
            printer=TypstPrinter(),
            redactor=self.redactor,
            rendering=Rendering(at_once=True),
            sealing=Rendering(at_once=True),
            leaks=ProcessLeakReader(forensic_keys(self.vault, 1)),
            basemap=Basemap(world_map(self.folder / "tiles"), Datum.CGCS2000, "审图号：示范"),
            provider=ProviderRules(self.provider, "县统一身份认证", "the county's sign-in"),
            version="test",
            throw_away=True,
            secure_cookies=False,
        )
        self.app: FastAPI = create_app(
            self.services, extra_routers=[media_router(media_services(self.opened, self.journal))]
        )
        self.accounts: dict[str, DemoAccount] = {}
        self.cameras: list[CameraId] = []
        if self.seeded:
            seeds = (
                self._seed()
                if self.database
                else world_seeds.seeded(self.engine, places.database, (self.county, self.clock.now()), self._seed)
            )
            self.accounts, self.manager, self.cameras = dict(seeds.accounts), seeds.manager, list(seeds.cameras)

    def _opened(self, file: Path) -> Engine:
        if not self.database:
            return world_seeds.migrated(file)
        engine = open_engine(self.database)
        migrations.upgrade(engine)
        return engine

    def _seed(self) -> Seeds:
        made = seed_demonstration(self.keeper, clock=self.clock, random=token_bytes, throw_away=True)
        county = seed_county(self.keeper, clock=self.clock, random=token_bytes) if self.county else ()
        cameras = tuple(self.add_camera(made.manager, f"大厅{number}") for number in (1, 2))
        return Seeds({account.name: account for account in (*made.accounts, *county)}, made.manager, cameras)

    def close(self) -> None:
        self.opened.catalogue.close()
        self.engine.dispose()

    def publish(self) -> None:
        """What the keeper does every second: tiles and a signed checkpoint of what is committed."""
        LedgerPublisher(
            self.engine,
            self.ledger,
            FileTiles(self.opened.places.ledger),
            origin=self.opened.keys.origin,
            signers=self.opened.keys.signers,
            witnesses=Witnesses([], self.clock),
            clock=self.clock,
        ).publish_once()

    def add_camera(self, actor: Actor, name: str, bitrate_bps: int = 4_000_000) -> CameraId:
        form = cameras.CameraForm(
            name, "一楼", "rtsp://192.0.2.10/main", "", "viewer", "camera-secret", "tcp", "native", "", bitrate_bps
        )
        added = cameras.add_camera(self.store, self.rules, actor=actor, clock=self.clock, random=token_bytes, form=form)
        return added.id

    def actor(self, name: str) -> Actor:
        """The person of an account, acting without a session."""
        with self.store.reading() as uow:
            person = uow.people.named(name)
        assert person is not None
        now = self.clock.now()
        return Actor(person.id, name, person.display_name, person.unit, person.unit_name, person.roles, "test", now)

    def unit(self, account: str) -> UnitId:
        """The unit of an account."""
        return self.actor(account).unit

    def attachment(self, content: bytes = b"%PDF-1.7 design", *, by: str = "manager", **about: str) -> Attachment:
        """A paper of the unit of account `by`, or about what `about` names."""
        actor = self.actor(by)
        unit = {"subject_kind": "unit", "subject": actor.unit}
        fields = {**unit, "kind": "design", "name": "设计方案.pdf"}
        return attachments.attach(
            self.store,
            self.services.attachments,
            actor=actor,
            clock=self.clock,
            random=token_bytes,
            content=content,
            **{**fields, **about},
        )

    def add_place(
        self, unit: UnitId | None = None, *, territory: str = COUNTY, name: str = "示范场所", kind: str = "7.2.hotel"
    ) -> Place:
        """A place on record, with a sign; of the demonstration's unit in its county unless told otherwise."""
        now = self.clock.now()
        place = Place(
            uuid7(now, token_bytes(RANDOM_BYTES)),
            unit or self.manager.unit,
            name,
            kind,
            territory,
            "示范路 1 号",
            now,
            telephone="0550-1234567",
            sign_code=letters(token_bytes(CODE_BYTES)),
        )
        with self.store.writing() as uow:
            uow.places.add(place)
        return place

    def add_complaint(self, place: Place) -> Complaint:
        """A citizen's complaint about a place with a sign."""
        return complaints.taken(
            self.store,
            self.vault,
            self.services.law,
            clock=self.clock,
            random=token_bytes,
            code=place.sign_code,
            text="摄像头似乎对着更衣室的门",
            contact="13800000000",
        )

    def organ(self, name: str) -> Organ:
        """An organ or unit of the county by its name."""
        with self.store.reading() as uow:
            return next(organ for organ in uow.organs.listed() if organ.name == name)

    def organ_form(self, **changes: Any) -> dict[str, Any]:
        form = {
            "name": "示范幼儿园",
            "kind": "unit",
            "territory": "340421",
            "sector": "education",
            "administrator": {"name": "nursery", "display_name": "幼儿园管理员"},
        }
        return {**form, **changes}

    @contextmanager
    def acting(self, actor: Actor | None = None) -> Iterator[Performance]:
        """A transaction as acts have it, for putting things on record that have no act of their own."""
        who = actor or self.manager
        with performing(self.store, Act.WORKBENCH_SEE, "", actor=who, clock=self.clock) as doing:
            yield doing

    def other_administrator(self) -> Actor:
        """A second system administrator of the keeper's unit."""
        with self.store.writing() as uow:
            first = uow.people.named("admin")
            assert first is not None
            fresh = PersonId(uuid7(self.clock.now(), token_bytes(RANDOM_BYTES)))
            second = replace(first, id=fresh, name=f"admin-{token_bytes(4).hex()}")
            uow.people.add(second)
        return self.actor(second.name)

    def foreign_manager(self) -> Actor:
        """A manager of another unit in the same installation, which has administrators of its own."""
        unit = Unit(UnitId("0" * 36), "另一单位", self.clock.now())
        roles = frozenset({Role.UNIT_MANAGER})
        person = Person(PersonId("1" * 36), unit.id, unit.name, "foreign", "外单位", roles, self.clock.now())
        with self.store.writing() as uow:
            uow.people.add_unit(unit)
            uow.people.add(person)
            for at, role in enumerate((Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR), 2):
                own = PersonId(str(at) * 36)
                uow.people.add(replace(person, id=own, name=f"foreign{at}", roles=frozenset({role}), password_hash="x"))
        return Actor(
            person.id, person.name, person.display_name, unit.id, unit.name, roles, "foreign-session", self.clock.now()
        )

    def client(self, address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        """A browser without session."""
        return httpx.AsyncClient(**self.browser(address, **headers))

    def browser(self, address: str = "192.0.2.1", **headers: str) -> dict[str, Any]:
        transport = httpx.ASGITransport(self.app, client=(address, 40_000), raise_app_exceptions=False)
        return {"transport": transport, "base_url": ORIGIN, "headers": {"Origin": ORIGIN, **headers}}

    async def socket(self, cookie: str, *asked: dict[str, Any], origin: str | None = None) -> list[dict[str, Any]]:
        """What the media socket tells a viewer who asks and leaves: its JSON messages, and `closed` where it ended it.

        A refusal comes before the leaving is heard, since messages are heard in order.
        """
        heard = [{"type": "websocket.connect"}]
        heard += [{"type": "websocket.receive", "text": json.dumps(one)} for one in asked]
        heard.append({"type": "websocket.disconnect", "code": 1000})
        waiting, told = iter(heard), []

        async def receive() -> dict[str, Any]:
            return next(waiting)

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.send" and message.get("text"):
                told.append(json.loads(message["text"]))
            elif message["type"] == "websocket.close":
                told.append({"op": "closed", "code": message["code"]})

        host = ORIGIN.removeprefix("http://")
        headers = {"host": host, "origin": origin or ORIGIN, "cookie": f"mj_session={cookie}"}
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": PATH,
            "raw_path": PATH.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("192.0.2.1", 40_000),
            "server": (host, 80),
            "subprotocols": [],
        }
        await self.app(scope, receive, send)
        return told

    def build(self, job: str, content: bytes = b"PK package") -> None:
        """What the job process does, with a package of a few bytes."""
        while (claimed := exports.claim_next(self.store, clock=self.clock)) is not None and claimed.job.id != job:
            pass  # an older one, which stays as it is
        assert claimed is not None
        assert claimed.grant.act is MediaAct.COPY
        assert exports.report_progress(
            self.store, job=job, done_bytes=4, total_bytes=len(content), began=self.clock.now()
        )
        (self.folder / f"{job}.zip").write_bytes(content)
        assert exports.finish(
            self.store,
            clock=self.clock,
            job=job,
            outcome="VERIFIED",
            missing_s=0,
            sha256="ab" * 32,
            size_bytes=len(content),
            witnesses=1,
            timestamp="2026-01-01T00:00:00.000000Z",
            seconds={self.cameras[0]: 120},
        )

    def code(self, name: str) -> str:
        """The next code of an account that is not spent."""
        with self.store.reading() as uow:
            person = uow.people.named(name)
        assert person is not None
        return next_code(self.accounts[name].totp_secret, self.clock, spent=person.totp_step)

    def credentials(self, name: str) -> dict[str, str]:
        return {"name": name, "password": self.accounts[name].password, "code": self.code(name)}

    async def signed_in(self, name: str) -> ProvingClient:
        """A browser with a session of `name`."""
        client = ProvingClient(self, name)
        answer = await client.post("/api/session", json=self.credentials(name))
        assert answer.status_code == 200, answer.text
        self.clock.advance(60)  # the next code of this person is then in reach
        return client

    async def enrolled(self, name: str, password: str, totp_uri: str) -> httpx.AsyncClient:
        """A session of a person who has just enrolled."""
        secret = parse_qs(urlsplit(totp_uri).query)["secret"][0]
        client, code = self.client(), next_code(secret, self.clock, spent=0)
        answer = await client.post("/api/session", json={"name": name, "password": password, "code": code})
        assert answer.status_code == 200, answer.text
        return client

    def entries(self, kind: str = "", *, newest: int = 500) -> list[dict[str, Any]]:
        """Committed ledger entries, oldest first."""
        with reading(self.engine) as connection:
            found = self.ledger.entries(connection, limit=newest, kinds=[kind] if kind else [])
        return [{**json.loads(entry.leaf), "index": entry.index} for entry in reversed(found)]

    def ago_ms(self, seconds: int) -> int:
        return (self.clock.now() - seconds * SECOND_NS) // 1_000_000

    def request_form(self, **changes: Any) -> dict[str, Any]:
        form = {
            "cameras": [self.cameras[0]],
            "start_ms": self.ago_ms(600),
            "end_ms": self.ago_ms(480),
            "purpose": "调查一起盗窃案件",
            "destination": "刑事侦查部门",
            "legal_basis": "本办法第二十一条",
            "officers": [{"name": "执法人员甲", "work_id": "100001"}, {"name": "执法人员乙", "work_id": "100002"}],
        }
        return {**form, **changes}
