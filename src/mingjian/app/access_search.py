"""Which cameras an organ may name in a request: those of its area, by name, place and unit. Never a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.performing import asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor, Camera
from mingjian.governance.access import LEGAL_KINDS
from mingjian.governance.authority import Act
from mingjian.governance.organs import Organ, contains
from mingjian.governance.places import Datum
from mingjian.kernel.clock import Clock

MOST_FOUND = 200
"""What a person reads through; a longer answer is narrowed by typing."""


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera as a request names it."""

    camera: Camera
    holder: Organ
    place: str
    territory: str
    longitude: float | None
    latitude: float | None
    datum: Datum | None


def cameras(store: Store, *, actor: Actor, clock: Clock, text: str) -> Sequence[FoundCamera]:
    """At most `MOST_FOUND`, by unit and name, whose name, place or unit holds `text`.

    An organ of articles 20 and 21 finds those that stand in its area, everybody else the own unit's.
    """
    wanted = text.strip().casefold()
    with asking(store, Act.ACCESS_SEARCH, actor=actor, clock=clock) as doing:
        uow, own = doing.uow, doing.uow.organs.one(doing.person.unit)
        if own is None:
            return []
        abroad = own.kind in LEGAL_KINDS
        organs = {organ.id: organ for organ in uow.organs.listed()} if abroad else {own.id: own}
        places = {place.id: place.name for place in (uow.places.within(own.territory) if abroad else ())}
        sitings = {one.id: one for one in (uow.sitings.within(own.territory) if abroad else ())}
        found = []
        for camera in uow.cameras.all_in_use() if abroad else uow.cameras.of_unit(own.id):
            holder, siting = organs.get(camera.unit), sitings.get(camera.id)
            if holder is None:
                continue
            territory = siting.territory if siting is not None else holder.territory
            place = places.get(siting.place, camera.place) if siting is not None else camera.place
            if camera.unit != own.id and not contains(own.territory, territory):
                continue
            if wanted in f"{camera.name} {place} {holder.name}".casefold():
                where = (siting.longitude, siting.latitude, siting.datum) if siting is not None else (None, None, None)
                found.append(FoundCamera(camera, holder, place, territory, *where))
        return sorted(found, key=lambda one: (one.holder.name, one.camera.name, one.camera.id))[:MOST_FOUND]
