"""Private persons' applications to view footage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_viewings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=False),
        sa.Column("paper_number", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=128), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("concerned", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("asked_ns", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.String(length=64), nullable=False),
        sa.Column("mask_others", sa.Boolean(), nullable=False),
        sa.Column("consenter_id", sa.String(length=36), nullable=True),
        sa.Column("consenter_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_ns", sa.BigInteger(), nullable=True),
        sa.Column("consented_until_ns", sa.BigInteger(), nullable=True),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("signed_how", sa.String(length=16), nullable=True),
        sa.Column("companion_name", sa.Text(), nullable=False),
        sa.Column("completed_ns", sa.BigInteger(), nullable=True),
        sa.Column("sheet", sa.JSON(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_private_viewings_unit_id_units"),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name="fk_private_viewings_staff_id_people"),
        sa.ForeignKeyConstraint(["consenter_id"], ["people.id"], name="fk_private_viewings_consenter_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_private_viewings"),
    )
    op.create_index("ix_private_viewings_unit", "private_viewings", ["unit_id", "asked_ns"])
    op.create_index("ix_private_viewings_serial", "private_viewings", ["unit_id", "year", "serial"], unique=True)
    op.create_index("ix_private_viewings_state", "private_viewings", ["state"])


def downgrade() -> None:
    op.drop_table("private_viewings")
