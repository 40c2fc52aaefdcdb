"""`app.journal.Journal` in one folder: an append-only file, each line on the disk before its number is told."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.whole_file import PRIVATE, held, sync_directory
from mingjian.audit import journal
from mingjian.audit.journal import Broken, Line, Read
from mingjian.governance import matters
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError

MOST_BYTES = 8 << 20
"""Some ten thousand lines: days of lawful viewing without a ledger. More is refused, never lost."""
WAITING, LOCK = "waiting.jsonl", "lock"
_ENTERED = re.compile(r"entered-(\d{9})-([0-9a-f]{64})\.jsonl")


@dataclass(slots=True)
class JournalFile:
    """Appending is serialised among threads and processes. `append` raises LocalError: then nothing was written."""

    folder: Path
    signer: Ed25519FileSigner
    most_bytes: int = MOST_BYTES
    _known: tuple[tuple[int, int, int], Read] | None = None
    _turn: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Alone with the file; the number of the next line. What is appended inside has it."""
        with self._locked():
            number, _, _ = self._end()
            yield number

    def append(self, at: UtcNs, kind: str, content: Mapping[str, Any]) -> int:
        """One line, on the disk on return; its number. Inside `turn`, or by itself where no turn is held."""
        number, previous, size = self._end()
        line = journal.written(number, previous, at, kind, content, self.signer.sign)
        if size + len(line) > self.most_bytes:
            raise _unwritable("journal.full", "已达上限", "it is full")
        path = self.folder / WAITING
        try:
            fresh = not path.exists()
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)
            try:
                self._write(descriptor, line, size)
            finally:
                os.close(descriptor)
            if fresh:
                sync_directory(self.folder)
        except OSError as error:
            raise _unwritable("journal.unwritable", error.strerror or "", error.strerror or "") from error
        return number

    def alone(self, at: UtcNs, kind: str, content: Mapping[str, Any]) -> int:
        """`append` in a turn of its own."""
        with self.turn():
            return self.append(at, kind, content)

    def waiting(self) -> tuple[tuple[Line, ...], Broken | None]:
        """The lines that no archive holds, in order, and what breaks them off."""
        with self._locked():
            found = self._read()
            return found.lines, found.broken

    def entered(self, line: Line) -> None:
        """The ledger has everything up to `line`, the last one: the file is kept under its number, a new one begins."""
        with self._locked():
            found = self._read()
            if found.broken is None and found.lines and found.lines[-1].number == line.number:
                (self.folder / WAITING).rename(self.folder / f"entered-{line.number:09d}-{line.digest}.jsonl")
                sync_directory(self.folder)

    def set_aside(self, broken: Broken) -> Path:
        """Keep a file that somebody else wrote into, as it is, and begin a new one behind its last sound line."""
        with self._locked():
            found, first = self._read(), self._first()
            last = found.lines[-1] if found.lines else None
            kept = self.folder / f"broken-{broken.number:09d}.jsonl"
            (self.folder / WAITING).rename(kept)
            number, digest = (last.number, last.digest) if last is not None else (first[0] - 1, first[1])
            # an empty archive says where the new file goes on; the evidence is in the one set aside
            (self.folder / f"entered-{number:09d}-{digest}.jsonl").touch(PRIVATE)
            sync_directory(self.folder)
            return kept

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._turn, held(self.folder / LOCK):
            yield

    def _write(self, descriptor: int, line: bytes, size: int) -> None:
        if os.fstat(descriptor).st_size > size:  # a torn end that nobody was told of
            os.ftruncate(descriptor, size)
        try:
            view = memoryview(line)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)  # what is half there would be the next line's beginning
            raise

    def _first(self) -> tuple[int, str]:
        """Number and predecessor of the first line of the waiting file."""
        matches = [found for path in self.folder.iterdir() if (found := _ENTERED.fullmatch(path.name)) is not None]
        newest = max(matches, key=lambda found: int(found[1]), default=None)
        return (int(newest[1]) + 1, newest[2]) if newest is not None else (1, journal.GENESIS)

    def _end(self) -> tuple[int, str, int]:
        """Number and predecessor of the next line, and where it begins. Raises LocalError behind a broken line."""
        found = self._read()
        if found.broken is not None:
            raise _unwritable("journal.broken", f"第 {found.broken.number} 行不可信", "one of its lines is not its own")
        number, previous = self._first()
        if found.lines:
            number, previous = found.lines[-1].number + 1, found.lines[-1].digest
        return number, previous, found.sound_bytes

    def _read(self) -> Read:
        path = self.folder / WAITING
        try:
            stat = path.stat()
        except FileNotFoundError:
            return Read((), None, 0, 0)
        if self._known is not None and self._known[0] == (stat.st_ino, stat.st_size, stat.st_mtime_ns):
            return self._known[1]
        number, previous = self._first()
        found = journal.read(path.read_bytes(), self._verify, number=number, previous=previous)
        self._known = ((stat.st_ino, stat.st_size, stat.st_mtime_ns), found)
        return found

    def _verify(self, body: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.signer.public).verify(signature, body)
        except InvalidSignature:
            return False
        return True


def _unwritable(code: str, why: str, why_en: str) -> LocalError:
    return LocalError(
        code,
        f"账本和备用日志均不可用（{why}），没有登记就没有画面；录像不受影响",
        text_en=f"Neither ledger nor journal can take the entry ({why_en}): without one there is no picture; "
        "recording goes on",
        remedy="恢复数据库，或腾出数据目录所在磁盘的空间后重试",
        remedy_en="Restore the database, or free space where the data directory lies, then try again",
        article=matters.REGISTER,
    )
