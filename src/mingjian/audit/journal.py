"""A journal that stands in while the ledger cannot take an act: chained, signed lines that enter it later, in order.

A line is `base64(signature) canonical-JSON`, ended by a newline. Whoever reads checks the signature before the words.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.clock import UtcNs

GENESIS = hashlib.sha256(b"mingjian journal v1").hexdigest()
NUMBER_BASE = 1 << 39
"""Line n is shown and marked as entry `NUMBER_BASE + n` until the ledger has given it a number of its own: a number
that no ledger reaches, and that a hidden mark can carry."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, what it says, when it happened, and the digest by which the next one names it."""

    number: int
    at: UtcNs
    kind: str
    content: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A whole line that was not written by this journal, or not there: its number and what is wrong."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: sound lines, what broke the chain after them, and how many bytes at the end were torn off.

    A torn end was never acknowledged: its writer lost power before its sync returned.
    """

    lines: tuple[Line, ...]
    broken: Broken | None
    sound_bytes: int
    torn_bytes: int


def written(
    number: int, previous: str, at: UtcNs, kind: str, content: Mapping[str, Any], sign: Callable[[bytes], bytes]
) -> bytes:
    """The bytes of a line that follows the one with digest `previous`."""
    value = {"n": number, "prev": previous, "at": int(at), "kind": kind, "content": content}
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return base64.b64encode(sign(body)) + b" " + body + b"\n"


def digest(line: bytes) -> str:
    """By what the next line names this one."""
    return hashlib.sha256(line).hexdigest()


def read(data: bytes, verify: Callable[[bytes, bytes], bool], *, number: int = 1, previous: str = GENESIS) -> Read:
    """The lines of a file whose first one has `number` and follows `previous`. `verify(body, signature)`."""
    *whole, torn = data.split(b"\n")
    lines: list[Line] = []
    sound = 0
    for found in whole:
        signature, _, body = found.partition(b" ")
        why, value = "", {}
        try:
            if not verify(body, base64.b64decode(signature, validate=True)):
                why = "signature"
            else:
                value = json.loads(body)
        except (binascii.Error, ValueError, RecursionError):
            why = "signature"
        if not why and (value["n"] != number or value["prev"] != previous):
            why = "order"
        if why:
            return Read(tuple(lines), Broken(number, why), sound, len(torn))
        previous = digest(found + b"\n")
        lines.append(Line(number, UtcNs(value["at"]), value["kind"], value["content"], previous))
        number += 1
        sound += len(found) + 1
    return Read(tuple(lines), None, sound, len(torn))
