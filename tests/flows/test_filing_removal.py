"""Change and removal through the API: articles 15 and 16, item 3, and article 14 of the national regulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from filing_world import COUNTY, DELIVERED, Hotel, does, paper, refused, words
from mingjian.governance.obligations import FindingState
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Life
from mingjian.kernel.ids import CameraId

Make = Callable[..., Hotel]
NOTICE = date(2026, 3, 18)
FORM = {"ground": "经营场所拆迁", "data_plan": "保存在本单位机房至期限届满"}
CHANGE = {
    "changes": [{"matter": "purpose", "before": "治安防范", "after": "治安防范和消防巡查"}],
    "why": "消防部门要求", "decided_by": "旅馆经理", "decided_on": "2026-03-12",
}  # fmt: skip
DISPOSAL = {
    "form": "on_site", "fate": "kept_by_unit", "officers": ["民警甲", "民警乙"], "result": "录像完整保存，未见删改",
}  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Hotel] = []

    def one(*instruments: str) -> Hotel:
        made.append(Hotel.built(tmp_path / str(len(made)), *instruments))
        return made[-1]

    yield one
    for hotel in made:
        hotel.world.close()


async def noticed(hotel: Hotel, days: int) -> dict[str, Any]:
    """Notice on NOTICE of a removal so many days ahead."""
    await hotel.deliver()
    hotel.go(NOTICE)
    form = {"system": hotel.system, "planned_on": (NOTICE + timedelta(days=days)).isoformat(), **FORM}
    return await does(await hotel.person("hotel"), "/api/removals", form)


async def test_A15_a_notice_nine_days_ahead_is_received_marked_and_found(make: Make) -> None:
    hotel = make()
    removal = await noticed(hotel, 9)
    assert (removal["number"], removal["short"], removal["earliest_on"]) == ("拆通收〔2026〕0001号", True, "2026-03-28")
    assert hotel.stored().state is Life.NOTICED
    found = hotel.findings(removal["id"])["removal.short-notice"]
    assert (found.row, found.state) == ("A15.notice", FindingState.OPEN)
    (listed,) = (await (await hotel.person("registrar")).get("/api/removals")).json()
    assert (listed["short"], listed["supervision"]["due_on"]) == (True, None)
    owed = hotel.obligations(removal["id"])["removal.supervision"]
    assert (owed.unit, owed.trigger_on, owed.due_on) == (hotel.unit("registrar"), NOTICE, None)
    bench = (await (await hotel.person("registrar")).get("/api/workbench")).json()
    waiting = [(one["subject_kind"], one["subject"]) for one in bench["todo"] if one["article"] == "第十五条"]
    assert waiting == [("system", hotel.system)]
    hotel.go(NOTICE + timedelta(days=9))
    down = {"on": (NOTICE + timedelta(days=9)).isoformat()}
    await does(await hotel.person("hotel"), f"/api/removals/{removal['id']}/take-down", down)
    assert set(hotel.findings(removal["id"])) == {"removal.short-notice", "removal.early"}


async def test_A15_ten_days_are_enough_and_the_police_are_never_waited_for(make: Make) -> None:
    hotel = make()
    removal = await noticed(hotel, 10)
    assert (removal["short"], removal["earliest_on"]) == (False, removal["planned_on"])
    path = f"/api/removals/{removal['id']}"
    manager = await hotel.person("hotel")
    early = {"on": (NOTICE + timedelta(days=10)).isoformat()}
    assert refused(await manager.post(f"{path}/take-down", json=early)) == (422, "day.future")
    hotel.go(NOTICE + timedelta(days=10))
    manager = await hotel.person("hotel")
    down = await does(manager, f"{path}/take-down", early)
    assert (down["state"], down["kept_until"]) == ("taken_down", "2026-04-27")
    assert hotel.findings(removal["id"]) == {}
    assert refused(await manager.post(f"/api/systems/{hotel.system}/retire")) == (409, "procedure.step")
    assert refused(await manager.post(f"{path}/disposal", json={"on": early["on"], **DISPOSAL})) == (
        403, "removal.supervision",
    )  # fmt: skip
    registrar = await hotel.person("registrar")
    done = await does(registrar, f"{path}/disposal", {"on": early["on"], **DISPOSAL})
    assert done["disposal"]["officers"] == ["民警甲", "民警乙"]
    printed = words(await paper(registrar, f"{path}/notice.pdf"))
    for word in (
        "拆除通知书",
        removal["number"],
        "期限足够",
        FORM["data_plan"],
        "2026-04-27",
        "到场",
        DISPOSAL["result"],
    ):
        assert word in printed, word
    (entry,) = hotel.world.entries("removal.supervised")
    assert hotel.obligations(removal["id"])["removal.supervision"].met_entry == entry["index"]
    retired = await does(await hotel.person("hotel"), f"/api/systems/{hotel.system}/retire", {})
    assert retired["state"] == "retired"
    for kind, unit in (("removal.noticed", "hotel"), ("removal.taken_down", "hotel"), ("system.retire", "hotel")):
        assert [one["actor"]["unit"] for one in hotel.world.entries(kind)] == [hotel.unit(unit)], kind


async def test_A15_the_cameras_of_a_system_taken_down_retire_and_no_other(make: Make) -> None:
    hotel = make()
    actor = hotel.actor("hotel")
    own, other = (hotel.world.add_camera(actor, name) for name in ("大堂", "办公室"))
    with hotel.world.store.writing() as uow:
        now, unit = hotel.world.clock.now(), hotel.unit("hotel")
        uow.sitings.add(Siting(own, unit, hotel.place, hotel.system, COUNTY, "", now))
    removal = await noticed(hotel, 10)
    hotel.go(NOTICE + timedelta(days=10))
    down = {"on": (NOTICE + timedelta(days=10)).isoformat()}
    await does(await hotel.person("hotel"), f"/api/removals/{removal['id']}/take-down", down)
    with hotel.world.store.reading() as uow:
        assert [one.id for one in uow.cameras.of_unit(unit)] == [other]
    assert [one["subject"] for one in hotel.world.entries("camera.retired")] == [own]


async def test_A15_a_short_notice_whose_term_was_kept_after_all_is_settled(make: Make) -> None:
    hotel = make()
    removal = await noticed(hotel, 3)
    hotel.go(NOTICE + timedelta(days=10))
    down = {"on": (NOTICE + timedelta(days=10)).isoformat()}
    await does(await hotel.person("hotel"), f"/api/removals/{removal['id']}/take-down", down)
    found = hotel.findings(removal["id"])
    assert {code: one.state for code, one in found.items()} == {"removal.short-notice": FindingState.SETTLED}


async def test_A15_a_withdrawn_notice_leaves_nothing_to_supervise(make: Make) -> None:
    hotel = make()
    removal = await noticed(hotel, 3)
    path = f"/api/removals/{removal['id']}/withdraw"
    withdrawn = await does(await hotel.person("hotel"), path, {})
    assert (withdrawn["state"], hotel.stored().state) == ("withdrawn", Life.IN_USE)
    assert hotel.obligations(removal["id"])["removal.supervision"].dropped
    assert hotel.findings(removal["id"])["removal.short-notice"].state is FindingState.SETTLED


async def test_A15_removal_without_notice_is_on_record_as_that_and_leads_to_A24_3(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    hotel.go(NOTICE)
    form = {"system": hotel.system, "on": "2026-03-15", **FORM}
    removal = await does(await hotel.person("hotel"), "/api/removals/unnoticed", form)
    assert (removal["noticed_on"], removal["number"], removal["state"]) == (None, "", "taken_down")
    found = hotel.findings(removal["id"])["removal.no-notice"]
    assert found.row == "A15.notice"
    assert any(fine.id.startswith("A24.3") for fine in hotel.world.services.law.fines("removal.no-notice", NOTICE))
    assert hotel.obligations(removal["id"])["removal.supervision"].unit == hotel.unit("registrar")


async def test_A15_the_earliest_day_is_right_across_the_end_of_the_year(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    hotel.go(date(2026, 12, 25))
    answer = await does(await hotel.person("hotel"), f"/api/removals/earliest?system={hotel.system}")
    assert answer == {"today": "2026-12-25", "earliest_on": "2027-01-04"}


async def test_N14_the_national_regulation_alone_asks_for_no_notice_and_finds_none_short(make: Make) -> None:
    hotel = make("cn-799-2025")
    removal = await noticed(hotel, 1)
    assert (removal["earliest_on"], removal["short"]) == (None, False)
    assert hotel.findings(removal["id"]) == {}
    assert hotel.obligations(removal["id"]) == {}


async def test_A16_3_a_change_needs_a_recorded_decision_and_N14_a_filing_of_it(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    await hotel.file()
    hotel.go(date(2026, 3, 20))
    manager = await hotel.person("hotel")
    assert refused(await manager.post(f"/api/systems/{hotel.system}/changes", json={**CHANGE, "changes": []})) == (
        422, "change.matters",
    )  # fmt: skip
    change = await does(manager, f"/api/systems/{hotel.system}/changes", CHANGE)
    assert hotel.stored().purpose == "治安防范和消防巡查"
    owed = hotel.obligations()["filing.change"]
    assert (owed.row, owed.due_on, owed.trigger_on) == ("N14.change", None, date(2026, 3, 12))
    draft = await does(manager, f"/api/filings/draft?system={hotel.system}&change={change['id']}")
    assert draft["kind"] == "change"
    form = {"system": hotel.system, "sheet": draft["sheet"], "change": change["id"]}
    filed = await does(manager, "/api/filings", form)
    assert (filed["kind"], filed["state"]) == ("change", "received")
    assert hotel.obligations()["filing.change"].met_on == date(2026, 3, 20)
    printed = words(await paper(manager, f"/api/filings/{filed['id']}/form.pdf"))
    for word in ("备案变更登记表", filed["number"], "治安防范和消防巡查", "旅馆经理", "消防部门要求"):
        assert word in printed, word
    assert hotel.obligations(filed["id"]) == {}, "a change is no reason for another visit"
    page = await does(manager, f"/api/systems/{hotel.system}")
    assert page["changes"][0]["filing"] == filed["id"]


def camera_of(hotel: Hotel, number: int) -> CameraId:
    """A signed camera of the hotel's system."""
    actor, now = hotel.actor("hotel"), hotel.world.clock.now()
    camera = hotel.world.add_camera(actor, f"大堂{number}", 100_000)
    siting = Siting(
        camera, actor.unit, hotel.place, hotel.system, "340421", "culture", now, gb_code=f"{number:020}", signed=now
    )
    with hotel.world.store.writing() as uow:
        uow.sitings.add(siting)
    return camera


