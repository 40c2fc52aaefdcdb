"""When the media path last saw each viewer, so that a viewing whose viewer is gone can be closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "viewings_seen",
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("seen_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["register_entries.grant_id"], name="fk_viewings_seen_grant_id_register_entries"
        ),
        sa.PrimaryKeyConstraint("grant_id", name="pk_viewings_seen"),
    )


def downgrade() -> None:
    op.drop_table("viewings_seen")
