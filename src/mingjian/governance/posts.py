"""Posts (职务): what a person is in a unit, since when, until when, and the roles that go with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mingjian.governance.authority import Role
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId, UnitId


@dataclass(frozen=True, slots=True)
class Post:
    """One post of one person. Entered ahead, it begins by itself on its first day; it ends after its last."""

    id: str
    unit: UnitId
    person: PersonId
    title: str
    head: bool
    """Whether its holder is the head (主要负责人) of the unit: articles 20 and 21."""
    roles: tuple[Role, ...]
    """Those that came with it and go with it."""
    decision: str
    """The document that gave it, as officials cite it."""
    begins_on: date
    given: UtcNs
    ends_on: date | None = None
    """Its last day."""
    ended: UtcNs | None = None
    ahead: bool = False
    """Entered before its first day, and not begun yet: it brings nothing."""


def in_office(post: Post, on: date) -> bool:
    """Whether it is held on a day, the first and the last included."""
    return post.begins_on <= on and (post.ends_on is None or on <= post.ends_on)


def roles_without(held: frozenset[Role], ended: Post, posts: Iterable[Post]) -> frozenset[Role]:
    """The roles that stay when `ended` goes: those that it did not bring, or that another running post brings too."""
    others = [post for post in posts if post.id != ended.id and post.ended is None and not post.ahead]
    return held - (frozenset(ended.roles) - {role for post in others for role in post.roles})


def due(post: Post, today: date) -> bool:
    """Whether its beginning or its end has come and is not done yet."""
    return post.ended is None and ((post.ahead and post.begins_on <= today) or _over(post, today))


def overlap(one: Post, other: Post) -> bool:
    """Whether there is a day on which both are held; what was ended by an act no longer counts."""
    if other.ended is not None:
        return False
    return (other.ends_on is None or one.begins_on <= other.ends_on) and (
        one.ends_on is None or other.begins_on <= one.ends_on
    )


def _over(post: Post, today: date) -> bool:
    return post.ends_on is not None and post.ends_on < today
