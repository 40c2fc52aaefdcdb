"""From the request to the package in two officers' hands, through the HTTP face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from form_signing import sign_form
from mingjian.app import exports
from mingjian.app.views import live_grant
from mingjian.governance.authority import Role
from mingjian.governance.procedure import State
from sealed_packages import fetched, opened, sealed, share
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def submitted(world: World, officer: httpx.AsyncClient, **changes: Any) -> str:
    answer = await officer.post("/api/access-requests", json=world.request_form(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def approved(world: World) -> tuple[str, httpx.AsyncClient]:
    """An approved request, and the unit's staff at the counter."""
    request = await submitted(world, await world.signed_in("officer1"))
    approver = await world.signed_in("approver")
    answer = await approver.post(f"/api/access-requests/{request}/approve", json={"comment": "同意"})
    assert answer.status_code == 200, answer.text
    staff = await world.signed_in("manager")
    checked = await staff.post(f"/api/access-requests/{request}/papers", json={"papers": ["certificate", "work_id"]})
    assert checked.status_code == 200, checked.text
    return request, staff


async def present(world: World, staff: httpx.AsyncClient, request: str, name: str) -> httpx.Response:
    return await staff.post(f"/api/access-requests/{request}/presence", json=world.credentials(name))


async def test_A21_A22_the_whole_way_from_request_to_completion(world: World) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        answer = await present(world, staff, request, name)
        assert answer.status_code == 200, answer.text
    exporting = (await staff.post(f"/api/access-requests/{request}/export", json={})).json()
    assert exporting["state"] == "exporting"
    assert exporting["export"]["state"] == "queued"
    job = exporting["export"]["id"]
    world.build(job)

    page = (await staff.get(f"/api/access-requests/{request}")).json()
    assert page["state"] == "ready"
    assert {step["step"]: step["allowed"] for step in page["steps"]}["hand_over"]
    await sealed(staff, job)
    words = [await share(await world.signed_in(name), job) for name in ("officer1", "officer2")]
    assert opened(await fetched(staff, job), *words) == b"PK package"
    await sign_form(world, staff, request, "officer1", "officer2")
    done = (await staff.post(f"/api/access-requests/{request}/complete", json={})).json()
    assert done["state"] == "completed"
    assert done["number"].startswith("复〔2026〕")
    assert [line["step"] for line in done["history"]] == [
        "access.submitted",
        "access.approved",
        "visit.began",
        "papers.checked",
        "officer.present",
        "officer.present",
        "copy.registered",
        "package.built",
        "package.handed_over",
        "share.given",
        "share.given",
        "package.download_opened",
        "package.downloaded",
        "visit.ended",
        "form.signed",
        "form.signed",
        "form.signed",
        "access.completed",
    ]
    assert {line["person"] for line in done["history"]} >= {"执法人员甲", "主要负责人", "视频管理员"}

    register = (await staff.get("/api/register", params={"kind": "copy"})).json()
    assert len(register) == 1
    assert register[0]["person"] == "执法人员乙、执法人员甲"
    assert register[0]["purpose"] == "调查一起盗窃案件"
    assert register[0]["destination"] == "刑事侦查部门"
    assert register[0]["seconds"] == 120
    assert register[0]["closed"]


async def test_A21_an_applicant_with_both_roles_cannot_approve_the_own_request(world: World) -> None:
    security = await world.signed_in("security")
    person = world.accounts["approver"].person
    changed = await security.put(f"/api/people/{person}/roles", json={"roles": ["approver", "officer"]})
    assert changed.status_code == 200
    both = await world.signed_in("approver")
    request = await submitted(world, both)
    answer = await both.post(f"/api/access-requests/{request}/approve", json={})
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert (error["code"], error["article"]) == ("access.own-request", "第二十一条")
    assert error["text_en"]
    refused = world.entries("act.refused")[-1]
    assert refused["facts"]["code"] == "access.own-request"
    assert refused["subject"] == request
    assert refused["actor"]["id"] == person


async def test_A22_1_1_one_officer_twice_is_refused_and_export_stays_closed(world: World) -> None:
    request, staff = await approved(world)
    assert (await present(world, staff, request, "officer1")).status_code == 200
    world.clock.advance(60)
    again = await present(world, staff, request, "officer1")
    assert again.json()["error"]["code"] == "access.same-officer"
    export = await staff.post(f"/api/access-requests/{request}/export", json={})
    assert (export.status_code, export.json()["error"]["code"]) == (403, "access.two-officers")
    assert export.json()["error"]["article"] == "第二十二条第一款第一项"


async def test_A22_1_1_presence_counts_only_in_the_session_in_which_it_was_given(world: World) -> None:
    request, staff = await approved(world)
    assert (await present(world, staff, request, "officer1")).status_code == 200
    elsewhere = await world.signed_in("manager")
    assert (await present(world, elsewhere, request, "officer2")).status_code == 200
    for session in (staff, elsewhere):
        answer = await session.post(f"/api/access-requests/{request}/export", json={})
        assert answer.json()["error"]["code"] == "access.two-officers"


