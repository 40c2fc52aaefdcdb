"""`app.ports.Register` in SQL: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select

from mingjian.adapters.register_search import OFTEN_SHOWN, Search
from mingjian.adapters.tables.views import (
    deliveries,
    journal_lines,
    register_cameras,
    register_closings,
    register_entries,
    use_troubles,
    view_purposes,
    viewings_seen,
)
from mingjian.app.records import WATCHED, Closing, ClosingCause, RegisterEntry, RegisterKind, UseTrouble
from mingjian.app.register_ports import Counted, RegisterQuery
from mingjian.kernel.clock import DAY_NS, UtcNs
from mingjian.kernel.errors import Refused
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period, union

MOST_LISTED = 500
"""One answer stays below a megabyte."""

_entry, _closing = register_entries.c, register_closings.c


def _with_closing() -> Select[tuple[object, ...]]:
    closing = (_closing.closing_index, _closing.at_ns.label("closed_ns"), _closing.cause, _closing.seconds)
    return select(register_entries, *closing).outerjoin(register_closings, _closing.entry_index == _entry.entry_index)


class SqlRegister:
    """The register of one transaction."""

    def __init__(self, connection: Connection, *, often_shown: int = OFTEN_SHOWN) -> None:
        self._connection = connection
        self._often_shown = often_shown

    def add(self, entry: RegisterEntry) -> None:
        self._connection.execute(
            insert(register_entries).values(
                entry_index=entry.index,
                at_ns=entry.at,
                kind=entry.kind,
                grant_id=entry.grant,
                person_id=entry.person,
                person_name=entry.person_name,
                unit_id=entry.unit,
                unit_name=entry.unit_name,
                purpose=entry.purpose,
                destination=entry.destination,
                cameras=list(entry.cameras),
                footage_start_ns=entry.footage.start if entry.footage is not None else None,
                footage_end_ns=entry.footage.end if entry.footage is not None else None,
                valid_start_ns=entry.valid.start,
                valid_end_ns=entry.valid.end,
                session_id=entry.session,
                request_id=entry.request,
                organ_id=entry.organ,
                officers=list(entry.officers),
                execution_id=entry.execution,
            )
        )
        rows = [{"entry_index": entry.index, "camera_id": camera} for camera in entry.cameras]
        self._connection.execute(insert(register_cameras), rows)

    def close(self, index: int, closing: Closing) -> None:
        done = select(_closing.entry_index).where(_closing.entry_index == index)
        if self._connection.execute(done).first() is not None:
            raise Refused("register.closed", "该登记已经终结", text_en="The register entry is already closed")
        self._connection.execute(
            insert(register_closings).values(
                entry_index=index,
                closing_index=closing.entry,
                at_ns=closing.at,
                cause=closing.cause,
                seconds=closing.seconds,
            )
        )

    def of_grant(self, grant: str) -> RegisterEntry | None:
        row = self._connection.execute(_with_closing().where(_entry.grant_id == grant)).mappings().first()
        return _registered(row) if row is not None else None

    def of_execution(self, execution: str) -> Sequence[RegisterEntry]:
        wanted = _with_closing().where(_entry.execution_id == execution).order_by(_entry.entry_index)
        return [_registered(row) for row in self._connection.execute(wanted).mappings()]

    def one(self, index: int) -> RegisterEntry | None:
        row = self._connection.execute(_with_closing().where(_entry.entry_index == index)).mappings().first()
        return _registered(row) if row is not None else None

    def newest(self) -> int:
        highest = self._connection.execute(select(func.max(_entry.entry_index))).scalar()
        return -1 if highest is None else int(highest)

    def listed(self, unit: UnitId, query: RegisterQuery) -> Sequence[RegisterEntry]:
        search = Search(self._connection, unit, query, self._often_shown)
        if search.nothing:
            return []
        newest = _with_closing().where(*search.conditions).order_by(*search.order)
        found = self._connection.execute(newest.limit(max(1, min(query.limit, MOST_LISTED))))
        return [_registered(row) for row in found.mappings()]

    def counted(self, unit: UnitId, query: RegisterQuery, day_offset: UtcNs) -> Sequence[Counted]:
        search = Search(self._connection, unit, replace(query, since=None), self._often_shown)
        if search.nothing:
            return []
        if query.since is not None:
            search.conditions.append(_entry.at_ns >= query.since)
        day = ((_entry.at_ns + int(day_offset)) // DAY_NS).label("day")
        columns = (day, _entry.kind, _entry.organ_id)
        wanted = select(*columns, func.count().label("entries")).select_from(register_entries)
        rows = self._connection.execute(wanted.where(*search.conditions).group_by(*columns).order_by(day))
        return [
            Counted(int(row.day), RegisterKind(row.kind), UnitId(row.organ_id) if row.organ_id else None, row.entries)
            for row in rows
        ]

    def open_viewings(self, sessions: Sequence[str] | None = None) -> Sequence[RegisterEntry]:
        wanted = _with_closing().where(_entry.kind.in_(WATCHED), _closing.entry_index.is_(None))
        if sessions is not None:
            wanted = wanted.where(_entry.session_id.in_(sessions))
        return [_registered(row) for row in self._connection.execute(wanted.order_by(_entry.entry_index)).mappings()]

    def deliver(self, grant: str, camera: CameraId, periods: Iterable[Period]) -> None:
        rows = [
            {"grant_id": grant, "camera_id": camera, "start_ns": period.start, "end_ns": period.end}
            for period in periods
        ]
        if rows:
            self._connection.execute(insert(deliveries), rows)

    def seen(self, grant: str, at: UtcNs) -> None:
        self._connection.execute(delete(viewings_seen).where(viewings_seen.c.grant_id == grant))
        self._connection.execute(insert(viewings_seen).values(grant_id=grant, seen_ns=at))

    def last_seen(self, grant: str) -> UtcNs | None:
        return self._connection.execute(
            select(viewings_seen.c.seen_ns).where(viewings_seen.c.grant_id == grant)
        ).scalar()

    def delivered(self, grant: str) -> dict[CameraId, list[Period]]:
        found: dict[CameraId, list[Period]] = {}
        for row in self._connection.execute(select(deliveries).where(deliveries.c.grant_id == grant)):
            found.setdefault(CameraId(row.camera_id), []).append(Period(row.start_ns, row.end_ns))
        return {camera: union(periods) for camera, periods in found.items()}

    def numbered(self, index: int, unit: UnitId) -> RegisterEntry | None:
        wanted = _with_closing().where(
            _entry.entry_index == index, (_entry.unit_id == unit) | (_entry.organ_id == unit)
        )
        row = self._connection.execute(wanted).mappings().first()
        return _registered(row) if row is not None else None

    def uses(self, unit: UnitId, ended_since: UtcNs) -> Sequence[RegisterEntry]:
        wanted = _with_closing().where(
            _entry.kind.in_(WATCHED),
            _entry.organ_id.is_not(None),
            (_entry.unit_id == unit) | (_entry.organ_id == unit),
            _closing.at_ns.is_(None) | (_closing.at_ns >= ended_since),
        )
        newest = wanted.order_by(_entry.entry_index.desc()).limit(MOST_LISTED)
        return [_registered(row) for row in self._connection.execute(newest).mappings()]

    def add_trouble(self, trouble: UseTrouble) -> None:
        self._connection.execute(
            insert(use_troubles).values(
                entry_index=trouble.entry,
                register_index=trouble.register,
                at_ns=trouble.at,
                person_name=trouble.person_name,
                text=trouble.text,
            )
        )

    def troubles(self, registered: Sequence[int]) -> Sequence[UseTrouble]:
        wanted = select(use_troubles).where(use_troubles.c.register_index.in_(registered))
        return [
            UseTrouble(row.entry_index, row.register_index, UtcNs(row.at_ns), row.person_name, row.text)
            for row in self._connection.execute(wanted.order_by(use_troubles.c.entry_index))
        ]

    def purposes(self, unit: UnitId) -> tuple[str, ...]:
        wanted = select(view_purposes.c.purposes).where(view_purposes.c.unit_id == unit)
        return tuple(self._connection.execute(wanted).scalar() or ())

    def copy_purposes(self, unit: UnitId) -> tuple[str, ...]:
        wanted = select(view_purposes.c.copies).where(view_purposes.c.unit_id == unit)
        return tuple(self._connection.execute(wanted).scalar() or ())

    def journal_entered(self) -> int:
        return self._connection.execute(select(func.max(journal_lines.c.number))).scalar() or 0

    def enter_journal(self, line: int, index: int | None, happened: UtcNs, entered: UtcNs) -> None:
        row = {"number": line, "entry_index": index, "happened_ns": happened, "entered_ns": entered}
        self._connection.execute(insert(journal_lines).values(**row))

    def set_purposes(self, unit: UnitId, purposes: Sequence[str], copies: Sequence[str] = ()) -> None:
        self._connection.execute(delete(view_purposes).where(view_purposes.c.unit_id == unit))
        self._connection.execute(
            insert(view_purposes).values(unit_id=unit, purposes=list(purposes), copies=list(copies))
        )


def _registered(row: RowMapping) -> RegisterEntry:
    start, end = row["footage_start_ns"], row["footage_end_ns"]
    closing = None
    if row["closing_index"] is not None:
        cause = ClosingCause(row["cause"])
        closing = Closing(row["closing_index"], UtcNs(row["closed_ns"]), cause, dict(row["seconds"]))
    return RegisterEntry(
        row["entry_index"],
        UtcNs(row["at_ns"]),
        RegisterKind(row["kind"]),
        row["grant_id"],
        PersonId(row["person_id"]),
        row["person_name"],
        UnitId(row["unit_id"]),
        row["unit_name"],
        row["purpose"],
        row["destination"],
        tuple(CameraId(camera) for camera in row["cameras"]),
        Period(start, end) if start is not None else None,
        Period(row["valid_start_ns"], row["valid_end_ns"]),
        row["session_id"],
        row["request_id"],
        closing,
        row["organ_id"],
        tuple(PersonId(officer) for officer in row["officers"]),
        row["execution_id"],
    )
