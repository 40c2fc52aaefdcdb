"""Existing cameras in reach of a government site: seen by its planner, decided on before design (article 9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app import places
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.plans import linked_item
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.coverage import ReuseDecision, undecided
from mingjian.governance.organs import CITY_DIGITS
from mingjian.governance.places import Place
from mingjian.governance.reasons import Reason, reason
from mingjian.governance.siting import Siting, metres_between
from mingjian.governance.systems import Builder, VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class NearCamera:
    """An existing camera near a place: what a planner must know to reuse it, and no more."""

    siting: Siting
    name: str
    unit_name: str
    place_name: str
    metres: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether one camera is reused, and why."""

    camera: str
    reuse: bool
    reason: str


def existing_near(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str) -> Sequence[NearCamera]:
    """Cameras of anyone that already stand within reach of a government site, nearest first (article 9, paragraph 1).

    For the planner of the site alone, and only what he needs to decide on reuse: where, whose, how far; no video.
    """
    with asking(store, Act.CAMERA_REACH, actor=actor, clock=clock) as doing:
        site = places.of(doing, place)
        doing.permit(site.unit)
        return cameras_near(doing, law, site)


def cameras_near(doing: Performance, law: Rulebook, site: Place) -> list[NearCamera]:
    """Cameras within reach of `site`, nearest first; the caller has decided that the asker may see them."""
    if site.longitude is None or site.latitude is None:
        raise places.invalid(
            "longitude", "场所没有坐标，无法查找附近的摄像机", "The place has no coordinates to look around"
        )
    reach = law.setting("reuse_reach_m")
    uow = doing.uow
    found = []
    # around the site, whoever asks: what stands across the county's border is in reach as well
    for siting in uow.sitings.within(site.territory[:CITY_DIGITS]):
        if siting.longitude is None or siting.latitude is None or siting.place == site.id:
            continue
        if siting.datum is not site.datum:  # GCJ-02 lies hundreds of metres off; no distance is better than a wrong one
            continue
        metres = metres_between(site.longitude, site.latitude, siting.longitude, siting.latitude)
        camera = uow.cameras.one(siting.id, siting.unit)
        if metres <= reach and camera is not None and camera.retired is None:
            owner, where = uow.organs.one(siting.unit), uow.places.one(siting.place)
            found.append(
                NearCamera(
                    siting,
                    camera.name,
                    owner.name if owner is not None else "",
                    where.name if where is not None else "",
                    round(metres),
                )
            )
    return sorted(found, key=lambda one: (one.metres, one.siting.id))


def existing(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, system: str
) -> list[tuple[NearCamera, ReuseDecision | None]]:
    """The cameras in reach of a government's system, the nearest first, with the latest decision on each."""
    with asking(store, Act.REUSE_DECIDE, actor=actor, clock=clock) as doing:
        found, site = _governments(doing, system)
        decided = {one.camera: one for one in doing.uow.reuse.of_system(found.id)}
        return [(near, decided.get(near.siting.id)) for near in cameras_near(doing, law, site)]


def decide(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, system: str, choices: Sequence[Choice]
) -> list[ReuseDecision]:
    """Decide on cameras in reach; a later decision on the same one stands beside the first and counts."""
    with performing(store, Act.REUSE_DECIDE, system, actor=actor, clock=clock) as doing:
        found, site = _governments(doing, system)
        near = {str(one.siting.id) for one in cameras_near(doing, law, site)}
        if not choices or len({one.camera for one in choices}) != len(choices):
            raise _invalid("choices", "每台摄像机决定一次", "Decide once on each camera")
        decisions = []
        for number, choice in enumerate(choices):
            if choice.camera not in near:
                raise _invalid(f"choices.{number}.camera", "附近没有这台摄像机", "There is no such camera in reach")
            decisions.append(
                ReuseDecision(
                    id=uuid7(doing.now, random(RANDOM_BYTES)),
                    unit=found.unit,
                    system=found.id,
                    camera=choice.camera,
                    reuse=choice.reuse,
                    reason=line(choice.reason, f"choices.{number}.reason", shortest=4, longest=500),
                    by=doing.person.display_name,
                    created=doing.now,
                )
            )
        for decision in decisions:
            doing.uow.reuse.add(decision)
        facts = {"reused": [one.camera for one in decisions if one.reuse], "decided": len(decisions)}
        doing.enter("reuse.decided", system, facts)
        return decisions


def before_design(doing: Performance, law: Rulebook, system: VideoSystem) -> Reason | None:
    """What a government's system lacks before its design: an item of a published plan, and decisions on reuse.

    None for a unit's system, and for one that stood before the regulation.
    """
    if system.builder is not Builder.GOVERNMENT or system.existing:
        return None
    if linked_item(doing, system) is None:
        return reason("procedure.not-planned")
    site = doing.uow.places.one(system.place)
    if site is None or site.longitude is None:
        return reason("procedure.site-unlocated")
    near = [str(one.siting.id) for one in cameras_near(doing, law, site)]
    open_still = undecided(near, doing.uow.reuse.of_system(system.id)) if near else []
    return reason("procedure.reuse-undecided") if open_still else None


def _governments(doing: Performance, system: str) -> tuple[VideoSystem, Place]:
    doing.permit(None)
    found = doing.uow.systems.one(system)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    doing.permit(found.unit)
    site = doing.uow.places.one(found.place)
    if found.builder is not Builder.GOVERNMENT or site is None:
        raise refusal(reason("procedure.government-only"))
    return found, site


def _invalid(field: str, text: str, text_en: str) -> Invalid:
    return Invalid(
        "reuse.choice", text, text_en=text_en, remedy="改正后重试", remedy_en="Correct it and try again", field=field
    )
