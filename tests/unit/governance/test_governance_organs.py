"""Competence follows the place (所在地): articles 4, 13 and 15."""

from __future__ import annotations

import pytest

from mingjian.governance.organs import Organ, OrganKind, Relation, contains, relations
from mingjian.kernel.ids import UnitId

HOTEL = UnitId("hotel")


def organ(kind: OrganKind, territory: str, sector: str = "") -> Organ:
    return Organ(UnitId("organ"), "机关", kind, territory, None, sector)


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("340421", "340421", True),
        ("340421", "340421103", True),
        ("340421", "340422", False),
        ("340400", "340421", True),
        ("340400", "340100", False),
        ("340000", "340421", True),
        ("34", "340421", True),
        ("320000", "340421", False),
        ("", "340421", False),
    ],
)
def test_an_area_holds_what_its_significant_digits_begin(outer: str, inner: str, holds: bool) -> None:
    assert contains(outer, inner) is holds


@pytest.mark.parametrize(
    ("asking", "found"),
    [
        (organ(OrganKind.PUBLIC_SECURITY, "340421"), {Relation.COMPETENT}),
        (organ(OrganKind.PUBLIC_SECURITY, "340422"), set()),
        (organ(OrganKind.PUBLIC_SECURITY, "340400"), {Relation.SUPERIOR}),
        (organ(OrganKind.PUBLIC_SECURITY, "340000"), {Relation.SUPERIOR}),
        (organ(OrganKind.GOVERNMENT, "340421"), {Relation.GOVERNMENT}),
        (organ(OrganKind.DEPARTMENT, "340421", "education"), set()),
        (organ(OrganKind.DEPARTMENT, "340421", "tourism"), {Relation.SECTOR}),
        (organ(OrganKind.STATE_SECURITY, "340421"), set()),
        (organ(OrganKind.UNIT, "340421"), set()),
    ],
)
def test_what_an_organ_is_to_a_hotel_of_the_county(asking: Organ, found: set[Relation]) -> None:
    assert relations(asking, HOTEL, "340421", "tourism") == found


def test_the_owner_is_the_owner_wherever_the_place_lies() -> None:
    assert relations(Organ(HOTEL, "旅馆", territory="340100"), HOTEL, "340421") == {Relation.OWN}


def test_a_site_without_sector_belongs_to_no_department() -> None:
    assert relations(organ(OrganKind.DEPARTMENT, "340421"), HOTEL, "340421") == frozenset()
