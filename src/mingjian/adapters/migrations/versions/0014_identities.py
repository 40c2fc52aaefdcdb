"""Sessions know when the factors were last proven; people know which natural person they are, and who administers
does nothing else; credentials are restored by two.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.administrations import REMOVALS, STATEMENTS

revision = "0014"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proven_ns", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("people", sa.Column("identity", sa.String(length=64), server_default="", nullable=False))
    op.add_column("people", sa.Column("spot", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_people_identity", "people", ["identity"])
    op.add_column("posts", sa.Column("ahead", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sessions", sa.Column("limited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "security_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("used_ns", sa.BigInteger(), nullable=True),
        sa.Column("suspended_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_security_keys_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_security_keys"),
    )
    op.create_index("ix_security_keys_person_id", "security_keys", ["person_id"])
    op.create_table(
        "key_challenges",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_key_challenges_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_key_challenges"),
    )
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("asker_id", sa.String(length=36), nullable=False),
        sa.Column("asker_name", sa.Text(), nullable=False),
        sa.Column("asker_roles", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_ns", sa.BigInteger(), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.Column("confirmer_id", sa.String(length=36), nullable=True),
        sa.Column("confirmed_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_recoveries_unit_id_units"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_recoveries_person_id_people"),
        sa.ForeignKeyConstraint(["asker_id"], ["people.id"], name="fk_recoveries_asker_id_people"),
        sa.ForeignKeyConstraint(["confirmer_id"], ["people.id"], name="fk_recoveries_confirmer_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
    )
    for line in STATEMENTS[op.get_bind().dialect.name]:
        op.execute(line)


def downgrade() -> None:
    for line in REMOVALS[op.get_bind().dialect.name]:
        op.execute(line)
    op.drop_table("recoveries")
    op.drop_table("key_challenges")
    op.drop_index("ix_security_keys_person_id", "security_keys")
    op.drop_table("security_keys")
    op.drop_column("sessions", "limited")
    op.drop_column("posts", "ahead")
    op.drop_index("ix_people_identity", "people")
    op.drop_column("people", "spot")
    op.drop_column("people", "identity")
    op.drop_column("sessions", "proven_ns")
