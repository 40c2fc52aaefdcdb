"""Sessions know when the factors were last proven; people know which natural person they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proven_ns", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("people", sa.Column("identity", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_people_identity", "people", ["identity"])


def downgrade() -> None:
    op.drop_index("ix_people_identity", "people")
    op.drop_column("people", "identity")
    op.drop_column("sessions", "proven_ns")
