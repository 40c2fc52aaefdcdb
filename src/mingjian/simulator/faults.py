"""What can go wrong with a camera, as values: which faults are on, how strongly, and how they are written.

Only description here; the camera applies them. Faults of the picture exclude each other: the last one set shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mingjian.kernel.errors import Invalid
from mingjian.simulator.scene import Look


class Fault(StrEnum):
    """The switchable faults; the value is how one is written on a command line."""

    DROP = "drop"
    REORDER = "reorder"
    SILENCE = "silence"
    RESET = "reset"
    REBOOT = "reboot"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105  the name of a fault, not a password
    BLACK = "black"
    FROZEN = "frozen"
    BLURRED = "blurred"
    COVERED = "covered"
    MOVED = "moved"
    CLOCK_WRONG = "clock-wrong"
    CORRUPT = "corrupt"
    PARAMETERS = "parameters"
    TIME_BACK = "time-back"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """What a fault does, and its value: the default, the least and the most allowed."""

    meaning: str
    meaning_en: str
    default: float = 0.0
    least: float = 0.0
    most: float = 0.0


RULES: Mapping[Fault, FaultRule] = {
    Fault.DROP: FaultRule("丢失百分之几的数据包", "lose this percentage of packets", 5, 0, 100),
    Fault.REORDER: FaultRule(
        "UDP 上百分之几的数据包晚到，排在后一个之后",
        "on UDP let this percentage of packets come behind the next",
        10,
        0,
        100,
    ),
    Fault.SILENCE: FaultRule("连接不断，但不再发送任何数据", "stay connected and send nothing at all"),
    Fault.RESET: FaultRule("立即重置全部连接（一次）", "reset every connection at once (once)"),
    Fault.REBOOT: FaultRule(
        "每隔几秒重启一次，其中一半时间不在线", "reboot every so many seconds, away for half", 20, 1, 3600
    ),
    Fault.WRONG_PASSWORD: FaultRule("拒绝任何口令", "refuse every password"),
    Fault.BLACK: FaultRule("黑屏", "black picture"),
    Fault.FROZEN: FaultRule("画面冻结", "frozen picture"),
    Fault.BLURRED: FaultRule("画面模糊", "blurred picture"),
    Fault.COVERED: FaultRule("镜头被遮挡", "covered lens"),
    Fault.MOVED: FaultRule("镜头被移动", "camera turned elsewhere"),
    Fault.CLOCK_WRONG: FaultRule(
        "摄像机时钟偏差几秒：发送报告和 SEI 时间偏差同样多；画面上只有十秒内的读数，整十秒的偏差看不出",
        "camera clock wrong by so many seconds: in sender reports and SEI in full; the picture shows a second of ten, "
        "so multiples of ten seconds do not show there",
        303,
        -1e9,
        1e9,
    ),
    Fault.CORRUPT: FaultRule("损坏百分之几的数据包", "damage this percentage of packets", 2, 0, 100),
    Fault.PARAMETERS: FaultRule("码流中途改变分辨率", "another resolution in mid-stream"),
    Fault.TIME_BACK: FaultRule(
        "时间戳倒退几秒（一次）", "timestamps jump back by so many seconds (once)", 5, 0.001, 40_000
    ),
}
ONCE = frozenset({Fault.RESET, Fault.TIME_BACK})
"""Faults that happen when they are set, and leave no state."""
_LOOKS = {
    Fault.BLACK: Look.BLACK,
    Fault.FROZEN: Look.FROZEN,
    Fault.BLURRED: Look.BLURRED,
    Fault.COVERED: Look.COVERED,
    Fault.MOVED: Look.MOVED,
}
_OFF = frozenset({"off", "no", "0"})


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults that are on, each with its value."""

    active: Mapping[Fault, float] = field(default_factory=dict)

    def __contains__(self, fault: Fault) -> bool:
        return fault in self.active

    def value(self, fault: Fault) -> float:
        """The value of `fault`; 0 while it is off."""
        return self.active.get(fault, 0.0)

    def with_fault(self, fault: Fault, value: float | None = None) -> Faults:
        """These and `fault`, by default at its usual value. Raises Invalid for a value out of range."""
        kept = {other: amount for other, amount in self.active.items() if not (fault in _LOOKS and other in _LOOKS)}
        return Faults({**kept, fault: checked_value(fault, value)})

    def without(self, fault: Fault) -> Faults:
        """These but `fault`."""
        return Faults({other: amount for other, amount in self.active.items() if other is not fault})

    @property
    def look(self) -> Look:
        """How the picture is spoilt."""
        return next((look for fault, look in _LOOKS.items() if fault in self.active), Look.NORMAL)


def checked_value(fault: Fault, value: float | None) -> float:
    """`value`, or the usual one for None. Raises Invalid out of range."""
    rule = RULES[fault]
    if value is None:
        return rule.default
    if not rule.least <= value <= rule.most:  # no number, or one beyond any, is within no range
        raise Invalid(
            "simulator.fault-value",
            f"故障 {fault} 的取值应在 {rule.least:g} 到 {rule.most:g} 之间",
            text_en=f"the value of fault {fault} lies between {rule.least:g} and {rule.most:g}",
            field="fault",
        )
    return value


def parse_fault(text: str) -> tuple[Fault, float | None, bool]:
    """`drop`, `drop=10` or `drop=off` as (fault, value or None for the usual one, on). Raises Invalid."""
    name, _, amount = text.strip().partition("=")
    try:
        fault = Fault(name.strip())
    except ValueError as failure:
        known = ", ".join(Fault)
        raise Invalid(
            "simulator.fault",
            f"没有名为 {name!r} 的故障；可用：{known}",
            text_en=f"there is no fault {name!r}; known: {known}",
            field="fault",
        ) from failure
    if amount.strip().lower() in _OFF:
        return fault, None, False
    if not amount.strip():
        return fault, None, True
    try:
        return fault, checked_value(fault, float(amount)), True
    except ValueError as failure:
        raise Invalid(
            "simulator.fault-value", f"故障取值 {amount!r} 不是数字", text_en=f"{amount!r} is no number", field="fault"
        ) from failure
