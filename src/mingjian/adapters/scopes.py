"""Which rows of a table somebody sees: `governance.organs.Scope` in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, and_, false, or_

from mingjian.governance.organs import Scope, significant


def within(table: Table, territory: str) -> ColumnElement[bool]:
    return table.c.territory.startswith(significant(territory), autoescape=True)


def in_scope(table: Table, scope: Scope, owner: ColumnElement[str] | None = None) -> ColumnElement[bool]:
    """`Scope.shows` for the rows of a table with `unit_id` (else the column `owner`), `territory` and `sector`."""
    near = [within(table, scope.territory)] if scope.territory else [false()]
    near += [table.c.sector == scope.sector] if scope.sector else []
    return or_((table.c.unit_id if owner is None else owner) == (scope.own or ""), and_(*near))
