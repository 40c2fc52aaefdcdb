"""A unit copies its own footage: by its rules, with another's consent, two of its people, registered and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from access_town import Town, code
from form_signing import sign_form
from own_copy_world import INSURANCE, allow_copies, own_form
from sealed_packages import fetched, opened, sealed, share


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    allow_copies(town.world, town.hotel.unit)
    yield town
    town.world.close()


async def asks(town: Town, name: str, **changes: Any) -> httpx.Response:
    form = own_form(town.world, town.lobby, **changes)
    return await (await town.user(name)).post("/api/access-requests/own", json=form)


async def asked(town: Town, name: str = "hotelduty") -> str:
    answer = await asks(town, name)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_A17_2_2_a_hotel_copies_its_own_footage_from_the_purpose_to_the_report(town: Town) -> None:
    request = await asked(town)
    bench = (await (await town.user("hotelhead")).get("/api/workbench")).json()
    assert [(item["label"], item["subject"]) for item in bench["todo"]] == [("同意", request)]
    half = await town.does("hotelhead", request, "consent", start_ms=town.world.ago_ms(50))
    assert (half.status_code, code(half), half.json()["error"]["field"]) == (422, "period.one-end", "end_ms")
    consented = await town.does("hotelhead", request, "consent", comment="同意")
    assert consented.json()["state"] == "approved", consented.text
    page = consented.json()
    assert (page["ground"], page["papers"]) == (INSURANCE, [])
    assert page["legal_basis"].endswith("第十七条第二款第二项")

    await town.user("hotel")
    present = await town.does("hotel", request, "presence", **town.world.credentials("hotelduty"))
    assert [one["person"] for one in present.json()["presence"]] == ["旅馆经理", "旅馆值班员"]
    exporting = await town.does("hotel", request, "export")
    assert exporting.json()["state"] == "exporting", exporting.text
    hotel, duty = await town.user("hotel"), await town.user("hotelduty")
    entry = (await hotel.get("/api/register")).json()[0]
    assert (entry["kind"], entry["person"]) == ("copy", "旅馆值班员、旅馆经理")  # before the first byte
    assert entry["destination"] == "本单位安全部理赔卷"

    job = exporting.json()["export"]["id"]
    town.world.build(job)
    await sealed(hotel, job)
    words = [await share(client, job) for client in (hotel, duty)]
    assert opened(await fetched(duty, job), *words) == b"PK package"
    await sign_form(town.world, hotel, request, "hotelduty")
    assert (await town.does("hotel", request, "complete")).json()["state"] == "completed"
    due = (await duty.get(f"/api/access-requests/{request}")).json()["report_until_ms"]
    assert due is not None
    reported = await town.does("hotel", request, "report", report="理赔结束，副本已销毁")
    assert reported.json()["reported_ms"] is not None


async def test_A17_2_2_nobody_consents_to_the_own_copy_in_whichever_account(town: Town) -> None:
    request = await asked(town, "hotel")
    itself = await town.does("hotel", request, "consent")
    assert (itself.status_code, code(itself)) == (403, "copy.own-request")
    watch = await town.does("hotelduty", request, "consent")
    assert (watch.status_code, code(watch)) == (403, "copy.consent-role")
    with town.world.store.writing() as uow:
        for name in ("hotel", "hotelhead"):
            person = uow.people.named(name)
            assert person is not None
            uow.people.save(replace(person, identity="one and the same"))
    second = await town.does("hotelhead", request, "consent")
    assert (second.status_code, code(second)) == (403, "copy.own-request")
    early = await town.does("hotel", request, "presence", **town.world.credentials("hotelduty"))
    assert code(early) in ("procedure.step", "access.not-approved")


async def test_A17_2_2_one_person_is_not_two_and_an_outsider_is_none(town: Town) -> None:
    request = await asked(town)
    assert (await town.does("hotelhead", request, "consent")).status_code == 200
    await town.user("hotel")
    twice = await town.does("hotel", request, "presence", **town.world.credentials("hotel"))
    assert (twice.status_code, code(twice)) == (403, "copy.same-person")
    outside = await town.does("hotel", request, "presence", **town.world.credentials("officer1"))
    assert (outside.status_code, code(outside)) == (403, "access.other-organ")
    alone = await town.does("hotel", request, "export")
    assert (alone.status_code, code(alone)) == (403, "access.two-officers")
    enrolled = await (await town.user("hotel")).post(
        f"/api/access-requests/{request}/officers",
        data={"name": "外来人员", "work_id": "1"},
        files={"file": ("证件.pdf", b"%PDF-1.7 work ID")},
    )
    assert (enrolled.status_code, code(enrolled)) == (403, "copy.no-outsider")
    assert [entry["kind"] for entry in (await (await town.user("hotel")).get("/api/register")).json()] == []


@pytest.mark.parametrize(
    ("changes", "reason", "article"),
    [
        ({"ground": "设备故障排查"}, "copy.ground", "第十七条第二款第二项"),
        ({"ground": "好奇"}, "view.ground", "第十七条第二款第二项"),
        ({"goes": "others"}, "copy.others", "第十八条第三项"),
        ({"goes": "public"}, "copy.public", "第十八条第三项"),
    ],
)
async def test_A18_3_what_rules_or_law_do_not_allow_is_refused_with_its_article(
    town: Town, changes: dict[str, Any], reason: str, article: str
) -> None:
    answer = await asks(town, "hotelduty", **changes)
    assert (answer.status_code, code(answer), answer.json()["error"]["article"]) == (403, reason, article)
    assert town.world.entries("act.refused")[-1]["facts"]["code"] == reason


async def test_A17_2_2_only_the_own_cameras_and_only_by_this_way(town: Town) -> None:
    theirs = town.world.add_camera(town.world.actor("school"), "校门")
    foreign = await asks(town, "hotelduty", cameras=[town.lobby, theirs])
    assert (foreign.status_code, code(foreign)) == (404, "camera.unknown")
    manager = await asks(town, "school")  # whose rules name no purpose that allows a copy
    assert (manager.status_code, code(manager)) == (403, "view.ground")
    organs = await town.asks("hotel")
    assert (organs.status_code, code(organs)) == (403, "copy.way")
    request = await asked(town)
    assert (await town.does("school", request, "consent")).status_code == 404


async def test_the_unit_writes_which_purposes_allow_a_copy_and_the_change_is_entered(town: Town) -> None:
    hotel = await town.user("hotel")
    wrong = await hotel.put("/api/purposes", json={"purposes": ["理赔"], "copies": ["展示"]})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "copies")
    kept = await hotel.put("/api/purposes", json={"purposes": ["理赔", "检查"], "copies": ["理赔"]})
    assert kept.json() == {"purposes": ["理赔", "检查"], "copies": ["理赔"]}
    assert town.world.entries("purposes.changed")[-1]["facts"]["copies_after"] == ["理赔"]


async def test_A21_asking_for_anothers_footage_is_offered_to_those_alone_who_may(town: Town) -> None:
    people = ("state1", "education", "manager", "approver", "hotel", "hotelduty")
    offered = [name for name in people if (await (await town.user(name)).get("/api/session")).json()["asks"]]
    assert offered == ["state1", "education", "manager"]
