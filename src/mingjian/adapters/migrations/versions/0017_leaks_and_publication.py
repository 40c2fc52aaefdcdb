"""Leaks that were read, redacted copies for publication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leak_traces",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Integer(), nullable=True),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_leak_traces_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_leak_traces"),
    )
    op.create_index("ix_leak_traces_unit", "leak_traces", ["unit_id", "at_ns"])
    op.create_table(
        "redactions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.String(length=36), nullable=False),
        sa.Column("editor_name", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("rendered", sa.String(length=64), nullable=False),
        sa.Column("reviewer_id", sa.String(length=36), nullable=True),
        sa.Column("reviewer_name", sa.Text(), nullable=False),
        sa.Column("looked", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("released_entry", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("taken_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_redactions_unit_id_units"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_redactions_camera_id_cameras"),
        sa.ForeignKeyConstraint(["editor_id"], ["people.id"], name="fk_redactions_editor_id_people"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name="fk_redactions_reviewer_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_redactions"),
    )
    op.create_index("ix_redactions_unit", "redactions", ["unit_id", "created_ns"])


def downgrade() -> None:
    op.drop_table("redactions")
    op.drop_table("leak_traces")
