"""What a question to the register means in SQL: which entries, in which order, by which index of a million rows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, false, or_, select, tuple_

from mingjian.adapters.tables.access import access_requests
from mingjian.adapters.tables.registry import camera_sitings
from mingjian.adapters.tables.views import register_cameras, register_closings, register_entries
from mingjian.app.register_ports import RegisterQuery
from mingjian.app.views import DUTY_S
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.ids import UnitId

LONGEST_VIEW_NS = DUTY_S * SECOND_NS
"""A viewing that goes on at an instant began no longer before: `views.DUTY_S`."""
OFTEN_SHOWN = 2_000
"""A camera in more entries than this is met every five hundred of a million; of one in fewer all are named."""

_entry, _closing, _request = register_entries.c, register_closings.c, access_requests.c


class Search:
    """One question of `unit`. `nothing` where it is known beforehand that no entry answers it."""

    def __init__(self, connection: Connection, unit: UnitId, query: RegisterQuery, often_shown: int) -> None:
        self._connection, self._unit, self._query, self._often = connection, unit, query, often_shown
        self._own = _entry.organ_id if query.theirs else _entry.unit_id
        few = self._few()
        self.nothing = few == []
        # an expression is no column of an index: a few entries are read by their numbers and sorted, where the database
        # would go down the whole list to meet them; of a person in a period it would read all of one kind
        narrow = few is not None or (query.person is not None and query.since is not None)
        own = self._own.concat("") if narrow else self._own
        at = _entry.at_ns if few is None else _entry.at_ns + 0
        self.order = (at.desc(), _entry.entry_index.desc())
        self.conditions = [own == unit, *self._filters(few)]

    def _filters(self, few: list[int] | None) -> list[ColumnElement[bool]]:
        query = self._query
        found: list[ColumnElement[bool]] = []
        if few is not None:
            found.append(_entry.entry_index.in_(few))
        found += [_exists(shown) for shown in self._shown()]
        if (asked := self._requests()) is not None:
            found.append(_entry.request_id.in_(asked))
        if query.before is not None:
            found.append(self._before(query.before))
        if query.person is not None:
            found.append(_entry.person_id == query.person)
        if query.kind is not None:
            found.append(_entry.kind == query.kind)
        if query.organ is not None:
            found.append((_entry.unit_id if query.theirs else _entry.organ_id) == query.organ)
        if query.outside is not None:
            found.append(_entry.organ_id.is_not(None) if query.outside else _entry.organ_id.is_(None))
        if query.since is not None:
            ongoing = _closing.at_ns.is_(None) | (_closing.at_ns >= query.since)
            begun = query.since - LONGEST_VIEW_NS
            found += [_entry.at_ns >= begun, _entry.valid_end_ns >= query.since, ongoing]
        if query.until is not None:
            found.append(_entry.at_ns < query.until)
        return found

    def _before(self, index: int) -> ColumnElement[bool]:
        """What comes after the entry `index` in a list with the newest first, also where the clock was set back."""
        at = select(_entry.at_ns).where(_entry.entry_index == index, self._own == self._unit)
        last = self._connection.execute(at).scalar()
        return _entry.entry_index < index if last is None else tuple_(_entry.at_ns, _entry.entry_index) < (last, index)

    def _shown(self) -> list[Select[int]]:
        """The numbers of the entries about a camera, and of those about the cameras of a place."""
        shown = register_cameras.c
        found = []
        if self._query.camera is not None:
            found.append(select(shown.entry_index).where(shown.camera_id == self._query.camera))
        if self._query.place is not None:
            standing = select(camera_sitings.c.id).where(camera_sitings.c.place_id == self._query.place)
            found.append(select(shown.entry_index).where(shown.camera_id.in_(standing)))
        return found

    def _requests(self) -> list[str] | None:
        """The requests that are asked about, or None where none is."""
        query = self._query
        named = [query.request] if query.request is not None else None
        if query.case is None:
            return named
        folder = (_request.case_number == query.case) & (_request.asker_id == self._unit)
        asked = select(_request.id).where(or_(_request.number == query.case, folder))
        found = list(self._connection.execute(asked).scalars())
        return found if named is None else [one for one in found if one in named]

    def _few(self) -> list[int] | None:
        """The entries that alone come into question, or None where they are many."""
        wanted = self._shown()
        if (asked := self._requests()) is not None:
            wanted.append(select(_entry.entry_index).where(_entry.request_id.in_(asked) if asked else false()))
        for one in wanted:
            some = list(self._connection.execute(one.limit(self._often + 1)).scalars())
            if len(some) <= self._often:
                return some
        return None


def _exists(shown: Select[int]) -> ColumnElement[bool]:
    return shown.where(register_cameras.c.entry_index == _entry.entry_index).exists()
