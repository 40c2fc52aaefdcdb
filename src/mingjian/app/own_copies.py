"""A unit asks to copy its own footage, by its own rules (articles 17 to 19). What follows is `app.access` and the rest.

The consent is the management's or the head's, never the applicant's; two of the unit's people make the copy together;
it is registered before its first byte, sealed for the two, and its use or destruction is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app.access import Scope, numbered, organ_of, personal_of, told_of, unknown_camera
from mingjian.app.access_asked import Asked, checked
from mingjian.app.performing import Performance, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.purposes import copies_of, purposes_of
from mingjian.app.records import AccessRequest, Actor
from mingjian.governance.access import AccessKind, ApprovalRoute
from mingjian.governance.authority import Act
from mingjian.governance.own_copy import ASKER, SUPPLY, Goes, barred, uncopied
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """What a unit asks of itself: `ground` is a purpose of its rules, `purpose` why now, in free words."""

    cameras: Sequence[CameraId]
    footage: Period
    ground: str
    purpose: str
    goes: Goes
    destination: str
    """Where the copy is kept."""


def ask(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, copy: OwnCopy) -> AccessRequest:
    """A numbered request that waits for the consent of another person of the unit. Invalid names the field.

    Refused for a purpose that the unit's rules allow no copy for, and for a copy that would leave the unit; Missing
    for a camera of another unit.
    """
    said = checked(
        Asked(AccessKind.COPY, copy.cameras, copy.footage, copy.purpose, copy.destination, copy.ground, officers=()),
        clock.now(),
    )
    with performing(store, Act.COPY_ASK, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        unit = organ_of(doing, doing.person.unit)
        if (why := barred(copy.goes)) is not None:
            raise refusal(_cited(doing, law, why))
        if (why := uncopied(copy.ground, purposes_of(doing.uow, unit.id), copies_of(doing.uow, unit.id))) is not None:
            raise refusal(why)
        if any(doing.uow.cameras.one(camera, unit.id) is None for camera in said.cameras):
            raise unknown_camera()
        row = next(iter(law.approvals(AccessKind.COPY.value, ASKER, law.day(doing.now))), None)
        if row is None:  # an instrument that knows no copy by the unit itself
            raise refusal(reason("copy.ground"))
        title = law.instrument(row.instrument).head.title
        request = numbered(
            doing,
            law,
            random,
            replace(said, legal_basis=f"《{title}》{row.article}"),
            Scope(unit, ApprovalRoute(row.id, row.article, by_police=False), unit.id),
            asking=unit,
            requester=doing.person.id,
            requester_name=doing.person.display_name,
            ground=copy.ground,
        )
        doing.enter("access.submitted", request.id, told_of(request), personal=personal_of(request))
        return request


def _cited(doing: Performance, law: Rulebook, why: Reason) -> Reason:
    """The refusal with the article of the text in force that forbids it."""
    row = next((duty for duty in law.duties(law.day(doing.now)) if duty.duty == SUPPLY), None)
    return replace(why, article=row.article) if row is not None else why
