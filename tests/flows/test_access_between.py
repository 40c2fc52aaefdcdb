"""One procedure between three sides: the organ that asks, the head who approves, the unit that holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from access_town import Town, code
from form_signing import sign_form
from mingjian.app import access, holds
from sealed_packages import fetched, opened, sealed, share


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.world.close()


async def test_A21_1_police_ask_their_own_head_approves_and_the_hotel_receives_two_officers(town: Town) -> None:
    request = await town.request("officer1", case="旅馆盗窃案")
    early = await (await town.user("hotel")).get(f"/api/access-requests/{request}")
    assert early.status_code == 404  # the holder learns of it with the approval
    approved = (await town.does("approver", request, "approve", comment="内部意见")).json()
    assert approved["state"] == "approved"

    held = (await (await town.user("hotel")).get(f"/api/access-requests/{request}")).json()
    assert (held["case"], held["decision"]) == ("", "")
    assert "内部意见" not in str(held)
    assert [paper["paper"] for paper in held["papers"]] == ["work_id", "certificate"]

    assert (await town.comes(request, "officer1", "officer2")).status_code == 200
    exporting = await town.does("hotel", request, "export")
    assert exporting.json()["state"] == "exporting", exporting.text
    job = exporting.json()["export"]["id"]
    town.world.build(job)
    hotel = await town.user("hotel")
    await sealed(hotel, job)
    words = [await share(await town.user(name), job) for name in ("officer1", "officer2")]
    assert opened(await fetched(await town.user("officer2"), job), *words) == b"PK package"
    await sign_form(town.world, await town.user("hotel"), request, "officer1", "officer2")
    assert (await town.does("hotel", request, "complete")).json()["state"] == "completed"

    entry = (await (await town.user("hotel")).get("/api/register")).json()[0]
    assert entry["person"] == "执法人员乙、执法人员甲"
    mine = (await (await town.user("officer1")).get(f"/api/access-requests/{request}")).json()
    assert mine["report_until_ms"] is not None
    reported = await town.does("officer1", request, "report", report="已附卷，介质已归还")
    assert reported.json()["reported_ms"] is not None
    assert code(await town.does("officer1", request, "report", report="已附卷，介质已归还")) == "procedure.step"


async def test_A21_2_another_department_needs_the_head_of_public_security_of_the_place(town: Town) -> None:
    request = await town.request("education")
    own = await town.does("education", request, "approve")
    assert (own.status_code, code(own)) == (403, "access.approver")
    page = (await (await town.user("education")).get(f"/api/access-requests/{request}")).json()
    assert page["approving_name"] == "示范县公安局视频管理"
    stranger = await town.does("cityhead", request, "approve")
    assert stranger.status_code == 404  # asked of the county's head, it is nothing to another organ
    assert (await town.does("approver", request, "approve")).json()["state"] == "approved"
    held = (await (await town.user("hotel")).get(f"/api/access-requests/{request}")).json()
    assert [paper["paper"] for paper in held["papers"]] == ["work_id", "certificate", "approval"]


async def test_A21_2_the_city_may_be_asked_instead_and_no_other_organ(town: Town) -> None:
    city, school = town.world.unit("cityhead"), town.world.unit("school")
    request = await town.request("education", approving=city)
    assert (await town.does("cityhead", request, "approve")).json()["state"] == "approved"
    wrong = await town.asks("education", approving=school)
    assert (wrong.status_code, code(wrong)) == (403, "access.not-competent")
    assert wrong.json()["error"]["article"] == "第二十一条第二款"


@pytest.mark.parametrize("kind", ["connect", "direct-use"])
async def test_A20_other_departments_have_no_connection_and_no_direct_use(town: Town, kind: str) -> None:
    ahead = {"start_ms": town.world.ago_ms(0), "end_ms": town.world.ago_ms(-3600)}
    answer = await town.asks("education", kind=kind, **ahead)
    assert (answer.status_code, code(answer)) == (403, "access.no-live")
    assert answer.json()["error"]["article"] == "第二十条"


async def test_A21_no_unit_may_ask_for_the_footage_of_another(town: Town) -> None:
    answer = await town.asks("school")
    assert (answer.status_code, code(answer)) == (404, "camera.unknown")
    other = town.world.add_camera(town.world.actor("school"), "校门")
    mixed = await town.asks("officer1", cameras=[town.lobby, other])
    assert (mixed.status_code, code(mixed)) == (422, "access.one-holder")


async def test_A22_1_1_officers_of_another_organ_and_the_staff_do_not_count(town: Town) -> None:
    request = await town.approved("education", "approver")
    foreign = await town.comes(request, "officer1", papers="department")
    assert (foreign.status_code, code(foreign)) == (403, "access.other-organ")
    once = await town.comes(request, "education", papers="department")
    assert once.status_code == 200, once.text
    town.world.clock.advance(60)
    again = await town.does("hotel", request, "presence", **town.world.credentials("education"))
    assert code(again) == "access.same-officer"
    alone = await town.does("hotel", request, "export")
    assert (alone.status_code, code(alone)) == (403, "access.two-officers")


async def test_A22_1_1_two_accounts_of_one_person_are_one_officer(town: Town) -> None:
    with town.world.store.writing() as uow:
        for name in ("officer1", "officer2"):
            person = uow.people.named(name)
            assert person is not None
            uow.people.save(replace(person, identity="one and the same"))
    request = await town.approved("officer1", "approver")
    second = await town.comes(request, "officer1", "officer2")
    assert (second.status_code, code(second)) == (403, "access.same-officer")
    assert code(await town.does("hotel", request, "export")) == "access.two-officers"


async def test_A22_1_papers_are_checked_one_by_one_before_anything_is_shown(town: Town) -> None:
    request = await town.approved("officer1", "approver", kind="view")
    await town.user("hotel")
    for officer in ("officer1", "officer2"):
        assert (await town.does("hotel", request, "presence", **town.world.credentials(officer))).status_code == 200
    refused = await town.does("hotel", request, "view")
    assert (refused.status_code, code(refused)) == (403, "access.papers-unchecked")
    assert (await town.does("hotel", request, "papers", papers=["work_id"])).status_code == 200
    assert code(await town.does("hotel", request, "view")) == "access.papers-unchecked"
    assert code(await town.does("hotel", request, "papers", papers=["licence"])) == "access.paper-kind"
    await town.does("hotel", request, "papers", papers=["work_id", "certificate"])
    view = await town.does("hotel", request, "view")
    assert view.status_code == 201, view.text
    assert view.json()["cameras"] == [town.lobby]
    outside = await town.does("hotel", request, "view", start_ms=town.world.ago_ms(900), end_ms=town.world.ago_ms(800))
    assert code(outside) == "access.wider-than-asked"
    assert code(await town.does("hotel", request, "export")) == "procedure.step"


async def test_A22_a_second_visit_under_one_approval_begins_anew(town: Town) -> None:
    request = await town.approved("officer1", "approver", kind="view")
    await town.comes(request, "officer1", "officer2")
    assert (await town.does("hotel", request, "view")).status_code == 201
    assert (await town.does("hotel", request, "end-visit")).status_code == 200
    assert code(await town.does("hotel", request, "view")) in ("access.papers-unchecked", "access.two-officers")
    town.world.clock.advance(60)
    assert (await town.comes(request, "officer1", "officer2")).status_code == 200
    assert (await town.does("hotel", request, "view")).status_code == 201
    page = (await (await town.user("hotel")).get(f"/api/access-requests/{request}")).json()
    assert [(visit["n"], visit["open"]) for visit in page["visits"]] == [(1, False), (2, True)]


async def test_A20_direct_use_runs_in_the_officers_own_session_and_ends_with_its_period(town: Town) -> None:
    ahead = {"start_ms": town.world.ago_ms(-600), "end_ms": town.world.ago_ms(-3600)}
    request = await town.approved("officer1", "approver", kind="direct-use", **ahead)
    early = await town.does("officer1", request, "use", **town.world.credentials("officer2"))
    assert (early.status_code, code(early)) == (403, "access.not-yet")
    town.world.clock.advance(660)
    await (await town.user("officer1")).post("/api/session/prove", json=_proof(town, "officer1"))
    itself = await town.does("officer1", request, "use", **town.world.credentials("officer1"))
    assert code(itself) in ("access.same-officer", "access.two-officers")
    used = await town.does("officer1", request, "use", **town.world.credentials("officer2"))
    assert used.status_code == 201, used.text
    assert used.json()["valid_until_ms"] == ahead["end_ms"]
    staff = await town.does("hotel", request, "view")
    assert staff.status_code in (403, 409)


def _proof(town: Town, name: str) -> dict[str, str]:
    town.world.clock.advance(60)
    return {"code": town.world.code(name)}


async def test_A21_a_pending_request_holds_its_seconds_until_it_ends(town: Town) -> None:
    request = await town.request("officer1")
    asked = town.form()
    (held,) = holds.held(town.world.store, clock=town.world.clock)[town.lobby]
    assert held.end - held.start == (asked["end_ms"] - asked["start_ms"]) * 1_000_000
    assert (await town.does("officer1", request, "withdraw")).status_code == 200
    assert holds.held(town.world.store, clock=town.world.clock) == {}
    await town.request("officer1")
    town.world.clock.advance(access.HELD_NS // 1_000_000_000 + 1)
    assert holds.held(town.world.store, clock=town.world.clock) == {}


async def test_A21_an_approval_expires_by_itself_and_is_entered(town: Town) -> None:
    request = await town.approved("officer1", "approver")
    town.world.clock.advance(8 * 86_400)
    assert access.expire_approvals(town.world.store, clock=town.world.clock) == 1
    assert access.expire_approvals(town.world.store, clock=town.world.clock) == 0
    assert town.world.entries("access.expired")[-1]["subject"] == request


async def test_A22_1_3_an_approval_on_paper_counts_once_its_scan_is_on_record(town: Town) -> None:
    paper = town.world.attachment(by="hotel").id
    asker = town.world.unit("officer1")
    form = town.form(asker=asker, head="某局长", document="示公批〔2026〕7号", attachment=paper)
    answer = await (await town.user("hotel")).post("/api/access-requests/on-paper", json=form)
    assert answer.status_code == 201, answer.text
    request = answer.json()["id"]
    assert (await town.comes(request, "officer1", "officer2")).status_code == 200
    assert (await town.does("hotel", request, "export")).json()["state"] == "exporting"
    missing = await (await town.user("hotel")).post("/api/access-requests/on-paper", json=form | {"attachment": "x"})
    assert (missing.status_code, missing.json()["error"]["field"]) == (422, "attachment")


async def test_A21_a_head_may_allow_looking_instead_of_copying(town: Town) -> None:
    request = await town.request("officer1")
    kept = (await town.does("approver", request, "approve", kind="view")).json()
    assert kept["kind"] == "view"
    wider = await town.request("officer1", kind="view")
    assert code(await town.does("approver", wider, "approve", kind="copy")) == "access.wider-than-asked"


async def test_A21_cameras_are_found_by_name_in_the_own_area_and_show_no_picture(town: Town) -> None:
    found = (await (await town.user("education")).get("/api/access-requests/cameras", params={"q": "大堂"})).json()
    assert [(one["name"], one["holder_name"]) for one in found] == [("大堂", "示范旅馆")]
    assert set(found[0]) == {
        "id", "name", "place", "holder", "holder_name", "territory", "longitude", "latitude", "datum"
    }  # fmt: skip
    own = (await (await town.user("school")).get("/api/access-requests/cameras")).json()
    assert own == []


async def test_A21_nothing_in_a_request_speaks_of_money(town: Town) -> None:
    parts = town.world.app.openapi()["components"]["schemas"]
    fields = {field for name in ("NewRequest", "PaperRequest", "RequestOut") for field in parts[name]["properties"]}
    assert "purpose" in fields
    assert not fields & {"fee", "fees", "price", "charge", "cost", "amount"}
