"""Clocks as acts open, meet and drop them, in a real store, under both instruments and under each alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjian.app import duties
from mingjian.app.duty_sweep import sweep
from mingjian.app.performing import Performance, performing
from mingjian.bootstrap.law import packaged, rulebook
from mingjian.governance.authority import Act
from mingjian.governance.obligations import FindingState, Standing, standing
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.law.calendar import china
from mingjian.law.rulebook import Rulebook
from web_world import World

DELIVERED = date(2026, 3, 2)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@contextmanager
def acting(world: World) -> Iterator[Performance]:
    with performing(world.store, Act.SYSTEM_USE, "s1", actor=world.manager, clock=world.clock) as doing:
        yield doing


def filing(world: World, **changes: Any) -> dict[str, Any]:
    unit = world.manager.unit
    about = {"subject_kind": "system", "subject": "s1", "subject_name": "旅馆系统", "trigger": DELIVERED}
    return {"duty": "filing", "debtor": unit, "owner": unit, **about, **changes}


def test_A13_2_a_clock_opens_with_its_row_and_is_counted_where_its_owner_sits(world: World) -> None:
    with acting(world) as doing:
        opened = duties.open_duty(doing, rulebook(), **filing(world))
    assert opened is not None
    assert (opened.unit, opened.trigger_on, opened.territory) == (world.manager.unit, DELIVERED, "340421")
    reckoned = rulebook().deadline("filing", DELIVERED)
    assert reckoned is not None
    assert (opened.due_on, opened.row) == (reckoned.last_day, reckoned.row.id)


def test_each_instrument_alone_gives_its_own_day(world: World) -> None:
    for number, name in enumerate(("anhui-2017", "cn-799-2025")):
        book = Rulebook((packaged(name),), china())
        with acting(world) as doing:
            opened = duties.open_duty(doing, book, **filing(world, subject=f"s{number}"))
        assert opened is not None
        assert opened.instrument == name


def test_a_duty_that_no_instrument_knows_opens_nothing(world: World) -> None:
    with acting(world) as doing:
        assert duties.open_duty(doing, rulebook(), **filing(world, duty="nothing-known")) is None


def test_a_running_clock_stays_one_and_can_only_become_earlier(world: World) -> None:
    with acting(world) as doing:
        first = duties.open_duty(doing, rulebook(), **filing(world))
        later = duties.open_duty(doing, rulebook(), **filing(world, trigger=DELIVERED + timedelta(days=9)))
        sooner = duties.open_duty(doing, rulebook(), **filing(world, trigger=DELIVERED - timedelta(days=9)))
    assert first == later
    assert first is not None
    assert sooner is not None
    assert (sooner.id, sooner.trigger_on) == (first.id, DELIVERED - timedelta(days=9))
    assert sooner.due_on is not None
    assert first.due_on is not None
    assert sooner.due_on < first.due_on


def test_A13_2_day_30_is_in_time_and_day_31_is_a_breach(world: World) -> None:
    for number, (late, expected) in enumerate(((0, Standing.MET), (1, Standing.BREACHED))):
        with acting(world) as doing:
            opened = duties.open_duty(doing, rulebook(), **filing(world, subject=f"s{number}"))
            assert opened is not None
            assert opened.due_on is not None
            on = opened.due_on + timedelta(days=late)
            met = duties.meet_duty(doing, f"s{number}", "filing", on=on, entry=7)
        assert met is not None
        assert (standing(met, on, soon_days=7), met.met_entry) == (expected, 7)


def test_what_is_not_running_can_neither_be_met_nor_dropped(world: World) -> None:
    with acting(world) as doing:
        assert duties.meet_duty(doing, "s1", "filing", on=DELIVERED, entry=1) is None
        assert duties.drop_duty(doing, "s1", "filing", "系统没有建成") is None
        duties.open_duty(doing, rulebook(), **filing(world))
        dropped = duties.drop_duty(doing, "s1", "filing", "系统没有建成")
    assert dropped is not None
    assert standing(dropped, DELIVERED, soon_days=7) is Standing.NOT_APPLICABLE
    with acting(world) as doing:
        again = duties.open_duty(doing, rulebook(), **filing(world))
    assert again is not None
    assert again.id != dropped.id


def test_a_finding_is_on_record_once_while_it_is_open(world: World) -> None:
    unit = world.manager.unit
    about = {"unit": unit, "owner": unit, "territory": "340421", "subject_kind": "system", "subject": "s1"}
    words = {"subject_name": "旅馆系统", "text": "提前九日通知", "text_en": "Nine days of notice"}
    with acting(world) as doing:
        first = duties.find(doing, code="removal.short-notice", row="A15.notice", **about, **words)
        again = duties.find(doing, code="removal.short-notice", row="A15.notice", **about, **words)
        other = duties.find(doing, code="removal.no-notice", row="A15.notice", **about, **words)
    assert first == again
    assert first.state is FindingState.OPEN
    assert other.id != first.id


def test_what_was_found_overdue_is_settled_when_the_duty_ends_and_found_anew_when_it_runs_out_again(
    world: World,
) -> None:
    law, days = rulebook(), []
    for end in (
        lambda doing: duties.meet_duty(doing, "s1", "filing", on=DELIVERED, entry=7),
        lambda doing: duties.drop_duty(doing, "s1", "filing", "系统没有建成"),
    ):
        with acting(world) as doing:
            opened = duties.open_duty(doing, law, **filing(world, trigger=date(2020, 3, 2)))
        assert opened is not None
        assert sweep(world.store, clock=world.clock, law=law).found == 1
        assert sweep(world.store, clock=world.clock, law=law).found == 0
        with acting(world) as doing:
            end(doing)
            found = doing.uow.findings.of_subject("s1")
        assert {one.state for one in found} == {FindingState.SETTLED}
        days.append(len(found))
        world.clock.wall = UtcNs(world.clock.now() + SECOND_NS)
    assert days == [1, 2]


def test_a_refused_act_leaves_no_clock(world: World) -> None:
    with pytest.raises(RuntimeError), acting(world) as doing:
        duties.open_duty(doing, rulebook(), **filing(world))
        raise RuntimeError
    with world.store.reading() as uow:
        assert uow.obligations.of_subject("s1") == []


def test_the_legal_day_is_that_of_the_instruments_zone(world: World) -> None:
    midnight_in_china = 1_800_000_000 // 86_400 * 86_400 - 8 * 3600
    assert duties.today(rulebook(), midnight_in_china * 10**9) == date(2027, 1, 15)
    assert duties.today(rulebook(), (midnight_in_china - 1) * 10**9) == date(2027, 1, 14)


def test_a_place_counts_where_it_is_and_not_where_its_owner_sits(world: World) -> None:
    with acting(world) as doing:
        doing.uow.organs.save(Organ(world.manager.unit, "某单位", OrganKind.UNIT, "340100", sector="tourism"))
        opened = duties.open_duty(doing, rulebook(), **filing(world, territory="340421", sector="education"))
        seat = duties.open_duty(doing, rulebook(), **filing(world, subject="s2"))
    assert opened is not None
    assert seat is not None
    assert (opened.territory, opened.sector, seat.territory, seat.sector) == (
        "340421",
        "education",
        "340100",
        "tourism",
    )