async def test_A22_1_1_presence_runs_out_after_ten_minutes_and_can_be_given_again(world: World) -> None:
    request, staff = await approved(world)
    await present(world, staff, request, "officer1")
    await present(world, staff, request, "officer2")
    world.clock.advance(601)
    late = await staff.post(f"/api/access-requests/{request}/export", json={})
    assert late.json()["error"]["code"] == "access.two-officers"
    for name in ("officer1", "officer2"):
        assert (await present(world, staff, request, name)).status_code == 200
    assert (await staff.post(f"/api/access-requests/{request}/export", json={})).status_code == 200


async def test_A22_1_1_an_officer_disabled_after_signing_no_longer_counts(world: World) -> None:
    request, staff = await approved(world)
    await present(world, staff, request, "officer1")
    await present(world, staff, request, "officer2")
    admin = await world.signed_in("admin")
    await admin.patch(f"/api/people/{world.accounts['officer2'].person}", json={"disabled": True})
    answer = await staff.post(f"/api/access-requests/{request}/export", json={})
    assert answer.json()["error"]["code"] == "access.two-officers"


@pytest.mark.parametrize("name", ["duty", "manager", "approver", "auditor"])
async def test_only_an_officer_can_sign_as_one(world: World, name: str) -> None:
    request, staff = await approved(world)
    answer = await present(world, staff, request, name)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] in ("access.officer", "access.staff-as-officer")
    assert answer.json()["error"]["article"] == "第二十二条第一款第一项"


async def test_a_wrong_credential_signs_nothing_and_leaves_the_staff_signed_in(world: World) -> None:
    request, staff = await approved(world)
    wrong = {**world.credentials("officer1"), "password": "wrong wrong wrong"}
    answer = await staff.post(f"/api/access-requests/{request}/presence", json=wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session.credentials")
    assert (await staff.get("/api/session")).status_code == 200
    assert (await staff.get(f"/api/access-requests/{request}")).json()["presence"] == []


async def test_step_up_cannot_be_skipped_by_calling_the_inner_address(world: World) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        await present(world, staff, request, name)
    await staff.post(f"/api/access-requests/{request}/export", json={})
    job = (await staff.get("/api/exports")).json()[0]["id"]
    early = await staff.post(f"/api/exports/{job}/seal")
    assert early.json()["error"]["code"] == "procedure.step"
    world.build(job)
    world.clock.advance(601)
    late = await staff.post(f"/api/exports/{job}/seal")
    assert (late.status_code, late.json()["error"]["code"]) == (403, "access.two-officers")
    for name in ("duty", "officer1", "admin", "auditor"):
        other = await world.signed_in(name)
        assert (await other.post(f"/api/exports/{job}/seal")).status_code == 403


async def test_A21_an_approval_may_narrow_but_never_widen(world: World) -> None:
    officer, approver = await world.signed_in("officer1"), await world.signed_in("approver")
    request = await submitted(world, officer, cameras=world.cameras)
    for wider in ({"start_ms": world.ago_ms(9000), "end_ms": world.ago_ms(480)}, {"cameras": []}):
        answer = await approver.post(f"/api/access-requests/{request}/approve", json=wider)
        assert answer.json()["error"]["code"] == "access.wider-than-asked"
    asked = (await officer.get(f"/api/access-requests/{request}")).json()
    narrow = {"cameras": world.cameras[:1], "start_ms": asked["start_ms"] + 10_000, "end_ms": asked["end_ms"]}
    kept = (await approver.post(f"/api/access-requests/{request}/approve", json=narrow)).json()
    assert kept["cameras"] == world.cameras[:1]
    assert kept["start_ms"] == asked["start_ms"] + 10_000


async def test_A21_an_approval_is_spent_once_and_expires(world: World) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        await present(world, staff, request, name)
    assert (await staff.post(f"/api/access-requests/{request}/export", json={})).status_code == 200
    again = await staff.post(f"/api/access-requests/{request}/export", json={})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "procedure.step")

    late, _ = await approved(world)
    world.clock.advance(8 * 86_400)
    staff = await world.signed_in("manager")
    for name in ("officer1", "officer2"):
        await present(world, staff, late, name)
    expired = await staff.post(f"/api/access-requests/{late}/export", json={})
    assert expired.json()["error"]["code"] == "access.approval-expired"


@pytest.mark.parametrize("ends", ["disabled", "role", "withdrawn", "expired"])
async def test_b8_rights_are_looked_at_again_when_the_job_is_claimed(world: World, ends: str) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        await present(world, staff, request, name)
    assert (await staff.post(f"/api/access-requests/{request}/export", json={})).status_code == 200
    with world.store.writing() as uow:
        person, asked = uow.people.one(world.manager.person), uow.requests.one(request, world.manager.unit)
        assert person is not None
        assert asked is not None
        if ends == "disabled":
            uow.people.save(replace(person, disabled=world.clock.now()))
        elif ends == "role":
            uow.people.save(replace(person, roles=frozenset({Role.DUTY})))
        elif ends == "withdrawn":
            uow.requests.save(replace(asked, state=State.WITHDRAWN), expected=asked.state)
    if ends == "expired":
        world.clock.advance(8 * 86_400)
    assert exports.claim_next(world.store, clock=world.clock) is None
    failed = world.entries("export.failed")[-1]
    assert failed["facts"]["code"] == "export.right-lost"


