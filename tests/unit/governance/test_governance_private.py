"""The table of a private person's viewing, and what is kept of who asks (national regulation, article 21)."""

from __future__ import annotations

from datetime import date

import pytest

from mingjian.bootstrap.law import rulebook
from mingjian.governance.private_viewing import (
    MASKS_MOST,
    STEPS,
    PrivateState,
    PrivateStep,
    admitted,
    masked_number,
    still_masks,
    term,
)
from mingjian.kernel.errors import Invalid
from mingjian.kernel.masks import Cover, MaskKey, RedactionMask, Shape
from mingjian.law.calendar import china
from mingjian.law.rulebook import Rulebook

BOTH = rulebook()
BOX = RedactionMask(Shape.BOX, Cover.FILL, (MaskKey(0, ((0.1, 0.1), (0.4, 0.4))),))
REACHED = {
    PrivateState.ASKED: {"consent", "refuse", "withdraw"},
    PrivateState.CONSENTED: {"withdraw", "mask", "view", "expire", "sign"},
    PrivateState.REFUSED: set(),
    PrivateState.WITHDRAWN: {"sign"},
    PrivateState.EXPIRED: {"sign"},
    PrivateState.COMPLETED: set(),
}


def test_N21_viewing_needs_a_consent_first_and_no_step_makes_a_copy() -> None:
    assert {state: {str(step) for at, step in STEPS if at is state} for state in PrivateState} == REACHED
    assert {at for at, step in STEPS if step is PrivateStep.VIEW} == {PrivateState.CONSENTED}
    assert {after for (_, step), after in STEPS.items() if step is PrivateStep.CONSENT} == {PrivateState.CONSENTED}


@pytest.mark.parametrize(
    ("day", "article"),
    [(date(2017, 1, 1), "第十八条第三项"), (date(2025, 3, 31), "第十八条第三项"), (date(2025, 4, 1), "")],
)
def test_A18_3_N21_the_text_in_force_on_the_day_admits_or_forbids(day: date, article: str) -> None:
    why = admitted(BOTH.private_viewing(day))
    assert (why.article if why is not None else "") == article


def test_A18_3_the_provincial_measures_alone_admit_nobody_on_any_day() -> None:
    alone = Rulebook([BOTH.instrument("anhui-2017")], china())
    why = admitted(alone.private_viewing(date(2026, 1, 1)))
    assert why is not None
    assert (why.code, why.article) == ("private.forbidden", "第十八条第三项")


def test_N21_who_and_what_for_are_the_words_of_the_article() -> None:
    rule = BOTH.private_viewing(date(2026, 1, 1))
    assert rule is not None
    assert [one.id for one in rule.who] == ["self", "relative", "guardian", "carer", "custodian"]
    assert [one.id for one in rule.grounds] == ["life", "health", "property"]
    with pytest.raises(Invalid, match=r"private\.relation"):
        term(rule.who, "neighbour", "relation")


def test_of_an_identity_number_the_last_letters_are_kept() -> None:
    assert masked_number("340421 19900101 234x") == "**************234X"
    assert masked_number("E12345") == "**2345"
    for wrong in ("", "12345", "1234 - 567", "1" * 33):
        with pytest.raises(Invalid):
            masked_number(wrong)


def test_masks_of_a_viewing_stand_still_over_the_whole_footage() -> None:
    (made,) = still_masks([RedactionMask(Shape.BOX, Cover.FILL, BOX.keys, from_ms=5, until_ms=9)])
    assert (made.from_ms, made.until_ms) == (None, None)
    moving = RedactionMask(Shape.BOX, Cover.FILL, (*BOX.keys, MaskKey(1, BOX.keys[0].corners)))
    for wrong in ([moving], [BOX] * (MASKS_MOST + 1)):
        with pytest.raises(Invalid, match=r"private\.masks"):
            still_masks(wrong)
