"""The chain of one stream: every second recorded or explained, each entry bound to the one before.

Pure. An entry is one line of compact JSON with sorted keys; the stored bytes are what is hashed, they are never
serialised again. The fields and rules are those of docs/design/0002-storage.md.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period, union

VERSION = 1
MAX_LINE_BYTES = 64 * 1024
"""No entry of ours comes near; what is longer is not an entry and is not parsed."""
NO_HASH = "0" * 64
"""`prev` of the first entry a stream ever had."""
MAX_EVIDENCE_CHARACTERS = 240
"""Evidence is a sentence, not a log; camera text must not fill the chain."""
_BEYOND = 1 << 63
_SIZES = frozenset({"bytes", "off"})
_PATHS = frozenset({"as", "file"})
REMEMBERED_HASHES = 4096
"""How far back an OPEN may resume: more entries than one group commit can hold for one stream."""


class EntryKind(StrEnum):
    """What an entry says; the closed list."""

    FRAG = "FRAG"
    GAP = "GAP"
    OPEN = "OPEN"
    CLOSE = "CLOSE"
    CLOCK = "CLOCK"
    HOLD = "HOLD"
    EXPIRE = "EXPIRE"
    EXPUNGE = "EXPUNGE"


COVERING = frozenset({EntryKind.FRAG, EntryKind.GAP})
"""The kinds whose periods together cover time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One parsed entry. `fields` is everything the line said; `line` are its exact bytes without the newline."""

    kind: EntryKind
    stream: str
    epoch: int
    seq: int
    prev: str
    t0: UtcNs
    t1: UtcNs
    fields: Mapping[str, Any]
    line: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the line, hexadecimal."""
        return entry_hash(self.line)

    def integer(self, name: str, default: int = 0) -> int:
        """The integer field `name`; `default` where it is absent or something else."""
        value = self.fields.get(name, default)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def text(self, name: str) -> str:
        """The text field `name`; empty where it is absent or something else."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The list of objects `name`, leaving out whatever in it is no object."""
        value = self.fields.get(name, [])
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class ChainState:
    """Where a chain stands: what the next entry must carry. `seq` is that of the last entry, -1 before the first."""

    epoch: int
    seq: int
    prev: str
    t1: UtcNs
    """The instant up to which FRAG ∪ GAP accounts for time."""


def entry_hash(line: bytes) -> str:
    """What `prev` of the next entry must be."""
    return sha256(line).hexdigest()


def encode(fields: Mapping[str, Any]) -> bytes:
    """The line for `fields`, without newline. Raises Invalid when it would exceed `MAX_LINE_BYTES`."""
    line = json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(line) > MAX_LINE_BYTES:
        raise Invalid(
            "chain.entry-too-long",
            f"链条目 {len(line)} 字节，超过上限 {MAX_LINE_BYTES}",
            field="entry",
            text_en=f"A chain entry has {len(line)} bytes; the limit is {MAX_LINE_BYTES}",
        )
    return line


def extend(
    state: ChainState, stream: str, kind: EntryKind, t0: int, t1: int, more: Mapping[str, Any]
) -> tuple[bytes, ChainState]:
    """The next line of a chain and the state after it. FRAG, GAP and OPEN move the accounted time to `t1`/`t0`."""
    seq = state.seq + 1
    line = encode(
        {**more, "v": VERSION, "kind": kind.value, "stream": stream, "epoch": state.epoch, "seq": seq}
        | {"prev": state.prev, "t0": t0, "t1": t1}
    )
    accounted = UtcNs(t1) if kind in COVERING else UtcNs(t0) if kind is EntryKind.OPEN else state.t1
    return line, ChainState(state.epoch, seq, entry_hash(line), accounted)


