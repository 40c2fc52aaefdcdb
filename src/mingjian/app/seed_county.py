"""The county of a demonstration: organs as a tree and units, beside the county's public security organ.

Apart from `seed_demonstration`, since bundles of ledger entries are served only while all of them are of one unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mingjian.app.identity import IdentityKeeper
from mingjian.app.ports import Random
from mingjian.app.records import Unit
from mingjian.app.seed import COUNTY, DemoAccount, new_accounts, seat
from mingjian.governance.authority import Role
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7

PROVINCE, CITY = "340000", "340400"


@dataclass(frozen=True, slots=True)
class Seeded:
    """One tenant of the demonstration; every name is plainly an example."""

    name: str
    kind: OrganKind
    territory: str
    parent: str = ""
    """The name of the organ above, listed before."""
    sector: str = ""
    people: tuple[tuple[str, str, Role], ...] = ()


_GOVERNMENT, _POLICE, _STATE, _DEPARTMENT, _UNIT = (
    OrganKind.GOVERNMENT,
    OrganKind.PUBLIC_SECURITY,
    OrganKind.STATE_SECURITY,
    OrganKind.DEPARTMENT,
    OrganKind.UNIT,
)
TENANTS: tuple[Seeded, ...] = (
    Seeded("示范省人民政府", _GOVERNMENT, PROVINCE),
    Seeded("示范市人民政府", _GOVERNMENT, CITY, "示范省人民政府"),
    Seeded("示范县人民政府", _GOVERNMENT, COUNTY, "示范市人民政府", "", (("planner", "规划专员", Role.PLANNER),)),
    Seeded("示范省公安厅", _POLICE, PROVINCE, "示范省人民政府"),
    Seeded("示范市公安局", _POLICE, CITY, "示范省公安厅", "", (("cityhead", "市局主要负责人", Role.APPROVER),)),
    Seeded(
        "示范市国家安全局",
        _STATE,
        CITY,
        "示范市人民政府",
        "",
        (
            ("statehead", "国安主要负责人", Role.APPROVER),
            ("state1", "侦查员甲", Role.OFFICER),
            ("state2", "侦查员乙", Role.OFFICER),
        ),
    ),
    Seeded("示范县监察委员会", _DEPARTMENT, COUNTY, "", "supervision", (("oversight", "监察员", Role.OFFICER),)),
    Seeded(
        "示范县教育局",
        _DEPARTMENT,
        COUNTY,
        "示范县人民政府",
        "education",
        (
            ("education", "督导员", Role.OFFICER),
            ("education2", "督导员乙", Role.OFFICER),
            ("bureau", "监管科员", Role.REGISTRAR),
        ),
    ),
    Seeded("示范县卫生健康委员会", _DEPARTMENT, COUNTY, "示范县人民政府", "health"),
    Seeded("示范县文化和旅游局", _DEPARTMENT, COUNTY, "示范县人民政府", "culture"),
    Seeded("示范县交通运输局", _DEPARTMENT, COUNTY, "示范县人民政府", "transport"),
    Seeded("示范县住房和城乡建设局", _DEPARTMENT, COUNTY, "示范县人民政府", "housing"),
    Seeded(
        "示范旅馆",
        _UNIT,
        COUNTY,
        "",
        "culture",
        (
            ("hotel", "旅馆经理", Role.UNIT_MANAGER),
            ("hotelhead", "旅馆负责人", Role.APPROVER),
            ("hotelduty", "旅馆值班员", Role.DUTY),
        ),
    ),
    Seeded("示范中学", _UNIT, COUNTY, "", "education", (("school", "保卫主任", Role.UNIT_MANAGER),)),
    Seeded("示范小区物业", _UNIT, COUNTY, "", "housing", (("estate", "物业经理", Role.UNIT_MANAGER),)),
)
"""Above and beside the county's public security organ. A row may name an earlier one as its parent."""


def seed_county(keeper: IdentityKeeper, *, clock: Clock, random: Random) -> tuple[DemoAccount, ...]:
    """Add the county round the unit of `seed_demonstration`, which becomes its public security organ.

    Raises Missing where that is not there. A throw-away installation is the caller's condition, as there.
    """
    now = clock.now()
    people = {row.name: new_accounts(keeper, now, random, row.name, row.people) for row in TENANTS}
    known: dict[str, UnitId] = {}
    with keeper.store.writing() as uow:
        police = uow.organs.competent(OrganKind.PUBLIC_SECURITY, COUNTY)
        if police is None:
            raise Missing("demo.none", "没有县公安机关", text_en="There is no county public security organ")
        for row in TENANTS:
            unit = Unit(UnitId(uuid7(now, random(RANDOM_BYTES))), row.name, now)
            known[row.name] = unit.id
            uow.people.add_unit(unit)
            uow.organs.save(_organ(row, known))
            seat(uow, keeper, unit, people[row.name])
        uow.organs.save(replace(police, parent=known["示范市公安局"]))
    return tuple(account for seated in people.values() for account, _ in seated)


def _organ(row: Seeded, known: Mapping[str, UnitId]) -> Organ:
    return Organ(known[row.name], row.name, row.kind, row.territory, known.get(row.parent), row.sector)
