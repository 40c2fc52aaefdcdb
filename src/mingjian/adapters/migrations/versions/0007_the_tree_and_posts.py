"""More of a tenant: credit code, address, contact, and which one keeps the installation; posts of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXTS = ("credit_code", "address", "contact")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("units", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("units", sa.Column("keeps", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE units SET keeps = TRUE WHERE id = (SELECT id FROM units ORDER BY created_ns, id LIMIT 1)")
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.String(length=10), nullable=False),
        sa.Column("given_ns", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=True),
        sa.Column("ended_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_posts_person_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_posts_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
    )
    op.create_index("ix_posts_person_id", "posts", ["person_id"])
    op.create_index("ix_posts_unit_id", "posts", ["unit_id"])


def downgrade() -> None:
    op.drop_index("ix_posts_unit_id", "posts")
    op.drop_index("ix_posts_person_id", "posts")
    op.drop_table("posts")
    for name in ("keeps", *reversed(_TEXTS)):
        op.drop_column("units", name)
