"""Deletion past the ceiling, by entry first; inside the floor there is none (S3, S10).

The decision is pure. `Expiry` reads the chain itself, oldest containers first, and needs no database: the daemon
that must not silently stop has as few things to wait for as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mingjian.audit.chain import MAX_LINE_BYTES, Entry, EntryKind, parse
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.errors import Invalid, LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.coverage import days_of
from mingjian.storage.layout import chain_name, is_stream
from mingjian.storage.notes import CloseNote, FactNote, Note
from mingjian.storage.ports import Disk
from mingjian.storage.recovery import ChainFile, chain_files
from mingjian.storage.volume import Volume, still_there

BELIEVED_STEP_NS = 2 * SECOND_NS
"""Forward steps of the clock up to this are drift; larger ones postpone every deadline before them."""
BELIEVED_SILENCE_NS = DAY_NS
"""A volume silent for longer may have been started with a wrong clock: the silence postpones deadlines."""
LOOK_AGAIN_NS = 60 * SECOND_NS
"""A stream is looked at once a minute at most: a container lasts ten."""
MAX_PER_PASS = 500
"""Containers unlinked in one pass: a commit each; the next pass goes on."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Footage that may not expire, whatever its age."""

    stream: StreamId
    period: Period


Holds = Callable[[], Sequence[Hold]]
"""What is held at the moment of the question: a pass lasts, and a hold that begins within it counts from then on."""


