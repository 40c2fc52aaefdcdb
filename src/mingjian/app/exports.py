"""Jobs that build evidence packages: claimed, reported, finished. The job process acts with the approval's rights.

A job survives the process that builds it: `claim_next` hands out an unfinished one again after `release_unfinished`.
Rights are looked at again when a job is claimed, not only when it was queued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app.performing import asking, entry, performing, refusal
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import (
    RUNNING,
    AccessRequest,
    Actor,
    Closing,
    ClosingCause,
    ExportJob,
    JobState,
)
from mingjian.app.sealing_ports import Sealing
from mingjian.app.views import grant_of
from mingjian.governance.authority import Act, role_allows, sees_only_own
from mingjian.governance.procedure import State
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.grant import Grant

MOST_ATTEMPTS = 5
"""A package that fails this often needs a person, not another try."""


@dataclass(frozen=True, slots=True)
class ClaimedExport:
    """Work for the job process: the request's scope, the Grant that opens its footage, when its copy was registered."""

    job: ExportJob
    request: AccessRequest
    grant: Grant
    officers: tuple[str, ...]
    registered: UtcNs


def claim_next(store: Store, *, clock: Clock) -> ClaimedExport | None:
    """The oldest queued job, now `building`; None when there is none. A job without right ends as failed here."""
    now = clock.now()
    with store.writing() as uow:
        for job in uow.exports.running():
            if job.state is not JobState.QUEUED:
                continue
            request = uow.requests.one(job.request, job.unit)
            registered = uow.register.of_grant(job.grant)
            staff = uow.people.one(job.staff)
            may = staff is not None and staff.disabled is None and role_allows(Act.ACCESS_EXPORT, staff.roles)
            if request is None or registered is None or not may:
                _end_badly(uow, job, JobState.FAILED, "export.right-lost", now)
                continue
            if request.state is not State.EXPORTING or not registered.valid.contains(now):
                _end_badly(uow, job, JobState.FAILED, "export.right-lost", now)
                continue
            if job.attempts >= MOST_ATTEMPTS:
                _end_badly(uow, job, JobState.FAILED, "export.gave-up", now)
                continue
            building = replace(job, state=JobState.BUILDING, attempts=job.attempts + 1)
            uow.exports.save(building)
            officers = tuple(registered.person_name.split("、"))
            return ClaimedExport(building, request, grant_of(registered), officers, registered.at)
    return None


def release_unfinished(store: Store) -> int:
    """At the start of the keeper: queue again what a crash left building, to be resumed. How many."""
    with store.writing() as uow:
        unfinished = [job for job in uow.exports.running() if job.state is not JobState.QUEUED]
        for job in unfinished:
            uow.exports.save(replace(job, state=JobState.QUEUED))
    return len(unfinished)


def report_progress(
    store: Store, *, job: str, done_bytes: int, total_bytes: int, began: UtcNs, waiting_for_checkpoint: bool = False
) -> bool:
    """Store progress, at least once a second. False when the job was cancelled: stop and delete the partial package.

    The two figures are the share of the work that is done, told in bytes of the package. `began` is now less the time
    which that work took: neither the queue nor waiting for the ledger is in it.
    """
    with store.writing() as uow:
        current = _job(uow, job)
        if current.state not in (JobState.BUILDING, JobState.WAITING_CHECKPOINT):
            return False
        state = JobState.WAITING_CHECKPOINT if waiting_for_checkpoint else JobState.BUILDING
        told = replace(current, state=state, done_bytes=done_bytes, total_bytes=total_bytes, started=began)
        uow.exports.save(told)
        return True


