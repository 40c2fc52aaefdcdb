"""Who may read a request at all: its sides, and of them an officer the own ones alone."""

from __future__ import annotations

from mingjian.app.access import found_request, unknown_request
from mingjian.app.performing import Performance
from mingjian.app.records import AccessRequest
from mingjian.governance.authority import Act, sees_only_own
from mingjian.kernel.ids import PersonId

HISTORY_LIMIT = 200
"""Entries about one request: a dozen in practice."""


def readable(doing: Performance, request: str) -> AccessRequest:
    """The request, where the actor may read it. Raises Missing: also for another officer's."""
    found = found_request(doing, request)
    if own_only(doing) not in (None, found.requester):
        raise unknown_request()
    return found


def own_only(doing: Performance) -> PersonId | None:
    """Whose requests alone the actor sees; None: all of which the unit is a side."""
    return doing.person.id if sees_only_own(Act.ACCESS_LIST, doing.person.roles) else None
