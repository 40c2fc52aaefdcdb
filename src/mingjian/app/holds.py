"""Seconds that a request still wants do not expire: a hold (封存) ends with the request, and after `HELD_NS` at last.

The entry of a hold is that of the request (`access.submitted`), its end that of what ends the request.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.app.access import HELD_NS
from mingjian.app.ports import Store
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period, union


def held(store: Store, *, clock: Clock) -> dict[CameraId, Sequence[Period]]:
    """By camera the seconds that pending or approved requests want and have not got yet."""
    with store.reading() as uow:
        wanting = uow.requests.holding(UtcNs(clock.now() - HELD_NS))
    found: dict[CameraId, list[Period]] = {}
    for request in wanting:
        for camera in request.cameras:
            found.setdefault(camera, []).append(request.footage)
    return {camera: union(periods) for camera, periods in found.items()}
