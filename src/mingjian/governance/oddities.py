"""Questions that an auditor asks of a register again and again: what is worth a second look, and why.

Each reads what the register and the ledger say of those who looked; none knows what was in a picture, and none finds
anybody guilty: a finding is a reason to ask. The figures are the house's, no text of law sets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs

HOUR_NS, MINUTE_NS = 3600 * SECOND_NS, 60 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the register as the questions read it."""

    entry: int
    at: UtcNs
    person: str
    cameras: tuple[str, ...]
    live: bool
    outside: bool
    """Under an approval, or a private person beside the staff."""
    footage_start: UtcNs | None = None
    footage_end: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused act."""

    entry: int
    at: UtcNs
    person: str


@dataclass(frozen=True, slots=True)
class Unreported:
    """A request whose report of use is awaited."""

    request: str
    number: str
    person: str
    due: UtcNs


@dataclass(frozen=True, slots=True)
class Seen:
    """What the questions are asked of: a period's looks and refusals, oldest first, and what is unreported now."""

    looks: Sequence[Look]
    refusals: Sequence[Refusal]
    unreported: Sequence[Unreported]
    now: UtcNs
    floor_days: int
    """For how many days footage is kept at least, by law."""
    day_offset: UtcNs
    """What the legal day is ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One finding: by whom, when it began, the entries it rests on, how many, and the request where it is about one."""

    person: str
    at: UtcNs
    entries: tuple[int, ...]
    count: int
    request: str = ""
    number: str = ""


Figures = Mapping[str, int]
Told = TypeVar("Told", Look, Refusal)


def at_night(seen: Seen, figures: Figures) -> Iterator[Oddity]:
    """Recordings looked at by the unit's own people from `from_hour` to before `to_hour` of the legal day.

    A live picture at night is the watch's work, and an approval says why an officer comes. Of alarms and shifts nothing
    is known here, so that none explains a look away: the reason is the purpose in the register, which a finding opens.
    """
    begins, ends = figures["from_hour"], figures["to_hour"]
    for look in seen.looks:
        hour = (look.at + seen.day_offset) % DAY_NS // HOUR_NS
        night = begins <= hour or hour < ends if begins > ends else begins <= hour < ends
        if night and not look.live and not look.outside:
            yield Oddity(look.person, look.at, (look.entry,), 1)


def many_cameras(seen: Seen, figures: Figures) -> Iterator[Oddity]:
    """`cameras` or more different ones opened by one person within `minutes`: a stretch is told once, whole."""
    within = figures["minutes"] * MINUTE_NS
    for person, looks in _by_person(seen.looks):
        start = 0
        stretch: list[Look] = []
        for end, look in enumerate(looks):
            while look.at - looks[start].at >= within:
                start += 1
            if len({camera for one in looks[start : end + 1] for camera in one.cameras}) < figures["cameras"]:
                continue
            if stretch and looks[start].at > stretch[-1].at:
                yield _stretch(person, stretch)
                stretch = []
            known = {one.entry for one in stretch}
            stretch += [one for one in looks[start : end + 1] if one.entry not in known]
        if stretch:
            yield _stretch(person, stretch)


def refused_in_a_row(seen: Seen, figures: Figures) -> Iterator[Oddity]:
    """`times` or more refusals of one person, each within `minutes` of the one before."""
    within = figures["minutes"] * MINUTE_NS
    for person, refusals in _by_person(seen.refusals):
        row: list[Refusal] = []
        for refusal in refusals:
            if row and refusal.at - row[-1].at > within:
                if len(row) >= figures["times"]:
                    yield Oddity(person, row[0].at, tuple(one.entry for one in row), len(row))
                row = []
            row.append(refusal)
        if len(row) >= figures["times"]:
            yield Oddity(person, row[0].at, tuple(one.entry for one in row), len(row))


def unreported(seen: Seen, figures: Figures) -> Iterator[Oddity]:
    """Requests whose report of use is `days` or more past its day."""
    for one in seen.unreported:
        if seen.now - one.due >= figures["days"] * DAY_NS:
            late = (seen.now - one.due) // DAY_NS
            yield Oddity(one.person, one.due, (), int(late), one.request, one.number)


def before_it_expires(seen: Seen, figures: Figures) -> Iterator[Oddity]:
    """Recordings looked at by the unit's own people when no more than `hours` were left of the days of law."""
    floor = seen.floor_days * DAY_NS
    for look in seen.looks:
        if look.footage_start is None or look.footage_end is None or look.outside:
            continue
        oldest_left = look.footage_start + floor - look.at
        if look.footage_end + floor > look.at and oldest_left <= figures["hours"] * HOUR_NS:
            yield Oddity(look.person, look.at, (look.entry,), 1)


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question: its name on the screens, what answers it, and with which figures."""

    name: str
    ask: Callable[[Seen, Figures], Iterable[Oddity]]
    figures: Figures = field(default_factory=dict)


QUESTIONS = (
    Question("night", at_night, {"from_hour": 22, "to_hour": 6}),
    Question("cameras", many_cameras, {"cameras": 20, "minutes": 60}),
    Question("refused", refused_in_a_row, {"times": 5, "minutes": 10}),
    Question("unreported", unreported, {"days": 0}),
    Question("expiring", before_it_expires, {"hours": 24}),
)
"""Between ten at night and six in the morning nobody but the watch has work; twenty cameras in an hour are more than a
wall of sixteen; five refusals within minutes are no slip of the hand; in the last day of the term a copy keeps."""


def _by_person(acts: Sequence[Told]) -> Iterator[tuple[str, list[Told]]]:
    ordered = sorted(acts, key=lambda act: (act.person, act.at, act.entry))
    for person, theirs in groupby(ordered, key=lambda act: act.person):
        yield person, list(theirs)


def _stretch(person: str, looks: Sequence[Look]) -> Oddity:
    cameras = {camera for look in looks for camera in look.cameras}
    return Oddity(person, looks[0].at, tuple(look.entry for look in looks), len(cameras))
