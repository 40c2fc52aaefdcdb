"""Documents that name a file, a setting or a target name one that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mingjian.bootstrap.settings import Settings
from mingjian.kernel.media import GapCause

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|#)([^)#\s]+)")


def test_there_are_pages_to_check() -> None:
    assert len(PAGES) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text()))
    assert named <= targets


def test_every_setting_is_documented_and_nothing_else() -> None:
    text = (ROOT / "docs" / "ref" / "settings.md").read_text()
    assert set(re.findall(r"^\| `([a-z_]+)`", text, re.M)) == set(Settings.model_fields)


def test_every_cause_of_a_gap_has_its_word_in_both_languages() -> None:
    words = (ROOT / "ui" / "src" / "i18n" / "display.ts").read_text()
    wordless = [cause for cause in GapCause if len(re.findall(rf"(?:'{cause}'|\b{cause}): '", words)) != 2]
    assert wordless == []


def test_every_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    silent = {
        name
        for name in re.findall(r"^([a-z][a-z-]*):", makefile, re.M)
        if not re.search(rf"^{name}:.*## ", makefile, re.M)
    }
    assert silent <= {"setup", "setup-test"}
