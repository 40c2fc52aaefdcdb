"""What a unit needs for a copy of its own footage: rules that allow it, and an application."""

from __future__ import annotations

from typing import Any

from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.ids import CameraId, UnitId
from web_world import World

INSURANCE = "财产损失理赔取证"
"""A purpose of the unit's rules that allows a copy; none of the usual ones does."""


def allow_copies(world: World, unit: UnitId) -> None:
    """The unit's rules name a purpose that allows copies."""
    with world.store.writing() as uow:
        uow.register.set_purposes(unit, (*DEFAULTS, INSURANCE), (INSURANCE,))


def own_form(world: World, camera: CameraId, **changes: Any) -> dict[str, Any]:
    """An application for a copy of the unit's own footage."""
    form = {
        "cameras": [camera],
        "start_ms": world.ago_ms(600),
        "end_ms": world.ago_ms(480),
        "ground": INSURANCE,
        "purpose": "大堂玻璃门被撞，保险理赔取证",
        "destination": "本单位安全部理赔卷",
    }
    return {**form, **changes}
