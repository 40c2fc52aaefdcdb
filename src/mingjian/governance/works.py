"""Main works and the standards checklist of a system (articles 10 and 11).

A system is designed as one with the main works and put to use together with them; that it is not in use when they are
is a finding, reckoned anew from the facts whenever one of them changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.governance.systems import Life, LifeStep, VideoSystem
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

NOT_TOGETHER = "works.not-together"
NOT_TOGETHER_ROW = "A11.together"
BEFORE_USE = frozenset({Life.PLANNED, Life.DESIGNED, Life.BUILT, Life.ACCEPTED})


class Milestone(StrEnum):
    """Of the main works."""

    DESIGNED = "designed"
    STARTED = "started"
    COMPLETED = "completed"
    IN_USE = "in_use"


MILESTONES: dict[Milestone, tuple[str, str]] = {
    Milestone.DESIGNED: ("主体工程设计完成", "Main works designed"),
    Milestone.STARTED: ("主体工程开工", "Main works started"),
    Milestone.COMPLETED: ("主体工程竣工", "Main works completed"),
    Milestone.IN_USE: ("主体工程投入使用", "Main works in use"),
}


@dataclass(frozen=True, slots=True)
class Passed:
    """A milestone with the day planned and the day passed."""

    milestone: Milestone
    planned_on: date | None = None
    passed_on: date | None = None


@dataclass(frozen=True, slots=True)
class MainWorks:
    """The works of which the system is part (主体工程). One record a system; its id is the system's."""

    id: str
    unit: UnitId
    name: str
    number: str
    """Of the works' approval or permit; may be empty."""
    designed_as_one: bool
    """Whether the system's design is part of the works' own (综合设计)."""
    note: str
    milestones: tuple[Passed, ...]
    changed: UtcNs

    def passed_on(self, milestone: Milestone) -> date | None:
        """The day on which a milestone was passed, or None."""
        return next((one.passed_on for one in self.milestones if one.milestone is milestone), None)


def not_together(works: MainWorks, system: VideoSystem) -> date | None:
    """Since when the main works are in use without the system; None while they are not, or the system is too.

    A system put to use later than the works ended the breach, it did not undo it: the finding is then settled.
    """
    since = works.passed_on(Milestone.IN_USE)
    return since if since is not None and system.state in BEFORE_USE else None


def days_apart(works: MainWorks, system: VideoSystem) -> int | None:
    """Days by which the system came into use after the works; negative: before them. None while one is not in use."""
    since = works.passed_on(Milestone.IN_USE)
    used = system.dates.get(LifeStep.USE) or system.dates.get(LifeStep.DELIVER)
    return (used - since).days if since is not None and used is not None else None


class CheckResult(StrEnum):
    """How a system stands to a standard. Nobody who has not looked says that it passes."""

    NOT_CHECKED = "not_checked"
    PASSES = "passes"
    FAILS = "fails"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard of the checklist: its code and title, never its text."""

    code: str
    title: str
    title_en: str
    applies: str
    applies_en: str


STANDARDS: tuple[Standard, ...] = (
    Standard(
        "GB/T 28181",
        "公共安全视频监控联网系统信息传输、交换、控制技术要求",
        "Transport, exchange and control in networked video surveillance for public safety",
        "与上级平台或者其他系统联网的",
        "Systems connected to a platform or to other systems",
    ),
    Standard(
        "GB 35114",
        "公共安全视频监控联网信息安全技术要求",
        "Information security of networked video surveillance for public safety",
        "联网系统的设备、平台",
        "Devices and platforms of connected systems",
    ),
    Standard(
        "GB 37300",
        "公共安全重点区域视频图像信息采集规范",
        "Video capture in key areas of public safety",
        "重点区域、重要部位的采集点",
        "Capture points of key areas and key parts",
    ),
    Standard(
        "GB 50395",
        "视频安防监控系统工程设计规范",
        "Engineering design of video surveillance systems",
        "系统设计",
        "Design",
    ),
    Standard(
        "GB 50348",
        "安全防范工程技术标准",
        "Technical standard of security engineering",
        "设计、施工、检验、验收",
        "Design, construction, inspection, acceptance",
    ),
    Standard(
        "GB 55029",
        "安全防范工程通用规范",
        "General code of security engineering",
        "新建、改建、扩建工程",
        "New, rebuilt and extended works",
    ),
    Standard(
        "GB/T 25724",
        "公共安全视频监控数字视音频编解码技术要求",
        "Digital video and audio coding in surveillance for public safety",
        "采用该编码的设备",
        "Devices that use this coding",
    ),
    Standard(
        "GA/T 1400",
        "公安视频图像信息应用系统",
        "Public security application systems of video images",
        "与公安视频图像应用平台对接的",
        "Systems that meet the application platform of public security",
    ),
)
"""National and industry standards that such systems are built to (article 10). A local standard is one row more."""


@dataclass(frozen=True, slots=True)
class StandardCheck:
    """One result with its evidence. An earlier one stays; the latest of a code counts."""

    id: str
    unit: UnitId
    system: str
    code: str
    result: CheckResult
    note: str
    evidence: tuple[str, ...]
    """Attachments."""
    by: str
    on: date
    created: UtcNs


def known_standard(code: str) -> Standard | None:
    """The row of a code."""
    return next((row for row in STANDARDS if row.code == code), None)
