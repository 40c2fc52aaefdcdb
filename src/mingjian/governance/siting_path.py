"""The guided path by which a camera is put on record, as one table; the wizard, the API and the tests read it.

What a step needs is computed from the record, so a draft may be left and taken up again at any step, by anyone who may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from mingjian.governance import dossier, matters
from mingjian.governance.places import KeyPart, Place
from mingjian.governance.reasons import Reason
from mingjian.governance.siting import Siting, Verdict


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What the path is judged on, as stored at this instant."""

    siting: Siting
    place: Place
    verdict: Verdict
    forbidden: Reason | None
    floor_days: int
    """Days of storage that the law asks for."""
    lacking: tuple[dossier.Field, ...] = ()


class Lack(NamedTuple):
    """What a step still needs."""

    text: str
    text_en: str


class PathStep(StrEnum):
    """One question of the path."""

    PLACE = "place"
    FORBIDDEN = "forbidden"
    RESPONSIBILITY = "responsibility"
    POSITION = "position"
    PICTURE = "picture"
    VIEW = "view"
    STREAM = "stream"
    STORAGE = "storage"
    DOSSIER = "dossier"


class Row(NamedTuple):
    """One step: its name, the matter of the law that it comes from, and what it lacks."""

    step: PathStep
    name: str
    name_en: str
    matter: str
    lacks: Callable[[PathFacts], Lack | None]


def _place(facts: PathFacts) -> Lack | None:
    if facts.place.closed is not None:
        return Lack("场所已注销", "The place is closed")
    return None if facts.siting.part else Lack("选择场所的部位", "Choose the part of the place")


def _forbidden(facts: PathFacts) -> Lack | None:
    if facts.forbidden is not None:
        return Lack(facts.forbidden.text, facts.forbidden.text_en)
    return None if facts.siting.location else Lack("说明安装位置", "Say where it stands")


def _responsibility(facts: PathFacts) -> Lack | None:
    refused = facts.verdict.refused
    return Lack(refused.text, refused.text_en) if refused is not None else None


def _position(facts: PathFacts) -> Lack | None:
    siting = facts.siting
    on_map = siting.longitude is not None and siting.latitude is not None
    on_plan = bool(siting.floor) and siting.x is not None and siting.y is not None
    if not (on_map or on_plan):
        return Lack("在地图或者平面图上标出位置", "Mark the position on the map or the floor plan")
    if siting.direction_deg is None or siting.angle_deg is None or siting.range_m is None:
        return Lack("填写朝向、水平视场角和采集距离", "Say direction, horizontal angle and range")
    return None


def _picture(facts: PathFacts) -> Lack | None:
    return None if facts.siting.picture else Lack("从码流取一张基准画面", "Take the reference picture from the stream")


def _view(facts: PathFacts) -> Lack | None:
    siting = facts.siting
    if siting.reaches is None:
        return Lack("回答画面是否会拍到私密区域", "Answer whether the view reaches a private area")
    if not siting.proven:
        return Lack(
            "在摄像机内遮挡该区域并通过验证，或者调整朝向",
            "Mask the area inside the camera and have it proven, or aim elsewhere",
        )
    return None


def _stream(facts: PathFacts) -> Lack | None:
    return None if facts.siting.stream is not None else Lack("测试视频流", "Test the stream")


def _storage(facts: PathFacts) -> Lack | None:
    days = facts.siting.days
    if days is None:
        return Lack("核算存储天数", "Reckon the days of storage")
    if days < facts.floor_days:
        return Lack(
            f"只能保存 {days} 天，须不少于 {facts.floor_days} 天", f"{days} days fit; {facts.floor_days} are due"
        )
    return None


def _dossier(facts: PathFacts) -> Lack | None:
    if not facts.siting.gb_code:
        return Lack("生成 20 位编码", "Build the 20-digit code")
    if facts.lacking:
        return Lack(
            "补充档案：" + "、".join(field.name for field in facts.lacking),
            "Fill in: " + ", ".join(field.name_en for field in facts.lacking),
        )
    return None


PATH: tuple[Row, ...] = (
    Row(PathStep.PLACE, "场所与部位", "Place and part", matters.INSTALL, _place),
    Row(PathStep.FORBIDDEN, "安装位置", "Where it stands", matters.FORBIDDEN, _forbidden),
    Row(PathStep.RESPONSIBILITY, "由谁负责", "Who is responsible", matters.RIGHT, _responsibility),
    Row(PathStep.POSITION, "位置、朝向与范围", "Position, direction, range", matters.POSITION, _position),
    Row(PathStep.PICTURE, "基准画面", "Reference picture", matters.POSITION, _picture),
    Row(PathStep.VIEW, "私密区域", "Private areas", matters.FORBIDDEN, _view),
    Row(PathStep.STREAM, "视频流测试", "Stream test", matters.CLEAR, _stream),
    Row(PathStep.STORAGE, "存储天数", "Days of storage", matters.STORAGE, _storage),
    Row(PathStep.DOSSIER, "编码与档案", "Code and dossier", matters.STANDARDS, _dossier),
)
"""In this order; a camera is signed when none lacks anything."""


def lacks(facts: PathFacts) -> list[tuple[Row, Lack | None]]:
    """Every step with what it lacks, in order."""
    return [(row, row.lacks(facts)) for row in PATH]


def first_lack(facts: PathFacts) -> tuple[Row, Lack] | None:
    """The first step that stands in the way of signing."""
    return next(((row, found) for row in PATH if (found := row.lacks(facts)) is not None), None)


@dataclass(frozen=True, slots=True)
class PartStanding:
    """A required part of a place and whether it has a working camera (article 7): a duty without a day."""

    part: str
    """A PlacePart id, or a KeyPart's id."""
    name: str
    name_en: str
    key: bool
    decided: bool
    """False: the unit has not decided yet which its 重要部位 are."""
    cameras: int
    """Signed ones that record."""


def parts_needed(
    parts: tuple[tuple[str, str, str, bool], ...], decided: list[KeyPart], sitings: list[Siting], working: set[str]
) -> list[PartStanding]:
    """What article 7 asks of a place: `parts` of its kind (id, names, key), the key parts decided on, its cameras."""
    found = []
    for part, name, name_en, key in parts:
        own = [one for one in decided if one.part == part and one.withdrawn is None]
        if not key:
            names = {part} | {one.id for one in own}
            found.append(PartStanding(part, name, name_en, False, True, _cameras(names, sitings, working)))
        elif not own:
            found.append(PartStanding(part, name, name_en, True, False, 0))
        else:
            found += [
                PartStanding(one.id, one.name, one.name, True, True, _cameras({one.id}, sitings, working))
                for one in own
            ]
    return found


def _cameras(parts: set[str], sitings: list[Siting], working: set[str]) -> int:
    return sum(one.part in parts and one.signed is not None and one.id in working for one in sitings)
