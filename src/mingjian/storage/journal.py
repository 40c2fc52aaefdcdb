"""One stream's place on a volume: its open container and chain file, and what comes next in both.

`plan` is a decision (offsets, names, lines); nothing of the state moves until `adopt`, which the committer calls once
every byte of the plan is durable (S2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from mingjian.audit.chain import NO_HASH, ChainState, Entry, EntryKind, extend
from mingjian.kernel.clock import SECOND_NS, UtcNs, utc_day
from mingjian.kernel.ids import StreamId
from mingjian.storage.layout import chain_path, container_path
from mingjian.storage.notes import ClockNote, CloseNote, FactNote, Fragment, GapNote, Note, Reopen
from mingjian.storage.ports import Handle
from mingjian.storage.volume import Volume

CONTAINER_NS = 600 * SECOND_NS
"""A container's length: 144 a day and stream, small enough to expire by, large enough for few catalogue rows."""

_NEVER = UtcNs(0)

Acknowledged = Callable[[StreamId, UtcNs, int], None]
"""Called on a volume's thread: every fragment and gap up to this instant and seq is durable."""


@dataclass
class OpenFile:
    """A file being written. `length` is what it holds once the plan is written, `durable` what is known to last."""

    path: str
    day: str
    length: int = 0
    durable: int = 0
    handle: Handle | None = None
    """None until it is created."""
    begun: bool = False
    """Whether its creation was asked for: then it may exist, whatever the disk answered."""


@dataclass
class Container(OpenFile):
    """The container being written; the fields say when the next must begin."""

    init_sha256: str = ""
    t0: UtcNs = _NEVER


@dataclass(frozen=True, slots=True)
class Opening:
    """What the next OPEN entry says, found by recovery or made after an error."""

    t0: UtcNs
    at: UtcNs
    epoch: int
    prev: str = NO_HASH
    resumes: tuple[int, int] | None = None
    clean: bool = True
    step_ns: int = 0
    """How far the system clock had just stepped, when that is why the epoch begins."""
    quarantined: Sequence[dict[str, Any]] = ()
    abandoned: Sequence[dict[str, Any]] = ()
    missing: Sequence[dict[str, Any]] = ()

    def fields(self) -> dict[str, Any]:
        """The OPEN entry's own fields."""
        more: dict[str, Any] = {"at": self.at, "clean": int(self.clean)}
        if self.resumes is not None:
            more["resumes"] = {"epoch": self.resumes[0], "seq": self.resumes[1]}
        if self.step_ns:
            more["step"] = self.step_ns
        for name in ("quarantined", "abandoned", "missing"):
            if rows := getattr(self, name):
                more[name] = list(rows)
        return more


@dataclass
class Plan:
    """What one group commit writes for one stream, in order: media first, then chain lines."""

    notes: list[Note]
    volume: Volume
    media: list[tuple[Container, list[bytes | memoryview]]] = field(default_factory=list)
    media_bytes: int = 0
    """Of all of `media`."""
    chain: list[tuple[OpenFile, list[bytes]]] = field(default_factory=list)
    state: ChainState | None = None
    key_seq: int = 0
    container: Container | None = None
    chain_file: OpenFile | None = None
    opened: bool = False
    recorded_until: UtcNs = _NEVER
    """End of its last fragment; `_NEVER` where it has none."""


