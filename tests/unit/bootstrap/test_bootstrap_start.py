"""A recorder that starts again loads only what it needs to record: the rest would be seconds without footage."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ["av", "numpy", "PIL", "fastapi", "sqlalchemy", "alembic", "mingjian.cli.main"]
WATCHED = f"""
import json, runpy, sys
sys.argv = ["mingjian", "internal", "recorder", "--help"]
try:
    runpy.run_module("mingjian", run_name="__main__")
except SystemExit:
    import mingjian.bootstrap.recorder
    print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def test_a_recorder_starts_without_screens_database_and_codecs() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [], done.stdout
