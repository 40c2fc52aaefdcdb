"""Why a unit's own people look back: the purposes that its rules name (articles 16, 17, 21 and 23).

A unit writes its own list; until it does, these are what the regulation itself asks of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.governance.reasons import Reason, reason

DEFAULTS = (
    "设备故障排查",
    "事件、案件线索核查",
    "配合依法查阅、复制、调取",
    "安全检查和监督检查",
)
"""Articles 16.1 (operation), 17.2.1 (suspicious information), 21 (lawful access) and 16.1 with 23 (inspection)."""
MOST = 20
"""A list that one reads at a glance."""
SHORTEST, LONGEST = 2, 40


def unlisted(ground: str, purposes: Sequence[str]) -> Reason | None:
    """Why `ground` opens no playback, or None where the unit's rules name it."""
    return None if ground in purposes else reason("view.ground")
