"""A demonstration shows the law at work from its first start: what is filed, due, overdue, planned, complained of."""

from __future__ import annotations

import os
from pathlib import Path

from mingjian.app import duties
from mingjian.bootstrap.demo import prepare_demo
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.settings import load
from mingjian.governance.filing import DUTIES, FilingKind, FilingState
from mingjian.governance.obligations import Standing
from mingjian.governance.planning import PlanState


def test_the_county_of_a_demonstration_lives(tmp_path: Path) -> None:
    data = tmp_path / "data"
    printed = prepare_demo(data, port=8080, witness_port=8490, cameras=[], alive=True)
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
        }
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
