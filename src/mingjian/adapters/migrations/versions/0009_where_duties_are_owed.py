"""Obligations know their builder, regime, territory and sector."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = (("builder", 16, "unit"), ("regime", 16, "art7"), ("territory", 12, ""), ("sector", 32, ""))


def upgrade() -> None:
    for name, length, default in COLUMNS:
        column = sa.Column(name, sa.String(length=length), server_default=default, nullable=False)
        op.add_column("obligations", column)
    op.create_index("ix_obligations_area", "obligations", ["met_on", "dropped", "territory", "due_on"])


def downgrade() -> None:
    op.drop_index("ix_obligations_area", "obligations")
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("obligations", name)
