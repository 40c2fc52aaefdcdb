"""A demonstration shows the law at work from its first start: what is filed, due, overdue, planned, complained of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mingjian.app import duties
from mingjian.bootstrap.demo import DemoCamera, PrintedAccount, prepare_demo
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.settings import load
from mingjian.governance.filing import DUTIES, FilingKind, FilingState
from mingjian.governance.obligations import Standing
from mingjian.governance.organs import OrganKind, Scope
from mingjian.governance.planning import PlanState
from mingjian.governance.procedure import State
from mingjian.simulator.county import county


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[PrintedAccount]]:
    """A demonstration's directory and its accounts, made once."""
    data = tmp_path_factory.mktemp("living") / "data"
    cameras = [
        DemoCamera(site.name, site.place_name, "rtsp://127.0.0.1:9/main", "", "admin", "demo", 4_000_000)
        for site in county()
    ]
    return data, prepare_demo(data, port=8080, witness_port=8490, cameras=cameras, alive=True)


def test_the_county_of_a_demonstration_lives(living: tuple[Path, list[PrintedAccount]]) -> None:
    data, printed = living
    assert {"hotel", "school", "estate", "planner", "registrar"} <= {one.name for one in printed}
    opened = open_installation(data, load(data, dict(os.environ)))
    law = opened.settings.law()
    today = law.day(opened.clock.now())
    with opened.store.reading() as uow:
        systems = {one.name: one for one in uow.systems.within("340421")}
        standings = {
            name: duties.standing_of(law, duty, today)
            for name, one in systems.items()
            for duty in uow.obligations.of_subject(one.id)
            if duty.duty == DUTIES[FilingKind.INITIAL]
        }
        assert standings == {
            "大堂和通道视频系统": Standing.MET,
            "校门和围墙视频系统": Standing.DUE_SOON,
            "停车场出入口视频系统": Standing.OVERDUE,
            "旧楼视频系统": Standing.MET,
            "实验小学视频系统": Standing.DUE,
            "迎宾旅馆视频系统": Standing.DUE,
        }
        (metro,) = uow.filings.of_system(systems["人民广场站视频系统"].id)
        assert (metro.kind, metro.state, metro.lacking) == (FilingKind.EXISTING, FilingState.RECEIVED, ())
        assert [one.code for one in uow.findings.of_subject(metro.id)] == ["filing.late"]
        overdue = uow.obligations.late(Scope(None, "340421"), today, limit=50, offset=0)
        assert {one.subject_name for one in overdue} == {"停车场出入口视频系统"}, "one example, and no more"
        hotel = systems["大堂和通道视频系统"]
        (filing,) = uow.filings.of_system(hotel.id)
        assert (filing.state, filing.lacking, len(uow.visits.of_system(hotel.id))) == (FilingState.VISITED, (), 1)
        (removal,) = uow.removals.of_system(systems["旧楼视频系统"].id)
        assert [one.code for one in uow.findings.of_subject(removal.id)] == ["removal.short-notice"]
        (plan,) = uow.plans.listed()
        assert plan.state is PlanState.PUBLISHED
        assert systems["示范广场视频系统"].plan_item == plan.items[0].id
        place = uow.places.one(hotel.place)
        assert place is not None and place.sign_code
        found = {camera.name: uow.sitings.one(camera.id) for camera in uow.cameras.all_in_use()}
        assert uow.sitings.held() == set(), "they recorded before, so nothing waits for a signature"
        assert set(found) == {"学校大门", "旅馆大厅", "地铁站台", "小区停车场"}
        for camera, siting in found.items():
            assert siting is not None and siting.existing, camera
            assert siting.gb_code and siting.part and siting.dossier["osd_name"] == camera
            at = uow.places.one(siting.place)
            assert at is not None and at.sign_code
            assert (siting.longitude, siting.latitude) == (at.longitude, at.latitude)


def test_A22_1_4_a_demonstration_has_a_request_that_waits_one_approved_and_one_executed_with_its_form(
    living: tuple[Path, list[PrintedAccount]],
) -> None:
    data, _ = living
    opened = open_installation(data, load(data, dict(os.environ)))
    with opened.store.reading() as uow:
        police = uow.organs.competent(OrganKind.PUBLIC_SECURITY, "340421")
        assert police is not None
        asked = {one.state: one for one in uow.requests.listed(police.id, None)}
        assert set(asked) == {State.SUBMITTED, State.APPROVED, State.COMPLETED}
        (visit,) = uow.requests.executions(asked[State.COMPLETED].id)
        assert [one.side for one in uow.register_forms.signatures(visit.id)] == ["asker", "asker", "holder"]
