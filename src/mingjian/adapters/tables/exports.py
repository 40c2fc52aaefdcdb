"""Jobs that build evidence packages."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from mingjian.adapters.tables import metadata

exports = Table(
    "exports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("requester_id", ForeignKey("people.id"), nullable=False),
    Column("staff_id", ForeignKey("people.id"), nullable=False),
    Column("grant_id", String(36), nullable=False),
    Column("entry_index", BigInteger, nullable=False),
    Column("state", String(24), nullable=False, index=True),
    Column("created_ns", BigInteger, nullable=False),
    Column("started_ns", BigInteger),
    Column("ended_ns", BigInteger),
    Column("done_bytes", BigInteger, nullable=False),
    Column("total_bytes", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("missing_s", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
)
