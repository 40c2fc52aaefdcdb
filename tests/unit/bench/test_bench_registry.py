"""Every section is found by name, and one that cannot run or fails keeps no other from running."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import registry
from bench.__main__ import main
from bench.section import CannotRun

QUICK_IN_ALL_S = 300
BENCH = Path(registry.__file__).parent


def test_every_section_offers_name_title_and_run() -> None:
    sections = [registry.section(name) for name in registry.names()]
    assert [section.NAME for section in sections] == list(registry.names())
    assert len({section.TITLE for section in sections}) == len(sections)
    assert all(callable(section.run) for section in sections)


def test_every_module_with_a_title_is_registered() -> None:
    titled = {path.stem for path in BENCH.glob("*.py") if "\nTITLE = " in path.read_text()}
    assert titled == set(registry.names())


def test_quick_runs_fit_into_five_minutes() -> None:
    assert sum(registry.QUICK_S[name] or 0 for name in registry.names(quick=True)) <= QUICK_IN_ALL_S


def test_an_unknown_section_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["nothing-such"])
    assert refused.value.code == 2
    assert "no such section: nothing-such; there are " in capsys.readouterr().err


def test_reasons_are_printable() -> None:
    assert str(CannotRun("it needs two cores")) == "it needs two cores"
