"""A request has three sides; visits under an approval are rows of their own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0026"
branch_labels = None
depends_on = None


def _added() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("asker_id", sa.String(length=36), server_default="", nullable=False),
        sa.Column("approving_id", sa.String(length=36), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=16), server_default="copy", nullable=False),
        sa.Column("route", sa.String(length=64), server_default="", nullable=False),
        sa.Column("other_basis", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("case_number", sa.Text(), server_default="", nullable=False),
        sa.Column("on_paper", sa.String(length=36), server_default="", nullable=False),
        sa.Column("report_until_ns", sa.BigInteger()),
        sa.Column("reported_ns", sa.BigInteger()),
        sa.Column("asker_serial", sa.Integer(), server_default="0", nullable=False),
    )


def upgrade() -> None:
    for column in _added():
        op.add_column("access_requests", column)
    # until now the unit that held the cameras asked and approved
    op.execute("UPDATE access_requests SET asker_id = unit_id, approving_id = unit_id, asker_serial = serial")
    op.create_index("ix_access_requests_asker_id", "access_requests", ["asker_id"])
    op.create_index("ix_access_requests_approving_id", "access_requests", ["approving_id"])
    op.create_index("uq_access_requests_asker", "access_requests", ["asker_id", "year", "asker_serial"], unique=True)
    op.add_column("presences", sa.Column("execution_id", sa.String(length=36), server_default="", nullable=False))
    op.create_table(
        "executions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("began_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("ended_ns", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["request_id"], ["access_requests.id"], name="fk_executions_request_id_access_requests"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_executions_unit_id_units"),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name="fk_executions_staff_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
        sa.UniqueConstraint("request_id", "n", name="uq_executions_request_id_n"),
    )
    op.create_index("ix_executions_request_id", "executions", ["request_id"])


def downgrade() -> None:
    op.drop_index("ix_executions_request_id", "executions")
    op.drop_table("executions")
    op.drop_column("presences", "execution_id")
    op.drop_index("uq_access_requests_asker", "access_requests")
    op.drop_index("ix_access_requests_approving_id", "access_requests")
    op.drop_index("ix_access_requests_asker_id", "access_requests")
    for column in reversed(_added()):
        op.drop_column("access_requests", column.name)
