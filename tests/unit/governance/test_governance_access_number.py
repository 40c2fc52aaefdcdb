"""A request's number as people type it at a counter."""

from __future__ import annotations

import pytest

from mingjian.governance.access import read_number


@pytest.mark.parametrize(
    "typed",
    ["复〔2026〕0012号", "复[2026]0012号", "复（2026）12号", " 复2026-12 ", "复〔２０２６〕００１２号"],
)
def test_a_number_is_read_however_its_brackets_were_typed(typed: str) -> None:
    assert read_number(typed) == "复〔2026〕0012号"


@pytest.mark.parametrize("typed", ["", "复2026", "案〔2026〕8号", "0012"])
def test_what_is_no_number_stays_as_it_is(typed: str) -> None:
    assert read_number(typed) == typed
