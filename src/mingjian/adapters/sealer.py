"""`app.sealing_ports.Sealer` over a folder: sealed packages beside the plain ones, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from mingjian.adapters.whole_file import sync_directory
from mingjian.app.sealing_ports import SealedFile, Told, untold
from mingjian.audit.seal import CHUNK_BYTES, Seal, Shares
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError

SUFFIX = ".sealed"
UNFINISHED = ".sealing"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SYNC_EVERY_BYTES = 64 << 20
"""Made durable as it goes, so that a package of gigabytes does not stand still at its end."""


@dataclass(frozen=True, slots=True)
class FolderSealer:
    """One folder; file names are made of ids alone."""

    folder: Path

    def seal(self, job: str, sealing: str, shares: Shares, salt: bytes, told: Told = untold) -> SealedFile:
        """Seal the package of `job`; durable once it returns. One megabyte in memory.

        Raises LocalError `export.package-missing`, `export.disk`; nothing stays of what was not finished.
        """
        plain, unfinished = self.folder / f"{job}.zip", self.folder / f"{sealing}{UNFINISHED}"
        if not plain.exists():
            raise missing()
        try:
            made = sealed(plain, unfinished, shares, salt, told)
            unfinished.rename(self.folder / f"{sealing}{SUFFIX}")
            sync_directory(self.folder)
        except OSError as error:
            raise LocalError(
                "export.disk",
                f"不能写入封装包：{error.strerror}",
                text_en=f"The sealed package cannot be written: {error.strerror}",
                remedy="检查证据包所在磁盘的剩余空间后重试",
                remedy_en="Look at the free space of the disk with the packages, then try again",
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)
        return made

    def path(self, sealing: str) -> Path | None:
        """The sealed package, while there is one."""
        found = self.folder / f"{sealing}{SUFFIX}"
        return found if found.exists() else None

    def remove(self, sealing: str) -> None:
        """Take the sealed package away; the plain one stays where it is."""
        for suffix in (SUFFIX, UNFINISHED):
            (self.folder / f"{sealing}{suffix}").unlink(missing_ok=True)

    def there(self) -> Sequence[tuple[str, UtcNs]]:
        return [
            (path.stem, begun(path.stem))
            for suffix in (SUFFIX, UNFINISHED)
            for path in self.folder.glob(f"*{suffix}")
            if _ID.fullmatch(path.stem)
        ]


def begun(sealing: str) -> UtcNs:
    """The instant of a UUIDv7, to the millisecond."""
    return UtcNs(int(sealing[:8] + sealing[9:13], 16) * 1_000_000)


def sealed(plain: Path, out: Path, shares: Shares, salt: bytes, told: Told = untold) -> SealedFile:
    """Write `plain` sealed to `out`, a new file for its owner alone; its length and SHA-256. Raises OSError."""
    seal = Seal(shares, salt, plain.stat().st_size)
    key, counter = seal.cipher()
    cipher = Cipher(AES(key), CTR(counter)).encryptor()
    header, digest = seal.header(), hashlib.sha256()
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with plain.open("rb") as source, os.fdopen(descriptor, "wb") as file:
        pieces: tuple[bytes, ...] = (header,)
        for index in range(seal.chunks + 1):
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
            if index == seal.chunks:
                break
            encrypted = cipher.update(source.read(CHUNK_BYTES))
            pieces = encrypted, seal.tag(header, index, encrypted)
            if index * CHUNK_BYTES % SYNC_EVERY_BYTES == 0:
                file.flush()
                os.fdatasync(file.fileno())
                told(index / seal.chunks)
        written = file.tell()
        file.flush()
        os.fsync(file.fileno())
    if written != seal.sealed_length:
        raise OSError(None, "the package changed while it was sealed")
    return SealedFile(written, digest.hexdigest())


def missing() -> LocalError:
    """There is no such file."""
    return LocalError(
        "export.package-missing",
        "证据包文件不在磁盘上",
        text_en="The package is not on the disk",
        remedy="取消后重新制作",
        remedy_en="Build it again",
    )
