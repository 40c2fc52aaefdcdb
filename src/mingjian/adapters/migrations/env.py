"""Alembic's entry: works only on the connection that `upgrade` or `downgrade` hands over."""

from __future__ import annotations

from alembic import context

from mingjian.adapters.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
