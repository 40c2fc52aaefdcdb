"""Posts begin and end, and the roles that came with one go with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mingjian.governance.authority import Role
from mingjian.governance.posts import Post, in_office, roles_without
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId

BEGINS, ENDS = date(2026, 3, 1), date(2026, 3, 31)
POST = Post("p", UnitId("u"), PersonId("me"), "值守", False, (Role.DUTY,), "任〔2026〕1号", BEGINS, UtcNs(1))
ENDED = replace(POST, ends_on=ENDS, ended=UtcNs(2))


@pytest.mark.parametrize(
    ("post", "on", "held"),
    [
        (POST, date(2026, 2, 28), False),
        (POST, BEGINS, True),
        (POST, date(2030, 1, 1), True),
        (ENDED, ENDS, True),
        (ENDED, date(2026, 4, 1), False),
    ],
)
def test_a_post_is_held_from_its_first_day_to_its_last(post: Post, on: date, held: bool) -> None:
    assert in_office(post, on) is held


def test_the_roles_that_came_with_a_post_go_with_it() -> None:
    assert roles_without(frozenset({Role.DUTY, Role.OFFICER}), ENDED, [ENDED]) == {Role.OFFICER}


def test_a_role_that_another_running_post_brings_stays() -> None:
    other = replace(POST, id="q")
    assert roles_without(frozenset({Role.DUTY}), ENDED, [ENDED, other]) == {Role.DUTY}
    assert roles_without(frozenset({Role.DUTY}), ENDED, [ENDED, replace(other, ended=UtcNs(3))]) == frozenset()
