"""The number on each paper that the staff of a unit saw at a visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("executions", sa.Column("numbers", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("executions", "numbers")
