"""Complaints from the public pages of signs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("place_id", sa.String(length=36), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("organ_id", sa.String(length=36), nullable=True),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("received_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["units.id"], name="fk_complaints_organ_id_units"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_complaints_place_id_places"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_complaints_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_complaints"),
        sa.UniqueConstraint("number", name="uq_complaints_number"),
    )
    op.create_index("ix_complaints_place", "complaints", ["place_id", "received_ns"])
    op.create_index("ix_complaints_territory", "complaints", ["territory"])
    op.create_index("ix_complaints_unit_id", "complaints", ["unit_id"])


def downgrade() -> None:
    op.drop_index("ix_complaints_unit_id", "complaints")
    op.drop_index("ix_complaints_territory", "complaints")
    op.drop_index("ix_complaints_place", "complaints")
    op.drop_table("complaints")
