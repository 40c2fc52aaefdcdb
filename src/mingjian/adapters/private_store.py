"""`app.private_ports` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.private import private_viewings
from mingjian.governance.private_viewing import PrivateState, PrivateViewing
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

_SHAPE = Shape(private_viewings, PrivateViewing)
_column = private_viewings.c


class SqlPrivateViewings:
    """Applications of private persons, of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _SHAPE)
        self.add = self._rows.add

    def next_serial(self, unit: UnitId, year: int) -> int:
        highest = select(func.max(_column.serial)).where(_column.unit_id == unit, _column.year == year)
        return (self._connection.execute(highest).scalar() or 0) + 1

    def save(self, viewing: PrivateViewing, *, expected: PrivateState) -> None:
        self._rows.save(viewing, _column.state == expected)

    def one(self, viewing: str, unit: UnitId) -> PrivateViewing | None:
        return self._rows.one(_column.id == viewing, _column.unit_id == unit)

    def behind(self, viewing: str) -> PrivateViewing | None:
        return self._rows.one(_column.id == viewing)

    def listed(self, unit: UnitId, limit: int) -> Sequence[PrivateViewing]:
        newest = select(private_viewings).where(_column.unit_id == unit)
        return self._rows.found(newest.order_by(_column.asked_ns.desc(), _column.id.desc()).limit(limit))

    def lapsed(self, now: UtcNs) -> Sequence[PrivateViewing]:
        over = (_column.state == PrivateState.CONSENTED, _column.consented_until_ns <= now)
        return self._rows.found(select(private_viewings).where(*over))

    def over(self, before: UtcNs) -> Sequence[PrivateViewing]:
        kept = (_column.state == PrivateState.COMPLETED, _column.completed_ns <= before, _column.applicant != "")
        return self._rows.found(select(private_viewings).where(*kept))

    def holding(self, since: UtcNs) -> Sequence[PrivateViewing]:
        waiting = _column.state.in_((PrivateState.ASKED, PrivateState.CONSENTED))
        return self._rows.found(select(private_viewings).where(waiting, _column.asked_ns > since))