async def test_a_job_survives_the_crash_of_its_process_and_a_cancelled_one_stops(world: World) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        await present(world, staff, request, name)
    await staff.post(f"/api/access-requests/{request}/export", json={})
    first = exports.claim_next(world.store, clock=world.clock)
    assert first is not None
    assert exports.claim_next(world.store, clock=world.clock) is None
    assert exports.release_unfinished(world.store) == 1
    second = exports.claim_next(world.store, clock=world.clock)
    assert second is not None
    assert second.job.id == first.job.id
    cancelled = await staff.post(f"/api/exports/{first.job.id}/cancel", json={})
    assert cancelled.json()["state"] == "cancelled"
    began = world.clock.now()
    assert not exports.report_progress(world.store, job=first.job.id, done_bytes=1, total_bytes=2, began=began)
    assert (await staff.get(f"/api/access-requests/{request}")).json()["state"] == "approved"
    assert live_grant(world.store, first.grant.id, actor=world.manager, clock=world.clock) is None


async def test_the_progress_tells_when_it_will_be_ready(world: World) -> None:
    request, staff = await approved(world)
    for name in ("officer1", "officer2"):
        await present(world, staff, request, name)
    await staff.post(f"/api/access-requests/{request}/export", json={})
    claimed = exports.claim_next(world.store, clock=world.clock)
    assert claimed is not None
    world.clock.advance(100)  # in the queue and waiting for the ledger: no part of the work
    began = world.clock.now()
    world.clock.advance(10)
    exports.report_progress(world.store, job=claimed.job.id, done_bytes=250, total_bytes=1000, began=began)
    shown = (await staff.get(f"/api/exports/{claimed.job.id}")).json()
    assert (shown["done_bytes"], shown["total_bytes"], shown["eta_s"]) == (250, 1000, 30)


async def test_an_officer_sees_only_the_own_requests(world: World) -> None:
    request = await submitted(world, await world.signed_in("officer1"))
    other = await world.signed_in("officer2")
    assert (await other.get("/api/access-requests")).json() == []
    assert (await other.get(f"/api/access-requests/{request}")).status_code == 404
    auditor = await world.signed_in("auditor")
    assert len((await auditor.get("/api/access-requests")).json()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "    "}, "purpose"),
        ({"purpose": "啊啊啊啊啊啊"}, "purpose"),
        ({"purpose": "案" * 10_000}, "purpose"),
        ({"destination": ""}, "destination"),
        ({"cameras": []}, "cameras"),
        ({"officers": []}, "officers"),
        ({"officers": [{"name": "执法人员甲"}]}, "officers"),
        ({"officers": [{"name": "执法人员甲"}, {"name": "   "}]}, "officers"),
        ({"officers": [{"name": f"执法人员{number}"} for number in range(11)]}, "officers"),
        ({"officers": [{"name": name, "work_id": "100001"} for name in ("甲某", "乙某")]}, "officers"),
        ({"end_ms": 1, "start_ms": 2}, "end_ms"),
        ({"end_ms": 4_000_000_000_000}, "start_ms"),
        ({"approved": True}, "approved"),
        ({"unit_id": "x"}, "unit_id"),
    ],
)
async def test_a_request_that_cannot_be_read_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    officer = await world.signed_in("officer1")
    answer = await officer.post("/api/access-requests", json=world.request_form(**changes))
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


@pytest.mark.parametrize("twice", [["执法人员甲", "执法 人员 甲"], ["Li Ming", "ＬＩ ＭＩＮＧ"], ["李明"]])
async def test_A22_1_1_one_officer_however_often_named_is_refused_at_filing_with_the_article(
    world: World, twice: list[str]
) -> None:
    officer = await world.signed_in("officer1")
    answer = await officer.post(
        "/api/access-requests", json=world.request_form(officers=[{"name": one} for one in twice])
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "access.officers", "officers")
    assert error["article"] == "第二十二条第一款第一项"
    assert world.entries("access.submitted") == []
    form = {name: value for name, value in world.request_form().items() if name != "officers"}
    left_out = await officer.post("/api/access-requests", json=form)
    assert left_out.json()["error"]["article"] == "第二十二条第一款第一项"


async def test_the_officers_stand_in_the_request_in_the_order_named(world: World) -> None:
    officer = await world.signed_in("officer1")
    named = ["执法人员乙", "执法人员甲", "执法人员 乙", "执法人员丙"]
    form = world.request_form(officers=[{"name": one} for one in named])
    made = (await officer.post("/api/access-requests", json=form)).json()
    assert [one["name"] for one in made["officers"]] == ["执法人员乙", "执法人员甲", "执法人员丙"]
