"""Checks a published ledger from its files alone: every leaf, every tile, the head, and heads that someone kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mingjian.adapters.tiles import FileTiles, subtree
from mingjian.audit import checkpoint
from mingjian.audit.checkpoint import Checkpoint
from mingjian.audit.ledger import TILE_WIDTH, Tile, bundles, decode_bundle
from mingjian.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from mingjian.audit.note import Note, Sm2Verify, VerifierKey, no_sm2
from mingjian.kernel.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Problem:
    """One file and what is wrong with it."""

    file: str
    text: str


@dataclass
class LedgerReport:
    """What an audit found. `head` is None where there is no readable checkpoint."""

    head: Checkpoint | None = None
    entries: int = 0
    signed_by: list[str] = field(default_factory=list)
    witnesses: dict[str, int] = field(default_factory=dict)
    earlier: list[int] = field(default_factory=list)
    """Sizes of the kept checkpoints that this ledger extends."""
    problems: list[Problem] = field(default_factory=list)


def audit(
    tiles: FileTiles,
    *,
    log: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
    earlier: Sequence[bytes] = (),
    sm2: Sm2Verify = no_sm2,
) -> LedgerReport:
    """Recompute the whole ledger in bounded memory. `earlier` are checkpoint notes kept from before."""
    report = LedgerReport()
    try:
        head, signed = checkpoint.parse(tiles.checkpoint() or b"")
    except RemoteError as error:
        report.problems.append(Problem("checkpoint", error.text))
        return report
    report.head = head
    _signatures(report, signed, log, witnesses, quorum, sm2)
    kept = list(_kept(report, head, log, earlier))
    frontier = Frontier()
    rows: list[list[bytes]] = [[]]
    for known in kept:
        _same(report, known, frontier)
    for leaf in _leaves(report, tiles, head.size):
        hashed = leaf_hash(leaf)
        frontier.append(hashed)
        rows[0].append(hashed)
        for known in kept:
            _same(report, known, frontier)
        if len(rows[0]) == TILE_WIDTH:
            _full_tiles(report, tiles, rows, frontier.size)
    for level, row in enumerate(rows):
        if row:
            _compare(report, tiles, Tile(level, (frontier.size >> 8 * level) // TILE_WIDTH, len(row)), row)
    report.entries = frontier.size
    if frontier.size == head.size and frontier.root() != head.root:
        report.problems.append(Problem("checkpoint", "重算的根与检查点不符 / recomputed root differs"))
    return report


def _signatures(
    report: LedgerReport,
    signed: Note,
    log: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey],
    quorum: int,
    sm2: Sm2Verify,
) -> None:
    report.signed_by = [str(key.algorithm) for key in log if signed.signed_by(key, sm2=sm2)]
    if not report.signed_by:
        report.problems.append(Problem("checkpoint", "没有受信任账本密钥的签名 / not signed by a trusted log key"))
    report.witnesses = checkpoint.witnesses(signed, witnesses)
    if len(report.witnesses) < quorum:
        text = f"见证签名 {len(report.witnesses)} 个，应有 {quorum} 个 / too few witnesses"
        report.problems.append(Problem("checkpoint", text))


def _kept(
    report: LedgerReport, head: Checkpoint, log: Sequence[VerifierKey], earlier: Sequence[bytes]
) -> Iterator[Checkpoint]:
    for number, data in enumerate(earlier, 1):
        name = f"--since {number}"
        try:
            known, signed = checkpoint.parse(data)
        except RemoteError as error:
            report.problems.append(Problem(name, error.text))
            continue
        if known.origin != head.origin or not any(signed.signed_by(key) for key in log):
            report.problems.append(Problem(name, "不是该账本签发的检查点 / not a checkpoint of this log"))
        elif known.size > head.size:
            text = f"早先的检查点有 {known.size} 条，现在只有 {head.size} 条：被截断 / the ledger was truncated"
            report.problems.append(Problem(name, text))
        else:
            yield known


def _same(report: LedgerReport, known: Checkpoint, frontier: Frontier) -> None:
    if known.size != frontier.size:
        return
    if known.root == frontier.root():
        report.earlier.append(known.size)
    else:
        text = f"前 {known.size} 条与早先的检查点不一致：被改写 / history was rewritten"
        report.problems.append(Problem("checkpoint", text))


def _leaves(report: LedgerReport, tiles: FileTiles, size: int) -> Iterator[bytes]:
    """Leaves in order, ending at the first bundle that cannot be read."""
    for bundle in bundles(size):
        data = tiles.tile(bundle) or tiles.tile(Tile(None, bundle.index))
        try:
            leaves = decode_bundle(data or b"")[: bundle.width]
        except RemoteError as error:
            report.problems.append(Problem(bundle.path(), error.text))
            return
        if len(leaves) != bundle.width:
            report.problems.append(Problem(bundle.path(), "缺失或不完整 / missing or incomplete"))
            return
        yield from leaves


def _full_tiles(report: LedgerReport, tiles: FileTiles, rows: list[list[bytes]], size: int) -> None:
    for level, row in enumerate(rows):
        if len(row) < TILE_WIDTH:
            return
        _compare(report, tiles, Tile(level, (size >> 8 * level) // TILE_WIDTH - 1), row)
        if level + 1 == len(rows):
            rows.append([])
        rows[level + 1].append(subtree(row))
        row.clear()


def _compare(report: LedgerReport, tiles: FileTiles, tile: Tile, row: Sequence[bytes]) -> None:
    data = tiles.tile(tile) or tiles.tile(Tile(tile.level, tile.index))
    if data is None:
        report.problems.append(Problem(tile.path(), "缺失或长度不符 / missing or of wrong length"))
    elif data[: len(row) * HASH_BYTES] != b"".join(row):
        report.problems.append(Problem(tile.path(), "与账本记录的哈希不符 / differs from the entries"))
