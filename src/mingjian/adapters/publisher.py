"""The sequencer: what is committed in the database becomes tiles, a signed checkpoint, and a witness's line.

`publish_once` may be killed between any two of its steps and called again. It never signs a head that contradicts one
signed before: it refuses, and says so, when database and published ledger disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update

from mingjian.adapters.database import reading, writing
from mingjian.adapters.ledger_store import READ_BATCH, LedgerStore
from mingjian.adapters.tables.ledger import checkpoints
from mingjian.adapters.tiles import FileTiles, subtree
from mingjian.adapters.witnessing import Witnesses, WitnessStanding
from mingjian.audit import checkpoint
from mingjian.audit.checkpoint import Checkpoint
from mingjian.audit.ledger import TILE_LEVELS, TILE_WIDTH, Tile, encode_bundle
from mingjian.audit.merkle import Frontier, consistency_proof, leaf_hash
from mingjian.audit.note import Note, Signer, VerifierKey
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import LocalError, RemoteError

CHECKED_AT_START = 1 << 18
"""Entries compared with the tiles when the process starts: a second or two. `mingjian ledger verify` compares all."""
WRITTEN_TOGETHER = 64
"""Tiles and bundles that wait for the medium together: some 30 bundles of 256 entries, a few megabytes."""


@dataclass(frozen=True, slots=True)
class Published:
    """What stands published after a call."""

    size: int
    root: bytes
    note: bytes
    changed: bool
    """Whether this call published a new head."""
    witnesses: tuple[WitnessStanding, ...]


class LedgerPublisher:
    """One per installation, in the keeper process; calls must not overlap."""

    def __init__(
        self,
        engine: Engine,
        store: LedgerStore,
        tiles: FileTiles,
        *,
        origin: str,
        signers: Sequence[Signer],
        witnesses: Witnesses,
        clock: Clock,
    ) -> None:
        """`signers` begins with the Ed25519 key of the log, named as `origin`."""
        self._engine, self._store, self._tiles = engine, store, tiles
        self._origin, self._signers = origin, signers
        self._key = VerifierKey.of(signers[0])
        self._witnesses = witnesses
        self._clock = clock
        self._checked = False

    def publish_once(self) -> Published:
        """Publish what is committed by now. Raises LocalError (`ledger.*`) and signs nothing where it must not."""
        filed, row = self._filed(), self._signed_in_database()
        if not self._checked and filed is not None:
            self._refuse_behind_witness(*filed)
        with reading(self._engine) as connection:
            size = self._store.size(connection)
        settled = self._checked and filed is not None and row is not None and filed[0] == row[0]
        if settled and filed is not None and filed[0].size == size:
            return self._finish(filed[1], size, changed=False)
        known = [found[0] for found in (filed, row) if found is not None]
        if known and (latest := max(head.size for head in known)) > size:
            raise _rolled_back(latest, size)
        root = self._write_tiles(size, known)
        self._checked = True
        head = Checkpoint(self._origin, size, root)
        # After a crash a head of this size may be signed already: then that signature stands.
        signed = next((found[1] for found in (filed, row) if found is not None and found[0] == head), None)
        signed = signed or head.signed(self._signers)
        self._remember(signed)
        changed = filed is None or filed[0] != head
        if changed:
            self._tiles.put_checkpoint(signed.encode())
        return self._finish(signed, size, changed=changed)

    def _finish(self, signed: Note, size: int, *, changed: bool) -> Published:
        signed = self._ask_witnesses(signed)
        root = checkpoint.parse_text(signed.text).root
        return Published(size, root, signed.encode(), changed, self._witnesses.standings(size))

    def _ask_witnesses(self, signed: Note) -> Note:
        head = checkpoint.parse_text(signed.text)
        node = self._tiles.reader(head.size)
        lines = self._witnesses.cosign(signed, lambda old: consistency_proof(old, head.size, node))
        if not lines:
            return signed
        cosigned = signed.with_signatures(lines)
        self._remember(cosigned)
        self._tiles.put_checkpoint(cosigned.encode())
        return cosigned

    def _write_tiles(self, size: int, known: Sequence[Checkpoint]) -> bytes:
        """Bring the tiles to `size` from the database and return the root; every head in `known` must reappear."""
        published = min((head.size for head in known), default=0) if len(known) == 2 else 0
        base = published - published % TILE_WIDTH
        if not self._checked:
            base = max(0, base - CHECKED_AT_START)
        try:
            rows, frontier = self._resume(base, published)
        except LocalError:
            base, rows, frontier = 0, [[]], Frontier()
        signed = max((head.size for head in known), default=0)
        leaves: list[bytes] = []
        ready: dict[Tile, bytes] = {}
        _same_roots(known, frontier)
        for leaf in self._leaves(base, size):
            leaves.append(leaf)
            hashed = leaf_hash(leaf)
            frontier.append(hashed)
            rows[0].append(hashed)
            _same_roots(known, frontier)
            if len(leaves) == TILE_WIDTH:
                ready |= _full(rows, leaves, frontier.size)
                leaves = []
                if len(ready) >= WRITTEN_TOGETHER:
                    self._tiles.put(ready, signed=signed)
                    ready = {}
        self._tiles.put(ready | _partial(rows, leaves, size), signed=signed)
        return frontier.root()

    def _leaves(self, start: int, end: int) -> Iterator[bytes]:
        """Leaves in short reading transactions: no act waits while tiles are written."""
        for at in range(start, end, READ_BATCH):
            with reading(self._engine) as connection:
                batch = list(self._store.leaves(connection, at, min(end, at + READ_BATCH)))
            yield from batch

    def _resume(self, base: int, published: int) -> tuple[list[list[bytes]], Frontier]:
        """Per level the hashes of its last, unfinished tile at `base` leaves, read from the tiles."""
        node = self._tiles.reader(published)
        rows: list[list[bytes]] = [[]]
        level = 1
        while base >> TILE_LEVELS * level:
            count = base >> TILE_LEVELS * level
            first = count - count % TILE_WIDTH
            rows.append([node(TILE_LEVELS * level, index) for index in range(first, count)])
            level += 1
        return rows, Frontier.read(base, node)

    def _filed(self) -> tuple[Checkpoint, Note] | None:
        """The published checkpoint, if it is there, whole and ours; otherwise it is made again from the database."""
        data = self._tiles.checkpoint()
        if data is None:
            return None
        try:
            head, signed = checkpoint.parse(data)
        except RemoteError:
            return None
        if head.origin != self._origin or not signed.signed_by(self._key):
            raise LocalError(
                "ledger.foreign-checkpoint",
                f"账本目录中的检查点不是本机密钥 {self._origin} 签发的",
                text_en=f"The checkpoint in the ledger directory was not signed by this machine's key {self._origin}",
                remedy="核对数据目录与 keys/ 是否来自同一套系统",
                remedy_en="Check that the data directory and keys/ come from the same installation",
            )
        return head, signed

    def _signed_in_database(self) -> tuple[Checkpoint, Note] | None:
        with reading(self._engine) as connection:
            found = connection.execute(select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)).scalar()
        return checkpoint.parse(bytes(found)) if found is not None else None

    def _remember(self, signed: Note) -> None:
        """Store the signed head in the database before anyone else sees it."""
        head = checkpoint.parse_text(signed.text)
        values = {
            "root": head.root,
            "note": signed.encode(),
            "witnesses": len(checkpoint.witnesses(signed, self._witnesses.keys())),
        }
        with writing(self._engine) as connection:
            done = connection.execute(update(checkpoints).where(checkpoints.c.size == head.size).values(values))
            if done.rowcount == 0:
                connection.execute(insert(checkpoints).values(size=head.size, at=int(self._clock.now()), **values))

    def _refuse_behind_witness(self, head: Checkpoint, signed: Note) -> None:
        """Before the first signature of a process: a witness that saw more than we hold shows a restored backup."""
        ahead = self._witnesses.ahead_of(head.size, signed)
        if ahead is not None:
            raise _rolled_back(ahead, head.size)


def _full(rows: list[list[bytes]], leaves: list[bytes], size: int) -> dict[Tile, bytes]:
    """The leaf row is full: its bundle and tile; its root is carried upward as long as rows fill."""
    full = {Tile(None, size // TILE_WIDTH - 1): encode_bundle(leaves)}
    for level, row in enumerate(rows):
        if len(row) < TILE_WIDTH:
            break
        full[Tile(level, (size >> TILE_LEVELS * level) // TILE_WIDTH - 1)] = b"".join(row)
        if level + 1 == len(rows):
            rows.append([])
        rows[level + 1].append(subtree(row))
        row.clear()
    return full


def _partial(rows: list[list[bytes]], leaves: list[bytes], size: int) -> dict[Tile, bytes]:
    """What is not full at `size` leaves."""
    partial = {Tile(None, size // TILE_WIDTH, len(leaves)): encode_bundle(leaves)} if leaves else {}
    for level, row in enumerate(rows):
        if row:
            partial[Tile(level, (size >> TILE_LEVELS * level) // TILE_WIDTH, len(row))] = b"".join(row)
    return partial


def _same_roots(known: Sequence[Checkpoint], frontier: Frontier) -> None:
    """Where the tree has the size of a head signed before, it must have its root."""
    if any(head.size == frontier.size and head.root != frontier.root() for head in known):
        raise LocalError(
            "ledger.forked",
            f"数据库前 {frontier.size} 条与已签名的检查点不一致，拒绝发布",
            text_en=f"The first {frontier.size} entries of the database contradict the signed checkpoint; "
            "publishing is refused",
            remedy="数据库被改动或恢复自别的备份；用 mingjian ledger verify 核对账本目录，勿继续使用该数据库",
            remedy_en="The database was changed, or restored from another backup; check the ledger directory with "
            "mingjian ledger verify and do not go on using this database",
        )


def _rolled_back(published: int, held: int) -> LocalError:
    return LocalError(
        "ledger.rolled-back",
        f"账本已公布 {published} 条，数据库只有 {held} 条：数据库被回退，拒绝发布",
        text_en=f"The ledger has published {published} entries, the database holds only {held}: "
        "the database was rolled back; publishing is refused",
        remedy="恢复较新的数据库备份；不能恢复时须换新的账本来源名称并说明原因",
        remedy_en="Restore a newer database backup; if there is none, take a new ledger origin and state the reason",
    )
