"""`app.leak_ports` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.leaks import leak_traces, redactions
from mingjian.governance.leaks import LeakTrace
from mingjian.governance.redaction import Redaction, RedactionState
from mingjian.kernel.ids import UnitId

_TRACES = Shape(leak_traces, LeakTrace)
_REDACTIONS = Shape(redactions, Redaction)


class SqlLeakTraces:
    """Leaks read, of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _TRACES)
        self.add = self._rows.add

    def one(self, trace: str, unit: UnitId) -> LeakTrace | None:
        return self._rows.one(leak_traces.c.id == trace, leak_traces.c.unit_id == unit)

    def listed(self, unit: UnitId, limit: int) -> Sequence[LeakTrace]:
        newest = select(leak_traces).where(leak_traces.c.unit_id == unit)
        return self._rows.found(newest.order_by(leak_traces.c.at_ns.desc(), leak_traces.c.id.desc()).limit(limit))


class SqlRedactions:
    """Redacted copies, of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _REDACTIONS)
        self.add = self._rows.add

    def save(self, redaction: Redaction, *, expected: RedactionState) -> None:
        self._rows.save(redaction, redactions.c.state == expected)

    def one(self, redaction: str, unit: UnitId) -> Redaction | None:
        return self._rows.one(redactions.c.id == redaction, redactions.c.unit_id == unit)

    def listed(self, unit: UnitId, limit: int) -> Sequence[Redaction]:
        newest = select(redactions).where(redactions.c.unit_id == unit)
        return self._rows.found(newest.order_by(redactions.c.created_ns.desc(), redactions.c.id.desc()).limit(limit))
