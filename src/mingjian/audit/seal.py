"""The sealed package, format 1, as it is written: a key in two shares, a header, chunks with tags. No I/O.

AES-256-CTR and HMAC-SHA-256, encrypt-then-MAC in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015):
every tag is over header, place, whether it is the last, and the bytes. Why so: docs/design/0013-sealed-packages.md;
every size: docs/ref/sealed-package.md. `audit.unseal` opens it and repeats this on purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

MAGIC = b"MJSEAL1\n"
KEY_BYTES = 32
SALT_BYTES = 8
"""As `openssl enc` takes it. The key serves one package, so the salt only keeps to that program's form."""
CHUNK_BYTES = 1 << 20
"""What is held in memory, and what a tag costs of it: 32 bytes in a million."""
TAG_BYTES = 32
HEADER_BYTES = 120
CHECK_BYTES = 3
"""One wrong letter of a share in seventeen million passes for another share, and that one then fits no commitment."""
LETTERS = ("A", "B")
RANDOM_BYTES = 2 * KEY_BYTES + SALT_BYTES
_LABEL = b"mingjian sealed 1 "
_PBKDF2_ROUNDS = 1
"""The word is a key of 256 bits itself: stretching it would add nothing. `openssl enc` offers no plainer derivation."""


@dataclass(frozen=True, slots=True, repr=False)
class Shares:
    """The two halves of a key. Either alone is a uniformly random text: it says nothing of the key."""

    a: bytes
    b: bytes

    @property
    def key(self) -> bytes:
        return bytes(one ^ other for one, other in zip(self.a, self.b, strict=True))

    def words(self) -> tuple[str, str]:
        """As they are given to the two officers."""
        return share_words("A", self.a), share_words("B", self.b)

    def commitments(self) -> tuple[bytes, bytes]:
        """What may be told of them: whether a share is the one that was meant."""
        return commitment("A", self.a), commitment("B", self.b)


def split(random: bytes) -> tuple[Shares, bytes]:
    """A fresh key in two shares, and the salt, from `RANDOM_BYTES` random bytes."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed")
    key, a, salt = random[:KEY_BYTES], random[KEY_BYTES : 2 * KEY_BYTES], random[2 * KEY_BYTES :]
    return Shares(a, bytes(one ^ other for one, other in zip(key, a, strict=True))), salt


def share_words(letter: str, share: bytes) -> str:
    """`A-XXXX-XXXX-…`: its letter, then the share and its check in base 32 by groups of four."""
    check = hashlib.sha256(letter.encode() + share).digest()[:CHECK_BYTES]
    text = base64.b32encode(share + check).decode()
    return "-".join([letter, *(text[at : at + 4] for at in range(0, len(text), 4))])


def commitment(letter: str, share: bytes) -> bytes:
    """SHA-256 over a share of 256 random bits: it binds to the share and cannot be searched back."""
    return hashlib.sha256(_LABEL + b"share " + letter.encode() + share).digest()


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """What sealing one package of `length` bytes takes, beside the cipher itself."""

    shares: Shares
    salt: bytes
    length: int

    @property
    def chunks(self) -> int:
        return -(-self.length // CHUNK_BYTES)

    @property
    def sealed_length(self) -> int:
        return HEADER_BYTES + self.length + self.chunks * TAG_BYTES

    def cipher(self) -> tuple[bytes, bytes]:
        """Key (32 bytes) and first counter (16 bytes) of AES-256-CTR over the whole package."""
        word = hmac.digest(self.shares.key, _LABEL + b"cipher", "sha256").hex().encode()
        derived = hashlib.pbkdf2_hmac("sha256", word, self.salt, _PBKDF2_ROUNDS, 48)
        return derived[:32], derived[32:]

    def header(self) -> bytes:
        """The first `HEADER_BYTES` of the sealed package."""
        plain = MAGIC + struct.pack(">Q", self.length) + self.salt + b"".join(self.shares.commitments())
        return plain + hmac.digest(self._tag_key(), plain, "sha256")

    def tag(self, header: bytes, index: int, encrypted: bytes) -> bytes:
        """The tag that follows chunk `index` of the package sealed under `header`."""
        place = struct.pack(">QB", index, index == self.chunks - 1)
        return hmac.digest(self._tag_key(), header[-TAG_BYTES:] + place + encrypted, "sha256")

    def _tag_key(self) -> bytes:
        return hmac.digest(self.shares.key, _LABEL + b"tag", "sha256")
