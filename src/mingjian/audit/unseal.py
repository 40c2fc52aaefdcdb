"""Opens a sealed package with its two shares: joined to `verify.py` in the file that is handed out.

It repeats the format of `audit.seal` on purpose and uses the standard library and `openssl enc` alone. Python 3.8+.
No byte reaches the cipher before the tag over it was checked; what was opened is removed again when anything differs.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

SEALED_MAGIC = b"MJSEAL1\n"
SEALED_HEADER = 120
SEALED_CHUNK = 1 << 20
SEALED_TAG = 32
SEALED_LABEL = b"mingjian sealed 1 "
SHARE_WORDS = re.compile(r"\b([AB])((?:-?[A-Z2-7]{4}){14})\b")
SHARE_FILE = 1 << 16  # a page of text with the share in it


class Unopened(Exception):
    """The package could not be opened: it is `damaged`, or something to open it with is missing."""

    def __init__(self, damaged: bool, zh: str, en: str) -> None:
        super().__init__(en)
        self.damaged, self.zh, self.en = damaged, zh, en

    def report(self) -> dict[str, Any]:
        """As `verify` reports."""
        report: dict[str, Any] = {"failures": [], "gaps": [], "remarks": [], "streams": []}
        if self.damaged:
            failure = {"file": "package", "check": "seal", "zh": self.zh, "en": self.en}
            return dict(report, outcome=1, verdict="NOT VERIFIED", failures=[failure])
        reason = {"zh": self.zh, "en": self.en, "code": "seal"}
        return dict(report, outcome=3, verdict="CANNOT DECIDE", reason=reason)


def read_share(given: str) -> tuple[str, bytes]:
    """Letter and bytes of a share: its words, or the path of a file that has them. Raises Unopened."""
    words = given
    if os.path.isfile(given):
        with open(given, encoding="utf-8", errors="replace") as file:
            words = file.read(SHARE_FILE)
    found = SHARE_WORDS.search(re.sub(r"[ \t]", "", words).upper())
    if found is None:
        raise Unopened(
            False,
            "密钥份额写法不对：以 A 或 B 开头，后接 14 组四个字母或数字",
            "a share is A or B and 14 groups of four letters or digits",
        )
    letter, text = found[1], base64.b32decode(found[2].replace("-", ""))
    share, check = text[:32], text[32:]
    if hashlib.sha256(letter.encode() + share).digest()[:3] != check:
        raise Unopened(False, f"密钥份额 {letter} 有抄写错误", f"share {letter} was copied wrongly")
    return letter, share


class Sealed:
    """A sealed package and the key that its two shares make. Raises Unopened."""

    def __init__(self, file: BinaryIO, shares: Iterable[str]) -> None:
        self.file = file
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        header = file.read(SEALED_HEADER)
        if len(header) < SEALED_HEADER or header[:8] != SEALED_MAGIC:
            raise Unopened(True, "不是第 1 版封装包，或者文件被截断", "not a sealed package of format 1, or truncated")
        (self.length,), self.salt, self.header_tag = struct.unpack(">Q", header[8:16]), header[16:24], header[88:]
        self.chunks = -(-self.length // SEALED_CHUNK)
        key = self._key({"A": header[24:56], "B": header[56:88]}, list(shares))
        self.word = hmac.digest(key, SEALED_LABEL + b"cipher", "sha256").hex()
        self.tag_key = hmac.digest(key, SEALED_LABEL + b"tag", "sha256")
        if not hmac.compare_digest(hmac.digest(self.tag_key, header[:88], "sha256"), self.header_tag):
            raise Unopened(True, "封装包头部被改动", "the header of the sealed package was changed")
        expected = SEALED_HEADER + self.length + self.chunks * SEALED_TAG
        if self.length == 0 or size != expected:
            raise Unopened(
                True,
                f"封装包长度不符：应有 {expected} 字节，实有 {size} 字节，被截断或追加",
                f"{expected} bytes expected, {size} found: truncated or appended to",
            )

    def _key(self, commitments: dict[str, bytes], given: list[str]) -> bytes:
        found: dict[str, bytes] = {}
        for letter, share in map(read_share, given):
            if letter in found:
                raise Unopened(
                    False,
                    f"两次给了份额 {letter}：须由两名执法人员各给一份",
                    f"share {letter} was given twice: each officer has one of his own",
                )
            if hashlib.sha256(SEALED_LABEL + b"share " + letter.encode() + share).digest() != commitments[letter]:
                raise Unopened(
                    False,
                    f"份额 {letter} 不是这一次封装的（或者封装包头部被改动）",
                    f"share {letter} is not of this sealing (or the header was changed)",
                )
            found[letter] = share
        if len(found) != 2:
            zh = "封装的证据包须用两份密钥份额打开：--share A-… --share B-…"
            raise Unopened(False, zh, "a sealed package opens with both shares: --share A-… --share B-…")
        return bytes(found["A"][at] ^ found["B"][at] for at in range(32))

    def encrypted(self) -> Iterable[bytes]:
        """Its chunks in order, each after its tag was checked."""
        self.file.seek(SEALED_HEADER)
        for index in range(self.chunks):
            size = min(SEALED_CHUNK, self.length - index * SEALED_CHUNK)
            chunk, tag = self.file.read(size), self.file.read(SEALED_TAG)
            place = struct.pack(">QB", index, index == self.chunks - 1)
            wanted = hmac.digest(self.tag_key, self.header_tag + place + chunk, "sha256")
            if not hmac.compare_digest(wanted, tag):
                at = SEALED_HEADER + index * (SEALED_CHUNK + SEALED_TAG)
                raise Unopened(
                    True,
                    f"封装包第 {index + 1} 块（从第 {at} 字节起）被改动",
                    f"chunk {index + 1} of the sealed package (from byte {at}) was changed",
                )
            yield chunk

    def open_to(self, path: str) -> None:
        """Write the package to `path`, a new file for the owner alone; nothing stays of it where it cannot be whole."""
        program = shutil.which("openssl")
        if program is None:
            raise Unopened(
                False,
                "本机没有 openssl，无法打开封装包；请安装后重试，或者用网页打开",
                "this computer has no openssl to open it with: install it, or use the page",
            )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out, tempfile.TemporaryDirectory() as folder:
                word = os.path.join(folder, "word")  # never an argument: those are seen by everybody on the machine
                with open(os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(self.word + "\n")
                how = ("enc", "-d", "-aes-256-ctr", "-pbkdf2", "-iter", "1", "-md", "sha256", "-pass", "file:" + word)
                child = subprocess.Popen(  # noqa: S603 - openssl with words of our own
                    (program, *how), stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL
                )
                assert child.stdin is not None
                try:
                    child.stdin.write(b"Salted__" + self.salt)
                    for chunk in self.encrypted():
                        child.stdin.write(chunk)
                finally:
                    with contextlib.suppress(OSError):
                        child.stdin.close()
                    status = child.wait()
            if status != 0 or os.path.getsize(path) != self.length:
                raise Unopened(False, "openssl 没有打开封装包", "openssl did not open the sealed package")
        except BaseException:
            os.unlink(path)
            raise


class Opening:
    """What `verify.py` offers beside verifying, where this part was joined to it."""

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--share",
            action="append",
            default=[],
            metavar="SHARE",
            help="密钥份额或者存有份额的文件，给两次 / a share or a file with it, twice",
        )
        parser.add_argument("--out", metavar="FILE", help="打开后的证据包存到此处 / keep the opened package here")

    def judge(self, given: argparse.Namespace, verify: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """Open the package where it is sealed, then let `verify` judge it."""
        try:
            with open(given.package, "rb") as file:
                if file.read(len(SEALED_MAGIC)) != SEALED_MAGIC and not given.share:
                    return verify(given.package)
                with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
                    path = given.out or os.path.join(folder, "package.zip")
                    Sealed(file, given.share).open_to(path)
                    return verify(path)
        except Unopened as unopened:
            return unopened.report()
        except OSError as error:
            return Unopened(False, f"无法打开封装包：{error}", f"the package cannot be opened: {error}").report()


if __name__ == "__main__":
    sys.exit("unseal.py is a part of verify.py")
