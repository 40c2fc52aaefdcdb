"""Steps as a page shows them: open, or closed with the reason that the act itself would give."""

from __future__ import annotations

from datetime import date

import pytest

from mingjian.app.offers import offered
from mingjian.app.performing import refusal
from mingjian.bootstrap.law import rulebook
from mingjian.governance.authority import Act
from mingjian.governance.reasons import Reason, reason
from mingjian.governance.systems import LIFE
from mingjian.web.steps import STEPS, steps_of

ROWS = [("take_down", Act.SYSTEM_TAKE_DOWN), ("dispose", Act.REMOVAL_SUPERVISE)]


def cited(matter: str) -> str:
    return rulebook().cited(matter, date(2026, 3, 2))


def only_take_down(act: Act) -> None:
    if act is not Act.SYSTEM_TAKE_DOWN:
        raise refusal(reason("removal.supervision"))


def test_a_step_is_open_to_whom_the_act_permits_and_else_says_why_with_its_article() -> None:
    open_one, closed = steps_of(offered(ROWS, only_take_down), cited)
    assert (open_one.may, open_one.why, open_one.label_en) == (True, "", "Record the removal")
    assert (closed.may, closed.article) == (False, "第十五条")
    assert closed.why.startswith("存储资料的处理由所在地县级人民政府公安机关监督；请由")


def test_what_stands_in_the_way_is_told_after_a_missing_right() -> None:
    lacks = {name: Reason("papers", "缺少材料", "Papers lack") for name, _ in ROWS}
    first, second = steps_of(offered(ROWS, only_take_down, held=lacks), cited)
    assert (first.may, first.why_en) == (False, "Papers lack")
    assert second.why_en != "Papers lack"


def test_every_step_of_a_system_has_its_words() -> None:
    assert {row.step for row in LIFE} <= set(STEPS)


def test_an_error_that_is_no_refusal_is_not_a_closed_step() -> None:
    with pytest.raises(KeyError):
        offered(ROWS, lambda act: {}[act])
