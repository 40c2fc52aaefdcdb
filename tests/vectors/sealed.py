"""The sealed package of `sealed.json`, by which the screens' own opener is held to the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mingjian.audit.seal import RANDOM_BYTES, split

PLAIN = b"PK package that the screens open too, of more than one block"
VECTOR = Path(__file__).with_suffix(".json")


def vector(sealed: bytes) -> dict[str, Any]:
    """What the file holds."""
    shares, _ = split(bytes(range(RANDOM_BYTES)))
    return {"words": list(shares.words()), "plain": PLAIN.decode(), "sealed": sealed.hex()}


def kept() -> dict[str, Any]:
    """The file's content."""
    found: dict[str, Any] = json.loads(VECTOR.read_text())
    return found
