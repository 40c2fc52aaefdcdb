"""Plans, main works, checks, procurements, reports, acceptances and reuse decisions get tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mingjian.adapters.tables.append_only import statements

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("standard_checks", "procurements", "acceptances", "reuse_decisions")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("territory", sa.String(length=6), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("urban_plan", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("countersigns", sa.JSON(), nullable=False),
        sa.Column("supersedes", sa.String(length=36), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("adoption_number", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.String(length=10), nullable=True),
        sa.Column("published_on", sa.String(length=10), nullable=True),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_plans_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_territory", "plans", ["territory"])
    op.create_index("ix_plans_unit_id", "plans", ["unit_id"])
    op.create_table(
        "main_works",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("designed_as_one", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["systems.id"], name="fk_main_works_id_systems"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_main_works_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_main_works"),
    )
    op.create_table(
        "standard_checks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_standard_checks_unit_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_standard_checks_system_id_systems"),
        sa.PrimaryKeyConstraint("id", name="pk_standard_checks"),
    )
    op.create_index("ix_standard_checks_system_id", "standard_checks", ["system_id"])
    op.create_table(
        "procurements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("object", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("contracts", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_procurements_unit_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_procurements_system_id_systems"),
        sa.PrimaryKeyConstraint("id", name="pk_procurements"),
    )
    op.create_index("ix_procurements_system_id", "procurements", ["system_id"])
    op.create_table(
        "designation_reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("reporter_id", sa.String(length=36), nullable=False),
        sa.Column("accused_id", sa.String(length=36), nullable=False),
        sa.Column("happened_on", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_designation_reports_unit_id_units"),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name="fk_designation_reports_reporter_id_people"),
        sa.ForeignKeyConstraint(["accused_id"], ["units.id"], name="fk_designation_reports_accused_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_designation_reports"),
        sa.UniqueConstraint("number", name="uq_designation_reports_number"),
    )
    op.create_index("ix_designation_reports_reporter_id", "designation_reports", ["reporter_id"])
    op.create_index("ix_designation_reports_unit_id", "designation_reports", ["unit_id"])
    op.create_table(
        "acceptances",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("organiser_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("conclusion", sa.String(length=16), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_acceptances_unit_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_acceptances_system_id_systems"),
        sa.ForeignKeyConstraint(["organiser_id"], ["units.id"], name="fk_acceptances_organiser_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_acceptances"),
    )
    op.create_index("ix_acceptances_system_id", "acceptances", ["system_id"])
    op.create_table(
        "reuse_decisions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("system_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("reuse", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_reuse_decisions_unit_id_units"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_reuse_decisions_system_id_systems"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_reuse_decisions_camera_id_cameras"),
        sa.PrimaryKeyConstraint("id", name="pk_reuse_decisions"),
    )
    op.create_index("ix_reuse_decisions_system", "reuse_decisions", ["system_id", "camera_id"])
    for table in APPEND_ONLY:
        for line in statements(table)[op.get_bind().dialect.name]:
            op.execute(line)


def downgrade() -> None:
    op.drop_index("ix_reuse_decisions_system", "reuse_decisions")
    op.drop_index("ix_acceptances_system_id", "acceptances")
    op.drop_index("ix_designation_reports_unit_id", "designation_reports")
    op.drop_index("ix_designation_reports_reporter_id", "designation_reports")
    op.drop_index("ix_procurements_system_id", "procurements")
    op.drop_index("ix_standard_checks_system_id", "standard_checks")
    op.drop_index("ix_plans_unit_id", "plans")
    op.drop_index("ix_plans_territory", "plans")
    op.drop_table("reuse_decisions")
    op.drop_table("acceptances")
    op.drop_table("designation_reports")
    op.drop_table("procurements")
    op.drop_table("standard_checks")
    op.drop_table("main_works")
    op.drop_table("plans")
