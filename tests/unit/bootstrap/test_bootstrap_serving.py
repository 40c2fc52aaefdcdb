"""What `serve` does about its database: recorders never wait for it, and a lost one is not silently made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingjian.adapters import migrations
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.serving import refuse_lost_database
from mingjian.bootstrap.settings import load
from mingjian.kernel.errors import LocalError


def test_a_database_is_made_anew_only_where_nothing_was_ever_recorded(tmp_path: Path) -> None:
    opened = open_installation(tmp_path, load(tmp_path, {}))
    try:
        refuse_lost_database(opened)
        opened.places.assignment(0).write_bytes(b"sealed")
        with pytest.raises(LocalError, match="数据库") as refusal:
            refuse_lost_database(opened)
        assert refusal.value.code == "database.lost"
        assert refusal.value.remedy
        migrations.upgrade(opened.engine)
        refuse_lost_database(opened)
    finally:
        opened.engine.dispose()
        opened.catalogue.close()