def parse(line: bytes) -> Entry:
    """The entry in `line` (without newline). Raises Invalid for whatever is not a well-formed entry."""
    if len(line) > MAX_LINE_BYTES:
        raise _unreadable(f"长于 {MAX_LINE_BYTES} 字节", f"longer than {MAX_LINE_BYTES} bytes")
    try:
        fields = json.loads(line)
        usable = isinstance(fields, dict) and _usable(fields)
    except (ValueError, RecursionError):
        raise _unreadable("不是 JSON", "not JSON") from None
    if not isinstance(fields, dict) or fields.get("v") != VERSION:
        raise _unreadable("不是本版本的链条目", "not a chain entry of this version")
    if not usable:
        raise _unreadable(
            "含有无法存储的数值、文字或卷外路径",
            "it holds a number or text that cannot be stored, or a path outside the volume",
        )
    epoch, seq, t0, t1 = (_natural(fields, name) for name in ("epoch", "seq", "t0", "t1"))
    kind, stream, prev = fields.get("kind"), fields.get("stream"), fields.get("prev")
    if not isinstance(stream, str) or not isinstance(prev, str) or len(prev) != len(NO_HASH):
        raise _unreadable("stream 或 prev 缺失", "stream or prev is missing")
    if not isinstance(kind, str) or kind not in EntryKind.__members__:
        raise _unreadable("kind 不在清单内", "kind is not one of the list")
    if t1 < t0:
        raise _unreadable("t1 早于 t0", "t1 is before t0")
    return Entry(EntryKind(kind), stream, epoch, seq, prev, UtcNs(t0), UtcNs(t1), fields, line)


def _usable(fields: Mapping[str, object], *, inside: bool = False) -> bool:
    """Whether every reader can take what a line says: integers of 64 bits, text that encodes, paths inside.

    A disk from elsewhere may say anything, and one line must stop no check, no catalogue and no start. Names count in
    an entry and in the rows of its lists, not `inside` a field: the `off` of a FRAG's `clk` is a time.
    """
    for name, value in fields.items():
        if name in _SIZES and not inside:
            if type(value) is not int or not 0 <= value < _BEYOND:
                return False
        elif type(value) is str:
            if not value.isascii():
                value.encode()  # raises ValueError for half a surrogate pair
            if name in _PATHS and (value.startswith("/") or "\0" in value or ".." in value.split("/")):
                return False
        elif name in _PATHS and not inside:
            return False
        elif type(value) is int:
            if not -_BEYOND <= value < _BEYOND:
                return False
        elif isinstance(value, dict):
            if not _usable(value, inside=True):
                return False
        elif isinstance(value, list) and not all(
            _usable(row) if isinstance(row, dict) else _usable({"": row}, inside=True) for row in value
        ):
            return False
    return True


def _natural(fields: Mapping[str, Any], name: str) -> int:
    number = fields.get(name)
    if type(number) is not int or not 0 <= number < _BEYOND:
        raise _unreadable(f"{name} 须为非负整数", f"{name} must be an integer of 0 or more")
    return number


def _unreadable(why: str, why_en: str) -> Invalid:
    return Invalid(
        "chain.entry-unreadable",
        f"链条目无法读取：{why}",
        text_en=f"A chain entry cannot be read: {why_en}",
        remedy="运行 mingjian fsck",
        remedy_en="Run mingjian fsck",
        field="entry",
    )


