"""Troubles reported about a use of cameras, lines of the journal that are in, grounds of playback of a unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.append_only import statements

revision = "0026"
down_revision = "0016"
branch_labels = None
depends_on = None

APPEND_ONLY = ("use_troubles", "journal_lines")


def upgrade() -> None:
    op.create_table(
        "use_troubles",
        sa.Column("entry_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("register_index", sa.BigInteger(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_index"], ["register_entries.entry_index"], name="fk_use_troubles_register_index_register_entries"
        ),
        sa.PrimaryKeyConstraint("entry_index", name="pk_use_troubles"),
    )
    op.create_index("ix_use_troubles_register_index", "use_troubles", ["register_index"])
    op.create_table(
        "journal_lines",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.Column("happened_ns", sa.BigInteger(), nullable=False),
        sa.Column("entered_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal_lines"),
    )
    for table in APPEND_ONLY:
        for line in statements(table)[op.get_bind().dialect.name]:
            op.execute(line)
    op.create_table(
        "view_purposes",
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_view_purposes_unit_id_units"),
        sa.PrimaryKeyConstraint("unit_id", name="pk_view_purposes"),
    )


def downgrade() -> None:
    op.drop_table("view_purposes")
    op.drop_table("journal_lines")
    op.drop_table("use_troubles")
