"""Where each camera stands and by what right; what the unit is to its place; names that can be searched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pypinyin import Style, lazy_pinyin

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("places", sa.Column("capacity", sa.String(length=16), nullable=False, server_default="managing"))
    op.add_column("places", sa.Column("legal_basis", sa.Text(), nullable=False, server_default=""))

    op.create_table(
        "camera_sitings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("gb_code", sa.String(length=20), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("datum", sa.String(length=16), nullable=False),
        sa.Column("floor", sa.String(length=36), nullable=False),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("direction_deg", sa.Float(), nullable=True),
        sa.Column("angle_deg", sa.Float(), nullable=True),
        sa.Column("range_m", sa.Float(), nullable=True),
        sa.Column("picture", sa.String(length=36), nullable=False),
        sa.Column("picture_entry", sa.BigInteger(), nullable=True),
        sa.Column("reaches", sa.Boolean(), nullable=True),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=True),
        sa.Column("stream", sa.JSON(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("dossier", sa.JSON(), nullable=False),
        sa.Column("existing", sa.Boolean(), nullable=False),
        sa.Column("responsible", sa.String(length=64), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("signed_ns", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cameras.id"], name="fk_camera_sitings_id_cameras"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_camera_sitings_place_id_places"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_camera_sitings_system_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_camera_sitings_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_camera_sitings"),
    )
    for column in ("gb_code", "place_id", "system_id", "territory", "unit_id"):
        op.create_index(f"ix_camera_sitings_{column}", "camera_sitings", [column])

    names = op.create_table(
        "names",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_names_unit_id_units"),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_names"),
    )
    op.create_index("ix_names_territory", "names", ["territory"])
    op.create_index("ix_names_unit_id", "names", ["unit_id"])
    for kind, found in (
        ("camera", "SELECT id, unit_id, name, '' AS territory, '' AS sector FROM cameras WHERE retired_ns IS NULL"),
        ("place", "SELECT id, unit_id, name, territory, sector FROM places WHERE closed_ns IS NULL"),
        ("system", "SELECT id, unit_id, name, territory, sector FROM systems"),
    ):
        rows = [dict(row) for row in op.get_bind().execute(sa.text(found)).mappings()]
        for row in rows:
            letters = lazy_pinyin(row["name"], style=Style.FIRST_LETTER, errors="default")
            row |= {"kind": kind, "initials": "".join("".join(letters).split()).casefold()}
        if rows:
            op.bulk_insert(names, rows)


def downgrade() -> None:
    op.drop_table("names")
    op.drop_table("camera_sitings")
    op.drop_column("places", "legal_basis")
    op.drop_column("places", "capacity")
