"""Masks over time: they move evenly between key frames, stand still outside them, and unusable ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mingjian.governance.redaction import (
    CORNERS_MOST,
    KEYS_MOST,
    MASKS_MOST,
    STEPS,
    RedactionState,
    RedactionStep,
    checked,
)
from mingjian.kernel.errors import Invalid
from mingjian.kernel.masks import Cover, MaskKey, RedactionMask, Shape, corners_at

SHARE = some.floats(0, 1)


def box(*keys: tuple[int, float, float, float, float], **more: int) -> RedactionMask:
    made = tuple(MaskKey(at, ((left, top), (right, bottom))) for at, left, top, right, bottom in keys)
    return RedactionMask(Shape.BOX, Cover.FILL, made, **more)


def test_a_box_moves_evenly_between_two_key_frames() -> None:
    mask = box((1000, 0.0, 0.0, 0.2, 0.2), (3000, 0.4, 0.2, 0.6, 0.4))
    found = corners_at(mask, 2000)
    assert found is not None
    flat = [value for corner in found for value in corner]
    assert flat == pytest.approx([0.2, 0.1, 0.4, 0.1, 0.4, 0.3, 0.2, 0.3])


def test_outside_its_key_frames_a_mask_stands_still_rather_than_uncovering() -> None:
    mask = box((1000, 0.0, 0.0, 0.2, 0.2), (3000, 0.4, 0.2, 0.6, 0.4))
    assert corners_at(mask, 0) == corners_at(mask, 1000)
    assert corners_at(mask, 99_000) == corners_at(mask, 3000)


def test_a_mask_is_there_from_its_beginning_to_its_end_alone() -> None:
    mask = box((1000, 0.1, 0.1, 0.2, 0.2), from_ms=500, until_ms=1500)
    assert [corners_at(mask, at) is not None for at in (499, 500, 1500, 1501)] == [False, True, True, False]


@given(a=some.tuples(SHARE, SHARE), b=some.tuples(SHARE, SHARE), c=some.tuples(SHARE, SHARE), at=some.integers(0, 5000))
def test_a_corner_never_leaves_the_line_between_its_key_frames(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], at: int
) -> None:
    keys = (MaskKey(1000, (a, b, c)), MaskKey(4000, (b, c, a)))
    found = corners_at(RedactionMask(Shape.POLYGON, Cover.BLUR, keys), at)
    assert found is not None
    for corner, (first, last) in zip(found, ((a, b), (b, c), (c, a)), strict=True):
        for axis in (0, 1):
            low, high = sorted((first[axis], last[axis]))
            assert low - 1e-9 <= corner[axis] <= high + 1e-9


def test_key_frames_are_put_in_order() -> None:
    (made,) = checked([box((3000, 0.4, 0.2, 0.6, 0.4), (1000, 0.0, 0.0, 0.2, 0.2))], 5000)
    assert [key.at_ms for key in made.keys] == [1000, 3000]


@pytest.mark.parametrize(
    "mask",
    [
        RedactionMask(Shape.BOX, Cover.FILL, ()),
        box(*((at, 0.0, 0.0, 0.1, 0.1) for at in range(KEYS_MOST + 1))),
        box((0, 0.0, 0.0, 1.1, 0.5)),
        box((-1, 0.0, 0.0, 0.1, 0.1)),
        box((5001, 0.0, 0.0, 0.1, 0.1)),
        box((7, 0.0, 0.0, 0.1, 0.1), (7, 0.0, 0.0, 0.1, 0.1)),
        box((0, 0.0, 0.0, 0.1, 0.1), from_ms=10, until_ms=10),
        RedactionMask(Shape.BOX, Cover.FILL, (MaskKey(0, ((0.0, 0.0), (0.1, 0.1), (0.2, 0.2))),)),
        RedactionMask(Shape.POLYGON, Cover.FILL, (MaskKey(0, ((0.0, 0.0), (0.1, 0.1))),)),
        RedactionMask(Shape.POLYGON, Cover.FILL, (MaskKey(0, ((0.5, 0.5),) * (CORNERS_MOST + 1)),)),
    ],
)
def test_A799_22_an_unusable_mask_is_refused_by_its_number(mask: RedactionMask) -> None:
    with pytest.raises(Invalid, match=r"redaction\.masks") as refused:
        checked([box((0, 0.0, 0.0, 0.1, 0.1)), mask], 5000)
    assert "第 2 个遮挡" in refused.value.text


def test_there_is_a_most_of_masks() -> None:
    one = box((0, 0.0, 0.0, 0.1, 0.1))
    assert len(checked([one] * MASKS_MOST, 10)) == MASKS_MOST
    with pytest.raises(Invalid):
        checked([one] * (MASKS_MOST + 1), 10)


def test_nothing_is_released_that_nobody_reviewed() -> None:
    into = {(state, step) for (state, step), after in STEPS.items() if after is RedactionState.RELEASED}
    assert into == {
        (RedactionState.REVIEWED, RedactionStep.RELEASE),
        (RedactionState.RELEASED, RedactionStep.TAKE),
    }
    assert {state for (state, _), after in STEPS.items() if after is RedactionState.REVIEWED} == {
        RedactionState.SUBMITTED
    }
