"""Signed notes and their keys: C2SP signed-note, with SM2 as an additional signature type.

`Signer` is the port behind which a key file, an OpenSSL key or a certified device may stand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mingjian.kernel.errors import Invalid, RemoteError

MAX_NOTE_BYTES = 65_536
"""A checkpoint with 16 signatures of the largest kind (ML-DSA, under 4 KiB each) fits; nothing honest is larger."""
MAX_SIGNATURES = 32
"""Verifiers must take at least 16 (C2SP signed-note)."""
_DASH = "\u2014 "
_UNNAMED = frozenset(map(chr, (*range(0x20), *range(0xD800, 0xE000))))
"""Control characters, and halves of surrogate pairs, which no file can hold."""


class Algorithm(StrEnum):
    """How a key signs, and thereby what its signature line means."""

    ED25519 = "ed25519"
    COSIGNATURE = "cosignature/v1"
    SM2 = "sm2-sm3"


_TYPE = {
    Algorithm.ED25519: b"\x01",
    Algorithm.COSIGNATURE: b"\x04",
    # No byte is assigned to SM2: 0xff is followed by a name of our own, as the note format recommends.
    Algorithm.SM2: b"\xffmingjian/sm2-sm3\n",
}
_KEY_BYTES = {Algorithm.ED25519: 32, Algorithm.COSIGNATURE: 32, Algorithm.SM2: 65}
"""SM2 keys are the uncompressed point 04 || x || y (GB/T 32918.1)."""


class Signer(Protocol):
    """A private key. `sign` returns the raw signature (64 bytes for Ed25519, DER for SM2) or raises LocalError."""

    @property
    def name(self) -> str: ...
    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def key_id(self) -> bytes: ...
    @property
    def public(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


Sm2Verify = Callable[[bytes, bytes, bytes], bool]
"""(public point, message, DER signature) -> valid. SM2 needs OpenSSL, so it is handed in."""


def no_sm2(_public: bytes, _message: bytes, _signature: bytes) -> bool:
    """For callers that judge by Ed25519 alone: an SM2 line then never counts as valid."""
    return False


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: `<name>+<key id>+<base64 of type and key>`."""

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != _KEY_BYTES[self.algorithm]:
            raise Invalid(
                "note.key",
                f"{self.algorithm} 公钥应为 {_KEY_BYTES[self.algorithm]} 字节",
                text_en=f"A public key of {self.algorithm} must have {_KEY_BYTES[self.algorithm]} bytes",
                field="key",
            )

    @property
    def key_id(self) -> bytes:
        typed = _TYPE[self.algorithm] + self.public
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]

    @classmethod
    def of(cls, signer: Signer) -> VerifierKey:
        return cls(signer.name, signer.algorithm, signer.public)

    @classmethod
    def parse(cls, line: str) -> VerifierKey:
        """Read a verifier key line. Raises Invalid naming what is wrong."""
        parts = line.strip().split("+", 2)
        if len(parts) != 3 or len(line) > 1024:
            raise Invalid(
                "note.key", "公钥行应为 名称+编号+密钥", text_en="A public key line must be name+id+key", field="key"
            )
        name, identifier, encoded = parts
        try:
            typed = base64.b64decode(encoded, validate=True)
        except ValueError as error:  # letters beyond ASCII are a plain one
            raise Invalid(
                "note.key",
                f"公钥行 {name} 的 base64 无法解读",
                text_en=f"The base64 of the public key line {name} cannot be read",
                field="key",
            ) from error
        for algorithm, prefix in _TYPE.items():
            if typed.startswith(prefix):
                key = cls(name, algorithm, typed[len(prefix) :])
                if key.key_id.hex() != identifier:
                    raise Invalid(
                        "note.key",
                        f"公钥行 {name} 的编号与密钥不符",
                        text_en=f"The id of the public key line {name} does not match its key",
                        field="key",
                    )
                return key
        raise Invalid(
            "note.key",
            f"公钥行 {name} 的类型未知",
            text_en=f"The public key line {name} is of an unknown kind",
            field="key",
        )

    def line(self) -> str:
        encoded = base64.b64encode(_TYPE[self.algorithm] + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def valid(self, message: bytes, signature: bytes, *, sm2: Sm2Verify = no_sm2) -> bool:
        """Whether `signature` is this key's over `message`; cosignatures are judged by `checkpoint.cosigned`."""
        if self.algorithm is Algorithm.SM2:
            return sm2(self.public, message, signature)
        return ed25519_valid(self.public, message, signature)


def ed25519_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 verification; False for malformed input as well."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `value` excludes the key id."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, and its signature lines."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()

    def by(self, key: VerifierKey) -> Iterable[Signature]:
        """The lines that claim to be by `key`."""
        return (s for s in self.signatures if s.name == key.name and s.key_id == key.key_id)

    def signed_by(self, key: VerifierKey, *, sm2: Sm2Verify = no_sm2) -> bool:
        """Whether a line of `key` is there and every such line verifies."""
        lines = list(self.by(key))
        return bool(lines) and all(key.valid(self.text.encode(), line.value, sm2=sm2) for line in lines)

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """This note with further lines; a line of a key that has one already replaces it."""
        kept = {(s.name, s.key_id): s for s in self.signatures}
        kept.update({(s.name, s.key_id): s for s in more})
        return Note(self.text, tuple(kept.values()))


def sign(text: str, signers: Sequence[Signer]) -> Note:
    """A note over `text` with one line per signer, in the order given."""
    return Note(text, tuple(Signature(s.name, s.key_id, s.sign(text.encode())) for s in signers))


def parse(data: bytes) -> Note:
    """Read a signed note. Raises RemoteError (`note.malformed`) for anything the format does not allow."""
    if len(data) > MAX_NOTE_BYTES:
        raise _malformed(f"超过 {MAX_NOTE_BYTES} 字节", f"more than {MAX_NOTE_BYTES} bytes")
    try:
        content = data.decode()
    except UnicodeDecodeError as error:
        raise _malformed("不是 UTF-8", "not UTF-8") from error
    if any(character < " " and character != "\n" for character in content):
        raise _malformed("含控制字符", "it holds control characters")
    text, blank, tail = content.rpartition("\n\n")
    if not blank or not text:
        raise _malformed("正文与签名之间没有空行", "no blank line between text and signatures")
    return Note(text + "\n", parse_signatures(tail))


def parse_signatures(tail: str) -> tuple[Signature, ...]:
    """Read one or more signature lines. Raises RemoteError."""
    if not tail.endswith("\n"):
        raise _malformed("没有完整的签名行", "no complete signature line")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _malformed(f"签名超过 {MAX_SIGNATURES} 行", f"more than {MAX_SIGNATURES} signature lines")
    return tuple(_signature(line) for line in lines)


def check_name(name: str) -> None:
    """Raises Invalid for a name that no signature line could carry."""
    if not name or "+" in name or any(character in _UNNAMED or character.isspace() for character in name):
        raise Invalid(
            "note.name",
            f"密钥名称不合规: {name!r}",
            text_en=f"No valid key name: {name!r}",
            remedy="不含空格与加号",
            remedy_en="Use a name without spaces and plus signs",
            field="name",
        )


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise _malformed("签名行应以破折号开头", "a signature line must begin with a dash")
    name, space, encoded = line[len(_DASH) :].partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed("签名行的 base64 无法解读", "the base64 of a signature line cannot be read") from error
    if not name or not space or len(raw) < 5:
        raise _malformed("签名行不完整", "a signature line is incomplete")
    return Signature(name, raw[:4], raw[4:])


def _malformed(why: str, why_en: str) -> RemoteError:
    return RemoteError("note.malformed", f"签名文本格式有误：{why}", text_en=f"Malformed signed note: {why_en}")
