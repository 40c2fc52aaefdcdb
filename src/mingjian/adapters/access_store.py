"""`app.ports.Requests` and `app.ports.Exports` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.access import access_requests, executions, presences
from mingjian.adapters.tables.exports import exports
from mingjian.app.performing import refusal
from mingjian.app.records import RUNNING, AccessRequest, Execution, ExportJob, JobState, SignedPresence
from mingjian.governance.access import LIVE_KINDS, AccessKind, NamedOfficer
from mingjian.governance.authority import Presence
from mingjian.governance.procedure import State
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period

MOST_LISTED = 500
"""The newest requests or exports of a unit in one answer."""

_WANTING = (State.SUBMITTED, State.APPROVED, State.EXPORTING)
_EXECUTIONS = Shape(executions, Execution)
_request = access_requests.c


class SqlRequests:
    """Access requests of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._executions = Rows(connection, _EXECUTIONS)

    def add(self, request: AccessRequest, *, year: int, serial: int) -> None:
        of_holder = select(func.max(_request.serial)).where(_request.unit_id == request.unit, _request.year == year)
        fixed = {
            "id": request.id,
            "unit_id": request.unit,
            "year": year,
            "serial": (self._connection.execute(of_holder).scalar() or 0) + 1,
            "asker_serial": serial,
            "number": request.number,
            "purpose": request.purpose,
            "destination": request.destination,
            "legal_basis": request.legal_basis,
            "organ": request.organ,
            "officers": [[officer.name, officer.work_id] for officer in request.officers],
            "requester_id": request.requester,
            "requester_name": request.requester_name,
            "submitted_ns": request.submitted,
            "asker_id": request.asker,
            "approving_id": request.approving,
            "route": request.route,
            "other_basis": request.other_basis,
            "case_number": request.case,
            "on_paper": request.on_paper,
            "ground": request.ground,
        }
        self._connection.execute(insert(access_requests).values(**fixed, **_changeable(request)))

    def next_serial(self, unit: UnitId, year: int) -> int:
        highest = select(func.max(_request.asker_serial)).where(_request.asker_id == unit, _request.year == year)
        return (self._connection.execute(highest).scalar() or 0) + 1

    def save(self, request: AccessRequest, *, expected: State) -> None:
        step = update(access_requests).where(_request.id == request.id, _request.state == expected)
        changed = self._connection.execute(step.values(**_changeable(request)).returning(_request.id)).first()
        if changed is None:
            raise refusal(reason("procedure.step"))

    def one(self, request: str, unit: UnitId) -> AccessRequest | None:
        return self._first(select(access_requests).where(_request.id == request, _shown_to(unit)))

    def behind(self, request: str) -> AccessRequest | None:
        return self._first(select(access_requests).where(_request.id == request))

    def listed(
        self, unit: UnitId, requester: PersonId | None, *, case: str = "", number: str = ""
    ) -> Sequence[AccessRequest]:
        query = select(access_requests).where(_shown_to(unit))
        if requester is not None:
            query = query.where(_request.requester_id == requester)
        if case:
            query = query.where(_request.case_number == case, _request.asker_id == unit)
        if number:
            query = query.where(_request.number == number)
        newest = query.order_by(_request.submitted_ns.desc(), _request.id.desc()).limit(MOST_LISTED)
        return self._read(self._connection.execute(newest).mappings().all())

    def lapsed(self, now: UtcNs) -> Sequence[AccessRequest]:
        query = select(access_requests).where(_request.state == State.APPROVED, _request.approved_until_ns <= now)
        return self._read(self._connection.execute(query.order_by(_request.id)).mappings().all())

    def holding(self, since: UtcNs) -> Sequence[AccessRequest]:
        query = select(access_requests).where(
            _request.state.in_(_WANTING), _request.kind.not_in(LIVE_KINDS), _request.submitted_ns > since
        )
        return self._read(self._connection.execute(query.order_by(_request.id)).mappings().all())

    def add_presence(self, request: str, signed: SignedPresence) -> None:
        self._connection.execute(
            insert(presences).values(
                entry_index=signed.entry,
                request_id=request,
                officer_id=signed.presence.officer,
                officer_name=signed.officer_name,
                session_id=signed.presence.session,
                at_ns=signed.presence.at,
                execution_id=signed.execution,
            )
        )

    def add_execution(self, execution: Execution) -> None:
        self._executions.add(execution)

    def save_execution(self, execution: Execution) -> None:
        self._executions.save(execution)

    def execution(self, execution: str) -> Execution | None:
        return self._executions.one(executions.c.id == execution)

    def executions(self, request: str) -> Sequence[Execution]:
        of_request = select(executions).where(executions.c.request_id == request)
        return self._executions.found(of_request.order_by(executions.c.n))

    def _first(self, query: Select[Any]) -> AccessRequest | None:
        found = self._read(self._connection.execute(query).mappings().all())
        return found[0] if found else None

    def _read(self, rows: Sequence[RowMapping]) -> list[AccessRequest]:
        signed: dict[str, list[SignedPresence]] = {row["id"]: [] for row in rows}
        query = select(presences).where(presences.c.request_id.in_(signed)).order_by(presences.c.entry_index)
        for row in self._connection.execute(query):
            presence = Presence(PersonId(row.officer_id), row.session_id, UtcNs(row.at_ns))
            one = SignedPresence(presence, row.officer_name, row.entry_index, row.execution_id)
            signed[row.request_id].append(one)
        return [_access_request(row, tuple(signed[row["id"]])) for row in rows]


