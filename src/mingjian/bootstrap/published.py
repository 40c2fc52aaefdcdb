"""The published ledger and finished packages, for the screens; and the trust anchors that judge both from outside."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.adapters import database, evidence
from mingjian.adapters.tiles import FileTiles
from mingjian.audit import checkpoint
from mingjian.audit.ledger import SYSTEM, TILE_WIDTH, Tile, bundles, tiles
from mingjian.audit.merkle import inclusion_proof
from mingjian.audit.note import VerifierKey
from mingjian.bootstrap.ledger_keys import witnesses_asked
from mingjian.bootstrap.opened import Opened
from mingjian.kernel.ids import UnitId
from mingjian.web.services import CheckpointState, LedgerLine, LedgerQuery

OF_NO_UNIT = SYSTEM.unit
"""Entries about the whole installation: roots of recorder heads, failed sign-ins of unknown names."""
MAX_TILE_PATH_CHARS = 80


def trust_anchors(opened: Opened) -> bytes:
    """This installation's trust anchors: a witness that is asked for its cosignature must have given it."""
    keys = [VerifierKey.of(signer) for signer in opened.keys.signers]
    witness, certificates = opened.settings.witness_key, opened.settings.timestamp_certificates
    return evidence.trust_anchors(
        origin=opened.keys.origin,
        log=keys,
        package=keys,
        witnesses=[VerifierKey.parse(witness)] if witness else [],
        quorum=witnesses_asked(opened.settings),
        tsa=[certificates] if certificates else [],
    )


@dataclass(frozen=True, slots=True)
class PublishedLedger:
    """`web.services.LedgerReader` over database and tile directory."""

    opened: Opened

    def entries(self, unit: UnitId, query: LedgerQuery) -> Sequence[LedgerLine]:
        with database.reading(self.opened.engine) as connection:
            found = self.opened.ledger.entries(
                connection,
                before=query.before,
                limit=query.limit,
                kinds=[query.kind] if query.kind else (),
                actor=query.person,
                units=(unit, OF_NO_UNIT),
                references=query.subjects,
                since=query.since,
                until=query.until,
            )
        return [
            LedgerLine(
                index=entry.index,
                at=entry.at,
                kind=entry.content["kind"],
                actor=entry.content["actor"]["id"],
                actor_name=entry.names.get("actor.name", ""),
                unit=entry.content["actor"]["unit"],
                node=entry.content["node"],
                subject=entry.content["subject"],
                facts={
                    **entry.content["facts"],
                    **{name: value for name, value in entry.names.items() if name != "actor.name"},
                },
            )
            for entry in found
        ]

    def checkpoint(self) -> CheckpointState | None:
        data = self._tiles.checkpoint()
        if data is None:
            return None
        head, signed = checkpoint.parse(data)
        key = self.opened.settings.witness_key
        witnesses = checkpoint.witnesses(signed, [VerifierKey.parse(key)] if key else [])
        return CheckpointState(data.decode(), head.size, head.root.hex(), sorted(witnesses))

    def proof(self, unit: UnitId, index: int) -> Mapping[str, Any] | None:
        data = self._tiles.checkpoint()
        if data is None:
            return None
        head, _ = checkpoint.parse(data)
        if index >= head.size:
            return None
        with database.reading(self.opened.engine) as connection:
            entry = self.opened.ledger.entry(connection, index)
        if entry is None or entry.content["actor"]["unit"] not in (unit, OF_NO_UNIT):
            return None
        path = inclusion_proof(index, head.size, self._tiles.reader(head.size))
        return {
            "index": index,
            "leaf": base64.b64encode(entry.leaf).decode(),
            "path": [node.hex() for node in path],
            "checkpoint": data.decode(),
        }

    def file(self, unit: UnitId, path: str) -> bytes | None:
        if path == "checkpoint":
            return self._tiles.checkpoint()
        if len(path) > MAX_TILE_PATH_CHARS or (data := self._tiles.checkpoint()) is None:
            return None
        size = checkpoint.parse(data)[0].size
        known: dict[str, Tile] = {tile.path(): tile for tile in (*tiles(size), *bundles(size))}
        found = known.get(path)
        if found is None or (found.level is None and not self._all_readable(unit, found)):
            return None
        return self._tiles.tile(found)

    def _all_readable(self, unit: UnitId, bundle: Tile) -> bool:
        start = bundle.index * TILE_WIDTH
        with database.reading(self.opened.engine) as connection:
            return self.opened.ledger.only_of(connection, start, start + bundle.width, (unit, OF_NO_UNIT))

    def trust_anchors(self) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(trust_anchors(self.opened))
        return found

    @property
    def _tiles(self) -> FileTiles:
        return FileTiles(self.opened.places.ledger)


def package_path(folder: Path, job: str) -> Path:
    """Where the package of a job lies or will lie."""
    return folder / f"{job}.zip"
