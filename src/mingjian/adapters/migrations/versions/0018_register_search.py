"""Indexes by which a register of a million entries is searched: each filter in the order of time."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = (
    ("ix_register_entries_unit_id_entry_index", "register_entries", ["unit_id", "entry_index"]),
    ("ix_register_entries_person_id_entry_index", "register_entries", ["person_id", "entry_index"]),
    ("ix_register_entries_unit_id_kind_entry_index", "register_entries", ["unit_id", "kind", "entry_index"]),
    ("ix_register_entries_unit_id_at_ns", "register_entries", ["unit_id", "at_ns"]),
    ("ix_register_entries_organ_id_entry_index", "register_entries", ["organ_id", "entry_index"]),
    ("ix_register_cameras_camera_id", "register_cameras", ["camera_id"]),
)
AFTER = (
    ("ix_register_entries_unit_id_at_ns", "register_entries", ["unit_id", "at_ns", "entry_index"]),
    ("ix_register_entries_person_id_at_ns", "register_entries", ["person_id", "at_ns", "entry_index"]),
    ("ix_register_entries_unit_id_kind_at_ns", "register_entries", ["unit_id", "kind", "at_ns", "entry_index"]),
    ("ix_register_entries_organ_id_at_ns", "register_entries", ["organ_id", "at_ns", "entry_index"]),
    ("ix_register_cameras_camera_id_entry_index", "register_cameras", ["camera_id", "entry_index"]),
)


def upgrade() -> None:
    for name, table, _ in BEFORE:
        op.drop_index(name, table)
    for name, table, columns in AFTER:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in AFTER:
        op.drop_index(name, table)
    for name, table, columns in BEFORE:
        op.create_index(name, table, columns)
