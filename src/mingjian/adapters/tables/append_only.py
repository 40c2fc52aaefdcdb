"""Triggers that let a table only grow: what was registered is neither changed nor deleted (article 18, item 2)."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event


def statements(table: str) -> dict[str, tuple[str, ...]]:
    """By dialect: the statements that make `table` append-only. Migrations run them after creating it."""
    message = f"{table} is append-only"
    return {
        "sqlite": tuple(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
        ),
    }


def only_grows(table: Table) -> None:
    """Attach the triggers to `table` for whoever creates it from the metadata."""
    for dialect, lines in statements(table.name).items():
        for line in lines:
            event.listen(table, "after_create", DDL(line).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves DDL unannotated
