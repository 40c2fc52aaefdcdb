"""How much of the storage a person sees: of one's own cameras, or the whole installation's."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.app.performing import asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.governance.authority import Act, Facts
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import CameraId


@dataclass(frozen=True, slots=True)
class StorageSight:
    """`whole`: volumes, totals and every part as well; else what concerns `cameras`, those of the own unit."""

    whole: bool
    cameras: frozenset[CameraId]


def storage_sight(store: Store, *, actor: Actor, clock: Clock) -> StorageSight:
    """What the storage page shows. Raises Refused for whoever may not see even the own cameras' part."""
    with asking(store, Act.STORAGE_SEE, actor=actor, clock=clock) as doing:
        whole = doing.may(None, Facts(keeps=doing.keeps()), act=Act.STORAGE_WHOLE)
        return StorageSight(whole, frozenset(camera.id for camera in doing.uow.cameras.of_unit(doing.person.unit)))
