"""Organs, places, key parts, systems, obligations, findings, attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.append_only import statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_attachments_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_subject", "attachments", ["subject"])

    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("row", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("found_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settled_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["units.id"], name="fk_findings_owner_id_units"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_findings_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_owner_id", "findings", ["owner_id"])
    op.create_index("ix_findings_subject", "findings", ["subject"])
    op.create_index("ix_findings_territory", "findings", ["territory"])

    op.create_table(
        "obligations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("row", sa.String(length=64), nullable=False),
        sa.Column("instrument", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("trigger_on", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("calendar_known", sa.Boolean(), nullable=False),
        sa.Column("opened_ns", sa.BigInteger(), nullable=False),
        sa.Column("met_on", sa.String(length=10), nullable=True),
        sa.Column("met_entry", sa.BigInteger(), nullable=True),
        sa.Column("dropped", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["units.id"], name="fk_obligations_owner_id_units"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_obligations_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_obligations"),
    )
    op.create_index("ix_obligations_open", "obligations", ["unit_id", "met_on", "dropped", "due_on"])
    op.create_index("ix_obligations_subject", "obligations", ["subject", "duty"])

    op.create_table(
        "places",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("datum", sa.String(length=16), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("anti_terror", sa.Boolean(), nullable=False),
        sa.Column("floors", sa.JSON(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("sign_code", sa.String(length=32), nullable=False),
        sa.Column("sign_photo", sa.String(length=36), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("closed_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_places_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
    )
    op.create_index("ix_places_sign_code", "places", ["sign_code"])
    op.create_index("ix_places_territory", "places", ["territory"])
    op.create_index("ix_places_unit_id", "places", ["unit_id"])

    op.create_table(
        "key_parts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("national_rule", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("guidance", sa.JSON(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_key_parts_place_id_places"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_key_parts_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_key_parts"),
    )
    op.create_index("ix_key_parts_place_id", "key_parts", ["place_id"])

    op.create_table(
        "systems",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("builder", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("plan_item", sa.String(length=36), nullable=False),
        sa.Column("existing", sa.Boolean(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_systems_place_id_places"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_systems_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_systems"),
    )
    op.create_index("ix_systems_place_id", "systems", ["place_id"])
    op.create_index("ix_systems_territory", "systems", ["territory"])
    op.create_index("ix_systems_unit_id", "systems", ["unit_id"])

    op.add_column("units", sa.Column("kind", sa.String(length=16), server_default="unit", nullable=False))
    op.add_column("units", sa.Column("territory", sa.String(length=6), server_default="", nullable=False))
    op.add_column("units", sa.Column("parent_id", sa.String(length=36)))
    op.add_column("units", sa.Column("sector", sa.String(length=32), server_default="", nullable=False))
    for line in statements("attachments")[op.get_bind().dialect.name]:
        op.execute(line)


def downgrade() -> None:
    for column in ("sector", "parent_id", "territory", "kind"):
        op.drop_column("units", column)
    op.drop_index("ix_systems_unit_id", "systems")
    op.drop_index("ix_systems_territory", "systems")
    op.drop_index("ix_systems_place_id", "systems")

    op.drop_table("systems")
    op.drop_index("ix_key_parts_place_id", "key_parts")

    op.drop_table("key_parts")
    op.drop_index("ix_places_unit_id", "places")
    op.drop_index("ix_places_territory", "places")
    op.drop_index("ix_places_sign_code", "places")

    op.drop_table("places")
    op.drop_index("ix_obligations_subject", "obligations")
    op.drop_index("ix_obligations_open", "obligations")

    op.drop_table("obligations")
    op.drop_index("ix_findings_territory", "findings")
    op.drop_index("ix_findings_subject", "findings")
    op.drop_index("ix_findings_owner_id", "findings")

    op.drop_table("findings")
    op.drop_index("ix_attachments_subject", "attachments")

    op.drop_table("attachments")
