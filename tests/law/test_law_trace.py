"""The table of traces is current, and the commands tell what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from law_world import BOTH
from typer.testing import CliRunner

from mingjian.bootstrap.law import packaged, proofs_known
from mingjian.cli.main import app
from mingjian.governance import matters
from mingjian.kernel.errors import Invalid, LocalError, Missing
from mingjian.law.calendar import china
from mingjian.law.difference import changes, moves
from mingjian.law.instrument import parse
from mingjian.law.trace import article_of, lines, proofs, proving, screens, table

ROOT = Path(__file__).parents[2]
HOME = ROOT / "src" / "mingjian" / "law"
TOML = (HOME / "instruments" / "anhui-2017.toml").read_text()
TEXT = (HOME / "texts" / "anhui-2017.txt").read_bytes()


def sources(folder: Path, pattern: str, root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in folder.rglob(pattern)}


def test_the_traces_are_current() -> None:
    tests = proofs(sources(ROOT / "tests", "test_*.py", ROOT))
    shown = screens(BOTH, sources(ROOT / "ui" / "src", "*.tsx", ROOT / "ui" / "src"), matters.NAMED)
    page = (ROOT / "docs" / "ref" / "traceability.md").read_text()
    assert page == table(BOTH, tests, shown), "run: make trace"
    assert dict(proofs_known()) == dict(tests), "run: make trace"


def test_every_article_of_both_texts_has_a_line_with_rows_or_a_reason() -> None:
    carried = {line.id.partition(".")[0] for line in lines(BOTH, {}, {}) if line.rows or line.reason}
    assert carried == {f"A{number}" for number in range(1, 29)} | {f"N{number}" for number in range(1, 35)}


def test_a_name_proves_each_article_it_has() -> None:
    found = proofs(
        {"t.py": "def test_A20_A21_2_whose() -> None: ...\n    async def test_N14_a_day(): ...\ndef test_x(): ..."}
    )
    both = ("t.py::test_A20_A21_2_whose",)
    assert found == {"A20": both, "A21.2": both, "N14": ("t.py::test_N14_a_day",)}
    assert proving(found, "A21") == ("t.py::test_A20_A21_2_whose",)
    assert proving(found, "A2") == ()


def test_a_screen_speaks_of_what_its_chips_cite() -> None:
    chips = ('"officers"', "{x === 'no' ? 'approval' : 'papers'}", '"complaint"', '"unknown"')
    source = " ".join(f"<ArticleChip matter={chip} />" for chip in chips)
    named = {
        "officers": "two-officers",
        "approval": "access.approval",
        "papers": "access.papers",
        "complaint": "complaint",
    }
    assert set(screens(BOTH, {"page.tsx": source}, named)) == {"A22.1.1", "A21", "A22.1", "N24.2"}


def test_a_kind_of_place_is_of_article_7() -> None:
    assert article_of(BOTH, BOTH.row("7.2.hotel")) == "A7"
    assert article_of(BOTH, BOTH.row("7.14.bridge")) == "N7"
    assert article_of(BOTH, BOTH.row("A13.2.file")) == "A13.2"


@dataclass(frozen=True)
class Owed:
    id: str
    row: str
    trigger_on: date
    due_on: date | None


def test_A28_a_new_version_says_which_rows_change_and_which_clocks_move() -> None:
    old = packaged("anhui-2017")
    new = parse(
        TOML.replace("days = 30\nroll", "days = 20\nroll", 1).replace('id = "A6.plan"', 'id = "A6.new"').encode(), TEXT
    )
    found = {(one.id, one.old is None, one.new is None, one.fields) for one in changes(old, new)}
    assert found == {
        ("A13.2.file", False, False, ("days",)), ("A6.new", True, False, ()), ("A6.plan", False, True, ()),
    }  # fmt: skip
    owed = [
        Owed("1", "A13.2.file", date(2026, 3, 2), date(2026, 4, 1)),
        Owed("2", "A13.2.visit", date(2026, 3, 10), date(2026, 4, 9)),
        Owed("3", "N14.file", date(2026, 3, 2), date(2026, 4, 1)),
    ]
    assert [(one.owed.id, one.due_on) for one in moves(old, new, owed, china())] == [("1", date(2026, 3, 23))]
    assert list(changes(old, old)) == []


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["law", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output


def test_the_commands_tell() -> None:
    assert told("check").count("0 ✗") == 2
    shown = told("show", "A13.2")
    assert "应当自交付使用之日起30日内" in shown
    assert "days = 30" in shown
    assert "test_A13_2_day_30_is_the_last_in_time" in shown
    assert "数值" not in told("show", "A2")
    assert "界定适用范围" in told("show", "A2")
    assert "7.2.hotel" in told("show", "7.2.hotel")
    for name in ("A99", "nonsense"):
        assert isinstance(CliRunner().invoke(app, ["law", "show", name]).exception, Missing)


def test_check_and_diff_take_a_file_with_its_text_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(
        TOML.replace("days = 60", "days = 90").replace('says = "应当设置明显的标识"', 'says = "应当设置标识"', 1)
    )
    with_text = tmp_path / "draft.txt"
    for arguments in (["check", str(path)], ["diff", "anhui-2017", "nowhere"]):
        assert isinstance(CliRunner().invoke(app, ["law", *arguments]).exception, Invalid)
    with_text.write_bytes(TEXT)
    checked = CliRunner().invoke(app, ["law", "check", str(path)])
    assert checked.exit_code == 1
    assert "A14.sign.says" in checked.output
    assert "~ A13.3.file  days: 60 → 90" in told("diff", "anhui-2017", str(path))


def test_traces_are_written_into_a_checkout_only(tmp_path: Path) -> None:
    assert isinstance(CliRunner().invoke(app, ["law", "trace", "--root", str(tmp_path)]).exception, LocalError)


@pytest.mark.parametrize("name", ["A13.2.file", "N14.file"])
def test_a_row_is_found_by_its_whole_id(name: str) -> None:
    assert told("show", name).count("[duty]") == 1
