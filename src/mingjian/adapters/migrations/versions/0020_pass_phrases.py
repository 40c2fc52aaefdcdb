"""When a pass-phrase was set, which came before, and sessions that must set a new one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("password_set_ns", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "former_passwords",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("set_ns", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_former_passwords_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "set_ns", name="pk_former_passwords"),
    )


def downgrade() -> None:
    op.drop_table("former_passwords")
    op.drop_column("sessions", "stale")
    op.drop_column("people", "password_set_ns")
