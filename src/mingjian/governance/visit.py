"""Site visits (实地查看、指导) after a filing: article 13, paragraph 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId
from mingjian.law.rows import Row
from mingjian.law.rulebook import Rulebook


class Seen(StrEnum):
    """What the officers found about one item."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_SEEN = "not_seen"
    """Not looked at: unknown is never counted as right."""
    NOT_APPLICABLE = "not_applicable"


class Item(NamedTuple):
    """One thing to look at. `rows` are the rows of the law about it, the first known one is cited."""

    id: str
    rows: tuple[str, ...]
    name: str
    name_en: str


ITEMS: tuple[Item, ...] = (
    Item("papers", ("A13.2.file", "N14.truth"), "现场与备案材料一致", "The place is as the filing says"),
    Item("forbidden", ("A8.5.other_private", "N8.4.peeping"), "未装在涉及个人隐私的部位", "None in a private place"),
    Item("sign", ("A14.sign", "N13.sign"), "设有明显标识", "Visible sign"),
    Item("position", ("A14.position", "N13.position"), "设备位置合理", "Cameras placed reasonably"),
    Item("range", ("A14.range", "N13.position"), "采集范围固定", "Capture range fixed"),
    Item("clear", ("A16.1.clear", "N15.operate"), "图像清晰", "Clear picture"),
    Item("storage", ("A17.2.3.store", "N17.store"), "录像存储达到期限", "Footage kept for the term"),
    Item("register", ("A17.2.2.register", "N16.2.3.register"), "查阅、复制、调取有登记", "Viewing, copying registered"),
    Item("watch", ("A17.1.watch", "N16.2.1.vetting"), "值守监看和信息安全制度", "Rules for watching and security"),
    Item("room", ("A16.4.room",), "监看场所无关人员不得进入", "No outsiders in the monitoring room"),
)
"""What an officer looks at on the place; guidance is given on each."""


def cited(law: Rulebook, item: Item) -> Row | None:
    """The row by which an item is looked at, of the instruments that this installation has."""
    known = {row.id: row for row in law.rows()}
    return next((known[name] for name in item.rows if name in known), None)


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """The finding about one item, with the guidance given on it."""

    item: str
    seen: Seen
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitOfficer:
    """An officer who came, with the number of the work ID shown."""

    name: str
    work_id: str


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """One visit. Recorded once: `key` names the draft it came from, so that sending it again changes nothing."""

    id: str
    key: str
    filing: str
    first: str
    system: str
    unit: UnitId
    organ: UnitId
    territory: str
    on: date
    officers: tuple[VisitOfficer, ...]
    present: str
    """Who was there for the unit."""
    items: tuple[ItemSeen, ...]
    guidance: str
    conclusion: str
    photographs: tuple[str, ...]
    """Attachments of the filing."""
    recorded: UtcNs
    by: PersonId


def wrong(items: Sequence[ItemSeen]) -> tuple[str, ...]:
    """The items that were found wrong."""
    return tuple(one.item for one in items if one.seen is Seen.WRONG)
