"""Places, key parts, systems, obligations, findings, attachments: what is on record about them, one row a value."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

places = Table(
    "places",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("territory", String(12), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("datum", String(16), nullable=False),
    Column("sector", String(32), nullable=False),
    Column("anti_terror", Boolean, nullable=False),
    Column("floors", JSON, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("sign_code", String(32), nullable=False, index=True),
    Column("sign_photo", String(36), nullable=False),
    Column("capacity", String(16), nullable=False, server_default="managing"),
    Column("legal_basis", Text, nullable=False, server_default=""),
    Column("created_ns", BigInteger, nullable=False),
    Column("closed_ns", BigInteger),
)

key_parts = Table(
    "key_parts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("place_id", ForeignKey("places.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("part", String(64), nullable=False),
    Column("national_rule", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("guidance", JSON, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("withdrawn_ns", BigInteger),
)

systems = Table(
    "systems",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("place_id", ForeignKey("places.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("builder", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("dates", JSON, nullable=False),
    Column("parties", JSON, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("plan_item", String(36), nullable=False),
    Column("existing", Boolean, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
)

camera_sitings = Table(
    "camera_sitings",
    metadata,
    Column("id", ForeignKey("cameras.id"), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("place_id", ForeignKey("places.id"), nullable=False, index=True),
    Column("system_id", ForeignKey("systems.id"), nullable=False, index=True),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("part", String(64), nullable=False),
    Column("location", Text, nullable=False),
    Column("gb_code", String(20), nullable=False, index=True),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("datum", String(16), nullable=False),
    Column("floor", String(36), nullable=False),
    Column("x", Float),
    Column("y", Float),
    Column("direction_deg", Float),
    Column("angle_deg", Float),
    Column("range_m", Float),
    Column("picture", String(36), nullable=False),
    Column("picture_entry", BigInteger),
    Column("reaches", Boolean),
    Column("masks", JSON, nullable=False),
    Column("proof", JSON),
    Column("stream", JSON),
    Column("days", Integer),
    Column("dossier", JSON, nullable=False),
    Column("existing", Boolean, nullable=False),
    Column("responsible", String(64), nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("signed_ns", BigInteger),
    Column("signed_by", Text, nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("territory", String(12), nullable=False, index=True),
    Column("sector", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("initials", Text, nullable=False),
)
"""What can be searched for, by name and by the initials of its pinyin; written with the object itself."""

obligations = Table(
    "obligations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("duty", String(64), nullable=False),
    Column("row", String(64), nullable=False),
    Column("instrument", String(32), nullable=False),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("owner_id", ForeignKey("units.id"), nullable=False),
    Column("subject_kind", String(32), nullable=False),
    Column("subject", String(36), nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("trigger_on", String(10), nullable=False),
    Column("due_on", String(10)),
    Column("calendar_known", Boolean, nullable=False),
    Column("opened_ns", BigInteger, nullable=False),
    Column("met_on", String(10)),
    Column("met_entry", BigInteger),
    Column("dropped", Text, nullable=False),
    Column("builder", String(16), server_default="unit", nullable=False),
    Column("regime", String(16), server_default="art7", nullable=False),
    Column("territory", String(12), server_default="", nullable=False),
    Column("sector", String(32), server_default="", nullable=False),
    Index("ix_obligations_open", "unit_id", "met_on", "dropped", "due_on"),
    Index("ix_obligations_subject", "subject", "duty"),
    Index("ix_obligations_area", "met_on", "dropped", "territory", "due_on"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("row", String(64), nullable=False),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("owner_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("territory", String(12), nullable=False, index=True),
    Column("subject_kind", String(32), nullable=False),
    Column("subject", String(36), nullable=False, index=True),
    Column("subject_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("found_ns", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_ns", BigInteger),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("subject_kind", String(32), nullable=False),
    Column("subject", String(36), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
)

APPEND_ONLY = (attachments,)

for _table in APPEND_ONLY:
    only_grows(_table)
