"""Heads for the ledger: of every stream the line up to which its recorder has acknowledged it, from its own word.

What a chain file shows may be gone after a power cut or a failed sync: its writer alone knows what lasts, and remembers
it before it acknowledges (docs/design/0002-storage.md, "Heads in the ledger").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from mingjian.adapters import database
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.storage.ports import Head


@dataclass(frozen=True, slots=True)
class StreamHead:
    """A stream's newest line that lasts."""

    stream: StreamId
    epoch: int
    seq: int
    head_sha256: str
    t1: UtcNs
    """Up to where FRAG ∪ GAP accounts for time."""


def enter_heads(
    engine: Engine, ledger: LedgerStore, remembered: Mapping[StreamId, Head], *, at: UtcNs, node: str
) -> int | None:
    """One entry with all that is `remembered`, if anything is; its index once it is committed."""
    heads = [
        StreamHead(stream, *head.last, head.hash, head.t1)
        for stream, head in sorted(remembered.items())
        if head.last is not None
    ]
    if not heads:
        return None
    with database.writing(engine) as connection:
        return ledger.append_heads(connection, heads, at=at, node=node)
