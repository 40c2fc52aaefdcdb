"""The parts of the product that a run is made of; a mutant exchanges one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mingjian.adapters.database import open_engine
from mingjian.adapters.tiles import FileTiles
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import StreamId
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import Expiry
from mingjian.storage.ports import Catalogue, Disk, Head, HeadMemory


def as_is(thing: Any) -> Any:
    """The thing itself."""
    return thing


@dataclass(frozen=True)
class Parts:
    """What the recorder and the keeper are built from."""

    committer: type[Committer] = Committer
    expiry: Callable[..., Expiry] = Expiry
    disk: Callable[[Any], Disk] = as_is
    """What the recorder is given in place of the disk."""
    clock: Callable[[Any], Clock] = as_is
    """What the recorder is given in place of the clock."""
    tiles: type[FileTiles] = FileTiles
    engine: Callable[[str], Engine] = open_engine
    registers: Callable[[Callable[[], int], Callable[[int], None]], None] = field(
        default=lambda enter, serve: serve(enter())
    )
    """How a viewing goes: `enter` commits its entry and gives the index, `serve` hands bytes out under an index."""
    heads: Callable[[HeadMemory, Catalogue], Mapping[StreamId, Head]] = field(
        default=lambda memory, catalogue: memory.recall()
    )
    """What the keeper enters into the ledger."""
    root: Path = Path("/ledger")


REAL = Parts()