class SqlExports:
    """Export jobs of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, job: ExportJob) -> None:
        self._connection.execute(insert(exports).values(id=job.id, **_job_columns(job)))

    def save(self, job: ExportJob) -> None:
        self._connection.execute(update(exports).where(exports.c.id == job.id).values(**_job_columns(job)))

    def one(self, job: str, unit: UnitId | None) -> ExportJob | None:
        query = select(exports).where(exports.c.id == job)
        if unit is not None:
            query = query.where(exports.c.unit_id == unit)
        row = self._connection.execute(query).mappings().first()
        return _job(row) if row is not None else None

    def of_request(self, request: str) -> ExportJob | None:
        query = select(exports).where(exports.c.request_id == request).order_by(exports.c.created_ns.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return _job(row) if row is not None else None

    def listed(self, unit: UnitId, requester: PersonId | None) -> Sequence[ExportJob]:
        query = select(exports).where(exports.c.unit_id == unit)
        if requester is not None:
            query = query.where(exports.c.requester_id == requester)
        newest = query.order_by(exports.c.created_ns.desc(), exports.c.id.desc()).limit(MOST_LISTED)
        return [_job(row) for row in self._connection.execute(newest).mappings()]

    def running(self) -> Sequence[ExportJob]:
        query = select(exports).where(exports.c.state.in_(RUNNING)).order_by(exports.c.created_ns, exports.c.id)
        return [_job(row) for row in self._connection.execute(query).mappings()]

    def finished(self) -> Sequence[ExportJob]:
        query = select(exports).where(exports.c.state == JobState.DONE).order_by(exports.c.created_ns, exports.c.id)
        return [_job(row) for row in self._connection.execute(query).mappings()]


def _changeable(request: AccessRequest) -> dict[str, Any]:
    return {
        "state": request.state,
        "cameras": list(request.cameras),
        "footage_start_ns": request.footage.start,
        "footage_end_ns": request.footage.end,
        "approver_id": request.approver,
        "approver_name": request.approver_name,
        "decision": request.decision,
        "approved_until_ns": request.approved_until,
        "kind": request.kind,
        "report_until_ns": request.report_until,
        "reported_ns": request.reported,
    }


def _access_request(row: RowMapping, signed: tuple[SignedPresence, ...]) -> AccessRequest:
    return AccessRequest(
        id=row["id"],
        number=row["number"],
        unit=UnitId(row["unit_id"]),
        state=State(row["state"]),
        cameras=tuple(CameraId(camera) for camera in row["cameras"]),
        footage=Period(row["footage_start_ns"], row["footage_end_ns"]),
        purpose=row["purpose"],
        destination=row["destination"],
        legal_basis=row["legal_basis"],
        organ=row["organ"],
        officers=tuple(NamedOfficer(*_named(officer)) for officer in row["officers"]),
        requester=PersonId(row["requester_id"]),
        requester_name=row["requester_name"],
        submitted=UtcNs(row["submitted_ns"]),
        approver=row["approver_id"],
        approver_name=row["approver_name"],
        decision=row["decision"],
        approved_until=row["approved_until_ns"],
        presences=signed,
        asker=UnitId(row["asker_id"]),
        approving=UnitId(row["approving_id"]),
        kind=AccessKind(row["kind"]),
        route=row["route"],
        other_basis=row["other_basis"],
        case=row["case_number"],
        on_paper=row["on_paper"],
        ground=row["ground"],
        report_until=row["report_until_ns"],
        reported=row["reported_ns"],
    )


def _named(officer: str | Sequence[str]) -> Sequence[str]:
    """Name and work ID; until requests had three sides an officer was a name alone."""
    return (officer,) if isinstance(officer, str) else officer


def _shown_to(unit: UnitId) -> ColumnElement[bool]:
    held = (_request.unit_id == unit) & _request.approved_until_ns.is_not(None)
    return (_request.asker_id == unit) | (_request.approving_id == unit) | held


def _job_columns(job: ExportJob) -> dict[str, Any]:
    return {
        "request_id": job.request,
        "unit_id": job.unit,
        "requester_id": job.requester,
        "staff_id": job.staff,
        "grant_id": job.grant,
        "entry_index": job.entry,
        "state": job.state,
        "created_ns": job.created,
        "started_ns": job.started,
        "ended_ns": job.ended,
        "done_bytes": job.done_bytes,
        "total_bytes": job.total_bytes,
        "outcome": job.outcome,
        "missing_s": job.missing_s,
        "sha256": job.sha256,
        "error": job.error,
        "attempts": job.attempts,
    }


def _job(row: RowMapping) -> ExportJob:
    return ExportJob(
        id=row["id"],
        request=row["request_id"],
        unit=UnitId(row["unit_id"]),
        requester=PersonId(row["requester_id"]),
        staff=PersonId(row["staff_id"]),
        grant=row["grant_id"],
        entry=row["entry_index"],
        state=JobState(row["state"]),
        created=UtcNs(row["created_ns"]),
        started=row["started_ns"],
        ended=row["ended_ns"],
        done_bytes=row["done_bytes"],
        total_bytes=row["total_bytes"],
        outcome=row["outcome"],
        missing_s=row["missing_s"],
        sha256=row["sha256"],
        error=row["error"],
        attempts=row["attempts"],
    )
