"""The product's invariants, computed from bytes and a history alone.

Judged: I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I13. Not reachable from here: I12 (authorisation never opens on error: its
subjects are requests, not bytes) and I14 (bounded resources: measured on running processes).
"""

from __future__ import annotations

import bisect
import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from history import fragments, ledger
from history.acts import Act, History
from history.store import CONTAINER, COVERING, Line, Stream, Volume, read_streams

SECOND = 10**9
DAY = 86_400 * SECOND
CAUSES = frozenset(
    {"camera-timeout", "camera-closed", "camera-refused", "auth-failed", "certificate-refused", "network", "no-video"}
    | {"unsupported", "disk-full", "disk-error", "overload", "recorder-crash", "recorder-stopped", "planned"}
    | {"clock-step", "unknown"}
)
ENDS = frozenset({"crashed", "stopped", "stepped", "paused"})
"""Acts after which nobody can be asked for what he would have done a moment later."""
OUR_DISK = frozenset({"disk-full", "disk-error"})
SAID_WITHIN = 15 * SECOND
"""I4: an interruption is written down at the latest so long after the last fragment."""
LOST_AT_MOST = 12 * SECOND
"""I9: the open fragment (10 s), what closed since the last group commit (1 s), and a second for the commit itself."""
NEXT_FRAME = 5 * SECOND
"""A fragment is closed by the frame after its end: what a camera takes for one costs a crash as well."""
ARRIVAL = 12 * SECOND
"""How far the time of a sample in the chain may be from its arrival: a fragment, and the drift that is tolerated."""
BELIEVED = 2 * SECOND
"""Clock steps up to this are drift."""
EXPIRY_MAY_TAKE = DAY
"""I10."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One invariant that does not hold, and where."""

    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.text}"


def judge(
    history: History,
    volumes: Sequence[Mapping[str, bytes]],
    *,
    ledger_files: Mapping[str, bytes] | None = None,
    catalogue: Path | None = None,
    settled: bool = True,
) -> list[Finding]:
    """Everything that does not hold. `volumes`: all of the house, each by the paths of its files.

    `settled`: the last start ended in order and the catalogue has followed; otherwise torn ends and files without
    entry are what a crash may leave, and the catalogue may be behind.
    """
    known = {volume.id: volume for volume in map(Volume.of, volumes)}
    case = _Case(history, known, read_streams(known, settled=settled), settled=settled)
    found = list(case.findings())
    if ledger_files is not None:
        found += judge_ledger(history, ledger_files)
    if catalogue is not None:
        found += case.catalogue(catalogue)
    return sorted(set(found))


def judge_ledger(history: History, files: Mapping[str, bytes]) -> list[Finding]:
    """I5 and I6: what was published stands, grows only, and holds every committed entry; nothing left before its entry.

    To be asked at any moment, also right after a crash: readers look then too.
    """
    found: list[Finding] = []
    published = history.of("published")
    try:
        head = ledger.head(files)
        if head is None:
            return [Finding("I6", "a published checkpoint is gone")] if published else []
        size, root = head
        leaves = ledger.leaves(files, size)
    except ValueError as error:
        return [Finding("I6", str(error))]
    hashes = [ledger.leaf_hash(leaf) for leaf in leaves]
    found += [Finding("I6", text) for text in ledger.wrong_tiles(files, hashes)]
    sizes = sorted({min(size, int(act["size"])) for act in published} | {size})
    computed = dict(zip(sizes, ledger.roots(hashes, sizes), strict=True))
    if computed[size].hex() != root:
        found.append(Finding("I6", f"the checkpoint's root of {size} entries is not that of the entries"))
    before = 0
    for act in published:
        if act["size"] < before or act["size"] > size:
            found.append(Finding("I6", f"a head of {act['size']} entries follows or precedes one of {before}, {size}"))
        elif computed[act["size"]].hex() != act["root"]:
            found.append(Finding("I6", f"the head of {act['size']} entries, public once, is contradicted"))
        before = act["size"]
    said: dict[int, Act] = {}
    for act in history.of("committed"):
        if act["index"] in said:
            found.append(Finding("I6", f"index {act['index']} was given to two entries"))
        said[act["index"]] = act
        if act["index"] < size and hashlib.sha256(leaves[act["index"]]).hexdigest() != act["sha256"]:
            found.append(Finding("I6", f"entry {act['index']} is not the one that was committed"))
    for act in history.of("left"):
        entry = said.get(act["index"])
        if entry is None or entry.number > act.number:
            found.append(Finding("I5", f"bytes of {act['stream']} left before entry {act['index']} was committed"))
        elif act["index"] < size and act["stream"].encode() not in leaves[act["index"]]:
            found.append(Finding("I5", f"entry {act['index']} does not name {act['stream']}, of which bytes left"))
    return found


