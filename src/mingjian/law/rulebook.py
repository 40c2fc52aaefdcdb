"""What the law says on a day: pure questions to the rows of all instruments in force on the date of the fact.

Of differing days the earliest binds, of differing terms of storage the longest. An exemption of a higher text is not
undone by a stricter lower one. Of differing fines none is picked: they are answered side by side, with their rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from mingjian.kernel.clock import SECOND_NS, UtcNs, to_datetime
from mingjian.kernel.errors import Invalid, Missing
from mingjian.law.calendar import Calendar
from mingjian.law.citation import BESIDE, BETWEEN, HOUSE_RULE, is_citation, nearness, parse_citation
from mingjian.law.days import count
from mingjian.law.instrument import Instrument
from mingjian.law.rows import (
    OVERRIDING,
    RANKS,
    AccessKind,
    ApprovalRule,
    Builder,
    Duty,
    Exemption,
    FineRange,
    ForbiddenPlace,
    Measure,
    NoFine,
    OrganKind,
    Override,
    PaperKind,
    PlaceKind,
    PrivateViewingRule,
    Regime,
    RetentionRule,
    Row,
    Setting,
    Shown,
)

ENTRY_INTO_FORCE = "entry-into-force"
"""A trigger that is the instrument's own first day: for what stood before it."""
STRICTEST_APPROVER = "police-head"
"""Of differing texts the strictest approval binds: a head outside the asking organ before its own."""
OneRow = TypeVar("OneRow", bound=Row)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which a duty is done in time; for a `before` duty, counted back from the event."""

    duty: str
    row: Duty
    trigger: date
    last_day: date
    unshifted_day: date
    """The last day before a day of rest moved it."""
    calendar_known: bool
    """False: a year without announced holidays mattered; the day may yet become later, and nobody is late for sure."""
    all: tuple[Deadline, ...] = ()
    """Each instrument's own, this one among them; empty in those themselves."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long footage of a place is kept at least, by which rows, and whether it must go once its purpose is met."""

    floor_days: int
    rows: tuple[RetentionRule | Override, ...]
    """The rows that set the floor first, then those that ask for less."""
    delete_after: bool
    exempt: Exemption | None = None
    shown: tuple[Shown, ...] = ()
    kept_days: int = 0
    """What is kept in any case: an installation never deletes inside the longest unconditional term, exempt or not."""