def no_holds() -> Sequence[Hold]:
    """Nothing is held."""
    return ()


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The wall clock went forward by `by_ns` at about `at` (as it read afterwards), without that time having passed."""

    at: UtcNs
    by_ns: int


@dataclass(frozen=True, slots=True)
class HeldContainer:
    """What of a container matters for its end."""

    stream: StreamId
    path: str
    epoch: int
    first_seq: int
    last_seq: int
    period: Period
    size_bytes: int


class EntryWriter(Protocol):
    """Returns once the entries are durable; raises Missing or LocalError otherwise (`commit.Committer.write`)."""

    def write(self, stream: StreamId, notes: Sequence[FactNote]) -> None: ...


def steps_of(entries: Iterable[Entry], witnessed: Collection[str] = ()) -> list[ClockStep]:
    """The forward steps that OPEN entries report: one seen while running, or a silence that nothing explains.

    A silence is explained when some stream of the volume has a chain file on each UTC day between (`witnessed`); else
    all of it but those days counts.
    """
    found: list[ClockStep] = []
    for entry in entries:
        if entry.kind is not EntryKind.OPEN:
            continue
        step = entry.integer("step")
        if step > BELIEVED_STEP_NS:
            found.append(ClockStep(entry.t1, step))
        elif entry.t1 - entry.t0 > BELIEVED_SILENCE_NS:
            between = list(days_of(Period(entry.t0, entry.t1)))[1:-1]
            seen = sum(day in witnessed for day in between)
            if seen < len(between):
                found.append(ClockStep(entry.t1, entry.t1 - entry.t0 - seen * DAY_NS))
    return found


def deadline(recorded_until: UtcNs, term_ns: int, steps: Sequence[ClockStep]) -> UtcNs:
    """When a term that began at `recorded_until` has certainly passed: every later forward step is added to it."""
    postponed = sum(step.by_ns for step in steps if step.at > recorded_until)
    return UtcNs(recorded_until + term_ns + postponed)


def held_back(container: HeldContainer, holds: Sequence[Hold]) -> bool:
    """Whether a hold touches the container: then all of it stays."""
    return any(hold.stream == container.stream and hold.period.overlaps(container.period) for hold in holds)


def due(
    containers: Iterable[HeldContainer],
    now: UtcNs,
    *,
    floor_ns: int,
    ceiling_ns: int,
    holds: Sequence[Hold],
    steps: Sequence[ClockStep],
    confirmed: Sequence[ClockStep] = (),
) -> list[HeldContainer]:
    """The containers that must go: ceiling passed, no hold, oldest first. Never one inside its floor.

    `steps` are of the stream's chain, `confirmed` those of the installation: one jump may stand in both, so the later
    of the two deadlines counts and not their sum.
    """
    term_ns = max(ceiling_ns, floor_ns)
    return sorted(
        (
            container
            for container in containers
            if now >= max(deadline(container.period.end, term_ns, known) for known in (steps, confirmed))
            and not held_back(container, holds)
        ),
        key=lambda container: container.period,
    )


@dataclass(frozen=True, slots=True)
class Expired:
    """One container that is gone, for the ledger and the log."""

    volume: str
    container: HeldContainer


@dataclass
class Expiry:
    """The executor for one volume. `once` about every minute; what it learns of the past it remembers.

    Only streams that `writer` has open can expire here: each worker does its own. A crash between entry and unlink is
    finished by the next pass, with a second EXPIRE entry of the same words.
    """

    disk: Disk
    volume: Volume
    writer: EntryWriter
    _openings: dict[str, Entry | None] = field(default_factory=dict)
    _empty: set[str] = field(default_factory=set)
    _not_before: dict[StreamId, int] = field(default_factory=dict)

    def once(
        self,
        streams: Sequence[StreamId],
        now: UtcNs,
        holds: Holds = no_holds,
        confirmed: Sequence[ClockStep] = (),
    ) -> list[Expired]:
        """EXPIRE durable first, then the unlink, oldest first. Raises what `writer` and the disk raise.

        `holds` are asked before each entry: of a hold and a pass that race, the hold wins until that entry is begun.
        Not to be called while `clock_trust` does not believe the clock; `confirmed` are the jumps it remembers.
        Nothing where another volume, or none, stands in this one's place: its terms are not ours to apply.
        """
        done: list[Expired] = []
        if not still_there(self.disk, self.volume):
            return done
        for stream in streams:
            if now < self._not_before.get(stream, 0):
                continue
            self._not_before[stream] = now + LOOK_AGAIN_NS
            for going in self._due(stream, now, holds(), confirmed):
                for container in going[: MAX_PER_PASS - len(done)]:
                    if held_back(container, holds()):
                        continue
                    self.writer.write(stream, [expire_note(self.volume, container, now)])
                    # the floor once more, at the deed itself
                    if now - container.period.end < self.volume.identity.floor_ns:
                        raise AssertionError(f"{container.path} is inside its floor")
                    self.disk.unlink(self.volume.path(container.path))
                    done.append(Expired(self.volume.id, container))
        return done

    def has_due(
        self, stream: StreamId, now: UtcNs, holds: Holds = no_holds, confirmed: Sequence[ClockStep] = ()
    ) -> bool:
        """Whether `once` would delete anything of `stream`; nothing is written for the answer."""
        return any(self._due(stream, now, holds(), confirmed))

    def _due(
        self, stream: StreamId, now: UtcNs, holds: Sequence[Hold], confirmed: Sequence[ClockStep]
    ) -> Iterator[list[HeldContainer]]:
        """What must go, day by day."""
        files = chain_files(self.disk, [self.volume], stream)
        terms = self.volume.identity
        days = list(self._old_days(stream, UtcNs(now - terms.ceiling_ns)))
        openings = [entry for file in files if days and (entry := self._opening(file)) is not None]
        steps = steps_of(openings, self._witnessed() if days else ())
        for day in days:
            yield due(
                self._held(stream, files, day),
                now,
                floor_ns=terms.floor_ns,
                ceiling_ns=terms.ceiling_ns,
                holds=holds,
                steps=steps,
                confirmed=confirmed,
            )

    def forgotten(self, recorded: Collection[StreamId], now: UtcNs) -> list[StreamId]:
        """Streams nobody records any more that still have footage of days past the ceiling: see `expire_forgotten`."""
        if not still_there(self.disk, self.volume):
            return []
        before = UtcNs(now - self.volume.identity.ceiling_ns)
        return [
            StreamId(entry.name)
            for entry in self.disk.list(self.volume.root)
            if entry.is_directory and is_stream(entry.name) and entry.name not in recorded
            if now >= self._not_before.get(StreamId(entry.name), 0)
            if next(self._old_days(StreamId(entry.name), before), None) is not None
        ]

    def _witnessed(self) -> set[str]:
        """The UTC days on which any stream of the volume has a chain file: somebody's clock went through them."""
        return {
            name.day
            for stream in self.disk.list(self.volume.root)
            if stream.is_directory and is_stream(stream.name)
            for file in self.disk.list(self.volume.path(f"{stream.name}/chain"))
            if (name := chain_name(file.name)) is not None
        }

    def _opening(self, file: ChainFile) -> Entry | None:
        """The first line of a chain file, if it is an OPEN; read once."""
        if file.path not in self._openings:
            data = self.disk.read(self.volume.path(file.path), 0, MAX_LINE_BYTES + 1)
            try:
                entry = parse(data[: data.index(b"\n")])
            except (Invalid, ValueError):
                return None  # still being written, or torn: looked at again, and fsck's to report
            self._openings[file.path] = entry if entry.kind is EntryKind.OPEN else None
        return self._openings[file.path]

    def _old_days(self, stream: StreamId, before: UtcNs) -> Iterator[str]:
        """Days (`YYYYMMDD`) whose directory still holds containers and began before `before`, oldest first."""
        root, limit = self.volume.path(stream), utc_day(UtcNs(max(0, before)))
        for year in self.disk.list(root):
            if not year.is_directory or not year.name.isdigit():
                continue
            for month in self.disk.list(f"{root}/{year.name}"):
                for day in self.disk.list(f"{root}/{year.name}/{month.name}"):
                    directory = f"{root}/{year.name}/{month.name}/{day.name}"
                    name = year.name + month.name + day.name
                    if name > limit or directory in self._empty:
                        continue
                    if self.disk.list(directory):
                        yield name
                    elif name < limit:
                        self._empty.add(directory)

    def _held(self, stream: StreamId, files: Sequence[ChainFile], day: str) -> list[HeldContainer]:
        """The containers of one day that are still on the disk, as their chain entries tell them."""
        held: dict[str, HeldContainer] = {}
        for file in files:
            if file.name.day != day:
                continue
            path = self.volume.path(file.path)
            for line in self.disk.read(path, 0, self.disk.size(path) or 0).splitlines():
                try:
                    entry = parse(line)
                except Invalid:
                    continue  # fsck reports it; what cannot be read cannot expire
                if entry.kind is EntryKind.FRAG:
                    _count(held, stream, entry)
        return [item for item in held.values() if self.disk.size(self.volume.path(item.path)) is not None]


