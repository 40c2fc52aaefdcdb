"""What a new version of an instrument would change: its rows, and the last days of what is owed now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Protocol

from mingjian.law.calendar import Calendar
from mingjian.law.days import count
from mingjian.law.instrument import Instrument
from mingjian.law.rows import Duty, Row


class Owed(Protocol):
    """An open obligation, as far as its clock goes."""

    @property
    def id(self) -> str: ...

    @property
    def row(self) -> str: ...

    @property
    def trigger_on(self) -> date: ...

    @property
    def due_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Changed:
    """One row: only in the old (`new` None), only in the new (`old` None), or with other values in `fields`."""

    id: str
    old: Row | None
    new: Row | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """An open obligation whose last day would be another, or none."""

    owed: Owed
    due_on: date | None


def changes(old: Instrument, new: Instrument) -> tuple[Changed, ...]:
    """Rows that come, go or change, in the order of the new file, those that go last."""
    before, after = ({row.id: row for row in one.rows} for one in (old, new))
    return (
        *(found for name, row in after.items() if (found := _changed(name, before.get(name), row)) is not None),
        *(Changed(name, row, None) for name, row in before.items() if name not in after),
    )


def moves(old: Instrument, new: Instrument, owed: Iterable[Owed], calendar: Calendar) -> Iterator[Moved]:
    """The open obligations of rows of `old` whose last day the row of the same id in `new` sets elsewhere."""
    known = {row.id for row in old.rows}
    after = {row.id: row for row in new.of(Duty)}
    for one in owed:
        if one.row not in known:
            continue
        row = after.get(one.row)
        due = _last_day(row, one.trigger_on, calendar) if row is not None else None
        if due != one.due_on:
            yield Moved(one, due)


def _last_day(row: Duty, trigger: date, calendar: Calendar) -> date | None:
    if row.days is None:
        return None
    return count(trigger, row.days, direction=row.direction, unit=row.unit, roll=row.roll, calendar=calendar).last


def _changed(name: str, old: Row | None, new: Row) -> Changed | None:
    if old is None or type(old) is not type(new):
        return Changed(name, old, new)
    differing = tuple(
        field.name
        for field in fields(new)
        if field.name != "instrument" and getattr(old, field.name) != getattr(new, field.name)
    )
    return Changed(name, old, new, differing) if differing else None
