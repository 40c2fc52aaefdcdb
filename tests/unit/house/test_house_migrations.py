"""The migrations are one line: two that follow the same one would stop every start of a new installation."""

from __future__ import annotations

from pathlib import Path

import mingjian.adapters.migrations as migrations

VERSIONS = Path(migrations.__file__).parent / "versions"


def said(path: Path, name: str) -> str:
    (line,) = [line for line in path.read_text().splitlines() if line.startswith(f"{name} =")]
    return line.partition("=")[2].strip().strip('"')


def test_each_migration_follows_another_one_and_one_is_the_first() -> None:
    files = sorted(VERSIONS.glob("0*.py"))
    revisions = {said(path, "revision") for path in files}
    before = [said(path, "down_revision") for path in files]
    assert len(revisions) == len(files) > 10
    assert len(set(before)) == len(before)
    assert set(before) - {"None"} < revisions
    assert before.count("None") == 1
