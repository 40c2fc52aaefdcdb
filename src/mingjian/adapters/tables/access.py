"""Access requests, the visits under them, and the officers' presences; a presence is never changed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

access_requests = Table(
    "access_requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cameras", JSON, nullable=False),
    Column("footage_start_ns", BigInteger, nullable=False),
    Column("footage_end_ns", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("organ", Text, nullable=False),
    Column("officers", JSON, nullable=False),
    Column("requester_id", ForeignKey("people.id"), nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("submitted_ns", BigInteger, nullable=False),
    Column("approver_id", ForeignKey("people.id")),
    Column("approver_name", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("approved_until_ns", BigInteger),
    Column("asker_id", String(36), nullable=False, server_default="", index=True),
    Column("approving_id", String(36), nullable=False, server_default="", index=True),
    Column("kind", String(16), nullable=False, server_default="copy"),
    Column("route", String(64), nullable=False, server_default=""),
    Column("other_basis", Boolean, nullable=False, server_default=false()),
    Column("case_number", Text, nullable=False, server_default=""),
    Column("on_paper", String(36), nullable=False, server_default=""),
    Column("report_until_ns", BigInteger),
    Column("reported_ns", BigInteger),
    Column("asker_serial", Integer, nullable=False, server_default="0"),
    Column("ground", Text, nullable=False, server_default=""),
    UniqueConstraint("unit_id", "year", "serial", name="uq_access_requests_unit_id_year_serial"),
    Index("uq_access_requests_asker", "asker_id", "year", "asker_serial", unique=True),
)
"""`asker_serial` is the number that people read; `serial` counts what a holder was asked for."""

executions = Table(
    "executions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("staff_id", ForeignKey("people.id"), nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("session", String(64), nullable=False),
    Column("began_ns", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("papers", JSON, nullable=False),
    Column("numbers", JSON, nullable=False, server_default="{}"),
    Column("ended_ns", BigInteger),
    UniqueConstraint("request_id", "n", name="uq_executions_request_id_n"),
)

presences = Table(
    "presences",
    metadata,
    Column("entry_index", BigInteger, primary_key=True, autoincrement=False),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False, index=True),
    Column("officer_id", ForeignKey("people.id"), nullable=False),
    Column("officer_name", Text, nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("execution_id", String(36), nullable=False, server_default=""),
)

APPEND_ONLY = (presences,)

for _table in APPEND_ONLY:
    only_grows(_table)
