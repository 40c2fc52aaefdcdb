"""Register forms as they were signed, and the signatures on them; neither is ever changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table, Text

from mingjian.adapters.tables import metadata
from mingjian.adapters.tables.append_only import only_grows

register_forms = Table(
    "register_forms",
    metadata,
    Column("id", ForeignKey("executions.id"), primary_key=True),
    Column("request_id", ForeignKey("access_requests.id"), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),
    Column("sheet", JSON, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
)

form_signatures = Table(
    "form_signatures",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("execution_id", ForeignKey("register_forms.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("side", String(16), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
)
"""`id` is the ledger index of the signature."""

APPEND_ONLY = (register_forms, form_signatures)
"""What was signed stays as it was signed (articles 18.2 and 22.1.4)."""

for _table in APPEND_ONLY:
    only_grows(_table)
