"""docs/ref/attacks.md against the tests: every attack has a row, what it cites exists, what has no test says why."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "ref" / "attacks.md"
COUNTS = {"A": 10, "B": 12, "C": 18, "D": 9, "E": 6, "F": 8, "G": 4, "S": 9}
"""67, and those on sealed packages."""
ROW = re.compile(r"\| ([A-GS][0-9]+) \| [^|]+ \| (.+) \|")


def rows() -> dict[str, str]:
    return dict(found.groups() for line in TABLE.read_text().splitlines() if (found := ROW.fullmatch(line)))


def test_each_of_the_67_attacks_has_its_row() -> None:
    assert list(rows()) == [f"{part}{number}" for part, most in COUNTS.items() for number in range(1, most + 1)]


def test_every_test_that_is_cited_exists_and_what_has_none_says_why() -> None:
    for attack, cell in rows().items():
        cited = re.findall(r"`([^`]+)::(test_\w+)`", cell)
        assert cited or cell.startswith(("Later: ", "Open: ")), attack
        for file, name in cited:
            assert f"def {name}(" in (TESTS / file).read_text(), (attack, file, name)
