"""The register knows the organ, the officers and the visit behind a view under an approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("register_entries", sa.Column("organ_id", sa.String(length=36)))
    op.add_column("register_entries", sa.Column("officers", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "register_entries", sa.Column("execution_id", sa.String(length=36), server_default="", nullable=False)
    )
    op.create_index("ix_register_entries_organ_id_entry_index", "register_entries", ["organ_id", "entry_index"])
    op.create_index("ix_register_entries_request_id", "register_entries", ["request_id"])


def downgrade() -> None:
    op.drop_index("ix_register_entries_request_id", "register_entries")
    op.drop_index("ix_register_entries_organ_id_entry_index", "register_entries")
    for name in ("execution_id", "officers", "organ_id"):
        op.drop_column("register_entries", name)