@dataclass
class ChainVerifier:
    """Feeds on the lines of one stream in order (epochs ascending, days ascending) and names every broken rule.

    Checks: readable, same stream, contiguous seq, `prev` links, OPEN first in each epoch and linked to the last
    acknowledged entry before it, FRAG ∪ GAP without hole or overlap inside an epoch, causes from the closed list.
    """

    stream: str
    state: ChainState | None = None
    superseded: list[tuple[int, int]] = field(default_factory=list)
    """(epoch, seq): from that seq on the epoch's entries were never acknowledged; a later OPEN resumed before."""
    _recent: deque[tuple[int, int, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED_HASHES))

    def feed(self, line: bytes) -> tuple[Entry | None, list[str]]:
        """The entry of `line` (None when unreadable) and what is wrong with it, empty when nothing is."""
        try:
            entry = parse(line)
        except Invalid as problem:
            return None, [problem.text]
        problems = list(self._check(entry))
        accounted = entry.t1 if entry.kind in COVERING else entry.t0 if entry.kind is EntryKind.OPEN else None
        if accounted is None:
            accounted = self.state.t1 if self.state else entry.t0
        head = entry.hash
        self.state = ChainState(entry.epoch, entry.seq, head, accounted)
        self._recent.append((entry.epoch, entry.seq, head))
        return entry, problems

    def _check(self, entry: Entry) -> Iterator[str]:
        if entry.stream != self.stream:
            yield f"条目属于另一路视频 {entry.stream!r}"
        state = self.state
        if state is None or entry.epoch != state.epoch:
            yield from self._check_first(entry)
            return
        if entry.kind is EntryKind.OPEN:
            yield "OPEN 只能是一个 epoch 的第一条"
        if entry.seq != state.seq + 1:
            yield f"seq 应为 {state.seq + 1}，实为 {entry.seq}"
        if entry.prev != state.prev:
            yield "prev 与上一条的哈希不符"
        if entry.kind in COVERING and entry.t0 != state.t1:
            word = "空洞" if entry.t0 > state.t1 else "重叠"
            yield f"FRAG∪GAP 有{word}：应自 {state.t1} 起，实自 {entry.t0} 起"
        if entry.kind is EntryKind.GAP and entry.text("cause") not in set(GapCause):
            yield f"缺口原因 {entry.text('cause')!r} 不在清单内"
        if entry.kind is EntryKind.FRAG:
            yield from _check_fragment(entry)

    def _check_first(self, entry: Entry) -> Iterator[str]:
        if entry.kind is not EntryKind.OPEN or entry.seq != 0:
            yield f"epoch {entry.epoch} 不以 seq 0 的 OPEN 开始"
        if self.state is None:
            return
        if entry.epoch < self.state.epoch:
            yield f"epoch 由 {self.state.epoch} 退回 {entry.epoch}"
        if entry.prev == self.state.prev:
            return
        for epoch, seq, head in self._recent:
            if head == entry.prev:
                self.superseded.append((epoch, seq + 1))
                return
        if entry.prev == NO_HASH and len(self._recent) < REMEMBERED_HASHES:  # no entry at all was acknowledged before
            self.superseded += [(epoch, 0) for epoch in sorted({epoch for epoch, _, _ in self._recent})]
            return
        yield "OPEN 的 prev 不指向此前任何条目"


def _check_fragment(entry: Entry) -> Iterator[str]:
    if len(entry.text("sha256")) != len(NO_HASH) or len(entry.text("init_sha")) != len(NO_HASH):
        yield "FRAG 缺少 sha256 或 init_sha"
    if not entry.text("file") or entry.integer("bytes") <= 0 or entry.integer("off", -1) < 0:
        yield "FRAG 未说明 file、off、bytes"
    if not 0 <= entry.integer("key") < max(entry.seq, 1):
        yield "FRAG 的 key 不指向此前的片段"


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap as a reader sees it: consecutive GAP entries of one cause are one."""

    period: Period
    cause: str
    evidence: str


def merge_gaps(gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps in time order, those of one cause that touch or overlap joined; the first evidence is kept."""
    merged: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.period):
        last = merged[-1] if merged else None
        if last is not None and last.cause == gap.cause and gap.period.start <= last.period.end:
            end = max(last.period.end, gap.period.end)
            merged[-1] = Gap(Period(last.period.start, end), last.cause, last.evidence or gap.evidence)
        else:
            merged.append(gap)
    return merged


def coverage(entries: Iterable[Entry]) -> tuple[list[Period], list[Gap]]:
    """What is recorded, joined, and what is missing, merged."""
    recorded: list[Period] = []
    missing: list[Gap] = []
    for entry in entries:
        if entry.kind is EntryKind.FRAG:
            recorded.append(Period(entry.t0, entry.t1))
        elif entry.kind is EntryKind.GAP:
            missing.append(Gap(Period(entry.t0, entry.t1), entry.text("cause"), entry.text("evidence")))
    return union(recorded), merge_gaps(missing)
