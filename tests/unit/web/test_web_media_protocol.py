"""The viewer's words: what is said is a request within its bounds, or refused by name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import Invalid, Refused
from mingjian.web.media_protocol import Open, parse

OPENING = {"op": "open", "grant": "g", "camera": "c", "mode": "live"}
NAMES = ("id", "t_ms", "until_ms", "ahead_s", "grant", "camera", "mode", "quality")
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.lists(st.integers()))


@pytest.mark.parametrize("name", ["grant", "camera"])
@pytest.mark.parametrize("value", ["", "x" * 129, "\ud800", "a\0", "a\n", 5, None])
def test_a_name_that_could_be_looked_up_nowhere_is_invalid(name: str, value: object) -> None:
    assert isinstance(parse(json.dumps(OPENING))[1], Open)
    with pytest.raises(Invalid) as caught:
        parse(json.dumps(OPENING | {name: value}))
    assert caught.value.field == name


@given(
    st.sampled_from(["open", "seek", "more", "preview", "pause", "other"]),
    st.dictionaries(st.sampled_from(NAMES), plain),
)
def test_any_message_is_a_request_or_refused(name: str, fields: dict[str, object]) -> None:
    try:
        acts, _ = parse(json.dumps({"op": name} | fields))
    except (Invalid, Refused) as refusal:
        assert refusal.remedy
    else:
        assert acts
