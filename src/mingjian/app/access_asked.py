"""What an application for footage says, and when it cannot stand, whoever asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app.texts import line, purpose_text
from mingjian.governance.access import LIVE_KINDS, AccessKind, NamedOfficer
from mingjian.kernel.clock import DAY_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook

CAMERAS_PER_REQUEST = 16
LONGEST_COPY_NS = 7 * DAY_NS
"""One package stays one that a person can carry and check; a longer need is several requests."""
LONGEST_USE_NS = 90 * DAY_NS
"""House rule: a connection or direct use is approved anew every quarter."""
OFFICERS = "officers_needed"
"""The figure of the instrument: who comes, comes with so many persons at least."""
OFFICERS_NAMED = 10
"""A form has ten lines; more persons do not stand at one counter."""
CASE_LONGEST, WORK_ID_LONGEST = 64, 32


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application says. `officers` are those whom the organ will send."""

    kind: AccessKind
    cameras: Sequence[CameraId]
    footage: Period
    purpose: str
    destination: str
    legal_basis: str
    officers: Sequence[NamedOfficer]
    other_basis: bool = False
    case: str = ""
    approving: UnitId | None = None
    """Which public security organ of the place decides; None: that of the county, else of the city."""


def checked(asked: Asked, now: UtcNs) -> Asked:
    """The application with its texts cleaned. Raises Invalid for the first field that cannot stand."""
    chosen = tuple(dict.fromkeys(asked.cameras))
    if not 1 <= len(chosen) <= CAMERAS_PER_REQUEST:
        raise Invalid(
            "access.cameras",
            f"一次申请 1 至 {CAMERAS_PER_REQUEST} 台摄像机",
            text_en=f"One request names 1 to {CAMERAS_PER_REQUEST} cameras",
            field="cameras",
        )
    _check_period(asked.kind, asked.footage, now)
    return replace(
        asked,
        cameras=chosen,
        purpose=purpose_text(asked.purpose),
        destination=line(asked.destination, "destination", shortest=2, longest=200),
        legal_basis=line(asked.legal_basis, "legal_basis", shortest=2, longest=200),
        case=line(asked.case, "case", shortest=0, longest=CASE_LONGEST),
    )


def _check_period(kind: AccessKind, period: Period, now: UtcNs) -> None:
    if kind in LIVE_KINDS:
        if period.duration_ns == 0 or period.duration_ns > LONGEST_USE_NS or period.end <= now:
            days = LONGEST_USE_NS // DAY_NS
            raise Invalid(
                "access.period",
                f"使用期限须在将来结束、不为空，且不超过 {days} 天",
                text_en=f"The period of use must end in the future, not be empty, and last at most {days} days",
                field="start_ms",
            )
    elif period.duration_ns == 0 or period.duration_ns > LONGEST_COPY_NS or period.end > now:
        raise Invalid(
            "access.period",
            "时段须已经过去、不为空，且不超过 7 天",
            text_en="The period must be past, not empty, and at most 7 days long",
            field="start_ms",
        )


def different(officers: Sequence[NamedOfficer], law: Rulebook) -> tuple[NamedOfficer, ...]:
    """The officers named, each once however it is written. Raises Invalid for too few or more than ten."""
    named: dict[str, NamedOfficer] = {}
    for officer in officers:
        name = line(officer.name, "officers", longest=64)
        work_id = line(officer.work_id, "officers", shortest=0, longest=WORK_ID_LONGEST)
        plain = unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
        named.setdefault(plain, NamedOfficer(name, work_id))
    numbers = [officer.work_id for officer in named.values() if officer.work_id]
    different = len(named) - (len(numbers) - len(set(numbers)))
    needed = law.setting_row(OFFICERS)
    if not needed.value <= different <= OFFICERS_NAMED:
        raise Invalid(
            "access.officers",
            f"须写明申请机关派出的 {needed.value} 至 {OFFICERS_NAMED} 名不同人员，现为 {different} 名",
            text_en=f"Name {needed.value} to {OFFICERS_NAMED} different officers of the organ, not {different}",
            remedy="补全共同实施的人员姓名后重新提交",
            remedy_en="Name everyone who will come, then submit again",
            field="officers",
            article=needed.article,
        )
    return tuple(named.values())
