"""Units, accounts, sessions, failed sign-ins, the one-time code of the first start."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from mingjian.adapters.tables import metadata

units = Table(
    "units",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False, server_default="unit"),
    Column("territory", String(6), nullable=False, server_default=""),
    Column("parent_id", String(36)),
    Column("sector", String(32), nullable=False, server_default=""),
)

people = Table(
    "people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("disabled_ns", BigInteger),
    Column("password_hash", Text, nullable=False),
    Column("totp_sealed", LargeBinary, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("enrolment_hash", String(64), nullable=False),
    Column("enrolment_until_ns", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("created_ns", BigInteger, nullable=False),
    Column("seen_ns", BigInteger, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
)

failures = Table(
    "sign_in_failures",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Index("ix_sign_in_failures_last_ns", "last_ns"),
)

setup_code = Table(
    "setup_code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code_hash", String(64), nullable=False),
)
