"""`app.ports.ClockFreezes` in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from mingjian.adapters.tables.clock import clock_freezes
from mingjian.app.performing import refusal
from mingjian.app.records import ClockFreeze
from mingjian.governance.clock_freeze import FreezeState
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId

_freeze = clock_freezes.c


class SqlClockFreezes:
    """Clock jumps of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, freeze: ClockFreeze) -> None:
        self._connection.execute(insert(clock_freezes).values(mark=freeze.mark, **_columns(freeze)))

    def save(self, freeze: ClockFreeze, *, expected: FreezeState) -> None:
        step = update(clock_freezes).where(_freeze.mark == freeze.mark, _freeze.state == expected)
        if self._connection.execute(step.values(**_columns(freeze)).returning(_freeze.mark)).first() is None:
            raise refusal(reason("procedure.step"))

    def one(self, mark: str) -> ClockFreeze | None:
        row = self._connection.execute(select(clock_freezes).where(_freeze.mark == mark)).mappings().first()
        return _record(row) if row is not None else None

    def latest(self) -> ClockFreeze | None:
        newest = select(clock_freezes).order_by(_freeze.serial.desc()).limit(1)
        row = self._connection.execute(newest).mappings().first()
        return _record(row) if row is not None else None


def _columns(freeze: ClockFreeze) -> dict[str, Any]:
    return {
        "state": freeze.state,
        "seen": freeze.seen,
        "found_ns": freeze.found,
        "expected_ns": freeze.expected,
        "vouched_ns": freeze.vouched,
        "voucher_id": freeze.voucher,
        "voucher_name": freeze.voucher_name,
        "confirmed_ns": freeze.confirmed,
        "confirmer_id": freeze.confirmer,
        "confirmer_name": freeze.confirmer_name,
    }


def _record(row: RowMapping) -> ClockFreeze:
    def instant(name: str) -> UtcNs | None:
        return UtcNs(row[name]) if row[name] is not None else None

    def person(name: str) -> PersonId | None:
        return PersonId(row[name]) if row[name] is not None else None

    return ClockFreeze(
        mark=row["mark"],
        state=FreezeState(row["state"]),
        seen=row["seen"],
        found=UtcNs(row["found_ns"]),
        expected=UtcNs(row["expected_ns"]),
        vouched=instant("vouched_ns"),
        voucher=person("voucher_id"),
        voucher_name=row["voucher_name"],
        confirmed=instant("confirmed_ns"),
        confirmer=person("confirmer_id"),
        confirmer_name=row["confirmer_name"],
    )
