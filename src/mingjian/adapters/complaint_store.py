"""`app.complaint_ports.Complaints` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.complaints import complaints
from mingjian.governance.complaints import Complaint, ComplaintState
from mingjian.governance.organs import significant
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

_COMPLAINTS = Shape(complaints, Complaint)


class SqlComplaints:
    """Complaints of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _COMPLAINTS)
        self.add = self._rows.add

    def save(self, complaint: Complaint, *, replies: int) -> None:
        self._rows.save(complaint, func.json_array_length(complaints.c.replies) == replies)

    def one(self, complaint: str) -> Complaint | None:
        return self._rows.one(complaints.c.id == complaint)

    def numbered(self, number: str) -> Complaint | None:
        return self._rows.one(complaints.c.number == number)

    def of_unit(self, unit: UnitId, *, state: ComplaintState | None, limit: int) -> Sequence[Complaint]:
        return self._newest(complaints.c.unit_id == unit, state, limit)

    def within(self, territory: str, *, state: ComplaintState | None, limit: int) -> Sequence[Complaint]:
        area = complaints.c.territory.startswith(significant(territory), autoescape=True)
        return self._newest(area, state, limit)

    def with_contact(self, *, answered_until: UtcNs, limit: int) -> Sequence[Complaint]:
        kept = select(complaints).where(complaints.c.contact != "", complaints.c.state == ComplaintState.ANSWERED)
        old = kept.where(complaints.c.received_ns <= answered_until).order_by(complaints.c.received_ns)
        return [one for one in self._rows.found(old) if one.replies[-1].at <= answered_until][:limit]

    def count_since(self, place: str, since: UtcNs) -> int:
        of_place = select(func.count()).where(complaints.c.place_id == place, complaints.c.received_ns >= since)
        return int(self._connection.execute(of_place).scalar_one())

    def _newest(self, which: ColumnElement[bool], state: ComplaintState | None, limit: int) -> Sequence[Complaint]:
        query = select(complaints).where(which)
        if state is not None:
            query = query.where(complaints.c.state == state)
        return self._rows.found(query.order_by(complaints.c.received_ns.desc(), complaints.c.id.desc()).limit(limit))
