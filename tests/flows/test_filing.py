"""Filing through the API: article 13, paragraphs 2 and 3, and article 14 of the national regulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from filing_world import DELIVERED, SHEET, Hotel, does, paper, refused, words
from mingjian.app import systems
from mingjian.app.filing_papers import receipt_of
from mingjian.app.performing import performing
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language, texts
from mingjian.governance.obligations import Standing, standing
from mingjian.governance.organs import OrganKind
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Builder, Life, LifeStep

Make = Callable[..., Hotel]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Hotel] = []

    def one(*instruments: str, **changes: Any) -> Hotel:
        made.append(Hotel.built(tmp_path / str(len(made)), *instruments, **changes))
        return made[-1]

    yield one
    for hotel in made:
        hotel.world.close()


def stands(hotel: Hotel, subject: str, duty: str) -> Standing:
    one = hotel.obligations(subject)[duty]
    return standing(one, hotel.world.services.law.day(hotel.world.clock.now()), soon_days=7)


async def test_A13_2_delivery_for_use_starts_the_term_of_thirty_days(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    clock = hotel.obligations()["filing"]
    assert (clock.trigger_on, clock.due_on, clock.met_on) == (DELIVERED, DELIVERED + timedelta(days=30), None)
    assert clock.unit == hotel.unit("hotel")
    page = await does(await hotel.person("hotel"), f"/api/systems/{hotel.system}")
    assert [step["step"] for step in page["steps"] if step["may"]] == ["file", "change", "notice", "removed"]
    (shown,) = page["obligations"]
    assert (shown["article"], shown["standing"], shown["days_left"], shown["mine"]) == (
        "第十三条第二款",
        "due",
        30,
        True,
    )
    (entry,) = hotel.world.entries("system.deliver")
    assert entry["facts"]["on"] == "2026-03-10"
    assert entry["actor"]["unit"] == hotel.unit("hotel")


async def test_A13_2_a_filing_with_all_papers_is_received_with_number_and_the_visit_becomes_due(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    hotel.go(date(2026, 3, 20))
    filing = await hotel.file()
    assert (filing["state"], filing["number"], filing["in_time"], filing["lacking"]) == (
        "received", "备收〔2026〕0001号", True, 0,
    )  # fmt: skip
    assert hotel.stored().state is Life.FILED
    assert stands(hotel, hotel.system, "filing") is Standing.MET
    visit = hotel.obligations(filing["id"])["filing.visit"]
    assert (visit.unit, visit.trigger_on, visit.due_on) == (
        hotel.unit("registrar"), date(2026, 3, 20), date(2026, 4, 20),
    ), "day 30 is a Sunday: the next working day"  # fmt: skip
    (entry,) = hotel.world.entries("filing.received")
    assert entry["facts"]["number"] == filing["number"]
    assert set(entry["facts"]["papers"]) == {"design", "technical_test", "works_acceptance"}
    inbox = (await (await hotel.person("registrar")).get("/api/filings")).json()
    assert [(one["id"], one["visit"]["days_left"]) for one in inbox] == [(filing["id"], 31)]


@pytest.mark.parametrize(("day", "in_time"), [(29, True), (30, True), (31, False)])
async def test_A13_2_day_30_is_in_time_and_day_31_is_a_breach_and_a_finding(
    make: Make, day: int, in_time: bool
) -> None:
    hotel = make()
    await hotel.deliver()
    hotel.go(DELIVERED + timedelta(days=day))
    filing = await hotel.file()
    assert filing["in_time"] is in_time
    assert stands(hotel, hotel.system, "filing") is (Standing.MET if in_time else Standing.BREACHED)
    assert ("filing.late" in hotel.findings(filing["id"])) is not in_time


async def test_A13_2_a_filing_with_a_paper_missing_is_received_and_says_what_lacks(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file("design", "works_acceptance")
    assert (filing["state"], filing["lacking"]) == ("received", 1)
    page = await does(await hotel.person("registrar"), f"/api/filings/{filing['id']}")
    assert [one["paper"] for one in page["required"] if one["lacking"]] == ["technical_test"]
    assert stands(hotel, hotel.system, "filing") is Standing.MET
    assert hotel.world.entries("filing.received")[0]["facts"]["lacking"] == ["A13.2.technical_test"]


async def test_A13_2_the_receipt_is_a_paper_that_says_what_lacks(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file("design")
    client = await hotel.person("hotel")
    for name in ("receipt", "form"):
        printed = await client.get(f"/api/filings/{filing['id']}/{name}.pdf")
        assert printed.status_code == 200, printed.text
        assert printed.content.startswith(b"%PDF-")
    paper = receipt_of(
        hotel.world.store, actor=hotel.actor("hotel"), clock=hotel.world.clock, law=hotel.world.services.law,
        filing=filing["id"], language=Language.ZH,
    )  # fmt: skip
    said = " ".join(text for _, _, text in texts(paper))
    for word in (
        "备收〔2026〕0001号",
        "技术检测材料",
        "工程验收材料",
        "期限至 2026-04-09，按期",
        "实地查看",
        "第十三条第二款",
    ):
        assert word in said, word


async def test_A13_2_a_return_with_reasons_never_makes_a_timely_filing_late(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    hotel.go(date(2026, 4, 8))
    first = await hotel.file("design")
    hotel.go(date(2026, 4, 27))
    registrar = await hotel.person("registrar")
    assert refused(await registrar.post(f"/api/filings/{first['id']}/return", json={"reason": ""}))[0] == 422
    returned = await does(registrar, f"/api/filings/{first['id']}/return", {"reason": "缺少技术检测和工程验收材料"})
    assert returned["state"] == "returned"
    assert stands(hotel, hotel.system, "filing") is Standing.MET
    page = await does(await hotel.person("hotel"), f"/api/filings/{first['id']}")
    assert page["return_reason"] == "缺少技术检测和工程验收材料"
    assert [step["step"] for step in page["steps"] if step["may"]] == ["resubmit"]
    again = await hotel.file("technical_test", "works_acceptance", replaces=first["id"])
    assert (again["first"], again["replaces"], again["due_on"], again["lacking"]) == (
        first["id"], first["id"], "2026-04-09", 0,
    )  # fmt: skip
    assert hotel.findings(again["id"]) == {}, "handed in again after the term: still in time by the first receipt"
    assert "filing.visit" not in hotel.obligations(again["id"])
    assert hotel.obligations(first["id"])["filing.visit"].trigger_on == date(2026, 4, 8)
    old = await does(await hotel.person("hotel"), f"/api/filings/{first['id']}")
    assert (old["state"], old["steps"]) == ("replaced", [])
    assert {one["paper"] for one in (await does(registrar, f"/api/filings/{again['id']}"))["papers"]} == {
        "design", "technical_test", "works_acceptance",
    }  # fmt: skip


async def test_A13_2_the_visit_meets_the_duty_and_its_guidance_reaches_the_unit(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    hotel.go(date(2026, 4, 9))
    visited = await hotel.visit(filing["id"])
    assert visited.status_code == 201, visited.text
    owed = hotel.obligations(filing["id"])["filing.visit"]
    (entry,) = hotel.world.entries("visit.recorded")
    assert (owed.met_on, owed.met_entry) == (date(2026, 4, 9), entry["index"])
    assert entry["actor"]["unit"] == hotel.unit("registrar")
    page = await does(await hotel.person("hotel"), f"/api/systems/{hotel.system}")
    (seen,) = page["visits"]
    assert seen["guidance"] == "请在大门醒目处设置标识。"
    assert {one["item"]: one["seen"] for one in seen["items"]}["storage"] == "not_seen"
    assert [(one["code"], one["article"]) for one in page["findings"]] == [("visit.sign", "第十四条")]
    hotel_staff = await hotel.person("hotel")
    assert (await hotel_staff.get(f"/api/attachments/{seen['photographs'][0]}")).status_code == 200
    printed = await paper(hotel_staff, f"/api/filings/{filing['id']}/visit.pdf")
    assert sum(len(page.images) for page in printed.pages) == 1
    for word in ("现场查看记录", filing["number"], "民警甲", "340421002", "大门处没有标识", "请在大门醒目处设置标识。"):
        assert word in words(printed), word
    english = words(await paper(hotel_staff, f"/api/filings/{filing['id']}/visit.pdf?visit={seen['id']}&language=en"))
    assert "Notso" in english
    unknown = await hotel_staff.get(f"/api/filings/{filing['id']}/visit.pdf?visit=another")
    assert refused(unknown) == (404, "paper.none")


async def test_A13_2_the_cameras_on_record_are_counted_by_type_before_anything_is_typed(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    actor, types = hotel.actor("hotel"), ({"camera_type": "half_dome"}, {"camera_type": "half_dome"}, {})
    cameras = [hotel.world.add_camera(actor, f"走廊 {number}") for number in range(len(types))]
    with hotel.world.store.writing() as uow:
        for camera, dossier in zip(cameras, types, strict=True):
            now = hotel.world.clock.now()
            place = (hotel.place, hotel.system, "340421", "")
            uow.sitings.add(Siting(camera, hotel.unit("hotel"), *place, now, dossier=dossier))
    draft = await does(await hotel.person("hotel"), f"/api/filings/draft?system={hotel.system}")
    counted = [(one["kind"], one["count"]) for one in draft["sheet"]["cameras"]]
    assert counted == [("半球", 2), ("摄像机", 1)]


async def test_A13_2_a_visit_sent_twice_is_one_visit(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    first, second = await hotel.visit(filing["id"]), await hotel.visit(filing["id"])
    assert first.json()["id"] == second.json()["id"]
    assert len(hotel.world.entries("visit.recorded")) == 1


async def test_A13_2_a_visit_needs_two_officers_a_photograph_and_a_true_day(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"officers": [{"name": "民警甲"}]}, "visit.officers"),
        ({"officers": [{"name": "民警甲"}, {"name": "民警甲"}]}, "visit.officers"),
        ({"photographs": []}, "visit.photographs"),
        ({"photographs": ["nothing"]}, "visit.photograph"),
        ({"on": "2026-03-09"}, "day.before"),
        ({"on": "2026-03-11"}, "day.future"),
        ({"items": [{"item": "brand", "seen": "wrong"}]}, "visit.items"),
    ]
    registrar = await hotel.person("registrar")
    photograph = await hotel.paper(registrar, "photograph", about="filing", subject=filing["id"])
    for changes, code in wrong:
        form = hotel.visit_form(**{"photographs": [photograph], **changes})
        answer = await registrar.post(f"/api/filings/{filing['id']}/visits", json=form)
        assert refused(answer) == (422, code), changes
    assert hotel.obligations(filing["id"])["filing.visit"].met_on is None


async def test_A13_2_only_the_county_organ_of_the_place_returns_and_visits(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    path = f"/api/filings/{filing['id']}"
    before = len(hotel.world.entries("act.refused"))
    for name, expected in (
        ("hotel", (403, "filing.organ")),
        ("manager", (403, "filing.organ")),
        ("school", (404, "authority.unknown-object")),
    ):
        client = await hotel.person(name)
        if name != "school":
            assert refused(await client.post(f"{path}/return", json={"reason": "材料不齐全"})) == expected, name
        else:
            assert refused(await client.get(path)) == expected
    elsewhere, _ = hotel.add_system(hotel.unit("hotel"), territory="340422")
    hotel.system = elsewhere
    await hotel.deliver()
    there = await hotel.file()
    registrar = await hotel.person("registrar")
    assert refused(await registrar.get(f"/api/filings/{there['id']}")) == (404, "authority.unknown-object")
    assert len(hotel.world.entries("act.refused")) == before + 2, "what does not exist for the asker is no refusal"


async def test_A4_the_desk_of_a_department_reads_what_its_sector_filed_and_does_nothing_in_the_police_s_stead(
    make: Make,
) -> None:
    hotel = make(sector="education")  # what the hotel's unit runs here belongs to the sector of schools
    await hotel.deliver()
    filing = await hotel.file()
    bureau = await hotel.person("bureau")
    path = f"/api/filings/{filing['id']}"
    assert [one["id"] for one in (await bureau.get("/api/filings")).json()] == [filing["id"]]
    assert (await does(bureau, path))["number"] == filing["number"]
    assert refused(await bureau.post(f"{path}/return", json={"reason": "材料不齐全"})) == (403, "filing.organ")
    officer = await hotel.person("education")
    assert (await officer.get(path)).status_code == 403, "whoever executes access has no part in supervision"


async def test_A13_2_without_a_county_organ_the_filing_is_kept_and_its_clock_runs_on(make: Make) -> None:
    hotel = make(territory="340422")
    await hotel.deliver()
    filing = await hotel.file()
    assert (filing["state"], filing["number"], filing["in_time"]) == ("held", "", None)
    assert hotel.stored().state is Life.IN_USE
    assert hotel.obligations()["filing"].met_on is None
    with hotel.world.store.writing() as uow:  # the next county's organ comes on record
        police = uow.organs.one(hotel.unit("registrar"))
        assert police is not None
        assert police.kind is OrganKind.PUBLIC_SECURITY
        uow.organs.save(type(police)(police.id, police.name, police.kind, "340422", police.parent))
    hotel.go(date(2026, 3, 25))
    registrar = await hotel.person("registrar")
    path = f"/api/filings/{filing['id']}/take-over"
    assert refused(await registrar.post(path, json={"received_on": "2026-03-09"})) == (422, "day.before")
    received = await does(registrar, path, {"received_on": "2026-03-12"})
    assert (received["state"], received["in_time"], received["received_on"]) == ("received", True, "2026-03-12")
    assert hotel.obligations()["filing"].met_on == date(2026, 3, 12)


async def test_A13_2_nothing_is_filed_before_delivery_and_nothing_twice(make: Make) -> None:
    hotel = make()
    client = await hotel.person("hotel")
    form = {"system": hotel.system, "sheet": SHEET}
    assert refused(await client.post("/api/filings", json=form)) == (403, "filing.not-in-use")
    future = {"on": (DELIVERED + timedelta(days=1)).isoformat()}
    assert refused(await client.post(f"/api/systems/{hotel.system}/deliver", json=future)) == (422, "day.future")
    early = {"on": "2026-02-01"}
    assert refused(await client.post(f"/api/systems/{hotel.system}/deliver", json=early)) == (422, "day.before")
    await hotel.deliver()
    await hotel.file()
    assert refused(await client.post("/api/filings", json=form)) == (403, "filing.already")


async def test_A13_2_a_paper_of_another_system_or_a_damaged_one_is_not_taken(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    client = await hotel.person("hotel")
    paper = await hotel.paper(client, "design")
    other, _ = hotel.add_system(hotel.unit("hotel"), name="停车场视频系统")
    form = {
        "system": hotel.system,
        "sheet": SHEET,
        "papers": {"design": await hotel.paper(client, "design", subject=other)},
    }
    assert refused(await client.post("/api/filings", json=form)) == (404, "filing.paper-unknown")
    with hotel.world.store.reading() as uow:
        kept = uow.attachments.one(paper)
    assert kept is not None
    stored = hotel.world.opened.places.attachments / kept.sha256[:2] / kept.sha256
    stored.chmod(0o600)
    stored.write_bytes(b"another content")
    answer = await client.post("/api/filings", json={**form, "papers": {"design": paper}})
    assert refused(answer) == (500, "attachment.damaged")
    assert hotel.world.entries("filing.received") == []


async def test_A13_2_the_form_is_filled_from_the_record_and_from_the_last_filing(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    client = await hotel.person("hotel")
    await hotel.paper(client, "design")
    draft = await does(client, f"/api/filings/draft?system={hotel.system}")
    sheet = draft["sheet"]
    assert (draft["kind"], draft["due_on"], draft["organ_name"]) == ("initial", "2026-04-09", "示范县公安局视频管理")
    assert (sheet["unit_name"], sheet["address"], sheet["delivered_on"]) == (
        "示范旅馆",
        "示范县迎宾路 1 号",
        "2026-03-10",
    )
    assert sheet["category"].startswith("7.2 ")
    assert sheet["retention"] == "30 天"
    assert [one["paper"] for one in draft["papers"]] == ["design"]
    assert {one["paper"] for one in draft["required"] if one["lacking"]} == {"technical_test", "works_acceptance"}
    filing = await hotel.file("design")
    again = await does(client, f"/api/filings/draft?system={hotel.system}&replaces={filing['id']}")
    assert again["sheet"]["cameras"] == [{**one, "remark": ""} for one in SHEET["cameras"]]
    assert again["sheet"]["unit_code"] == SHEET["unit_code"]


async def test_N14_the_receipt_of_the_national_site_is_kept_with_the_filing(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    client = await hotel.person("hotel")
    scan = await hotel.paper(client, "national_receipt")
    path = f"/api/filings/{filing['id']}/national-receipt"
    await does(client, path, {"number": "PSVS-2026-000123", "scan": scan})
    page = await does(client, f"/api/filings/{filing['id']}")
    assert (page["national_number"], page["national_scan"]) == ("PSVS-2026-000123", scan)
    assert hotel.world.entries("filing.national_receipt")


async def test_N14_under_the_national_regulation_alone_facts_are_filed_and_no_visit_is_owed(make: Make) -> None:
    hotel = make("cn-799-2025")
    await hotel.deliver()
    clock = hotel.obligations()["filing"]
    assert (clock.row, clock.due_on) == ("N14.file", DELIVERED + timedelta(days=30))
    client = await hotel.person("hotel")
    filing = await does(client, "/api/filings", {"system": hotel.system, "sheet": {**SHEET, "retention": ""}})
    page = await does(client, f"/api/filings/{filing['id']}")
    assert [(one["paper"], one["lacking"]) for one in page["required"]] == [
        ("unit_facts", False), ("location", False), ("devices", False), ("storage_term", True),
    ]  # fmt: skip
    assert hotel.obligations(filing["id"]) == {}


async def test_A13_2_under_the_provincial_text_alone_three_papers_are_asked_for(make: Make) -> None:
    hotel = make("anhui-2017")
    await hotel.deliver()
    assert hotel.obligations()["filing"].row == "A13.2.file"
    filing = await hotel.file("design")
    assert filing["lacking"] == 2
    assert hotel.obligations(filing["id"])["filing.visit"].row == "A13.2.visit"


@pytest.mark.parametrize(("instrument", "owed"), [("anhui-2017", False), ("cn-799-2025", True)])
async def test_N14_a_government_system_is_filed_under_the_national_regulation_only(
    make: Make, instrument: str, owed: bool
) -> None:
    hotel = make(instrument)
    hotel.system, _ = hotel.add_system(
        hotel.unit("planner"), kind="7.12.square", builder=Builder.GOVERNMENT, state=Life.IN_USE,
        dates={LifeStep.USE: DELIVERED},
    )  # fmt: skip
    actor = hotel.actor("planner")
    with performing(hotel.world.store, Act.SYSTEM_USE, hotel.system, actor=actor, clock=hotel.world.clock) as doing:
        systems.open_filing_duties(doing, hotel.world.services.law, hotel.stored(), DELIVERED)
    assert ("filing" in hotel.obligations()) is owed


async def test_A13_3_what_stood_before_2017_was_due_within_sixty_days_and_files_as_existing(make: Make) -> None:
    old = {LifeStep.DESIGN: date(2012, 1, 4), LifeStep.BUILD: date(2012, 5, 4)}
    hotel = make(dates=old, existing=True)
    await hotel.deliver(date(2012, 6, 1))
    clock = hotel.obligations()["filing.legacy"]
    assert (clock.row, clock.due_on) == ("A13.3.file", date(2017, 3, 2))
    assert "filing" not in hotel.obligations()
    filing = await hotel.file()
    assert (filing["kind"], filing["in_time"]) == ("existing", False)
    assert hotel.findings(filing["id"])["filing.late"].row == "A13.3.file"


async def test_N9_a_place_of_the_lighter_regime_owes_no_filing(make: Make) -> None:
    hotel = make("cn-799-2025")
    kinds = hotel.world.services.law.place_kinds(DELIVERED)
    assert all(kind.regime == "art7" for kind in kinds), "the national text lists only its own article 7"
    await hotel.deliver()
    assert hotel.obligations()["filing"].row == "N14.file"


async def test_A13_2_the_steps_of_another_role_are_refused_and_entered(make: Make) -> None:
    hotel = make()
    registrar = await hotel.person("registrar")
    answer = await registrar.post(f"/api/systems/{hotel.system}/deliver", json={"on": DELIVERED.isoformat()})
    assert refused(answer) == (403, "authority.role")
    assert hotel.world.entries("act.refused")[-1]["facts"]["act"] == "system.use"
    school = await hotel.person("school")
    assert refused(await school.get(f"/api/systems/{hotel.system}")) == (404, "authority.unknown-object")
    assert (await school.get("/api/systems")).json() == []
