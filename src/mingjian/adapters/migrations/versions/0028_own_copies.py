"""A unit's own copy: the purpose of its rules that allows it, and which of its purposes do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_requests", sa.Column("ground", sa.Text(), nullable=False, server_default=""))
    op.add_column("view_purposes", sa.Column("copies", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("view_purposes", "copies")
    op.drop_column("access_requests", "ground")
