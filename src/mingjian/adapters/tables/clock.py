"""Jumps of the system clock for which expiry stood still, and who confirmed that the clock is right."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from mingjian.adapters.tables import metadata

clock_freezes = Table(
    "clock_freezes",
    metadata,
    Column("serial", Integer, primary_key=True),
    Column("mark", String(36), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("seen", String(16), nullable=False),
    Column("found_ns", BigInteger, nullable=False),
    Column("expected_ns", BigInteger, nullable=False),
    Column("vouched_ns", BigInteger),
    Column("voucher_id", ForeignKey("people.id")),
    Column("voucher_name", Text, nullable=False),
    Column("confirmed_ns", BigInteger),
    Column("confirmer_id", ForeignKey("people.id")),
    Column("confirmer_name", Text, nullable=False),
)
"""In order of `serial`: the clock itself is what is in doubt."""
