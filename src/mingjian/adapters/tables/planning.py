"""Plans, main works, checks against standards, procurements, reports, acceptances, reuse: one row a value."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

plans = Table(
    "plans",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("territory", String(6), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("urban_plan", JSON, nullable=False),
    Column("departments", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("items", JSON, nullable=False),
    Column("countersigns", JSON, nullable=False),
    Column("supersedes", String(36), nullable=False),
    Column("note", Text, nullable=False),
    Column("adoption_number", Text, nullable=False),
    Column("adopted_on", String(10)),
    Column("published_on", String(10)),
    Column("created_ns", BigInteger, nullable=False),
)

main_works = Table(
    "main_works",
    metadata,
    Column("id", ForeignKey("systems.id"), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("designed_as_one", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("milestones", JSON, nullable=False),
    Column("changed_ns", BigInteger, nullable=False),
)

standard_checks = Table(
    "standard_checks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("code", String(32), nullable=False),
    Column("result", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("on", String(10), nullable=False),
    Column("created_ns", BigInteger, nullable=False),
)

procurements = Table(
    "procurements",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("object", String(16), nullable=False),
    Column("method", String(16), nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("chosen", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("contracts", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
)

designation_reports = Table(
    "designation_reports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("reporter_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("accused_id", ForeignKey("units.id"), nullable=False),
    Column("happened_on", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("steps", JSON, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("organiser_id", ForeignKey("units.id"), nullable=False),
    Column("number", Text, nullable=False),
    Column("on", String(10), nullable=False),
    Column("conclusion", String(16), nullable=False),
    Column("items", JSON, nullable=False),
    Column("members", JSON, nullable=False),
    Column("issues", Text, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
)

reuse_decisions = Table(
    "reuse_decisions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("system_id", ForeignKey("systems.id"), nullable=False),
    Column("camera_id", ForeignKey("cameras.id"), nullable=False),
    Column("reuse", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Index("ix_reuse_decisions_system", "system_id", "camera_id"),
)

APPEND_ONLY = (standard_checks, procurements, acceptances, reuse_decisions)
"""What was found, chosen or decided stays beside what came later."""

for _table in APPEND_ONLY:
    only_grows(_table)
