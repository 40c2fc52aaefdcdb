"""Seconds that a request still wants do not expire: a hold (封存) ends with the request, and after `HELD_NS` at last.

The entry of a hold is that of the request (`access.submitted`, `private.asked`), its end that of what ends the request.
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
        since = UtcNs(clock.now() - HELD_NS)
        requests, privately = uow.requests.holding(since), uow.private_viewings.holding(since)
    found: dict[CameraId, list[Period]] = {}
    for cameras, footage in (
        *((one.cameras, one.footage) for one in requests),
        *((one.cameras, one.footage) for one in privately),
    ):
        for camera in cameras:
            found.setdefault(camera, []).append(footage)
    return {camera: union(periods) for camera, periods in found.items()}