def finish(
    store: Store,
    *,
    clock: Clock,
    job: str,
    outcome: str,
    missing_s: int,
    sha256: str,
    size_bytes: int,
    witnesses: int,
    timestamp: str,
    seconds: dict[str, int],
) -> bool:
    """The package is complete: the register entry closes with the seconds copied. False when it was cancelled.

    `timestamp` is the time that an authority vouches for, or why there is none.
    """
    now = clock.now()
    with store.writing() as uow:
        current = _job(uow, job)
        if current.state not in RUNNING:
            return False
        uow.exports.save(
            replace(
                current,
                state=JobState.DONE,
                ended=now,
                outcome=outcome,
                missing_s=missing_s,
                sha256=sha256,
                done_bytes=size_bytes,
                total_bytes=size_bytes,
            )
        )
        facts = {
            "job": job,
            "outcome": outcome,
            "missing_s": missing_s,
            "sha256": sha256,
            "bytes": size_bytes,
            "witnesses": witnesses,
            "timestamp": timestamp,
            "seconds": seconds,
        }
        index = uow.ledger.append(entry("package.built", now, current.request, facts, unit=current.unit))
        uow.register.close(current.entry, Closing(index, now, ClosingCause.DELIVERED, seconds))
        _move(uow, current, State.READY)
        return True


def fail(store: Store, *, clock: Clock, job: str, code: str) -> None:
    """Building ended with an error that another try will not mend; the request is back at approved."""
    now = clock.now()
    with store.writing() as uow:
        current = _job(uow, job)
        if current.state in RUNNING:
            _end_badly(uow, current, JobState.FAILED, code, now)


def cancel(store: Store, *, actor: Actor, clock: Clock, job: str) -> ExportJob:
    """Stop a running export; the request is back at approved."""
    with performing(store, Act.EXPORT_CANCEL, job, actor=actor, clock=clock) as doing:
        current = doing.uow.exports.one(job, doing.person.unit)
        if current is None:
            raise _unknown()
        doing.permit(current.unit)
        if current.state not in RUNNING:
            raise refusal(reason("procedure.step"))
        return _end_badly(doing.uow, current, JobState.CANCELLED, "export.cancelled", doing.now, actor=actor)


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[ExportJob]:
    """The unit's exports, newest first; an officer sees those of the own requests."""
    with asking(store, Act.EXPORT_LIST, actor=actor, clock=clock) as doing:
        own = doing.person.id if sees_only_own(Act.EXPORT_LIST, doing.person.roles) else None
        return doing.uow.exports.listed(doing.person.unit, own)


def one(store: Store, *, actor: Actor, clock: Clock, job: str) -> tuple[ExportJob, Sealing | None]:
    """One export and its last sealing. Raises Missing for a foreign unit's, or for an officer another's."""
    with asking(store, Act.EXPORT_LIST, actor=actor, clock=clock) as doing:
        found = doing.uow.exports.one(job, doing.person.unit)
        own = sees_only_own(Act.EXPORT_LIST, doing.person.roles)
        if found is None or (own and found.requester != doing.person.id):
            raise _unknown()
        return found, doing.uow.sealings.latest(job)


def eta_s(job: ExportJob, now: UtcNs) -> int | None:
    """Seconds until a building job should be complete, by its mean rate while it worked; None before there is one."""
    if job.state is not JobState.BUILDING or job.started is None or job.done_bytes <= 0:
        return None
    elapsed_s = (now - job.started) / SECOND_NS
    return max(0, round(elapsed_s * (job.total_bytes - job.done_bytes) / job.done_bytes))


def _job(uow: UnitOfWork, job: str) -> ExportJob:
    found = uow.exports.one(job, None)
    if found is None:
        raise _unknown()
    return found


def _end_badly(
    uow: UnitOfWork, job: ExportJob, state: JobState, code: str, now: UtcNs, *, actor: Actor | None = None
) -> ExportJob:
    ended = replace(job, state=state, ended=now, error=code)
    uow.exports.save(ended)
    kind = "export.cancelled" if state is JobState.CANCELLED else "export.failed"
    facts = {"job": job.id, "code": code}
    index = uow.ledger.append(entry(kind, now, job.request, facts, actor=actor, unit=job.unit))
    registered = uow.register.of_grant(job.grant)
    if registered is not None and registered.closing is None:
        uow.register.close(job.entry, Closing(index, now, ClosingCause.FAILED, {}))
    _move(uow, job, State.APPROVED)
    return ended


def _move(uow: UnitOfWork, job: ExportJob, to: State) -> None:
    request = uow.requests.one(job.request, job.unit)
    if request is not None and request.state is State.EXPORTING:
        uow.requests.save(replace(request, state=to), expected=State.EXPORTING)


def _unknown() -> Missing:
    return Missing("export.unknown", "没有这个导出", text_en="There is no such export")
