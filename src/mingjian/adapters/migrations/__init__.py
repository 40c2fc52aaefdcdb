"""The database's history, shipped in the wheel: `upgrade` brings any older database to this version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from mingjian.adapters.database import writing
from mingjian.adapters.tables import (
    access,
    cameras,
    clock,
    complaints,
    exports,
    filing,
    leaks,
    ledger,
    metadata,
    people,
    planning,
    private,
    registry,
    sealings,
    views,
)

TABLES = metadata
"""Complete once the modules above are imported; migrations are compared with it in the tests."""
MODULES = (
    access,
    cameras,
    clock,
    complaints,
    exports,
    filing,
    leaks,
    ledger,
    people,
    planning,
    private,
    registry,
    sealings,
    views,
)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`, in one transaction; an up-to-date one is left alone."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision`. For tests: a register is not meant to lose its columns."""
    _run(engine, command.downgrade, revision)


def _run(engine: Engine, step: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        step(config, revision)
