"""Chains, notes, checkpoints, witness requests and published ledgers: what proves, read as if a liar had written it."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fuzz.harness import Harness, Pieces
from mingjian.adapters.ledger_audit import audit
from mingjian.adapters.tiles import CHECKPOINT, FileTiles, subtree
from mingjian.audit import checkpoint, merkle, note, verify, witness
from mingjian.audit.chain import (
    NO_HASH,
    ChainState,
    ChainVerifier,
    Entry,
    EntryKind,
    coverage,
    extend,
    parse,
)
from mingjian.audit.checkpoint import Checkpoint
from mingjian.audit.ledger import TILE_WIDTH, HeadBatch, Tile, bundles, decode_bundle, encode_bundle, tiles
from mingjian.audit.note import VerifierKey
from mingjian.audit.witness import Seen
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid, LocalError, RemoteError
from mingjian.kernel.period import Period
from mingjian.processing.package_manifest import excerpt
from vectors.build_vectors import LOG, ORIGIN, PACKAGE, START, WITNESS, two_cameras

KEYS = [VerifierKey.of(signer) for signer in (LOG, PACKAGE, WITNESS)]
LATEST_NS = 1 << 62
"""Far enough from the largest number of an entry that the next one still fits."""
HISTORY = 12
LEDGER_SIZE = TILE_WIDTH + 44
"""Two entry bundles and two levels of tiles."""


def chain(data: bytes) -> bool:
    """An entry or Invalid; the verifier names problems and goes on: what follows rightly has none."""
    verifier = ChainVerifier("cam-a")
    entries: list[Entry] = []
    for line in data.split(b"\n"):
        try:
            alone = parse(line)
        except Invalid as problem:
            alone = None
            assert problem.text
        entry, problems = verifier.feed(line)
        assert entry == alone
        assert all(problems)
        if entry is None:
            assert problems
            continue
        entries.append(entry)
        assert entry.rows("quarantined") is not None
        assert isinstance(entry.integer("off"), int)
        state = verifier.state
        if state is not None and max(state.t1, state.seq, entry.t1) < LATEST_NS:
            fields = {"cause": "network", "evidence": ""}
            following, _ = extend(state, "cam-a", EntryKind.GAP, state.t1, state.t1 + 1, fields)
            assert verifier.feed(following)[1] == []
    recorded, gaps = coverage(entries)
    assert all(before.end < after.start for before, after in itertools.pairwise(recorded))
    assert len(gaps) <= len(entries)
    return bool(entries)


def chain_seeds() -> Iterator[bytes]:
    for gap in (False, True):
        for book in two_cameras(gap=gap).books.values():
            yield b"\n".join(book.lines[:6])
    state = ChainState(0, -1, NO_HASH, UtcNs(100))
    lines: list[bytes] = []
    row = {"vol": "v", "file": "cam-a/x.mp4", "off": 0, "bytes": 9, "as": "q", "sha256": NO_HASH}
    for kind, more in (
        (EntryKind.OPEN, {"at": 100, "quarantined": [row], "abandoned": [row], "clean": 0}),
        (EntryKind.CLOCK, {"at": 100, "why": "step", "by": -5}),
        (EntryKind.EXPIRE, {"at": 100, "file": "cam-a/x.mp4", "vol": "v"}),
        (EntryKind.CLOSE, {"at": 100}),
    ):
        line, state = extend(state, "cam-a", kind, 100, 100, more)
        lines.append(line)
    yield b"\n".join(lines)


def excerpts(data: bytes) -> bool:
    """A linked run up to the head that reaches back to the period or to the first entry; else a named refusal."""
    pieces = Pieces(data)
    start, seconds, last = pieces.byte(), pieces.byte(), pieces.byte()
    period = Period(UtcNs(START + start * SECOND_NS), UtcNs(START + (start + seconds + 1) * SECOND_NS))
    lines = pieces.rest().split(b"\n")
    head = hashlib.sha256(lines[last % len(lines)]).hexdigest()
    try:
        entries = excerpt(lines, period, head).entries
    except (LocalError, Invalid):
        return False
    assert entries[-1].hash == head
    assert all(after.prev == before.hash for before, after in itertools.pairwise(entries))
    assert entries[0].prev == NO_HASH or any(entry.t0 <= period.start for entry in entries)
    return True


def excerpt_seeds() -> Iterator[bytes]:
    lines = two_cameras(gap=True).books["cam-a"].lines
    yield bytes((6, 10, 7)) + b"\n".join(lines[:8])
    yield bytes((0, 200, 8)) + b"\n".join(lines[:9])


def notes(data: bytes) -> bool:
    """Note, checkpoint and keys: RemoteError or Invalid; what reads is written again and reads the same."""
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        with contextlib.suppress(Invalid):
            key = VerifierKey.parse(line)
            assert VerifierKey.parse(key.line()) == key
            assert len(key.key_id) == 4
    try:
        signed = note.parse(data)
    except RemoteError:
        return False
    assert note.parse(signed.encode()) == signed
    for key in KEYS:
        valid = signed.signed_by(key)
        assert not valid or any(True for _ in signed.by(key))
        at = checkpoint.cosigned_at(signed, key)
        assert at is None or 0 <= at < 1 << 63
    try:
        head = checkpoint.parse_text(signed.text)
    except RemoteError:
        return False
    assert checkpoint.parse_text(head.text()) == head
    with contextlib.suppress(verify.Failed):
        ours = verify.Note(data)
        assert (ours.origin, ours.size, ours.root) == (head.origin, head.size, head.root)
    return True


def note_seeds() -> Iterator[bytes]:
    for size in (0, 7):
        signed = Checkpoint(ORIGIN, size, history(size).root()).signed([LOG])
        yield signed.encode()
        yield signed.with_signatures([checkpoint.cosign(signed, WITNESS, START)]).encode()
    yield "\n".join(key.line() for key in KEYS).encode()


@lru_cache
def history(size: int, salt: str = "true") -> merkle.Tree:
    """A ledger of `size` entries; another salt is another ledger."""
    return merkle.Tree(merkle.leaf_hash(f"{salt}/{number}".encode()) for number in range(size))


def submissions(data: bytes) -> bool:
    """A witness cosigns exactly the heads that extend what it saw, and answers everything else by name."""
    pieces = Pieces(data)
    seen, old, size = (pieces.byte() % HISTORY for _ in range(3))
    flags, spoil = pieces.byte(), pieces.rest()
    state = {ORIGIN: Seen(seen, history(seen).root())}
    salt = "forged" if flags & 1 else "true"
    tree = history(max(size, old), salt)
    proof = merkle.consistency_proof(min(old, size), size, tree.node)
    signed = Checkpoint(ORIGIN if flags & 2 == 0 else "other", size, tree.root(size)).signed([LOG])
    body = witness.encode(old, proof, signed)
    right = not flags & 3 and old == seen and old <= size
    if flags & 4:
        body, right = spoil, False
    elif flags & 8:
        at = spoil[0] % len(body) if spoil else 0
        body, right = body[:at] + spoil[1:] + body[at + flags // 16 :], False
    origin, verdict = witness.decide(body, {ORIGIN: [KEYS[0]]}, state)
    assert verdict.status in (200, 400, 403, 404, 409, 422)
    assert verdict.body or verdict.status == 200
    if right:
        assert verdict.status == 200
    if verdict.status == 200:
        assert origin == ORIGIN
        head = verdict.seen
        assert head is not None
        assert head.size >= seen
        assert seen == 0 or head.root == history(head.size).root()
    return verdict.status == 200


def submission_seeds() -> Iterator[bytes]:
    for seen, old, size, flags in ((0, 0, 5, 0), (5, 5, 9, 0), (5, 5, 9, 1), (4, 4, 4, 0), (5, 3, 9, 0), (5, 5, 9, 2)):
        yield bytes((seen, old, size, flags))
        yield bytes((seen, old, size, flags | 8 | 16)) + b"\x06x"
    signed = Checkpoint(ORIGIN, 9, history(9).root()).signed([LOG])
    yield bytes((5, 0, 0, 4)) + witness.encode(5, merkle.consistency_proof(5, 9, history(9).node), signed)


class KeptFiles:
    """`adapters.tiles.Files` in memory, for reading."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: Path) -> bytes | None:
        return self._files.get(str(path))

    def write(self, path: Path, data: bytes) -> None:
        raise AssertionError(f"an audit writes nothing: {path}")

    def replace(self, source: Path, target: Path) -> None:
        raise AssertionError(f"an audit moves nothing: {source} to {target}")

    def sync_directory(self, path: Path) -> None:
        raise AssertionError(f"an audit writes nothing: {path}")

    def remove_tree(self, path: Path) -> None:
        raise AssertionError(f"an audit removes nothing: {path}")


