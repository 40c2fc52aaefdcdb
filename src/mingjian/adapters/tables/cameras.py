"""Records of cameras. The password is sealed by the vault; no column holds a credential in the clear."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text

from mingjian.adapters.tables import metadata

cameras = Table(
    "cameras",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("sub_url", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("password_sealed", LargeBinary, nullable=False),
    Column("transport", String(8), nullable=False),
    Column("engine", String(8), nullable=False),
    Column("audio_basis", Text, nullable=False),
    Column("expected_bitrate_bps", BigInteger, nullable=False),
    Column("hosts", JSON, nullable=False),
    Column("tls_sha256", String(64), nullable=False, server_default=""),
    Column("created_ns", BigInteger, nullable=False),
    Column("retired_ns", BigInteger),
)
