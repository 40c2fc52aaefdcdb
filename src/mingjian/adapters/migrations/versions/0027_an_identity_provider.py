"""Which subject of an identity provider stands for whom, sessions that came so, and tickets that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("link_id", sa.String(length=36), nullable=False, server_default=""))
    op.create_table(
        "provider_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("linked_ns", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_provider_links_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_provider_links"),
        sa.UniqueConstraint("person_id", name="uq_provider_links_person_id"),
        sa.UniqueConstraint("issuer", "subject", name="uq_provider_links_issuer"),
    )
    op.create_table(
        "spent_tickets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spent_tickets"),
    )


def downgrade() -> None:
    op.drop_table("spent_tickets")
    op.drop_table("provider_links")
    op.drop_column("sessions", "link_id")
