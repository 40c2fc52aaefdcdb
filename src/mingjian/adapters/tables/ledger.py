"""The ledger in the database: entries that only grow, one locked counter, openings, head batches, checkpoints."""

from __future__ import annotations

from sqlalchemy import DDL, BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, event

from mingjian.adapters.tables import metadata

Big = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on every database; SQLite wants the word INTEGER for a row-id key."""

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("idx", Big, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("at", Big, nullable=False),
    Column("kind", String(80), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("unit", String(80), nullable=False),
    Index("ix_ledger_entries_kind_idx", "kind", "idx"),
    Index("ix_ledger_entries_actor_idx", "actor", "idx"),
    Index("ix_ledger_entries_unit_idx", "unit", "idx"),
    Index("ix_ledger_entries_at", "at"),
)
"""`leaf` is the truth; the other columns repeat what is in it, for the auditor's filters."""

ledger_references = Table(
    "ledger_references",
    metadata,
    Column("ref", String(80), primary_key=True),
    Column("idx", Big, primary_key=True, autoincrement=False),
)
"""Which entries speak of a camera, a request, a person: derived from the leaf's subject, `camera` and `cameras`."""

ledger_openings = Table(
    "ledger_openings",
    metadata,
    Column("idx", Big, primary_key=True, autoincrement=False),
    Column("field", String(80), primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("value", String, nullable=False),
)
"""Names behind the commitments. Lawful erasure deletes rows here and nowhere else."""

ledger_counter = Table(
    "ledger_counter",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("next", Big, nullable=False),
)
"""One row. Taking an index locks it until the act commits, so indexes have no holes and follow commit order."""

head_batches = Table(
    "head_batches",
    metadata,
    Column("idx", Big, primary_key=True, autoincrement=False),
    Column("at", Big, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
"""The heads behind each `recorder.heads` entry; thinned to one an hour, the roots stay in the ledger."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Big, primary_key=True, autoincrement=False),
    Column("at", Big, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("witnesses", Integer, nullable=False),
)
"""What was signed, so that a lost or rolled-back tile directory is noticed."""

_SQLITE = tuple(
    f"CREATE TRIGGER ledger_entries_no_{verb.lower()} BEFORE {verb} ON ledger_entries "
    "BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL = (
    "CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'ledger entries are append-only'; END $$",
    "CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries "
    "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
    "CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
)
APPEND_ONLY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
"""Statements that make `ledger_entries` append-only; migrations run them after creating the table."""
FIRST_COUNTER = "INSERT INTO ledger_counter (id, next) VALUES (1, 0)"
"""Run once after creating `ledger_counter`."""


def _after_create(table: Table, statement: str, dialect: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves DDL unannotated
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        _after_create(ledger_entries, _statement, _dialect)
    _after_create(ledger_counter, FIRST_COUNTER, _dialect)
