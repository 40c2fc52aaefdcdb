"""Clock jumps for which expiry stands still, and the two persons who let it go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_freezes",
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seen", sa.String(length=16), nullable=False),
        sa.Column("found_ns", sa.BigInteger(), nullable=False),
        sa.Column("expected_ns", sa.BigInteger(), nullable=False),
        sa.Column("vouched_ns", sa.BigInteger()),
        sa.Column("voucher_id", sa.String(length=36)),
        sa.Column("voucher_name", sa.Text(), nullable=False),
        sa.Column("confirmed_ns", sa.BigInteger()),
        sa.Column("confirmer_id", sa.String(length=36)),
        sa.Column("confirmer_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["voucher_id"], ["people.id"], name="fk_clock_freezes_voucher_id_people"),
        sa.ForeignKeyConstraint(["confirmer_id"], ["people.id"], name="fk_clock_freezes_confirmer_id_people"),
        sa.PrimaryKeyConstraint("serial", name="pk_clock_freezes"),
        sa.UniqueConstraint("mark", name="uq_clock_freezes_mark"),
    )


def downgrade() -> None:
    op.drop_table("clock_freezes")
