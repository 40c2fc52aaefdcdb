"""What became of a leaked picture that an auditor gave to be read (article 19). The picture itself is not kept."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


@dataclass(frozen=True, slots=True)
class LeakTrace:
    """One file that was read: its hash, and the register entry that its hidden mark names, if it bears one."""

    id: str
    unit: UnitId
    """The unit of the auditor who asked: its people see this trace."""
    by: str
    at: UtcNs
    sha256: str
    size_bytes: int
    pictures: int
    entry: int | None
    key: int | None
    chance: float | None
    """An upper bound of the probability that a file without mark gives any name."""
