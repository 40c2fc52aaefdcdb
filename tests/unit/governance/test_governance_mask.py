"""Proof of privacy masks: what counts is what the camera sends (article 8)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.governance.mask import (
    CHANGE_MOST,
    OUTSIDE_LEAST,
    PICTURES_LEAST,
    SPREAD_MOST,
    PrivacyMask,
    area,
    checked,
    judge,
)
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid


@dataclass(frozen=True)
class Sight:
    at: UtcNs
    spread: float = 1.0
    change: float = 0.3
    change_outside: float = 5.0


def over(seconds: float, count: int = 5, **shown: float) -> list[Sight]:
    return [Sight(UtcNs(int(seconds * SECOND_NS * number / (count - 1))), **shown) for number in range(count)]


def test_A8_one_unchanging_colour_while_the_rest_moves_is_proof() -> None:
    proof = judge([over(8), over(8)])
    assert (proof.proven, proof.code, len(proof.pictures)) == (True, "masked", 5)


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        (over(8, spread=SPREAD_MOST + 0.1), "visible"),
        (over(8, change=CHANGE_MOST + 0.1), "moving"),
        (over(8, change_outside=OUTSIDE_LEAST - 0.01), "still"),
        (over(8, count=PICTURES_LEAST - 1), "too-few"),
        (over(3), "too-few"),
        ([], "too-few"),
    ],
)
def test_A8_anything_less_is_none_and_says_why(readings: list[Sight], code: str) -> None:
    for masks in ([readings], [readings, readings]):
        assert (judge(masks).proven, judge(masks).code) == (False, code)
    proof = judge([readings])
    assert proof.text and proof.text_en


def test_A8_without_a_mask_nothing_is_proven() -> None:
    assert not judge([]).proven


numbers = st.floats(0, 255, allow_nan=False)


@given(st.lists(st.lists(st.builds(Sight, st.integers(0, 10**11).map(UtcNs), numbers, numbers, numbers))))
def test_A8_a_verdict_is_total_and_one_visible_mask_undoes_all(masks: list[list[Sight]]) -> None:
    assert not judge([*masks, over(8, spread=100.0)]).proven
    judge(masks)


def test_a_mask_is_a_polygon_inside_the_picture() -> None:
    square = PrivacyMask(((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3)))
    assert checked([square]) == (square,)
    assert area(square) == pytest.approx(0.04)
    for corners in (
        ((0.1, 0.1), (0.3, 0.1)),
        ((0.1, 0.1), (0.3, 0.1), (0.3, 1.1)),
        ((0.1, 0.1), (0.2, 0.1), (0.3, 0.1)),
        tuple((0.5, number / 100) for number in range(33)),
    ):
        with pytest.raises(Invalid) as refused:
            checked([PrivacyMask(corners)])
        assert refused.value.field == "masks"
    with pytest.raises(Invalid):
        checked([square] * 17)
