"""Where places and cameras are, as far as the asker may see them: what the map and the list beside it are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.performing import asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.places import Place
from mingjian.governance.siting import Siting
from mingjian.kernel.clock import Clock

MARKS_MAX = 20_000
"""Of each kind: more than one county has, and as many as a list of the registry holds."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A camera on the map."""

    siting: Siting
    name: str
    """Empty for a camera of another unit: an organ sees where it stands and its number, and no way to its pictures."""
    own: bool
    """The asker may list it among the cameras of his unit, with its state."""


@dataclass(frozen=True, slots=True)
class AreaMap:
    """What the asker may see of his unit and of the area or sector that his organ answers for."""

    places: Sequence[Place]
    cameras: Sequence[Mark]
    unsited: int
    """Cameras of the asker's unit that are in use and of which no place is on record."""
    whole: bool
    """False when there are more than `MARKS_MAX` of a kind: the rest is not shown."""


def area(store: Store, *, actor: Actor, clock: Clock) -> AreaMap:
    """Places that are not closed and cameras in use. Of another unit's cameras, those that are on record (signed)."""
    with asking(store, Act.PLACE_LIST, actor=actor, clock=clock) as doing:
        uow, scope, mine = doing.uow, doing.scope(), doing.scope(Act.CAMERA_LIST)
        places = uow.places.visible(scope)
        sitings = uow.sitings.visible(scope)
        in_use = {camera.id: camera for camera in uow.cameras.all_in_use()}
        marks = []
        for siting in sitings:
            own = mine.shows(siting.unit, siting.territory, siting.sector)
            if siting.id in in_use and (own or siting.signed is not None):
                marks.append(Mark(siting, in_use[siting.id].name if own else "", own))
        sited = {siting.id for siting in sitings}
        listed = [camera for camera in in_use.values() if mine.own is not None and camera.unit == mine.own]
        return AreaMap(
            places=[place for place in places if place.closed is None],
            cameras=marks,
            unsited=sum(camera.id not in sited for camera in listed),
            whole=max(len(places), len(sitings)) < MARKS_MAX,
        )
