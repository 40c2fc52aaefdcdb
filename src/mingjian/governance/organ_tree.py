"""The rules of the tree of organs: which code an area has, who stands above whom, which sectors there are.

Sources: article 4 of the regulation (sectors), GB/T 2260 (areas), GB 32100-2015 (credit codes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingjian.governance.organs import (
    CITY_DIGITS,
    COUNTY_DIGITS,
    PROVINCE_DIGITS,
    Organ,
    OrganKind,
    contains,
    significant,
)
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.ids import UnitId


class Level(StrEnum):
    """How large the area of an organ is; it follows from the code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


_LEVELS = {PROVINCE_DIGITS: Level.PROVINCE, CITY_DIGITS: Level.CITY, COUNTY_DIGITS: Level.COUNTY}
_CODE = re.compile(r"[1-8][0-9]{5}")


def level(territory: str) -> Level | None:
    """The level of a six-digit code, or None for a text that is no code (a county without city, letters, …)."""
    if not _CODE.fullmatch(territory) or (territory[2:4] == "00" != territory[4:6]):
        return None
    return _LEVELS[len(significant(territory))]


@dataclass(frozen=True, slots=True)
class Sector:
    """What a department administers (article 4, paragraph 2); a unit or a place belongs to one."""

    id: str
    name: str
    name_en: str
    article: str


_NAMED, _OTHERS, _OVERSIGHT = "第四条第二款", "第四条第二款（等部门）", "第二十七条"
SECTORS: Mapping[str, Sector] = {
    row.id: row
    for row in (
        Sector("development", "发展改革", "Development and reform", _NAMED),
        Sector("housing", "住房和城乡建设", "Housing and construction", _NAMED),
        Sector("transport", "交通运输", "Transport", _NAMED),
        Sector("city", "城市管理", "City management", _NAMED),
        Sector("education", "教育", "Education", _NAMED),
        Sector("culture", "文化和旅游", "Culture and tourism", _NAMED),
        Sector("commerce", "商务", "Commerce", _NAMED),
        Sector("water", "水利", "Water", _NAMED),
        Sector("civil", "民政", "Civil affairs", _NAMED),
        Sector("health", "卫生健康", "Health", _NAMED),
        Sector("market", "市场监督管理", "Market regulation", _NAMED),
        Sector("finance", "金融监督管理", "Financial regulation", _OTHERS),
        Sector("sport", "体育", "Sport", _OTHERS),
        Sector("energy", "能源", "Energy", _OTHERS),
        Sector("post", "邮政", "Post", _OTHERS),
        Sector("religion", "民族宗教", "Ethnic and religious affairs", _OTHERS),
        Sector("emergency", "应急管理", "Emergency management", _OTHERS),
        Sector("supervision", "监察", "Supervisory commission", _OVERSIGHT),
    )
}
"""Those that article 4 names under their present names, those of 'and other departments' that have places of
article 7, and the supervisory commission (监察机关) of article 27."""

_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_LENGTH = 18


def credit_code_fits(code: str) -> bool:
    """Whether the check digit of a 统一社会信用代码 fits (GB 32100-2015, 5): weights 3^i, modulus 31."""
    if len(code) != _CREDIT_LENGTH or any(letter not in _CREDIT_LETTERS for letter in code):
        return False
    values = [_CREDIT_LETTERS.index(letter) for letter in code]
    modulus = len(_CREDIT_LETTERS)
    weighed = sum(value * pow(3, place, modulus) for place, value in enumerate(values[:-1]))
    return (modulus - weighed % modulus) % modulus == values[-1]


_ABOVE: Mapping[OrganKind, frozenset[OrganKind]] = {
    OrganKind.UNIT: frozenset(OrganKind),
    OrganKind.GOVERNMENT: frozenset({OrganKind.GOVERNMENT}),
    OrganKind.PUBLIC_SECURITY: frozenset({OrganKind.PUBLIC_SECURITY, OrganKind.GOVERNMENT}),
    OrganKind.STATE_SECURITY: frozenset({OrganKind.STATE_SECURITY, OrganKind.GOVERNMENT}),
    OrganKind.DEPARTMENT: frozenset({OrganKind.DEPARTMENT, OrganKind.GOVERNMENT}),
}
"""Which kinds may stand above a kind. One of the same kind has a larger area; a government may have the same."""


def misplaced(organ: Organ, others: Iterable[Organ]) -> Reason | None:
    """Why `organ` may not stand in the tree of `others` as it says, or None. What is below it is not looked at."""
    known = {other.id: other for other in others if other.id != organ.id}
    return _own_facts(organ) or _position(organ, known) or _taken(organ, known.values())


def disturbed(organ: Organ, others: Iterable[Organ]) -> Reason | None:
    """Why what stands directly below `organ` would no longer fit if it became as it says, or None."""
    tree = [organ, *(other for other in others if other.id != organ.id)]
    below = [other for other in tree if other.parent == organ.id]
    return reason("organ.children") if any(misplaced(child, tree) is not None for child in below) else None


def _own_facts(organ: Organ) -> Reason | None:
    is_unit = organ.kind is OrganKind.UNIT
    if level(organ.territory) is None and (organ.territory or not is_unit):
        return reason("organ.territory")
    if organ.sector and (organ.sector not in SECTORS or organ.kind not in (OrganKind.DEPARTMENT, OrganKind.UNIT)):
        return reason("organ.sector")
    if organ.kind is OrganKind.DEPARTMENT and not organ.sector:
        return reason("organ.sector")
    return reason("organ.credit-code") if organ.credit_code and not credit_code_fits(organ.credit_code) else None


def _position(organ: Organ, known: Mapping[UnitId, Organ]) -> Reason | None:
    if organ.parent is None:
        return None
    parent = known.get(organ.parent)
    if parent is None:
        return reason("organ.parent")
    if any(above.id == organ.id or above.parent == organ.id for above in _line(parent, known)):
        return reason("organ.cycle")
    if parent.kind not in _ABOVE[organ.kind] or not contains(parent.territory, organ.territory):
        return reason("organ.parent")
    same_area = significant(parent.territory) == significant(organ.territory)
    return reason("organ.parent") if same_area and parent.kind is organ.kind is not OrganKind.UNIT else None


def _line(organ: Organ, known: Mapping[UnitId, Organ]) -> Sequence[Organ]:
    """`organ` and those above it, each once, even where the rows hold a cycle."""
    found: dict[UnitId, Organ] = {}
    above: Organ | None = organ
    while above is not None and above.id not in found:
        found[above.id] = above
        above = known.get(above.parent) if above.parent is not None else None
    return list(found.values())


def _taken(organ: Organ, others: Iterable[Organ]) -> Reason | None:
    """One organ of a kind (and sector) for one area, so that it is always clear who is competent."""
    if organ.kind is OrganKind.UNIT:
        return None
    held = ((other.kind, significant(other.territory), other.sector) for other in others)
    return reason("organ.taken") if (organ.kind, significant(organ.territory), organ.sector) in held else None


_GOVERNMENT_SUFFIX = "人民政府"


def area_name(territory: str, organs: Iterable[Organ]) -> str:
    """The name of an area, from the largest to the smallest part, as the people's governments on record name it."""
    governments = [
        organ
        for organ in organs
        if organ.kind is OrganKind.GOVERNMENT and organ.territory and contains(organ.territory, territory)
    ]
    governments.sort(key=lambda organ: len(significant(organ.territory)))
    return " ".join(organ.name.removesuffix(_GOVERNMENT_SUFFIX) for organ in governments)
