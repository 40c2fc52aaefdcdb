"""Whether what goes on under an approval may still go on: asked anew of the stored facts, never of what was once true.

Articles 20 to 22: the approval, its cameras and its time, and the officers themselves.
"""

from __future__ import annotations

from mingjian.app.ports import UnitOfWork
from mingjian.app.records import AccessRequest, RegisterEntry
from mingjian.governance.access import LIVE_KINDS, ExecutionState
from mingjian.governance.authority import Role
from mingjian.governance.procedure import State
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period

GONE = frozenset({State.SUBMITTED, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.COMPLETED})
"""Where nothing may be done under a request: not approved yet, taken back, or at its end."""


def covers(request: AccessRequest, cameras: tuple[CameraId, ...], footage: Period | None) -> bool:
    """Whether the approval, as it stands, names these cameras and (of footage) these seconds."""
    return set(cameras) <= set(request.cameras) and (footage is None or request.footage.covers(footage))


def fits(request: AccessRequest, act: MediaAct) -> bool:
    """Whether what was approved is of this act: connection and direct use are live, all else is recorded."""
    return (request.kind in LIVE_KINDS) == (act is MediaAct.LIVE)


def lapsed(uow: UnitOfWork, registered: RegisterEntry, now: UtcNs) -> Reason | None:
    """Why a view opened under an approval must end at `now`, or None while everything it rests on still stands.

    An approval that was narrowed below what the view was opened for ends it: what is left is opened anew.
    """
    request = uow.requests.behind(registered.request)
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
