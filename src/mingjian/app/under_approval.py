"""Whether what goes on under an approval or a consent may still go on: asked anew of the facts as stored now.

Articles 20 to 22: the approval, its cameras and its time, and the officers themselves. National regulation, article 21:
the managing unit's consent to a private person's viewing.
"""

from __future__ import annotations

from dataclasses import replace

from mingjian.app.ports import UnitOfWork
from mingjian.app.records import AccessRequest, RegisterEntry, RegisterKind
from mingjian.governance.access import LIVE_KINDS, ExecutionState
from mingjian.governance.authority import Role
from mingjian.governance.private_viewing import PrivateState
from mingjian.governance.procedure import State
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook

HISTORY_READ = 200
"""Entries about one request: a dozen in practice."""
GONE = frozenset({State.SUBMITTED, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.COMPLETED})
"""Where nothing may be done under a request: not approved yet, taken back, or at its end."""


def covers(request: AccessRequest, cameras: tuple[CameraId, ...], footage: Period | None) -> bool:
    """Whether the approval, as it stands, names these cameras and (of footage) these seconds."""
    return set(cameras) <= set(request.cameras) and (footage is None or request.footage.covers(footage))


def fits(request: AccessRequest, act: MediaAct) -> bool:
    """Whether what was approved is of this act: connection and direct use are live, all else is recorded."""
    return (request.kind in LIVE_KINDS) == (act is MediaAct.LIVE)


def lapsed(uow: UnitOfWork, registered: RegisterEntry, now: UtcNs) -> Reason | None:
    """Why a view must end at `now`, or None while everything it rests on still stands; the unit's own rests on nothing.

    An approval that was narrowed below what the view was opened for ends it: what is left is opened anew.
    """
    if registered.kind is RegisterKind.PRIVATE:
        return _consent_lapsed(uow, registered, now)
    if registered.organ is None:
        return None
    request = uow.requests.behind(registered.request)
    if request is not None and request.state is State.WITHDRAWN:
        return reason("access.withdrawn")
    if request is None or request.state in GONE or request.approved_until is None:
        return reason("access.not-approved")
    if now >= request.approved_until:
        return reason("access.approval-expired")
    if not covers(request, registered.cameras, registered.footage):
        return reason("access.narrowed")
    visit = uow.requests.execution(registered.execution)
    if visit is None or visit.request != request.id or visit.state is not ExecutionState.OPEN:
        return reason("access.visit-ended")
    for officer in registered.officers:
        person = uow.people.one(officer)
        if person is None or person.disabled is not None or Role.OFFICER not in person.roles:
            return reason("access.officer-left")
    return None


def why_ended(uow: UnitOfWork, law: Rulebook, grant: str, now: UtcNs) -> Reason | None:
    """Why a view under an approval or a consent has ended, as its viewer is told; None while nothing it rests on has.

    Of an approval that was withdrawn: by which organ, and when.
    """
    registered = uow.register.of_grant(grant)
    why = lapsed(uow, registered, now) if registered is not None else None
    request = uow.requests.behind(registered.request) if registered is not None else None
    if why is None or request is None or request.state is not State.WITHDRAWN:
        return why
    said = next((act for act in uow.ledger.history(request.id, HISTORY_READ) if act.kind == "access.withdrawn"), None)
    when = law.told(said.at) if said is not None else ""
    return replace(
        why,
        text=f"批准（{request.number}）已由{request.organ}于 {when} 撤回",
        text_en=f"{request.organ} withdrew the approval {request.number} at {when}",
    )


def _consent_lapsed(uow: UnitOfWork, registered: RegisterEntry, now: UtcNs) -> Reason | None:
    viewing = uow.private_viewings.behind(registered.request)
    if viewing is None or viewing.state is not PrivateState.CONSENTED or viewing.consented_until is None:
        return reason("private.no-consent")
    return reason("private.consent-over") if now >= viewing.consented_until else None
