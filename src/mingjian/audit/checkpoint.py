"""Tree heads of the ledger: C2SP tlog-checkpoint bodies, and witness cosignatures (C2SP tlog-cosignature, Ed25519)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingjian.audit import note
from mingjian.audit.merkle import HASH_BYTES
from mingjian.audit.note import Algorithm, Note, Signature, Signer, VerifierKey
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid, RemoteError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
COSIGNATURE_BYTES = 8 + 64
"""Big-endian POSIX seconds, then the Ed25519 signature."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger named `origin` had `size` entries under `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note body."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signers: Sequence[Signer]) -> Note:
        return note.sign(self.text(), signers)


def parse_text(text: str) -> Checkpoint:
    """Read a note body; extension lines are allowed and ignored. Raises RemoteError (`checkpoint.malformed`)."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise _malformed("应有来源、条数、根三行", "three lines are needed: origin, size, root")
    origin, size, encoded = lines[:3]
    if not _SIZE.fullmatch(size):
        raise _malformed("条数不是规范的十进制数", "the size is not a plain decimal number")
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed("根不是 base64", "the root is not base64") from error
    if len(root) != HASH_BYTES or base64.b64encode(root).decode() != encoded:
        raise _malformed("根应为 32 字节", "the root must have 32 bytes")
    return Checkpoint(origin, int(size), root)


def parse(data: bytes) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint; no signature is checked here. Raises RemoteError."""
    signed = note.parse(data)
    return parse_text(signed.text), signed


def cosign(signed: Note, signer: Signer, at: UtcNs) -> Signature:
    """A witness's line on a checkpoint: it saw this head at `at`, consistent with all it saw before."""
    if signer.algorithm is not Algorithm.COSIGNATURE:
        raise Invalid(
            "checkpoint.signer",
            f"见证密钥类型应为 {Algorithm.COSIGNATURE}",
            text_en=f"A witness key must be of the kind {Algorithm.COSIGNATURE}",
            field="signer",
        )
    seconds = at // SECOND_NS
    signature = signer.sign(_cosigned_message(seconds, signed.text))
    return Signature(signer.name, signer.key_id, seconds.to_bytes(8, "big") + signature)


def cosigned_at(signed: Note, key: VerifierKey) -> int | None:
    """POSIX seconds at which `key` cosigned, or None where it did not or a line of it does not verify."""
    moments: list[int] = []
    for line in signed.by(key):
        seconds = int.from_bytes(line.value[:8], "big")
        if len(line.value) != COSIGNATURE_BYTES or seconds >> 63:
            return None
        if not note.ed25519_valid(key.public, _cosigned_message(seconds, signed.text), line.value[8:]):
            return None
        moments.append(seconds)
    return max(moments, default=None)


def witnesses(signed: Note, keys: Iterable[VerifierKey]) -> dict[str, int]:
    """The witnesses among `keys` that validly cosigned: name to POSIX seconds."""
    found = {key.name: cosigned_at(signed, key) for key in keys if key.algorithm is Algorithm.COSIGNATURE}
    return {name: at for name, at in found.items() if at is not None}


def _cosigned_message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _malformed(why: str, why_en: str) -> RemoteError:
    return RemoteError("checkpoint.malformed", f"检查点格式有误：{why}", text_en=f"Malformed checkpoint: {why_en}")
