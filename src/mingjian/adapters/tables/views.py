"""The register (登记) with its closings and the footage delivered. These are append-only."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

register_entries = Table(
    "register_entries",
    metadata,
    Column("entry_index", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("grant_id", String(36), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("cameras", JSON, nullable=False),
    Column("footage_start_ns", BigInteger),
    Column("footage_end_ns", BigInteger),
    Column("valid_start_ns", BigInteger, nullable=False),
    Column("valid_end_ns", BigInteger, nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("request_id", String(36), nullable=False),
    Column("organ_id", String(36)),
    Column("officers", JSON, nullable=False, server_default="[]"),
    Column("execution_id", String(36), nullable=False, server_default=""),
    Index("ix_register_entries_unit_id_at_ns", "unit_id", "at_ns", "entry_index"),
    Index("ix_register_entries_person_id_at_ns", "person_id", "at_ns", "entry_index"),
    Index("ix_register_entries_unit_id_kind_at_ns", "unit_id", "kind", "at_ns", "entry_index"),
    Index("ix_register_entries_organ_id_at_ns", "organ_id", "at_ns", "entry_index"),
    Index("ix_register_entries_request_id", "request_id"),
    Index("ix_register_entries_counted", "unit_id", "at_ns", "kind", "organ_id", "entry_index"),
)

register_cameras = Table(
    "register_cameras",
    metadata,
    Column("entry_index", ForeignKey("register_entries.entry_index"), primary_key=True),
    Column("camera_id", String(36), primary_key=True),
    Index("ix_register_cameras_camera_id_entry_index", "camera_id", "entry_index"),
)

register_closings = Table(
    "register_closings",
    metadata,
    Column("entry_index", ForeignKey("register_entries.entry_index"), primary_key=True),
    Column("closing_index", BigInteger, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("seconds", JSON, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("grant_id", ForeignKey("register_entries.grant_id"), nullable=False, index=True),
    Column("camera_id", String(36), nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
)

viewings_seen = Table(
    "viewings_seen",
    metadata,
    Column("grant_id", ForeignKey("register_entries.grant_id"), primary_key=True),
    Column("seen_ns", BigInteger, nullable=False),
)
"""The one table here that changes: when the media path last saw a viewer."""

use_troubles = Table(
    "use_troubles",
    metadata,
    Column("entry_index", BigInteger, primary_key=True, autoincrement=False),
    Column("register_index", ForeignKey("register_entries.entry_index"), nullable=False, index=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""What a unit reported about a use of its cameras."""

journal_lines = Table(
    "journal_lines",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_index", BigInteger),
    Column("happened_ns", BigInteger, nullable=False),
    Column("entered_ns", BigInteger, nullable=False),
)
"""Which lines of the journal are in, as which entries."""

view_purposes = Table(
    "view_purposes",
    metadata,
    Column("unit_id", ForeignKey("units.id"), primary_key=True),
    Column("purposes", JSON, nullable=False),
    Column("copies", JSON, nullable=False, server_default="[]"),
)
"""The grounds on which a unit's own people look back, as its rules name them now; the ledger has the changes."""


APPEND_ONLY = (register_entries, register_cameras, register_closings, deliveries, use_troubles, journal_lines)

for _table in APPEND_ONLY:
    only_grows(_table)
