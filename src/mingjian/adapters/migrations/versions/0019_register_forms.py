"""Register forms are kept as they were signed, with their signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.append_only import statements

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_GROWING = ("register_forms", "form_signatures")


def upgrade() -> None:
    op.create_table(
        "register_forms",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["executions.id"], name="fk_register_forms_id_executions"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["access_requests.id"], name="fk_register_forms_request_id_access_requests"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_register_forms"),
    )
    op.create_index("ix_register_forms_request_id", "register_forms", ["request_id"])
    op.create_table(
        "form_signatures",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("execution_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["register_forms.id"], name="fk_form_signatures_execution_id_register_forms"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_form_signatures_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_form_signatures"),
    )
    op.create_index("ix_form_signatures_execution_id", "form_signatures", ["execution_id"])
    for table in _GROWING:
        for line in statements(table)[op.get_bind().dialect.name]:
            op.execute(line)


def downgrade() -> None:
    for table in reversed(_GROWING):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_append_only()")
