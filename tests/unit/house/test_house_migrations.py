"""The migrations are one line: two that follow the same one, or each other, would stop every start."""

from __future__ import annotations

from pathlib import Path

import mingjian.adapters.migrations as migrations

VERSIONS = Path(migrations.__file__).parent / "versions"


def said(path: Path, name: str) -> str:
    (line,) = [line for line in path.read_text().splitlines() if line.startswith(f"{name} =")]
    return line.partition("=")[2].strip().strip('"')


def test_from_the_first_migration_each_is_followed_by_one_until_all_are_there() -> None:
    files = sorted(VERSIONS.glob("0*.py"))
    following: dict[str, list[str]] = {}
    for path in files:
        following.setdefault(said(path, "down_revision"), []).append(said(path, "revision"))
    assert {before: after for before, after in following.items() if len(after) > 1} == {}
    line: list[str] = []
    at = "None"
    while at in following and len(line) <= len(files):
        (at,) = following[at]
        line.append(at)
    assert sorted(line) == sorted(said(path, "revision") for path in files)
