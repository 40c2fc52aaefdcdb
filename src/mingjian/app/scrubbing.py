"""What the scrubber finds enters the ledger: a record that no longer is what it was is told, whatever caused it."""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.app.performing import entry
from mingjian.app.ports import Store
from mingjian.app.records import ExportJob
from mingjian.kernel.clock import Clock

SUBJECT = "scrub"
MOST_OFFSETS = 50
"""Named in one entry; the count is of all."""


def found(
    store: Store, *, clock: Clock, fault: str, volume: str, path: str, offsets: Sequence[int], text: str = ""
) -> int:
    """Enter one finding: what is wrong, where, how often. The index of its entry."""
    facts = {
        "fault": fault,
        "volume": volume,
        "path": path,
        "offsets": list(offsets[:MOST_OFFSETS]),
        "count": len(offsets),
        "text": text[:200],
    }
    with store.writing() as uow:
        return uow.ledger.append(entry("scrub.found", clock.now(), SUBJECT, facts))


def packages_kept(store: Store) -> Sequence[ExportJob]:
    """Every package that was built, with the SHA-256 that the ledger knows."""
    with store.reading() as uow:
        return uow.exports.finished()