class StreamOpener(EntryWriter, Protocol):
    """What `expire_forgotten` needs beyond writing (`commit.Committer`)."""

    def open_stream(self, stream: str, acknowledged: Callable[[StreamId, UtcNs, int], None]) -> object: ...

    def submit(self, stream: StreamId, notes: Sequence[Note]) -> None: ...

    def close_stream(self, stream: StreamId) -> None: ...


def expire_forgotten(
    expiry: Expiry,
    opener: StreamOpener,
    recorded: Collection[StreamId],
    now: UtcNs,
    holds: Holds = no_holds,
    confirmed: Sequence[ClockStep] = (),
) -> list[Expired]:
    """Expire footage of streams nobody records any more: each is opened for its EXPIRE entries and closed again.

    Call it from one worker only. A stream that another process holds is left to it.
    """
    done: list[Expired] = []
    for stream in expiry.forgotten(recorded, now):
        if not expiry.has_due(stream, now, holds, confirmed):
            continue  # opened for nothing, its chain would get an epoch a minute, and its silence count each time
        try:
            opener.open_stream(stream, lambda stream, t1, seq: None)
        except LocalError:
            continue
        try:
            done += expiry.once([stream], now, holds, confirmed)
            opener.submit(stream, [CloseNote(now)])
        finally:
            opener.close_stream(stream)
    return done


def expire_note(volume: Volume, container: HeldContainer, now: UtcNs) -> FactNote:
    """The EXPIRE entry of `container`."""
    fields = {
        "at": now,
        "vol": volume.id,
        "file": container.path,
        "bytes": container.size_bytes,
        "epoch_of": container.epoch,
        "first": container.first_seq,
        "last": container.last_seq,
        "floor": volume.identity.floor_s,
        "ceiling": volume.identity.ceiling_s,
    }
    return FactNote(EntryKind.EXPIRE, container.period.start, container.period.end, fields)


def _count(held: dict[str, HeldContainer], stream: StreamId, entry: Entry) -> None:
    path = entry.text("file")
    known = held.get(path)
    first, start = (known.first_seq, known.period.start) if known else (entry.seq, entry.t0)
    end = max(known.period.end, entry.t1) if known else entry.t1
    size = entry.integer("off") + entry.integer("bytes")
    held[path] = HeldContainer(stream, path, entry.epoch, first, entry.seq, Period(start, end), size)
