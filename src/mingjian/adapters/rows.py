"""Frozen values as rows of a table: one mapping for every noun of the registry.

A field `x` lies in the column `x`, `x_id` or `x_ns`; what is no plain column (tuples, mappings, nested values) is JSON.
Reading validates, so that a row changed by hand is an error that names its field, never a wrong value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, insert, select, update

from mingjian.app.performing import refusal
from mingjian.governance.reasons import reason

T = TypeVar("T")


class Shape(Generic[T]):
    """How the values of a frozen dataclass with an `id` lie in `table`; made once, at import.

    Raises KeyError for a field without column: a table that forgets is a defect.
    """

    def __init__(self, table: Table, kind: type[T]) -> None:
        self.table = table
        self._values: TypeAdapter[T] = TypeAdapter(kind)
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a TypeVar cannot be bound to dataclasses
        self._columns = {name: _column(table, name) for name in names}

    def row(self, value: T) -> dict[str, Any]:
        dumped = self._values.dump_python(value, mode="json")
        return {column: dumped[name] for name, column in self._columns.items()}

    def value(self, row: RowMapping) -> T:
        return self._values.validate_python({name: row[column] for name, column in self._columns.items()})


class Rows(Generic[T]):
    """The values of one shape, in one transaction."""

    def __init__(self, connection: Connection, shape: Shape[T]) -> None:
        self._connection = connection
        self._shape = shape
        self._table = shape.table

    def add(self, value: T) -> None:
        self._connection.execute(insert(self._table).values(**self._shape.row(value)))

    def save(self, value: T, *where: ColumnElement[bool]) -> None:
        """Replace the row of the value's id. Raises Refused `procedure.step` when it is not as `where` expects."""
        row = self._shape.row(value)
        step = update(self._table).where(self._table.c.id == row.pop("id"), *where).values(**row)
        if self._connection.execute(step.returning(self._table.c.id)).first() is None:
            raise refusal(reason("procedure.step"))

    def one(self, *where: ColumnElement[bool]) -> T | None:
        row = self._connection.execute(select(self._table).where(*where).limit(1)).mappings().first()
        return self._shape.value(row) if row is not None else None

    def found(self, query: Select[Any]) -> Sequence[T]:
        """The values of a `select` over this table."""
        return [self._shape.value(row) for row in self._connection.execute(query).mappings()]


def _column(table: Table, name: str) -> str:
    for column in (name, f"{name}_id", f"{name}_ns"):
        if column in table.c:
            return column
    raise KeyError(f"{table.name} has no column for {name}")
