"""Ledger entries as bytes, batches of recorder heads, and the tile arithmetic of C2SP tlog-tiles.

An entry's canonical bytes are what is hashed, stored and published; nobody re-serialises them. A person's name is in
them only as a salted commitment: the opening lies in a side table and can be erased without breaking the tree.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mingjian.audit import merkle
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, RemoteError

FORMAT = 1
MAX_ENTRY_BYTES = 65_535
"""An entry bundle stores each length as uint16 (C2SP tlog-tiles); a larger payload goes in by its hash."""
SALT_BYTES = 16
"""128 bits: a name cannot be guessed from its commitment once the salt is erased."""
TILE_WIDTH = 256
TILE_LEVELS = 8
"""A tile holds 256 hashes, the leaves of a subtree 8 levels high."""
KIND = re.compile(r"[a-z][a-z0-9-]{0,39}(\.[a-z][a-z0-9_-]{0,39}){1,2}")
HEADS = "recorder.heads"
"""Kind of the entry that commits the root of a batch of recorder heads."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a person of a unit, or a part of the system. `name` is personal and leaves the leaf as commitment."""

    id: str
    name: str = ""
    unit: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment hides: `commitment(salt, value)` gives it again."""

    field: str
    salt: bytes
    value: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One act, one refusal or one batch of heads. `kind` is `noun.past_tense`; `facts` hold no secret and no name."""

    kind: str
    at: UtcNs
    actor: Actor
    node: str
    subject: str = ""
    """What the act was about: the id of a request, a camera, a person."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    """Further personal texts (names of officers, free text about a person); committed to, not written."""

    def personal_fields(self) -> dict[str, str]:
        """Every text that goes into the leaf as a commitment."""
        own = {"actor.name": self.actor.name} if self.actor.name else {}
        return own | dict(self.personal)

    def openings(self, salt: bytes) -> list[Opening]:
        """The openings of this entry; each has its own salt, so that one may be shown without the others."""
        return [
            Opening(name, hashlib.sha256(salt + name.encode()).digest()[:SALT_BYTES], value)
            for name, value in sorted(self.personal_fields().items())
        ]

    def canonical(self, salt: bytes = b"") -> bytes:
        """The leaf: compact JSON, keys sorted, UTF-8. `salt` is `SALT_BYTES` random bytes where names are present.

        Raises Invalid (`ledger.kind`, `ledger.facts`, `ledger.salt`, `ledger.too-long`).
        """
        if not KIND.fullmatch(self.kind):
            raise Invalid(
                "ledger.kind",
                f"记录类别不合规: {self.kind!r}",
                text_en=f"No valid kind of entry: {self.kind!r}",
                field="kind",
            )
        if self.personal_fields() and len(salt) != SALT_BYTES:
            raise Invalid(
                "ledger.salt",
                f"含个人信息的记录需要 {SALT_BYTES} 字节随机盐",
                text_en=f"An entry with personal details needs {SALT_BYTES} bytes of random salt",
                field="salt",
            )
        value: dict[str, Any] = {
            "v": FORMAT,
            "kind": self.kind,
            "at": int(self.at),
            "actor": {"id": self.actor.id, "unit": self.actor.unit},
            "node": self.node,
            "subject": self.subject,
            "facts": dict(self.facts),
            "committed": {o.field: commitment(o.salt, o.value) for o in self.openings(salt)},
        }
        leaf = canonical_json(value, "facts")
        if len(leaf) > MAX_ENTRY_BYTES:
            raise Invalid(
                "ledger.too-long",
                f"记录 {len(leaf)} 字节，上限 {MAX_ENTRY_BYTES}",
                text_en=f"The entry has {len(leaf)} bytes; the limit is {MAX_ENTRY_BYTES}",
                remedy="长内容存入附件，记录只写其 SHA-256",
                remedy_en="Store long content as an attachment and put only its SHA-256 in the entry",
                field="facts",
            )
        return leaf


def commitment(salt: bytes, value: str) -> str:
    """What the leaf says in place of a personal text: SHA-256(salt || text), hexadecimal."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def canonical_json(value: Mapping[str, Any], name: str) -> bytes:
    """Compact sorted UTF-8 JSON of strings, integers, booleans, None, lists and dicts. Raises Invalid for the rest."""
    _check(value, name)
    return _CANONICAL.encode(value).encode()


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_PLAIN = frozenset({str, int, bool, type(None)})


