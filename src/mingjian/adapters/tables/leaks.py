"""Leaks that were read, redacted copies for publication."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from mingjian.adapters.tables import metadata

leak_traces = Table(
    "leak_traces",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("by", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("entry", BigInteger),
    Column("key", Integer),
    Column("chance", Float),
    Index("ix_leak_traces_unit", "unit_id", "at_ns"),
)

redactions = Table(
    "redactions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("camera_id", ForeignKey("cameras.id"), nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("editor_id", ForeignKey("people.id"), nullable=False),
    Column("editor_name", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("masks", JSON, nullable=False),
    Column("rendered", String(64), nullable=False),
    Column("reviewer_id", ForeignKey("people.id")),
    Column("reviewer_name", Text, nullable=False),
    Column("looked", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("released_entry", BigInteger),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("taken_ns", BigInteger),
    Index("ix_redactions_unit", "unit_id", "created_ns"),
)
