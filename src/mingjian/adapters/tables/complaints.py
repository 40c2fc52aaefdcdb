"""Complaints from the public pages of signs."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, Table, Text

from mingjian.adapters.tables import metadata

complaints = Table(
    "complaints",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("place_name", Text, nullable=False),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("organ_id", ForeignKey("units.id")),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("received_ns", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("replies", JSON, nullable=False),
    Index("ix_complaints_place", "place_id", "received_ns"),
)
