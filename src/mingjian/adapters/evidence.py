"""`processing.package.LedgerProofs` from published tiles and database; the trust anchors of an installation."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from mingjian.adapters.database import reading
from mingjian.adapters.tables.ledger import checkpoints, head_batches, ledger_entries
from mingjian.adapters.tiles import FileTiles
from mingjian.audit.ledger import HeadBatch
from mingjian.audit.merkle import inclusion_proof
from mingjian.audit.note import VerifierKey
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import StreamId
from mingjian.processing.package_manifest import HeadProof, LeafProof


class PublishedProofs:
    """Proofs under checkpoints that at least `witnesses` witnesses cosigned."""

    def __init__(self, engine: Engine, tiles: FileTiles, *, witnesses: int = 0) -> None:
        self._engine, self._tiles, self._witnesses = engine, tiles, witnesses

    def checkpoints(self, index: int) -> list[tuple[int, bytes]]:
        """Over entry `index`, the newest checkpoint of each number of witnesses, the best witnessed first.

        So a witness that fell silent costs no proof: where what it cosigned covers too little, the next one is there.
        """
        newest = (
            select(func.max(checkpoints.c.size))
            .where(checkpoints.c.size > index, checkpoints.c.witnesses >= self._witnesses)
            .group_by(checkpoints.c.witnesses)
        )
        with reading(self._engine) as connection:
            found = connection.execute(
                select(checkpoints.c.size, checkpoints.c.note)
                .where(checkpoints.c.size.in_(newest))
                .order_by(checkpoints.c.witnesses.desc())
            ).all()
        return [(row.size, bytes(row.note)) for row in found]

    def entry(self, index: int, size: int) -> LeafProof:
        """Raises Missing for an index beyond `size` or the ledger."""
        with reading(self._engine) as connection:
            leaf = connection.execute(select(ledger_entries.c.leaf).where(ledger_entries.c.idx == index)).scalar()
        if leaf is None or index >= size:
            raise Missing(
                "ledger.no-entry",
                f"账本的前 {size} 条中没有第 {index} 条",
                text_en=f"The first {size} ledger entries have no entry {index}",
            )
        return LeafProof(index, bytes(leaf), tuple(inclusion_proof(index, size, self._tiles.reader(size))))

    def head_after(self, stream: StreamId, instant: UtcNs, size: int) -> HeadProof | None:
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(head_batches.c.idx, head_batches.c.body)
                .where(head_batches.c.at >= int(instant), head_batches.c.idx < size)
                .order_by(head_batches.c.idx)
                .execution_options(yield_per=16)
            )
            for row in rows:
                batch = HeadBatch.from_body(bytes(row.body))
                found = batch.find(stream)
                if found is not None and found[1]["t1"] >= instant:
                    index, batch_index = row.idx, found[0]
                    break
            else:
                return None
        path = inclusion_proof(batch_index, len(batch.lines), batch.tree().node)
        line = batch.lines[batch_index]
        return HeadProof(line, batch_index, len(batch.lines), tuple(path), self.entry(index, size))


def trust_anchors(
    *,
    origin: str,
    log: Sequence[VerifierKey],
    package: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey],
    quorum: int,
    tsa: Sequence[str] = (),
) -> bytes:
    """The file a verifier is given with `--trust`: public keys only, to be handed out on other ways than packages.

    `quorum` witnesses must have cosigned; `tsa` are certificates (PEM) of the time-stamping authority.
    """
    value = {
        "format": "mingjian.anchors",
        "v": 1,
        "log": {"origin": origin, "keys": [key.line() for key in log]},
        "package": [key.line() for key in package],
        "witnesses": [key.line() for key in witnesses],
        "quorum": quorum,
        "tsa": list(tsa),
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
