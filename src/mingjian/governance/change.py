"""Recorded decisions to change a system's purpose or its cameras (article 16, item 3; 799 article 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId

CHANGE_DUTY = "filing.change"


class ChangedMatter(StrEnum):
    """What changes."""

    PURPOSE = "purpose"
    POSITION = "position"
    CAMERAS = "cameras"
    """Their number or type."""
    RETENTION = "retention"
    UNIT = "unit"
    """The unit's own facts: name, person in charge, telephone."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One matter before and after, in words."""

    matter: ChangedMatter
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SystemChange:
    """A decision that the unit took and recorded before it changed something."""

    id: str
    unit: UnitId
    system: str
    changes: tuple[Changed, ...]
    why: str
    decided_by: str
    decided_on: date
    recorded: UtcNs
    by: PersonId
    filing: str = ""
    """The change filing that told the police of it."""
