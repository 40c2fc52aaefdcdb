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
from mingjian.audit.ledger import Tile, bundles, tiles
from mingjian.audit.merkle import inclusion_proof
from mingjian.audit.note import VerifierKey
from mingjian.bootstrap.opened import Opened
from mingjian.web.services import CheckpointState, LedgerLine

MAX_TILE_PATH_CHARS = 80


def trust_anchors(opened: Opened) -> bytes:
    """This installation's trust anchors. No cosignature is demanded: a silent witness must not void a true package."""
    keys = [VerifierKey.of(signer) for signer in opened.keys.signers]
    witness = opened.settings.witness_key
    return evidence.trust_anchors(
        origin=opened.keys.origin,
        log=keys,
        package=keys,
        witnesses=[VerifierKey.parse(witness)] if witness else [],
        quorum=0,
    )


@dataclass(frozen=True, slots=True)
class PublishedLedger:
    """`web.services.LedgerReader` over database and tile directory."""

    opened: Opened

    def entries(self, *, before: int | None, limit: int, kind: str, subject: str) -> Sequence[LedgerLine]:
        with database.reading(self.opened.engine) as connection:
            found = self.opened.ledger.entries(
                connection, before=before, limit=limit, kinds=[kind] if kind else (), reference=subject
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

    def proof(self, index: int) -> Mapping[str, Any] | None:
        data = self._tiles.checkpoint()
        if data is None:
            return None
        head, _ = checkpoint.parse(data)
        if index >= head.size:
            return None
        with database.reading(self.opened.engine) as connection:
            entry = self.opened.ledger.entry(connection, index)
        if entry is None:
            return None
        path = inclusion_proof(index, head.size, self._tiles.reader(head.size))
        return {
            "index": index,
            "leaf": base64.b64encode(entry.leaf).decode(),
            "path": [node.hex() for node in path],
            "checkpoint": data.decode(),
        }

    def file(self, path: str) -> bytes | None:
        if path == "checkpoint":
            return self._tiles.checkpoint()
        if len(path) > MAX_TILE_PATH_CHARS or (data := self._tiles.checkpoint()) is None:
            return None
        size = checkpoint.parse(data)[0].size
        known: dict[str, Tile] = {tile.path(): tile for tile in (*tiles(size), *bundles(size))}
        found = known.get(path)
        return self._tiles.tile(found) if found is not None else None

    def trust_anchors(self) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(trust_anchors(self.opened))
        return found

    @property
    def _tiles(self) -> FileTiles:
        return FileTiles(self.opened.places.ledger)


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """`web.services.Packages`: one folder, file names made of job ids alone."""

    folder: Path

    def path(self, job: str) -> Path | None:
        found = package_path(self.folder, job)
        return found if found.exists() else None


def package_path(folder: Path, job: str) -> Path:
    """Where the package of a job lies or will lie."""
    return folder / f"{job}.zip"
