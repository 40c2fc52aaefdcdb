"""Acceptance of a system that government builds (article 13, paragraph 1): its sheet and what a pass needs.

The items are those of the customary acceptance form. What an item measures is compared with the law's own figure, so
that nobody can write "passes" over 29 days of storage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.governance import matters
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

FEWEST_MEMBERS = 2
"""组织有关部门: departments, not one person."""
MOST_MEMBERS = 30
MOST_ATTACHMENTS = 50


class ItemResult(StrEnum):
    """How one item was found."""

    PASSES = "passes"
    FAILS = "fails"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item of the sheet; `always` ones cannot be not applicable."""

    id: str
    name: str
    name_en: str
    matter: str = ""
    always: bool = True
    measures: str = ""
    """A unit, where the item asks for a figure: `days`, `s`."""


SHEET: tuple[SheetItem, ...] = (
    SheetItem(
        "pictures",
        "逐台图像清晰、采集范围与设计一致",
        "Picture of each camera clear, range as designed",
        matters.CLEAR,
    ),
    SheetItem("storage", "实测有效存储天数", "Days of storage, measured", matters.STORAGE, measures="days"),
    SheetItem("clock", "系统时钟与标准时间的偏差", "Offset of the clock from standard time", measures="s"),
    SheetItem("caption", "图像字符叠加（名称、时间）", "Caption in the picture: name and time"),
    SheetItem("power", "供电与备用电源", "Power and its back-up", always=False),
    SheetItem("sign", "采集设备的提示标识", "Signs at the cameras", matters.SIGN),
    SheetItem("forbidden", "没有设在禁止安装的场所和部位", "None stands where it is forbidden", matters.FORBIDDEN),
    SheetItem(
        "standards", "符合国家、行业和地方标准", "National, industry and local standards are met", matters.STANDARDS
    ),
    SheetItem(
        "together",
        "与主体工程综合设计、同步投入使用",
        "Designed and put to use with the main works",
        matters.TOGETHER,
        always=False,
    ),
    SheetItem(
        "papers", "设计、施工、检测资料齐全", "Papers of design, construction and testing complete", matters.ACCEPTANCE
    ),
)


class Conclusion(StrEnum):
    """What the acceptance came to."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one item."""

    item: str
    result: ItemResult
    measured: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Who took part, for which department or firm."""

    organ: str
    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One acceptance of a system. A failed one stays on record beside the next."""

    id: str
    unit: UnitId
    """Whose system."""
    system: str
    organiser: UnitId
    """The people's government that organised it."""
    number: str
    on: date
    conclusion: Conclusion
    items: tuple[Found, ...]
    members: tuple[Member, ...]
    issues: str
    attachments: tuple[str, ...]
    by: str
    created: UtcNs


def judged(
    conclusion: Conclusion, found: Sequence[Found], members: Sequence[Member], *, floor_days: int
) -> tuple[str, Reason] | None:
    """The field that does not bear the conclusion, with the reason; None when the sheet is whole.

    `floor_days` is the law's term of storage for this place.
    """
    answers = {one.item: one for one in found}
    if len(answers) != len(found) or not answers.keys() <= {item.id for item in SHEET}:
        return "items", reason("acceptance.unknown-item")
    for item in SHEET:
        answer = answers.get(item.id)
        if answer is None or (item.always and answer.result is ItemResult.NOT_APPLICABLE):
            return f"items.{item.id}", reason("acceptance.item-missing")
        if item.measures and answer.result is not ItemResult.NOT_APPLICABLE and answer.measured is None:
            return f"items.{item.id}", reason("acceptance.not-measured")
    if len({member.organ for member in members}) < FEWEST_MEMBERS:
        return "members", reason("acceptance.members")
    storage = answers["storage"]
    if storage.result is ItemResult.PASSES and (storage.measured or 0) < floor_days:
        return "items.storage", reason("acceptance.storage")
    if (conclusion is Conclusion.PASSED) == any(failing(found)):
        return "conclusion", reason("acceptance.conclusion")
    return None


def failing(found: Iterable[Found]) -> list[str]:
    """The items that failed."""
    return [one.item for one in found if one.result is ItemResult.FAILS]
