"""The one form of ZIP that a package may have: stored members in order, fixed dates and rights, nothing between.

Written so that an interrupted build goes on: finished members are journalled, and believed only after reading them
again. The verifier repeats this form on its own and accounts for every byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from mingjian.kernel.errors import LocalError

MAX_MEMBER_BYTES = 0xFFFF_FFFE
"""Members stay below the 32-bit limit, so that only the directory ever needs ZIP64."""
CHUNK_BYTES = 1 << 20
SYNC_EVERY_BYTES = 64 << 20
"""Made durable as the build goes: else a package of gigabytes stands still at its end while the disk catches up."""
_DATE = 0x21  # 1980-01-01: a build date would say nothing that the manifest does not say better
_ATTRIBUTES = 0o100644 << 16
_FULL32, _FULL16 = 0xFFFF_FFFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class Stored:
    """A finished member."""

    name: str
    size: int
    crc: int
    sha256: str
    offset: int
    sm3: str = ""
    """Empty where the machine that wrote it has no SM3."""

    @property
    def start(self) -> int:
        """Where its bytes begin in the archive."""
        return self.offset + 30 + len(self.name)

    @property
    def end(self) -> int:
        return self.start + self.size

    def local_header(self) -> bytes:
        name = self.name.encode("ascii")
        fields = (0x04034B50, 20, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0)
        return struct.pack("<IHHHHHIIIHH", *fields) + name

    def directory_entry(self) -> bytes:
        name = self.name.encode("ascii")
        far = self.offset >= _FULL32
        extra = struct.pack("<HHQ", 1, 8, self.offset) if far else b""
        made_by, needs = 3 << 8 | 45, 45 if far else 20
        head = struct.pack("<IHHHHHHIII", 0x02014B50, made_by, needs, 0, 0, 0, _DATE, self.crc, self.size, self.size)
        near = _FULL32 if far else self.offset
        return head + struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, _ATTRIBUTES, near) + name + extra


def directory(members: Iterable[Stored], start: int) -> bytes:
    """Everything after the last member."""
    entries = [member.directory_entry() for member in members]
    body, count = b"".join(entries), len(entries)
    far = count >= _FULL16 or len(body) >= _FULL32 or start >= _FULL32
    records = b""
    if far:
        records = struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, count, count, len(body), start
        ) + struct.pack("<IIQI", 0x07064B50, 0, start + len(body), 1)
    few, size, near = (_FULL16, _FULL32, _FULL32) if far else (count, len(body), start)
    return body + records + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, size, near, 0)


def sm3_available() -> bool:
    """Whether this machine's OpenSSL computes SM3 (GB/T 32905): Debian's does, some builds leave it out."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


class PackageWriter:
    """Builds `archive` in the folder of an unfinished build."""

    def __init__(
        self,
        folder: Path,
        plan: str,
        *,
        sm3: bool,
        kept: tuple[str, ...] = ("media/", "derived/"),
        did: Callable[[int], None] = lambda size: None,
    ) -> None:
        """Begin, or go on with what an earlier build of the same `plan` finished and what still reads right.

        Only members whose names begin with one of `kept` are taken over: the rest speaks of the moment of the build.
        `sm3`: hash each member with SM3 as well. `did` is told how many bytes were just written or read again.
        """
        self._sm3, self._did = sm3, did
        self._unsynced = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "package.zip"
        self._journal_path = folder / "members.jsonl"
        self.members: dict[str, Stored] = {}
        known = self._resumable(plan)
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
        self._end = 0
        for member in known:
            if not member.name.startswith(kept) or not self._intact(member):
                break
            self.members[member.name] = member
            self._end = member.end
        self._file.truncate(self._end)
        self._journal_path.write_text(
            json.dumps({"plan": plan}) + "\n" + "".join(json.dumps(asdict(m)) + "\n" for m in self.members.values())
        )
        self._journal = self._journal_path.open("a")

    def add(self, name: str, parts: Iterable[bytes]) -> Stored:
        """Append a member; one of that name from an earlier build is kept and `parts` is not asked for."""
        if (known := self.members.get(name)) is not None:
            return known
        start = self._end + 30 + len(name)
        size, crc, digest = 0, 0, sha256()
        national = hashlib.new("sm3") if self._sm3 else None
        for part in parts:
            self._file.seek(start + size)  # `parts` may read other members of this file
            self._file.write(part)
            size, crc = size + len(part), crc32(part, crc)
            digest.update(part)
            if national is not None:
                national.update(part)
            if size > MAX_MEMBER_BYTES:
                raise LocalError(
                    "package.member-too-large",
                    f"{name} 超过 4 GiB",
                    text_en=f"{name} is larger than 4 GiB",
                    remedy="缩短时段，分次导出",
                    remedy_en="Export shorter periods, one after another",
                )
            self._written(len(part))
        sm3 = national.hexdigest() if national is not None else ""
        member = Stored(name, size, crc, digest.hexdigest(), self._end, sm3)
        self._file.seek(self._end)
        self._file.write(member.local_header())
        self._file.flush()
        self._journal.write(json.dumps(asdict(member)) + "\n")
        self._journal.flush()
        self.members[name] = member
        self._end = member.end
        return member

    def read(self, name: str) -> Iterable[bytes]:
        """The bytes of a finished member."""
        member = self.members[name]
        at, left = member.start, member.size
        while left:
            self._file.seek(at)
            part = self._file.read(min(CHUNK_BYTES, left))
            if not part:
                raise LocalError(
                    "package.short",
                    f"未完成的证据包在 {name} 处变短",
                    text_en=f"The unfinished evidence package ends too early at {name}",
                    remedy="重新导出",
                    remedy_en="Export again",
                )
            yield part
            at, left = at + len(part), left - len(part)

    def flush(self) -> None:
        """Let other processes read what was added so far."""
        self._file.flush()

    def finish(self) -> Path:
        """Write the directory and make the archive durable; its path."""
        self._file.seek(self._end)
        self._file.write(directory(self.members.values(), self._end))
        self._file.truncate()
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        return self.path

    def close(self) -> None:
        self._file.close()
        self._journal.close()

    def _written(self, size: int) -> None:
        self._did(size)
        self._unsynced += size
        if self._unsynced >= SYNC_EVERY_BYTES:
            self._unsynced = 0
            self._file.flush()
            os.fdatasync(self._file.fileno())

    def _resumable(self, plan: str) -> list[Stored]:
        """What the journal says was finished; nothing of another plan, nothing after a torn line."""
        members: list[Stored] = []
        try:
            lines = self._journal_path.read_text().split("\n")
            if json.loads(lines[0]) != {"plan": plan}:
                return []
            for line in lines[1:-1]:
                member = Stored(**json.loads(line))
                member.local_header()  # raises for what no writer of ours put down
                if not isinstance(member.offset, int):
                    break
                members.append(member)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, struct.error):
            return members
        return members

    def _intact(self, member: Stored) -> bool:
        if member.offset != self._end or bool(member.sm3) != self._sm3:
            return False
        self._file.seek(member.offset)
        header = member.local_header()
        if self._file.read(len(header)) != header:
            return False
        digests = [sha256(), *([hashlib.new("sm3")] if self._sm3 else [])]
        left = member.size
        while left and (part := self._file.read(min(CHUNK_BYTES, left))):
            for digest in digests:
                digest.update(part)
            left -= len(part)
            self._did(len(part))
        known = [member.sha256, *([member.sm3] if self._sm3 else [])]
        return left == 0 and [digest.hexdigest() for digest in digests] == known
