"""Access requests and the officers' presences; a presence is never changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

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
    UniqueConstraint("unit_id", "year", "serial", name="uq_access_requests_unit_id_year_serial"),
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
)

APPEND_ONLY = (presences,)

for _table in APPEND_ONLY:
    only_grows(_table)
