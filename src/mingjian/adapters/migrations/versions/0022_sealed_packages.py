"""Packages sealed for two officers: shares until they are given, and who fetched them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("execution_id", sa.String(length=36), nullable=False),
        sa.Column("made_ns", sa.BigInteger(), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ended_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["exports.id"], name="fk_sealings_job_id_exports"),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name="fk_sealings_request_id_access_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_sealings"),
    )
    op.create_index("ix_sealings_job_id", "sealings", ["job_id"])
    op.create_index("ix_sealings_ended_ns", "sealings", ["ended_ns"])
    op.create_table(
        "sealing_shares",
        sa.Column("sealing_id", sa.String(length=36), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.Text(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=True),
        sa.Column("given_ns", sa.BigInteger(), nullable=True),
        sa.Column("at_counter", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sealing_id"], ["sealings.id"], name="fk_sealing_shares_sealing_id_sealings"),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name="fk_sealing_shares_officer_id_people"),
        sa.PrimaryKeyConstraint("sealing_id", "letter", name="pk_sealing_shares"),
        sa.UniqueConstraint("sealing_id", "officer_id", name="uq_sealing_shares_sealing_id"),
    )
    op.create_index("ix_sealing_shares_officer_id", "sealing_shares", ["officer_id"])
    op.create_table(
        "sealing_downloads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sealing_id", sa.String(length=36), nullable=False),
        sa.Column("slot", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("opened_ns", sa.BigInteger(), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.Column("delivered_bytes", sa.BigInteger(), nullable=False),
        sa.Column("finished_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sealing_id"], ["sealings.id"], name="fk_sealing_downloads_sealing_id_sealings"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sealing_downloads_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_sealing_downloads"),
        sa.UniqueConstraint("sealing_id", "slot", name="uq_sealing_downloads_sealing_id"),
    )


def downgrade() -> None:
    op.drop_table("sealing_downloads")
    op.drop_table("sealing_shares")
    op.drop_table("sealings")
