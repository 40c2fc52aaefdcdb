"""Filings, visits, changes and removals of video systems."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

filings = Table(
    "filings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("first", String(36), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("system_name", Text, nullable=False),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sheet", JSON, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("lacking", JSON, nullable=False),
    Column("submitted_ns", BigInteger, nullable=False),
    Column("by_id", ForeignKey("people.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("organ_id", ForeignKey("units.id")),
    Column("number", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("received_on", String(10)),
    Column("due_on", String(10)),
    Column("replaces", String(36), nullable=False),
    Column("returned_on", String(10)),
    Column("return_reason", Text, nullable=False),
    Column("change", String(36), nullable=False),
    Column("national_number", Text, nullable=False),
    Column("national_scan", String(36), nullable=False),
    Index(
        "uq_filings_receipt",
        "organ_id",
        "year",
        "serial",
        unique=True,
        sqlite_where=text("organ_id IS NOT NULL"),
        postgresql_where=text("organ_id IS NOT NULL"),
    ),
)

visits = Table(
    "site_visits",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("key", String(36), nullable=False),
    Column("filing_id", ForeignKey("filings.id"), nullable=False),
    Column("first", String(36), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("organ_id", ForeignKey("units.id"), nullable=False),
    Column("territory", String(12), nullable=False),
    Column("on", String(10), nullable=False),
    Column("officers", JSON, nullable=False),
    Column("present", Text, nullable=False),
    Column("items", JSON, nullable=False),
    Column("guidance", Text, nullable=False),
    Column("conclusion", Text, nullable=False),
    Column("photographs", JSON, nullable=False),
    Column("recorded_ns", BigInteger, nullable=False),
    Column("by_id", ForeignKey("people.id"), nullable=False),
    UniqueConstraint("organ_id", "key", name="uq_site_visits_organ_id"),
)

changes = Table(
    "system_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("changes", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("recorded_ns", BigInteger, nullable=False),
    Column("by_id", ForeignKey("people.id"), nullable=False),
    Column("filing", String(36), nullable=False),
)

removals = Table(
    "removals",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("system_name", Text, nullable=False),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("ground", Text, nullable=False),
    Column("data_plan", Text, nullable=False),
    Column("recorded_ns", BigInteger, nullable=False),
    Column("by_id", ForeignKey("people.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("organ_id", ForeignKey("units.id")),
    Column("number", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("noticed_on", String(10)),
    Column("planned_on", String(10)),
    Column("earliest_on", String(10)),
    Column("taken_down_on", String(10)),
    Column("kept_until", String(10)),
    Column("disposal", JSON),
)

APPEND_ONLY = (visits,)

for _table in APPEND_ONLY:
    only_grows(_table)