class _Case:
    """One history with one store."""

    def __init__(
        self, history: History, volumes: Mapping[str, Volume], streams: Mapping[str, Stream], *, settled: bool
    ) -> None:
        self._history, self._volumes, self._streams, self._settled = history, volumes, streams, settled
        self._placed: dict[str, list[tuple[Act, tuple[int, int]]]] = {}
        self._acks: dict[str, list[Act]] = defaultdict(list)
        for act in history.of("acknowledged"):
            self._acks[act["stream"]].append(act)
        self._damaged = [(a["volume"], a["file"], a["off"], a["off"] + a["bytes"]) for a in history.of("damaged")]

    def findings(self) -> Iterator[Finding]:
        for name in {act["stream"] for act in self._history.of("acknowledged")} - set(self._streams):
            yield Finding("I1", f"{name} was acknowledged, but has no chain")
        rules: list[Callable[[Stream], Iterator[Finding]]] = [
            self._acknowledged,
            self._headed,
            self._bytes,
            self._coverage,
            self._order,
            self._steps,
            self._causes,
            self._sent,
            self._lateness,
            self._ceiling,
            self._served,
        ]
        for stream in self._streams.values():
            yield from (Finding(invariant, text) for invariant, text in stream.problems)
            for rule in rules:
                yield from rule(stream)
        if self._settled:
            yield from self._strangers()

    # --- I1, I2: what was acknowledged stands, with its bytes ---

    def _acknowledged(self, stream: Stream) -> Iterator[Finding]:
        standing = {(line.t1, line.seq) for line in stream.standing}
        standing |= {(t1, line.seq) for line, t1 in _accounted(stream.standing)}
        for act in self._acks[stream.name]:
            if (act["t1"], act["seq"]) not in standing:
                yield Finding("I1", f"{stream.name}: acknowledged up to seq {act['seq']}, {act['t1']}, but not there")

    def _headed(self, stream: Stream) -> Iterator[Finding]:
        """A head in the ledger is a promise to whoever gets footage: its line stands, and is the one that was there."""
        standing = {(line.epoch, line.seq, line.hash) for line in stream.standing}
        for act in self._history.of("headed"):
            if act["stream"] == stream.name and (act["epoch"], act["seq"], act["sha256"]) not in standing:
                yield Finding(
                    "I1", f"{stream.name}: the ledger has the head {act['epoch']}/{act['seq']}, which does not stand"
                )

    def _bytes(self, stream: Stream) -> Iterator[Finding]:
        expired: dict[tuple[str, str], Line] = {}
        for line in stream.standing:
            if line.kind in ("EXPIRE", "EXPUNGE"):
                expired.setdefault((str(line.fields.get("vol")), str(line.fields.get("file"))), line)
        cache: dict[tuple[str, str], bytes | None] = {}
        for line in stream.standing:
            if line.kind != "FRAG":
                continue
            volume, file = self._volumes[line.volume], str(line.fields["file"])
            key = (line.volume, file)
            if key not in cache:
                cache[key] = volume.files.get(file)
            data, off, length = cache[key], int(line.fields["off"]), int(line.fields["bytes"])
            if data is None:
                if (ending := expired.get(key)) is None:
                    yield Finding("I1", f"{line.place}: {file} is gone without an EXPIRE entry")
                else:
                    yield from self._too_early(stream, volume, line, ending)
            elif self._is_damaged(line, off, length):
                continue
            elif hashlib.sha256(data[off : off + length]).hexdigest() != line.fields["sha256"]:
                yield Finding("I1", f"{line.place}: {file} at {off} has not the bytes that were recorded")

    def _too_early(self, stream: Stream, volume: Volume, line: Line, ending: Line) -> Iterator[Finding]:
        recorded, gone = self._said_at(stream, line), self._said_at(stream, ending)
        if recorded is None or gone is None:
            return
        if gone - recorded < volume.floor_ns:
            hours = (gone - recorded) / 3600 / SECOND
            yield Finding("I2", f"{line.place}: {line.fields['file']} went {hours:.1f} h after it was recorded")
        for hold in self._history.of("held"):
            concerned = hold["stream"] == stream.name and line.t0 < hold["t1"] and hold["t0"] < line.t1
            if concerned and hold.true_ns <= gone < hold["until_ns"]:
                yield Finding("I2", f"{line.place}: {line.fields['file']} went while it was held")

    def _said_at(self, stream: Stream, line: Line) -> int | None:
        """When, in the run's own time, the recorder first said that `line` is recorded."""
        for act, place in self._said(stream):
            if place >= (line.epoch, line.seq):
                return act.true_ns
        return None

    def _said(self, stream: Stream) -> list[tuple[Act, tuple[int, int]]]:
        if stream.name not in self._placed:
            places: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
            for line, t1 in _accounted(stream.standing):
                places[t1, line.seq].append((line.epoch, line.seq))
            said: list[tuple[Act, tuple[int, int]]] = []
            for act in self._acks[stream.name]:
                before = said[-1][1] if said else (-1, -1)
                place = next((one for one in places[act["t1"], act["seq"]] if one >= before), None)
                if place is not None:
                    said.append((act, place))
            self._placed[stream.name] = said
        return self._placed[stream.name]

    def _is_damaged(self, line: Line, off: int, length: int) -> bool:
        return any(
            volume == line.volume and file == line.fields["file"] and begin < off + length and off < end
            for volume, file, begin, end in self._damaged
        )

    # --- I4, I8, I13: one line of time ---

    def _coverage(self, stream: Stream) -> Iterator[Finding]:
        accounted: int | None = None
        for line in stream.standing:
            if line.kind == "OPEN":
                if accounted is not None and line.t0 > accounted:
                    yield Finding("I4", f"{line.place}: {_seconds(line.t0 - accounted)} before it are in no entry")
                accounted = line.t0
            elif line.kind in COVERING:
                if accounted is not None and line.t0 != accounted:
                    word = "are missing" if line.t0 > accounted else "are told twice"
                    yield Finding("I4", f"{line.place}: {_seconds(abs(line.t0 - accounted))} {word} before it")
                accounted = line.t1
            if line.kind == "GAP" and line.fields.get("cause") not in CAUSES:
                yield Finding("I4", f"{line.place}: a gap has no cause of the list: {line.fields.get('cause')!r}")

    def _order(self, stream: Stream) -> Iterator[Finding]:
        for line in stream.standing:
            if line.t1 < line.t0:
                yield Finding("I13", f"{line.place}: ends before it begins")
        for before, line in zip(stream.standing, stream.standing[1:], strict=False):
            if line.epoch == before.epoch and line.kind in COVERING and before.kind in COVERING and line.t0 < before.t0:
                yield Finding("I13", f"{line.place}: goes back in time within its epoch")

    def _steps(self, stream: Stream) -> Iterator[Finding]:
        clocks = [line for line in stream.standing if line.kind == "CLOCK" and line.fields.get("why") == "step"]
        ats = sorted(int(line.fields["at"]) for line in clocks)
        for act in self._history.of("stepped"):
            if abs(act["by_ns"]) <= BELIEVED or not self._undisturbed(stream.name, act, SAID_WITHIN):
                continue
            place = bisect.bisect_left(ats, act.wall_ns)
            if place == len(ats) or ats[place] > act.wall_ns + SAID_WITHIN:
                yield Finding("I13", f"{stream.name}: a clock step of {_seconds(act['by_ns'])} is in no CLOCK entry")

    def _undisturbed(self, stream: str, act: Act, for_ns: int) -> bool:
        """Whether the stream was open at `act`, and nothing was done to it for so long after."""
        is_open = False
        for other in self._history:
            if other.true_ns > act.true_ns + for_ns:
                return is_open
            if other.number > act.number and not is_open:
                return False
            if other.kind in ("opened", "closed") and other["stream"] == stream:
                is_open = other.kind == "opened"
            elif other.kind in ("crashed", "stopped"):
                is_open = False
            if other.number > act.number and (other.kind in ENDS or _closes(other, stream)):
                return False
            if other.true_ns > act.true_ns - 60 * SECOND and _touches(other, stream):
                return False
        return False  # the run ended too soon to tell

    def _lateness(self, stream: Stream) -> Iterator[Finding]:
        last: int | None = None
        for act in self._history:
            if act.kind == "acknowledged" and act["stream"] == stream.name:
                if last is not None and act.true_ns - last > SAID_WITHIN + LOST_AT_MOST:
                    yield Finding("I4", f"{stream.name}: nothing was written for {_seconds(act.true_ns - last)}")
                last = act.true_ns
            elif act.kind == "opened" and act["stream"] == stream.name:
                last = act.true_ns
            elif act.kind in ENDS or _touches(act, stream.name) or _closes(act, stream.name):
                last = None

    # --- I7, I9, I11: what cameras gave ---

    def _causes(self, stream: Stream) -> Iterator[Finding]:
        if not self._acks[stream.name] or any(_touches(act, stream.name) for act in self._history):
            return
        for line in stream.standing:
            if line.kind == "GAP" and line.fields.get("cause") in OUR_DISK:
                yield Finding("I7", f"{line.place}: {line.fields['cause']}, though nothing was done to its disks")

    def _sent(self, stream: Stream) -> Iterator[Finding]:
        sent = [act for act in self._history.of("sent") if act["stream"] == stream.name]
        if not sent:
            return
        stored, gone = self._stored(stream)
        given = {act["sha256"] for act in sent}
        for digest, place in stored.items():
            if digest not in given:
                yield Finding("I11", f"{place}: holds a sample that no camera gave")
        gaps = [line for line in stream.standing if line.kind == "GAP"]
        unsaid = self._unsaid_from(stream)
        for act in sent:
            if act["sha256"] in stored or act.number >= unsaid:
                continue
            times = self._times(act)
            if any(first - ARRIVAL <= at <= last + ARRIVAL for first, last in gone for at in times):
                continue
            near = [g for g in gaps if any(g.t0 - ARRIVAL <= at <= g.t1 + ARRIVAL for at in times)]
            if not near and self._overwritten_time(stream, act):
                continue
            if not near:
                yield Finding("I1", f"{stream.name}: a sample of {act.wall_ns} is neither recorded nor in a gap")
            elif all(gap.fields["cause"] == "recorder-crash" for gap in near):
                yield from self._bounded(stream, act)

    def _overwritten_time(self, stream: Stream, sent: Act) -> bool:
        """Whether the life that had it ended before it was written, and the clock went back: the next epoch overlaps
        that time, so that no gap can tell of it. Without a fault of its disks that is a matter of seconds."""
        end = next((a for a in self._history.of("crashed", "stopped") if a.number > sent.number), None)
        if end is None:
            return False
        lived = [a for a in self._history if sent.true_ns - 60 * SECOND <= a.true_ns <= end.true_ns]
        if end.true_ns - sent.true_ns > LOST_AT_MOST and not any(_touches(a, stream.name) for a in lived):
            return False
        until = next((a for a in self._acks[stream.name] if a.number > end.number), end).true_ns
        steps = self._history.of("stepped")
        return any(a["by_ns"] < -BELIEVED and sent.true_ns - 3 * ARRIVAL <= a.true_ns <= until for a in steps)

    def _times(self, sent: Act) -> list[int]:
        """When a sample may have been by the recorder's line: shortly after a step it still runs as before."""
        times = [sent.wall_ns]
        for act in reversed(self._history.of("stepped")):
            if 0 <= sent.true_ns - act.true_ns <= 3 * ARRIVAL and act.number < sent.number:
                times.append(times[-1] - act["by_ns"])
        return times

    def _stored(self, stream: Stream) -> tuple[dict[str, str], list[tuple[int, int]]]:
        """Digests of the samples that stand, and the periods whose bytes are gone or were damaged by the world."""
        stored: dict[str, str] = {}
        gone: list[tuple[int, int]] = []
        for line in stream.standing:
            if line.kind != "FRAG":
                continue
            data = self._volumes[line.volume].files.get(str(line.fields["file"]))
            off, length = int(line.fields["off"]), int(line.fields["bytes"])
            if data is None or self._is_damaged(line, off, length):
                gone.append((line.t0, line.t1))
                continue
            try:
                for sample in fragments.samples(data[off : off + length]):
                    stored[hashlib.sha256(sample).hexdigest()] = line.place
            except (ValueError, IndexError):
                gone.append((line.t0, line.t1))
        return stored, gone

    def _unsaid_from(self, stream: Stream) -> int:
        """The act from which on nothing of the stream was acknowledged any more: it may still be on its way."""
        acks = self._acks[stream.name]
        closed = any(act.kind == "closed" and act["stream"] == stream.name for act in self._history)
        if self._settled and closed:
            return len(self._history)
        cut = (acks[-1].true_ns if acks else 0) - LOST_AT_MOST
        return next((act.number for act in self._history if act.true_ns > cut), len(self._history))

    def _bounded(self, stream: Stream, act: Act) -> Iterator[Finding]:
        crash = next((a for a in self._history.of("crashed") if a.number > act.number), None)
        if crash is None or crash.true_ns - act.true_ns <= LOST_AT_MOST + NEXT_FRAME:
            return
        lived = [a for a in self._history if act.true_ns - 60 * SECOND <= a.true_ns <= crash.true_ns]
        if any(_touches(a, stream.name) or a.kind in ("paused", "stepped", "started") for a in lived):
            return
        yield Finding(
            "I9", f"{stream.name}: a sample from {_seconds(crash.true_ns - act.true_ns)} before a crash is lost"
        )

    def _served(self, stream: Stream) -> Iterator[Finding]:
        known = {line.fields.get("sha256") for line in stream.lines if line.kind == "FRAG"}
        given = {act["sha256"] for act in self._history.of("sent")}
        for act in self._history.of("served"):
            # what was served may have been left behind since; then it must at least be what a camera gave
            theirs = bool(act.fields.get("samples")) and given.issuperset(act["samples"])
            if act["stream"] == stream.name and act["sha256"] not in known and not theirs:
                yield Finding("I11", f"{stream.name}: bytes were served as good that were never recorded")

    # --- I10, I3 ---

    def _ceiling(self, stream: Stream) -> Iterator[Finding]:
        passes = [act for act in self._history.of("expired") if act["stream"] == stream.name]
        if not passes:
            return
        allowed = EXPIRY_MAY_TAKE + self._postponed()
        for line in stream.standing:
            volume = self._volumes[line.volume]
            if line.kind != "FRAG" or str(line.fields["file"]) not in volume.names:
                continue
            recorded = self._said_at(stream, line)
            last = max((act.true_ns for act in passes if act["volume"] == line.volume), default=0)
            held = any(
                hold["stream"] == stream.name and line.t0 < hold["t1"] + DAY and hold["t0"] - DAY < line.t1
                for hold in self._history.of("held")
            )
            if recorded is not None and not held and last - recorded > volume.ceiling_ns + allowed:
                days = (last - recorded) / DAY
                yield Finding("I10", f"{line.place}: {line.fields['file']} is {days:.1f} days old and still there")

    def _postponed(self) -> int:
        """What the clock's steps, silences in which it may have stepped, and freezes may put a deadline off by."""
        total = sum(max(0, act["by_ns"]) for act in self._history.of("stepped"))
        since: int | None = None
        for act in self._history.of("crashed", "stopped", "started", "frozen", "believed"):
            if act.kind in ("started", "believed"):
                total += max(0, act.true_ns - since) if since is not None else 0
                since = None
            else:
                since = since or act.true_ns
        return total

    def _strangers(self) -> Iterator[Finding]:
        """Every container has its entries, or an OPEN that names it."""
        named: set[tuple[str, str]] = set()
        for stream in self._streams.values():
            for line in stream.lines:
                if line.kind == "FRAG":
                    named.add((line.volume, str(line.fields.get("file"))))
                for rows in (line.fields.get("abandoned", []), line.fields.get("quarantined", [])):
                    named.update((str(row.get("vol")), str(row.get("file"))) for row in rows)
        for volume in self._volumes.values():
            for name in volume.names:
                if CONTAINER.fullmatch(name) and (volume.id, name) not in named:
                    yield Finding("I3", f"{volume.id}:{name} is in no entry")
            for stream in self._streams.values():
                for line in stream.standing:
                    for row in line.fields.get("quarantined", []):
                        kept = str(row.get("as"))
                        if row.get("vol") == volume.id and kept not in volume.names:
                            yield Finding("I3", f"{line.place}: what it took into quarantine is not there: {kept}")

    def catalogue(self, path: Path) -> Iterator[Finding]:
        """I3: rows and containers are the same, but for what no standing entry speaks of."""
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT volume, path, expired FROM containers").fetchall()
        live = {(volume, file) for volume, file, expired in rows if not expired}
        gone = {(volume, file) for volume, file, expired in rows if expired}
        standing = {
            (line.volume, str(line.fields["file"]))
            for stream in self._streams.values()
            for line in stream.standing
            if line.kind == "FRAG"
        }
        there = {(volume.id, name) for volume in self._volumes.values() for name in volume.names}
        for volume, file in sorted((live & standing) - there):
            yield Finding("I3", f"the catalogue has {volume}:{file}, the volume has not")
        for volume, file in sorted(gone & there & standing):
            yield Finding("I3", f"the catalogue calls {volume}:{file} expired, but it is there")
        if self._settled:
            for volume, file in sorted((there & standing) - live - gone):
                yield Finding("I3", f"the catalogue lacks {volume}:{file}")


def _accounted(lines: Sequence[Line]) -> Iterator[tuple[Line, int]]:
    """Each line with the instant up to which time is accounted for after it: what an acknowledgement names."""
    accounted = 0
    for line in lines:
        accounted = line.t0 if line.kind == "OPEN" else line.t1 if line.kind in COVERING else accounted
        yield line, accounted


def _closes(act: Act, stream: str) -> bool:
    return act.kind == "closed" and bool(act["stream"] == stream)


def _touches(act: Act, stream: str) -> bool:
    return act.kind == "fault" and (stream in act["streams"] or "*" in act["streams"])


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / SECOND:.3f} s"
