#!/usr/bin/env python3
"""明鉴证据包独立核验程序。Stand-alone verifier of Mingjian evidence packages: one file, standard library, Python 3.8+.

    python3 verify.py package.zip --trust anchors.json

It trusts nothing of the program that wrote the package and therefore repeats chain, tree and signature checks on
purpose. The trust anchors (public keys) must come from outside the package. Exit codes:

    0 VERIFIED            核验通过
    1 NOT VERIFIED        核验不通过：says which file and which check
    2 VERIFIED WITH GAPS  核验通过，但录像有缺口：lists them
    3 CANNOT DECIDE       无法判定：no trust anchors, or nothing to judge
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:  # annotations only: Python 3.8 cannot evaluate these
    Point = tuple[int, int, int, int]
    Span = tuple[int, int]
    Done = subprocess.CompletedProcess[bytes]

VERIFIED, NOT_VERIFIED, WITH_GAPS, CANNOT_DECIDE = 0, 1, 2, 3
VERDICTS = {
    VERIFIED: ("核验通过", "VERIFIED"),
    NOT_VERIFIED: ("核验不通过", "NOT VERIFIED"),
    WITH_GAPS: ("核验通过，但录像有缺口", "VERIFIED WITH GAPS"),
    CANNOT_DECIDE: ("无法判定", "CANNOT DECIDE"),
}

MAX_MEMBERS = 1_000_000  # 4 s fragments of 16 cameras for 70 hours; beyond that a package is split
MAX_DIRECTORY = 256 << 20  # what a million directory entries take
MAX_JSON = 256 << 20  # manifest and proofs; the manifest lists every file
MAX_CHAIN = 256 << 20  # a year of one stream's entries would not fit one package
MAX_LINE = 64 << 10  # no chain entry is longer
MAX_NOTE = 64 << 10
MAX_ANCHORS = 1 << 20
MAX_FAILURES = 50  # more of them tell nothing new
MAX_KEYS = 16  # keys a package names, and lines of one key on a note: each costs a check of some milliseconds
LATEST = 1 << 63  # nanoseconds: the year 2262, as a chain entry is bounded where it is written
LAST_SECOND = LATEST // 10**9
CHUNK = 256 << 10  # stays in the processor's cache between its checksum and its hashes
TELL = 4 << 20  # bytes between two lines of --progress
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}\Z")
STREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}\Z")
HASH = re.compile(r"[0-9a-f]{64}\Z")
NO_HASH = "0" * 64
KINDS = {"FRAG", "GAP", "OPEN", "CLOSE", "CLOCK", "HOLD", "EXPIRE", "EXPUNGE"}
SIGNATURE_FILES = {"ed25519": "manifest.sig", "sm2-sm3": "manifest.sm2.sig"}
TIMESTAMP_FILE = "manifest.tsr"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STAMPED = re.compile(r"Time stamp: (\w{3}) +(\d+) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d{4}) GMT")
# whatever reading a value of the wrong kind or size may raise
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, struct.error)


class Failed(Exception):
    """One file did not pass one check."""

    def __init__(self, file: str, check: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.file, self.check, self.zh, self.en = file, check, zh, en


class Undecided(Exception):
    """Nothing can be said: the means to judge are missing."""

    def __init__(self, zh: str, en: str, code: str = "") -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


# --- the archive: one canonical form of stored ZIP, every byte accounted for ---

DOS_TIME, DOS_DATE = 0, 0x21  # 1980-01-01 00:00, for every member
ATTRIBUTES = 0o100644 << 16  # a plain file; links and folders cannot be said
FULL32, FULL16 = 0xFFFFFFFF, 0xFFFF


class Member:
    """One file of the package and where its bytes are."""

    def __init__(self, name: str, crc: int, size: int, offset: int) -> None:
        self.name, self.crc, self.size, self.offset = name, crc, size, offset

    def local_header(self) -> bytes:
        name = self.name.encode()
        fields = (0x04034B50, 20, 0, 0, DOS_TIME, DOS_DATE, self.crc, self.size, self.size, len(name), 0)
        return struct.pack("<IHHHHHIIIHH", *fields) + name

    def directory_entry(self) -> bytes:
        name = self.name.encode()
        far = self.offset >= FULL32
        extra = struct.pack("<HHQ", 1, 8, self.offset) if far else b""
        head = (0x02014B50, 3 << 8 | 45, 45 if far else 20, 0, 0, DOS_TIME, DOS_DATE, self.crc, self.size, self.size)
        tail = (len(name), len(extra), 0, 0, 0, ATTRIBUTES, FULL32 if far else self.offset)
        return struct.pack("<IHHHHHHIII", *head) + struct.pack("<HHHHHII", *tail) + name + extra


def directory_end(count: int, size: int, start: int) -> bytes:
    """The records after the directory, as the only form allowed."""
    far = count >= FULL16 or size >= FULL32 or start >= FULL32
    records = b""
    if far:
        records += struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, count, count, size, start)
        records += struct.pack("<IIQI", 0x07064B50, 0, start + size, 1)
    few, short, near = (FULL16, FULL32, FULL32) if far else (count, size, start)
    return records + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, short, near, 0)


class Archive:
    """Reads the archive strictly: what another extractor could read differently is refused."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.file, self.piece = file, memoryview(bytearray(CHUNK))
        self.length = file.seek(0, os.SEEK_END)
        self.members: dict[str, Member] = {}
        start, size, count = self._find_directory()
        directory = self._at(start, size)
        position, data_end, folded = 0, 0, set()
        for _ in range(count):
            member, position = self._parse_entry(directory, position)
            if not NAME.match(member.name) or member.name.lower() in folded:
                bad_archive("含非法或重复的文件名 " + ascii(member.name), "bad or duplicate name")
            folded.add(member.name.lower())
            if member.offset != data_end or self._at(data_end, 30 + len(member.name)) != member.local_header():
                raise Failed(member.name, "zip", "文件头与目录不一致", "local header differs from directory")
            data_end += 30 + len(member.name) + member.size
            self.members[member.name] = member
        rebuilt = b"".join(member.directory_entry() for member in self.members.values())
        if data_end != start or rebuilt != directory:
            bad_archive("目录不规范", "directory is not in canonical form")
        if self._at(start + size, self.length - start - size) != directory_end(count, size, start):
            bad_archive("结尾记录不规范", "end records are not in canonical form")

    def _find_directory(self) -> tuple[int, int, int]:
        if self.length < 22:
            bad_archive("不是证据包：文件太短", "not a package: too short")
        tail = self._at(self.length - 22, 22)
        signature, _, _, _, count, size, start, _ = struct.unpack("<IHHHHIIH", tail)
        end = self.length - 22
        if signature != 0x06054B50:
            bad_archive("不是证据包：结尾不是 ZIP 记录，或文件被截断、追加", "not a package: no ZIP end record")
        if count == FULL16 or FULL32 in (size, start):
            if self.length < 98:
                bad_archive("ZIP64 记录缺失", "ZIP64 record missing")
            end = self.length - 98
            count, size, start = struct.unpack("<QQQ", self._at(end + 32, 24))
        if count > MAX_MEMBERS or size > MAX_DIRECTORY or start + size != end:
            bad_archive("目录位置或大小不合理", "directory position or size is impossible")
        return start, size, count

    def _parse_entry(self, directory: bytes, at: int) -> tuple[Member, int]:
        if at + 46 > len(directory):
            bad_archive("目录不完整", "directory is truncated")
        crc, packed, size, names, extras, comments = struct.unpack_from("<IIIHHH", directory, at + 16)
        (offset,) = struct.unpack_from("<I", directory, at + 42)
        end = at + 46 + names + extras + comments
        if packed != size or end > len(directory):
            bad_archive("含压缩文件或目录不完整", "compressed member or truncated directory")
        if offset == FULL32 and extras == 12:
            (offset,) = struct.unpack_from("<Q", directory, at + 46 + names + 4)
        name = directory[at + 46 : at + 46 + names].decode("ascii", "replace")
        return Member(name, crc, size, offset), end

    def _at(self, offset: int, size: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(size)

    def chunks(self, name: str) -> Iterator[memoryview]:
        """The bytes of a member, a piece at a time: each is good until the next is asked for."""
        member = self.members[name]
        self.file.seek(member.offset + 30 + len(name))
        left = member.size
        while left:
            part = self.piece[: self.file.readinto(self.piece[: min(CHUNK, left)])]
            if not part:
                raise Failed(name, "zip", "文件不完整", "member is truncated")
            left -= len(part)
            yield part

    def read(self, name: str, limit: int) -> bytes:
        member = self.members.get(name)
        if member is None:
            raise Failed(name, "present", "证据包中缺少该文件", "missing from the package")
        if member.size > limit:
            raise Failed(name, "size", "文件超过上限", "larger than allowed")
        data = bytearray()
        for part in self.chunks(name):
            data += part
        return bytes(data)


def bad_archive(zh: str, en: str) -> NoReturn:
    raise Failed("package", "zip", zh, en)


def strict_json(data: bytes, file: str) -> Any:
    """Parse JSON, refusing duplicate keys and numbers that are not integers."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise ValueError("duplicate key")
        return found

    def refuse(text: str) -> NoReturn:
        raise ValueError("not an integer: " + text)

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Failed(file, "json", "不是规范的 JSON", "not well-formed JSON") from None


# --- Ed25519 verification, RFC 8032 §5.1.7 ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def decode_point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add_points(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add_points(result, point)
        point = add_points(point, point)
        scalar >>= 1
    return result


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    a, r, s = decode_point(public), decode_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    if times(8, a)[0] % P == 0:  # a key of small order signs anything
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add_points(r, times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- what only the machine's OpenSSL can judge: SM3, SM2, time stamps (RFC 3161) ---

SM2_HEADER = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def new_sm3() -> Any:
    """A hash object; None where this machine has no SM3."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return None


def openssl(files: dict[str, bytes], command: str, message: bytes = b"") -> Done | None:
    """One openssl command in a folder that holds `files`; None where there is no openssl, or it does not answer."""
    program = shutil.which("openssl")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        try:
            return subprocess.run(  # noqa: S603 - fixed commands, no shell
                [program, *command.split()], cwd=folder, input=message, capture_output=True, timeout=30, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None


def able(done: Done | None) -> bool:
    return done is not None and done.returncode == 0


def sm2_valid(public: bytes, message: bytes, signature: bytes) -> bool | None:
    """True or False; None where this machine's OpenSSL cannot judge SM2."""
    body = base64.encodebytes(SM2_HEADER + public)
    files = {"key": b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n", "signature": signature}
    if not able(openssl(files, "pkey -pubin -in key -noout")):
        return None
    options = "-sigopt distid:1234567812345678 -signature signature"
    return able(openssl(files, "dgst -sm3 -verify key " + options, message))


def stamped_at(data: bytes, token: bytes, certificates: str) -> int | bool | None:
    """POSIX seconds at which a trusted authority stamped `data`; False where none did; None where openssl cannot tell.

    Certificates count as they stood at that instant: packages outlive them.
    """
    if not able(openssl({}, "ts -help")):
        return None
    files = {"token": token, "trusted": certificates.encode()}
    shown = openssl(files, "ts -reply -in token -text")
    found = STAMPED.search(shown.stdout.decode("ascii", "replace")) if shown is not None else None
    if found is None or found[1] not in MONTHS:
        return False
    day, hour, minute, second, year = map(int, found.groups()[1:])
    seconds = calendar.timegm((year, MONTHS.index(found[1]) + 1, day, hour, minute, second))
    imprint = "ts -verify -in token -digest " + hashlib.sha256(data).hexdigest()
    trusted = f" -CAfile trusted -untrusted trusted -partial_chain -attime {seconds}"
    return able(openssl(files, imprint + trusted)) and seconds


# --- keys, signed notes, cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---

TYPES = {b"\x01": "ed25519", b"\x04": "cosignature/v1", b"\xffmingjian/sm2-sm3\n": "sm2-sm3"}
SIZES = {"ed25519": 32, "cosignature/v1": 32, "sm2-sm3": 65}


class Key:
    """A public key from a line `name+id+base64`."""

    def __init__(self, line: str) -> None:
        parts = line.strip().split("+", 2)
        if len(parts) != 3:
            raise ValueError(line)
        self.name = parts[0]
        typed = base64.b64decode(parts[2], validate=True)
        for prefix, algorithm in TYPES.items():
            if typed.startswith(prefix) and len(typed) - len(prefix) == SIZES[algorithm]:
                self.algorithm, self.public = algorithm, typed[len(prefix) :]
                break
        else:
            raise ValueError(line)
        self.id = hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]
        if self.id.hex() != parts[1]:
            raise ValueError(line)

    def valid(self, message: bytes, signature: bytes) -> bool | None:
        if self.algorithm == "sm2-sm3":
            return sm2_valid(self.public, message, signature)
        return ed25519_valid(self.public, message, signature)


class Note:
    """A signed checkpoint."""

    def __init__(self, data: bytes) -> None:
        try:
            text, blank, tail = data.decode("utf-8").rpartition("\n\n")
            self.text = text + "\n"
            lines = self.text.split("\n")
            if not blank or len(lines) < 4 or not all(lines[:-1]) or not tail.endswith("\n"):
                raise ValueError
            if not re.match(r"(0|[1-9][0-9]{0,18})\Z", lines[1]):
                raise ValueError
            self.origin, self.size = lines[0], int(lines[1])
            self.root = base64.b64decode(lines[2], validate=True)
            if len(self.root) != 32 or base64.b64encode(self.root).decode() != lines[2]:
                raise ValueError
            self.signatures: list[tuple[str, bytes, bytes]] = []
            for line in tail[:-1].split("\n"):
                dash, name, encoded = line.split(" ")
                raw = base64.b64decode(encoded, validate=True)
                if dash != "\u2014" or not name or len(raw) < 5 or base64.b64encode(raw).decode() != encoded:
                    raise ValueError
                self.signatures.append((name, raw[:4], raw[4:]))
        except ValueError:
            raise Failed("checkpoint.note", "format", "检查点格式有误", "malformed checkpoint") from None

    def lines_of(self, key: Key) -> list[bytes]:
        found = [value for name, key_id, value in self.signatures if (name, key_id) == (key.name, key.id)]
        if len(found) > MAX_KEYS:
            raise Failed("checkpoint.note", "signature", "同一密钥的签名行过多", "too many lines of one key")
        return found

    def cosigned_at(self, key: Key) -> int | None:
        """POSIX seconds of the key's cosignature; None without one. Failed where it does not verify."""
        for value in self.lines_of(key):
            seconds = int.from_bytes(value[:8], "big")
            message = f"cosignature/v1\ntime {seconds}\n{self.text}".encode()
            if seconds > LAST_SECOND or not ed25519_valid(key.public, message, value[8:]):
                raise Failed(
                    "checkpoint.note", "witness", "见证签名无效：" + key.name, "bad cosignature of " + key.name
                )
            return seconds
        return None


class Anchors:
    """The public keys that the person verifying trusts, from outside the package."""

    def __init__(self, value: Any) -> None:
        try:
            if value["format"] != "mingjian.anchors":
                raise ValueError
            self.origin = str(value["log"]["origin"])
            self.log = [Key(line) for line in value["log"]["keys"]]
            self.package = [Key(line) for line in value["package"]]
            self.witnesses = [Key(line) for line in value.get("witnesses", [])]
            self.quorum = int(value.get("quorum", 0))
            self.tsa = "\n".join(value.get("tsa", []))
            if not any(k.algorithm == "ed25519" for k in self.log) or not self.package:
                raise ValueError
        except UNREADABLE:
            raise Undecided("信任锚文件无法解读", "the trust anchors cannot be read") from None


def load_anchors(path: str) -> Anchors:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_ANCHORS + 1)
        if len(data) > MAX_ANCHORS:
            raise Undecided("信任锚文件过大", "the trust anchors file is too large")
        return Anchors(strict_json(data, path))
    except (OSError, Failed):
        raise Undecided("信任锚文件无法读取：" + path, "the trust anchors cannot be read: " + path) from None


# --- the tree, RFC 6962 and RFC 9162 §2.1.3.2 ---


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that `path` leads to from the leaf, or None where the path cannot belong to that place."""
    if not 0 <= index < size:
        return None
    position, last, current = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            current = hashlib.sha256(b"\x01" + sibling + current).digest()
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = hashlib.sha256(b"\x01" + current + sibling).digest()
        position, last = position >> 1, last >> 1
    return current if last == 0 else None


def path_of(value: Any) -> list[bytes]:
    if not isinstance(value, list) or len(value) > 64:
        raise ValueError
    path = [bytes.fromhex(item) for item in value]
    if any(len(item) != 32 for item in path):
        raise ValueError
    return path


# --- periods ---


def merged(spans: list[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif start < end:
            result.append((start, end))
    return result


def without(wanted: Span, spans: list[Span]) -> list[Span]:
    """The parts of `wanted` that no span covers."""
    result, at = [], wanted[0]
    for start, end in merged(spans):
        if end <= at:
            continue
        if start >= wanted[1]:
            break
        if start > at:
            result.append((at, start))
        at = max(at, end)
    if at < wanted[1]:
        result.append((at, wanted[1]))
    return result


def causes(absent: list[Span], explained: list[tuple[Span, str]]) -> list[tuple[int, int, str]]:
    """The parts of `absent` that some span explains; where several do, the earlier one."""
    pieces: list[tuple[int, int, str]] = []
    at = 0
    for (start, end), cause in sorted(explained):
        if max(start, at) < end:
            pieces.append((max(start, at), end, cause))
            at = end
    found: list[tuple[int, int, str]] = []
    first = 0
    for start, end in absent:
        while first < len(pieces) and pieces[first][1] <= start:
            first += 1
        at = first
        while at < len(pieces) and pieces[at][0] < end:
            found.append((max(pieces[at][0], start), min(pieces[at][1], end), pieces[at][2]))
            at += 1
    return found


def clock(ns: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns // 10**6 % 1000:03d}Z"


# --- the verification itself ---


class Verification:
    """Judges one package. `failures`, `gaps` and `remarks` fill as it goes; a failure does not hide the next."""

    def __init__(
        self, archive: Archive, anchors: Anchors | None, sm3: Callable[[], Any], tell: Callable[[int, int], object]
    ) -> None:
        self.archive, self.anchors, self.sm3, self.tell = archive, anchors, sm3, tell
        self.read = 0
        self.undecided: Undecided | None = None
        self.stamp: dict[str, Any] = {}
        self.failures: list[Failed] = []
        self.gaps: list[dict[str, Any]] = []
        self.remarks: list[tuple[str, str]] = []
        self.streams: list[dict[str, Any]] = []
        self.hashes: dict[str, str] = {}
        self.used: set[str] = {"manifest.json"}
        self.witnessed: dict[str, int] = {}

    def attempt(self, check: Callable[..., object], *arguments: Any) -> None:
        try:
            check(*arguments)
        except Failed as failed:
            self.fail(failed)
        except Undecided as reason:
            self.undecided = self.undecided or reason
        except UNREADABLE:
            name = str(arguments[0]) if arguments and isinstance(arguments[0], str) else check.__name__
            self.fail(Failed(name, "format", "内容不符合格式", "content does not follow the format"))

    def fail(self, failed: Failed) -> None:
        if len(self.failures) < MAX_FAILURES:
            self.failures.append(failed)

    def run(self) -> None:
        data = self.archive.read("manifest.json", MAX_JSON)
        self.manifest = strict_json(data, "manifest.json")
        if not isinstance(self.manifest, dict) or self.manifest.get("format") != "mingjian.package":
            raise Failed("manifest.json", "format", "不是证据包清单", "not a package manifest")
        if self.manifest.get("v") != 1:
            raise Undecided("证据包版本较新，请用更新的核验程序", "the package is of a newer version")
        self.attempt(self.signatures, data)
        self.attempt(self.timestamp, data)
        self.attempt(self.files)
        try:
            self.proofs = strict_json(self.archive.read("proofs.json", MAX_JSON), "proofs.json")
            self.note = Note(self.archive.read("checkpoint.note", MAX_NOTE))
        except Failed as failed:
            self.fail(failed)
            return
        self.attempt(self.checkpoint)
        self.attempt(self.register)
        seen = set()
        if not self.manifest["streams"]:
            raise Failed("manifest.json", "streams", "证据包中没有视频流", "the package holds no stream")
        for stream in self.manifest["streams"]:
            name = stream["stream"]
            if not STREAM.match(name) or name in seen:
                raise Failed("manifest.json", "streams", "视频流名称不合规", "bad stream name")
            seen.add(name)
            self.attempt(self.stream, f"chain/{name}.jsonl", stream)
        self.attempt(self.derived)
        for name in sorted(set(self.archive.members) - self.used):
            if name not in ("verify.py", "README.zh.txt", "proofs.json", "checkpoint.note"):
                self.attempt(self.unclaimed, name)

    def unclaimed(self, name: str) -> None:
        raise Failed(name, "chain", "该文件不在任何视频流的链中", "no stream's chain accounts for this file")

    def signatures(self, data: bytes) -> None:
        """The manifest's detached signatures: every one it names must be there; one trusted key at least."""
        named = self.manifest["signatures"]
        if not named or any(name not in SIGNATURE_FILES for name in named) or len(named) > len(set(named)):
            raise Failed("manifest.json", "signatures", "清单未说明签名", "manifest names no known signature")
        trusted = self.anchors.package if self.anchors else [Key(line) for line in self.manifest["keys"][:MAX_KEYS]]
        good = []
        for algorithm in named:
            file = SIGNATURE_FILES[algorithm]
            self.used.add(file)
            signature = self.archive.read(file, 4096)
            keys = [key for key in trusted if key.algorithm == algorithm]
            if not keys:
                note = f"信任锚中没有 {algorithm} 公钥", f"no {algorithm} key among the anchors"
                self.remarks.append(note)
                continue
            answers = [key.valid(data, signature) for key in keys]
            if True in answers:
                good.append(algorithm)
            elif None in answers:
                self.remarks.append(("本机 openssl 不支持 SM2，未核验 SM2 签名", "SM2 not checked: openssl lacks it"))
            else:
                raise Failed(file, "signature", "清单签名无效或不是受信任密钥所签", "bad signature or untrusted key")
        if not good:
            if any(key.algorithm in named for key in trusted):
                raise Undecided(
                    "仅有的受信任密钥是 SM2，而本机无法核验", "only SM2 is trusted and cannot be checked here"
                )
            raise Failed("manifest.json", "signature", "没有受信任密钥的签名", "not signed by a trusted key")

    def timestamp(self, data: bytes) -> None:
        """The authority's word on when the manifest existed, where the manifest says that there is one."""
        said, known = self.manifest["timestamp"], self.anchors is not None and self.anchors.tsa
        if said is None:
            if known:
                self.remarks.append(("没有时间戳", "no time stamp"))
        elif "problem" in said:
            self.stamp = {"problem": str(said["problem"])}
            zh, en = "没有时间戳：制作时未能取得", "no time stamp: none could be had when it was made"
            self.remarks.append((f"{zh}（{said['problem']}）", f"{en} ({said['problem']})"))
        else:
            self.used.add(TIMESTAMP_FILE)
            token = self.archive.read(TIMESTAMP_FILE, MAX_NOTE)
            answer = stamped_at(data, token, self.anchors.tsa) if self.anchors and known else None
            if answer is False:
                raise Failed(
                    TIMESTAMP_FILE, "timestamp", "时间戳无效或不是受信任机构所签", "bad or untrusted time stamp"
                )
            self.stamp = {"problem": "unchecked"} if answer is None else {"at": answer}
            if answer is None:
                why = (
                    ("本机 openssl 不支持", "openssl lacks it") if known else ("信任锚中没有该机构的证书", "no anchor")
                )
                self.remarks.append((f"未核对时间戳：{why[0]}", f"time stamp not checked: {why[1]}"))

    def files(self) -> None:
        """The manifest lists every file with its length and hashes, and no other file is there."""
        hashes = self.manifest["hashes"]
        if hashes not in (["sha256"], ["sha256", "sm3"]):
            raise Failed("manifest.json", "files", "清单使用未知的哈希算法", "manifest names unknown hashes")
        if "sm3" not in hashes:
            self.sm3 = lambda: None
            self.remarks.append(("未核对 SM3：证据包没有列出", "SM3 not checked: the package lists none"))
        elif self.sm3() is None:
            self.remarks.append(("未核对 SM3：本机不支持", "SM3 not checked: this machine lacks it"))
        listed: dict[str, dict[str, Any]] = {}
        for row in self.manifest["files"]:
            if row["name"] in listed:
                raise Failed("manifest.json", "files", "清单重复列出文件", "a file is listed twice")
            listed[row["name"]] = row
        outside = {"manifest.json"} | {SIGNATURE_FILES[name] for name in self.manifest["signatures"]}
        outside |= self.used & {TIMESTAMP_FILE}
        for name in sorted(set(self.archive.members) - set(listed) - outside):
            self.fail(Failed(name, "listed", "清单之外的文件", "not listed in the manifest"))
        for name, row in listed.items():
            self.attempt(self.one_file, name, row)
        for name in outside & set(self.archive.members):
            self.attempt(self.checksum, name)

    def checksum(self, name: str) -> tuple[str, str | None]:
        """SHA-256 and, where this machine can and the package lists it, SM3."""
        digest, national, crc = hashlib.sha256(), self.sm3(), 0
        for part in self.archive.chunks(name):
            digest.update(part)
            if national is not None:
                national.update(part)
            crc = zlib.crc32(part, crc)
            before, self.read = self.read, self.read + len(part)
            if before // TELL < self.read // TELL:
                self.tell(self.read, self.archive.length)
        if crc != self.archive.members[name].crc:
            raise Failed(name, "crc", "文件内容与校验和不符", "content differs from its checksum")
        return digest.hexdigest(), national and national.hexdigest()

    def one_file(self, name: str, row: dict[str, Any]) -> None:
        member = self.archive.members.get(name)
        if member is None:
            raise Failed(name, "present", "证据包中缺少该文件", "missing from the package")
        if member.size != row["bytes"]:
            raise Failed(name, "size", "长度与清单不符", "length differs from the manifest")
        found, national = self.checksum(name)
        if found != row["sha256"]:
            raise Failed(name, "sha256", "内容与清单不符", "content differs from the manifest")
        if "sm3" in self.manifest["hashes"] and national not in (None, row["sm3"]):
            raise Failed(name, "sm3", "SM3 与清单不符", "SM3 differs from the manifest")
        self.hashes[name] = found

    def checkpoint(self) -> None:
        """The ledger's head: signed by the trusted log, and by as many trusted witnesses as the anchors ask."""
        if self.anchors is None:
            return
        if self.note.origin != self.anchors.origin:
            raise Failed("checkpoint.note", "origin", "不是受信任的账本", "not the trusted ledger")
        good = False
        for key in self.anchors.log:
            for value in self.note.lines_of(key):
                answer = key.valid(self.note.text.encode(), value)
                if answer is False:
                    raise Failed("checkpoint.note", "signature", "账本签名无效", "bad signature of the ledger")
                good = good or bool(answer and key.algorithm == "ed25519")
        if not good:
            raise Failed("checkpoint.note", "signature", "没有受信任账本的签名", "not signed by the trusted ledger")
        for key in self.anchors.witnesses:
            seconds = self.note.cosigned_at(key)
            if seconds is not None:
                self.witnessed[key.name] = seconds
        if len(self.witnessed) < self.anchors.quorum:
            have, need = len(self.witnessed), self.anchors.quorum
            zh, en = "无法排除账本被分叉", "a forked ledger cannot be ruled out"
            raise Undecided(f"见证签名 {have} 个，应有 {need} 个：{zh}", f"{have} of {need} witnesses: {en}", "witness")

    def included(self, leaf: bytes, index: int, path: list[bytes], what: str) -> dict[str, Any]:
        if root_by_path(leaf, index, self.note.size, path) != self.note.root:
            raise Failed("proofs.json", what, "账本记录不在检查点之下", "ledger entry is not under the checkpoint")
        entry = strict_json(leaf, "proofs.json")
        if not isinstance(entry, dict):
            raise ValueError
        return entry

    def register(self) -> None:
        """The copy was registered before the package: its entry is in the ledger and covers what is handed over."""
        proof = self.proofs["register"]
        entry = self.included(proof["leaf"].encode(), proof["index"], path_of(proof["path"]), "register")
        if proof["index"] != self.manifest["register"]:
            raise Failed("proofs.json", "register", "登记号与清单不符", "register number differs from the manifest")
        if entry["subject"] != self.manifest["request"]["id"]:
            raise Failed("proofs.json", "register", "登记的是另一份申请", "the entry is of another request")
        facts, cameras = entry["facts"], set()
        for stream in self.manifest["streams"]:
            cameras.add(stream["stream"][:-4] if stream["stream"].endswith(".sub") else stream["stream"])
            if (stream["t0"] // 10**6, stream["t1"] // 10**6) != (facts["start_ms"], facts["end_ms"]):
                raise Failed("proofs.json", "register", "时段与登记不符", "the period differs from what was registered")
        if cameras != set(facts["cameras"]):
            raise Failed("proofs.json", "register", "摄像机与登记不符", "the cameras differ from what was registered")

    # one stream

    def stream(self, file: str, about: dict[str, Any]) -> None:
        self.used.add(file)
        name, wanted = about["stream"], (about["t0"], about["t1"])
        lines = self.archive.read(file, MAX_CHAIN).split(b"\n")
        if lines.pop() != b"" or not lines:
            raise Failed(file, "format", "链文件不完整", "chain file is incomplete")
        if any(type(moment) is not int for moment in wanted) or not 0 <= wanted[0] < wanted[1] <= LATEST:
            raise Failed("manifest.json", "streams", "视频流的时段不合规", "a stream's period is impossible")
        entries = self.chain(file, name, lines)
        self.head(file, name, entries[-1], lines[-1])
        missing = {(row["epoch"], row["seq"]): str(row["cause"]) for row in about.get("missing", [])}
        recorded: list[Span] = []
        explained: list[tuple[Span, str]] = []
        marks = 0
        for entry in entries:
            span = (entry["t0"], entry["t1"])
            if entry["kind"] == "GAP":
                explained.append((span, str(entry.get("cause", "unknown"))))
            elif entry["kind"] == "FRAG":
                cause = missing.pop((entry["epoch"], entry["seq"]), None)
                if self.fragment(name, entry, span, wanted, cause):
                    recorded.append(span)
                    marks += bool(entry.get("lost") or entry.get("damaged"))
                elif cause is not None:
                    explained.append((span, cause))
        first = entries[0]
        if first["kind"] == "OPEN" and first["prev"] == NO_HASH and first["seq"] == 0:
            explained.append(((wanted[0], max(wanted[0], first["t0"])), "before-first-recording"))
        if missing:
            raise Failed(
                "manifest.json", "missing", "清单所列缺失片段不在链中", "a missing fragment is not in the chain"
            )
        if marks:
            self.remarks.append((f"{name}：{marks} 个片段有丢包标记", f"{name}: {marks} fragments with loss"))
        self.coverage(file, about, recorded, explained)

    def chain(self, file: str, name: str, lines: list[bytes]) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        previous = b""
        for number, line in enumerate(lines, 1):
            place = f"第 {number} 行", f"line {number}"
            if len(line) > MAX_LINE:
                raise Failed(file, "format", place[0] + "过长", place[1] + " too long")
            entry = strict_json(line, file)
            whole = [entry[field] for field in ("epoch", "seq", "t0", "t1")]
            if entry["v"] != 1 or entry["stream"] != name or entry["kind"] not in KINDS:
                raise Failed(file, "format", place[0] + "不属于该视频流", place[1] + " is not of this stream")
            if any(type(item) is not int or not 0 <= item < LATEST for item in whole) or entry["t1"] < entry["t0"]:
                raise Failed(file, "format", place[0] + "数值不合规", place[1] + " has bad numbers")
            if entries:
                last = entries[-1]
                if entry["prev"] != hashlib.sha256(previous).hexdigest():
                    raise Failed(
                        file, "chain", place[0] + "与上一条不相连", place[1] + " does not link to the one before"
                    )
                follows = entry["epoch"] == last["epoch"] and entry["seq"] == last["seq"] + 1
                begins = entry["epoch"] > last["epoch"] and entry["seq"] == 0 and entry["kind"] == "OPEN"
                if not follows and not begins:
                    raise Failed(file, "sequence", place[0] + "序号不连续", place[1] + " breaks the sequence")
            entries.append(entry)
            previous = line
        return entries

    def head(self, file: str, name: str, entry: dict[str, Any], line: bytes) -> None:
        """The chain's last entry is a head that the ledger committed: a cut or exchanged tail shows here."""
        proof = self.proofs["heads"][name]
        head = strict_json(proof["head"].encode(), "proofs.json")
        if head["stream"] != name:
            raise Failed("proofs.json", "head", "链头属于另一路视频", "head is of another stream")
        if (head["epoch"], head["seq"], head["head"]) != (
            entry["epoch"],
            entry["seq"],
            hashlib.sha256(line).hexdigest(),
        ):
            raise Failed(file, "head", "链尾不是账本登记的链头：尾部被截去或改动", "tail is not the head in the ledger")
        batch = proof["batch"]
        root = root_by_path(proof["head"].encode(), batch["index"], batch["size"], path_of(batch["path"]))
        leaf = self.included(proof["leaf"].encode(), proof["index"], path_of(proof["path"]), "head")
        if leaf["kind"] != "recorder.heads" or root is None or leaf["facts"]["root"] != root.hex():
            raise Failed("proofs.json", "batch", "链头不在账本登记的批次中", "head is not in the batch of the ledger")
        if leaf["facts"]["count"] != batch["size"]:
            raise Failed("proofs.json", "batch", "批次大小不符", "size of the batch differs")

    def fragment(self, name: str, entry: dict[str, Any], span: Span, wanted: Span, cause: str | None) -> bool:
        """Whether the fragment's original bytes are in the package; it must be where it overlaps what was asked."""
        epoch, seq, init_sha = entry["epoch"], entry["seq"], entry["init_sha"]
        media = f"media/{name}/{epoch:06d}-{seq:09d}.m4s"
        init = f"media/{name}/init-{init_sha[:12]}.mp4"
        if media not in self.archive.members:
            if span[0] < wanted[1] and wanted[0] < span[1] and cause is None:
                self.fail(Failed(media, "present", "链中的片段不在证据包中", "a fragment of the chain is missing"))
            return False
        self.used.update((media, init))
        for file, expected in ((media, entry["sha256"]), (init, init_sha)):
            if not HASH.match(expected) or self.hashes.get(file) != expected:
                self.fail(Failed(file, "original", "与录制时链中的哈希不符", "differs from what was recorded"))
                return False
        if self.archive.members[media].size != entry["bytes"]:
            self.fail(Failed(media, "original", "长度与链不符", "length differs from the chain"))
            return False
        return True

    def coverage(
        self, file: str, about: dict[str, Any], recorded: list[Span], explained: list[tuple[Span, str]]
    ) -> None:
        wanted = (about["t0"], about["t1"])
        holes = without(wanted, recorded + [span for span, _ in explained])
        if holes:
            where = clock(holes[0][0]) + " … " + clock(holes[0][1])
            raise Failed(file, "coverage", "有未说明原因的空缺 " + where, "unexplained hole " + where)
        absent = without(wanted, recorded)
        for low, high, cause in causes(absent, explained):
            self.add_gap(about["stream"], low, high, cause)
        self.streams.append(
            {
                "stream": about["stream"],
                "asked_ns": wanted[1] - wanted[0],
                "missing_ns": sum(end - start for start, end in absent),
            }
        )

    def add_gap(self, stream: str, start: int, end: int, cause: str) -> None:
        last = self.gaps[-1] if self.gaps else None
        if last and (last["stream"], last["cause"], last["t1"]) == (stream, cause, start):
            last["t1"] = end
        else:
            self.gaps.append({"stream": stream, "t0": start, "t1": end, "cause": cause})

    def derived(self) -> None:
        """A playable copy is transcoded and marked, so it proves nothing; it names the originals it was made of."""
        rows = self.manifest["derived"]
        for row in rows:
            self.attempt(self.one_derived, row["name"], row)
        if rows:
            zh, en = (
                "个可播放副本经转码并加水印，不是证据原件",
                "playable copies are transcoded and marked: no evidence",
            )
            self.remarks.append((f"{len(rows)} {zh}", f"{len(rows)} {en}"))
        for row in self.manifest["derived_failed"]:
            name, problem = row["name"], row["problem"]
            self.remarks.append((f"未能制作可播放副本 {name}（{problem}）", f"no playable copy {name} ({problem})"))

    def one_derived(self, name: str, row: dict[str, Any]) -> None:
        self.used.add(name)
        if not name.startswith("derived/") or not row["mark"]:
            raise Failed(name, "derived", "衍生文件位置不符或没有水印", "derived file is elsewhere or bears no mark")
        for source in row["from"]:
            if not source.startswith("media/") or source not in self.used:
                raise Failed(name, "derived", "不是由链中的原始片段制成", "not made of originals in the chain")


def verify(
    path: str,
    trust: str | None,
    sm3: Callable[[], Any] = new_sm3,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, Any]:
    """Judge the package at `path`; `trust` is the path of the anchors, or None. Never raises for bad content.

    `tell` hears how many bytes of how many are checked.
    """
    report: dict[str, Any] = {"outcome": CANNOT_DECIDE, "failures": [], "gaps": [], "remarks": [], "streams": []}
    run: Verification | None = None
    undecided: Undecided | None = None
    failures: list[Failed] = []
    try:
        anchors = load_anchors(trust) if trust else None
        with open(path, "rb") as file:
            try:
                run = Verification(Archive(file), anchors, sm3, tell)
                run.run()
            except UNREADABLE:
                failures.append(Failed("manifest.json", "format", "内容不符合格式", "does not follow the format"))
            except Failed as failed:
                failures.append(failed)
    except Undecided as reason:
        undecided = reason
    except OSError as error:
        undecided = Undecided(f"无法读取证据包：{error}", f"the package cannot be read: {error}")
    if run is not None:
        failures = run.failures + failures
        undecided = undecided or run.undecided
        report.update(gaps=run.gaps, streams=run.streams, witnesses=run.witnessed, timestamp=run.stamp)
        report["remarks"] = [{"zh": zh, "en": en} for zh, en in run.remarks]
        if undecided is None and run.anchors is None:
            undecided = Undecided(
                "未提供信任锚（--trust），只核对了内部一致性",
                "no trust anchors given (--trust): only consistency was checked",
            )
    report["failures"] = [{"file": f.file, "check": f.check, "zh": f.zh, "en": f.en} for f in failures]
    if failures:
        report["outcome"] = NOT_VERIFIED
    elif undecided is not None:
        report["reason"] = {"zh": undecided.zh, "en": undecided.en, "code": undecided.code}
    elif run is not None:
        report["outcome"] = WITH_GAPS if run.gaps else VERIFIED
    report["verdict"] = VERDICTS[report["outcome"]][1]
    return report


def say(text: str) -> None:
    """Print one line; what a hostile package put into it cannot steer the terminal."""
    print("".join(c if c.isprintable() else "?" for c in text))


def show(report: dict[str, Any]) -> None:
    """Print the report for people; the last line is the verdict."""
    for stream in report["streams"]:
        asked, missing = stream["asked_ns"] / 1e9, stream["missing_ns"] / 1e9
        say(f"{stream['stream']}：应有 asked {asked:.3f} s，缺 missing {missing:.3f} s")
    for name, seconds in report.get("witnesses", {}).items():
        say(f"见证 witness {name}：{clock(seconds * 1_000_000_000)}")
    if "at" in report.get("timestamp", {}):
        say(f"时间戳 time stamp：{clock(report['timestamp']['at'] * 1_000_000_000)}")
    for gap in report["gaps"]:
        say(f"缺口 gap {gap['stream']} {clock(gap['t0'])} … {clock(gap['t1'])}：{gap['cause']}")
    for remark in report["remarks"]:
        say(f"说明 note：{remark['zh']} / {remark['en']}")
    for failed in report["failures"]:
        say(f"不符 failed {failed['file']} [{failed['check']}]：{failed['zh']} / {failed['en']}")
    if "reason" in report:
        say(f"{report['reason']['zh']} / {report['reason']['en']}")
    detail = f" ({len(report['gaps'])})" if report["gaps"] else ""
    if report["failures"]:
        first = report["failures"][0]
        detail = f" ({first['file']}, {first['check']})"
    say(" ".join(VERDICTS[report["outcome"]]) + detail)


def main(opening: Any = None) -> int:
    """`opening` opens sealed packages; it is joined to this file where it is handed out."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = argparse.ArgumentParser(description="核验明鉴证据包 / verify a Mingjian evidence package")
    parser.add_argument("package", help="证据包 package.zip")
    parser.add_argument(
        "--trust", metavar="ANCHORS", help="信任锚文件，须从证据包以外取得 / trust anchors from outside"
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 / print the report as JSON")
    parser.add_argument("--progress", action="store_true", help="逐行报告进度 / lines `progress BYTES OF` on stderr")
    if opening is not None:
        opening.options(parser)
    given = parser.parse_args()

    def tell(done: int, total: int) -> None:
        print("progress", done, total, file=sys.stderr, flush=True)

    def judge(package: str) -> dict[str, Any]:
        return verify(package, given.trust, tell=tell if given.progress else lambda done, total: None)

    report = judge(given.package) if opening is None else opening.judge(given, judge)
    if given.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        show(report)
    return int(report["outcome"])


if __name__ == "__main__":
    sys.exit(main())