class Rulebook:
    """Several instruments and a calendar as one book. Every question works with a single instrument as well."""

    def __init__(self, instruments: Iterable[Instrument], calendar: Calendar) -> None:
        """Raises Invalid where two instruments have the same id, or two rows."""
        self.instruments = tuple(instruments)
        self.calendar = calendar
        self._rows: dict[str, Row] = {}
        for row in (row for instrument in self.instruments for row in instrument.rows):
            if row.id in self._rows:
                raise Invalid(
                    "law.twice",
                    f"规则行 {row.id} 出现两次",
                    text_en=f"row {row.id} comes twice",
                    remedy="每个法规文件只装载一次，编号不得重复",
                    remedy_en="Load each instrument once; ids must differ",
                    field=row.id,
                )
            self._rows[row.id] = row

    def in_force(self, on: date) -> tuple[Instrument, ...]:
        """The instruments in force on that day."""
        return tuple(instrument for instrument in self.instruments if instrument.in_force(on))

    def day(self, now: UtcNs) -> date:
        """The legal day of an instant, in the zone of the first instrument."""
        return (to_datetime(now) + self._offset()).date()

    def told(self, now: UtcNs) -> str:
        """An instant as papers tell it: day and minute in that zone."""
        return (to_datetime(now) + self._offset()).strftime("%Y-%m-%d %H:%M")

    def ahead_of_utc(self) -> UtcNs:
        """What the legal day is ahead of the UTC day."""
        return UtcNs(int(self._offset().total_seconds()) * SECOND_NS)

    def _offset(self) -> timedelta:
        return timedelta(minutes=self.instruments[0].head.utc_offset_minutes)

    def instrument(self, name: str) -> Instrument:
        """One instrument. Raises Missing."""
        for instrument in self.instruments:
            if instrument.id == name:
                return instrument
        raise _missing(f"法规 {name}", f"instrument {name}")

    def row(self, name: str) -> Row:
        """One row by its id. Raises Missing."""
        if (found := self._rows.get(name)) is None:
            raise _missing(f"规则行 {name}", f"row {name}")
        return found

    def rows(self) -> Sequence[Row]:
        """All rows, as the instruments have them."""
        return tuple(self._rows.values())

    def rows_of(self, citation: str, instrument: str) -> tuple[Row, ...]:
        """The rows of what is cited: of the very words first, then of what is inside them, then of what holds them."""
        cited = parse_citation(citation)
        found = [(row, nearness(parse_citation(row.article), cited)) for row in self.instrument(instrument).rows]
        return tuple(row for row, near in sorted(found, key=lambda one: one[1] or 0) if near is not None)

    def elsewhere(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """What the other instruments have to the same duties, acts and places, exemptions from them included."""
        given = tuple(rows)
        subjects = {subject for row in given for subject in _subjects(row)}
        own = {row.instrument for row in given}
        return tuple(
            row for row in self._rows.values() if row.instrument not in own and subjects.intersection(_subjects(row))
        )

    def article(self, instrument: str, number: int) -> str:
        """The words of a whole article. Raises Missing."""
        if (found := self.instrument(instrument).articles.get(number)) is None:
            raise _missing(f"{instrument} 第 {number} 条", f"article {number} of {instrument}")
        return "\n".join(paragraph.whole for paragraph in found)

    def cite(self, citation: str, instrument: str | None = None) -> str:
        """The words of 第二十二条第一款第一项, of the first instrument unless named. Raises Missing or Invalid."""
        return (self.instrument(instrument) if instrument else self.instruments[0]).cite(citation)

    def cited(self, matter: str, on: date) -> str:
        """The citation of a matter on that day, as screens and papers show it.

        `matter` is the `duty` of rows, or several with `/` between them, the nearest first: the first instrument in
        force that has a row of one of them is cited, with its title where it is not the local one. A house rule is
        marked, and is all there is where no text in force has a row. A citation is answered as it is.
        """
        if not matter or is_citation(matter):
            return matter
        names = matter.split(BETWEEN)
        for instrument in self.in_force(on):
            rows = [row for name in names for row in instrument.rows if row.duty == name]
            if rows:
                title = "" if instrument is self.instruments[0] else f"《{instrument.head.title}》"
                return f"{title}{rows[0].article}{BESIDE if rows[0].house else ''}"
        return HOUSE_RULE

    def passage(self, citation: str, instrument: str | None = None) -> tuple[Instrument, str]:
        """Whose article a citation as `cited` answers it is, and which. Raises Missing; the article is not read yet."""
        titled = next((one for one in self.instruments if citation.startswith(f"《{one.head.title}》")), None)
        own = titled or (self.instrument(instrument) if instrument else self.instruments[0])
        return own, citation.removeprefix(f"《{own.head.title}》").removesuffix(BESIDE)

    def exempt(self, duty: str, on: date, regime: Regime) -> Exemption | None:
        """The exemption in force that frees places of this regime from a duty, or None."""
        return next((row for row in self._of(Exemption, on) if row.regime == regime and duty in row.duties), None)

    def deadline(
        self, duty: str, trigger: date, *, on: date | None = None, builder: Builder = "unit", regime: Regime = "art7"
    ) -> Deadline | None:
        """The earliest last day that any instrument sets for `duty`, or None where none sets one.

        `trigger` is the date of the fact from which the days run; `on`, when another, the day whose law judges. For
        what stood before an instrument (`entry-into-force`), `trigger` is when it was built.
        """
        found = [
            self._deadline(row, start)
            for row in self._duties(duty, trigger, on, builder, regime)
            if (start := self._start(row, trigger)) is not None
        ]
        if not found:
            return None
        first = min(found, key=lambda one: one.last_day)
        return Deadline(
            duty, first.row, first.trigger, first.last_day, first.unshifted_day, first.calendar_known, tuple(found)
        )

    def day_before(self, duty: str) -> date | None:
        """The last day before the first text that asks `duty` of what stood before it; None where none does.

        Of what is only known to have stood before the law, this is the day that counts.
        """
        first = [
            one.head.valid_from
            for one in self.instruments
            if any(row.duty == duty and row.trigger == ENTRY_INTO_FORCE for row in one.of(Duty))
        ]
        return min(first) - timedelta(days=1) if first else None

    def earliest_day(self, duty: str, notice: date, *, on: date | None = None) -> Deadline | None:
        """For a duty ahead of an event: the first day on which the event is lawful after a notice on `notice`."""
        found = [
            Deadline(duty, row, notice, counted.last, counted.unshifted, counted.calendar_known)
            for row in self._of(Duty, on or notice)
            if row.duty == duty and row.direction == "before" and row.days is not None
            for counted in (
                count(notice, row.days, direction="after", unit=row.unit, roll="none", calendar=self.calendar),
            )
        ]
        if not found:
            return None
        last = max(found, key=lambda one: one.last_day)
        return Deadline(duty, last.row, notice, last.last_day, last.unshifted_day, last.calendar_known, tuple(found))

    def duties(self, on: date, *, builder: Builder = "unit", regime: Regime = "art7") -> tuple[Duty, ...]:
        """Every duty in force for such a system, with and without a last day."""
        return tuple(row for row in self._of(Duty, on) if self._applies(row, on, builder, regime))

    def place_kinds(self, on: date) -> tuple[PlaceKind, ...]:
        """The kinds of places that must have a system."""
        return tuple(self._of(PlaceKind, on))

    def place_kind(self, name: str) -> PlaceKind:
        """One kind, in force or not: what was judged under it stays readable. Raises Missing."""
        found = self._rows.get(name)
        if not isinstance(found, PlaceKind):
            raise _missing(f"场所种类 {name}", f"kind of place {name}")
        return found

    def forbidden(self, on: date) -> tuple[ForbiddenPlace, ...]:
        """Where no camera may be: the union of all instruments, each place once, by its first row."""
        found: dict[str, ForbiddenPlace] = {}
        for row in self._of(ForbiddenPlace, on):
            found.setdefault(row.place, row)
        return tuple(found.values())

    def papers(self, act: str, on: date) -> tuple[PaperKind, ...]:
        """The papers that an act must come with."""
        return tuple(row for row in self._of(PaperKind, on) if row.act == act)

    def retention(
        self,
        on: date,
        *,
        builder: Builder = "unit",
        regime: Regime = "art7",
        anti_terror: bool = False,
        conditions: Iterable[str] = (),
    ) -> Retention:
        """The longest term that any text in force asks for; other laws count under their condition."""
        facts = {*conditions, *(("anti-terror",) if anti_terror else ())}
        own = [row for row in self._of(RetentionRule, on) if self._applies(row, on, builder, regime)]
        others = [
            row
            for row in self._of(Override, on)
            if row.subject == "retention" and row.rank in OVERRIDING and row.condition in facts
        ]
        once = {row.condition: row for row in reversed(others)}  # both instruments let the same law prevail
        every: list[RetentionRule | Override] = [*own, *once.values()]
        rows = sorted(every, key=lambda row: -row.days)
        floor = rows[0].days if rows else 0
        return Retention(
            floor_days=floor,
            kept_days=max(floor, self.storage_rule().days),
            rows=tuple(rows),
            delete_after=any(row.delete_after for row in own),
            exempt=self.exempt("retention", on, regime),
            shown=tuple(row for row in self._of(Shown, on) if row.subject == "retention"),
        )

    def storage_rule(self) -> RetentionRule:
        """The longest term without conditions that any instrument sets, in force or not: no installation keeps less."""
        return max((row for row in self._rows.values() if isinstance(row, RetentionRule)), key=lambda row: row.days)

    def approvals(self, kind: AccessKind, organ: OrganKind, on: date) -> tuple[ApprovalRule, ...]:
        """Whose approval this kind of access needs, the strictest first; empty: the law opens no such way."""
        rows = (row for row in self._of(ApprovalRule, on) if kind in row.access and row.organ == organ)
        return tuple(sorted(rows, key=lambda row: row.approver != STRICTEST_APPROVER))

    def private_viewing(self, on: date) -> PrivateViewingRule | None:
        """Whether and for whom private persons may view: the highest text in force says. None: no text speaks of it."""
        return next(iter(self._by_rank(self._of(PrivateViewingRule, on))), None)

    def fines(self, act: str, on: date) -> tuple[FineRange, ...]:
        """The fines for an act in all instruments, the higher rank first; never merged, never picked."""
        return self._by_rank(row for row in self._of(FineRange, on) if row.act == act)

    def measures(self, act: str, on: date) -> tuple[Measure, ...]:
        """What may be done about an act beside a fine, the higher rank first."""
        return self._by_rank(row for row in self._of(Measure, on) if row.act == act)

    def no_fine(self, act: str, on: date) -> tuple[NoFine, ...]:
        """The rows that say that a text sets no fine for an act."""
        return self._by_rank(row for row in self._of(NoFine, on) if row.act == act)

    def setting(self, name: str) -> int:
        """A single figure of the first instrument that has it. Raises Missing."""
        return self.setting_row(name).value

    def setting_row(self, name: str) -> Setting:
        """The row of a figure, with its article. Raises Missing."""
        for row in self._rows.values():
            if isinstance(row, Setting) and row.name == name:
                return row
        raise _missing(f"参数 {name}", f"setting {name}")

    def rank(self, row: Row) -> int:
        """Of the row's instrument; higher prevails."""
        return RANKS[self.instrument(row.instrument).head.rank]

    def _of(self, kind: type[OneRow], on: date) -> Iterator[OneRow]:
        return (row for instrument in self.in_force(on) for row in instrument.of(kind))

    def _by_rank(self, rows: Iterable[OneRow]) -> tuple[OneRow, ...]:
        return tuple(sorted(rows, key=lambda row: -self.rank(row)))

    def _applies(self, row: Duty | RetentionRule, on: date, builder: Builder, regime: Regime) -> bool:
        """Whether a row speaks of such a system and no text of its rank or above frees the regime from it."""
        if builder not in row.builders or regime not in row.regimes:
            return False
        exemption = self.exempt(row.duty, on, regime)
        return exemption is None or self.rank(exemption) < self.rank(row)

    def _duties(self, duty: str, trigger: date, on: date | None, builder: Builder, regime: Regime) -> Iterator[Duty]:
        for instrument in self.instruments:
            for row in instrument.of(Duty):
                if row.duty != duty or row.days is None:
                    continue
                day = on or (instrument.head.valid_from if row.trigger == ENTRY_INTO_FORCE else trigger)
                if instrument.in_force(day) and self._applies(row, day, builder, regime):
                    yield row

    def _start(self, row: Duty, trigger: date) -> date | None:
        if row.trigger != ENTRY_INTO_FORCE:
            return trigger
        first = self.instrument(row.instrument).head.valid_from
        return first if trigger < first else None

    def _deadline(self, row: Duty, start: date) -> Deadline:
        counted = count(
            start, row.days or 0, direction=row.direction, unit=row.unit, roll=row.roll, calendar=self.calendar
        )
        return Deadline(row.duty, row, start, counted.last, counted.unshifted, counted.calendar_known)


def _subjects(row: Row) -> Iterator[tuple[str, str]]:
    """What a row speaks of, so that rows of two instruments can be laid side by side."""
    if row.duty:
        yield "duty", row.duty
    if isinstance(row, FineRange | Measure | NoFine):
        yield "act", row.act
    elif isinstance(row, ForbiddenPlace):
        yield "place", row.place
    elif isinstance(row, Exemption):
        yield from (("duty", duty) for duty in row.duties)


def _missing(what: str, what_en: str) -> Missing:
    return Missing(
        "law.unknown",
        f"没有{what}",
        text_en=f"There is no {what_en}",
        remedy="核对编号；全部规则行见 mingjian law check",
        remedy_en="Check the id; mingjian law check names all rows",
        field="law",
    )
