"""The first tables: ledger, people, cameras, register, access requests, exports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("ledger_entries", "register_entries", "register_cameras", "register_closings", "deliveries", "presences")


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("witnesses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoints"),
    )
    op.create_table(
        "head_batches",
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("idx", name="pk_head_batches"),
    )
    op.create_index("ix_head_batches_at", "head_batches", ["at"])

    op.create_table(
        "ledger_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next", BIG, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_ledger_counter_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_counter"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("idx", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_actor_idx", "ledger_entries", ["actor", "idx"])
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    op.create_index("ix_ledger_entries_kind_idx", "ledger_entries", ["kind", "idx"])
    op.create_index("ix_ledger_entries_unit_idx", "ledger_entries", ["unit", "idx"])

    op.create_table(
        "ledger_openings",
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("idx", "field", name="pk_ledger_openings"),
    )
    op.create_table(
        "ledger_references",
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("ref", "idx", name="pk_ledger_references"),
    )
    op.create_table(
        "setup_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_setup_code"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "address", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_last_ns", "sign_in_failures", ["last_ns"])

    op.create_table(
        "units",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sub_url", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("transport", sa.String(length=8), nullable=False),
        sa.Column("engine", sa.String(length=8), nullable=False),
        sa.Column("audio_basis", sa.Text(), nullable=False),
        sa.Column("expected_bitrate_bps", sa.BigInteger(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("retired_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_cameras_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
    )
    op.create_index("ix_cameras_unit_id", "cameras", ["unit_id"])

    op.create_table(
        "people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("disabled_ns", sa.BigInteger(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolment_until_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_people_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("name", name="uq_people_name"),
    )
    op.create_index("ix_people_unit_id", "people", ["unit_id"])

    op.create_table(
        "access_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("footage_start_ns", sa.BigInteger(), nullable=False),
        sa.Column("footage_end_ns", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("requester_id", sa.String(length=36), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("submitted_ns", sa.BigInteger(), nullable=False),
        sa.Column("approver_id", sa.String(length=36), nullable=True),
        sa.Column("approver_name", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("approved_until_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["approver_id"], ["people.id"], name="fk_access_requests_approver_id_people"),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name="fk_access_requests_requester_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_access_requests_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_access_requests"),
        sa.UniqueConstraint("unit_id", "year", "serial", name="uq_access_requests_unit_id_year_serial"),
    )
    op.create_table(
        "register_entries",
        sa.Column("entry_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("footage_start_ns", sa.BigInteger(), nullable=True),
        sa.Column("footage_end_ns", sa.BigInteger(), nullable=True),
        sa.Column("valid_start_ns", sa.BigInteger(), nullable=False),
        sa.Column("valid_end_ns", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_register_entries_person_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_register_entries_unit_id_units"),
        sa.PrimaryKeyConstraint("entry_index", name="pk_register_entries"),
        sa.UniqueConstraint("grant_id", name="uq_register_entries_grant_id"),
    )
    op.create_index("ix_register_entries_unit_id_entry_index", "register_entries", ["unit_id", "entry_index"])

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("seen_ns", sa.BigInteger(), nullable=False),
        sa.Column("ends_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sessions_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("start_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["register_entries.grant_id"], name="fk_deliveries_grant_id_register_entries"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_grant_id", "deliveries", ["grant_id"])

    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("requester_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("started_ns", sa.BigInteger(), nullable=True),
        sa.Column("ended_ns", sa.BigInteger(), nullable=True),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("missing_s", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name="fk_exports_request_id_access_requests"),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name="fk_exports_requester_id_people"),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name="fk_exports_staff_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_exports_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_request_id", "exports", ["request_id"])
    op.create_index("ix_exports_state", "exports", ["state"])
    op.create_index("ix_exports_unit_id", "exports", ["unit_id"])

    op.create_table(
        "presences",
        sa.Column("entry_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.Text(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name="fk_presences_officer_id_people"),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name="fk_presences_request_id_access_requests"),
        sa.PrimaryKeyConstraint("entry_index", name="pk_presences"),
    )
    op.create_index("ix_presences_request_id", "presences", ["request_id"])

    op.create_table(
        "register_cameras",
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_index"], ["register_entries.entry_index"], name="fk_register_cameras_entry_index_register_entries"
        ),
        sa.PrimaryKeyConstraint("entry_index", "camera_id", name="pk_register_cameras"),
    )
    op.create_index("ix_register_cameras_camera_id", "register_cameras", ["camera_id"])

    op.create_table(
        "register_closings",
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("closing_index", sa.BigInteger(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_index"], ["register_entries.entry_index"], name="fk_register_closings_entry_index_register_entries"
        ),
        sa.PrimaryKeyConstraint("entry_index", name="pk_register_closings"),
    )
    op.execute("INSERT INTO ledger_counter (id, next) VALUES (1, 0)")
    for table in APPEND_ONLY:
        _only_grows(table)


def downgrade() -> None:
    op.drop_table("register_closings")
    op.drop_table("register_cameras")
    op.drop_table("presences")
    op.drop_table("exports")
    op.drop_table("deliveries")
    op.drop_table("sessions")
    op.drop_table("register_entries")
    op.drop_table("access_requests")
    op.drop_table("people")
    op.drop_table("cameras")
    op.drop_table("units")
    op.drop_table("sign_in_failures")
    op.drop_table("setup_code")
    op.drop_table("ledger_references")
    op.drop_table("ledger_openings")
    op.drop_table("ledger_entries")
    op.drop_table("ledger_counter")
    op.drop_table("head_batches")
    op.drop_table("checkpoints")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_append_only()")


def _only_grows(table: str) -> None:
    """What was registered is neither changed nor deleted, whatever program holds the connection."""
    message = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    for name, verbs, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {verbs} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_append_only()"
        )
