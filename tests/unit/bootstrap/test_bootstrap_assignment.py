"""What a recorder is told: written and read again it is the same; anything else is named, never stumbled over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.bootstrap.assignment import FORMAT, AssignedCamera, Assignment
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import CameraId

CAMERA = AssignedCamera(CameraId("c"), "rtsp://h/1", "", "admin", "secret", "tcp", "native", False, ("h",))
WHOLE = Assignment((CAMERA,), ("/v1",), ("c",), (("c", 1, 2),))


def test_an_assignment_comes_back() -> None:
    assert Assignment.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE
    assert "secret" not in repr(WHOLE)


@pytest.mark.parametrize(
    "value",
    [[], 5, None, {}, {"v": FORMAT + 1}, {"v": FORMAT}, {"v": FORMAT, "cameras": ["c"], "volumes": []}],
    ids=str,
)
def test_anything_else_is_a_local_error(value: Any) -> None:
    with pytest.raises(LocalError, match=r"assignment\."):
        Assignment.from_json(value)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE.to_json())), st.none() | st.integers() | st.lists(st.integers())))
def test_half_an_assignment_is_a_local_error(changed: dict[str, Any]) -> None:
    try:
        Assignment.from_json(WHOLE.to_json() | changed)
    except LocalError as error:
        assert error.code.startswith("assignment.")
