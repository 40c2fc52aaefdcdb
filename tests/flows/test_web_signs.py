"""Article 14 and 799 article 24: from the sign at the wall to the page behind it, the complaint and its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from pypdf import PdfReader

from mingjian.app import duties
from mingjian.app.complaints import PLACE_DAY_MAX, Received, forget_contacts
from mingjian.app.records import Unit
from mingjian.governance.complaints import LETTERS
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.places import Place
from mingjian.governance.systems import Builder, VideoSystem
from mingjian.kernel.ids import UnitId
from mingjian.web.api import create_app
from mingjian.web.proxies import networks
from mingjian.web.visits import COMPLAINTS_HOUR, PAGES_MINUTE
from web_world import ORIGIN, World

HOTEL = UnitId("2" * 36)
COUNTY = "340421"
PAGE_BYTES = 60_000
TEXT = "二楼试衣间的镜子后面似乎有摄像头，请派人查看。"
CONTACT = "13800000000 王女士"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def hotel(world: World, *, code: str = "HJKMNPQRST") -> Place:
    """A hotel's lobby in the county of the demonstration's public security organ, with a sign at the wall."""
    place = Place(
        "3" * 36, HOTEL, "示范旅馆 <大厅>", "7.2.hotel", f"{COUNTY}103", "人民路 1 号 3 层", world.clock.now(),
        116.7654321, 32.7123456, telephone="0550-1234567", sign_code=code,
    )  # fmt: skip
    with world.store.writing() as uow:
        uow.people.add_unit(Unit(HOTEL, "示范旅馆", world.clock.now()))
        uow.places.add(place)
        uow.systems.add(
            VideoSystem(
                "4" * 36,
                HOTEL,
                place.id,
                "旅馆系统",
                Builder.UNIT,
                "A9.2",
                place.territory,
                "",
                world.clock.now(),
                purpose="维护大厅和通道的公共安全",
            )
        )
    return place


def own(world: World) -> Place:
    """A place of the demonstration's own unit, without a sign yet."""
    place = replace(
        hotel(world, code="XXXXXXXXXX"), id="5" * 36, unit=world.manager.unit, name="本局大厅", sign_code=""
    )
    with world.store.writing() as uow:
        uow.places.add(place)
    return place


def address(place: Place) -> str:
    return f"/p/{place.sign_code}"


def shown(answer: httpx.Response) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL))


async def complain(client: httpx.AsyncClient, place: Place, **fields: str) -> httpx.Response:
    form = {"text": TEXT, "contact": CONTACT, **fields}
    return await client.post(f"{address(place)}/complaints", data=form)


