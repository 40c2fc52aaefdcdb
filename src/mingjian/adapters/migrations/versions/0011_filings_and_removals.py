"""Filings, site visits, recorded changes, removals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.append_only import statements

revision = "0011"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("first", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("system_name", sa.Text(), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.Column("submitted_ns", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("organ_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("replaces", sa.String(length=36), nullable=False),
        sa.Column("returned_on", sa.String(length=10), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("change", sa.String(length=36), nullable=False),
        sa.Column("national_number", sa.Text(), nullable=False),
        sa.Column("national_scan", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_filings_by_id_people"),
        sa.ForeignKeyConstraint(["organ_id"], ["units.id"], name="fk_filings_organ_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_filings_system_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_filings_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_filings"),
    )
    op.create_index("ix_filings_first", "filings", ["first"], unique=False)
    op.create_index("ix_filings_system_id", "filings", ["system_id"], unique=False)
    op.create_index("ix_filings_territory", "filings", ["territory"], unique=False)
    op.create_index("ix_filings_unit_id", "filings", ["unit_id"], unique=False)
    op.create_index(
        "uq_filings_receipt",
        "filings",
        ["organ_id", "year", "serial"],
        unique=True,
        sqlite_where=sa.text("organ_id IS NOT NULL"),
        postgresql_where=sa.text("organ_id IS NOT NULL"),
    )
    op.create_table(
        "site_visits",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("filing_id", sa.String(length=36), nullable=False),
        sa.Column("first", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("organ_id", sa.String(length=36), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("photographs", sa.JSON(), nullable=False),
        sa.Column("recorded_ns", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_site_visits_by_id_people"),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_site_visits_filing_id_filings"),
        sa.ForeignKeyConstraint(["organ_id"], ["units.id"], name="fk_site_visits_organ_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_site_visits_system_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_site_visits_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_site_visits"),
        sa.UniqueConstraint("organ_id", "key", name="uq_site_visits_organ_id"),
    )
    op.create_index("ix_site_visits_system_id", "site_visits", ["system_id"], unique=False)
    op.create_table(
        "system_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("recorded_ns", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("filing", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_system_changes_by_id_people"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_system_changes_system_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_system_changes_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_system_changes"),
    )
    op.create_index("ix_system_changes_system_id", "system_changes", ["system_id"], unique=False)
    op.create_table(
        "removals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("system_name", sa.Text(), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("data_plan", sa.Text(), nullable=False),
        sa.Column("recorded_ns", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("organ_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("noticed_on", sa.String(length=10), nullable=True),
        sa.Column("planned_on", sa.String(length=10), nullable=True),
        sa.Column("earliest_on", sa.String(length=10), nullable=True),
        sa.Column("taken_down_on", sa.String(length=10), nullable=True),
        sa.Column("kept_until", sa.String(length=10), nullable=True),
        sa.Column("disposal", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_removals_by_id_people"),
        sa.ForeignKeyConstraint(["organ_id"], ["units.id"], name="fk_removals_organ_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_removals_system_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_removals_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_removals"),
    )
    op.create_index("ix_removals_system_id", "removals", ["system_id"], unique=False)
    op.create_index("ix_removals_territory", "removals", ["territory"], unique=False)
    op.create_index("ix_removals_unit_id", "removals", ["unit_id"], unique=False)
    for line in statements("site_visits")[op.get_bind().dialect.name]:
        op.execute(line)


def downgrade() -> None:
    for table in ("removals", "system_changes", "site_visits", "filings"):
        op.drop_table(table)
