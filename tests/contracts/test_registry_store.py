"""`app.registry_ports` by its SQL adapters: what was put comes back as it was, and lists hold what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from secrets import token_bytes

import pytest

import world_seeds
from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.adapters.database import open_engine
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.sql_store import SqlStore, SqlUnitOfWork
from mingjian.app.records import Camera, Unit
from mingjian.governance.complaints import Complaint, ComplaintState, Reply
from mingjian.governance.mask import MaskProof, PrivacyMask
from mingjian.governance.obligations import Attachment, LegalFinding, Obligation
from mingjian.governance.organs import Organ, OrganKind, Scope
from mingjian.governance.places import Datum, FloorPlan, Guidance, KeyPart, Place
from mingjian.governance.siting import Siting, StreamFacts
from mingjian.governance.systems import Builder, Life, LifeStep, Party, VideoSystem
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError, Refused
from mingjian.kernel.ids import CameraId, UnitId

HOTEL, POLICE, CITY = UnitId("hotel"), UnitId("police"), UnitId("city-police")
NOW = UtcNs(1_800_000_000_000_000_000)
PLACE = Place(
    "place",
    HOTEL,
    "某旅馆",
    "7.2.hotel",
    "340421103",
    "某路 1 号",
    NOW,
    116.7,
    32.7,
    Datum.CGCS2000,
    "tourism",
    sign_code="abc",
)
SYSTEM = VideoSystem("system", HOTEL, "place", "旅馆系统", Builder.UNIT, "A9.2", "340421103", "tourism", NOW)
DUTY = Obligation(
    "o1",
    "filing",
    "A13.2.file",
    "anhui-2017",
    HOTEL,
    HOTEL,
    "system",
    "system",
    "旅馆系统",
    date(2026, 11, 1),
    date(2026, 12, 1),
    NOW,
)
FOUND = LegalFinding(
    "f1",
    "removal.short-notice",
    "A15.notice",
    HOTEL,
    HOTEL,
    "340421103",
    "system",
    "system",
    "旅馆系统",
    "不足期",
    "Short",
    NOW,
)
CAMERA = Camera(
    CameraId("c"),
    HOTEL,
    "大厅",
    "",
    "rtsp://192.0.2.1/",
    "",
    "",
    b"",
    "tcp",
    "native",
    "",
    1_000_000,
    frozenset({"192.0.2.1"}),
    "",
    NOW,
)
PAPER = Attachment("a1", HOTEL, "system", "system", "design", "设计.pdf", "application/pdf", 3, "ab" * 32, "张三", NOW)


@pytest.fixture
def uow(tmp_path: Path, database: str) -> Iterator[SqlUnitOfWork]:
    engine = open_engine(database) if database else world_seeds.migrated(tmp_path / "m.sqlite")
    with SqlStore(engine, LedgerStore(token_bytes)).writing() as opened:
        for unit in (HOTEL, POLICE, CITY):
            opened.people.add_unit(Unit(unit, unit, NOW))
        yield opened
    engine.dispose()


def test_a_tenant_is_a_unit_until_more_is_known_and_the_nearest_organ_is_competent(uow: SqlUnitOfWork) -> None:
    assert uow.organs.one(HOTEL) == Organ(HOTEL, "hotel")
    county = Organ(POLICE, "县公安局", OrganKind.PUBLIC_SECURITY, "340421", CITY)
    city = Organ(CITY, "市公安局", OrganKind.PUBLIC_SECURITY, "340400")
    for organ in (county, city):
        uow.organs.save(organ)
    assert uow.organs.one(POLICE) == county
    assert uow.organs.competent(OrganKind.PUBLIC_SECURITY, "340421103") == county
    assert uow.organs.competent(OrganKind.PUBLIC_SECURITY, "340402") == city
    assert uow.organs.competent(OrganKind.GOVERNMENT, "340421") is None
    assert list(uow.organs.listed()) == [Organ(HOTEL, "hotel"), city, county]


def test_places_parts_and_systems_come_back_as_they_were(uow: SqlUnitOfWork) -> None:
    place = replace(PLACE, floors=(FloorPlan("1", "一层", "a1", 800, 600),))
    uow.places.add(place)
    assert uow.places.one("place") == uow.places.signed("abc") == place
    assert list(uow.places.of_unit(HOTEL)) == list(uow.places.within("340421")) == [place]
    assert uow.places.signed("") is None
    assert list(uow.places.of_unit(POLICE)) == list(uow.places.within("340422")) == []
    part = KeyPart("part", "place", HOTEL, "大厅", "lobby", "", "办公会决定", "李四", date(2026, 11, 1), NOW)
    uow.places.add_part(part)
    uow.places.save_part(guided := replace(part, guidance=(Guidance(POLICE, "王五", date(2026, 11, 2), "同意"),)))
    assert list(uow.places.parts("place")) == [guided]
    uow.systems.add(SYSTEM)
    designed = replace(
        SYSTEM, state=Life.DESIGNED, dates={LifeStep.DESIGN: date(2026, 1, 2)}, parties=(Party("design", "某公司"),)
    )
    uow.systems.save(designed, expected=Life.PLANNED)
    assert uow.systems.one("system") == designed
    assert (
        list(uow.systems.of_unit(HOTEL))
        == list(uow.systems.of_place("place"))
        == list(uow.systems.within("3404"))
        == [designed]
    )
    with pytest.raises(Refused, match=r"procedure\.step"):
        uow.systems.save(designed, expected=Life.PLANNED)


def test_A4_a_list_in_a_scope_holds_exactly_what_the_scope_shows(uow: SqlUnitOfWork) -> None:
    spots = product((HOTEL, POLICE), ("", "340400", "340421", "340421103", "340422"), ("", "tourism", "education"))
    places = [
        replace(PLACE, id=f"place-{number}", unit=unit, territory=territory, sector=sector)
        for number, (unit, territory, sector) in enumerate(spots)
    ]
    for place in places:
        uow.places.add(place)
        system = replace(SYSTEM, id=place.id, unit=place.unit, place=place.id, territory=place.territory)
        uow.systems.add(replace(system, sector=place.sector))
    for own, territory, sector in product((None, HOTEL), ("", "340421", "340400", "340000"), ("", "tourism")):
        scope = Scope(own, territory, sector)
        shown = {place.id for place in places if scope.shows(place.unit, place.territory, place.sector)}
        assert {place.id for place in uow.places.visible(scope)} == shown, scope
        assert {system.id for system in uow.systems.visible(scope)} == shown, scope


def test_where_a_camera_stands_comes_back_as_it_was_and_what_is_held_is_known(uow: SqlUnitOfWork) -> None:
    uow.places.add(PLACE)
    uow.systems.add(SYSTEM)
    for name in ("c1", "c2", "c3"):
        uow.cameras.add(replace(CAMERA, id=CameraId(name), name=f"大厅{name}"))
    draft = Siting(CameraId("c1"), HOTEL, "place", "system", "340421103", "tourism", NOW)
    uow.sitings.add(draft)
    mask = PrivacyMask(((0.1, 0.1), (0.2, 0.1), (0.2, 0.3)), "试衣间门口")
    proof = MaskProof(False, "visible", "可见", "Visible", (NOW, UtcNs(NOW + 1)), 7)
    whole = replace(
        draft,
        id=CameraId("c2"),
        part="lobby",
        location="大厅",
        gb_code="34042103001327000001",
        longitude=116.7,
        latitude=32.7,
        reaches=True,
        masks=(mask,),
        proof=proof,
        stream=StreamFacts("H.264", 1920, 1080, 25.0, 4_000_000, 2.0, NOW),
        days=31,
        dossier={"model": "X"},
        signed=NOW,
        signed_by="张三",
    )
    uow.sitings.add(whole)
    free = replace(draft, id=CameraId("c3"), existing=True)
    uow.sitings.add(free)
    assert [uow.sitings.one(CameraId(name)) for name in ("c1", "c2", "c3", "c4")] == [draft, whole, free, None]
    assert uow.sitings.coded("34042103001327000001") == whole
    assert uow.sitings.coded("") is None
    assert uow.sitings.last_coded("34042103001327") == "34042103001327000001"
    assert uow.sitings.last_coded("34042103_01327") == ""
    for found in (
        uow.sitings.of_unit(HOTEL),
        uow.sitings.of_place("place"),
        uow.sitings.of_system("system"),
        uow.sitings.within("340421"),
        uow.sitings.visible(Scope(HOTEL)),
        uow.sitings.visible(Scope(None, "340421")),
    ):
        assert list(found) == [draft, whole, free]
    assert list(uow.sitings.within("340422")) == []
    assert list(uow.sitings.visible(Scope(POLICE, "340422"))) == []
    assert uow.sitings.held() == {"c1", "c2"}
    uow.sitings.save(replace(whole, proof=replace(proof, proven=True)))
    assert uow.sitings.held() == {"c1"}


def test_names_are_found_by_characters_and_by_initials_within_the_scope_alone(uow: SqlUnitOfWork) -> None:
    uow.places.add(PLACE)
    uow.systems.add(SYSTEM)
    uow.cameras.add(replace(CAMERA, id=CameraId("c1"), name="一楼大厅 A1"))

    def found(kind: str, text: str, scope: Scope) -> list[str]:
        return [one.name for one in uow.names.found(kind, text, scope, limit=9)]

    own, police, school = Scope(HOTEL), Scope(POLICE, "340421"), Scope(POLICE, "340421", "education")
    for text in ("旅馆", "mlg", "MLG", "某旅馆"):
        assert found("place", text, own) == found("place", text, police) == ["某旅馆"], text
    assert found("place", "mlg", school) == found("place", "mlg", Scope(POLICE, "340422")) == []
    assert found("system", "lgxt", police) == ["旅馆系统"]
    assert found("camera", "yldta1", own) == ["一楼大厅 A1"]
    assert found("camera", "yldt", police) == [], "a camera's name is its unit's"
    assert found("place", "%", own) == found("place", "_", own) == []
    uow.places.save(replace(PLACE, name="新馆", closed=None))
    assert (found("place", "mlg", own), found("place", "xg", own)) == ([], ["新馆"])
    uow.places.save(replace(PLACE, name="新馆", closed=NOW))
    assert found("place", "xg", own) == []


def test_what_is_owed_is_listed_by_its_day_and_those_without_day_last(uow: SqlUnitOfWork) -> None:
    later = replace(DUTY, id="o2", subject="other", due_on=date(2027, 1, 1))
    undated = replace(DUTY, id="o0", subject="third", due_on=None)
    for one in (undated, later, DUTY):
        uow.obligations.add(one)
    assert list(uow.obligations.open(HOTEL, limit=9)) == [DUTY, later, undated]
    assert list(uow.obligations.open(HOTEL, limit=9, due_until=date(2026, 12, 31))) == [DUTY]
    assert uow.obligations.open_of("system", "filing") == DUTY
    met = replace(DUTY, met_on=date(2026, 11, 20), met_entry=7)
    uow.obligations.save(met)
    uow.obligations.save(dropped := replace(later, dropped="系统已退出"))
    assert uow.obligations.open_of("system", "filing") is None
    assert uow.obligations.one("o1") == met
    assert list(uow.obligations.open(HOTEL, limit=9)) == list(uow.obligations.all_open()) == [undated]
    assert uow.obligations.count_open(HOTEL) == 1
    assert set(uow.obligations.settled(HOTEL, limit=9)) == {met, dropped}
    assert list(uow.obligations.of_subject("system")) == [met]


def test_findings_are_seen_by_owner_and_territory(uow: SqlUnitOfWork) -> None:
    uow.findings.add(FOUND)
    assert uow.findings.one("f1") == FOUND
    for seen in (
        uow.findings.of_owner(HOTEL, limit=9),
        uow.findings.within("340421", limit=9),
        uow.findings.of_subject("system"),
    ):
        assert list(seen) == [FOUND]
    assert list(uow.findings.within("340422", limit=9)) == []


def test_complaints_are_found_by_unit_area_and_number_and_no_reply_is_lost(uow: SqlUnitOfWork) -> None:
    uow.places.add(PLACE)
    one = Complaint(
        "c1", "TSAAAAAAAAAA", PLACE.id, PLACE.name, HOTEL, POLICE, PLACE.territory, "", "内容内容", "", NOW
    )  # fmt: skip
    older = replace(one, id="c0", number="TSBBBBBBBBBB", received=UtcNs(NOW - 1), organ=None)
    for complaint in (older, one):
        uow.complaints.add(complaint)
    assert uow.complaints.one("c1") == uow.complaints.numbered("TSAAAAAAAAAA") == one
    assert list(uow.complaints.of_unit(HOTEL, state=None, limit=9)) == [one, older]
    assert list(uow.complaints.within("340400", state=ComplaintState.RECEIVED, limit=1)) == [one]
    assert list(uow.complaints.within("340422", state=None, limit=9)) == []
    assert (uow.complaints.count_since(PLACE.id, NOW), uow.complaints.count_since(PLACE.id, UtcNs(0))) == (1, 2)
    said = Reply(POLICE, "县公安局", NOW, "已办结")
    answered = replace(one, state=ComplaintState.ANSWERED, replies=(said,))
    uow.complaints.save(answered, replies=0)
    assert list(uow.complaints.of_unit(HOTEL, state=ComplaintState.ANSWERED, limit=9)) == [answered]
    with pytest.raises(Refused, match=r"procedure\.step"):
        uow.complaints.save(answered, replies=0)


def test_an_attachment_is_never_changed(uow: SqlUnitOfWork) -> None:
    uow.attachments.add(PAPER)
    assert uow.attachments.one("a1") == PAPER
    assert list(uow.attachments.of_subject("system")) == [PAPER]


def test_a_kept_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    files = DiskAttachments(tmp_path)
    sha256 = files.keep(b"paper")
    assert files.keep(b"paper") == sha256
    assert files.read(sha256) == b"paper"
    (tmp_path / sha256[:2] / sha256).write_bytes(b"other")
    with pytest.raises(LocalError, match=r"attachment\.damaged"):
        files.read(sha256)
    with pytest.raises(LocalError, match=r"attachment\.damaged"):
        files.read("ff" * 32)
