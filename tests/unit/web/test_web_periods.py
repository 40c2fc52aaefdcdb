"""One end of a period is never taken as the whole period."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mingjian.kernel.errors import Invalid
from mingjian.web.api import ROUTERS
from mingjian.web.forms import Form, WithinPeriod

ENDS = ("start_ms", "end_ms")


def _forms(of: type[Form] = Form) -> Iterator[type[Form]]:
    for one in of.__subclasses__():
        yield one
        yield from _forms(one)


def test_every_form_that_may_leave_out_a_period_refuses_one_end_alone() -> None:
    assert ROUTERS, "every module with forms is imported"
    found = {one for one in _forms() if any(end in one.model_fields for end in ENDS)}
    optional = {one for one in found if not all(one.model_fields[end].is_required() for end in ENDS)}
    assert optional == {one for one in found if issubclass(one, WithinPeriod)}
    assert {"NarrowedForm", "ConsentForm", "ViewUnderForm", "OpenViewForm"} <= {one.__name__ for one in optional}


@pytest.mark.parametrize(("given", "lacking"), [("start_ms", "end_ms"), ("end_ms", "start_ms")])
def test_one_end_alone_is_refused_by_the_field_that_lacks(given: str, lacking: str) -> None:
    with pytest.raises(Invalid, match=r"period\.one-end") as refused:
        WithinPeriod.model_validate({given: 5}).footage()
    assert refused.value.field == lacking
    assert refused.value.remedy and refused.value.remedy_en and refused.value.text_en


def test_neither_end_is_the_whole_and_both_are_the_period() -> None:
    assert WithinPeriod().footage() is None
    both = WithinPeriod(start_ms=1, end_ms=3).footage()
    assert both is not None and (both.start, both.end) == (1_000_000, 3_000_000)
    with pytest.raises(Invalid, match=r"period\.order"):
        WithinPeriod(start_ms=3, end_ms=3).footage()
