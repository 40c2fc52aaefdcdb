"""Sealed packages: their shares until they are given, and who fetched them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint

from mingjian.adapters.tables import metadata

sealings = Table(
    "sealings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job_id", ForeignKey("exports.id"), nullable=False, index=True),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False),
    Column("execution_id", String(36), nullable=False),
    Column("made_ns", BigInteger, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("ended_ns", BigInteger, index=True),
)

sealing_shares = Table(
    "sealing_shares",
    metadata,
    Column("sealing_id", ForeignKey("sealings.id"), primary_key=True),
    Column("letter", String(1), primary_key=True),
    Column("officer_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("officer_name", Text, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("held", LargeBinary),
    Column("given_ns", BigInteger),
    Column("at_counter", Boolean, nullable=False),
    UniqueConstraint("sealing_id", "officer_id"),
)

sealing_downloads = Table(
    "sealing_downloads",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("sealing_id", ForeignKey("sealings.id"), nullable=False),
    Column("slot", String(8), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("opened_ns", BigInteger, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
    Column("delivered_bytes", BigInteger, nullable=False),
    Column("finished_ns", BigInteger),
    UniqueConstraint("sealing_id", "slot"),
)