def _check(value: object, name: str) -> None:
    # Floats have no one spelling; a date or a tuple of them would be read back as something else.
    if isinstance(value, dict | Mapping):  # dict first: asking the abstract class costs ten times as much
        for key, item in value.items():
            if not isinstance(key, str):
                raise Invalid(
                    "ledger.facts",
                    f"{name}: 键 {key!r} 不是文本",
                    text_en=f"{name}: the key {key!r} is not a text",
                    field=name,
                )
            if type(item) not in _PLAIN:
                _check(item, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            if type(item) not in _PLAIN:
                _check(item, f"{name}[{position}]")
    elif value is not None and not isinstance(value, str | int):
        raise Invalid(
            "ledger.facts",
            f"{name}: {type(value).__name__} 不能写入记录",
            text_en=f"{name}: {type(value).__name__} cannot be written in an entry",
            field=name,
        )


class Head(Protocol):
    """The newest entry of one stream's chain (`bootstrap.head_entries.StreamHead` has this shape)."""

    @property
    def stream(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def head_sha256(self) -> str: ...
    @property
    def t1(self) -> int: ...


def head_line(head: Head) -> bytes:
    """One leaf of a head batch."""
    return canonical_json(
        {"epoch": head.epoch, "head": head.head_sha256, "seq": head.seq, "stream": head.stream, "t1": int(head.t1)},
        "head",
    )


@dataclass(frozen=True, slots=True)
class HeadBatch:
    """Heads of many streams under one RFC 6962 root; the body is kept beside the ledger, the root inside it."""

    lines: tuple[bytes, ...]

    @classmethod
    def of(cls, heads: Iterable[Head]) -> HeadBatch:
        """Lines sorted by stream, so that the same heads always give the same root."""
        return cls(tuple(head_line(head) for head in sorted(heads, key=lambda h: (h.stream, h.epoch, h.seq))))

    def followed_by(self, heads: Iterable[Head]) -> HeadBatch:
        """The next batch: the newest head of each stream, and of one that `heads` does not name the last one known."""
        lines = {value["stream"]: (value["epoch"], value["seq"], line) for value, line in self._values()}
        for head in heads:
            known = lines.get(head.stream)
            if known is None or known[:2] <= (head.epoch, head.seq):
                lines[head.stream] = (head.epoch, head.seq, head_line(head))
        return HeadBatch(tuple(lines[stream][2] for stream in sorted(lines)))

    @classmethod
    def from_body(cls, body: bytes) -> HeadBatch:
        return cls(tuple(body.split(b"\n"))) if body else cls(())

    def body(self) -> bytes:
        return b"\n".join(self.lines)

    def tree(self) -> merkle.Tree:
        return merkle.Tree(merkle.leaf_hash(line) for line in self.lines)

    def entry(self, *, at: UtcNs, node: str) -> LedgerEntry:
        """The ledger entry that commits this batch."""
        facts = {"root": self.tree().root().hex(), "count": len(self.lines)}
        return LedgerEntry(kind=HEADS, at=at, actor=SYSTEM, node=node, facts=facts)

    def find(self, stream: str) -> tuple[int, dict[str, Any]] | None:
        """Position and content of the head of `stream`, or None."""
        for position, (value, _) in enumerate(self._values()):
            if value["stream"] == stream:
                return position, value
        return None

    def _values(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        return ((json.loads(line), line) for line in self.lines)


# --- tiles (C2SP tlog-tiles) ---


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile, or one entry bundle where `level` is None. `width` below 256 makes it partial."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Where it is served: `tile/0/x001/234`, `tile/entries/000.p/17`."""
        text = tile_index(self.index)
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{text}" + (f".p/{self.width}" if self.width < TILE_WIDTH else "")


def tile_index(index: int) -> str:
    """Three-digit groups, all but the last with an `x`: 1234067 is `x001/x234/067`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def tiles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The hash tiles of a tree of `size` leaves that a tree of `since` leaves did not have, lowest level first."""
    level, old, new = 0, since, size
    while new:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            width = min(TILE_WIDTH, new - index * TILE_WIDTH)
            if old - index * TILE_WIDTH < width:
                yield Tile(level, index, width)
        level, old, new = level + 1, old // TILE_WIDTH, new // TILE_WIDTH


def bundles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The entry bundles of a ledger of `size` entries that one of `since` did not have."""
    return (Tile(None, tile.index, tile.width) for tile in tiles(size, since=since) if tile.level == 0)


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its big-endian uint16 length."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises RemoteError when it does not end with an entry or holds more than a tile."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        leaf = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(leaf) != length or len(leaves) == TILE_WIDTH:
            raise RemoteError(
                "ledger.bundle", f"记录束在第 {at} 字节处损坏", text_en=f"The entry bundle is damaged at byte {at}"
            )
        leaves.append(leaf)
        at += 2 + length
    return leaves