@lru_cache
def published() -> dict[str, bytes]:
    """Every file of a small published ledger."""
    leaves = [json.dumps({"entry": number}).encode() for number in range(LEDGER_SIZE)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    whole = merkle.Tree(hashes)
    files = {CHECKPOINT: Checkpoint(ORIGIN, LEDGER_SIZE, whole.root()).signed([LOG]).encode()}
    for tile in bundles(LEDGER_SIZE):
        start = tile.index * TILE_WIDTH
        files[tile.path()] = encode_bundle(leaves[start : start + tile.width])
    for tile in tiles(LEDGER_SIZE):
        files[tile.path()] = b"".join(_tile_row(tile, hashes))
    return files


def _tile_row(tile: Tile, hashes: list[bytes]) -> list[bytes]:
    spread = TILE_WIDTH ** (tile.level or 0)
    first = tile.index * TILE_WIDTH
    return [subtree(hashes[n * spread : (n + 1) * spread]) for n in range(first, first + tile.width)]


def ledger_files(data: bytes) -> bool:
    """An audit of files that anyone may have touched raises nothing, and passes no other entries than were signed."""
    pieces = Pieces(data)
    files = dict(published())
    names = sorted(files)
    while pieces:
        name, at, cut, put = (
            names[pieces.byte() % len(names)],
            pieces.number(2),
            pieces.byte(),
            pieces.take(pieces.byte()),
        )
        if cut == 0xFF:
            files.pop(name, None)
        elif (known := files.get(name)) is not None:
            at %= len(known) + 1
            files[name] = known[:at] + put + known[at + cut :]
    report = audit(FileTiles(Path(), KeptFiles(files)), log=KEYS[:1], earlier=[published()[CHECKPOINT]])
    if files == published():
        assert report.problems == []
    if not report.problems:
        assert report.head is not None
        assert report.head.root == history_of_published()
    for name, content in files.items():
        if "entries" in name:
            with contextlib.suppress(RemoteError):
                assert encode_bundle(decode_bundle(content)) == content
    return not report.problems


@lru_cache
def history_of_published() -> bytes:
    return checkpoint.parse(published()[CHECKPOINT])[0].root


def ledger_seeds() -> Iterator[bytes]:
    yield b""
    for number in range(len(published())):
        yield bytes((number, 0, 40, 1, 1)) + b"x"
        yield bytes((number, 0, 0, 0xFF, 0))


def bundle(data: bytes) -> bool:
    """The entries of a bundle or RemoteError; written again they are the same bytes."""
    batch = HeadBatch.from_body(data)
    assert batch.body() == data
    try:
        leaves = decode_bundle(data)
    except RemoteError:
        return False
    assert encode_bundle(leaves) == data
    return bool(leaves)


def bundle_seeds() -> Iterator[bytes]:
    yield encode_bundle([b"one", b"", b"three"])
    yield encode_bundle([b"x"] * (TILE_WIDTH + 1))


ENTRY_WORDS = tuple(
    b'"kind":" FRAG GAP OPEN CLOSE CLOCK EXPIRE "epoch": "seq": "prev":" "t0": "t1": "v":1 "stream":"cam-a" "file":'
    b' "off": "quarantined":[ 9223372036854775807 1e400 NaN "\\ud800" [[[[ ../'.split()
)
NOTE_WORDS = ("\u2014 ".encode(), b"\n\n", b" ", b"0\n", b"\xed\xa0\x80", b"\xc3\xa9", b"=", b"+", b"AQ", b"BA")

HARNESSES = (
    Harness("chain", chain, chain_seeds, (parse, ChainVerifier.feed), ENTRY_WORDS),
    Harness("chain-excerpt", excerpts, excerpt_seeds, (excerpt,), ENTRY_WORDS),
    Harness(
        "notes",
        notes,
        note_seeds,
        (note.parse, note.parse_signatures, VerifierKey.parse, checkpoint.parse_text, checkpoint.cosigned_at),
        NOTE_WORDS,
    ),
    Harness(
        "witness-request",
        submissions,
        submission_seeds,
        (witness.parse, witness.decide, checkpoint.parse, merkle.verify_consistency),
        (b"old 5\n", *NOTE_WORDS),
        2048,
    ),
    Harness("ledger-bundle", bundle, bundle_seeds, (decode_bundle, HeadBatch.from_body)),
    Harness("ledger-files", ledger_files, ledger_seeds, (audit, decode_bundle), max_bytes=512),
)