async def test_N14_a_camera_taken_down_from_a_filed_system_is_a_change_to_be_filed(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    gone, stays = camera_of(hotel, 1), camera_of(hotel, 2)
    manager = await hotel.person("hotel")
    early = camera_of(hotel, 3)
    assert (await manager.post(f"/api/cameras/{early}/retire", json={"reason": "设备更换"})).status_code == 204
    assert "filing.change" not in hotel.obligations(), "nothing was filed yet that would have changed"
    await hotel.file()
    assert (await manager.post(f"/api/cameras/{gone}/retire", json={"reason": "此处已经拆除"})).status_code == 204
    owed = hotel.obligations()["filing.change"]
    assert (owed.row, owed.met_on) == ("N14.change", None)
    (change,) = (await does(manager, f"/api/systems/{hotel.system}"))["changes"]
    assert change["changes"] == [{"matter": "cameras", "before": "2 台", "after": "1 台"}]
    draft = await does(manager, f"/api/filings/draft?system={hotel.system}&change={change['id']}")
    assert [one["count"] for one in draft["sheet"]["cameras"]] == [1]
    form = {"system": hotel.system, "sheet": draft["sheet"], "change": change["id"]}
    assert (await does(manager, "/api/filings", form))["kind"] == "change"
    assert hotel.obligations()["filing.change"].met_on is not None
    assert (await manager.get(f"/api/cameras/{stays}")).status_code == 200


async def test_A15_both_sides_find_a_removal_with_its_days_in_their_list(make: Make) -> None:
    hotel = make()
    removal = await noticed(hotel, 12)
    for who in ("registrar", "hotel"):
        (line,) = (await (await hotel.person(who)).get("/api/removals")).json()
        assert (line["id"], line["days_left"]) == (removal["id"], 12)
        assert line["unit_name"] == "示范旅馆"
        assert line["supervision"]["standing"] in ("due", "not_measured")
    assert (await (await hotel.person("school")).get("/api/removals")).json() == []


async def test_A16_3_under_the_provincial_text_alone_no_change_filing_is_owed(make: Make) -> None:
    hotel = make("anhui-2017")
    await hotel.deliver()
    await hotel.file()
    hotel.go(date(2026, 3, 20))
    await does(await hotel.person("hotel"), f"/api/systems/{hotel.system}/changes", CHANGE)
    assert "filing.change" not in hotel.obligations()
    assert hotel.world.entries("system.change")


async def test_no_clock_of_a_system_ends_before_its_trigger(make: Make) -> None:
    hotel = make()
    await hotel.deliver()
    filing = await hotel.file()
    hotel.go(NOTICE)
    form = {"system": hotel.system, "planned_on": NOTICE.isoformat(), **FORM}
    removal = await does(await hotel.person("hotel"), "/api/removals", form)
    clocks = [one for about in (hotel.system, filing["id"], removal["id"]) for one in hotel.obligations(about).values()]
    assert len(clocks) == 3
    assert all(one.due_on is None or one.due_on > one.trigger_on >= DELIVERED for one in clocks)