@dataclass
class Journal:
    """Changed under the committer's lock alone; what is being written, by its volume's thread."""

    stream: StreamId
    volume: Volume
    state: ChainState
    opening: Opening | None
    acknowledged: Acknowledged
    locks: dict[str, Handle]
    """The writer's lock of each volume (by id) that the stream may use: those it was surveyed on."""
    refused: dict[str, str] = field(default_factory=dict)
    """Why it may not use another volume, as last told."""
    unguarded: set[str] = field(default_factory=set)
    """Volumes (by id) whose lock was found to keep nobody away."""
    container: Container | None = None
    chain_file: OpenFile | None = None
    key_seq: int = 0
    """seq of the last FRAG of this epoch that begins with a key frame; 0 when there is none."""
    recorded_until: UtcNs = _NEVER
    """End of the last durable fragment of this life; unlike `state.t1` no gap moves it."""
    head: tuple[int, int] | None = None
    """(epoch, seq) of the last durable entry: what the next epoch resumes."""
    closed: bool = False
    """Whether the last durable entry is a CLOSE."""
    backlog: list[Note] = field(default_factory=list)
    """What a failed commit left, to be written first."""
    left: str = ""
    """The volume (by id) that it last left for an error."""
    dropped: int = 0
    """How often its notes could not be put into entries."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What waits until the commit under way has done with it."""
    tries: int = 0
    """Failed tries in a row. After two its footage is a gap, and it waits for its turn to be tried again."""

    def open_plan(self, notes: Sequence[Note]) -> Plan:
        """What to write for `notes`, beginning with OPEN when this epoch has no entry yet."""
        plan = Plan(list(notes), self.volume, state=self.state, key_seq=self.key_seq)
        plan.container, plan.chain_file = self.container, self.chain_file
        if self.opening is not None:
            self._open(plan, self.opening)
        for note in notes:
            self._add(plan, note)
        return plan

    def adopt(self, plan: Plan) -> list[OpenFile]:
        """The plan is durable: the state moves. Returns the files that are complete and can be closed."""
        assert plan.state is not None
        used = self.files(plan)
        for file in used:
            file.durable = file.length
        self.state, self.key_seq = plan.state, plan.key_seq
        self.container, self.chain_file = plan.container, plan.chain_file
        self.head = (self.state.epoch, self.state.seq)
        self.recorded_until = plan.recorded_until or self.recorded_until
        self.closed = bool(plan.notes) and isinstance(plan.notes[-1], CloseNote)
        self.opening = None
        return [file for file in used if file is not self.container and file is not self.chain_file]

    def container_ends(self, notes: Sequence[Note]) -> bool:
        """Whether the first fragment among `notes` goes into another container than what is open."""
        first = next((note for note in notes if isinstance(note, Fragment)), None)
        return bool(first and self.container and _needs_new(self.container, first, utc_day(first.t0)))

    def follow(self, last: Entry, epoch: int) -> None:
        """Another writer's entries up to `last` came between: the next epoch resumes from those, beyond `epoch`."""
        self.head, self.closed = (last.epoch, last.seq), ended_in_order(last)
        self.state = replace(self.state, epoch=max(self.state.epoch, epoch), prev=last.hash)
        if self.opening is not None:
            self.opening = replace(self.opening, prev=last.hash, resumes=self.head)

    def files(self, plan: Plan | None = None) -> list[OpenFile]:
        """Every file open before or by `plan`."""
        found: list[OpenFile] = [file for file in (self.container, self.chain_file) if file is not None]
        if plan is not None:
            known = {id(file) for file in found}
            found += [file for file, _ in (*plan.media, *plan.chain) if id(file) not in known]
        return found

    def _add(self, plan: Plan, note: Note) -> None:
        if isinstance(note, Fragment):
            self._fragment(plan, note)
        elif isinstance(note, GapNote):
            more: dict[str, Any] = {"cause": note.cause.value, "evidence": note.evidence, "at": note.at}
            self._line(plan, EntryKind.GAP, note.t0, note.t1, more)
        elif isinstance(note, ClockNote):
            at = plan.state.t1 if plan.state else note.at
            self._line(plan, EntryKind.CLOCK, at, at, {"why": note.why, "by": note.by_ns, "at": note.at})
        elif isinstance(note, FactNote):
            if plan.container is not None and plan.container.path == note.fields.get("file"):
                plan.container = None  # about to be unlinked: what comes next must not go into it
            self._line(plan, note.kind, note.t0, note.t1, note.fields)
        elif isinstance(note, CloseNote):
            self._close(plan, note.at)
        else:
            self._reopen(plan, note)

    def _open(self, plan: Plan, opening: Opening) -> None:
        plan.state = ChainState(opening.epoch, -1, opening.prev, opening.t0)
        plan.container, plan.chain_file, plan.key_seq, plan.opened = None, None, 0, True
        self._line(plan, EntryKind.OPEN, opening.t0, max(opening.t0, opening.at), opening.fields())

    def _close(self, plan: Plan, at: UtcNs, **more: int) -> None:
        assert plan.state is not None
        self._line(plan, EntryKind.CLOSE, plan.state.t1, plan.state.t1, {"at": at, **more})

    def _reopen(self, plan: Plan, note: Reopen) -> None:
        assert plan.state is not None
        self._close(plan, note.at, goes_on=1)
        state = plan.state
        resumes = (state.epoch, state.seq)
        self._open(plan, Opening(note.t0, note.at, state.epoch + 1, state.prev, resumes, step_ns=note.step_ns))

    def _fragment(self, plan: Plan, note: Fragment) -> None:
        assert plan.state is not None
        container = plan.container
        day = self._day(plan, note.t0)
        if container is None or _needs_new(container, note, day):
            path = container_path(self.stream, note.t0, plan.state.epoch, plan.state.seq + 1)
            container = Container(path, day, init_sha256=note.init_sha256, t0=note.t0)
            plan.container = container
            plan.media.append((container, [note.init]))
            container.length = len(note.init)
            plan.media_bytes += len(note.init)
        elif not plan.media or plan.media[-1][0] is not container:
            plan.media.append((container, []))
        offset = container.length
        digest = sha256()
        for piece in note.pieces:
            digest.update(piece)
        plan.media[-1][1].extend(note.pieces)
        container.length += note.size_bytes
        plan.media_bytes += note.size_bytes
        more: dict[str, Any] = {
            "clk": {"src": "system", "off": note.clock_offset_ns},
            "pts0": note.pts0_90k,
            "dur": note.duration_90k,
            "frames": note.frames,
            "bytes": note.size_bytes,
            "off": offset,
            "file": container.path,
            "init_sha": note.init_sha256,
            "sha256": digest.hexdigest(),
        }
        if note.camera_time is not None:
            more["cam_t"] = note.camera_time
        if not note.key_first:
            more["key"] = plan.key_seq
        for name, value in (
            ("shift", note.shift_90k),
            ("lost", note.lost),
            ("damaged", note.damaged),
            ("jumps", note.jumps),
        ):
            if value:
                more[name] = value
        self._line(plan, EntryKind.FRAG, note.t0, note.t1, more)
        plan.recorded_until = note.t1
        if note.key_first:
            plan.key_seq = plan.state.seq

    def _day(self, plan: Plan, t0: int) -> str:
        """The chain day of an entry: never earlier than the file already open."""
        day = utc_day(UtcNs(t0))
        return max(day, plan.chain_file.day) if plan.chain_file is not None else day

    def _line(self, plan: Plan, kind: EntryKind, t0: int, t1: int, more: Any) -> None:
        assert plan.state is not None
        stamp = t0 if kind in (EntryKind.FRAG, EntryKind.GAP, EntryKind.OPEN) else plan.state.t1
        day = self._day(plan, stamp)
        path = chain_path(self.stream, day, plan.state.epoch)
        if plan.chain_file is None or plan.chain_file.path != path:
            plan.chain_file = OpenFile(path, day)
        if not plan.chain or plan.chain[-1][0] is not plan.chain_file:
            plan.chain.append((plan.chain_file, []))
        line, plan.state = extend(plan.state, self.stream, kind, t0, t1, more)
        plan.chain[-1][1].append(line + b"\n")
        plan.chain_file.length += len(line) + 1


def ended_in_order(last: Entry) -> bool:
    """Whether a recording was stopped with `last`: a CLOSE, and not one that only makes way for the next epoch, which
    a power cut may leave without that."""
    return last.kind is EntryKind.CLOSE and not last.integer("goes_on")


def _needs_new(container: Container, note: Fragment, day: str) -> bool:
    """Whether `note` may not go into `container`."""
    return container.init_sha256 != note.init_sha256 or container.day != day or note.t0 - container.t0 >= CONTAINER_NS
