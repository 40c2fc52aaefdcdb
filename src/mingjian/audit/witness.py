"""A witness's decision on `add-checkpoint` (C2SP tlog-witness), as a pure function.

The caller reads the state, asks `decide`, stores the new state durably, and only then answers: check and store must be
one atomic step per log, else two racing requests could take the witness back.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingjian.audit import checkpoint, merkle, note
from mingjian.audit.checkpoint import Checkpoint
from mingjian.audit.note import Note, VerifierKey
from mingjian.kernel.errors import RemoteError

MAX_PROOF_LINES = 63
"""C2SP tlog-witness: a client must not send more."""
MAX_REQUEST_BYTES = note.MAX_NOTE_BYTES + 63 * 45 + 64
"""A note of the largest size, 63 base64 hashes and the size line."""
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Submission:
    """A parsed request: the checkpoint, and the proof that it extends the tree of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    signed: Note


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest checkpoint that the witness cosigned for a log."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """HTTP status and, unless it is 200, the body. At 200 `seen` is what must be durable before a line is sent."""

    status: int
    body: str = ""
    content_type: str = TEXT_TYPE
    seen: Seen | None = None
    misbehaved: bool = False
    """The log's own signature is on a head that contradicts an earlier one: evidence to be kept."""


def encode(old: int, proof: Sequence[bytes], signed: Note) -> bytes:
    """The request body of a submission."""
    head = [f"old {old}", *(base64.b64encode(item).decode() for item in proof), "", ""]
    return "\n".join(head).encode() + signed.encode()


def parse(body: bytes) -> Submission:
    """Read a request body. Raises RemoteError (`witness.malformed`, `note.malformed`, `checkpoint.malformed`)."""
    if len(body) > MAX_REQUEST_BYTES:
        raise RemoteError(
            "witness.malformed",
            f"请求超过 {MAX_REQUEST_BYTES} 字节",
            text_en=f"The request has more than {MAX_REQUEST_BYTES} bytes",
        )
    head, blank, tail = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise RemoteError(
            "witness.malformed", "请求头不是 ASCII", text_en="The head of the request is not ASCII"
        ) from error
    old = _OLD.fullmatch(lines[0])
    if not blank or old is None or len(lines) - 1 > MAX_PROOF_LINES:
        raise RemoteError(
            "witness.malformed",
            "请求应为 old 行、至多 63 行证明、空行与检查点",
            text_en="A request is an old line, at most 63 lines of proof, a blank line and a checkpoint",
        )
    try:
        proof = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
    except (binascii.Error, ValueError) as error:
        raise RemoteError("witness.malformed", "证明不是 base64", text_en="The proof is not base64") from error
    if any(len(item) != merkle.HASH_BYTES for item in proof):
        raise RemoteError(
            "witness.malformed", "证明的每一项应为 32 字节", text_en="Each item of the proof must have 32 bytes"
        )
    head_of_log, signed = checkpoint.parse(tail)
    return Submission(int(old[1]), proof, head_of_log, signed)


def decide(body: bytes, logs: Mapping[str, Sequence[VerifierKey]], seen: Mapping[str, Seen]) -> tuple[str, Verdict]:
    """The origin asked about and the verdict. `logs` are the trusted keys by origin, `seen` the stored states.

    Only Ed25519 keys are judged: the witness needs no OpenSSL, and C2SP asks for one Ed25519 line at least.
    """
    try:
        submission = parse(body)
    except RemoteError as error:
        return "", Verdict(400, f"{error}\n")
    asked = submission.checkpoint
    keys = logs.get(asked.origin)
    if keys is None:
        return asked.origin, Verdict(404, "unknown log\n")
    if not any(submission.signed.signed_by(key) for key in keys):
        return asked.origin, Verdict(403, "no valid signature of a known key of this log\n")
    return asked.origin, _judge(submission, seen.get(asked.origin, Seen(0, merkle.EMPTY_ROOT)))


def _judge(submission: Submission, latest: Seen) -> Verdict:
    asked = submission.checkpoint
    if submission.old > asked.size:
        return Verdict(400, "old size exceeds checkpoint size\n")
    if submission.old != latest.size:
        return Verdict(409, f"{latest.size}\n", SIZE_TYPE)
    if asked.size == latest.size and asked.root != latest.root:
        return Verdict(409, f"{latest.size}\n", SIZE_TYPE, misbehaved=True)
    if not merkle.verify_consistency(latest.size, asked.size, latest.root, asked.root, submission.proof):
        # A wrong proof may be a clumsy client, but a signed head that cannot be proven is kept all the same.
        return Verdict(422, "consistency proof does not verify\n", misbehaved=True)
    return Verdict(200, seen=Seen(asked.size, asked.root))
