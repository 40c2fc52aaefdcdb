"""`app.registry_ports.AttachmentFiles` on a local disk: one file per content, named by its SHA-256, never rewritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mingjian.adapters.whole_file import held, put, sync_directory
from mingjian.kernel.errors import LocalError


@dataclass(frozen=True, slots=True)
class DiskAttachments:
    """Files below `root`."""

    root: Path

    def keep(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with held(self.root / ".lock"):  # two uploads of one content share its name
                put(path, content)
        return sha256

    def read(self, sha256: str) -> bytes:
        try:
            content = self._path(sha256).read_bytes()
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise LocalError(
                "attachment.damaged",
                "附件已丢失或者被改动",
                text_en="The attachment is gone or was altered",
                remedy="从备份恢复 attachments 目录",
                remedy_en="Restore the attachments directory from a backup",
                field=sha256,
            )
        return content

    def destroy(self, sha256: str) -> None:
        path = self._path(sha256)
        with held(self.root / ".lock"):
            if path.exists():
                path.unlink()
                sync_directory(path.parent)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256
