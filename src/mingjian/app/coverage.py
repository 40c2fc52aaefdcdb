"""How much of what article 7 requires is there, in the area or sector that the asker answers for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mingjian.app.performing import Performance, asking
from mingjian.app.plans import WORKING
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.coverage import Covered, RequiredPart, standing_of
from mingjian.governance.organs import contains
from mingjian.governance.places import Place
from mingjian.governance.planning import PlanState
from mingjian.governance.siting import Siting
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import CameraId
from mingjian.law.rulebook import Rulebook

Recording = Callable[[Sequence[CameraId]], Mapping[CameraId, bool | None]]
"""Whether each camera's footage reaches the disk; None or absent where nothing is known."""


def required(store: Store, law: Rulebook, recording: Recording, *, actor: Actor, clock: Clock) -> list[RequiredPart]:
    """Every required part that the asker answers for, with how it stands: those of places, then planned ones."""
    with asking(store, Act.COVERAGE_SEE, actor=actor, clock=clock) as doing:
        scope = doing.scope()
        uow = doing.uow
        places = [place for place in uow.places.visible(scope) if place.closed is None]
        in_use = {system.place for system in uow.systems.visible(scope) if system.state in WORKING}
        sitings: dict[str, list[Siting]] = {}
        for place in places:
            sitings[place.id] = [one for one in uow.sitings.of_place(place.id) if one.signed is not None]
        states = recording([one.id for found in sitings.values() for one in found])
        parts = [
            part
            for place in places
            for part in _of_place(doing, law, place, place.id in in_use, sitings[place.id], states)
        ]
        if scope.territory and not scope.sector:
            parts += _planned(doing, scope.territory)
        return parts


def _of_place(
    doing: Performance,
    law: Rulebook,
    place: Place,
    in_use: bool,
    sitings: Sequence[Siting],
    states: Mapping[CameraId, bool | None],
) -> list[RequiredPart]:
    """The listed parts and the key parts decided on; a place of which none is known counts as one."""
    decided = [one for one in doing.uow.places.parts(place.id) if one.withdrawn is None]
    rows: list[tuple[str, str, set[str]]] = []
    for part in law.place_kind(place.kind).parts:
        own = [one for one in decided if one.part == part.id]
        if part.key and own:
            rows += [(one.id, one.name, {one.id}) for one in own]
        else:
            rows.append((part.id, part.name, {part.id, *(one.id for one in own)}))
    found = []
    for part_id, name, known in rows or [("", place.name, {""})]:
        at = [states.get(one.id) for one in sitings if one.part in known]
        found.append(
            RequiredPart(
                place.kind,
                part_id,
                place.territory,
                place.id,
                f"{place.name} · {name}",
                standing_of(in_use=in_use, recording=at),
                place.longitude,
                place.latitude,
                place.datum,
            )
        )
    return found


def _planned(doing: Performance, territory: str) -> list[RequiredPart]:
    """Items of published plans whose place is not on record yet."""
    served = {system.plan_item for system in doing.uow.systems.within(territory)}
    return [
        RequiredPart(
            item.kind,
            item.part,
            item.territory,
            "",
            item.name,
            Covered.UNCOVERED,
            item.longitude,
            item.latitude,
            item.datum,
        )
        for plan in doing.uow.plans.listed()
        if plan.state is PlanState.PUBLISHED
        for item in plan.items
        if not item.place and item.id not in served and contains(territory, item.territory)
    ]
