"""How the installation itself stands: ledger, witness, keeper, recorders, expiry, room, previews. Pure.

`findings` judges what others read off: of each part it says whether it is met, due soon, breached or not measured,
since when and by which word; the screens have a sentence and a remedy for every word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mingjian.governance.readings import ClockSaid, Duty, Problem, Readings, RecorderSaid, Room
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs


class Standing(StrEnum):
    """Where a duty stands."""

    MET = "met"
    DUE_SOON = "due-soon"
    BREACHED = "breached"
    NOT_MEASURED = "not-measured"


class Part(StrEnum):
    """What is judged."""

    KEEPER = "keeper"
    LEDGER = "ledger"
    """Committed entries become tiles and a signed checkpoint."""
    WITNESS = "witness"
    HEADS = "heads"
    """Heads of the recordings go into the ledger."""
    CATALOGUE = "catalogue"
    HOUSE = "house"
    """Abandoned viewings are closed, old batches of heads thinned out."""
    EXPORTS = "exports"
    RECORDER = "recorder"
    EXPIRY = "expiry"
    CLOCK = "clock"
    """Whether the clock may decide on deletions."""
    SCRUB = "scrub"
    """What was recorded is read again and compared with its chain, inside its floor."""
    VOLUMES = "volumes"
    ROOM = "room"
    """Whether what is recorded fits until it may go."""
    PREVIEWS = "previews"
    TRANSCODING = "transcoding"


class Word(StrEnum):
    """What is said of a part."""

    OK = "ok"
    NOT_MEASURED = "not-measured"
    KEEPER_SILENT = "keeper-silent"
    DUTY_FAILING = "duty-failing"
    DUTY_LATE = "duty-late"
    LEDGER_FORKED = "ledger-forked"
    LEDGER_ROLLED_BACK = "ledger-rolled-back"
    LEDGER_FOREIGN = "ledger-foreign"
    WITNESS_NONE = "witness-none"
    WITNESS_SILENT = "witness-silent"
    WITNESS_CONTRADICTS = "witness-contradicts"
    RECORDER_SILENT = "recorder-silent"
    RECORDER_SHEDDING = "recorder-shedding"
    """It keeps up only without sub streams."""
    RECORDER_OVERLOADED = "recorder-overloaded"
    """It does not keep up: cameras are not recorded."""
    EXPIRY_FAILING = "expiry-failing"
    EXPIRY_LATE = "expiry-late"
    CLOCK_FROZEN = "clock-frozen"
    CLOCK_VOUCHED = "clock-vouched"
    SCRUB_FOUND = "scrub-found"
    SCRUB_SLOW = "scrub-slow"
    SCRUB_SILENT = "scrub-silent"
    VOLUMES_FAILING = "volumes-failing"
    ROOM_FILLING = "room-filling"
    ROOM_SHORT = "room-short"
    ROOM_FULL = "room-full"
    PREVIEWS_SILENT = "previews-silent"
    PREVIEWS_SHEDDING = "previews-shedding"
    TRANSCODING_FULL = "transcoding-full"


@dataclass(frozen=True, slots=True)
class Limits:
    """From which age on a part is due soon, and from which it is breached."""

    soon_ns: int
    breached_ns: int

    def judge(self, age_ns: int) -> Standing:
        if age_ns > self.breached_ns:
            return Standing.BREACHED
        return Standing.DUE_SOON if age_ns > self.soon_ns else Standing.MET


_MINUTE_NS, _HOUR_NS = 60 * SECOND_NS, 3600 * SECOND_NS
KEEPER_SPEAKS = Limits(30 * SECOND_NS, 2 * _MINUTE_NS)
"""It writes every second; a restart takes a few, a migration half a minute."""
RECORDER_ANSWERS = Limits(15 * SECOND_NS, _MINUTE_NS)
"""It is asked every second; its supervisor has a dead one back within five."""
PREVIEWS_SPEAK = Limits(30 * SECOND_NS, DAY_NS)
"""It writes every two seconds. Scrubbing without pictures breaks no duty before somebody has had a day to mend it."""
SCRUB_SPEAKS = Limits(5 * _MINUTE_NS, DAY_NS)
"""It writes every ten seconds, if the machine lets so humble a process run; a day without it is no harm yet."""
DUTIES: Mapping[Part, Limits] = {
    Part.CATALOGUE: Limits(_MINUTE_NS, 10 * _MINUTE_NS),
    Part.LEDGER: Limits(_MINUTE_NS, 10 * _MINUTE_NS),
    Part.HEADS: Limits(2 * _MINUTE_NS, 10 * _MINUTE_NS),
    Part.HOUSE: Limits(5 * _MINUTE_NS, 30 * _MINUTE_NS),
    Part.EXPORTS: Limits(5 * _MINUTE_NS, _HOUR_NS),
}
"""Each succeeds every second, the heads every ten, the house every minute; a busy disk delays them by seconds. Exports
are late only where they fail."""
WITNESSED = Limits(5 * _MINUTE_NS, DAY_NS)
"""A witness is asked every second and again 30 s after a failure; what a whole day holds could be rewritten unseen."""
EXPIRED = Limits(_HOUR_NS, DAY_NS)
"""Containers last ten minutes and are looked at once a minute; the ceiling itself lies a day after the floor."""
CAP_REMEMBERED_NS = 10 * _MINUTE_NS
"""How long a refused transcoding is told."""
ALARMS: Mapping[str, Word] = {
    "ledger.forked": Word.LEDGER_FORKED,
    "ledger.tile-changed": Word.LEDGER_FORKED,
    "ledger.rolled-back": Word.LEDGER_ROLLED_BACK,
    "ledger.foreign-checkpoint": Word.LEDGER_FOREIGN,
}
"""Failures of publishing that are a breach at once: the history is in doubt, and waiting mends nothing."""
CONTRADICTION = "witness.contradicts"


FOR_ALL: Mapping[Part, frozenset[str]] = {
    Part.ROOM: frozenset({"holds_s", "floor_s", "full_in_s"}),
    Part.CLOCK: frozenset(),
    Part.VOLUMES: frozenset(),
}
"""What every unit is told, since its own footage hangs on it, with the figures that are of its footage too: how long
what is recorded will be kept, whether anything is deleted, whether there is a place to write."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it stands and by which word; `name` tells several of a kind apart.

    `since` is when that began; of a part that is met, when it was last heard of.
    """

    part: Part
    standing: Standing
    word: Word
    since: UtcNs | None = None
    name: str = ""
    problem: Problem | None = None
    figures: Mapping[str, float] = field(default_factory=dict)


def told(found: Iterable[Finding], *, whole: bool) -> list[Finding]:
    """Of the findings those that a person is told: all of the whole installation, else what `FOR_ALL` has."""
    if whole:
        return list(found)
    return [
        replace(one, problem=None, figures={name: value for name, value in one.figures.items() if name in shown})
        for one in found
        if (shown := FOR_ALL.get(one.part)) is not None
    ]


def findings(read: Readings) -> list[Finding]:
    """Every part once, in the order in which a person should read them; several witnesses and recorders by name."""
    keeper = _keeper(read)
    fresh = keeper.standing is Standing.MET
    return [
        keeper,
        *_duties(read, fresh),
        *_witnesses(read, fresh),
        *(_recorder(recorder, read) for recorder in read.recorders),
        _expiry(read),
        _clock(read.clock),
        _scrub(read),
        _volumes(read),
        _room(read.room),
        _previews(read),
        _transcoding(read),
    ]


def _unknown(part: Part, name: str = "") -> Finding:
    return Finding(part, Standing.NOT_MEASURED, Word.NOT_MEASURED, name=name)


def _aged(part: Part, limits: Limits, last: UtcNs, now: UtcNs, late: Word, name: str = "") -> Finding:
    standing = limits.judge(now - last)
    return Finding(part, standing, Word.OK if standing is Standing.MET else late, last, name)


def _unheard(part: Part, limits: Limits, read: Readings, silent: Word, name: str = "") -> Finding:
    """Nothing was ever heard of it: not measured at first, breached once it should long have spoken."""
    if limits.judge(read.now - read.up) is not Standing.BREACHED:
        return _unknown(part, name)
    return Finding(part, Standing.BREACHED, silent, read.up, name)


def _keeper(read: Readings) -> Finding:
    if read.keeper is None:
        return _unheard(Part.KEEPER, KEEPER_SPEAKS, read, Word.KEEPER_SILENT)
    return _aged(Part.KEEPER, KEEPER_SPEAKS, read.keeper.at, read.now, Word.KEEPER_SILENT)


def _duties(read: Readings, fresh: bool) -> Iterator[Finding]:
    for part, limits in DUTIES.items():
        keeper = read.keeper
        duty = keeper.duties.get(part, Duty()) if keeper is not None else Duty()
        figures = {"size": float(keeper.size)} if part is Part.LEDGER and keeper and keeper.size is not None else {}
        if duty.problem is not None:
            # a breach is told by age alone, or at once where the history is in doubt
            alarm = ALARMS.get(duty.problem.code)
            late = limits.judge(read.now - (duty.done or duty.failing or read.now)) is Standing.BREACHED
            standing = Standing.BREACHED if alarm or late else Standing.DUE_SOON
            word = alarm or Word.DUTY_FAILING
            yield Finding(part, standing, word, duty.failing, problem=duty.problem, figures=figures)
        elif keeper is None or not fresh:
            yield _unknown(part)
        elif part is Part.EXPORTS and duty.done is not None:  # a long export is no late one
            yield Finding(part, Standing.MET, Word.OK, duty.done)
        else:
            judged = _aged(part, limits, duty.done or keeper.started, read.now, Word.DUTY_LATE)
            if duty.done is None and judged.standing is Standing.MET:
                judged = _unknown(part)
            yield Finding(part, judged.standing, judged.word, judged.since, figures=figures)


def _witnesses(read: Readings, fresh: bool) -> Iterator[Finding]:
    said = read.keeper.witnesses if read.keeper is not None else None
    if said is None:
        yield _unknown(Part.WITNESS)
    elif not said:
        yield Finding(Part.WITNESS, Standing.NOT_MEASURED, Word.WITNESS_NONE)
    for witness in said or ():
        figures = {"size": float(witness.size)}
        problem = Problem(witness.problem, "") if witness.problem else None
        if witness.problem == CONTRADICTION:
            standing, word = Standing.BREACHED, Word.WITNESS_CONTRADICTS
        elif witness.silent is not None:
            standing = WITNESSED.judge(read.now - witness.silent)
            word = Word.OK if standing is Standing.MET else Word.WITNESS_SILENT
        elif fresh:
            standing, word = Standing.MET, Word.OK
        else:
            standing, word = Standing.NOT_MEASURED, Word.NOT_MEASURED
        yield Finding(Part.WITNESS, standing, word, witness.silent, witness.name, problem, figures)


def _recorder(recorder: RecorderSaid, read: Readings) -> Finding:
    name = str(recorder.number)
    if recorder.answered is None:
        return _unheard(Part.RECORDER, RECORDER_ANSWERS, read, Word.RECORDER_SILENT, name)
    heard = _aged(Part.RECORDER, RECORDER_ANSWERS, recorder.answered, read.now, Word.RECORDER_SILENT, name)
    shed = recorder.overload
    if shed is None or heard.standing is not Standing.MET:
        return heard
    standing, word = Standing.DUE_SOON, Word.RECORDER_SHEDDING
    if shed.mains:
        standing, word = Standing.BREACHED, Word.RECORDER_OVERLOADED
    figures = {"shed": float(shed.mains), "cameras": float(shed.cameras)}
    return Finding(Part.RECORDER, standing, word, shed.since, name, figures=figures)


def _expiry(read: Readings) -> Finding:
    overdue_ns = round(max(0.0, read.overdue_s or 0.0) * SECOND_NS)
    figures = {"overdue_s": overdue_ns / SECOND_NS} if read.overdue_s is not None else {}
    failing = [found for found in read.recorders if found.expiry is not None]
    if failing:
        first = min(failing, key=lambda found: found.failing or read.now)
        age_ns = max(read.now - (first.failing or read.now), overdue_ns)
        breached = EXPIRED.judge(age_ns) is Standing.BREACHED
        standing = Standing.BREACHED if breached else Standing.DUE_SOON
        return Finding(Part.EXPIRY, standing, Word.EXPIRY_FAILING, first.failing, "", first.expiry, figures)
    if read.overdue_s is None:
        return _unknown(Part.EXPIRY)
    if EXPIRED.judge(overdue_ns) is Standing.MET:
        return Finding(Part.EXPIRY, Standing.MET, Word.OK, figures=figures)
    # nothing failed: a clock that jumped postpones every term (S10), so age alone is a warning and no breach
    return Finding(Part.EXPIRY, Standing.DUE_SOON, Word.EXPIRY_LATE, figures=figures)


def _clock(said: ClockSaid | None) -> Finding:
    if said is None:
        return _unknown(Part.CLOCK)
    if said.frozen is None:
        return Finding(Part.CLOCK, Standing.MET, Word.OK)
    # at once: between floor and ceiling lies a day, and a volume laid out for the ceiling is full after it
    word = Word.CLOCK_VOUCHED if said.vouched else Word.CLOCK_FROZEN
    return Finding(Part.CLOCK, Standing.BREACHED, word, said.frozen, figures={"by_s": said.by_s})


def _scrub(read: Readings) -> Finding:
    said = read.scrub
    if said is None:
        return _unheard(Part.SCRUB, SCRUB_SPEAKS, read, Word.SCRUB_SILENT)
    figures: dict[str, float] = {}
    if said.period_s is not None:  # until then there is no pace to tell
        figures = {"period_s": said.period_s, "needed_s": said.needed_s, "done": said.done}
    if said.found:
        figures["found"] = float(said.found)
        return Finding(Part.SCRUB, Standing.BREACHED, Word.SCRUB_FOUND, said.since, "", said.problem, figures)
    silent = _aged(Part.SCRUB, SCRUB_SPEAKS, said.at, read.now, Word.SCRUB_SILENT)
    if silent.standing is not Standing.MET:
        return silent
    if said.period_s is not None and said.period_s > said.needed_s > 0:
        return Finding(Part.SCRUB, Standing.DUE_SOON, Word.SCRUB_SLOW, figures=figures)
    return Finding(Part.SCRUB, Standing.MET, Word.OK, said.at, figures=figures)


def _volumes(read: Readings) -> Finding:
    written = [problem for recorder in read.recorders for problem in recorder.volumes.values()]
    problem = read.volumes or next(iter(written), None)  # what cannot even be opened explains what cannot be written
    if problem is None:
        return Finding(Part.VOLUMES, Standing.MET, Word.OK)
    return Finding(Part.VOLUMES, Standing.BREACHED, Word.VOLUMES_FAILING, problem=problem)


def _room(room: Room | None) -> Finding:
    if room is None:
        return _unknown(Part.ROOM)
    figures = {"holds_s": float(room.holds_s), "floor_s": float(room.floor_s)}
    if room.fits or room.full_in_s is None:
        return Finding(Part.ROOM, Standing.MET, Word.OK, figures=figures)
    figures["full_in_s"] = float(room.full_in_s)
    if room.full_in_s == 0:
        return Finding(Part.ROOM, Standing.BREACHED, Word.ROOM_FULL, figures=figures)
    word = Word.ROOM_SHORT if room.holds_s < room.floor_s else Word.ROOM_FILLING
    return Finding(Part.ROOM, Standing.DUE_SOON, word, figures=figures)


def _previews(read: Readings) -> Finding:
    previews = read.previews
    if previews is None:
        return _unheard(Part.PREVIEWS, PREVIEWS_SPEAK, read, Word.PREVIEWS_SILENT)
    silent = _aged(Part.PREVIEWS, PREVIEWS_SPEAK, previews.at, read.now, Word.PREVIEWS_SILENT)
    if silent.standing is not Standing.MET:
        return silent
    shed = previews.shedding is not None
    standing, word = (Standing.DUE_SOON, Word.PREVIEWS_SHEDDING) if shed else (Standing.MET, Word.OK)
    return Finding(Part.PREVIEWS, standing, word, previews.shedding, figures=previews.figures)


def _transcoding(read: Readings) -> Finding:
    work = read.transcoding
    if work is None:
        return _unknown(Part.TRANSCODING)
    figures = {"in_use": float(work.in_use), "cap": float(work.cap), "refused": float(work.refused)}
    last = work.last_refused
    recent = last is not None and read.now - last <= CAP_REMEMBERED_NS
    standing, word = (Standing.DUE_SOON, Word.TRANSCODING_FULL) if recent else (Standing.MET, Word.OK)
    return Finding(Part.TRANSCODING, standing, word, last, figures=figures)
