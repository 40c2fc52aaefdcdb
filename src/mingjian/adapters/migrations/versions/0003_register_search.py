"""Indexes for searching the register by person, kind and time."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_register_entries_person_id_entry_index", ["person_id", "entry_index"]),
    ("ix_register_entries_unit_id_kind_entry_index", ["unit_id", "kind", "entry_index"]),
    ("ix_register_entries_unit_id_at_ns", ["unit_id", "at_ns"]),
)


def upgrade() -> None:
    for name, columns in INDEXES:
        op.create_index(name, "register_entries", columns)


def downgrade() -> None:
    for name, _ in INDEXES:
        op.drop_index(name, "register_entries")
