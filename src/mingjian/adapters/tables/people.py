"""Units, accounts, sessions, failed sign-ins, the one-time code of the first start."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.administrations import keeps_apart

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
    Column("credit_code", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("contact", Text, nullable=False, server_default=""),
    Column("keeps", Boolean, nullable=False, server_default=false()),
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
    Column("password_set_ns", BigInteger, nullable=False, server_default="0"),
    Column("totp_sealed", LargeBinary, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("enrolment_hash", String(64), nullable=False),
    Column("enrolment_until_ns", BigInteger),
    Column("identity", String(64), nullable=False, server_default="", index=True),
    Column("spot", Boolean, nullable=False, server_default=false()),
)

keeps_apart(people)

posts = Table(
    "posts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("head", Boolean, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("decision", Text, nullable=False),
    Column("begins_on", String(10), nullable=False),
    Column("given_ns", BigInteger, nullable=False),
    Column("ends_on", String(10)),
    Column("ended_ns", BigInteger),
    Column("ahead", Boolean, nullable=False, server_default=false()),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("created_ns", BigInteger, nullable=False),
    Column("seen_ns", BigInteger, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
    Column("proven_ns", BigInteger, nullable=False, server_default="0"),
    Column("limited", Boolean, nullable=False, server_default=false()),
    Column("stale", Boolean, nullable=False, server_default=false()),
    Column("link_id", String(36), nullable=False, server_default=""),
)

provider_links = Table(
    "provider_links",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("linked_ns", BigInteger, nullable=False),
    Column("confirmed_ns", BigInteger),
    UniqueConstraint("issuer", "subject"),
)

spent_tickets = Table(
    "spent_tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ends_ns", BigInteger, nullable=False),
)

former_passwords = Table(
    "former_passwords",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("set_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("password_hash", Text, nullable=False),
)

security_keys = Table(
    "security_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("used_ns", BigInteger),
    Column("suspended_ns", BigInteger),
)

challenges = Table(
    "key_challenges",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("host", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
)

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("asker_id", ForeignKey("people.id"), nullable=False),
    Column("asker_name", Text, nullable=False),
    Column("asker_roles", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("asked_ns", BigInteger, nullable=False),
    Column("ends_ns", BigInteger, nullable=False),
    Column("confirmer_id", ForeignKey("people.id")),
    Column("confirmed_ns", BigInteger),
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
