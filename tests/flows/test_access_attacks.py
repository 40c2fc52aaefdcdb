"""Attacks on two persons and approval (F1 to F8 of the note on security): each is tried, none opens anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from access_town import Town, code
from form_signing import sign_form
from mingjian.governance.authority import RULES, Act, Allow, Facts, Role, Subject, decide
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.world.close()


async def test_f1_one_person_is_never_two_by_repeating_by_two_accounts_or_in_two_sessions(town: Town) -> None:
    request = await town.approved("officer1", "approver")
    await town.comes(request, "officer1")
    town.world.clock.advance(60)
    again = await town.does("hotel", request, "presence", **town.world.credentials("officer1"))
    assert code(again) == "access.same-officer"
    with town.world.store.writing() as uow:
        for name in ("officer1", "officer2"):
            person = uow.people.named(name)
            assert person is not None
            uow.people.save(replace(person, identity="one and the same"))
    second = await town.does("hotel", request, "presence", **town.world.credentials("officer2"))
    assert code(second) == "access.same-officer"
    assert code(await town.does("hotel", request, "export")) == "access.two-officers"


async def test_f2_a_second_person_counts_neither_before_the_approval_nor_for_another_request(town: Town) -> None:
    early = await town.request("officer1")
    before = await town.does("hotel", early, "presence", **town.world.credentials("officer1"))
    assert before.status_code == 404  # the unit does not even know of it yet
    first, other = [await town.approved("officer1", "approver") for _ in range(2)]
    await town.comes(first, "officer1")
    await town.comes(other, "officer2")
    for request in (first, other):
        assert code(await town.does("hotel", request, "export")) == "access.two-officers"


async def test_f3_an_approval_is_not_replayed_after_it_was_completed(town: Town) -> None:
    request = await town.approved("officer1", "approver", kind="view")
    await town.comes(request, "officer1", "officer2")
    staff = await town.user("hotel")
    view = await town.does("hotel", request, "view")
    assert view.status_code == 201, view.text
    assert (await staff.delete(f"/api/views/{view.json()['grant']}")).status_code == 204
    await sign_form(town.world, staff, request, "officer1", "officer2")
    assert (await town.does("hotel", request, "complete")).json()["state"] == "completed"
    for step in ("view", "presence", "papers"):
        form = town.world.credentials("officer1") if step == "presence" else {"papers": []} if step == "papers" else {}
        answer = await town.does("hotel", request, step, **form)
        assert answer.status_code in (403, 409), (step, answer.text)
        assert code(answer) in ("procedure.step", "access.papers-unchecked")


async def test_f4_whoever_withdraws_between_approval_and_export_wins_and_two_exports_are_one(town: Town) -> None:
    taken_back = await town.approved("officer1", "approver")
    await town.comes(taken_back, "officer1", "officer2")
    assert (await town.does("officer1", taken_back, "withdraw")).status_code == 200
    assert code(await town.does("hotel", taken_back, "export")) == "procedure.step"
    town.world.clock.advance(60)
    request = await town.approved("officer1", "approver")
    await town.comes(request, "officer1", "officer2")
    answers = await asyncio.gather(*(town.does("hotel", request, "export") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"procedure.step"}
    assert len(town.world.entries("copy.registered")) == 1


async def test_f6_a_head_without_office_or_competence_and_an_expired_approval_open_nothing(town: Town) -> None:
    request = await town.request("officer1")
    assert (await town.does("cityhead", request, "approve")).status_code == 404
    with town.world.store.writing() as uow:
        (post,) = uow.people.posts_of(town.world.accounts["approver"].person)
        ended = town.world.services.law.day(town.world.clock.now())
        uow.people.save_post(replace(post, ends_on=ended, ended=town.world.clock.now()))
    left = await town.does("approver", request, "approve")
    assert (left.status_code, code(left)) == (403, "access.head")
    assert left.json()["error"]["article"] == "第二十一条"


async def test_f6_an_expired_approval_opens_nothing(town: Town) -> None:
    request = await town.approved("officer1", "approver")
    town.world.clock.advance(8 * 86_400)
    town.clients.clear()
    late = await town.does("hotel", request, "papers", papers=["certificate", "work_id"])
    assert code(late) == "access.approval-expired"


async def test_f7_overlapping_requests_add_nothing_to_one_another(town: Town) -> None:
    gate = town.world.add_camera(town.hotel, "大门")
    request = await town.approved("officer1", "approver", kind="view")
    await town.approved("officer1", "approver", kind="view", cameras=[gate])
    await town.comes(request, "officer1", "officer2")
    other = await town.does("hotel", request, "view", cameras=[gate])
    assert other.status_code == 403, other.text
    asked = town.form()
    longer = await town.does("hotel", request, "view", start_ms=asked["start_ms"] - 1000, end_ms=asked["end_ms"])
    assert longer.status_code == 403, longer.text
    assert town.world.entries("viewing.opened") == []


def test_f8_no_role_and_no_word_opens_pictures_from_outside_without_an_approval() -> None:
    unit, now = UnitId("u" * 36), UtcNs(0)
    everybody = Subject(PersonId("p" * 36), unit, frozenset(Role))
    for act in (Act.ACCESS_VIEW, Act.ACCESS_USE, Act.ACCESS_EXPORT, Act.VIEW_UNDER):
        verdict = decide(everybody, act, unit, Facts(owner=PersonId("x" * 36), purpose="紧急"), now)
        assert not isinstance(verdict, Allow), act
    assert not [act for act in RULES if "emergency" in act or "break" in act or "bypass" in act]
