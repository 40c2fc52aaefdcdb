"""Private persons' applications to view footage (national regulation, article 21)."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from mingjian.adapters.tables import metadata

private_viewings = Table(
    "private_viewings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("number", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("applicant", Text, nullable=False),
    Column("paper", String(32), nullable=False),
    Column("paper_number", String(64), nullable=False),
    Column("identity", String(128), nullable=False),
    Column("relation", String(32), nullable=False),
    Column("concerned", Text, nullable=False),
    Column("ground", String(32), nullable=False),
    Column("why", Text, nullable=False),
    Column("cameras", JSON, nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("staff_id", ForeignKey("people.id"), nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("asked_ns", BigInteger, nullable=False),
    Column("row", String(64), nullable=False),
    Column("mask_others", Boolean, nullable=False),
    Column("consenter_id", ForeignKey("people.id")),
    Column("consenter_name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("decided_ns", BigInteger),
    Column("consented_until_ns", BigInteger),
    Column("masks", JSON, nullable=False),
    Column("signed_how", String(16)),
    Column("companion_name", Text, nullable=False),
    Column("completed_ns", BigInteger),
    Column("sheet", JSON),
    Column("fingerprint", String(64), nullable=False),
    Index("ix_private_viewings_unit", "unit_id", "asked_ns"),
    Index("ix_private_viewings_serial", "unit_id", "year", "serial", unique=True),
    Index("ix_private_viewings_state", "state"),
)
