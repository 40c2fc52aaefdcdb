"""The tree of organs: article 4, GB/T 2260, GB 32100-2015."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.governance.organ_tree import (
    SECTORS,
    Level,
    area_name,
    credit_code_fits,
    disturbed,
    level,
    misplaced,
)
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.ids import UnitId

GOVERNMENT, POLICE, DEPARTMENT, UNIT = (
    OrganKind.GOVERNMENT,
    OrganKind.PUBLIC_SECURITY,
    OrganKind.DEPARTMENT,
    OrganKind.UNIT,
)


def organ(name: str, kind: OrganKind, territory: str, parent: str = "", sector: str = "") -> Organ:
    return Organ(UnitId(name), name, kind, territory, UnitId(parent) if parent else None, sector)


PROVINCE = organ("示范省人民政府", GOVERNMENT, "340000")
CITY = organ("示范市人民政府", GOVERNMENT, "340400", "示范省人民政府")
COUNTY = organ("示范县人民政府", GOVERNMENT, "340421", "示范市人民政府")
CITY_POLICE = organ("示范市公安局", POLICE, "340400", "示范市人民政府")
COUNTY_POLICE = organ("示范县公安局", POLICE, "340421", "示范市公安局")
TREE = (PROVINCE, CITY, COUNTY, CITY_POLICE, COUNTY_POLICE)


def code(organ: Organ) -> str | None:
    found = misplaced(organ, TREE)
    return found.code if found is not None else None


@pytest.mark.parametrize(
    ("territory", "found"),
    [
        ("340000", Level.PROVINCE),
        ("340400", Level.CITY),
        ("340421", Level.COUNTY),
        ("340021", None),
        ("34042", None),
        ("3404211", None),
        ("940000", None),
        ("", None),
        ("34O421", None),
    ],
)
def test_the_level_follows_from_the_code(territory: str, found: Level | None) -> None:
    assert level(territory) is found


@pytest.mark.parametrize("one", TREE, ids=lambda one: one.name)
def test_a_tree_of_governments_and_police_stands(one: Organ) -> None:
    assert misplaced(one, TREE) is None
    assert disturbed(one, TREE) is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (organ("县局", POLICE, ""), "organ.territory"),
        (organ("县局", POLICE, "340021"), "organ.territory"),
        (organ("教育局", DEPARTMENT, "340421"), "organ.sector"),
        (organ("某局", DEPARTMENT, "340421", "", "astrology"), "organ.sector"),
        (organ("县局", POLICE, "340422", "", "education"), "organ.sector"),
        (replace(organ("旅馆", UNIT, "340421"), credit_code="91340421MA2ABCDE0X"), "organ.credit-code"),
        (organ("县局", POLICE, "340422", "nobody"), "organ.parent"),
        (organ("县局", POLICE, "340122", "示范市公安局"), "organ.parent"),
        (organ("县政府", GOVERNMENT, "340422", "示范市公安局"), "organ.parent"),
        (organ("旅馆", UNIT, "340122", "示范县公安局"), "organ.parent"),
        (organ("另一县局", POLICE, "340421"), "organ.taken"),
        (replace(PROVINCE, parent=COUNTY.id), "organ.cycle"),
        (replace(CITY, parent=CITY.id), "organ.parent"),
    ],
)
def test_what_does_not_fit_the_tree_is_told(wrong: Organ, why: str) -> None:
    assert code(wrong) == why


@pytest.mark.parametrize(
    "right",
    [
        organ("旅馆", UNIT, "", "", ""),
        organ("旅馆", UNIT, "340421", "", "culture"),
        organ("分店", UNIT, "340421", "示范县公安局"),
        organ("教育局", DEPARTMENT, "340421", "示范县人民政府", "education"),
        organ("卫健委", DEPARTMENT, "340421", "示范县人民政府", "health"),
        organ("邻县公安局", POLICE, "340422", "示范市公安局"),
    ],
    ids=lambda one: f"{one.name}{one.territory}",
)
def test_what_fits_the_tree_is_taken(right: Organ) -> None:
    assert code(right) is None


def test_an_organ_does_not_leave_the_area_of_what_stands_below_it() -> None:
    moved = replace(CITY_POLICE, territory="340100", parent=None)
    assert misplaced(moved, TREE) is None
    found = disturbed(moved, TREE)
    assert found is not None
    assert found.code == "organ.children"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_no_moves_that_are_taken_make_a_cycle(moves: list[tuple[int, int]]) -> None:
    units = {UnitId(str(n)): organ(str(n), UNIT, "340421") for n in range(5)}
    for child, parent in moves:
        moved = replace(units[UnitId(str(child))], parent=UnitId(str(parent)))
        if misplaced(moved, units.values()) is None:
            units[moved.id] = moved
    for one in units.values():
        above, steps = one, 0
        while above.parent is not None:
            above, steps = units[above.parent], steps + 1
            assert steps < len(units)


def test_A4_2_the_sectors_are_those_that_the_law_names_and_its_other_departments() -> None:
    named = [sector.name for sector in SECTORS.values() if sector.article == "第四条第二款"]
    assert len(named) == 11
    assert SECTORS["education"].name == "教育"
    assert all(sector.article and sector.name_en for sector in SECTORS.values())


LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(LETTERS, min_size=17, max_size=17))
def test_a_credit_code_has_one_check_digit(body: str) -> None:
    assert sum(credit_code_fits(body + letter) for letter in LETTERS) == 1


def test_the_example_of_the_standard_fits_and_no_letter_of_it_may_change() -> None:
    known = "91350100M000100Y43"
    assert credit_code_fits(known)
    for place in range(len(known)):
        other = "1" if known[place] != "1" else "2"
        assert not credit_code_fits(known[:place] + other + known[place + 1 :]), place
    assert not credit_code_fits(known[:-1])
    assert not credit_code_fits(known.lower())


def test_an_area_is_named_by_the_governments_on_record() -> None:
    assert area_name("340421", TREE) == "示范省 示范市 示范县"
    assert area_name("340421103", TREE) == "示范省 示范市 示范县"
    assert area_name("340400", TREE) == "示范省 示范市"
    assert area_name("340422", TREE) == "示范省 示范市"
    assert area_name("", TREE) == ""
