"""The data directory: where each kind of thing lives, and with which permissions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PRIVATE = 0o700
"""Only the service's own account may enter: keys, sockets and the register are under here."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """`$MINGJIAN_DATA`. Volumes with footage lie outside and are registered in `volumes.json`."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "db" / "mingjian.sqlite"

    @property
    def catalogue(self) -> Path:
        return self.root / "db" / "catalogue.sqlite"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def journal(self) -> Path:
        """What was registered while the ledger was away: signed lines that enter it later."""
        return self.root / "journal"

    @property
    def attachments(self) -> Path:
        """Papers, pictures and forms on record, by their SHA-256."""
        return self.root / "attachments"

    @property
    def previews(self) -> Path:
        return self.root / "previews"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def volumes(self) -> Path:
        return self.root / "volumes.json"

    def assignment(self, recorder: int) -> Path:
        """The last assignment of a recorder, encrypted: it starts from this without database or web."""
        return self.root / "run" / f"assignment-{recorder}.enc"

    def assignments(self) -> list[Path]:
        """The stored assignments: where there is one, this installation has recorded."""
        return sorted(self.run.glob("assignment-*.enc"))

    def socket(self, recorder: int) -> Path:
        return self.run / f"recorder-{recorder}.sock"

    def create(self) -> None:
        """Make every folder that is missing; an existing one keeps its content and gets strict permissions."""
        for folder in (
            self.root,
            self.database.parent,
            self.ledger,
            self.keys,
            self.run,
            self.exports,
            self.journal,
            self.attachments,
            self.previews,
            self.logs,
        ):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(PRIVATE)
