"""`app.filing_ports` over one SQL transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, func, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.scopes import in_scope
from mingjian.adapters.tables.filing import changes, filings, removals, visits
from mingjian.governance.change import SystemChange
from mingjian.governance.filing import Filing, FilingState
from mingjian.governance.organs import Scope
from mingjian.governance.removal import Removal, RemovalState
from mingjian.governance.visit import SiteVisit
from mingjian.kernel.ids import UnitId

MOST_OF_SYSTEM = 500
"""More filings, visits or changes than one system sees in its life."""

_FILINGS = Shape(filings, Filing)
_VISITS = Shape(visits, SiteVisit)
_CHANGES = Shape(changes, SystemChange)
_REMOVALS = Shape(removals, Removal)


def _next_serial(connection: Connection, table: Table, organ: UnitId, year: int) -> int:
    highest = select(func.max(table.c.serial)).where(table.c.organ_id == organ, table.c.year == year)
    return int(connection.execute(highest).scalar() or 0) + 1


class SqlFilings:
    """Filings of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _FILINGS)
        self.add = self._rows.add

    def save(self, filing: Filing, *, expected: FilingState) -> None:
        self._rows.save(filing, filings.c.state == expected)

    def one(self, filing: str) -> Filing | None:
        return self._rows.one(filings.c.id == filing)

    def of_system(self, system: str) -> Sequence[Filing]:
        return self._newest(filings.c.system_id == system, MOST_OF_SYSTEM)

    def of_unit(self, unit: UnitId, *, limit: int) -> Sequence[Filing]:
        return self._newest(filings.c.unit_id == unit, limit)

    def visible(self, scope: Scope, *, limit: int) -> Sequence[Filing]:
        return self._newest(in_scope(filings, scope), limit)

    def next_serial(self, organ: UnitId, year: int) -> int:
        return _next_serial(self._connection, filings, organ, year)

    def _newest(self, which: ColumnElement[bool], limit: int) -> Sequence[Filing]:
        query = select(filings).where(which).order_by(filings.c.submitted_ns.desc(), filings.c.id.desc())
        return self._rows.found(query.limit(limit))


class SqlVisits:
    """Site visits of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _VISITS)
        self.add = self._rows.add

    def keyed(self, organ: UnitId, key: str) -> SiteVisit | None:
        return self._rows.one(visits.c.organ_id == organ, visits.c.key == key)

    def of_system(self, system: str) -> Sequence[SiteVisit]:
        query = select(visits).where(visits.c.system_id == system)
        newest = query.order_by(visits.c.recorded_ns.desc(), visits.c.id.desc())
        return self._rows.found(newest.limit(MOST_OF_SYSTEM))


class SqlChanges:
    """Recorded decisions of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _CHANGES)
        self.add, self.save = self._rows.add, self._rows.save

    def one(self, change: str) -> SystemChange | None:
        return self._rows.one(changes.c.id == change)

    def of_system(self, system: str) -> Sequence[SystemChange]:
        query = select(changes).where(changes.c.system_id == system)
        newest = query.order_by(changes.c.recorded_ns.desc(), changes.c.id.desc())
        return self._rows.found(newest.limit(MOST_OF_SYSTEM))


class SqlRemovals:
    """Removals of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _REMOVALS)
        self.add = self._rows.add

    def save(self, removal: Removal, *, expected: RemovalState) -> None:
        self._rows.save(removal, removals.c.state == expected)

    def one(self, removal: str) -> Removal | None:
        return self._rows.one(removals.c.id == removal)

    def of_system(self, system: str) -> Sequence[Removal]:
        return self._newest(removals.c.system_id == system, MOST_OF_SYSTEM)

    def visible(self, scope: Scope, *, limit: int) -> Sequence[Removal]:
        return self._newest(in_scope(removals, scope), limit)

    def next_serial(self, organ: UnitId, year: int) -> int:
        return _next_serial(self._connection, removals, organ, year)

    def _newest(self, which: ColumnElement[bool], limit: int) -> Sequence[Removal]:
        query = select(removals).where(which).order_by(removals.c.recorded_ns.desc(), removals.c.id.desc())
        return self._rows.found(query.limit(limit))
