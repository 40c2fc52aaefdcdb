"""Organs and units, the tree they form, and what one is to another's object (articles 4, 6, 9, 13, 15, 21)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.ids import UnitId


class OrganKind(StrEnum):
    """What a tenant of the installation is by law."""

    UNIT = "unit"
    """A managing or using unit (管理、使用单位)."""
    GOVERNMENT = "government"
    PUBLIC_SECURITY = "public_security"
    STATE_SECURITY = "state_security"
    DEPARTMENT = "department"
    """Another administrative department (其他行政管理部门); its `sector` says which."""


class Relation(StrEnum):
    """What the asking unit is to an object of a place."""

    OWN = "own"
    """The managing or using unit itself."""
    COMPETENT = "competent"
    """The county's public security organ of the place (所在地县级人民政府公安机关)."""
    SUPERIOR = "superior"
    """Public security above it: of the city or the province."""
    GOVERNMENT = "government"
    """The people's government of the county, or of the city above it."""
    SECTOR = "sector"
    """A department of the place's county or above, for sites of its own sector."""
    KEEPER = "keeper"
    """The unit that keeps the installation, for the people of a unit without an administrator of that kind."""


PROVINCE_DIGITS, CITY_DIGITS, COUNTY_DIGITS = 2, 4, 6
"""Significant digits of a 行政区划 code (GB/T 2260): province, city, county."""


def significant(territory: str) -> str:
    """The digits that name the area: `340000` -> `34`, `340400` -> `3404`, `340421` -> `340421`."""
    if territory[CITY_DIGITS:COUNTY_DIGITS] not in ("", "00"):
        return territory[:COUNTY_DIGITS]
    return territory[:CITY_DIGITS] if territory[PROVINCE_DIGITS:CITY_DIGITS] not in ("", "00") else territory[:2]


def contains(outer: str, inner: str) -> bool:
    """Whether the area of code `outer` holds that of `inner`; an empty code holds nothing."""
    return bool(outer) and inner.startswith(significant(outer))


@dataclass(frozen=True, slots=True)
class Organ:
    """What the law needs to know of a tenant. `territory` is its six-digit 行政区划 code; a unit's is where it sits."""

    id: UnitId
    name: str
    kind: OrganKind = OrganKind.UNIT
    territory: str = ""
    parent: UnitId | None = None
    sector: str = ""
    """Of a department: the sector it administers; of a unit: the one it belongs to (`education`, `health`, …)."""
    credit_code: str = ""
    """统一社会信用代码 (GB 32100)."""
    address: str = ""
    contact: str = ""
    """Telephone or person to ask for."""
    keeps: bool = False
    """The unit that keeps this installation; its administrator administers the tree."""


def area_relation(organ: Organ) -> Relation | None:
    """What `organ` is to the places of its area that it does not own; a department's sector has to fit besides."""
    of_county = len(significant(organ.territory)) == COUNTY_DIGITS
    by_kind = {
        OrganKind.PUBLIC_SECURITY: Relation.COMPETENT if of_county else Relation.SUPERIOR,
        OrganKind.GOVERNMENT: Relation.GOVERNMENT,
        OrganKind.DEPARTMENT: Relation.SECTOR if organ.sector else None,
    }
    return by_kind.get(organ.kind)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects of a list somebody sees: those of unit `own`, and those in `territory` (of `sector`, if named)."""

    own: UnitId | None = None
    territory: str = ""
    """A 行政区划 code; empty: no area."""
    sector: str = ""
    """Empty: whatever the sector."""

    def shows(self, owner: UnitId, territory: str, sector: str = "") -> bool:
        """Whether an object that `owner` has at a place in `territory` is among them."""
        near = contains(self.territory, territory) and self.sector in ("", sector)
        return near or owner == self.own


def relations(asking: Organ, owner: UnitId, territory: str, sector: str = "") -> frozenset[Relation]:
    """What `asking` is to an object that `owner` has at a place in `territory`; empty: a stranger.

    Competence follows the place, not the owner's seat: 所在地 in articles 13 and 15.
    """
    near = area_relation(asking)
    fits = near is not Relation.SECTOR or asking.sector == sector
    found = {Relation.OWN} if asking.id == owner else set()
    if near is not None and fits and contains(asking.territory, territory):
        found.add(near)
    return frozenset(found)