async def test_A14_a_sign_is_made_once_printed_and_its_code_leads_to_the_page(world: World) -> None:
    place = own(world)
    manager = await world.signed_in("manager")
    path = f"/api/places/{place.id}"
    missing = await manager.get(f"{path}/sign.pdf")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "sign.none")
    made = (await manager.post(f"{path}/sign")).json()
    assert len(made["code"]) == 10
    assert set(made["code"]) <= set(LETTERS)
    assert (await manager.post(f"{path}/sign")).json() == made
    assert [entry["subject"] for entry in world.entries("sign.issued")] == [place.id]
    assert made["address"] == f"{ORIGIN}/p/{made['code']}"
    printed = await manager.get(f"{path}/sign.pdf", params={"paper": "a5"})
    assert printed.headers["content-type"] == "application/pdf"
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages).split())
    for expected in ("本局大厅", "不少于30天", "0550-1234567", "第十四条", made["code"]):
        assert expected in text
    drawn = await manager.get(f"{path}/sign.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    page = await world.client().get(f"/p/{made['code'].lower()}")
    assert page.status_code == 200
    assert "本局大厅" in shown(page)


async def test_A14_the_mounted_sign_is_on_record_by_its_picture_which_meets_the_duty(world: World) -> None:
    place = own(world)
    manager = await world.signed_in("manager")
    law, today = world.services.law, world.services.law.day(world.clock.now())
    with world.store.writing() as uow:
        begun = Received(uow, world.clock.now())
        about = {"debtor": place.unit, "owner": place.unit, "subject_kind": "place", "subject_name": place.name}
        duties.open_duty(begun, law, duty="sign", subject=place.id, trigger=today, **about)  # type: ignore[arg-type]  # a mapping of texts
    about = {"subject_kind": "place", "subject": place.id, "kind": "sign"}
    for name, content in (("sign.pdf", b"%PDF-1.7"), ("sign.jpg", b"\xff\xd8\xff picture")):
        kept = await manager.post("/api/attachments", data=about, files={"file": (name, content)})
        answer = await manager.post(f"/api/places/{place.id}/sign/photograph", json={"attachment": kept.json()["id"]})
        assert answer.status_code == (200 if name.endswith("jpg") else 422), answer.text
    assert (await manager.get(f"/api/places/{place.id}/sign")).json()["photograph"] == kept.json()["id"]
    (entry,) = world.entries("sign.mounted")
    with world.store.reading() as uow:
        assert uow.obligations.open_of(place.id, "sign") is None
        (met,) = uow.obligations.of_subject(place.id)
    assert met.met_entry == entry["index"]


async def test_the_address_on_a_sign_is_that_of_the_settings_where_they_name_one(world: World) -> None:
    place = own(world)
    world.app = create_app(replace(world.services, public_url="https://video.example.cn"))
    manager = await world.signed_in("manager")
    made = (await manager.post(f"/api/places/{place.id}/sign")).json()
    assert made["address"] == f"https://video.example.cn/p/{made['code']}"


async def test_a_foreign_place_has_no_sign_to_be_made(world: World) -> None:
    place = hotel(world)
    manager = await world.signed_in("manager")
    for answer in (
        await manager.post(f"/api/places/{place.id}/sign"),
        await manager.get(f"/api/places/{place.id}/sign.pdf"),
    ):
        assert answer.status_code == 404
        assert "旅馆" not in answer.text


async def test_A14_the_page_says_who_why_how_long_and_where_to_complain_and_nothing_of_where_the_cameras_are(
    world: World,
) -> None:
    place = hotel(world)
    answer = await world.client().get(address(place))
    assert answer.status_code == 200
    text = shown(answer)
    for expected in (
        "示范旅馆 <大厅>", "示范旅馆", "维护大厅和通道的公共安全", "不少于 30 天", "0550-1234567", "示范县公安局",
        "第十四条", "投诉", "安徽省公共安全视频图像信息系统管理办法",
    ):  # fmt: skip
        assert expected in text
    for secret in ("人民路", "3 层", "116.7", "32.7", place.id, HOTEL):
        assert secret not in answer.text
    assert len(answer.content) < PAGE_BYTES
    assert "<script" not in answer.text
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", answer.text), "nothing is loaded from elsewhere"
    assert "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("headers", "query"), [({}, "?lang=en"), ({"Accept-Language": "en-GB,zh;q=0.5"}, "")])
async def test_the_page_is_whole_in_english(world: World, headers: dict[str, str], query: str) -> None:
    answer = await world.client().get(address(hotel(world)) + query, headers=headers)
    assert '<html lang="en">' in answer.text
    for expected in ("Video surveillance area", "at least 30 days", "Operator", "Complain", "art. 14"):
        assert expected in shown(answer)


async def test_a_closed_place_or_a_wrong_code_has_a_page_that_says_so(world: World) -> None:
    place = hotel(world)
    client = world.client()
    wrong = await client.get("/p/AAAAAAAAAA?lang=en")
    assert wrong.status_code == 404
    assert "There is no such sign" in shown(wrong)
    with world.store.writing() as uow:
        uow.places.save(replace(place, closed=world.clock.now()))
    assert (await client.get(address(place))).status_code == 404
    assert (await complain(client, place)).status_code == 404


async def test_N24_a_complaint_is_received_read_by_both_and_answered(world: World) -> None:
    place = hotel(world)
    citizen = world.client()
    sent = await complain(citizen, place)
    assert sent.status_code == 303
    page = await citizen.get(sent.headers["location"])
    (number,) = re.findall(r"TS[A-Z]{10}", shown(page))[:1]
    assert "已收到，办理中" in shown(page)
    assert CONTACT not in page.text
    (entry,) = world.entries("complaint.received")
    assert (entry["facts"]["number"], entry["actor"]["unit"]) == (number, HOTEL)
    assert CONTACT not in str(entry)

    police = await world.signed_in("registrar")
    (found,) = (await police.get("/api/complaints")).json()
    assert (found["number"], found["text"], found["contact"], found["organ"]) == (
        number, TEXT, CONTACT, "示范县公安局视频管理",
    )  # fmt: skip
    with world.store.reading() as uow:
        owed = uow.obligations.open_of(found["id"], "complaint")
    assert owed is not None
    assert (owed.row, owed.unit, owed.due_on) == ("N24.complaint", world.manager.unit, None)
    assert (await police.get(f"/api/complaints/{found['id']}")).json() == found
    told = await police.post(f"/api/complaints/{found['id']}/replies", json={"text": "已派员到场查看，未发现设备。"})
    assert told.json()["state"] == "answered"
    (entry,) = world.entries("complaint.replied")
    assert entry["subject"] == found["id"]
    with world.store.reading() as uow:
        assert uow.obligations.open_of(found["id"], "complaint") is None

    page = await citizen.get(f"{address(place)}/complaints", params={"number": number.lower()})
    assert "已派员到场查看，未发现设备。" in shown(page)
    assert "示范县公安局视频管理" in shown(page)
    elsewhere = await citizen.get(f"{address(place)}/complaints", params={"number": "TSAAAAAAAAAA"})
    assert elsewhere.status_code == 404
    assert (await police.get("/api/complaints", params={"state": "received"})).json() == []


async def test_nobody_learns_who_complained_about_himself(world: World) -> None:
    """The hotel's manager reads the complaint without contact; so does public security about its own place."""
    place = own(world)
    manager = await world.signed_in("manager")
    made = (await manager.post(f"/api/places/{place.id}/sign")).json()
    await complain(world.client(), replace(place, sign_code=made["code"]))
    for name in ("manager", "registrar"):
        client = await world.signed_in(name)
        (found,) = (await client.get("/api/complaints")).json()
        assert (found["text"], found["contact"]) == (TEXT, None)
        assert CONTACT not in str(found)
    world.publish()


async def test_a_complaint_about_the_organ_itself_goes_to_the_one_above(world: World) -> None:
    place = own(world)
    city = UnitId("6" * 36)
    with world.store.writing() as uow:
        uow.people.add_unit(Unit(city, "示范市公安局", world.clock.now()))
        uow.organs.save(Organ(city, "示范市公安局", OrganKind.PUBLIC_SECURITY, "340400"))
        county = uow.organs.one(place.unit)
        assert county is not None
        uow.organs.save(replace(county, parent=city))
        uow.places.save(replace(place, sign_code="KKKKKKKKKK"))
    await complain(world.client(), replace(place, sign_code="KKKKKKKKKK"))
    (entry,) = world.entries("complaint.received")
    assert entry["facts"]["organ"] == city
    unit = await world.signed_in("registrar")
    (found,) = (await unit.get("/api/complaints")).json()
    said = await unit.post(f"/api/complaints/{found['id']}/replies", json={"text": "本局正在核查这件事。"})
    assert said.json()["state"] == "received", "what the organ says about itself is no answer"


async def test_only_the_registrar_of_the_organ_sees_complaints_about_others(world: World) -> None:
    place = hotel(world)
    await complain(world.client(), place)
    manager = await world.signed_in("manager")
    assert (await manager.get("/api/complaints")).json() == []
    (found,) = (await (await world.signed_in("registrar")).get("/api/complaints")).json()
    assert (await manager.get(f"/api/complaints/{found['id']}")).status_code == 404
    refused = await manager.post(f"/api/complaints/{found['id']}/replies", json={"text": "不应当由我答复"})
    assert refused.status_code in (403, 404)
    assert world.entries("complaint.replied") == []


async def test_a_complaint_that_cannot_be_taken_comes_back_with_what_was_typed(world: World) -> None:
    place = hotel(world)
    answer = await complain(world.client(), place, text="短<b>", contact='"><script>')
    assert answer.status_code == 422
    assert "短&lt;b&gt;" in answer.text
    assert "<script" not in answer.text
    assert "aria-invalid" in answer.text
    assert world.entries("complaint.received") == []


async def test_a_program_that_fills_every_field_is_thanked_and_forgotten(world: World) -> None:
    answer = await complain(world.client(), hotel(world), website="https://spam.example")
    assert answer.status_code == 303
    assert world.entries("complaint.received") == []


async def test_a_form_on_another_site_sends_no_complaint(world: World) -> None:
    answer = await complain(world.client(Origin="https://evil.example"), hotel(world))
    assert answer.status_code == 403
    assert world.entries("complaint.received") == []


async def test_pages_and_complaints_of_one_address_are_bounded(world: World) -> None:
    place = hotel(world)
    client = world.client("192.0.2.77")
    for _ in range(COMPLAINTS_HOUR):
        assert (await complain(client, place)).status_code == 303
    assert (await complain(client, place)).status_code == 429
    assert (await complain(world.client("192.0.2.78"), place)).status_code == 303
    for _ in range(PAGES_MINUTE):
        last = await client.get(address(place))
    assert last.status_code == 429
    world.clock.advance(3600)
    assert (await complain(client, place)).status_code == 303


async def test_C16_behind_a_trusted_proxy_each_citizen_counts_alone_and_forging_the_header_helps_nobody(
    world: World,
) -> None:
    place = hotel(world)
    world.services = replace(world.services, trusted_proxies=networks("10.0.0.5"))
    world.app = create_app(world.services)

    def citizen(address: str, forged: str = "") -> httpx.AsyncClient:
        return world.client("10.0.0.5", **{"X-Forwarded-For": f"{forged}{address}"})

    for number in range(COMPLAINTS_HOUR):
        assert (await complain(citizen("192.0.2.7", f"198.51.100.{number}, "), place)).status_code == 303
    assert (await complain(citizen("192.0.2.7", "198.51.100.99, "), place)).status_code == 429
    assert (await complain(citizen("192.0.2.8"), place)).status_code == 303
    stranger = world.client("192.0.2.9", **{"X-Forwarded-For": "192.0.2.7"})
    assert (await complain(stranger, place)).status_code == 303, "no proxy of ours: its own address counts"


async def test_the_contact_of_an_answered_complaint_is_deleted_after_its_term_with_an_entry(world: World) -> None:
    place = hotel(world)
    for address_of_citizen in ("192.0.2.1", "192.0.2.2"):
        await complain(world.client(address_of_citizen), place)
    police = await world.signed_in("registrar")
    answered, waiting = [one["id"] for one in (await police.get("/api/complaints")).json()]
    await police.post(f"/api/complaints/{answered}/replies", json={"text": "已派员到场查看，未发现设备。"})

    def forgotten() -> int:
        return forget_contacts(world.store, clock=world.clock, days=180)

    world.clock.advance(180 * 86_400 - 3600)
    assert forgotten() == 0
    world.clock.advance(3600)
    assert (forgotten(), forgotten()) == (1, 0)
    (entry,) = world.entries("complaint.contact_deleted")
    assert (entry["subject"], entry["facts"]["days"]) == (answered, 180)
    assert CONTACT not in str(entry)
    with world.store.reading() as uow:
        kept = {one.id: bool(one.contact) for one in uow.complaints.within(COUNTY, state=None, limit=9)}
    assert kept == {answered: False, waiting: True}, "whoever was not answered may still have to be asked"


async def test_a_flood_about_one_place_is_bounded_by_the_day(world: World) -> None:
    place = hotel(world)
    await complain(world.client(), place)
    with world.store.writing() as uow:
        (first,) = uow.complaints.within(COUNTY, state=None, limit=9)
        for number in range(PLACE_DAY_MAX - 1):
            uow.complaints.add(replace(first, id=f"c{number}", number=f"TS{number}"))
    full = await complain(world.client("192.0.2.9"), place)
    assert full.status_code == 429
    assert "0550-1234567" in shown(full), "the page with the telephone stays"
    world.clock.advance(86_401)
    assert (await complain(world.client("192.0.2.9"), place)).status_code == 303
